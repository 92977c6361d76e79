//! An order of 100.00 EUR whose payment provider charged the buyer 1,085.37 SEK: the provider pays back SEK, the books and
//! the buyer see EUR, and the parts add up in both currencies.

use countermand_tests::payment_contract::{ContractProvider, LedgerLine};
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::captures::invoice_one;
use super::contract::{begin, carried_out, delivered, told};
use super::early::found_orders;
use super::{attention, buyer_sees, cancel, refunds, work};

/// What the provider charged, in minor units of SEK.
const ALL: i64 = 108_537;
/// What 45.00 EUR of it are: 488.4165, rounded.
const ONE_UNIT: i64 = 48_842;

contract!(
    a_canceled_order_is_paid_back_in_the_currency_that_was_charged,
    two_parts_add_up_to_what_was_charged,
    an_authorization_in_another_currency_is_released,
    a_void_of_money_in_another_currency_that_was_captured_becomes_a_refund,
    a_captured_part_of_an_authorization_goes_back_in_its_currency,
    a_refund_of_others_in_another_currency_is_booked_in_that_of_the_order,
    a_refund_of_others_in_another_currency_that_fails_is_paid_back_in_full,
    a_late_capture_in_another_currency_goes_back,
);

/// An order of 100.00 EUR with two units of 45.00, of which `invoiced` are paid with the payment `pi_1`.
fn in_euros(invoiced: i64) -> OrderJson {
    let order = OrderJson::new("1").paid_with("stripe_payments");
    let order = order.line("A", 4500, 2, invoiced, 0);
    order
        .with("order_currency_code", json!("EUR"))
        .with("base_currency_code", json!("EUR"))
}

/// The order, which says what the provider charged.
fn charged(order: &OrderJson) -> Value {
    let mut order = order.json();
    order["payment"]["last_trans_id"] = json!("pi_1");
    let charged = json!({ "amount": 1085.37, "currency": "SEK" });
    order["payment"]["extension_attributes"] = json!({ "charged": charged });
    order
}

/// An order that is paid as a whole. Gives its id.
async fn paid<P: ContractProvider>(shop: &TestShop, provider: &P) -> String {
    let id = shop.import(&[charged(&in_euros(2))]).await.remove(0);
    provider.pays("pi_1", "SEK", ALL, ALL).await;
    id
}

/// An order whose payment is authorized. Gives its id.
async fn authorized(shop: &TestShop) -> String {
    let order = charged(&in_euros(0).authorized());
    shop.import(&[order]).await.remove(0)
}

/// Cancels one of the two units.
async fn cancel_one(shop: &TestShop, id: &str) {
    let items = shop.item_lines(id, &[1]).await;
    let input = json!({ "order_id": id, "reason": "Other", "items": items });
    shop.worked("cancelOrderAsAdmin", input).await;
    shop.leave_jobs();
}

/// The settled refunds as staff sees them: in EUR, and in SEK.
async fn amounts(shop: &TestShop) -> Vec<(Value, Value)> {
    let query = "{ obligations(filter: { kind: REFUND, state: SETTLED }) { items {
      amount { value currency } amount_at_payment_provider { value currency } } } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    let items = answer.data("/obligations/items").as_array().cloned();
    let items = items.unwrap_or_default().into_iter();
    items
        .map(|it| {
            assert_eq!(it["amount"]["currency"], "EUR", "{it}");
            assert_eq!(it["amount_at_payment_provider"]["currency"], "SEK", "{it}");
            (
                it["amount"]["value"].clone(),
                it["amount_at_payment_provider"]["value"].clone(),
            )
        })
        .collect()
}

/// What the credit memos of the order pay back.
async fn memos(shop: &TestShop, id: &str) -> Vec<Value> {
    let order = shop.order(id).await;
    let memos = order["order"]["credit_memos"].as_array().cloned();
    let memos = memos.unwrap_or_default().into_iter();
    memos
        .map(|memo| memo["total"]["grand_total"]["value"].clone())
        .collect()
}

async fn is_healthy(shop: &TestShop) {
    assert!(shop.app().doctor(|_| {}).await.expect("a report").is_healthy());
}

async fn a_canceled_order_is_paid_back_in_the_currency_that_was_charged<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid(shop, &provider).await;
    cancel(shop, &id).await;
    carried_out(shop, &provider, "").await;
    let paid_back = LedgerLine {
        refunded: ALL,
        refunds: 1,
        voided: false,
    };
    assert_eq!(provider.line("pi_1").await, paid_back);
    assert_eq!(amounts(shop).await, [(json!(100.0), json!(1085.37))]);
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 100.0 }, "state": "REFUNDED" }])
    );
    // The provider's own messages tell nothing new.
    delivered(shop, &provider).await;
    assert_eq!(provider.line("pi_1").await, paid_back);
    assert_eq!(attention(shop).await, []);
    is_healthy(shop).await;
}

async fn two_parts_add_up_to_what_was_charged<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid(shop, &provider).await;
    cancel_one(shop, &id).await;
    carried_out(shop, &provider, "the first unit").await;
    assert_eq!(provider.line("pi_1").await.refunded, ONE_UNIT);
    cancel(shop, &id).await;
    carried_out(shop, &provider, "the rest").await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (ALL, 2));
    assert_eq!(
        amounts(shop).await,
        [(json!(45.0), json!(488.42)), (json!(55.0), json!(596.95))]
    );
    delivered(shop, &provider).await;
    assert_eq!(attention(shop).await, []);
    is_healthy(shop).await;
}

async fn an_authorization_in_another_currency_is_released<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = authorized(shop).await;
    provider.pays("pi_1", "SEK", ALL, 0).await;
    cancel(shop, &id).await;
    work(shop).await;
    told(shop, &provider).await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.voided, line.refunded), (true, 0));
    assert_eq!(refunds(shop, "SETTLED").await.len(), 1);
    assert_eq!(attention(shop).await, []);
    is_healthy(shop).await;
}

async fn a_void_of_money_in_another_currency_that_was_captured_becomes_a_refund<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = authorized(shop).await;
    provider.pays("pi_1", "SEK", ALL, ALL).await;
    cancel(shop, &id).await;
    carried_out(shop, &provider, "").await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (ALL, 1));
    assert_eq!(refunds(shop, "SETTLED").await.len(), 1);
    is_healthy(shop).await;
}

async fn a_captured_part_of_an_authorization_goes_back_in_its_currency<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = authorized(shop).await;
    // 45.00 with 10.00 of shipping: 596.95 SEK, and the provider releases the rest.
    invoice_one(shop, &id).await;
    provider.pays("pi_1", "SEK", ALL, ALL - ONE_UNIT).await;
    cancel(shop, &id).await;
    work(shop).await;
    told(shop, &provider).await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (ALL - ONE_UNIT, 1));
    assert_eq!(amounts(shop).await, [(json!(55.0), json!(596.95))]);
    if provider.capabilities().reads_payments {
        assert_eq!(attention(shop).await, []);
        is_healthy(shop).await;
    }
}

async fn a_refund_of_others_in_another_currency_is_booked_in_that_of_the_order<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid(shop, &provider).await;
    provider.refunds_outside("pi_1", 50_000).await;
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    // 500.00 SEK are 46.0672 EUR.
    assert_eq!(memos(shop, &id).await, [46.07]);
    let reasons: Vec<_> = attention(shop).await.into_iter().map(|(why, _)| why).collect();
    assert_eq!(reasons, [json!(["PAYMENT_REFUNDED_OUTSIDE"])]);
    // Our own refund takes what is left there, to the last öre.
    cancel(shop, &id).await;
    carried_out(shop, &provider, "the rest").await;
    delivered(shop, &provider).await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (ALL, 2));
    assert_eq!(memos(shop, &id).await, [46.07, 53.93]);
    assert_eq!(amounts(shop).await, [(json!(53.93), json!(585.37))]);
    assert_eq!(attention(shop).await.len(), 1, "until staff has looked at it");
    is_healthy(shop).await;
}

async fn a_refund_of_others_in_another_currency_that_fails_is_paid_back_in_full<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    let id = paid(shop, &provider).await;
    provider.refunds_outside("pi_1", 50_000).await;
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    assert_eq!(memos(shop, &id).await, [46.07]);
    let failed = provider.refunds_of_others("pi_1").await.remove(0);
    provider.fails_of_others(&failed).await;
    delivered(shop, &provider).await;
    delivered(shop, &provider).await;
    let open = refunds(shop, "OPEN").await;
    let mut owed = open.iter().filter(|it| it["provider_states"] != json!([]));
    let input = json!({ "id": owed.next().expect("a refund")["id"] });
    let done = shop
        .owner_does("retryObligation", input, "obligation { id }")
        .await;
    assert_eq!(done["user_errors"], json!([]));
    carried_out(shop, &provider, "in place of the other one").await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (50_000, 1));
    assert_eq!(amounts(shop).await, [(json!(46.07), json!(500.0))]);
    assert_eq!(
        buyer_sees(shop, &id).await,
        json!([{ "amount": { "value": 46.07 }, "state": "REFUNDED" }])
    );
    is_healthy(shop).await;
}

async fn a_late_capture_in_another_currency_goes_back<P: ContractProvider>(shop: &TestShop) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    provider.pays("pi_1", "SEK", ALL, 0).await;
    provider.captures("pi_1").await;
    delivered(shop, &provider).await;
    let order = in_euros(0).authorized().in_state("canceled", "canceled");
    let id = shop.import(&[charged(&order)]).await.remove(0);
    assert_eq!(found_orders(shop).await, 1);
    told(shop, &provider).await;
    delivered(shop, &provider).await;
    let line = provider.line("pi_1").await;
    assert_eq!((line.refunded, line.refunds), (ALL, 1));
    assert_eq!(amounts(shop).await, [(json!(100.0), json!(1085.37))]);
    assert_eq!(memos(shop, &id).await, [100.0]);
    assert_eq!(attention(shop).await, []);
    is_healthy(shop).await;
}

on_every_database!(an_order_with_an_impossible_charge_is_refused, |shop| async move {
    const IMPORT: &str = "mutation($orders: String!) { importOrders(input: { orders: $orders }) {
          imported refused { field message } } }";
    let cases = [
        (json!({ "amount": 1085.37 }), "currency", "is missing"),
        (json!({ "currency": "SEK" }), "amount", "is missing"),
        (
            json!({ "amount": 0, "currency": "SEK" }),
            "amount",
            "is not above zero",
        ),
        (
            json!({ "amount": 1, "currency": "XQQ" }),
            "currency",
            "is no currency of ISO 4217",
        ),
        (
            json!({ "amount": 99, "currency": "EUR" }),
            "amount",
            "is in the order's currency, and is not what was authorized or paid, 100.00",
        ),
    ];
    for (given, field, message) in cases {
        let mut order = charged(&in_euros(2));
        order["payment"]["extension_attributes"]["charged"] = given.clone();
        let orders = Value::from(vec![order]).to_string();
        let asked = shop.ask(IMPORT).variables(json!({ "orders": orders }));
        let answer = asked.token(shop.owner()).send().await;
        let field = format!("payment.extension_attributes.charged.{field}");
        assert_eq!(
            answer.data("/importOrders"),
            &json!({ "imported": 0, "refused": [{ "field": field, "message": message }] }),
            "{given}"
        );
    }
    let mut unpaid = charged(&in_euros(0));
    let orders = Value::from(vec![unpaid.clone()]).to_string();
    let asked = shop.ask(IMPORT).variables(json!({ "orders": orders }));
    let answer = asked.token(shop.owner()).send().await;
    assert_eq!(
        answer.data("/importOrders/refused/0/message"),
        "stands for nothing, because nothing was authorized or paid"
    );
    unpaid["payment"]["method"] = json!("checkmo");
    let orders = Value::from(vec![unpaid]).to_string();
    let asked = shop.ask(IMPORT).variables(json!({ "orders": orders }));
    let answer = asked.token(shop.owner()).send().await;
    assert_eq!(
        answer.data("/importOrders/refused/0/message"),
        "belongs to a tender that no payment provider moves"
    );
});

on_every_database!(
    two_tenders_do_not_have_one_payment_in_two_currencies,
    |shop| async move {
        const IMPORT: &str = "mutation($orders: String!) { importOrders(input: { orders: $orders }) {
          imported refused { field message } } }";
        let tender = |paid: i64, charged: Value| {
            json!({ "method": "stripe_payments", "kind": "PROVIDER", "amount_paid": paid, "last_trans_id": "pi_1",
            "charged": charged })
        };
        let mut order = in_euros(2).json();
        let in_sek = json!({ "amount": 651.22, "currency": "SEK" });
        order["extension_attributes"]["tenders"] = json!([tender(60, in_sek), tender(40, Value::Null)]);
        let orders = Value::from(vec![order]).to_string();
        let asked = shop.ask(IMPORT).variables(json!({ "orders": orders }));
        let answer = asked.token(shop.owner()).send().await;
        let refused = json!({ "field": "extension_attributes.tenders", "message": "have this payment in two currencies" });
        assert_eq!(
            answer.data("/importOrders"),
            &json!({ "imported": 0, "refused": [refused] })
        );
    }
);

on_every_database!(
    what_other_extensions_write_beside_a_charge_is_no_matter,
    |shop| async move {
        let mut order = in_euros(2).json();
        order["payment"]["extension_attributes"] = json!(["a text of an extension"]);
        assert_eq!(shop.import(&[order]).await.len(), 1);
    }
);
