//! Orders are read as they were written, with every field and after every change.

use countermand_domain::{
    EventKind, InvoiceRequest, Money, Order, OrderItem, OrderState, Quantity, RowMoney, StoreNumber,
};
use countermand_persistence::OrderChange;

use crate::full_order::{Words, full_order, life_to_hold};
use crate::shop::{at, buyer, cancel, currency, event, order_id, order_of, plain_order};
use crate::support::{Shop, imported, on_every_database};

const CURRENCIES: [&str; 3] = ["USD", "JPY", "KWD"];

#[tokio::test(flavor = "multi_thread")]
async fn an_order_with_every_feature_is_read_as_it_was_written() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut counter = 0;
        for code in CURRENCIES {
            for stage in 0..=4 {
                counter += 1;
                let words = |_| format!("{code} {counter}");
                let placed = full_order(order_id(1, counter), currency(code), &words);
                let mut stages = vec![placed.clone()];
                stages.extend(life_to_hold(&placed, &words));
                let order = imported(&stages[stage]);
                shop.store.insert_orders(std::slice::from_ref(&order)).await?;
                assert_same(shop, &order.order).await?;
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_without_any_feature_is_read_as_it_was_written() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut bare = plain_order(1);
        bare.items.clear();
        bare.customer.id = None;
        bare.shipping.method = None;
        bare.shipping.description = None;
        let mut empty = order_of(order_id(1, 2), vec![], RowMoney::zero(currency("USD")));
        empty.number = String::new();
        empty.status = String::new();
        empty.state = OrderState::Holded;
        empty.totals.paid = Some(Money::zero(currency("USD")));
        shop.store
            .insert_orders(&[imported(&bare), imported(&empty)])
            .await?;
        assert_same(shop, &bare).await?;
        assert_same(shop, &empty).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_read_as_each_change_left_it() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for (counter, code) in (1..).zip(CURRENCIES) {
            let words = |_| format!("{code} {counter}");
            let order = full_order(order_id(1, counter), currency(code), &words);
            live_through(shop, order, &words).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canceled_order_is_read_as_the_cancellation_left_it() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for (counter, code) in (1..).zip(CURRENCIES) {
            let words = |_| format!("{code} {counter}");
            let placed = full_order(order_id(1, counter), currency(code), &words);
            let half = InvoiceRequest {
                lines: vec![(1, Quantity::whole(2)), (7, Quantity::whole(1))],
                unpaid: false,
            };
            let paid = placed.invoice(&half, at(1))?;
            shop.store.insert_orders(&[imported(&paid)]).await?;
            let paid = shop.order(paid.id).await?;
            let (after, cancellation) = cancel(&paid);
            let change = OrderChange {
                cancellation: Some(&cancellation),
                reversals: &cancellation.reversals,
                ..OrderChange::new(&paid, &after, &cancellation.event, "192.0.2.1")
            };
            shop.store.apply(&change).await?;
            assert_same(shop, &after).await?;
            assert_eq!(after.credit_memos.len(), 1);
            let owed = shop.store.trail(after.id).await?.reversals;
            let owed: Vec<_> = owed.into_iter().map(|it| (it.kind, it.amount)).collect();
            assert!(owed.iter().any(|(kind, _)| kind == "void"), "{owed:?}");
            assert!(
                owed.contains(&("refund".into(), after.totals.refunded.minor())),
                "{owed:?}"
            );
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_1113_items_is_invoiced_and_canceled_as_a_whole() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let gbp = currency("GBP");
        let row = |position| {
            let price = RowMoney::net(Money::new(100 + i64::from(position), gbp));
            let sku = format!("sku-{position}");
            OrderItem::new(
                position,
                &sku,
                "A row's name, a little longer",
                Quantity::whole(3),
                price,
            )
        };
        let order = order_of(
            order_id(1, 1),
            (1..=1_113).map(row).collect(),
            RowMoney::zero(gbp),
        );
        shop.store.insert_orders(&[imported(&order)]).await?;
        let one_each = InvoiceRequest {
            lines: (1..=1_113)
                .map(|position| (position, Quantity::whole(1)))
                .collect(),
            unpaid: false,
        };
        let paid = order.invoice(&one_each, at(1))?;
        change(shop, &order, &paid, EventKind::Invoiced).await?;
        let (after, cancellation) = cancel(&paid);
        assert!(
            after
                .items
                .iter()
                .all(|it| it.quantities.canceled == Quantity::whole(2))
        );
        assert!(
            after
                .items
                .iter()
                .all(|it| it.quantities.refunded == Quantity::whole(1))
        );
        let cancellation = OrderChange {
            cancellation: Some(&cancellation),
            reversals: &cancellation.reversals,
            ..OrderChange::new(&paid, &after, &cancellation.event, "")
        };
        shop.store.apply(&cancellation).await?;
        assert_same(shop, &after).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_reads_every_order_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let orders: Vec<_> = (1..=25).map(plain_order).collect();
        let new: Vec<_> = orders.iter().map(imported).collect();
        shop.store.insert_orders(&new).await?;
        let mut met = Vec::new();
        loop {
            let page = shop
                .store
                .scan_orders(met.last().map(|it: &Order| it.id), 10)
                .await?;
            if page.is_empty() {
                break;
            }
            met.extend(page);
        }
        assert_eq!(met, orders);
        assert_eq!(shop.store.order(order_id(1, 26)).await?.map(|it| it.order), None);
        Ok(())
    })
    .await
}

/// Saves the order, invoices, ships, credits and holds it, and compares it after each step.
pub(crate) async fn live_through(shop: &Shop, order: Order, words: Words<'_>) -> anyhow::Result<()> {
    shop.store.insert_orders(&[imported(&order)]).await?;
    assert_same(shop, &order).await?;
    let kinds = [
        EventKind::Invoiced,
        EventKind::Shipped,
        EventKind::CreditMemoCreated,
        EventKind::Held,
    ];
    let mut before = order.clone();
    for (after, kind) in life_to_hold(&order, words).into_iter().zip(kinds) {
        change(shop, &before, &after, kind).await?;
        assert_same(shop, &after).await?;
        before = after;
    }
    let found = shop.store.order_by_number(StoreNumber(1), &before.number).await?;
    assert_eq!(found.map(|it| it.order), Some(before.clone()));
    assert_eq!(
        before.held_from,
        Some((OrderState::Processing, "processing".into()))
    );
    assert_eq!(before.customer.id, Some(buyer()));
    assert_eq!(shop.store.trail(before.id).await?.events.len(), 5);
    Ok(())
}

async fn change(shop: &Shop, before: &Order, after: &Order, kind: EventKind) -> anyhow::Result<()> {
    let event = event(kind, "a step");
    Ok(shop
        .store
        .apply(&OrderChange::new(before, after, &event, "::1"))
        .await?)
}

pub(crate) async fn assert_same(shop: &Shop, order: &Order) -> anyhow::Result<()> {
    assert_eq!(&shop.order(order.id).await?, order, "on {}", shop.kind);
    Ok(())
}
