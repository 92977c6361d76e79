//! Staff cancels orders of the simulated Amazon through the shop: the channel decides, and the shop tells what it said.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use countermand_app::ports::SalesChannel;
use countermand_integrations::channels::amazon::{AmazonChannel, CancelBy};
use countermand_tests::amazon_simulator::{AmazonSimulator, SimulatedOrder};
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::amazon_seller::{CHAIR, IMPATIENT, LAMP, PATIENT, one_channel, waiting_adapter};
use super::held::{Held, HeldChannel};

pub(super) const ORDER: &str = "channel number status can_cancel blocks go_instead has_request fulfilled_by
  items { id quantity is_requested buyers_reason canceled_by canceled_reason }
  cancellation { id state reason reason_code comment actor reference problem }
  declined_requests { item_id buyers_reason reason } history { actor text }";

/// A shop with an account at the simulated Amazon, where a lamp is ordered.
pub(super) struct Account {
    pub(super) shop: TestShop,
    pub(super) amazon: AmazonSimulator,
}

impl Account {
    pub(super) async fn open(shop: &TestShop) -> Self {
        Self::open_with(shop, CancelBy::Feed, PATIENT, |channel| channel).await
    }

    /// The same with an adapter that waits only some seconds for an answer.
    pub(super) async fn open_impatient(shop: &TestShop) -> Self {
        Self::open_with(shop, CancelBy::Feed, IMPATIENT, |channel| channel).await
    }

    /// The same with an account that cancels one order a call.
    pub(super) async fn open_by_operation(shop: &TestShop) -> Self {
        Self::open_with(shop, CancelBy::Operation, PATIENT, |channel| channel).await
    }

    /// The same with a connection that the test holds.
    pub(super) async fn open_held(shop: &TestShop) -> (Self, Arc<Held>) {
        let held = Arc::new(Held::default());
        let connection = Arc::clone(&held);
        let account = Self::open_with(shop, CancelBy::Feed, PATIENT, |channel| HeldChannel {
            channel,
            held: connection,
        });
        (account.await, held)
    }

    async fn open_with<C: SalesChannel + 'static>(
        shop: &TestShop,
        way: CancelBy,
        patience: Duration,
        connected: impl FnOnce(AmazonChannel) -> C,
    ) -> Self {
        let amazon = AmazonSimulator::start(shop.clock()).await;
        amazon.place(SimulatedOrder::unshipped(LAMP));
        let adapter = waiting_adapter(&amazon, way, &shop.clock(), patience);
        let account = Self {
            shop: shop.with_channels(one_channel(connected(adapter))).await,
            amazon,
        };
        account.work().await;
        account
    }

    /// Takes the turns that are due.
    pub(super) async fn work(&self) -> usize {
        let worked = self.shop.app().work_on_channels(&|| false).await;
        worked.expect("a turn")
    }

    /// Lets time pass, and takes the turns that are due then.
    pub(super) async fn wait(&self, seconds: i64) {
        self.shop.wait(TimeDelta::seconds(seconds));
        self.work().await;
    }

    pub(super) async fn order(&self, number: &str) -> Value {
        let query =
            format!(r#"query($n: String!) {{ channelOrder(channel: "amazon", number: $n) {{ {ORDER} }} }}"#);
        let asked = self.shop.ask(&query).variables(json!({ "n": number }));
        let answer = asked.token(self.shop.owner()).send().await;
        answer.data("/channelOrder").clone()
    }

    pub(super) async fn cancel(&self, number: &str, reason: &str, confirm: bool) -> Value {
        let input = json!({
            "channel": "amazon", "number": number, "reason": reason, "comment": "shelf is empty", "confirm": confirm,
        });
        let selection = format!("order {{ {ORDER} }}");
        self.shop
            .owner_does("cancelChannelOrder", input, &selection)
            .await
    }

    /// Cancels an order, which is not refused.
    pub(super) async fn canceled(&self, number: &str) -> Value {
        let payload = self.cancel(number, "out_of_stock", false).await;
        assert_eq!(payload["user_errors"], json!([]));
        payload["order"].clone()
    }

    pub(super) async fn state(&self, number: &str) -> Value {
        self.order(number).await["cancellation"]["state"].clone()
    }

    pub(super) async fn needs_attention(&self) -> Value {
        let query = "{ needsAttention { items { id reasons problem } } }";
        let answer = self.shop.ask(query).token(self.shop.owner()).send().await;
        answer.data("/needsAttention/items").clone()
    }
}

/// The code of the only refusal, and its message.
pub(super) fn refusal(payload: &Value) -> (&str, &str) {
    assert_eq!(payload["order"], Value::Null, "{payload:#}");
    let refusal = &payload["user_errors"][0];
    (
        refusal["code"].as_str().unwrap_or_default(),
        refusal["message"].as_str().unwrap_or_default(),
    )
}

on_every_database!(
    an_order_is_canceled_only_when_amazons_report_and_order_say_so,
    |shop| async move {
        let account = Account::open(&shop).await;
        let before = account.order(LAMP).await;
        assert_eq!(before["status"], "UNSHIPPED");
        assert_eq!(
            (&before["can_cancel"], &before["blocks"]),
            (&json!(true), &json!([]))
        );
        let asked = account.canceled(LAMP).await;
        let cancellation = &asked["cancellation"];
        assert_eq!(cancellation["state"], "REQUESTED");
        assert_eq!(cancellation["reason_code"], "NoInventory");
        assert_eq!(cancellation["actor"], "staff:owner");
        assert_eq!(asked["blocks"], json!(["REQUEST_OPEN"]));
        let again = account.cancel(LAMP, "out_of_stock", false).await;
        assert_eq!(refusal(&again).0, "REQUEST_OPEN");

        account.work().await;
        let sent = account.order(LAMP).await;
        assert_eq!(sent["cancellation"]["state"], "ACCEPTED");
        assert_eq!(sent["status"], "UNSHIPPED");
        assert!(sent["cancellation"]["reference"].is_string());

        account.wait(40).await;
        assert_eq!(account.state(LAMP).await, "ACCEPTED");
        account.wait(60).await;
        let done = account.order(LAMP).await;
        assert_eq!(done["cancellation"]["state"], "CANCELED", "{done:#}");
        assert_eq!(
            (&done["status"], &done["blocks"]),
            (&json!("CANCELED"), &json!(["ALREADY_CANCELED"]))
        );
        assert_eq!(done["items"][0]["canceled_by"], "MERCHANT");
        assert_eq!(account.amazon.feeds().len(), 1);
        let texts: Vec<_> = done["history"]
            .as_array()
            .expect("lines")
            .iter()
            .map(|it| &it["text"])
            .collect();
        assert!(texts.contains(&&json!("cancellation CANCELED")), "{texts:?}");
        assert_eq!(account.needs_attention().await, json!([]));
        assert!(shop.mail().mails().is_empty(), "Amazon tells the buyer");
        let log = shop.audit_log(1).await;
        assert_eq!(log[0]["action"], "cancelChannelOrder");
        assert_eq!(log[0]["target"], format!("amazon {LAMP}"));
    }
);

on_every_database!(
    what_is_not_unshipped_is_managed_at_amazon_and_the_answer_says_where,
    |shop| async move {
        let account = Account::open(&shop).await;
        for (status, code, place) in [
            ("PENDING", "CHANNEL_MANAGED", "the order at the channel"),
            ("PARTIALLY_SHIPPED", "CHANNEL_MANAGED", "the order at the channel"),
            (
                "SHIPPED",
                "PARTIAL_ORDER_ITEM_SHIPPED",
                "the returns at the channel",
            ),
            ("A_NEW_WORD", "CHANNEL_MANAGED", "the order at the channel"),
        ] {
            account.amazon.set_status(LAMP, status);
            account.wait(301).await;
            let shown = account.order(LAMP).await;
            assert_eq!(shown["can_cancel"], json!(false), "{status}");
            assert!(
                shown["go_instead"].as_str().unwrap_or_default().contains(place),
                "{status}"
            );
            let refused = account.cancel(LAMP, "out_of_stock", false).await;
            let (told, message) = refusal(&refused);
            assert_eq!(told, code, "{status}");
            assert!(message.contains(place), "{status}: {message}");
        }
        account
            .amazon
            .place(SimulatedOrder::unshipped(CHAIR).shipped_by_amazon());
        account.wait(301).await;
        let refused = account.cancel(CHAIR, "out_of_stock", false).await;
        assert_eq!(refusal(&refused).0, "CHANNEL_MANAGED");
        assert!(account.amazon.feeds().is_empty());
    }
);

on_every_database!(
    a_reason_that_amazon_does_not_know_is_refused_and_one_that_blames_the_buyer_is_confirmed,
    |shop| async move {
        let account = Account::open(&shop).await;
        let unknown = account.cancel(LAMP, "unpaid", false).await;
        assert_eq!(refusal(&unknown).0, "REASON_NOT_FOR_CHANNEL");
        let blames = account
            .cancel(LAMP, "The item(s) are no longer needed", false)
            .await;
        assert_eq!(refusal(&blames).0, "CONFIRMATION_NEEDED");
        assert_eq!(account.order(LAMP).await["cancellation"], Value::Null);
        let confirmed = account.cancel(LAMP, "no_longer_needed", true).await;
        assert_eq!(confirmed["order"]["cancellation"]["reason_code"], "BuyerCanceled");
        account.amazon.place(SimulatedOrder::unshipped(CHAIR));
        account
            .amazon
            .ask_to_cancel(CHAIR, 0, "Found cheaper somewhere else.");
        account.wait(301).await;
        let part = account.cancel(CHAIR, "better_price", false).await;
        let (code, message) = refusal(&part);
        assert_eq!(
            code, "CONFIRMATION_NEEDED",
            "the buyer asked for one of two items"
        );
        assert!(message.contains("some of the open items only"), "{message}");
        account.amazon.ask_to_cancel(CHAIR, 1, "Both, please.");
        account.wait(301).await;
        let asked = account.cancel(CHAIR, "better_price", false).await;
        assert_eq!(asked["user_errors"], json!([]));
    }
);

on_every_database!(
    a_declined_request_is_remembered_and_not_opened_by_the_next_reading,
    |shop| async move {
        let account = Account::open(&shop).await;
        account
            .amazon
            .ask_to_cancel(LAMP, 0, "Found cheaper somewhere else.");
        account.wait(301).await;
        let asked = account.order(LAMP).await;
        assert_eq!(asked["has_request"], json!(true));
        assert_eq!(
            asked["items"][0]["buyers_reason"],
            "Found cheaper somewhere else."
        );
        let list = r#"{ channelOrders(channel: "amazon", filter: { has_request: true }) { items { number } has_next_page } }"#;
        let listed = shop_asks(&account, list).await;
        assert_eq!(listed["items"], json!([{ "number": LAMP }]));

        let input = json!({ "channel": "amazon", "number": LAMP, "reason": "It is packed already." });
        let selection = format!("order {{ {ORDER} }}");
        let declined = account
            .shop
            .owner_does("declineChannelRequest", input.clone(), &selection)
            .await;
        assert_eq!(declined["order"]["has_request"], json!(false), "{declined:#}");
        assert_eq!(
            declined["order"]["declined_requests"][0]["reason"],
            "It is packed already."
        );
        let again = account
            .shop
            .owner_does("declineChannelRequest", input, &selection)
            .await;
        assert_eq!(refusal(&again).0, "NO_OPEN_REQUEST");
        account.amazon.set_status(LAMP, "UNSHIPPED");
        account.wait(301).await;
        assert_eq!(account.order(LAMP).await["has_request"], json!(false));
        account.amazon.ask_to_cancel(LAMP, 0, "Wrong color.");
        account.wait(301).await;
        assert_eq!(account.order(LAMP).await["has_request"], json!(true));
    }
);

pub(super) async fn shop_asks(account: &Account, query: &str) -> Value {
    let answer = account.shop.ask(query).token(account.shop.owner()).send().await;
    answer.data("/channelOrders").clone()
}
