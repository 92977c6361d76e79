//! `cancelOrder`: a customer cancels an order of their own (`docs/contract.md` section 3.1).

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

/// An order of Anna's: ten dollars a unit, and five dollars of shipping for each unit.
fn order(number: &str) -> OrderJson {
    OrderJson::new(number).by(BUYER)
}

/// A shop that lets buyers cancel, with one order of Anna's. Gives her token and the id of the order.
async fn sell(shop: &TestShop, order: Value) -> (String, String) {
    shop.enable_cancellation().await;
    let customer = shop.customer(BUYER).await;
    (customer, shop.import(&[order]).await.remove(0))
}

/// Checks with `countermand doctor` that all saved data is consistent.
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
