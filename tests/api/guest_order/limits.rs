//! The limits of look-ups that find no order. They hold over all servers and for many look-ups at the same moment.

use std::time::Duration;

use chrono::TimeDelta;
use countermand_persistence::RateLimit;
use countermand_tests::{Answer, Ask, TestShop, on_every_database};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{GUEST, by_token, order, sell};

/// The network from which many look-ups come.
const NETWORK: &str = "198.51.100.7";

/// A document that looks the order up with each of `postcodes`, and its variables.
fn guesses(shop: &TestShop, number: &str, email: &str, postcodes: std::ops::Range<u32>) -> Ask {
    let fields = postcodes.map(|it| {
        format!(
            "a{it}: guestOrder(input: {{ number: \"{number}\", email: \"{email}\", postcode: \"{it:05}\" }}) {{ token }} "
        )
    });
    shop.ask(&format!("{{ {} }}", fields.collect::<String>()))
}

/// The code of the first error in an answer.
fn code(answer: &Answer) -> &Value {
    &answer.body["errors"][0]["extensions"]["code"]
}

on_every_database!(
    a_postcode_cannot_be_guessed_with_aliases_on_several_servers,
    |shop| async move {
        sell(&shop, order()).await;
        let replica = shop.replica().await;
        // Thirty guesses are taken, and each alias is one; the right postcode is 62701.
        for first in [0, 10, 20] {
            let server = [&shop, &replica][first as usize % 20 / 10];
            let answer = guesses(server, "000000001", GUEST, first..first + 10)
                .send()
                .await;
            assert_eq!(code(&answer), "ORDER_NOT_FOUND", "{:#}", answer.body);
        }
        for server in [&shop, &replica] {
            let answer = guesses(server, "000000001", GUEST, 62_690..62_720).send().await;
            assert_eq!(code(&answer), "RATE_LIMITED", "{:#}", answer.body);
            assert_eq!(answer.body["data"], Value::Null);
        }
        // The buyer, who asks from another network, finds the order.
        let buyer = guesses(&shop, "000000001", GUEST, 62_701..62_702);
        let found = buyer.header("X-Forwarded-For", "198.51.100.7").send().await;
        assert!(found.data("/a62701/token").is_string(), "{:#}", found.body);
        shop.wait(TimeDelta::hours(1));
        let found = guesses(&shop, "000000001", GUEST, 62_701..62_702).send().await;
        assert!(found.data("/a62701/token").is_string(), "{:#}", found.body);
    }
);

on_every_database!(
    many_networks_together_cannot_guess_for_an_order_or_an_address,
    |shop| async move {
        sell(&shop, order()).await;
        let from = |network: u32, ask: Ask| {
            let address = format!("198.51.100.{network}");
            ask.header("X-Forwarded-For", &address).send()
        };
        // Sixty guesses for one order with other addresses, and sixty for one address with other orders.
        for network in 0..6 {
            let first = network * 10;
            let answer = guesses(&shop, "000000001", "other@example.com", first..first + 10);
            assert_eq!(code(&from(network, answer).await), "ORDER_NOT_FOUND");
        }
        let right = guesses(&shop, "000000001", GUEST, 62_701..62_702);
        assert_eq!(code(&from(7, right).await), "RATE_LIMITED");
        shop.wait(TimeDelta::hours(1));
        for network in 0..6 {
            let first = network * 10;
            let answer = guesses(&shop, "000000002", GUEST, first..first + 10);
            assert_eq!(code(&from(network, answer).await), "ORDER_NOT_FOUND");
        }
        let right = guesses(&shop, "000000001", GUEST, 62_701..62_702);
        assert_eq!(code(&from(7, right).await), "RATE_LIMITED");
        // The order's token, which a mail holds, still opens the order.
        let id = shop.order_id("000000001", 1).await;
        let token = shop.order_token(&id).await;
        let found = by_token(&shop, "default", &token).await;
        assert_eq!(found.data("/guestOrderByToken/number"), "000000001");
    }
);

on_every_database!(look_ups_that_find_the_order_do_not_count, |shop| async move {
    sell(&shop, order()).await;
    for _ in 0..70 {
        let found = guesses(&shop, "000000001", GUEST, 62_701..62_702).send().await;
        assert!(found.data("/a62701/token").is_string(), "{:#}", found.body);
    }
});

/// A look-up from [`NETWORK`] with `postcode`; the right one is 62701.
fn guess(shop: &TestShop, postcode: u32) -> Ask {
    guesses(shop, "000000001", GUEST, postcode..postcode + 1).header("X-Forwarded-For", NETWORK)
}

/// Whether the answer shows the order to a caller with the right postcode.
fn is_found(answer: &Answer) -> bool {
    answer.body["data"]["a62701"]["token"].is_string()
}

/// Whether at least `count` look-ups from [`NETWORK`] are counted as misses.
async fn counts_misses(shop: &TestShop, count: i64) -> bool {
    let limit = RateLimit {
        name: format!("guest_order_from:{NETWORK}"),
        most: count,
        window: TimeDelta::hours(1),
    };
    let used_up = shop.database().limited_until(&[limit], shop.now()).await;
    used_up.expect("the limits").is_some()
}

on_every_database!(
    many_right_look_ups_at_the_same_moment_all_find_the_order,
    |shop| async move {
        sell(&shop, order()).await;
        let mut at_once = JoinSet::new();
        for _ in 0..60 {
            at_once.spawn(guess(&shop, 62_701).send());
        }
        for answer in at_once.join_all().await {
            assert!(is_found(&answer), "{:#}", answer.body);
        }
        assert!(!counts_misses(&shop, 1).await);
        assert!(is_found(&guess(&shop, 62_701).send().await));
    }
);

on_every_database!(
    right_look_ups_do_not_hide_the_misses_between_them,
    |shop| async move {
        sell(&shop, order()).await;
        for postcode in 0..30 {
            assert!(is_found(&guess(&shop, 62_701).send().await), "{postcode}");
            assert_eq!(code(&guess(&shop, postcode).send().await), "ORDER_NOT_FOUND");
        }
        assert_eq!(code(&guess(&shop, 62_701).send().await), "RATE_LIMITED");
    }
);

on_every_database!(
    many_guesses_at_the_same_moment_find_out_no_more_than_the_limit,
    |shop| async move {
        sell(&shop, order()).await;
        let replica = shop.replica().await;
        let mut at_once = JoinSet::new();
        for (postcode, server) in (0..60).zip([&shop, &replica].into_iter().cycle()) {
            at_once.spawn(guess(server, postcode).send());
        }
        let mut missed = 0;
        for answer in at_once.join_all().await {
            if code(&answer) == "ORDER_NOT_FOUND" {
                missed += 1;
            } else {
                assert_eq!(code(&answer), "RATE_LIMITED", "{:#}", answer.body);
            }
        }
        assert_eq!(missed, 30);
        assert!(counts_misses(&shop, 30).await);
        assert!(!counts_misses(&shop, 31).await);
        for server in [&shop, &replica] {
            let right = guess(server, 62_701).send().await;
            assert_eq!(code(&right), "RATE_LIMITED", "{:#}", right.body);
        }
        // What was refused does not count for the order either: half of its sixty misses are left to other networks.
        let elsewhere = |address: &str, postcodes| {
            let ask = guesses(&shop, "000000001", GUEST, postcodes);
            ask.header("X-Forwarded-For", address).send()
        };
        for first in [100, 110] {
            let answer = elsewhere("198.51.100.8", first..first + 10).await;
            assert_eq!(code(&answer), "ORDER_NOT_FOUND", "{:#}", answer.body);
        }
        let right = elsewhere("198.51.100.9", 62_701..62_702).await;
        assert!(is_found(&right), "{:#}", right.body);
    }
);

on_every_database!(
    a_right_look_up_whose_client_goes_away_is_no_miss,
    |shop| async move {
        sell(&shop, order()).await;
        let mut at_once = JoinSet::new();
        for milliseconds in 0..60 {
            let patience = Duration::from_millis(milliseconds);
            at_once.spawn(timeout(patience, guess(&shop, 62_701).send()));
        }
        let mut left = 0;
        for outcome in at_once.join_all().await {
            match outcome {
                Ok(answer) => assert!(is_found(&answer), "{:#}", answer.body),
                Err(_) => left += 1,
            }
        }
        assert!(left > 0, "each client waited for its answer");
        assert!(is_found(&guess(&shop, 62_701).send().await));
        assert!(!counts_misses(&shop, 1).await);
    }
);
