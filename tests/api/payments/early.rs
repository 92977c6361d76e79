//! A payment provider may tell of a payment before the order is imported that has it: the message is not lost.

use chrono::TimeDelta;
use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::{TestShop, on_every_database};
use serde_json::json;

use super::contract::{begin, delivered};
use super::{attention, buyer_sees, paid_with, work};

contract!(
    a_message_that_comes_before_its_order_is_read_once_the_order_is_imported,
    a_dispute_that_comes_before_its_order_is_told_to_staff,
    a_message_about_a_payment_that_never_gets_an_order_is_forgotten,
);

/// Lets the worker look for orders of early payments and check what it finds. Gives the number of payments.
async fn found_orders(shop: &TestShop) -> usize {
    let found = shop.app().owe_early_checks().await.expect("a look at the orders");
    work(shop).await;
    found
}

/// The payment `pi_1` is captured, and others pay $2.00 of it back, before the shop has its order. Each message comes
/// twice.
async fn paid_back_early<P: ContractProvider>(shop: &TestShop, provider: &P) {
    provider.pays("pi_1", "USD", 1500, 1500).await;
    provider.refunds_outside("pi_1", 200).await;
    delivered(shop, provider).await;
    delivered(shop, provider).await;
    assert_eq!(found_orders(shop).await, 0);
}

async fn a_message_that_comes_before_its_order_is_read_once_the_order_is_imported<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_back_early(shop, &provider).await;
    shop.wait(TimeDelta::days(29));
    shop.app().tidy().await.expect("tidied");
    let id = paid_with(shop, "1", "pi_1").await;
    assert_eq!(found_orders(shop).await, 1);
    let booked = "payment pi_1 at main: $2.00 were paid back there by others, booked as 1-1";
    let told = [(json!(["PAYMENT_REFUNDED_OUTSIDE"]), booked.to_owned())];
    assert_eq!(attention(shop).await, told);
    // Neither a second look nor the same messages once more book it again.
    assert_eq!(found_orders(shop).await, 0);
    delivered(shop, &provider).await;
    assert_eq!(found_orders(shop).await, 0);
    assert_eq!(attention(shop).await, told);
    let order = shop.order(&id).await;
    let memos = order["order"]["credit_memos"].as_array().map(Vec::len);
    assert_eq!(memos, Some(1), "{order:#}");
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 2.0 }, "state": "REFUNDED" }])
    );
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
}

async fn a_dispute_that_comes_before_its_order_is_told_to_staff<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    provider.pays("pi_1", "USD", 1500, 1500).await;
    provider.disputes("pi_1").await;
    delivered(shop, &provider).await;
    paid_with(shop, "1", "pi_1").await;
    assert_eq!(attention(shop).await, []);
    assert_eq!(found_orders(shop).await, 1);
    let disputed = "payment pi_1 at main: the buyer disputes the payment at the bank";
    assert_eq!(
        attention(shop).await,
        [(json!(["PAYMENT_DISPUTED"]), disputed.to_owned())]
    );
}

async fn a_message_about_a_payment_that_never_gets_an_order_is_forgotten<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_back_early(shop, &provider).await;
    shop.wait(TimeDelta::days(30));
    shop.app().tidy().await.expect("tidied");
    assert_eq!(shop.jobs("WAITING").await.len(), 0);
    assert_eq!(shop.jobs("FAILED").await.len(), 0);
    let reports = shop.database().provider_reports("main", "pi_1").await;
    assert_eq!(reports.expect("reports"), []);
    // The payment of an order that comes even later is not looked at.
    paid_with(shop, "1", "pi_1").await;
    assert_eq!(found_orders(shop).await, 0);
    assert_eq!(attention(shop).await, []);
}
