//! A payment provider may tell of a payment before the order is imported that has it: the message is not lost.

use chrono::TimeDelta;
use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::process::ServerProcess;
use countermand_tests::time_limit::until;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::contract::{begin, delivered};
use super::repeated::changed;
use super::{attention, buyer_sees, paid_with, work};
use crate::program::PROGRAM;

contract!(
    a_message_that_comes_before_its_order_is_read_once_the_order_is_imported,
    a_dispute_that_comes_before_its_order_is_told_to_staff,
    a_message_about_a_payment_that_never_gets_an_order_is_forgotten,
);

/// Lets the worker look for orders of early payments and check what it finds. Gives the number of payments.
pub(super) async fn found_orders(shop: &TestShop) -> usize {
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
    let refund = provider.refunds_of_others("pi_1").await.remove(0);
    let booked = "payment pi_1 at main: $2.00 were paid back there by others, booked as 1-1";
    let told = [(
        json!(["PAYMENT_REFUNDED_OUTSIDE"]),
        format!("{booked}, reference {refund}"),
    )];
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

/// Says by the setting which accounts serve which payment methods.
async fn served_by(shop: &TestShop, providers: &str) {
    let values = json!([{ "key": "payment/providers", "value": providers }]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let done = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
}

/// The account `other`, which serves the payment method `braintree`, while `main` serves the others. Messages of its
/// provider wait until they are delivered; none without Python.
async fn other_account(shop: &TestShop) -> Option<PaymentServer> {
    let provider = PaymentServer::begin().await?;
    let input = json!({ "name": "other", "adapter": "HTTP", "address": provider.address,
        "secret": provider.key(), "webhook_secret": PaymentServer::WEBHOOK_SECRET });
    let done = shop.owner_does("connectPaymentProvider", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
    served_by(shop, "braintree = other; * = main").await;
    let url = format!("{}/webhooks/http/other", shop.address());
    provider.holds_messages(&url).await;
    Some(provider)
}

/// An order for 15.00 that was paid with `braintree`, and with this reference of the provider.
async fn paid_with_braintree(shop: &TestShop, number: &str, reference: &str) {
    let order = OrderJson::new(number)
        .paid_with("braintree")
        .line("A", 1000, 1, 1, 0);
    let mut order = order.json();
    order["payment"]["last_trans_id"] = json!(reference);
    shop.import(&[order]).await;
}

/// The buyer disputes the payment at the bank, and the provider tells of it.
async fn disputed(shop: &TestShop, provider: &PaymentServer, payment: &str) {
    provider.pays(payment, "USD", 1500, 1500).await;
    provider.disputes(payment).await;
    delivered(shop, provider).await;
}

/// What staff is told of disputes of these payments at `account`.
fn disputes(account: &str, payments: [&str; 2]) -> [(Value, String); 2] {
    payments.map(|payment| {
        let problem = format!("payment {payment} at {account}: the buyer disputes the payment at the bank");
        (json!(["PAYMENT_DISPUTED"]), problem)
    })
}

/// What needs a person, in the order of the problems.
async fn sorted_attention(shop: &TestShop) -> Vec<(Value, String)> {
    let mut told = attention(shop).await;
    told.sort_by(|one, other| one.1.cmp(&other.1));
    told
}

on_every_database!(
    a_message_waits_for_the_order_of_its_account_although_an_order_of_another_account_has_the_reference,
    |shop| async move {
        let Some(_main) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        let Some(other) = other_account(&shop).await else {
            return;
        };
        // The message about 1001 comes before the order of `main` is imported, and the one about 1002 after it.
        disputed(&shop, &other, "1001").await;
        paid_with(&shop, "1", "1001").await;
        paid_with(&shop, "2", "1002").await;
        assert_eq!(found_orders(&shop).await, 0);
        disputed(&shop, &other, "1002").await;
        assert_eq!(found_orders(&shop).await, 0);
        assert_eq!(attention(&shop).await, []);
        paid_with_braintree(&shop, "3", "1001").await;
        paid_with_braintree(&shop, "4", "1002").await;
        assert_eq!(found_orders(&shop).await, 2);
        assert_eq!(sorted_attention(&shop).await, disputes("other", ["1001", "1002"]));
        assert_eq!(found_orders(&shop).await, 0);
    }
);

on_every_database!(
    a_message_waits_until_the_setting_says_that_its_account_serves_the_order,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        served_by(&shop, "braintree = main").await;
        disputed(&shop, &provider, "1001").await;
        paid_with(&shop, "1", "1001").await;
        paid_with(&shop, "2", "1002").await;
        disputed(&shop, &provider, "1002").await;
        assert_eq!(found_orders(&shop).await, 0);
        assert_eq!(attention(&shop).await, []);
        served_by(&shop, "* = main").await;
        assert_eq!(found_orders(&shop).await, 2);
        assert_eq!(sorted_attention(&shop).await, disputes("main", ["1001", "1002"]));
        assert_eq!(found_orders(&shop).await, 0);
    }
);

on_every_database!(
    a_message_about_a_payment_that_only_orders_of_other_accounts_have_is_forgotten,
    |shop| async move {
        let Some(_main) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        let Some(other) = other_account(&shop).await else {
            return;
        };
        disputed(&shop, &other, "1001").await;
        paid_with(&shop, "1", "1001").await;
        shop.wait(TimeDelta::days(30));
        shop.app().tidy().await.expect("tidied");
        paid_with_braintree(&shop, "2", "1001").await;
        assert_eq!(found_orders(&shop).await, 0);
        assert_eq!(attention(&shop).await, []);
    }
);

/// What the log says before a payment is forgotten.
const FORGOTTEN: &str = "a payment without an order is forgotten";

on_every_database!(
    a_payment_without_an_order_is_logged_and_counted_before_it_is_forgotten,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        provider.pays("pi_1", "USD", 1500, 0).await;
        provider.captures("pi_1").await;
        delivered(&shop, &provider).await;
        changed(&shop, "UPDATE early_payments SET at = 0").await;
        let arguments = ["--log-format", "json"];
        let server = ServerProcess::start(PROGRAM, shop.database_url(), &arguments).await;
        let counted = r#"countermand_forgotten_payments_total{account="main"} 1"#;
        until("the payment is forgotten", async || {
            server.page("/metrics").await.1.contains(counted)
        })
        .await;
        let log = server.log();
        let lines: Vec<_> = log.lines().filter(|line| line.contains(FORGOTTEN)).collect();
        assert_eq!(lines.len(), 1, "{log}");
        for part in [r#""WARN""#, r#""account":"main""#, r#""payment":"pi_1""#] {
            assert!(lines[0].contains(part), "{part}: {}", lines[0]);
        }
        server.kill().await;
    }
);
