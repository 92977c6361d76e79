//! The page `docs/operating.md`: each of its commands and requests is carried out in turn, from an empty database.

use countermand_tests::process::{Run, run};
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use crate::program::PROGRAM;

const PAGE: &str = include_str!("../../docs/operating.md");
/// What the page shows as a block that is neither run nor sent by this test: the server is running, with a token.
const DONE_BY_THE_TEST: [&str; 2] = ["countermand serve", "countermand token create"];

/// A block of the page: the language and the text.
type Block = (&'static str, &'static str);

fn blocks() -> Vec<Block> {
    let fenced = PAGE.split("```").skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n')).collect()
}

/// The words of a command line; double quotes keep a word with blanks together.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(index, part)| {
        if index % 2 == 1 {
            vec![part.to_owned()]
        } else {
            part.split_whitespace().map(str::to_owned).collect()
        }
    });
    words.collect()
}

/// Runs `countermand ...` with the shop's database; `orders.json` is the file `orders`.
fn carry_out(line: &str, shop: &TestShop, orders: &str) -> Run {
    let words = words(line);
    let arguments = words.iter().skip(1).map(String::as_str);
    let mut arguments: Vec<_> = arguments
        .map(|word| if word == "orders.json" { orders } else { word })
        .collect();
    arguments.extend(["--database-url", shop.database_url()]);
    run(PROGRAM, &arguments)
}

/// Sends a request of the page as the owner, and gives the answer of its only field.
async fn send(shop: &TestShop, request: &str, variables: &Value) -> Value {
    let asked = shop.ask(request).variables(variables.clone()).token(shop.owner());
    let answer = asked.send().await.data("").clone();
    let fields = answer.as_object().cloned().unwrap_or_default();
    let field = fields.into_iter().next().expect("a field").1;
    assert!(
        field.get("user_errors").is_none_or(|errors| *errors == json!([])),
        "{request}: {field}"
    );
    field
}

on_every_database!(
    the_first_hour_of_a_merchant_goes_as_described,
    |shop| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("orders.json");
        let orders = file.display().to_string();
        let mut variables = json!({});
        let mut answers = serde_json::Map::new();
        for (language, text) in blocks() {
            match language {
                "json" => std::fs::write(&file, text).expect("written"),
                "sh" => {
                    for line in text.lines() {
                        if DONE_BY_THE_TEST.iter().any(|start| line.starts_with(start)) {
                            continue;
                        }
                        let done = carry_out(line, &shop, &orders);
                        assert_eq!(done.code, 0, "{line}: {done:?}");
                        answers.insert(line.into(), done.out.into());
                    }
                }
                "graphql" => {
                    let answer = send(&shop, text, &variables).await;
                    if let Some(id) = answer.pointer("/items/0/id") {
                        variables = json!({ "id": id });
                    } else if !text.contains("$id") {
                        variables = json!({});
                    }
                    let name = text.split_whitespace().nth(1).unwrap_or_default();
                    let name = name.split('(').next().unwrap_or_default();
                    answers.insert(name.into(), answer);
                    if name == "Cancel" {
                        shop.run_jobs().await;
                    }
                }
                _ => panic!("{language} is not tried"),
            }
        }
        let at = |name: &str, pointer: &str| {
            let value = answers.get(name).and_then(|answer| answer.pointer(pointer));
            value
                .cloned()
                .unwrap_or_else(|| panic!("{name} has no {pointer}"))
        };
        assert_eq!(at("Rename", "/store/currency"), "EUR");
        assert_eq!(at("AddReason", "/config/reasons/value/16/code"), "too_late");
        assert_eq!(at("Find", "/items/0/order/number"), "000000007");
        assert_eq!(
            at("Find", "/total_count"),
            json!({ "count": 1, "is_exact": true })
        );
        assert_eq!(at("Cancel", "/order/state"), "closed");
        let refund = json!([{ "state": "ON_ITS_WAY", "amount": { "value": 29.95, "currency": "EUR" } }]);
        assert_eq!(at("Cancel", "/order/order/refunds"), refund);
        assert_eq!(at("Owed", "/items/0/payment_method"), "mollie");
        assert_eq!(at("Owed", "/items/0/transaction_reference"), "tr_7");
        assert_eq!(
            at("PaidOut", "/obligation/order/order/refunds/0/state"),
            "REFUNDED"
        );
        assert_eq!(at("Attention", "/items"), json!([]));
        assert_eq!(at("Why", "/rows/0/reason_code"), "too_late");
        assert_eq!(at("Why", "/rows/0/share"), 1.0);
        assert_eq!(at("Log", "/total_count"), 2);
        assert_eq!(at("Erase", "/erased_orders"), 1);
        let order = shop.order("10000000001").await;
        assert!(!order.to_string().contains("Bakker"), "{order}");
    }
);
