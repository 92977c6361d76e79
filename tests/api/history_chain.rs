//! The history of each order is a chain: `countermand doctor` recomputes it, and names an order whose history was changed.

use countermand_tests::process::{self, Run};
use countermand_tests::{OrderJson, TestShop, on_every_database};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::program::PROGRAM;

/// The orders of a test: the number is that of the order's events, of which the import is the first.
const EVENTS: [(&str, usize); 5] = [("1", 3), ("2", 3), ("3", 3), ("4", 3), ("5", 1)];

/// Imports the orders, and puts each on hold and off again.
async fn working_day(shop: &TestShop) {
    shop.leave_jobs();
    for (number, events) in EVENTS {
        let order = OrderJson::new(number).line("A", 1000, 2, 0, 0).json();
        let id = shop.import(&[order]).await.remove(0);
        for step in ["holdOrder", "unholdOrder"].iter().take(events - 1) {
            shop.worked(step, json!({ "order_id": id })).await;
        }
    }
}

/// Runs plain SQL on the shop's database.
async fn sql(shop: &TestShop, statements: &[String]) {
    let mut options = sea_orm::ConnectOptions::new(shop.database_url());
    options.max_connections(1).sqlx_logging(false);
    let database = sea_orm::Database::connect(options).await.expect("connected");
    for statement in statements {
        let changed = database.execute_unprepared(statement).await.expect(statement);
        assert!(changed.rows_affected() > 0, "{statement}");
    }
    database.close().await.expect("closed");
}

fn doctor(shop: &TestShop) -> Run {
    process::run(PROGRAM, &["doctor", "--database-url", shop.database_url()])
}

/// The line of the doctor about histories.
fn line(run: &Run) -> &str {
    let line = run
        .out
        .lines()
        .find(|line| line.contains("history of each order"));
    line.unwrap_or_else(|| panic!("no line: {run:?}")).trim_end()
}

/// A condition that finds the order with this number.
fn of(number: &str) -> String {
    format!("order_id = (SELECT id FROM orders WHERE number = '{number}')")
}

on_every_database!(a_history_that_was_changed_by_sql_is_found, |shop| async move {
    working_day(&shop).await;
    let whole = doctor(&shop);
    assert_eq!(whole.code, 0, "{whole:?}");
    assert!(!whole.out.contains("have no hash"), "{whole:?}");

    let moved = |from: i32, to: i32| {
        format!(
            "UPDATE order_events SET version = {to} WHERE version = {from} AND {}",
            of("3")
        )
    };
    let changes: [(&str, &[String]); 4] = [
        (
            "from version 2",
            &[format!(
                "UPDATE order_events SET actor = 'staff:bob' WHERE version = 2 AND {}",
                of("1")
            )],
        ),
        (
            "from version 3",
            &[format!(
                "DELETE FROM order_events WHERE version = 2 AND {}",
                of("2")
            )],
        ),
        ("from version 2", &[moved(2, 99), moved(3, 2), moved(99, 3)]),
        (
            // The last event has no event after it: the row of the order tells.
            "from version 2",
            &[format!(
                "DELETE FROM order_events WHERE version = 3 AND {}",
                of("4")
            )],
        ),
    ];
    for ((place, statements), found) in changes.iter().zip(1..) {
        sql(&shop, statements).await;
        let broken = doctor(&shop);
        assert_eq!(broken.code, 1, "{broken:?}");
        let line = line(&broken);
        assert!(line.contains("BROKEN"), "{line}");
        assert!(line.contains(&format!(" {found} ")), "{line}");
        assert!(line.ends_with(*place), "{line}");
    }
});

on_every_database!(
    an_event_without_a_hash_is_a_gap_and_not_a_break,
    |shop| async move {
        working_day(&shop).await;
        // As servers of the version before write: one has changed order 1, and one has imported order 5.
        let last = of("1");
        let before = "(SELECT hash FROM order_events WHERE order_id = orders.id AND version = 2)";
        sql(
            &shop,
            &[
                format!("UPDATE orders SET history_hash = {before} WHERE number = '1'"),
                format!("UPDATE order_events SET hash = NULL WHERE version = 3 AND {last}"),
                "UPDATE orders SET history_hash = NULL WHERE number = '5'".into(),
                format!("UPDATE order_events SET hash = NULL WHERE {}", of("5")),
            ],
        )
        .await;
        let gap = doctor(&shop);
        assert_eq!(gap.code, 0, "{gap:?}");
        assert!(gap.out.contains("2 events have no hash"), "{gap:?}");

        // The chain goes on after the gap.
        for number in ["1", "5"] {
            let id = shop.order_id(number, 1).await;
            shop.worked("holdOrder", json!({ "order_id": id })).await;
        }
        let tied = doctor(&shop);
        assert_eq!(tied.code, 0, "{tied:?}");
        let change = "UPDATE order_events SET created_at = created_at + 1 WHERE hash IS NOT NULL AND";
        sql(
            &shop,
            &[
                format!("{change} version = 4 AND {last}"),
                format!("{change} version = 2 AND {}", of("5")),
            ],
        )
        .await;
        let broken = doctor(&shop);
        assert!(line(&broken).contains(" 2 "), "{broken:?}");

        // An event that lost its hash in the middle of a chain is no gap.
        sql(
            &shop,
            &[format!(
                "UPDATE order_events SET hash = NULL WHERE version = 2 AND {}",
                of("2")
            )],
        )
        .await;
        let broken = doctor(&shop);
        assert!(line(&broken).contains(" 3 "), "{broken:?}");
    }
);

on_every_database!(
    an_order_that_is_imported_again_keeps_its_chain,
    |shop| async move {
        shop.leave_jobs();
        let order = |day: u32| {
            let order = OrderJson::new("1").line("A", 1000, 2, 0, 0);
            let updated_at = format!("2026-03-{day:02} 03:00:00");
            order.with("updated_at", json!(updated_at)).json()
        };
        let ids: Vec<_> = [shop.import(&[order(2)]).await, shop.import(&[order(3)]).await].concat();
        assert_eq!(ids[0], ids[1]);
        shop.worked("holdOrder", json!({ "order_id": ids[0] })).await;
        let run = doctor(&shop);
        assert_eq!(run.code, 0, "{run:?}");
        sql(&shop, &["DELETE FROM order_events WHERE version = 1".into()]).await;
        let broken = doctor(&shop);
        assert!(line(&broken).ends_with("from version 2"), "{broken:?}");
    }
);
