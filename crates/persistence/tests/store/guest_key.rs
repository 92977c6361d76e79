//! The key with which a guest confirms: one key for an order, and the newest one counts.

use chrono::TimeDelta;
use countermand_domain::{GuestKey, Order, OrderEvent};
use countermand_persistence::{GuestKeyChange, OrderChange, StoreError};

use crate::shop::{at, cancel, plain_order};
use crate::support::{Shop, imported, on_every_database};

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_key_replaces_the_older_one_and_can_be_used() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut order = plain_order(1);
        order.customer.id = None;
        shop.store.insert_orders(&[imported(&order)]).await?;
        assert_eq!(key(shop, &order).await?, None);
        let first = GuestKey::new(order.id, vec![1; 32], "It's \\ late", TimeDelta::hours(1), at(1));
        let second = GuestKey::new(order.id, vec![2; 32], "Other 😀", TimeDelta::hours(2), at(2));
        let mut before = order;
        for key_made in [&first, &second] {
            let (after, asked) = before.with_key_requested(key_made.created_at);
            write(
                shop,
                &before,
                &after,
                &asked,
                GuestKeyChange::Replace(key_made.clone()),
            )
            .await?;
            assert_eq!(key(shop, &after).await?.as_ref(), Some(key_made));
            before = after;
        }
        let (after, cancellation) = cancel(&before);
        let confirmed = OrderChange {
            cancellation: Some(&cancellation),
            guest_key: Some(GuestKeyChange::Use),
            ..OrderChange::new(&before, &after, &cancellation.event, "")
        };
        shop.store.apply(&confirmed).await?;
        let used = GuestKey {
            used_at: Some(cancellation.event.at),
            ..second
        };
        assert_eq!(key(shop, &after).await?, Some(used));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_on_an_older_version_does_not_replace_the_key() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut order = plain_order(1);
        order.customer.id = None;
        shop.store.insert_orders(&[imported(&order)]).await?;
        let kept = GuestKey::new(order.id, vec![1; 32], "Other", TimeDelta::hours(1), at(1));
        let late = GuestKey::new(order.id, vec![2; 32], "Other", TimeDelta::hours(1), at(1));
        let (after, asked) = order.with_key_requested(at(1));
        write(
            shop,
            &order,
            &after,
            &asked,
            GuestKeyChange::Replace(kept.clone()),
        )
        .await?;
        let outcome = write(shop, &order, &after, &asked, GuestKeyChange::Replace(late)).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
        assert_eq!(key(shop, &after).await?, Some(kept));
        Ok(())
    })
    .await
}

async fn key(shop: &Shop, order: &Order) -> anyhow::Result<Option<GuestKey>> {
    let found = shop.store.order_with_guest_key(order.id).await?;
    let (loaded, key) = found.expect("an order");
    assert_eq!(&loaded.order, order);
    Ok(key)
}

async fn write(
    shop: &Shop,
    before: &Order,
    after: &Order,
    event: &OrderEvent,
    guest_key: GuestKeyChange,
) -> Result<(), StoreError> {
    let change = OrderChange {
        guest_key: Some(guest_key),
        ..OrderChange::new(before, after, event, "")
    };
    shop.store.apply(&change).await
}
