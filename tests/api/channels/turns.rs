//! Turns of workers at the simulated Amazon: what goes wrong there is told to staff, and nothing is sent twice.

use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::on_every_database;
use serde_json::{Value, json};

use super::amazon_seller::{CHAIR, LAMP};
use super::staff::{Account, refusal};

on_every_database!(
    a_refused_cancellation_changes_nothing_is_told_to_staff_and_can_be_tried_again,
    |shop| async move {
        let account = Account::open(&shop).await;
        account.canceled(LAMP).await;
        account.work().await;
        account.amazon.ship(LAMP);
        account.wait(91).await;
        let late = account.order(LAMP).await;
        assert_eq!(late["cancellation"]["state"], "TOO_LATE", "{late:#}");
        assert_eq!(late["status"], "SHIPPED");
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_TOO_LATE"]));
        let settle = json!({ "id": owed[0]["id"], "note": "The buyer returns it." });
        let selection = "obligation { state kind order { version } }";
        let settled = account
            .shop
            .owner_does("settleObligation", settle.clone(), selection)
            .await;
        assert_eq!(settled["obligation"]["state"], "SETTLED", "{settled:#}");
        assert_eq!(settled["obligation"]["kind"], "CHANNEL_PROBLEM");
        assert_eq!(account.needs_attention().await, json!([]));
        let again = account
            .shop
            .owner_does("settleObligation", settle, selection)
            .await;
        assert_eq!(again["user_errors"][0]["code"], "ALREADY_SETTLED");
        assert_eq!(shop.audit_log(1).await[0]["action"], "settleObligation");
    }
);

on_every_database!(
    a_cancellation_that_came_too_late_needs_no_look_once_amazon_cancels_after_all,
    |shop| async move {
        let account = Account::open(&shop).await;
        account.canceled(LAMP).await;
        account.work().await;
        account.amazon.ship(LAMP);
        account.wait(91).await;
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_TOO_LATE"]));
        account.amazon.set_status(LAMP, "CANCELLED");
        account.wait(301).await;
        assert_eq!(account.needs_attention().await, json!([]));
    }
);

on_every_database!(
    a_cancellation_that_amazon_never_decides_is_told_and_ends_with_the_order,
    |shop| async move {
        let account = Account::open(&shop).await;
        account.amazon.trouble(|troubles| troubles.feeds_hang = true);
        account.canceled(LAMP).await;
        account.work().await;
        account.wait(91).await;
        assert_eq!(account.state(LAMP).await, "ACCEPTED");
        assert_eq!(
            account.needs_attention().await,
            json!([]),
            "Amazon gets some time"
        );
        account.wait(1_801).await;
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_UNDECIDED"]), "{owed:#}");
        account.wait(200).await;
        let owed = account.needs_attention().await;
        assert_eq!(owed.as_array().map(Vec::len), Some(1), "told once");
        account.amazon.set_status(LAMP, "CANCELLED");
        account.wait(301).await;
        account.wait(31).await;
        assert_eq!(account.state(LAMP).await, "CANCELED");
        assert_eq!(account.needs_attention().await, json!([]));
    }
);

on_every_database!(
    a_cancellation_that_cannot_be_sent_for_half_an_hour_is_told_until_it_is_over,
    |shop| async move {
        let account = Account::open(&shop).await;
        let broken = Some("createFeedDocument");
        account.amazon.trouble(|troubles| troubles.broken = broken);
        account.canceled(LAMP).await;
        account.work().await;
        account.wait(600).await;
        assert_eq!(account.needs_attention().await, json!([]));
        account.wait(1_201).await;
        assert_eq!(account.state(LAMP).await, "REQUESTED");
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_UNDECIDED"]), "{owed:#}");
        account.amazon.trouble(|troubles| troubles.broken = None);
        account.wait(121).await;
        account.wait(91).await;
        assert_eq!(account.state(LAMP).await, "CANCELED");
        assert_eq!(account.needs_attention().await, json!([]));
    }
);

on_every_database!(
    a_report_that_lies_leaves_the_order_in_doubt_until_staff_has_looked,
    |shop| async move {
        let account = Account::open(&shop).await;
        account.amazon.trouble(|troubles| troubles.reports_lie = true);
        account.canceled(LAMP).await;
        account.work().await;
        account.wait(91).await;
        assert_eq!(account.state(LAMP).await, "UNKNOWN");
        assert_eq!(account.order(LAMP).await["status"], "UNSHIPPED");
        let refused = account.cancel(LAMP, "out_of_stock", false).await;
        assert_eq!(
            refusal(&refused).0,
            "REQUEST_OPEN",
            "nothing is sent under a new id"
        );
        account.wait(121).await;
        assert_eq!(
            account.needs_attention().await,
            json!([]),
            "Amazon gets some time"
        );
        account.wait(1_801).await;
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_UNCERTAIN"]), "{owed:#}");
        account.wait(200).await;
        assert_eq!(
            account.needs_attention().await.as_array().map(Vec::len),
            Some(1),
            "told once"
        );
        let settle = json!({ "id": owed[0]["id"], "note": "Seller Central shows it as open." });
        account
            .shop
            .owner_does("settleObligation", settle, "obligation { state }")
            .await;
        let after = account.order(LAMP).await;
        assert_eq!(after["cancellation"]["state"], "REJECTED");
        assert_eq!(after["can_cancel"], json!(true));
        account.amazon.trouble(|troubles| troubles.reports_lie = false);
        account.canceled(LAMP).await;
        account.work().await;
        account.wait(91).await;
        assert_eq!(account.state(LAMP).await, "CANCELED");
        assert_eq!(account.needs_attention().await, json!([]));
    }
);

on_every_database!(
    a_refusal_leaves_the_list_once_the_order_is_canceled_at_amazon_after_all,
    |shop| async move {
        let (account, held) = Account::open_held(&shop).await;
        held.refuse(true);
        account.canceled(LAMP).await;
        account.work().await;
        assert_eq!(account.state(LAMP).await, "REJECTED");
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_REFUSED"]), "{owed:#}");
        account.amazon.set_status(LAMP, "CANCELLED");
        account.wait(301).await;
        assert_eq!(account.order(LAMP).await["status"], "CANCELED");
        assert_eq!(account.needs_attention().await, json!([]));
    }
);

on_every_database!(
    cancellations_are_collected_and_workers_of_two_servers_send_each_once,
    |shop| async move {
        let account = Account::open(&shop).await;
        account.amazon.place(SimulatedOrder::unshipped(CHAIR));
        account.wait(301).await;
        let other = account.shop.replica().await;
        account.canceled(LAMP).await;
        account.canceled(CHAIR).await;
        let (one, two) = tokio::join!(
            account.shop.app().work_on_channels(&|| false),
            other.app().work_on_channels(&|| false)
        );
        assert_eq!(one.expect("a turn") + two.expect("a turn"), 2);
        let feeds = account.amazon.feeds();
        assert_eq!(feeds.len(), 1, "both orders are in one feed");
        assert!(feeds[0].contains(LAMP) && feeds[0].contains(CHAIR));
        account.wait(91).await;
        assert_eq!(account.state(LAMP).await, "CANCELED");
        assert_eq!(account.state(CHAIR).await, "CANCELED");
    }
);

on_every_database!(a_second_feed_waits_for_amazons_two_minutes, |shop| async move {
    let account = Account::open(&shop).await;
    account.amazon.place(SimulatedOrder::unshipped(CHAIR));
    account.wait(301).await;
    account.canceled(LAMP).await;
    account.work().await;
    account.canceled(CHAIR).await;
    account.wait(60).await;
    assert_eq!(account.state(CHAIR).await, "REQUESTED");
    account.wait(61).await;
    assert_eq!(account.state(CHAIR).await, "ACCEPTED");
    assert_eq!(account.amazon.feeds().len(), 2);
});

on_every_database!(
    an_answer_that_got_lost_is_looked_up_and_never_sent_again,
    |shop| async move {
        let account = Account::open_impatient(&shop).await;
        account
            .amazon
            .trouble(|troubles| troubles.silent = Some("createFeed"));
        account.canceled(LAMP).await;
        account.work().await;
        assert_eq!(account.state(LAMP).await, "UNKNOWN");
        account.amazon.trouble(|troubles| troubles.silent = None);
        account.wait(121).await;
        let done = account.order(LAMP).await;
        assert_eq!(done["cancellation"]["state"], "CANCELED", "{done:#}");
        assert_eq!(account.amazon.feeds().len(), 1);
    }
);

on_every_database!(
    a_channel_that_is_down_or_withdraws_the_consent_keeps_what_waits,
    |shop| async move {
        let account = Account::open(&shop).await;
        account
            .amazon
            .trouble(|troubles| troubles.broken = Some("createFeedDocument"));
        account.canceled(LAMP).await;
        account.work().await;
        assert_eq!(account.state(LAMP).await, "REQUESTED");
        assert!(channel(&account).await["problem"].is_string());
        account.amazon.trouble(|troubles| {
            troubles.broken = None;
            troubles.consent_is_withdrawn = true;
        });
        account.amazon.end_tokens();
        account.wait(301).await;
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_ACCESS"]), "{owed:#}");
        let problem = channel(&account).await["problem"].to_string();
        assert!(!problem.contains("hush"), "{problem}");
        account
            .amazon
            .trouble(|troubles| troubles.consent_is_withdrawn = false);
        account.wait(901).await;
        assert_eq!(account.state(LAMP).await, "ACCEPTED");
        assert_eq!(channel(&account).await["problem"], Value::Null);
    }
);

on_every_database!(
    pages_that_overlap_and_an_empty_first_page_are_read_whole,
    |shop| async move {
        let account = Account::open(&shop).await;
        for last in 1..=7 {
            account
                .amazon
                .place(SimulatedOrder::unshipped(&format!("303-1234567-000000{last}")));
        }
        account.amazon.trouble(|troubles| {
            troubles.first_page_is_empty = true;
            troubles.page_size = Some(3);
            troubles.pages_overlap = true;
        });
        account.wait(301).await;
        let query = r#"query($after: String) { channelOrders(channel: "amazon", first: 5, after: $after) {
          items { number } end_cursor has_next_page } }"#;
        let mut seen = std::collections::BTreeSet::new();
        let mut after = Value::Null;
        loop {
            let asked = account.shop.ask(query).variables(json!({ "after": after }));
            let page = asked
                .token(account.shop.owner())
                .send()
                .await
                .data("/channelOrders")
                .clone();
            for item in page["items"].as_array().expect("orders") {
                assert!(
                    seen.insert(item["number"].to_string()),
                    "no order is listed twice"
                );
            }
            after = page["end_cursor"].clone();
            if page["has_next_page"] == json!(false) {
                break;
            }
        }
        assert_eq!(seen.len(), 8);
        account.wait(301).await;
        assert_eq!(account.work().await, 0, "a second reading changes nothing");
    }
);

async fn channel(account: &Account) -> Value {
    let query = "{ salesChannels { name kind cancels_by problem read_at next_reading_at reasons { code channel_code } } }";
    let answer = account.shop.ask(query).token(account.shop.owner()).send().await;
    answer.data("/salesChannels/0").clone()
}
