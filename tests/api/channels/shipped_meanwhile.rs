//! An order is shipped at its channel while its cancellation waits: to be sent, or for the channel's answer. The channel
//! is the reference server of the protocol.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::channels::{Channels, ConfiguredChannel};
use countermand_tests::channel_server::ChannelServer;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::imported::order_of;

/// A shop that sells at the channel `market`.
struct Market {
    shop: TestShop,
    server: ChannelServer,
}

impl Market {
    /// The shop after it read the orders `W-1` and `W-2`, each of two cups and a lid; none without Python.
    async fn open(shop: &TestShop) -> Option<Self> {
        let server = ChannelServer::start(&[]).await?;
        for number in ["W-1", "W-2"] {
            let items = json!([{ "name": "Cup", "quantity": 2 }, { "name": "Lid", "quantity": 1 }]);
            let placed = server
                .play("orders", &json!({ "number": number, "items": items }))
                .await;
            // The channel lives by the machine's clock, and the shop from now on as well.
            let at: DateTime<Utc> = placed["placed_at"]
                .as_str()
                .and_then(|it| it.parse().ok())
                .expect("a time");
            shop.wait(at - shop.now());
        }
        let channels = Channels::new(vec![ConfiguredChannel {
            name: "market".into(),
            kind: "scx",
            adapter: Arc::new(server.channel_by(shop.clock())),
            reads_every: TimeDelta::minutes(5),
            first_reading: TimeDelta::days(1),
        }]);
        let market = Self {
            shop: shop.with_channels(channels).await,
            server,
        };
        market.wait(0).await;
        Some(market)
    }

    /// Lets time pass, and takes the turn that is due then.
    async fn wait(&self, seconds: i64) {
        self.shop.wait(TimeDelta::seconds(seconds));
        let worked = self.shop.app().work_on_channels(&|| false).await;
        worked.expect("a turn");
    }

    /// Staff cancels the order, and the cancellation waits to be sent.
    async fn cancel(&self, number: &str) {
        let input = json!({ "channel": "market", "number": number, "reason": "out_of_stock" });
        let payload = self
            .shop
            .owner_does("cancelChannelOrder", input, "order { cancellation { state } }")
            .await;
        assert_eq!(
            payload["order"]["cancellation"]["state"], "REQUESTED",
            "{payload:#}"
        );
    }

    /// The parcel of these items leaves; of all open ones where none is named.
    async fn ship(&self, number: &str, items: Value) {
        self.server.play(&format!("orders/{number}/ship"), &items).await;
    }

    /// The next answer of the channel goes wrong in this way.
    async fn goes_wrong(&self, trouble: &str) {
        self.server.play("trouble", &json!({ "next": trouble })).await;
    }

    /// The status of the order, and how far its cancellation is.
    async fn state(&self, number: &str) -> [Value; 2] {
        let query = r#"query($n: String!) { channelOrder(channel: "market", number: $n) {
          status cancellation { state } } }"#;
        let asked = self.shop.ask(query).variables(json!({ "n": number }));
        let answer = asked.token(self.shop.owner()).send().await;
        let order = answer.data("/channelOrder");
        [order["status"].clone(), order["cancellation"]["state"].clone()]
    }

    /// Why staff must look, one line for each entry.
    async fn reasons(&self) -> Vec<Value> {
        let query = "{ needsAttention { items { reasons } } }";
        let answer = self.shop.ask(query).token(self.shop.owner()).send().await;
        let entries = answer.data("/needsAttention/items").as_array().cloned();
        let entries = entries.unwrap_or_default().into_iter();
        entries.map(|it| it["reasons"].clone()).collect()
    }
}

on_every_database!(
    an_order_that_ships_while_its_channel_decides_is_not_canceled_and_may_be_shipped_here,
    |shop| async move {
        let Some(market) = Market::open(&shop).await else {
            return;
        };
        let mut order = order_of("W-1", "1");
        order["extension_attributes"]["sales_channel"]["name"] = json!("market");
        let id = market.shop.import(&[order]).await.remove(0);
        for (number, items, status) in [
            ("W-1", json!({}), "SHIPPED"),
            ("W-2", json!({ "items": ["1"] }), "PARTLY_SHIPPED"),
        ] {
            market.cancel(number).await;
            market.wait(0).await;
            assert_eq!(market.state(number).await, ["UNSHIPPED", "ACCEPTED"]);
            market.ship(number, items).await;
            market.wait(31).await;
            assert_eq!(market.state(number).await, [status, "TOO_LATE"]);
        }
        let too_late = json!(["CHANNEL_TOO_LATE"]);
        assert_eq!(market.reasons().await, [too_late.clone(), too_late]);
        // Later readings change nothing, and the shop's own order is neither canceled nor held back.
        market.wait(301).await;
        assert_eq!(market.state("W-1").await, ["SHIPPED", "TOO_LATE"]);
        market
            .shop
            .worked("createShipment", json!({ "order_id": id }))
            .await;
        market.shop.run_jobs().await;
        assert_eq!(market.shop.order(&id).await["state"], "complete");
        assert_eq!(market.server.cancellations().await.len(), 2);
        let report = shop.app().doctor(|_| {}).await.expect("a report");
        assert!(report.is_healthy(), "{report:#?}");
    }
);

on_every_database!(
    a_shipment_that_is_read_before_the_answer_comes_ends_the_wait_for_it,
    |shop| async move {
        let Some(market) = Market::open(&shop).await else {
            return;
        };
        market.cancel("W-1").await;
        market.wait(0).await;
        market.ship("W-1", json!({})).await;
        // The question about the cancellation fails, and the reading of the same turn shows the shipment.
        market.goes_wrong("failure").await;
        market.wait(301).await;
        assert_eq!(market.state("W-1").await, ["SHIPPED", "ACCEPTED"]);
        // The next turn knows enough: another question would fail, too.
        market.goes_wrong("failure").await;
        market.wait(61).await;
        assert_eq!(market.state("W-1").await, ["SHIPPED", "TOO_LATE"]);
        assert_eq!(market.reasons().await, [json!(["CHANNEL_TOO_LATE"])]);
        assert_eq!(market.server.cancellations().await.len(), 1);
    }
);

on_every_database!(
    a_cancellation_that_waits_to_be_sent_is_not_sent_once_the_order_is_shipped,
    |shop| async move {
        let Some(market) = Market::open(&shop).await else {
            return;
        };
        market.cancel("W-1").await;
        market.goes_wrong("throttled").await;
        market.wait(0).await;
        market.ship("W-1", json!({})).await;
        let read = r#"mutation { syncSalesChannel(name: "market") { user_errors { code } } }"#;
        let answer = market.shop.ask(read).token(market.shop.owner()).send().await;
        assert_eq!(answer.data("/syncSalesChannel/user_errors"), &json!([]));
        // The channel asked for half a minute of patience, so the turn only reads.
        market.wait(1).await;
        assert_eq!(market.state("W-1").await, ["SHIPPED", "REQUESTED"]);
        market.wait(30).await;
        assert_eq!(market.state("W-1").await, ["SHIPPED", "TOO_LATE"]);
        assert_eq!(market.reasons().await, [json!(["CHANNEL_TOO_LATE"])]);
        assert_eq!(market.server.cancellations().await, Vec::<Value>::new());
    }
);
