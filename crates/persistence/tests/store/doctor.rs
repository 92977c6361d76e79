//! The checks of `countermand doctor` on tables: normal work breaks no rule, and each wrong row is noticed.

use countermand_domain::{
    CancellationIntent, DeliveryKind, DeliveryRequest, GuestKey, GuestKeyChange, InvoiceRequest,
    ItemPosition, Money, OpenInvoiceRequest, Order, ProductType, Quantity, Transition, UpstreamChange,
};

use crate::full_order::{full_order, life_to_hold};
use crate::guest_key::request;
use crate::shop::{at, cancel, currency, order_id, plain_order, staff};
use crate::support::{TestShop, change_of, imported, on_every_database};

const NONE: [&str; 0] = [];
const ONE_EVENT: &str = "every change of an order has exactly one event";
const EVENT_BELONGS: &str = "every event belongs to an order and to one of its versions";
const HAS_EVENT: &str = "every cancellation has its canceled event";
const HAS_CANCELLATION: &str = "every canceled event has its cancellation";
const ITEM_BELONGS: &str = "every canceled item belongs to a cancellation";
const NOT_TOO_MUCH: &str = "no transaction owes more back than it holds";
const OWED_BY: &str = "every money owed back belongs to a transaction";
const OWES_BACK: &str = "every transaction owes back what its voids and refunds have not moved";
const KNOWS_ABANDONED: &str = "every transaction knows what of its voids and refunds was abandoned";
const ROW_BELONGS: &str = "every row of an order has its order";
const COUNT_KEPT: &str = "the kept number of each customer's orders is right";
const STATUS_KEPT: &str = "the kept status of each order is right";
const RESULT_BELONGS: &str = "every result of a bulk cancellation belongs to its job";
const SUBSCRIPTION_KEPT: &str = "the kept subscriptions of each order are right";
const CHANNEL_LEADS: &str = "every order of a sales channel leads to its order of the shop";
const KEY_USED: &str = "every used guest key canceled its order";

#[tokio::test(flavor = "multi_thread")]
async fn normal_work_breaks_no_rule() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        assert_eq!(shop.database.row_counts().await?.orders, 0);
        Box::pin(busy_day(shop)).await?;
        assert_eq!(shop.database.row_counts().await?.orders, 3);
        assert_eq!(broken(shop).await?, NONE);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rule_notices_rows_that_break_it() -> anyhow::Result<()> {
    let canceled = order_id(1, 2);
    let event = "'id', 'order.held', 'anna', '', '', 0, 0, NULL, NULL";
    let in_a_cancellation = "'id', 'other', 'Other', 'guest', 0, 0, 0";
    let violations: Vec<_> = [
        (
            format!("DELETE FROM order_events WHERE order_id = {canceled} AND version = 1"),
            vec![ONE_EVENT],
        ),
        ("UPDATE orders SET version = version + 1".into(), vec![ONE_EVENT]),
        (
            format!("INSERT INTO order_events VALUES (77, 1, {event})"),
            vec![EVENT_BELONGS],
        ),
        (
            format!("INSERT INTO order_events VALUES ({canceled}, 9, {event})"),
            vec![ONE_EVENT, EVENT_BELONGS],
        ),
        (
            format!("INSERT INTO cancellations VALUES (77, 1, {in_a_cancellation})"),
            vec![HAS_EVENT],
        ),
        (
            format!("INSERT INTO cancellations VALUES ({canceled}, 1, {in_a_cancellation})"),
            vec![HAS_EVENT],
        ),
        (
            format!("DELETE FROM cancellations WHERE order_id = {canceled}"),
            vec![HAS_CANCELLATION, KEY_USED],
        ),
        (
            "INSERT INTO cancellation_items VALUES (77, 1, 1, 0, 0, 0, 0)".into(),
            vec![ITEM_BELONGS],
        ),
        (
            r#"UPDATE obligations SET payload = REPLACE(payload, '"amount":', '"amount":9')"#.into(),
            vec![NOT_TOO_MUCH, OWES_BACK],
        ),
        (
            r#"UPDATE obligations SET payload = REPLACE(payload, '"transaction":', '"transaction":9')"#
                .into(),
            vec![OWED_BY, OWES_BACK],
        ),
        (
            "UPDATE payment_transactions SET owed = owed + 1".into(),
            vec![OWES_BACK],
        ),
        ("UPDATE obligations SET state = 'met'".into(), vec![OWES_BACK]),
        (
            "UPDATE guest_keys SET used_at = 1 WHERE used_at IS NULL".into(),
            vec![KEY_USED],
        ),
    ]
    .into_iter()
    .chain(violations_of_kept_rows())
    .collect();
    let children = [
        "order_items",
        "payment_transactions",
        "invoices",
        "shipments",
        "credit_memos",
        "order_comments",
        "guest_keys",
        "order_subscriptions",
    ];
    let strays = children.map(|table| {
        let lowest = format!("SELECT id FROM (SELECT MIN(order_id) AS id FROM {table}) lowest");
        (
            format!("UPDATE {table} SET order_id = 77 WHERE order_id = ({lowest})"),
            table,
        )
    });
    on_every_database(async |shop| {
        Box::pin(busy_day(shop)).await?;
        for (violation, rules) in &violations {
            assert_eq!(rules_broken_by(shop, violation).await?, *rules, "{violation}");
        }
        for (violation, table) in &strays {
            assert!(
                rules_broken_by(shop, violation).await?.contains(&ROW_BELONGS),
                "{table}"
            );
        }
        assert_eq!(broken(shop).await?, NONE);
        Ok(())
    })
    .await
}

/// Rows that are kept for a quicker answer, and the rules that notice when they are wrong.
fn violations_of_kept_rows() -> Vec<(String, Vec<&'static str>)> {
    vec![
        (
            "UPDATE obligations SET state = 'abandoned'".into(),
            vec![OWES_BACK, KNOWS_ABANDONED],
        ),
        (
            "UPDATE payment_transactions SET abandoned = abandoned + 1".into(),
            vec![KNOWS_ABANDONED],
        ),
        (
            "UPDATE payment_transactions SET outside = amount".into(),
            vec![NOT_TOO_MUCH],
        ),
        (
            "UPDATE customer_order_counts SET orders = orders + 1".into(),
            vec![COUNT_KEPT],
        ),
        ("DELETE FROM customer_order_counts".into(), vec![COUNT_KEPT]),
        (
            "UPDATE order_statuses SET status = 'holded'".into(),
            vec![STATUS_KEPT],
        ),
        ("DELETE FROM order_statuses".into(), vec![STATUS_KEPT]),
        (
            "INSERT INTO bulk_cancellation_orders VALUES ('gone', 0, 77, 'done', '', '', 0, '', NULL)".into(),
            vec![RESULT_BELONGS],
        ),
        (
            "INSERT INTO order_statuses VALUES (77, 'pending', 0)".into(),
            vec![STATUS_KEPT],
        ),
        (
            "INSERT INTO channel_imports VALUES ('amazon', '303-1234567-1234567', 77)".into(),
            vec![CHANNEL_LEADS],
        ),
        ("DELETE FROM order_subscriptions".into(), vec![SUBSCRIPTION_KEPT]),
        (
            "UPDATE order_subscriptions SET customer_id = NULL".into(),
            vec![SUBSCRIPTION_KEPT],
        ),
    ]
}

/// The rules that `violation` breaks. The violation is undone before this function returns.
async fn rules_broken_by(shop: &TestShop, violation: &str) -> anyhow::Result<Vec<&'static str>> {
    let touched = [
        "bulk_cancellation_orders",
        "channel_imports",
        "customer_order_counts",
        "order_statuses",
        "order_subscriptions",
        "order_events",
        "orders",
        "cancellations",
        "cancellation_items",
        "obligations",
        "guest_keys",
        "order_items",
        "payment_transactions",
        "invoices",
        "shipments",
        "credit_memos",
        "order_comments",
    ];
    let table = touched
        .into_iter()
        .find(|table| violation.split(' ').any(|word| word == *table));
    let table = table.expect("a table");
    shop.sql(&format!("CREATE TABLE as_it_was AS SELECT * FROM {table}"))
        .await?;
    let rows = shop.sql(violation).await?;
    assert!(rows > 0, "{violation}");
    let broken = broken(shop).await?;
    shop.sql(&format!("DELETE FROM {table}")).await?;
    shop.sql(&format!("INSERT INTO {table} SELECT * FROM as_it_was"))
        .await?;
    shop.sql("DROP TABLE as_it_was").await?;
    Ok(broken)
}

async fn broken(shop: &TestShop) -> anyhow::Result<Vec<&'static str>> {
    let rules = shop.database.row_counts().await?.rules;
    for rule in &rules {
        assert_eq!(rule.example.is_some(), rule.broken > 0, "{rule:?}");
    }
    let broken = rules.into_iter().filter(|it| it.broken > 0);
    Ok(broken.map(|it| it.rule).collect())
}

/// Makes three orders: one with every kind of document, one of a guest that is canceled and refunded, and one of a
/// guest for services, with a confirmation key on its way and with one of the services delivered.
async fn busy_day(shop: &TestShop) -> anyhow::Result<()> {
    let full = full_order(order_id(1, 1), currency("USD"), &|_| "x".into());
    shop.database.insert_orders(&[imported(&full)]).await?;
    let mut before = full.clone();
    for step in life_to_hold(&full, &|_| "x".into()) {
        change(shop, &before, &step).await?;
        before = step.after;
    }
    let mut guests = [plain_order(2), plain_order(3)];
    guests[1].items[0].product_type = ProductType::Virtual;
    guests[1].items[0].is_virtual = true;
    for guest in &mut guests {
        guest.customer.id = None;
        shop.database.insert_orders(&[imported(guest)]).await?;
        let key = GuestKey::new(
            guest.id,
            vec![1; 32],
            CancellationIntent::all("Other"),
            chrono::TimeDelta::hours(1),
            at(1),
        );
        let requested = request(guest, key);
        change(shop, guest, &requested).await?;
        *guest = requested.after;
    }
    let service = DeliveryRequest {
        items: vec![(ItemPosition(1), Quantity::whole(1))],
        kind: DeliveryKind::Delivered,
        delivered_at: None,
    };
    let delivered = guests[1].record_delivery(&service, &staff(), at(2))?;
    change(shop, &guests[1], &delivered).await?;
    let unpaid = InvoiceRequest {
        unpaid: true,
        ..InvoiceRequest::default()
    };
    let withdrawn = guests[0].invoice(&unpaid, &staff(), at(2))?;
    change(shop, &guests[0], &withdrawn).await?;
    let open = withdrawn.after;
    let none = open.cancel_invoice(&OpenInvoiceRequest::default(), &staff(), at(2))?;
    change(shop, &open, &none).await?;
    let billed = none.after.invoice(&unpaid, &staff(), at(2))?;
    change(shop, &none.after, &billed).await?;
    let invoiced = billed
        .after
        .pay_invoice(&OpenInvoiceRequest::default(), &staff(), at(2))?;
    change(shop, &billed.after, &invoiced).await?;
    let confirmed = Transition {
        guest_key: Some(GuestKeyChange::Use),
        ..cancel(&invoiced.after)
    };
    change(shop, &invoiced.after, &confirmed).await?;
    let shipped_elsewhere = UpstreamChange {
        shipped: Quantity::whole(1),
        canceled: Quantity::ZERO,
        paid: Money::zero(confirmed.after.currency()),
        refunded: Money::zero(confirmed.after.currency()),
    };
    let told = confirmed
        .after
        .note_upstream_change(shipped_elsewhere, &staff(), at(6));
    change(shop, &confirmed.after, &told).await
}

async fn change(shop: &TestShop, before: &Order, step: &Transition) -> anyhow::Result<()> {
    Ok(shop.database.apply(&change_of(before, step, "")).await?)
}
