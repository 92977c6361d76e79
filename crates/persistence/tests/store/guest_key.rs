//! The key with which a guest confirms: one key for an order, and the newest one counts.

use chrono::TimeDelta;
use countermand_domain::{
    CancellationIntent, ConfirmationKey, GuestKey, GuestKeyChange, GuestKeyRequest, ItemPosition, Order,
    Quantity, Selection, Transition,
};
use countermand_persistence::DatabaseError;

use crate::shop::{at, cancel, plain_order, policy};
use crate::support::{TestShop, change_of, imported, on_every_database};

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_key_replaces_the_older_one_and_can_be_used() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut order = plain_order(1);
        order.customer.id = None;
        shop.database.insert_orders(&[imported(&order)]).await?;
        assert_eq!(key(shop, &order).await?, None);
        let first = GuestKey::new(
            order.id,
            vec![1; 32],
            CancellationIntent::all("It's \\ late"),
            TimeDelta::hours(1),
            at(1),
        );
        let second = GuestKey::new(
            order.id,
            vec![2; 32],
            CancellationIntent::all("Other 😀"),
            TimeDelta::hours(2),
            at(2),
        );
        let mut before = order;
        for key_made in [&first, &second] {
            let requested = request(&before, key_made.clone());
            write(shop, &before, &requested).await?;
            assert_eq!(key(shop, &requested.after).await?.as_ref(), Some(key_made));
            before = requested.after;
        }
        let confirmed = Transition {
            guest_key: Some(GuestKeyChange::Use),
            ..cancel(&before)
        };
        write(shop, &before, &confirmed).await?;
        let used = GuestKey {
            used_at: Some(confirmed.event.at),
            ..second
        };
        assert_eq!(key(shop, &confirmed.after).await?, Some(used));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_on_an_older_version_does_not_replace_the_key() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut order = plain_order(1);
        order.customer.id = None;
        shop.database.insert_orders(&[imported(&order)]).await?;
        let kept = GuestKey::new(
            order.id,
            vec![1; 32],
            CancellationIntent::all("Other"),
            TimeDelta::hours(1),
            at(1),
        );
        let late = GuestKey::new(
            order.id,
            vec![2; 32],
            CancellationIntent::all("Other"),
            TimeDelta::hours(1),
            at(1),
        );
        let requested = request(&order, kept.clone());
        write(shop, &order, &requested).await?;
        let outcome = write(shop, &order, &request(&order, late)).await;
        assert!(matches!(outcome, Err(DatabaseError::Conflict)), "{outcome:?}");
        assert_eq!(key(shop, &requested.after).await?, Some(kept));
        Ok(())
    })
    .await
}

async fn key(shop: &TestShop, order: &Order) -> anyhow::Result<Option<GuestKey>> {
    let found = shop.database.order_with_guest_key(order.id).await?;
    let (loaded, key) = found.expect("an order");
    assert_eq!(&*loaded.order, order);
    Ok(key)
}

/// The guest's request, for which `key` is kept.
pub(crate) fn request(order: &Order, key: GuestKey) -> Transition {
    let request = GuestKeyRequest {
        intent: CancellationIntent::all("Other"),
        key: ConfirmationKey {
            text: "k".repeat(32),
            hash: key.hash.clone(),
        },
        key_lifetime: TimeDelta::hours(1),
    };
    let requested = order.request_guest_key(&request, &policy(), key.created_at);
    Transition {
        guest_key: Some(GuestKeyChange::Replace(Box::new(key))),
        ..requested.expect("may be canceled")
    }
}

async fn write(shop: &TestShop, before: &Order, change: &Transition) -> Result<(), DatabaseError> {
    shop.database.apply(&change_of(before, change, "")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_for_items_with_a_comment_comes_back_and_an_older_server_finds_no_reason() -> anyhow::Result<()>
{
    on_every_database(async |shop| {
        let mut order = plain_order(1);
        order.customer.id = None;
        shop.database.insert_orders(&[imported(&order)]).await?;
        let intent = CancellationIntent {
            comment: Some("Zwei sind genug 😀".into()),
            selection: Selection::Items(vec![(ItemPosition(1), Quantity::whole(1))]),
            ..CancellationIntent::all("Other")
        };
        let key = GuestKey::new(order.id, vec![1; 32], intent, TimeDelta::hours(1), at(1));
        let requested = request(&order, key.clone());
        write(shop, &order, &requested).await?;
        assert_eq!(self::key(shop, &requested.after).await?.as_ref(), Some(&key));
        // Older servers read this column, and refuse a reason that no list has.
        assert_eq!(
            shop.sql("UPDATE guest_keys SET used_at = NULL WHERE reason = ''")
                .await?,
            1
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_key_cancels_what_it_was_asked_for_and_not_what_the_older_one_was() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut order = plain_order(1);
        order.customer.id = None;
        shop.database.insert_orders(&[imported(&order)]).await?;
        let items = |units| CancellationIntent {
            selection: Selection::Items(vec![(ItemPosition(1), Quantity::whole(units))]),
            ..CancellationIntent::all("Other")
        };
        let mut before = order;
        for (number, intent) in [items(1), items(2), CancellationIntent::all("Late"), items(1)]
            .into_iter()
            .enumerate()
        {
            let hash = vec![u8::try_from(number)?; 32];
            let made = GuestKey::new(before.id, hash, intent, TimeDelta::hours(1), at(1));
            let requested = request(&before, made.clone());
            write(shop, &before, &requested).await?;
            assert_eq!(key(shop, &requested.after).await?.as_ref(), Some(&made));
            before = requested.after;
        }
        // A server of an earlier version knows only whole orders, and writes the reason alone.
        shop.sql("UPDATE guest_keys SET reason = 'Other'").await?;
        let kept = key(shop, &before).await?.expect("a key");
        assert_eq!(kept.intent, CancellationIntent::all("Other"));
        Ok(())
    })
    .await
}
