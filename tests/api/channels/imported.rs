//! Orders of a channel that were imported into the shop: the channel decides about a cancellation, and the shop's own
//! order is completed afterwards.

use std::time::Duration;

use chrono::TimeDelta;
use countermand_domain::StaffRole;
use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::amazon_seller::LAMP;
use super::staff::Account;

/// The lamp's order as the shop imports it: paid, and not shipped.
pub(super) fn lamp(number: &str) -> Value {
    order_of(LAMP, number)
}

/// The order with the number `at_channel` of the channel as the shop imports it: paid, and not shipped.
pub(super) fn order_of(at_channel: &str, number: &str) -> Value {
    let channel = json!({ "name": "amazon", "order_number": at_channel });
    let mut order = OrderJson::new(number)
        .by("anna@example.com")
        .line("lamp", 1000, 4, 4, 0)
        .json();
    order["extension_attributes"]["sales_channel"] = channel;
    order
}

on_every_database!(
    an_imported_order_is_canceled_only_at_its_channel_and_completed_afterwards,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        shop.enable_cancellation().await;
        let anna = shop.customer("anna@example.com").await;
        let id = shop.import(&[lamp("1")]).await.remove(0);
        let query = "query($id: ID!) { order(id: $id) { state sales_channel { name order_number canceled_at }
          order { status cancellation_terms { action refusals { code message hint } } } comments { message } } }";
        let shown = async || {
            let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
            asked.send().await.data("/order").clone()
        };
        let before = shown().await;
        assert_eq!(before["sales_channel"]["order_number"], LAMP);
        let terms = &before["order"]["cancellation_terms"];
        assert_eq!(terms["refusals"][0]["code"], "CHANNEL_MANAGED", "{before:#}");

        let answer = shop.cancel_order(&id, "Other").token(&anna).send().await;
        let message =
            "CHANNEL_MANAGED: The order is managed at the marketplace where it was placed; cancel it there.";
        assert_eq!(answer.data("/cancelOrder/errorV2/message"), message);
        let staff = json!({ "order_id": id, "reason": "Other" });
        let refused = shop.refused("cancelOrderAsAdmin", staff.clone()).await;
        assert_eq!(refused, ("CHANNEL_MANAGED".into(), "order_id".into()));

        account.canceled(LAMP).await;
        // The cancellation holds the shipment back.
        let shipped = shop.refused("createShipment", json!({ "order_id": id })).await;
        assert_eq!(shipped.0, "CANCELLATION_REQUESTED");
        account.work().await;
        account.wait(91).await;
        assert_eq!(account.state(LAMP).await, "CANCELED");
        shop.run_jobs().await;
        let after = shown().await;
        assert_eq!(after["state"], "complete", "{after:#}");
        assert!(after["sales_channel"]["canceled_at"].is_string());
        let told = format!(
            "The order was canceled at the sales channel amazon (order {LAMP}). Reason: The item(s) are out of stock"
        );
        let lines = after["comments"].as_array().expect("lines");
        assert!(
            lines.iter().any(|line| line["message"] == told.as_str()),
            "{lines:#?}"
        );
        let order = shop.order(&id).await;
        assert_eq!(
            order["order"]["credit_memos"],
            json!([]),
            "Amazon moves the money"
        );
        assert!(shop.mail().mails().is_empty(), "Amazon tells the buyer");
        let credit = shop.refused("createCreditMemo", json!({ "order_id": id })).await;
        assert_eq!(credit, ("CHANNEL_MANAGED".into(), "order_id".into()));
        let report = shop.app().doctor(|_| {}).await.expect("a report");
        assert!(report.is_healthy(), "{report:#?}");
        account.wait(301).await;
        shop.run_jobs().await;
        assert_eq!(
            shop.order(&id).await["version"],
            order["version"],
            "it is completed once"
        );
    }
);

/// The state of an order, and whether it says when its channel canceled it.
async fn completion(shop: &TestShop, id: &str) -> (Value, bool) {
    let query = "query($id: ID!) { order(id: $id) { state sales_channel { canceled_at } } }";
    let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
    let order = asked.send().await.data("/order").clone();
    (
        order["state"].clone(),
        order["sales_channel"]["canceled_at"].is_string(),
    )
}

on_every_database!(
    an_order_that_is_imported_after_its_channel_canceled_it_is_completed_at_once,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        account.amazon.set_status(LAMP, "CANCELLED");
        account.wait(301).await;
        let id = shop.import(&[lamp("1")]).await.remove(0);
        shop.run_jobs().await;
        assert_eq!(completion(&shop, &id).await, (json!("complete"), true));
        let version = shop.order(&id).await["version"].clone();
        assert!(shop.mail().mails().is_empty(), "Amazon tells the buyer");
        // Importing it again, and reading the channel again, change nothing.
        shop.import(&[lamp("1")]).await;
        account.wait(301).await;
        shop.run_jobs().await;
        assert_eq!(shop.order(&id).await["version"], version);
        let report = shop.app().doctor(|_| {}).await.expect("a report");
        assert!(report.is_healthy(), "{report:#?}");
    }
);

on_every_database!(
    an_order_that_is_imported_while_its_cancellation_is_read_is_completed_too,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let other = shop.replica().await;
        for round in 1..=6 {
            let number = format!("303-5555555-000000{round}");
            account.amazon.place(SimulatedOrder::unshipped(&number));
            account.wait(301).await;
            account.amazon.set_status(&number, "CANCELLED");
            shop.wait(TimeDelta::seconds(301));
            let order = [order_of(&number, &round.to_string())];
            let late = Duration::from_millis(round * 3);
            let reading = async {
                tokio::time::sleep(late).await;
                account.work().await
            };
            let (ids, _) = tokio::join!(other.import(&order), reading);
            shop.run_jobs().await;
            let completed = completion(&shop, &ids[0]).await;
            assert_eq!(completed, (json!("complete"), true), "round {round}");
        }
    }
);

on_every_database!(
    a_buyers_request_at_the_channel_holds_the_shipment_until_it_is_declined,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let id = shop.import(&[lamp("1")]).await.remove(0);
        account
            .amazon
            .ask_to_cancel(LAMP, 0, "Found cheaper somewhere else.");
        account.wait(301).await;
        let held = shop.refused("createShipment", json!({ "order_id": id })).await;
        let field = "override_cancellation_request";
        assert_eq!(held, ("CANCELLATION_REQUESTED".into(), field.into()));
        let packed = shop.refused("startFulfilment", json!({ "order_id": id })).await;
        assert_eq!(packed, ("CANCELLATION_REQUESTED".into(), "order_id".into()));
        let input = json!({ "channel": "amazon", "number": LAMP, "reason": "It is packed already." });
        shop.owner_does("declineChannelRequest", input, "order { number }")
            .await;
        shop.worked("createShipment", json!({ "order_id": id })).await;
        shop.leave_jobs();
    }
);

on_every_database!(
    an_order_that_its_channel_has_canceled_already_is_neither_packed_nor_shipped,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        account.amazon.set_status(LAMP, "CANCELLED");
        account.wait(301).await;
        let id = shop.import(&[lamp("1")]).await.remove(0);
        for mutation in ["startFulfilment", "createShipment"] {
            let held = shop.refused(mutation, json!({ "order_id": id })).await;
            assert_eq!(held.0, "CANCELLATION_REQUESTED", "{mutation}");
        }
        shop.run_jobs().await;
        assert_eq!(shop.order(&id).await["state"], "complete");
    }
);

on_every_database!(
    an_order_that_is_shipped_here_and_canceled_at_its_channel_needs_attention,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let id = shop.import(&[lamp("1")]).await.remove(0);
        shop.worked("createShipment", json!({ "order_id": id })).await;
        account.amazon.set_status(LAMP, "CANCELLED");
        account.wait(301).await;
        shop.run_jobs().await;
        let query = "{ needsAttention { items { id reasons problem order { order { number } } } } }";
        let answer = shop.ask(query).token(shop.owner()).send().await;
        let entry = answer.data("/needsAttention/items/0").clone();
        assert_eq!(entry["reasons"], json!(["CHANNEL_CANCELED_AFTER_SHIPMENT"]));
        assert_eq!(entry["order"]["order"]["number"], "1");
        let settle = json!({ "id": entry["id"], "note": "The carrier brings the parcel back." });
        let settled = shop
            .owner_does("settleObligation", settle, "obligation { state }")
            .await;
        assert_eq!(settled["obligation"]["state"], "SETTLED", "{settled:#}");
        account.wait(301).await;
        shop.run_jobs().await;
        assert_eq!(account.needs_attention().await, json!([]), "it is told once");
    }
);

on_every_database!(
    an_order_that_was_imported_as_shipped_and_is_canceled_at_its_channel_needs_attention,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let mut shipped = OrderJson::new("1")
            .by("anna@example.com")
            .line("lamp", 1000, 4, 4, 4)
            .in_state("complete", "complete")
            .json();
        shipped["extension_attributes"]["sales_channel"] = json!({ "name": "amazon", "order_number": LAMP });
        let id = shop.import(&[shipped]).await.remove(0);
        let before = shop.order(&id).await;
        assert_eq!(before["state"], "complete");
        account.amazon.set_status(LAMP, "CANCELLED");
        account.wait(301).await;
        shop.run_jobs().await;
        let owed = account.needs_attention().await;
        assert_eq!(
            owed[0]["reasons"],
            json!(["CHANNEL_CANCELED_AFTER_SHIPMENT"]),
            "{owed:#}"
        );
        assert_eq!(completion(&shop, &id).await, (json!("complete"), false));
        assert_eq!(
            shop.order(&id).await["version"],
            before["version"],
            "it stays as it is"
        );
    }
);

on_every_database!(
    the_share_of_a_subscription_is_refused_on_an_order_that_its_channel_canceled,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let values = ["enabled", "end"].map(|it| format!("sales/subscriptions/{it}"));
        let values = json!([{ "key": values[0], "value": "true" }, { "key": values[1], "value": "CHOICE" }]);
        let input = json!({ "scope": "DEFAULT", "values": values });
        shop.owner_does("updateSettings", input, "").await;
        let mut order = OrderJson::new("1")
            .by("anna@example.com")
            .line("magazine", 10_000, 1, 1, 0)
            .of_type("virtual")
            .subscription("SUB-1", "2026-01-01 00:00:00", "2027-01-01 00:00:00")
            .json();
        order["extension_attributes"]["sales_channel"] = json!({ "name": "amazon", "order_number": LAMP });
        let anna = shop.customer("anna@example.com").await;
        let id = shop.import(&[order]).await.remove(0);
        account.amazon.set_status(LAMP, "CANCELLED");
        account.wait(301).await;
        shop.run_jobs().await;
        assert_eq!(completion(&shop, &id).await, (json!("complete"), true));
        let query = "{ customer { subscriptions { items { refund_at_once { value } } } } }";
        let seen = shop.ask(query).token(&anna).send().await;
        assert_eq!(
            *seen.data("/customer/subscriptions/items/0/refund_at_once"),
            Value::Null
        );
        for token in [anna.as_str(), shop.owner()] {
            let input = json!({ "subscription_id": "SUB-1", "when": "AT_ONCE" });
            let asked = shop.staff_asks("endSubscription", &input, "subscription { status }");
            let payload = asked.token(token).send().await;
            let code = payload.data("/endSubscription/user_errors/0/code");
            assert_eq!(code, "INVALID_ORDER_STATUS", "{:#}", payload.body);
        }
        assert_eq!(shop.order(&id).await["order"]["credit_memos"], json!([]));
    }
);

on_every_database!(
    an_imported_order_is_found_by_its_channel_and_leads_there_and_back,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let other = OrderJson::new("2")
            .by("anna@example.com")
            .line("mug", 500, 1, 1, 0);
        let id = shop.import(&[lamp("1"), other.json()]).await.remove(0);
        let query = "query($filter: OrdersFilterInput) { orders(filter: $filter) { items { order { number } }
          total_count { count } } }";
        for (filter, found) in [
            (json!({ "sales_channel": "amazon" }), 1),
            (json!({ "sales_channel": "our-market" }), 0),
            (json!({ "sales_channel_order_number": LAMP }), 1),
            (
                json!({ "sales_channel_order_number": LAMP, "sales_channel": "our-market" }),
                0,
            ),
            (json!({ "sales_channel_order_number": "404-0000000-0000000" }), 0),
        ] {
            let asked = shop.ask(query).variables(json!({ "filter": filter }));
            let answer = asked.token(shop.owner()).send().await;
            let orders = answer.data("/orders");
            assert_eq!(orders["total_count"]["count"], found, "{filter}");
            let first = &orders["items"][0]["order"]["number"];
            assert_eq!(*first == "1", found == 1, "{filter}: {orders:#}");
        }
        let there = format!(
            r#"{{ channelOrder(channel: "amazon", number: "{LAMP}") {{ order {{ order {{ number }} }} }} }}"#
        );
        let answer = shop.ask(&there).token(shop.owner()).send().await;
        assert_eq!(answer.data("/channelOrder/order/order/number"), "1");
        let back = "query($id: ID!) { order(id: $id) { sales_channel { channel_order { number status items { id } } } } }";
        let asked = shop.ask(back).variables(json!({ "id": id }));
        let answer = asked.token(shop.owner()).send().await;
        let shown = answer.data("/order/sales_channel/channel_order");
        assert_eq!(
            (&shown["number"], &shown["status"]),
            (&json!(LAMP), &json!("UNSHIPPED"))
        );
        assert_eq!(shown["items"].as_array().map(Vec::len), Some(2));
        let viewer = shop.staff(StaffRole::Viewer, Some(1)).await;
        let asked = shop.ask(back).variables(json!({ "id": id })).token(&viewer);
        let hidden = asked.send().await;
        assert_eq!(*hidden.data("/order/sales_channel/channel_order"), Value::Null);
    }
);

on_every_database!(
    a_channel_of_an_order_that_cannot_be_read_refuses_the_import,
    |shop| async move {
        for (channel, field) in [
            (
                json!({ "name": "amazon" }),
                "extension_attributes.sales_channel.order_number",
            ),
            (
                json!({ "order_number": LAMP }),
                "extension_attributes.sales_channel.name",
            ),
            (
                json!({ "name": "amazon", "order_number": "with space" }),
                "extension_attributes.sales_channel.order_number",
            ),
        ] {
            let mut order = lamp("1");
            order["extension_attributes"]["sales_channel"] = channel;
            let import = "mutation($orders: String!) { importOrders(input: { orders: $orders }) { imported refused { field } } }";
            let text = Value::from(vec![order]).to_string();
            let asked = shop.ask(import).variables(json!({ "orders": text }));
            let answer = asked.token(shop.owner()).send().await;
            assert_eq!(answer.data("/importOrders/refused/0/field"), field);
        }
    }
);
