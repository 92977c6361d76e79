//! A guest ends and resumes a subscription with the token of the order.

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::{BUYER, change, is_healthy, is_told, refusal, set, yearly};

const GUEST: &str = "gina@example.com";
const ENDING: &str = "Your subscription ends on 2027-01-01";

/// An order of a guest for a year of a magazine.
fn magazine(number: &str, guest: &str, subscription: &str, from: &str, until: &str) -> OrderJson {
    OrderJson::new(number)
        .by_guest(guest)
        .line("magazine", 10_000, 1, 1, 0)
        .of_type("virtual")
        .subscription(subscription, from, until)
}

/// A shop whose buyers end subscriptions by `end`, with an order of a guest. Gives the token of the order.
async fn sell(shop: &TestShop, end: &str) -> String {
    shop.enable_cancellation().await;
    set(shop, "enabled", "true").await;
    set(shop, "end", end).await;
    let order = magazine("1", GUEST, "SUB-1", "2026-01-01 00:00:00", "2027-01-01 00:00:00");
    let id = shop.import(&[order.json()]).await.remove(0);
    token_of(shop, &id).await
}

/// The token of an order, as the links of mails have it.
async fn token_of(shop: &TestShop, id: &str) -> String {
    let query = "query($id: ID!) { order(id: $id) { order { token } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    let answer = asked.send().await;
    answer
        .data("/order/order/token")
        .as_str()
        .expect("a token")
        .to_owned()
}

/// The subscriptions on the page of a guest's order.
async fn shown(shop: &TestShop, token: &str) -> Value {
    let query = "query($token: String!) { guestOrderByToken(input: { token: $token }) {
      subscriptions { order_number status end_options can_resume refund_at_once { value } } } }";
    let asked = shop.ask(query).variables(json!({ "token": token }));
    asked
        .send()
        .await
        .data("/guestOrderByToken/subscriptions")
        .clone()
}

/// Sends `endSubscription` or `resumeSubscription` without a sign-in.
async fn guest_does(shop: &TestShop, mutation: &str, input: &Value) -> Value {
    let selection = "subscription { order_number status ends_at can_resume }";
    let asked = shop.staff_asks(mutation, input, selection);
    asked.send().await.data(&format!("/{mutation}")).clone()
}

on_every_database!(
    a_guest_ends_a_subscription_with_the_paid_period_and_takes_the_end_back,
    |shop| async move {
        let token = sell(&shop, "CHOICE").await;
        let active = json!([{ "order_number": "1", "status": "ACTIVE", "end_options": ["PERIOD_END"],
          "can_resume": false, "refund_at_once": null }]);
        assert_eq!(shown(&shop, &token).await, active);
        let mut input = json!({ "subscription_id": "SUB-1", "token": token, "when": "AT_ONCE" });
        let refused = guest_does(&shop, "endSubscription", &input).await;
        assert_eq!(
            refusal(&refused),
            ("END_NOT_OFFERED", "when"),
            "no money by a token"
        );
        input["when"] = Value::Null;
        let ended = guest_does(&shop, "endSubscription", &input).await;
        let expected = json!({ "order_number": "1", "status": "ENDING", "ends_at": "2027-01-01 00:00:00",
          "can_resume": true });
        assert_eq!(ended["subscription"], expected, "{ended:#}");
        is_told(&shop, ENDING).await;

        let input = json!({ "subscription_id": "SUB-1", "token": token });
        let resumed = guest_does(&shop, "resumeSubscription", &input).await;
        assert_eq!(resumed["subscription"]["status"], "ACTIVE", "{resumed:#}");
        assert_eq!(shown(&shop, &token).await, active);
        let again = guest_does(&shop, "resumeSubscription", &input).await;
        assert_eq!(refusal(&again), ("SUBSCRIPTION_NOT_ENDING", "subscription_id"));
        set(&shop, "enabled", "false").await;
        let off = guest_does(&shop, "endSubscription", &input).await;
        assert_eq!(refusal(&off), ("SUBSCRIPTIONS_DISABLED", "subscription_id"));
        is_healthy(&shop).await;
        shop.leave_jobs();
    }
);

on_every_database!(
    a_wrong_token_and_the_token_of_another_order_end_no_subscription,
    |shop| async move {
        let own = sell(&shop, "PERIOD_END").await;
        let (from, until) = ("2026-01-01 00:00:00", "2027-01-01 00:00:00");
        let orders = [
            magazine("2", "bob@example.com", "SUB-2", from, until).json(),
            yearly("3", from, until).by(BUYER).json(),
        ];
        shop.customer(BUYER).await;
        let ids = shop.import(&orders).await;
        let (others, accounts) = (token_of(&shop, &ids[0]).await, token_of(&shop, &ids[1]).await);
        let altered = format!("A{}", &own[1..]);
        let refused = ["", "wrong", &altered, &others, &accounts];
        for mutation in ["endSubscription", "resumeSubscription"] {
            for token in refused {
                let input = json!({ "subscription_id": "SUB-1", "token": token });
                let answer = guest_does(&shop, mutation, &input).await;
                assert_eq!(refusal(&answer), ("NOT_FOUND", "subscription_id"), "{token}");
            }
            let input = json!({ "subscription_id": "SUB-2", "token": own });
            let answer = guest_does(&shop, mutation, &input).await;
            assert_eq!(refusal(&answer), ("NOT_FOUND", "subscription_id"));
        }
        assert_eq!(shown(&shop, &own).await[0]["status"], "ACTIVE");
        assert_eq!(shown(&shop, &others).await[0]["status"], "ACTIVE");
        shop.leave_jobs();
    }
);

on_every_database!(
    the_token_of_an_earlier_order_ends_what_the_renewal_of_the_same_guest_pays,
    |shop| async move {
        let token = sell(&shop, "PERIOD_END").await;
        let (from, until) = ("2027-01-01 00:00:00", "2028-01-01 00:00:00");
        let renewal = magazine("2", GUEST, "SUB-1", from, until);
        shop.import(&[renewal.json()]).await;
        assert_eq!(shown(&shop, &token).await[0]["order_number"], "2");
        let input = json!({ "subscription_id": "SUB-1", "token": token });
        let ended = guest_does(&shop, "endSubscription", &input).await;
        let subscription = &ended["subscription"];
        assert_eq!(subscription["order_number"], "2", "{ended:#}");
        assert_eq!(subscription["ends_at"], until);

        // The biller renews it all the same: the guest's end is taken over.
        let again = magazine("3", GUEST, "SUB-1", until, "2029-01-01 00:00:00");
        // The same id at another address is a subscription of another guest.
        let stranger = magazine(
            "4",
            "bob@example.com",
            "SUB-1",
            "2029-01-01 00:00:00",
            "2030-01-01 00:00:00",
        );
        shop.import(&[again.json()]).await;
        let renewed = shown(&shop, &token).await;
        assert_eq!(
            (&renewed[0]["order_number"], &renewed[0]["status"]),
            (&json!("3"), &json!("ENDING"))
        );
        let id = shop.import(&[stranger.json()]).await.remove(0);
        let bobs = token_of(&shop, &id).await;
        assert_eq!(shown(&shop, &bobs).await[0]["status"], "ACTIVE");
        let staff = change(
            &shop,
            shop.owner(),
            "endSubscription",
            &json!({ "when": "PERIOD_END" }),
        )
        .await;
        assert_eq!(staff["subscription"]["order_number"], "4", "{staff:#}");
        shop.leave_jobs();
    }
);
