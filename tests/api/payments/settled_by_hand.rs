//! What staff settles by hand moves no money twice: the provider is asked first, and what is settled stays settled.

use countermand_domain::LookUp;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::{TestShop, on_every_database};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::contract::{begin, delivered, paid_and_canceled, told};
use super::{attention, authorized_with, cancel, refunds, states, work};

contract!(
    a_void_that_staff_settled_after_a_capture_is_not_opened_again,
    a_capture_after_a_void_that_staff_settled_is_told,
    a_refund_that_was_left_to_staff_is_booked_when_its_message_comes,
    a_refund_that_was_left_to_staff_is_looked_up_before_it_is_settled,
);

async fn a_void_that_staff_settled_after_a_capture_is_not_opened_again<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    if provider.capabilities().reverses_either {
        // One call pays the captured money back, so nothing is left to staff.
        return;
    }
    let id = authorized_with(shop, "1", "pi_1").await;
    // Another amount was captured than the order owes, so no refund follows the void.
    provider.pays("pi_1", "USD", 1500, 1000).await;
    cancel(shop, &id).await;
    work(shop).await;
    let open = refunds(shop, "OPEN").await;
    assert_eq!(states(&open[0]), ["REQUESTED", "FAILED"]);
    provider.refunds_outside("pi_1", 1000).await;
    assert_eq!(settle(shop, &open[0]).await, Value::Null);
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    let told = attention(shop).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, json!(["PAYMENT_REFUNDED_OUTSIDE"]));
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(settled.len(), 1, "{settled:?}");
    assert_eq!(states(&settled[0]), ["REQUESTED", "FAILED"]);
    assert_eq!(provider.line("pi_1").await.refunded, 1000);
}

async fn a_capture_after_a_void_that_staff_settled_is_told<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = authorized_with(shop, "1", "pi_1").await;
    // The amount differs, so the void is left to staff before anything is sent. Where the payment cannot be read, the
    // provider refuses.
    provider.pays("pi_1", "USD", 1499, 0).await;
    if !provider.capabilities().reads_payments {
        provider.faults(&[Fault::Fail]).await;
    }
    cancel(shop, &id).await;
    work(shop).await;
    told(shop, &provider).await;
    let open = refunds(shop, "OPEN").await;
    assert_eq!(settle(shop, &open[0]).await, Value::Null);
    provider.captures("pi_1").await;
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    let told = attention(shop).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, json!(["PAYMENT_CAPTURED"]));
    assert_eq!(provider.line("pi_1").await.refunded, 0);
}

async fn a_refund_that_was_left_to_staff_is_booked_when_its_message_comes<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    left_to_staff(shop, &provider, Fault::LoseAnswer).await;
    assert_eq!(states(&refunds(shop, "OPEN").await[0]), ["REQUESTED"]);
    delivered(shop, &provider).await;
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(states(&settled[0]), ["REQUESTED", "SUCCEEDED"]);
    assert_eq!(attention(shop).await, []);
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (1500, 1));
}

async fn a_refund_that_was_left_to_staff_is_looked_up_before_it_is_settled<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    if provider.capabilities().look_up == LookUp::None {
        // Only a message tells, and staff decides until it comes.
        return;
    }
    left_to_staff(shop, &provider, Fault::Pending).await;
    let open = refunds(shop, "OPEN").await;
    assert_eq!(settle(shop, &open[0]).await, "IN_PROGRESS");
    provider.ends("pi_1", true).await;
    assert_eq!(settle(shop, &open[0]).await, "ALREADY_SETTLED");
    let settled = refunds(shop, "SETTLED").await;
    assert_eq!(states(&settled[0]), ["REQUESTED", "PENDING", "SUCCEEDED"]);
    assert_eq!(attention(shop).await, []);
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (1500, 1));
}

/// A refund of `pi_1` that goes wrong, and that the program has given up.
async fn left_to_staff<P: ContractProvider>(shop: &TestShop, provider: &P, fault: Fault) {
    paid_and_canceled(shop, provider).await;
    provider.faults(&[fault]).await;
    work(shop).await;
    // As after three days of attempts.
    let mut options = sea_orm::ConnectOptions::new(shop.database_url());
    options.max_connections(1).sqlx_logging(false);
    let database = sea_orm::Database::connect(options).await.expect("connected");
    let given_up = "UPDATE obligations SET state = 'needs_attention' WHERE kind = 'refund'";
    database.execute_unprepared(given_up).await.expect("done");
    database.close().await.expect("closed");
}

/// Staff says that the obligation was met by hand. Gives the code of the refusal; null when it is settled.
async fn settle(shop: &TestShop, open: &Value) -> Value {
    let input = json!({ "id": open["id"], "note": "We moved the money by hand." });
    let done = shop
        .owner_does("settleObligation", input, "obligation { id }")
        .await;
    done["user_errors"][0]["code"].clone()
}
