//! An account at the simulated Amazon that cancels by `cancelOrder`: one order a call, and each order is read to find out
//! what became of it. Amazon lets 30 orders be read at once (`getOrder`), and one more each two seconds.

use chrono::TimeDelta;
use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::{TestShop, on_every_database};
use serde_json::json;

use super::staff::{Account, shop_asks};

/// More orders than Amazon lets be read at once.
const ORDERS: usize = 40;
/// The longest time in which all of them are canceled. Staff would be told after half an hour.
const LONGEST: TimeDelta = TimeDelta::minutes(15);

fn numbers() -> Vec<String> {
    (1..=ORDERS)
        .map(|place| format!("303-5555555-{place:07}"))
        .collect()
}

/// An account at which staff canceled all of the orders, and none was sent yet.
async fn many_canceled(shop: &TestShop) -> Account {
    let account = Account::open_by_operation(shop).await;
    for number in numbers() {
        account.amazon.place(SimulatedOrder::unshipped(&number));
    }
    account.wait(301).await;
    for number in numbers() {
        account.canceled(&number).await;
    }
    account
}

/// How many cancellations wait: to be sent, or for their outcome.
async fn waiting(account: &Account) -> usize {
    let query = r#"{ channelOrders(channel: "amazon", filter: { is_waiting: true }, first: 100) {
      items { number } has_next_page } }"#;
    let listed = shop_asks(account, query).await;
    assert_eq!(listed["has_next_page"], json!(false));
    listed["items"].as_array().expect("orders").len()
}

/// A worker takes a turn each two seconds until no cancellation waits: each was sent once, and Amazon had to refuse no
/// call. Gives the time that it took.
async fn worked_off(account: &Account) -> TimeDelta {
    let began = account.shop.now();
    while waiting(account).await > 0 {
        assert!(account.shop.now() < began + LONGEST, "a cancellation still waits");
        account.wait(2).await;
    }
    let took = account.shop.now() - began;
    for number in numbers() {
        let order = account.order(&number).await;
        let found = [&order["status"], &order["cancellation"]["state"]];
        assert_eq!(found, ["CANCELED", "CANCELED"], "{order:#}");
    }
    assert_eq!(account.amazon.answered("cancelOrder", 202), ORDERS);
    let ledger = account.amazon.ledger();
    let refused: Vec<_> = ledger.iter().filter(|it| it.status >= 400).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(account.needs_attention().await, json!([]));
    took
}

on_every_database!(
    more_orders_than_amazon_lets_be_read_at_once_are_each_canceled_once,
    |shop| async move {
        let account = many_canceled(&shop).await;
        // To send them takes 80 seconds. Each is read twice, for which Amazon wants more time.
        let took = worked_off(&account).await;
        assert!(took > TimeDelta::seconds(90), "{took}");
    }
);

on_every_database!(
    orders_that_amazon_cancels_later_are_asked_for_in_turns_until_none_is_left,
    |shop| async move {
        let account = many_canceled(&shop).await;
        account.amazon.trouble(|troubles| troubles.cancels_late = true);
        for _ in 0..ORDERS {
            account.wait(1).await;
        }
        assert_eq!(account.amazon.answered("cancelOrder", 202), ORDERS);
        // No cancellation is lost, and none has an outcome yet.
        assert_eq!(waiting(&account).await, ORDERS);
        for number in numbers() {
            assert_eq!(account.state(&number).await, "ACCEPTED", "{number}");
            account.amazon.cancel_as(&number, "MERCHANT", "NO_INVENTORY");
        }
        worked_off(&account).await;
    }
);
