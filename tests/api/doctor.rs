//! `countermand doctor`: checks all saved data, names what is inconsistent, and sets its exit code.

use countermand_tests::{OrderJson, TestShop, on_every_database, process};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::program::PROGRAM;

on_every_database!(a_shop_in_normal_use_passes_all_checks, |shop| async move {
    shop.enable_cancellation().await;
    let paid = OrderJson::new("1").line("A", 1000, 2, 2, 0).json();
    let unpaid = OrderJson::new("2").line("A", 1000, 2, 0, 0).json();
    for id in shop.import(&[paid, unpaid]).await {
        shop.worked("cancelOrderAsAdmin", json!({ "order_id": id, "reason": "Other" }))
            .await;
    }
    let doctor = process::run(PROGRAM, &["doctor", "--database-url", shop.database_url()]);
    assert_eq!(doctor.code, 0, "{doctor:?}");
    assert!(doctor.out.contains("2 orders checked"), "{doctor:?}");
    assert!(!doctor.out.contains("BROKEN"), "{doctor:?}");
    shop.leave_jobs();
});

on_every_database!(each_broken_rule_is_named, |shop| async move {
    shop.enable_cancellation().await;
    let order = |number: &str| OrderJson::new(number).line("A", 1000, 2, 2, 0).json();
    let ids = shop.import(&[order("1"), order("2"), order("3")]).await;
    shop.worked(
        "cancelOrderAsAdmin",
        json!({ "order_id": ids[0], "reason": "Other" }),
    )
    .await;
    let breakages = [
        (
            "UPDATE orders SET refunded = refunded + 1 WHERE number = '1'",
            "the sum of the credit memos",
            "1",
        ),
        (
            "UPDATE orders SET grand_total = grand_total + 1 WHERE number = '2'",
            "adds up to its grand total",
            "2",
        ),
        (
            "UPDATE order_items SET qty_canceled = 10000, qty_shipped = 20000 \
             WHERE order_id IN (SELECT id FROM orders WHERE number = '3')",
            "both shipped and canceled",
            "3",
        ),
        (
            "UPDATE invoices SET other_charges = '[[0,500]]' \
             WHERE order_id IN (SELECT id FROM orders WHERE number = '3')",
            "other charges agree",
            "3",
        ),
        (
            "DELETE FROM cancellations",
            "canceled event has its cancellation",
            "1",
        ),
        (
            "DELETE FROM order_events WHERE kind = 'order.canceled'",
            "exactly one event",
            "1",
        ),
    ];
    let database = raw(&shop).await;
    for (statement, promise, shown) in breakages {
        database.execute_unprepared(statement).await.expect("broken");
        let doctor = process::run(PROGRAM, &["doctor", "--database-url", shop.database_url()]);
        assert_eq!(doctor.code, 1, "{doctor:?}");
        let line = doctor
            .out
            .lines()
            .find(|line| line.contains(promise))
            .unwrap_or_default();
        // The line ends with an order number, or with a count where only tables were checked.
        assert!(
            line.contains("BROKEN") && line.trim_end().ends_with(shown),
            "{statement}: {}",
            doctor.out
        );
    }
    database.close().await.expect("closed");
    shop.leave_jobs();
});

/// A connection to the shop's database, to break what the program never breaks.
async fn raw(shop: &TestShop) -> sea_orm::DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(shop.database_url());
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.expect("connected")
}
