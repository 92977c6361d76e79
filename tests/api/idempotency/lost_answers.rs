//! A server dies after the change and before the answer: the repetition changes nothing again.

use std::time::Duration;

use chrono::TimeDelta;
use countermand_tests::process::ServerProcess;
use countermand_tests::time_limit::until;
use countermand_tests::{DatabaseKind, TestShop, on_every_database};
use serde_json::json;

use super::{BUYER, KEY, code, note, on_database, sell, version};
use crate::program::PROGRAM;

/// Lets every write of an answer fail, after `seconds`; SQLite does not wait.
async fn lose_answers(shop: &TestShop, seconds: u32) {
    let postgres = format!(
        "CREATE FUNCTION lose_answer() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN PERFORM pg_sleep({seconds}); RAISE EXCEPTION 'lost'; END $$"
    );
    let mariadb = format!(
        "CREATE TRIGGER lose_answer BEFORE UPDATE ON idempotency_keys FOR EACH ROW
         BEGIN DO SLEEP({seconds}); SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'lost'; END"
    );
    match shop.database_kind() {
        DatabaseKind::Sqlite => {
            let trigger = "CREATE TRIGGER lose_answer BEFORE UPDATE ON idempotency_keys
                           BEGIN SELECT RAISE(ABORT, 'lost'); END";
            on_database(shop, &[trigger]).await;
        }
        DatabaseKind::Postgres => {
            let trigger = "CREATE TRIGGER lose_answer BEFORE UPDATE ON idempotency_keys
                           FOR EACH ROW EXECUTE FUNCTION lose_answer()";
            on_database(shop, &[&postgres, trigger]).await;
        }
        DatabaseKind::MariaDb => on_database(shop, &[&mariadb]).await,
    }
}

async fn keep_answers(shop: &TestShop) {
    let drop = match shop.database_kind() {
        DatabaseKind::Postgres => "DROP TRIGGER lose_answer ON idempotency_keys",
        DatabaseKind::Sqlite | DatabaseKind::MariaDb => "DROP TRIGGER lose_answer",
    };
    on_database(shop, &[drop]).await;
}

on_every_database!(an_answer_that_was_lost_is_made_again, |shop| async move {
    let (_, id) = sell(&shop).await;
    let replica = shop.replica().await;
    let ask = |shop: &TestShop| note(shop, &id, "a").header(KEY, "k").send();
    lose_answers(&shop, 0).await;
    assert_eq!(ask(&shop).await.category(), "internal");
    keep_answers(&shop).await;
    assert_eq!(version(&shop, &id).await, 2, "the note was added");
    assert_eq!(
        code(&ask(&replica).await),
        "IDEMPOTENCY_KEY_IN_USE",
        "its server may live"
    );
    shop.wait(TimeDelta::seconds(59));
    assert_eq!(code(&ask(&replica).await), "IDEMPOTENCY_KEY_IN_USE");
    shop.wait(TimeDelta::seconds(2));
    let answer = ask(&replica).await;
    assert_eq!(answer.data("/addOrderNote/order/version"), 2);
    assert_eq!(ask(&shop).await.text, answer.text);
    assert_eq!(version(&shop, &id).await, 2);
});

on_every_database!(a_shops_change_is_shown_and_not_made_again, |shop| async move {
    let input = json!({ "code": "nl", "name": "nl" });
    let ask = |shop: &TestShop| {
        let asked = shop.staff_asks("createWebsite", &input, "website_code");
        asked.token(shop.owner()).header(KEY, "k").send()
    };
    lose_answers(&shop, 0).await;
    assert_eq!(ask(&shop).await.category(), "internal");
    keep_answers(&shop).await;
    shop.wait(TimeDelta::seconds(61));
    let answer = ask(&shop.replica().await).await;
    let made = json!({ "website_code": "nl", "user_errors": [] });
    assert_eq!(answer.data("/createWebsite"), &made);
    assert_eq!(ask(&shop).await.text, answer.text);
});

/// Hides the marks of changes until a key is taken over: the change then seems to be made after the claim.
async fn delay_marks(shop: &TestShop) {
    let update = "UPDATE idempotent_changes SET key_id = NEW.id WHERE key_id = 'late'";
    let postgres = format!(
        "CREATE FUNCTION show_marks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {update}; RETURN NULL; END $$"
    );
    let row = "CREATE TRIGGER show_marks AFTER UPDATE ON idempotency_keys FOR EACH ROW";
    let hide = "UPDATE idempotent_changes SET key_id = 'late'";
    match shop.database_kind() {
        DatabaseKind::Postgres => {
            let trigger = format!("{row} EXECUTE FUNCTION show_marks()");
            on_database(shop, &[hide, &postgres, &trigger]).await;
        }
        DatabaseKind::Sqlite | DatabaseKind::MariaDb => {
            let trigger = format!("{row} BEGIN {update}; END");
            on_database(shop, &[hide, &trigger]).await;
        }
    }
}

on_every_database!(
    a_refusal_by_the_requests_own_late_change_is_not_kept,
    |shop| async move {
        let (anna, id) = sell(&shop).await;
        let ask = || {
            shop.cancel_order(&id, "Other")
                .token(&anna)
                .header(KEY, "k")
                .send()
        };
        lose_answers(&shop, 0).await;
        assert_eq!(ask().await.category(), "internal");
        keep_answers(&shop).await;
        delay_marks(&shop).await;
        shop.wait(TimeDelta::seconds(61));
        let answer = ask().await;
        answer.works();
        assert_eq!(ask().await.text, answer.text);
        assert_eq!(version(&shop, &id).await, 2);
    }
);

on_every_database!(
    a_request_of_a_killed_server_is_repeated_at_another,
    |shop| async move {
        let (_, id) = sell(&shop).await;
        let server = ServerProcess::start(PROGRAM, shop.database_url(), &["--no-worker"]).await;
        let anna = sign_in(&server).await;
        let document = "mutation($id: ID!) { cancelOrder(input: { order_id: $id, reason: \"Other\" }) {
      errorV2 { code } order { status credit_memos { id } } } }";
        let ask = |server: &ServerProcess| {
            let asked = server.ask(document).variables(json!({ "id": id }));
            asked.token(&anna).header(KEY, "k")
        };
        lose_answers(&shop, 3).await;
        let running = tokio::spawn(ask(&server).try_send());
        until("the order is canceled", async || version(&shop, &id).await == 2).await;
        server.kill().await;
        let unanswered = running.await.expect("a task");
        // SQLite cannot wait, so the server may have told that it failed before it was killed.
        assert!(unanswered.is_err() || unanswered.is_ok_and(|it| it.category() == "internal"));
        keep_answers(&shop).await;

        let next = ServerProcess::start(PROGRAM, shop.database_url(), &["--no-worker"]).await;
        assert_eq!(code(&ask(&next).send().await), "IDEMPOTENCY_KEY_IN_USE");
        // The lease ends.
        on_database(&shop, &["UPDATE idempotency_keys SET lease_until = 0"]).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
        let answer = ask(&next).send().await;
        assert!(answer.data("/cancelOrder/errorV2").is_null(), "{:#}", answer.body);
        let memos = answer.data("/cancelOrder/order/credit_memos");
        assert_eq!(memos.as_array().map(Vec::len), Some(1));
        assert_eq!(ask(&next).send().await.text, answer.text);
        assert_eq!(version(&shop, &id).await, 2);
        next.kill().await;
    }
);

async fn sign_in(server: &ServerProcess) -> String {
    let query = "mutation($email: String!) { generateCustomerToken(email: $email, password: \"Secret-123\") { token } }";
    let answer = server
        .ask(query)
        .variables(json!({ "email": BUYER }))
        .send()
        .await;
    let token = answer.data("/generateCustomerToken/token").as_str();
    token.expect("a token").to_owned()
}
