//! What the mails about decided requests say: the items that are not canceled, and what the order costs then.

use super::*;

/// Requests the cancellation of all of Anna's unpaid order: two `tea` for ten dollars each, a `cup` for seven, and
/// five dollars of shipping for each unit.
async fn requested(shop: &TestShop) -> (String, Vec<Value>) {
    let (anna, id) = sell(shop).await;
    done(
        &request_of(shop, &id, &Value::Null).token(&anna).send().await,
        "requestOrderCancellation",
    );
    let items = items_of(shop, &id).await;
    (id, items)
}

on_every_database!(
    the_mail_of_a_partly_approved_request_names_the_refused_items_and_the_new_total,
    |shop| async move {
        let (id, items) = requested(&shop).await;
        let part = json!([{ "item_id": items[0], "quantity": 1 }]);
        let approval = json!({ "order_id": id, "items": part });
        let answer = staff_does(&shop, "approveCancellationRequest", approval).await;
        let approved = done(&answer, "approveCancellationRequest");
        assert_eq!(approved["cancellation_request"]["status"], "PARTLY_APPROVED");
        shop.run_jobs().await;
        let mail = newest_mail_to(&shop, "These items of your request were not canceled:");
        let (_, refused) = mail.split_once("were not canceled:").expect("refused items");
        for line in ["- 1 x Product tea (tea)", "- 1 x Product cup (cup)"] {
            assert!(refused.contains(line), "{mail}");
        }
        assert!(mail.contains("The new total of the order is $32.00."), "{mail}");
    }
);

on_every_database!(
    the_mail_of_a_declined_request_names_its_items_and_the_total,
    |shop| async move {
        let (id, _) = requested(&shop).await;
        let input = json!({ "order_id": id, "reason": "The parcel is packed." });
        done(
            &staff_does(&shop, "declineCancellationRequest", input).await,
            "declineCancellationRequest",
        );
        shop.run_jobs().await;
        let mail = newest_mail_to(&shop, "These items are not canceled:");
        for line in ["- 2 x Product tea (tea)", "- 1 x Product cup (cup)"] {
            assert!(mail.contains(line), "{mail}");
        }
        assert!(mail.contains("The total of the order is $42.00."), "{mail}");
    }
);
