//! Orders are read as they were written, with every field and after every change.

use countermand_domain::{
    InvoiceRequest, ItemPosition, Money, Order, OrderItem, OrderState, Quantity, RowMoney, StoreNumber,
    Transition,
};

use crate::full_order::{Words, full_order, life_to_hold};
use crate::shop::{at, buyer, cancel, currency, order_id, order_of, plain_order, staff};
use crate::support::{TestShop, change_of, imported, on_every_database};

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
                stages.extend(life_to_hold(&placed, &words).into_iter().map(|step| step.after));
                let order = imported(&stages[stage]);
                shop.database.insert_orders(std::slice::from_ref(&order)).await?;
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
        empty.number = "".into();
        empty.status = String::new();
        empty.state = OrderState::Holded;
        empty.totals.paid = Some(Money::zero(currency("USD")));
        shop.database
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
            // An order of a channel, and a subscription, are not canceled here.
            let placed = Order {
                channel: None,
                subscriptions: Vec::new(),
                ..full_order(order_id(1, counter), currency(code), &words)
            };
            let half = InvoiceRequest {
                lines: vec![
                    (ItemPosition(1), Quantity::whole(2)),
                    (ItemPosition(7), Quantity::whole(1)),
                ],
                ..InvoiceRequest::default()
            };
            let paid = placed.invoice(&half, &staff(), at(1))?.after;
            shop.database.insert_orders(&[imported(&paid)]).await?;
            let paid = shop.order(paid.id).await?;
            let canceled = cancel(&paid);
            let change = change_of(&paid, &canceled, "192.0.2.1");
            shop.database.apply(&change).await?;
            let after = canceled.after;
            assert_same(shop, &after).await?;
            assert_eq!(after.credit_memos.len(), 1);
            let owed = shop.database.trail(after.id).await?.reversals;
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
                ItemPosition(position),
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
        shop.database.insert_orders(&[imported(&order)]).await?;
        let one_each = InvoiceRequest {
            lines: (1..=1_113)
                .map(|position| (ItemPosition(position), Quantity::whole(1)))
                .collect(),
            ..InvoiceRequest::default()
        };
        let invoiced = order.invoice(&one_each, &staff(), at(1))?;
        change(shop, &order, &invoiced).await?;
        let paid = invoiced.after;
        let canceled = cancel(&paid);
        let after = &canceled.after;
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
        change(shop, &paid, &canceled).await?;
        assert_same(shop, after).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_reads_every_order_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let orders: Vec<_> = (1..=25).map(plain_order).collect();
        let new: Vec<_> = orders.iter().map(imported).collect();
        shop.database.insert_orders(&new).await?;
        let mut met = Vec::new();
        loop {
            let page = shop
                .database
                .scan_orders(met.last().map(|it: &Order| it.id), 10)
                .await?;
            if page.is_empty() {
                break;
            }
            met.extend(page);
        }
        assert_eq!(met, orders);
        assert_eq!(
            shop.database.order(order_id(1, 26)).await?.map(|it| it.order),
            None
        );
        Ok(())
    })
    .await
}

/// Saves the order, invoices, ships, credits and holds it, and compares it after each step.
pub(crate) async fn live_through(shop: &TestShop, order: Order, words: Words<'_>) -> anyhow::Result<()> {
    shop.database.insert_orders(&[imported(&order)]).await?;
    assert_same(shop, &order).await?;
    let mut before = order.clone();
    for step in life_to_hold(&order, words) {
        change(shop, &before, &step).await?;
        assert_same(shop, &step.after).await?;
        before = step.after;
    }
    let found = shop
        .database
        .order_by_number(StoreNumber(1), &before.number)
        .await?;
    assert_eq!(found.as_ref().map(|it| &*it.order), Some(&before));
    assert_eq!(
        before.held_from,
        Some((OrderState::Processing, "processing".into()))
    );
    assert_eq!(before.customer.id, Some(buyer()));
    assert_eq!(shop.database.trail(before.id).await?.events.len(), 5);
    Ok(())
}

async fn change(shop: &TestShop, before: &Order, step: &Transition) -> anyhow::Result<()> {
    let change = change_of(before, step, "::1");
    Ok(shop.database.apply(&change).await?)
}

pub(crate) async fn assert_same(shop: &TestShop, order: &Order) -> anyhow::Result<()> {
    assert_eq!(&shop.order(order.id).await?, order, "on {}", shop.kind);
    Ok(())
}
