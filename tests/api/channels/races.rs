//! What a channel answers to a worker of one server, against what staff does at another server at the same moment: one
//! comes first, and the other is told, or is decided again by what the first one left.

use std::time::Duration;

use chrono::TimeDelta;
use countermand_tests::amazon_simulator::SimulatedOrder;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

use super::imported::order_of;
use super::staff::Account;

/// How often each race is run, each time with an order of its own.
const ROUNDS: usize = 6;

/// Orders at Amazon, one for each round, which both servers know.
fn numbers() -> Vec<String> {
    (1..=ROUNDS)
        .map(|round| format!("303-7777777-000000{round}"))
        .collect()
}

/// The other server, after one order for each round was read.
async fn opened(account: &Account) -> TestShop {
    for number in numbers() {
        account.amazon.place(SimulatedOrder::unshipped(&number));
    }
    account.wait(301).await;
    account.shop.replica().await
}

/// A turn of a worker of the first server, which begins after `wait`.
async fn turn(account: &Account, wait: u64) {
    tokio::time::sleep(Duration::from_millis(wait)).await;
    account.work().await;
}

/// Staff asks `shop`, after `wait`. Gives the code of the refusal; none when the mutation did its work.
async fn asked(shop: &TestShop, mutation: &str, input: &Value, wait: u64) -> Option<String> {
    tokio::time::sleep(Duration::from_millis(wait)).await;
    let payload = shop.owner_does(mutation, input.clone(), "order { number }").await;
    let refusals = payload["user_errors"].as_array().expect("refusals");
    refusals
        .first()
        .map(|it| it["code"].as_str().expect("a code").to_owned())
}

/// The waits of both sides: the first one is early in every other round, and by a little more each time.
fn waits(round: usize) -> (u64, u64) {
    let late = u64::try_from(round).expect("a small number") * 4;
    if round.is_multiple_of(2) {
        (0, late)
    } else {
        (late, 0)
    }
}

fn cancellation(number: &str, reason: &str) -> Value {
    json!({ "channel": "amazon", "number": number, "reason": reason })
}

fn decline(number: &str) -> Value {
    json!({ "channel": "amazon", "number": number, "reason": "It is packed already." })
}

/// The place of the first line of the history that begins with `text`; none without one.
fn place(order: &Value, text: &str) -> Option<usize> {
    let lines = order["history"].as_array().expect("lines");
    lines
        .iter()
        .position(|line| line["text"].as_str().is_some_and(|it| it.starts_with(text)))
}

on_every_database!(
    two_servers_ask_for_one_cancellation_and_amazon_gets_it_once,
    |shop| async move {
        let account = Account::open(&shop).await;
        let other = opened(&account).await;
        for (round, number) in numbers().iter().enumerate() {
            let (first, second) = waits(round);
            let input = cancellation(number, "out_of_stock");
            let answers = tokio::join!(
                asked(&account.shop, "cancelChannelOrder", &input, first),
                asked(&other, "cancelChannelOrder", &input, second)
            );
            let mut answers = [answers.0, answers.1];
            answers.sort();
            assert_eq!(answers, [None, Some("REQUEST_OPEN".into())], "round {round}");
        }
        account.work().await;
        assert_eq!(account.amazon.feeds().len(), 1);
        assert_eq!(account.amazon.feeds()[0].matches("<Message>").count(), ROUNDS);
    }
);

on_every_database!(
    a_cancellation_at_one_server_and_a_decline_at_another_exclude_each_other,
    |shop| async move {
        let account = Account::open(&shop).await;
        for number in numbers() {
            account.amazon.place(SimulatedOrder::unshipped(&number));
            account
                .amazon
                .ask_to_cancel(&number, 0, "Found cheaper somewhere else.");
        }
        account.wait(301).await;
        let other = account.shop.replica().await;
        for (round, number) in numbers().iter().enumerate() {
            let (first, second) = waits(round);
            let (cancel, decline) = (cancellation(number, "better_price"), decline(number));
            let (canceled, declined) = tokio::join!(
                asked(&account.shop, "cancelChannelOrder", &cancel, first),
                asked(&other, "declineChannelRequest", &decline, second)
            );
            let order = account.order(number).await;
            if canceled.is_none() {
                assert_eq!(declined.as_deref(), Some("REQUEST_OPEN"), "round {round}");
                assert_eq!(order["cancellation"]["state"], "REQUESTED");
                assert_eq!(order["declined_requests"], json!([]));
            } else {
                // The reason says that the buyer asked, and no request is left.
                assert_eq!(canceled.as_deref(), Some("CONFIRMATION_NEEDED"), "round {round}");
                assert_eq!(declined, None, "round {round}");
                assert_eq!(order["cancellation"], Value::Null);
            }
        }
    }
);

on_every_database!(
    amazons_cancellation_that_is_read_at_one_server_meets_a_decline_at_another,
    |shop| async move {
        let account = Account::open(&shop).await;
        let other = opened(&account).await;
        for (round, number) in numbers().iter().enumerate() {
            account.amazon.ask_to_cancel(number, 0, "Wrong color.");
            account.wait(301).await;
            account.amazon.set_status(number, "CANCELLED");
            account.shop.wait(TimeDelta::seconds(301));
            let (first, second) = waits(round);
            let input = decline(number);
            let ((), declined) = tokio::join!(
                turn(&account, first),
                asked(&other, "declineChannelRequest", &input, second)
            );
            let order = account.order(number).await;
            assert_eq!(order["status"], "CANCELED", "round {round}: {order:#}");
            let read = place(&order, "the status is CANCELED").expect("it was read");
            let line = place(&order, "the buyer's request is declined");
            match declined.as_deref() {
                None => assert!(line.expect("a line") < read, "round {round}: {order:#}"),
                Some(code) => {
                    assert_eq!((code, line), ("INVALID_ORDER_STATUS", None), "round {round}");
                }
            }
        }
    }
);

on_every_database!(
    amazons_answer_at_one_server_meets_a_second_cancellation_at_another,
    |shop| async move {
        let (account, held) = Account::open_held(&shop).await;
        let other = opened(&account).await;
        let numbers = numbers();
        let mut standing = 0;
        for (round, number) in numbers.iter().enumerate() {
            let is_refused = round >= ROUNDS / 2;
            // Amazon does not carry out what it refuses.
            account
                .amazon
                .trouble(|troubles| troubles.reports_lie = is_refused);
            account.canceled(number).await;
            account.wait(121).await;
            assert_eq!(account.state(number).await, "ACCEPTED", "round {round}");
            account.shop.wait(TimeDelta::seconds(91));
            held.refuse(is_refused);
            let (first, second) = waits(round);
            let input = cancellation(number, "out_of_stock");
            let ((), again) = tokio::join!(
                turn(&account, first),
                asked(&other, "cancelChannelOrder", &input, second)
            );
            held.refuse(false);
            let order = account.order(number).await;
            let state = order["cancellation"]["state"].as_str().expect("a state");
            match (is_refused, again.as_deref()) {
                (false, Some("REQUEST_OPEN" | "INVALID_ORDER_STATUS")) => assert_eq!(state, "CANCELED"),
                (true, Some("REQUEST_OPEN")) => {
                    assert_eq!(state, "REJECTED");
                    standing += 1;
                }
                // The refusal came first, so the order may be canceled once more: then staff has seen the refusal.
                (true, None) => {
                    assert!(
                        ["REQUESTED", "ACCEPTED"].contains(&state),
                        "round {round}: {order:#}"
                    );
                    assert!(place(&order, "cancellation REJECTED").is_some());
                }
                other => panic!("round {round}: {other:?} {order:#}"),
            }
        }
        let told = account.needs_attention().await;
        let told = told.as_array().expect("obligations").iter();
        let refused = told.filter(|it| it["reasons"] == json!(["CHANNEL_REFUSED"]));
        assert!(refused.count() >= standing, "each refusal that stands is told");
    }
);

on_every_database!(
    an_order_that_two_members_of_staff_name_at_once_is_shown_to_both,
    |shop| async move {
        let account = Account::open(&shop).await;
        let shop = account.shop.clone();
        let other = shop.replica().await;
        for round in 1..=6 {
            let number = format!("303-6666666-000000{round}");
            account.amazon.place(SimulatedOrder::unshipped(&number));
            account.amazon.ask_to_cancel(&number, 0, "Found cheaper.");
            let order = [order_of(&number, &round.to_string())];
            let watch = |shop: &TestShop| {
                let input = json!({ "channel": "amazon", "number": number });
                let shop = shop.clone();
                async move {
                    let query = "mutation($channel: String!, $number: String!) {
                      watchChannelOrder(channel: $channel, number: $number) { order { number } user_errors { code } } }";
                    let asked = shop.ask(query).variables(input).token(shop.owner());
                    asked.send().await.data("/watchChannelOrder").clone()
                }
            };
            let (one, two, _) = tokio::join!(watch(&shop), watch(&other), shop.import(&order));
            for answer in [one, two] {
                assert_eq!(
                    answer["order"]["number"],
                    number.as_str(),
                    "round {round}: {answer:#}"
                );
            }
            account.work().await;
            let kept = account.order(&number).await;
            assert_eq!(kept["has_request"], true);
        }
        let owed = account.needs_attention().await;
        assert_eq!(
            owed.as_array().map(Vec::len),
            Some(6),
            "each request is told once: {owed:#}"
        );
        shop.run_jobs().await;
    }
);
