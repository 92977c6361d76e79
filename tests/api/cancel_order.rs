//! `cancelOrder`: a customer cancels an order of their own (contract section 3.1).

mod checks;
mod history;
mod kinds_of_products;
mod money;
mod payments;
mod rows;
mod states;
mod who_may;

use countermand_tests::{OrderJson, TestShop};
use serde_json::Value;

const BUYER: &str = "anna@example.com";

/// An order of Anna's: a unit costs ten dollars, its shipping five.
fn order(number: &str) -> OrderJson {
    OrderJson::new(number).by(BUYER)
}

/// A shop that lets buyers cancel, with one order of Anna's; gives her token and the order's id.
async fn sell(shop: &TestShop, order: Value) -> (String, String) {
    shop.enable_cancellation().await;
    let id = shop.import(&[order]).await.remove(0);
    (shop.customer(BUYER).await, id)
}

/// What canceling left behind keeps every promise.
async fn keeps_every_promise(shop: &TestShop) {
    let report = shop
        .app()
        .doctor(|_| {})
        .await
        .expect("every order was looked at");
    let broken: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.violations > 0)
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
