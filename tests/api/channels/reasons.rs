//! The reasons of cancellations at channels: those that staff may choose, and those that the imported order tells.

use chrono::TimeDelta;
use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::on_every_database;
use serde_json::{Value, json};

use super::amazon_seller::LAMP;
use super::imported::order_of;
use super::staff::Account;

on_every_database!(
    the_channels_reason_is_told_in_the_shops_words_or_as_the_channel_wrote_it,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        for (number, by, reason, told) in [
            (
                "303-7000000-0000001",
                "AMAZON",
                "NoInventory",
                "The item(s) are out of stock",
            ),
            // A word of the other way to cancel at Amazon.
            (
                "303-7000000-0000002",
                "AMAZON",
                "PRICING_ERROR",
                "The price was wrong",
            ),
            (
                "303-7000000-0000003",
                "BUYER",
                "Found <b>cheaper</b> somewhere.",
                "Found &lt;b&gt;cheaper&lt;/b&gt; somewhere.",
            ),
            (
                "303-7000000-0000004",
                "MERCHANT",
                "SOMETHING_NEW",
                "SOMETHING_NEW",
            ),
        ] {
            account.amazon.place(SimulatedOrder::unshipped(number));
            account.wait(301).await;
            let id = shop.import(&[order_of(number, number)]).await.remove(0);
            account.amazon.cancel_as(number, by, reason);
            account.wait(301).await;
            shop.run_jobs().await;
            let query = "query($id: ID!) { order(id: $id) { state order { comments { message } } } }";
            let asked = shop.ask(query).variables(json!({ "id": id })).token(shop.owner());
            let order = asked.send().await.data("/order").clone();
            assert_eq!(order["state"], "complete");
            let line = format!(
                "The order was canceled at the sales channel amazon (order {number}). Reason: {told}"
            );
            assert_eq!(
                order["order"]["comments"],
                json!([{ "message": line }]),
                "{reason}"
            );
        }
    }
);

on_every_database!(
    a_reason_holds_at_a_channel_by_its_dates_its_audience_and_the_comment_that_it_needs,
    |shop| async move {
        let account = Account::open(&shop).await;
        let over = (account.shop.now() - TimeDelta::minutes(1)).to_rfc3339();
        let reasons = json!([
            { "code": "out_of_stock", "description": "Sold out", "valid_until": over },
            { "code": "late_supply", "description": "Late", "audience": ["CUSTOMER"] },
            { "code": "pricing_error", "description": "Wrong price", "needs_comment": true },
        ]);
        account.shop.configure(json!({ "reasons": reasons })).await;
        let cancel = async |reason: &str, comment: Option<&str>| {
            let input = json!({ "channel": "amazon", "number": LAMP, "reason": reason, "comment": comment });
            let payload = account
                .shop
                .owner_does("cancelChannelOrder", input, "order { number }")
                .await;
            payload["user_errors"][0]["code"].clone()
        };
        assert_eq!(
            cancel("Sold out", Some("So it is.")).await,
            "REASON_NOT_FOR_CHANNEL"
        );
        assert_eq!(cancel("out_of_stock", Some("So it is.")).await, "INVALID_REASON");
        assert_eq!(cancel("late_supply", Some("So it is.")).await, "INVALID_REASON");
        assert_eq!(cancel("pricing_error", Some("  ")).await, "COMMENT_REQUIRED");
        assert_eq!(
            cancel("pricing_error", Some("A zero is missing.")).await,
            Value::Null
        );
    }
);
