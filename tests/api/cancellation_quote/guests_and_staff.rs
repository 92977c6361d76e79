//! Guests and staff accept quotes as customers do.

use super::*;

/// Gus's paid order of two units of `tea` for ten dollars each. Gives its id and its token.
async fn sell_to_guest(shop: &TestShop) -> (String, String) {
    sell(shop).await;
    let order = OrderJson::new("2")
        .by_guest("gus@example.com")
        .line("tea", 1000, 2, 2, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    let token = shop.order_token(&id).await;
    (id, token)
}

/// The key of the mail that a guest gets who accepts `quote`.
async fn mailed_key(shop: &TestShop, token: &str, quote: &Value) -> String {
    let input = json!({ "token": token, "reason": "Other", "quote_id": quote });
    let asked = shop.cancellation("requestGuestOrderCancel", "GuestOrderCancelInput", &input);
    let answer = asked.send().await;
    assert_eq!(answer.data("/requestGuestOrderCancel/errorV2"), &Value::Null);
    shop.run_jobs().await;
    shop.mail().newest_key().expect("a key in the newest mail")
}

on_every_database!(
    a_guest_who_confirms_by_mail_gets_what_was_quoted,
    |shop| async move {
        let (id, token) = sell_to_guest(&shop).await;
        let quote = preview(&shop, "", json!({ "token": token, "reason": "Other" })).await["quote"].clone();
        assert_eq!(quote["refund_total"]["value"], 27.0);
        let key = mailed_key(&shop, &token, &quote["id"]).await;
        // The mail is read after the quote alone would be stale.
        shop.wait(TimeDelta::hours(2));
        let canceled = shop.confirm_cancel(&id, &key).send().await;
        assert_eq!(canceled.data("/confirmCancelOrder/errorV2"), &Value::Null);
        let memo = canceled.data("/confirmCancelOrder/order/credit_memos/0/total/grand_total/value");
        assert_eq!(memo, 27.0);
        shop.leave_jobs();
    }
);

on_every_database!(
    a_guest_whose_quote_does_not_hold_any_more_cancels_nothing,
    |shop| async move {
        let (id, token) = sell_to_guest(&shop).await;
        let input = json!({ "token": token, "reason": "Other" });
        let quote = preview(&shop, "", input.clone()).await["quote"]["id"].clone();
        let key = mailed_key(&shop, &token, &quote).await;
        let used = json!({ "token": token, "reason": "Other", "quote_id": quote });
        let asked = shop.cancellation("requestGuestOrderCancel", "GuestOrderCancelInput", &used);
        let refused = asked.send().await;
        assert_eq!(refused.data("/requestGuestOrderCancel/errorV2/message"), STALE);
        set(&shop, "fee", "20%").await;
        let refused = shop.confirm_cancel(&id, &key).send().await;
        assert_eq!(refused.data("/confirmCancelOrder/errorV2/message"), STALE);
        set(&shop, "fee", "10%").await;
        let canceled = shop.confirm_cancel(&id, &key).send().await;
        assert_eq!(canceled.data("/confirmCancelOrder/errorV2"), &Value::Null);
        shop.leave_jobs();
    }
);

on_every_database!(a_request_is_made_only_while_its_quote_holds, |shop| async move {
    let (id, token) = sell_to_guest(&shop).await;
    let ask = async |input: Value, staff: Option<&str>| {
        let asked = shop.staff_asks("requestOrderCancellation", &input, "order { id }");
        let asked = match staff {
            Some(token) => asked.token(token),
            None => asked,
        };
        let answer = asked.send().await;
        answer.data("/requestOrderCancellation/user_errors").clone()
    };
    let quote = preview(&shop, "", json!({ "token": token })).await["quote"]["id"].clone();
    let input = json!({ "token": token, "reason": "Other", "quote_id": quote });
    set(&shop, "fee", "20%").await;
    let refused = ask(input.clone(), None).await;
    assert_eq!(
        [&refused[0]["code"], &refused[0]["field"]],
        [&json!("QUOTE_STALE"), &json!("quote_id")]
    );
    set(&shop, "fee", "10%").await;
    let of_guest = json!({ "order_id": id, "reason": "Other", "quote_id": quote });
    let refused = ask(of_guest, Some(shop.owner())).await;
    assert_eq!(refused[0]["code"], "QUOTE_STALE", "staff pays no fee");
    assert_eq!(ask(input, None).await, json!([]));
    shop.leave_jobs();
});

on_every_database!(
    staff_cancels_exactly_what_was_quoted_or_nothing,
    |shop| async move {
        let (_, id) = sell(&shop).await;
        let part = items(&shop, &id, &[2, 0]).await;
        let of_part = json!({ "order_id": id, "items": part });
        let quoted = preview(&shop, shop.owner(), of_part.clone()).await;
        let quote = &quoted["quote"]["id"];
        let accept =
            |items: Value| json!({ "order_id": id, "reason": "Other", "items": items, "quote_id": quote });
        let all = shop.refused("cancelOrderAsAdmin", accept(Value::Null)).await;
        assert_eq!(all, ("QUOTE_STALE".into(), "quote_id".into()));
        let canceled = shop.worked("cancelOrderAsAdmin", accept(part)).await;
        let memo = &canceled["order"]["credit_memos"][0]["total"]["grand_total"]["value"];
        assert_eq!(memo, &quoted["quote"]["refund_total"]["value"]);
        let rest = items(&shop, &id, &[1, 2]).await;
        let again = shop.refused("cancelOrderAsAdmin", accept(rest)).await;
        assert_eq!(again.0, "QUOTE_STALE", "the order has another version");
        shop.leave_jobs();
    }
);

on_every_database!(
    a_manager_gets_a_quote_although_the_switch_is_off,
    |shop| async move {
        let (anna, id) = sell(&shop).await;
        shop.configure(json!({ "enabled": false })).await;
        let plain = preview(&shop, shop.owner(), json!({ "order_id": id })).await;
        assert_eq!(plain["user_errors"][0]["code"], "DISABLED");
        let input = json!({ "order_id": id, "override_switch": true });
        let quoted = preview(&shop, shop.owner(), input.clone()).await;
        let accept = json!({
            "order_id": id, "reason": "Other", "override_switch": true, "quote_id": quoted["quote"]["id"]
        });
        shop.worked("cancelOrderAsAdmin", accept).await;
        let document = "mutation($input: PreviewCancellationInput!) { previewCancellation(input: $input) { quote { id } } }";
        let asked = shop
            .ask(document)
            .variables(json!({ "input": input }))
            .token(&anna);
        assert_eq!(asked.send().await.category(), "graphql-authorization");
        shop.leave_jobs();
    }
);
