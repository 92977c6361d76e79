//! The key with which a guest confirms: one key for an order, and the newest one counts.

use chrono::TimeDelta;
use countermand_domain::{CancellationRequest, ConfirmationKey, GuestKey, GuestKeyChange, Order, Transition};
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
        let first = GuestKey::new(order.id, vec![1; 32], "It's \\ late", TimeDelta::hours(1), at(1));
        let second = GuestKey::new(order.id, vec![2; 32], "Other 😀", TimeDelta::hours(2), at(2));
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
        let kept = GuestKey::new(order.id, vec![1; 32], "Other", TimeDelta::hours(1), at(1));
        let late = GuestKey::new(order.id, vec![2; 32], "Other", TimeDelta::hours(1), at(1));
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
    let request = CancellationRequest {
        reason: "Other".into(),
        key: ConfirmationKey {
            text: "k".repeat(32),
            hash: key.hash.clone(),
        },
        key_lifetime: TimeDelta::hours(1),
    };
    let requested = order.request_cancellation(&request, &policy(), key.created_at);
    Transition {
        guest_key: Some(GuestKeyChange::Replace(key)),
        ..requested.expect("may be canceled")
    }
}

async fn write(shop: &TestShop, before: &Order, change: &Transition) -> Result<(), DatabaseError> {
    shop.database.apply(&change_of(before, change, "")).await
}
