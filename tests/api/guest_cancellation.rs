//! A guest asks for a key, gets it by mail, and cancels with it (`docs/contract.md` sections 3.2, 3.3 and 5.4).

mod confirming;
mod keys;
mod limits;
mod requesting;

use countermand_tests::{OrderJson, TestShop};

const GUEST: &str = "guest@example.com";

/// An order of a guest: ten dollars a unit, and five dollars of shipping for each unit.
fn order(number: &str) -> OrderJson {
    OrderJson::new(number).by_guest(GUEST)
}

/// A shop that lets buyers cancel, with one order of a guest. Gives the id of the order.
async fn sell(shop: &TestShop, order: OrderJson) -> String {
    shop.enable_cancellation().await;
    shop.import(&[order.json()]).await.remove(0)
}
