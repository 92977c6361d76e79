//! A channel that shows or takes one order badly: the others go on, and staff is told of the one.

use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::on_every_database;
use serde_json::{Value, json};

use super::amazon_seller::{CHAIR, LAMP};
use super::staff::Account;

/// The reasons of all that needs attention.
async fn reasons(account: &Account) -> Vec<String> {
    let query = "{ needsAttention(first: 100) { items { reasons } } }";
    let asked = account.shop.ask(query).token(account.shop.owner());
    let answer = asked.send().await;
    let items = answer
        .data("/needsAttention/items")
        .as_array()
        .expect("entries")
        .clone();
    let reason = |item: &Value| item["reasons"][0].as_str().expect("a reason").to_owned();
    items.iter().map(reason).collect()
}

on_every_database!(
    an_order_that_the_channel_cannot_take_holds_up_no_other,
    |shop| async move {
        let (account, held) = Account::open_held(&shop).await;
        account.amazon.place(SimulatedOrder::unshipped(CHAIR));
        account.wait(301).await;
        // The chair comes first by its number, and waits longest.
        held.spoil(CHAIR);
        account.canceled(CHAIR).await;
        account.shop.wait(chrono::TimeDelta::seconds(1));
        account.canceled(LAMP).await;
        for _ in 0..6 {
            account.wait(301).await;
        }
        assert_eq!(account.state(LAMP).await, "CANCELED");
        assert_eq!(account.state(CHAIR).await, "REQUESTED");
        assert_eq!(reasons(&account).await, ["CHANNEL_UNDECIDED"]);
    }
);

on_every_database!(
    every_unknown_answer_is_told_although_one_order_cannot_be_looked_up,
    |shop| async move {
        let (account, held) = Account::open_held(&shop).await;
        account.amazon.trouble(|troubles| troubles.reports_lie = true);
        let numbers: Vec<_> = (1..=24)
            .map(|place| format!("303-4444444-00000{place:02}"))
            .collect();
        for number in &numbers {
            account.amazon.place(SimulatedOrder::unshipped(number));
        }
        account.wait(301).await;
        for number in &numbers {
            account.canceled(number).await;
        }
        account.work().await;
        account.wait(91).await;
        for number in &numbers {
            assert_eq!(account.state(number).await, "UNKNOWN", "{number}");
        }
        held.spoil(&numbers[0]);
        for _ in 0..7 {
            account.wait(301).await;
        }
        let told = reasons(&account).await;
        assert_eq!(told, vec!["CHANNEL_UNCERTAIN"; 24]);
    }
);

on_every_database!(
    a_change_from_the_future_is_told_and_hides_no_other_change,
    |shop| async move {
        let (account, held) = Account::open_held(&shop).await;
        account.amazon.place(SimulatedOrder::unshipped(CHAIR));
        account.wait(301).await;
        held.date_ahead(CHAIR);
        account.amazon.ask_to_cancel(CHAIR, 0, "Wrong color.");
        account.wait(301).await;
        assert_eq!(reasons(&account).await, ["CHANNEL_ORDER_UNREADABLE"]);
        account.amazon.ask_to_cancel(LAMP, 0, "Found cheaper.");
        account.wait(301).await;
        assert_eq!(
            account.order(LAMP).await["has_request"],
            true,
            "it is read all the same"
        );
        assert_eq!(account.order(CHAIR).await["has_request"], false);
    }
);

on_every_database!(
    an_order_is_not_canceled_while_its_channel_is_told_of_a_decline,
    |shop| async move {
        let (account, held) = Account::open_held(&shop).await;
        held.let_decline();
        account.amazon.ask_to_cancel(LAMP, 0, "Found cheaper.");
        account.wait(301).await;
        held.hold_next();
        let input = json!({ "channel": "amazon", "number": LAMP, "reason": "It is packed already." });
        let decline = account
            .shop
            .owner_does("declineChannelRequest", input, "order { number }");
        let cancel = async {
            held.acted().await;
            let refused = account.cancel(LAMP, "better_price", true).await;
            held.release();
            refused
        };
        let (declined, refused) = tokio::join!(decline, cancel);
        assert_eq!(refused["user_errors"][0]["code"], "IN_PROGRESS", "{refused:#}");
        assert_eq!(declined["user_errors"], json!([]), "{declined:#}");
        let order = account.order(LAMP).await;
        assert_eq!(order["cancellation"], Value::Null);
        assert_eq!(order["declined_requests"][0]["reason"], "It is packed already.");
        let canceled = account.cancel(LAMP, "out_of_stock", false).await;
        assert_eq!(
            canceled["user_errors"],
            json!([]),
            "it can be canceled afterwards"
        );
    }
);

on_every_database!(
    a_cancellation_for_the_buyers_request_is_not_sent_once_the_buyer_took_it_back,
    |shop| async move {
        let account = Account::open(&shop).await;
        account.amazon.ask_to_cancel(LAMP, 0, "Found cheaper.");
        account.wait(301).await;
        account
            .amazon
            .trouble(|troubles| troubles.broken = Some("createFeedDocument"));
        let payload = account.cancel(LAMP, "better_price", false).await;
        assert_eq!(
            payload["user_errors"][0]["code"], "CONFIRMATION_NEEDED",
            "one item of two"
        );
        account.amazon.ask_to_cancel(LAMP, 1, "Found cheaper.");
        account.wait(301).await;
        let payload = account.cancel(LAMP, "better_price", false).await;
        assert_eq!(payload["user_errors"], json!([]), "{payload:#}");
        account.work().await;
        account.amazon.take_back(LAMP);
        account.wait(301).await;
        account.amazon.trouble(|troubles| troubles.broken = None);
        account.wait(301).await;
        let order = account.order(LAMP).await;
        assert_eq!(order["cancellation"]["state"], "REJECTED", "{order:#}");
        assert_eq!(account.amazon.feeds().len(), 0, "nothing was sent");
        assert_eq!(reasons(&account).await, ["CHANNEL_REFUSED"]);
    }
);
