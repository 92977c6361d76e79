//! Adobe's drop-in component for orders at a store view whose buyers only ask: it knows no requests, and its own
//! documents open one.

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::dropins_order::{CLIENT, cancel, confirm, guest_page, order_page};
use super::habits::{good_answer, texts};
use super::sold::{GUESTS, OPEN, Sold};

/// A shop whose buyers ask, and whose staff decides.
async fn asking(shop: &TestShop) -> Sold {
    let sold = Sold::to(shop).await;
    let mode = json!([{ "key": "sales/cancellation/mode", "value": "REQUEST" }]);
    let input = json!({ "scope": "STORE", "code": "default", "values": mode });
    let set = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(set["user_errors"], json!([]));
    sold
}

/// What the drop-in shows of an order: its status, its buttons, and the status of each item.
fn shown(order: &Value) -> (&str, &Value, Vec<&str>) {
    let status = order["status"].as_str().expect("a status");
    (
        status,
        &order["available_actions"],
        texts(&order["items"], "/status"),
    )
}

async fn decide(shop: &TestShop, mutation: &str, input: Value) {
    let decided = shop.owner_does(mutation, input, "").await;
    assert_eq!(decided["user_errors"], json!([]));
}

on_every_database!(
    the_cancel_button_of_a_customer_opens_a_request_and_goes_away_until_staff_decides,
    |shop| async move {
        let sold = asking(&shop).await;
        let page = order_page(&shop, &sold.customer, OPEN).await;
        let (with_cancel, without) = (json!(["REORDER", "CANCEL"]), json!(["REORDER"]));
        assert_eq!(shown(&page), ("Pending", &with_cancel, vec!["Ordered"; 6]));
        let asked = cancel(&shop, &sold.customer, &page["id"], "Other").await;
        // The drop-in shows an alert for each error, closes its dialog when the button is gone, and draws this order.
        assert_eq!(asked["error"], Value::Null);
        let requested = ("Pending", &without, vec!["Cancellation requested"; 6]);
        assert_eq!(shown(&asked["order"]), requested);
        let reloaded = order_page(&shop, &sold.customer, OPEN).await;
        assert_eq!(shown(&reloaded), requested);
        // A page that was open in another tab sends it again.
        let again = cancel(&shop, &sold.customer, &page["id"], "Other").await;
        let told = again["error"].as_str().unwrap_or_default();
        assert!(!told.is_empty(), "{again:#}");
        assert_eq!(shown(&order_page(&shop, &sold.customer, OPEN).await), requested);

        let decline = json!({ "order_id": sold.open, "reason": "It is being packed." });
        decide(&shop, "declineCancellationRequest", decline).await;
        let declined = order_page(&shop, &sold.customer, OPEN).await;
        assert_eq!(shown(&declined), ("Pending", &with_cancel, vec!["Ordered"; 6]));
        let asked = cancel(&shop, &sold.customer, &page["id"], "Other").await;
        assert_eq!(asked["error"], Value::Null);
        decide(
            &shop,
            "approveCancellationRequest",
            json!({ "order_id": sold.open }),
        )
        .await;
        let approved = order_page(&shop, &sold.customer, OPEN).await;
        assert_eq!(shown(&approved), ("Canceled", &without, vec!["Canceled"; 6]));
        shop.leave_jobs();
    }
);

on_every_database!(
    a_guest_who_confirms_in_the_drop_in_opens_a_request,
    |shop| async move {
        let sold = asking(&shop).await;
        let typed = json!({ "number": GUESTS, "email": "guest@example.com", "lastname": "Larsen" });
        let asked = CLIENT.ask(&shop, "GET_GUEST_ORDER");
        let found = good_answer(asked.variables(json!({ "input": typed }))).await;
        let token = found["guestOrder"]["token"].as_str().expect("a token").to_owned();
        let asked = CLIENT.ask(&shop, "REQUEST_GUEST_ORDER_CANCEL_MUTATION");
        let asked = asked.variables(json!({ "token": token, "reason": "Other" }));
        let answer = good_answer(asked).await["requestGuestOrderCancel"].clone();
        assert_eq!(answer["error"], Value::Null);
        // The page itself says that the cancellation is requested.
        assert_eq!(answer["order"]["status"], "Pending");
        shop.run_jobs().await;
        let key = shop.mail().newest_key().expect("a key in the mail");

        let confirmed = confirm(&shop, &sold.guests, &key).await;
        assert_eq!(confirmed["errorV2"], Value::Null);
        let without = json!(["REORDER"]);
        let requested = ("Pending", &without, vec!["Cancellation requested"; 6]);
        assert_eq!(shown(&confirmed["order"]), requested);
        assert_eq!(shown(&guest_page(&shop, &token).await), requested);
        // The address of the page holds the key, so reloading the page sends the key again.
        let again = confirm(&shop, &sold.guests, &key).await;
        assert_eq!(again["errorV2"]["code"], "INVALID_ORDER_STATUS", "{again:#}");
        decide(
            &shop,
            "approveCancellationRequest",
            json!({ "order_id": sold.guests }),
        )
        .await;
        let approved = guest_page(&shop, &token).await;
        assert_eq!(shown(&approved), ("Canceled", &without, vec!["Canceled"; 6]));
        shop.leave_jobs();
    }
);
