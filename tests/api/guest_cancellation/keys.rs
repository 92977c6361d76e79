//! The key of a guest: for one order and one reason, once, for a limited time, and never saved in clear.

use chrono::TimeDelta;
use countermand_tests::refusal::Refusal;
use countermand_tests::{Answer, TestShop, on_every_database};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{order, sell};

fn is_not_confirmed(answer: &Answer) {
    assert_eq!(answer.refused(Refusal::NOT_CONFIRMED), &Value::Null);
}

on_every_database!(a_key_works_once, |shop| async move {
    let id = sell(&shop, order("1").line("a", 1000, 1, 0, 0)).await;
    let key = shop.mailed_key(&id, "Other").await;
    shop.confirm_cancel(&id, &key).send().await.works();
    let again = shop.confirm_cancel(&id, &key).send().await;
    assert_eq!(
        again.refused(Refusal::STATUS)["status"],
        "Canceled",
        "the order is looked at first"
    );
    assert_eq!(shop.run_jobs().await.len(), 1);
});

// A missing, a wrong, an old and another order's key have the same answer, so a caller who tries keys learns no more.
on_every_database!(every_invalid_key_has_the_same_answer, |shop| async move {
    shop.enable_cancellation().await;
    let unpaid = |number: &str| order(number).line("a", 1000, 1, 0, 0).json();
    let ids = shop
        .import(&[unpaid("1"), unpaid("2"), unpaid("3"), unpaid("4")])
        .await;
    let [without, asked, other, late] = ids.as_slice() else {
        panic!("four orders")
    };
    let late_key = shop.mailed_key(late, "Other").await;
    shop.wait(TimeDelta::hours(24));
    let replaced = shop.mailed_key(asked, "Other").await;
    let key = shop.mailed_key(asked, "Other").await;
    let other_key = shop.mailed_key(other, "Other").await;
    let turned: String = key
        .chars()
        .map(|it| {
            if it.is_lowercase() {
                it.to_ascii_uppercase()
            } else {
                it.to_ascii_lowercase()
            }
        })
        .collect();

    let bad = [
        (without, &key),
        (asked, &other_key),
        (asked, &replaced),
        (asked, &turned),
        (asked, &"0".repeat(32)),
        (late, &late_key),
    ];
    let mut answers = Vec::new();
    for (id, key) in bad {
        let answer = shop.confirm_cancel(id, key).send().await;
        is_not_confirmed(&answer);
        answers.push(answer.body);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    // None of the tries used up the right key.
    shop.confirm_cancel(asked, &key).send().await.works();
    shop.confirm_cancel(other, &other_key).send().await.works();
    shop.run_jobs().await;
});

on_every_database!(a_new_request_replaces_the_key_and_its_reason, |shop| async move {
    let id = sell(&shop, order("1").line("a", 1000, 1, 0, 0)).await;
    let first = shop.mailed_key(&id, "Other").await;
    let second = shop.mailed_key(&id, "The order was placed by mistake").await;
    assert_ne!(first, second);
    is_not_confirmed(&shop.confirm_cancel(&id, &first).send().await);
    let done = shop.confirm_cancel(&id, &second).send().await;
    assert_eq!(
        done.order()["comments"][0]["message"],
        "The order was placed by mistake"
    );
    shop.run_jobs().await;
});

// Wrong keys are counted: these are twenty-four right ones, for four orders.
on_every_database!(
    a_right_key_sent_twice_at_once_is_no_wrong_one,
    |shop| async move {
        shop.enable_cancellation().await;
        let unpaid = |number: usize| order(&number.to_string()).line("a", 1000, 1, 0, 0).json();
        let ids = shop.import(&(1..=4).map(unpaid).collect::<Vec<_>>()).await;
        let replica = shop.replica().await;
        for id in &ids {
            let key = shop.mailed_key(id, "Other").await;
            let mut sending: JoinSet<Answer> = (0..6)
                .map(|number| [&shop, &replica][number % 2].confirm_cancel(id, &key).send())
                .collect();
            let mut canceled = 0;
            while let Some(answer) = sending.join_next().await {
                let answer = answer.expect("an answer");
                if answer.data("/confirmCancelOrder/errorV2").is_null() {
                    canceled += 1;
                } else {
                    let _ = answer.refused(Refusal::STATUS);
                }
            }
            assert_eq!(canceled, 1);
            let wrong = "rate_limits WHERE name LIKE 'guest_key_from:%'";
            let counted = kept(&shop, "CAST(COUNT(*) AS CHAR(20))", wrong).await;
            assert_eq!(counted.trim(), "0");
        }
        shop.run_jobs().await;
    }
);

/// Asks for a key, moves the clock forward, and gives whether the key still works.
async fn works_after(shop: &TestShop, number: &str, time: TimeDelta) -> bool {
    let id = shop
        .import(&[order(number).line("a", 1000, 1, 0, 0).json()])
        .await
        .remove(0);
    let key = shop.mailed_key(&id, "Other").await;
    shop.wait(time);
    let answer = shop.confirm_cancel(&id, &key).send().await;
    shop.run_jobs().await;
    let works = answer.data("/confirmCancelOrder/errorV2").is_null();
    if !works {
        is_not_confirmed(&answer);
    }
    works
}

on_every_database!(a_key_is_valid_for_a_day, |shop| async move {
    shop.enable_cancellation().await;
    let day = TimeDelta::hours(24);
    assert!(works_after(&shop, "1", day - TimeDelta::seconds(1)).await);
    assert!(!works_after(&shop, "2", day).await);
    assert!(!works_after(&shop, "3", TimeDelta::days(365)).await);
});

on_every_database!(
    the_lifetime_of_a_key_is_a_setting_of_the_store_view,
    |shop| async move {
        shop.enable_cancellation().await;
        shop.configure(json!({ "guest_key_lifetime_hours": 48 })).await;
        shop.configure(json!({ "scope": "STORE", "code": "default", "guest_key_lifetime_hours": 2 }))
            .await;
        assert!(works_after(&shop, "1", TimeDelta::minutes(119)).await);
        assert!(!works_after(&shop, "2", TimeDelta::minutes(120)).await);
        // A key that was mailed before keeps its lifetime.
        let id = shop
            .import(&[order("3").line("a", 1000, 1, 0, 0).json()])
            .await
            .remove(0);
        let key = shop.mailed_key(&id, "Other").await;
        shop.configure(json!({ "scope": "STORE", "code": "default", "guest_key_lifetime_hours": 1 }))
            .await;
        shop.wait(TimeDelta::minutes(90));
        shop.confirm_cancel(&id, &key).send().await.works();
        shop.run_jobs().await;
    }
);

/// A column of the only row in a table.
async fn kept(shop: &TestShop, column: &str, table: &str) -> String {
    let database = Database::connect(shop.database_url())
        .await
        .expect("the test's database");
    let query = format!("SELECT {column} AS kept FROM {table}");
    let statement = Statement::from_string(database.get_database_backend(), query);
    let rows = database.query_all_raw(statement).await.expect("rows");
    let [row] = rows.as_slice() else {
        panic!("{} rows", rows.len())
    };
    row.try_get("", "kept").expect("a text")
}

on_every_database!(the_saved_hash_does_not_work_as_a_key, |shop| async move {
    let id = sell(&shop, order("1").line("a", 1000, 1, 0, 0)).await;
    let key = shop.mailed_key(&id, "Other").await;
    let hash = kept(&shop, "hash", "guest_keys").await;
    assert_eq!(hash.len(), 64);
    assert!(!hash.contains(&key));
    // The saved hash is not a key, neither as a whole nor in part.
    for part in [&hash[..32], &hash[32..]] {
        is_not_confirmed(&shop.confirm_cancel(&id, part).send().await);
    }
    let seen = shop.order(&id).await.to_string();
    assert!(!seen.contains(&key) && !seen.contains(&hash));
});

on_every_database!(each_request_makes_another_key, |shop| async move {
    let id = sell(&shop, order("1").line("a", 1000, 1, 0, 0)).await;
    let mut keys = std::collections::HashSet::new();
    for _ in 0..5 {
        assert!(keys.insert(shop.mailed_key(&id, "Other").await));
        shop.wait(TimeDelta::hours(1));
    }
});
