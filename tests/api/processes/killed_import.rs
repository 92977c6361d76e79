//! An import is killed half way: each order is imported as a whole or not at all, and the next import adds the rest.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use countermand_tests::process::run_with_input;
use countermand_tests::time_limit::until;
use countermand_tests::{OrderJson, TestShop, on_every_database};

use super::assert_doctor_finds_nothing;
use crate::program::PROGRAM;

const ORDERS: usize = 1000;

on_every_database!(
    the_import_after_a_killed_import_adds_the_rest,
    |shop| async move {
        let order = |number: usize| {
            let order = OrderJson::new(&format!("{number:09}")).by(&format!("buyer{number}@example.com"));
            format!(
                "{}\n",
                order.line("A", 1000, 2, 2, 0).line("B", 999, 1, 1, 0).json()
            )
        };
        let lines: Vec<String> = (0..ORDERS).map(order).collect();
        // The rest of the input never comes, so the import cannot end before it is killed.
        let mut import = begin(&shop, &lines[..ORDERS - 1].concat());
        until("an order is imported", async || orders_of(&shop).await > 0).await;
        import.kill().expect("killed");
        import.wait().expect("gone");
        let there = orders_of(&shop).await;
        assert!(0 < there && there < ORDERS, "{there} orders");
        assert_doctor_finds_nothing(&shop);

        let arguments = ["import", "--database-url", shop.database_url(), "-"];
        let next = run_with_input(PROGRAM, &arguments, lines.concat().as_bytes());
        let row = next.out.lines().last().unwrap_or_default();
        let counts: Vec<usize> = row
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        assert_eq!(
            (next.code, counts),
            (0, vec![ORDERS - there, 0, there, 0, 0]),
            "{next:?}"
        );
        assert_eq!(orders_of(&shop).await, ORDERS);
        assert_doctor_finds_nothing(&shop);
    }
);

/// Starts an import that reads `text` and then waits for more input.
fn begin(shop: &TestShop, text: &str) -> Child {
    let mut import = Command::new(PROGRAM)
        .args(["import", "--database-url", shop.database_url(), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let (mut input, text) = (import.stdin.take().expect("its input"), text.to_owned());
    std::thread::spawn(move || {
        // The import may be killed before it has read everything.
        let _ = input.write_all(text.as_bytes());
        std::thread::sleep(Duration::from_secs(60));
    });
    import
}

async fn orders_of(shop: &TestShop) -> usize {
    let counts = shop.database().row_counts().await.expect("counted rows");
    usize::try_from(counts.orders).expect("a count")
}
