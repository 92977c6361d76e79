//! Where buyers of a store view can only ask, the operations of Adobe's storefronts open a request.

use super::*;

/// Buyers ask, and staff decides.
async fn only_asks(shop: &TestShop) {
    let input = json!({
        "scope": "DEFAULT",
        "values": [{ "key": "sales/cancellation/mode", "value": "REQUEST" }],
    });
    let payload = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(payload["user_errors"], json!([]));
}

on_every_database!(
    a_storefront_that_knows_no_requests_opens_one_without_an_error,
    |shop| async move {
        let (anna, id) = sell(&shop).await;
        only_asks(&shop).await;
        let before = shop.my_order(&anna, "1").await;
        assert_eq!(before["available_actions"], json!(["REORDER", "CANCEL"]));
        let answer = shop.cancel_order(&id, "Other").token(&anna).send().await;
        let asked = answer.order();
        assert_eq!(asked["status"], "Pending");
        // The drop-in closes its dialog because the button is gone.
        assert_eq!(asked["available_actions"], json!(["REORDER"]));
        assert_eq!(asked["items"][0]["status"], "Cancellation requested");
        let answer = staff_does(&shop, "approveCancellationRequest", json!({ "order_id": id })).await;
        assert_eq!(done(&answer, "approveCancellationRequest")["state"], "canceled");
        shop.leave_jobs();
    }
);

on_every_database!(a_guest_who_confirms_by_mail_opens_a_request, |shop| async move {
    shop.enable_cancellation().await;
    only_asks(&shop).await;
    let order = OrderJson::new("1").by_guest(GUEST).line("tea", 1000, 2, 0, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    let key = shop.mailed_key(&id, "Other").await;
    let answer = shop.confirm_cancel(&id, &key).send().await;
    assert_eq!(answer.order()["status"], "Pending");
    assert_eq!(answer.order()["items"][0]["status"], "Cancellation requested");
    shop.leave_jobs();
});
