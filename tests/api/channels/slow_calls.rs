//! Calls of the simulated Amazon that take longer than the turn of a worker holds: another worker takes the turn, and
//! the late answer contradicts nothing that was found out in the meantime.

use std::sync::Arc;

use chrono::TimeDelta;
use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::amazon_seller::LAMP;
use super::held::Held;
use super::staff::Account;

/// One second longer than a turn holds.
const TOO_LONG: TimeDelta = TimeDelta::seconds(181);

/// A worker that sent a cancellation, which Amazon has, and that waits for the answer until its turn is over.
struct SlowWorker {
    account: Account,
    other: TestShop,
    held: Arc<Held>,
    turn: JoinHandle<usize>,
}

impl SlowWorker {
    async fn start(shop: &TestShop, lies: bool) -> Self {
        let (account, held) = Account::open_held(shop).await;
        account.amazon.trouble(|troubles| troubles.reports_lie = lies);
        account.canceled(LAMP).await;
        Self::sends(account, held).await
    }

    /// The worker of an account whose cancellation waits to be sent.
    async fn sends(account: Account, held: Arc<Held>) -> Self {
        let other = account.shop.replica().await;
        held.hold_next();
        let app = account.shop.app().clone();
        let turn = tokio::spawn(async move { app.work_on_channels(&|| false).await.expect("a turn") });
        held.acted().await;
        account.shop.wait(TOO_LONG);
        Self {
            account,
            other,
            held,
            turn,
        }
    }

    /// A turn of a worker of the other server.
    async fn other_works(&self) {
        let worked = self.other.app().work_on_channels(&|| false).await;
        worked.expect("a turn");
    }

    /// Lets the late answer arrive, and gives the account after the late worker is done.
    async fn answered(self) -> Account {
        self.held.release();
        self.turn.await.expect("the worker ends");
        self.account
    }
}

on_every_database!(
    an_answer_that_comes_after_the_turn_does_not_undo_what_another_worker_found,
    |shop| async move {
        let worker = SlowWorker::start(&shop, false).await;
        worker.other_works().await;
        let found = worker.account.order(LAMP).await;
        assert_eq!(found["cancellation"]["state"], "CANCELED", "{found:#}");
        let account = worker.answered().await;
        assert_eq!(
            account.order(LAMP).await,
            found,
            "the late answer changes nothing"
        );
        account.wait(121).await;
        assert_eq!(account.state(LAMP).await, "CANCELED");
        assert_eq!(account.amazon.feeds().len(), 1);
        assert_eq!(account.needs_attention().await, json!([]));
    }
);

on_every_database!(
    an_answer_that_comes_after_the_turn_ends_the_doubt_of_another_worker,
    |shop| async move {
        let worker = SlowWorker::start(&shop, true).await;
        worker.other_works().await;
        assert_eq!(worker.account.state(LAMP).await, "UNKNOWN");
        let account = worker.answered().await;
        let known = account.order(LAMP).await;
        assert_eq!(known["cancellation"]["state"], "ACCEPTED", "{known:#}");
        assert!(known["cancellation"]["reference"].is_string());
        assert_eq!(known["cancellation"]["problem"], Value::Null);
    }
);

on_every_database!(
    an_answer_that_comes_after_a_second_cancellation_is_not_taken_for_its_answer,
    |shop| async move {
        let worker = SlowWorker::start(&shop, true).await;
        worker.other_works().await;
        worker.account.shop.wait(TimeDelta::seconds(1_801));
        worker.other_works().await;
        let owed = worker.account.needs_attention().await;
        let settle = json!({ "id": owed[0]["id"], "note": "Seller Central shows it as open." });
        let settled = worker
            .other
            .owner_does("settleObligation", settle, "obligation { state }")
            .await;
        assert_eq!(settled["obligation"]["state"], "SETTLED", "{settled:#}");
        let second = worker.account.canceled(LAMP).await;
        let account = worker.answered().await;
        let after = account.order(LAMP).await;
        assert_eq!(after["cancellation"], second["cancellation"]);
        assert_eq!(after["cancellation"]["state"], "REQUESTED");
        account.amazon.trouble(|troubles| troubles.reports_lie = false);
        account.work().await;
        account.wait(91).await;
        assert_eq!(account.state(LAMP).await, "CANCELED");
        assert_eq!(account.amazon.feeds().len(), 2);
    }
);

on_every_database!(
    a_cancellation_that_waits_again_after_a_doubt_is_told_again_and_the_doubt_is_over,
    |shop| async move {
        let (account, held) = Account::open_held(&shop).await;
        let broken = Some("createFeedDocument");
        account.amazon.trouble(|troubles| troubles.broken = broken);
        account.canceled(LAMP).await;
        account.work().await;
        account.wait(1_801).await;
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_UNDECIDED"]), "{owed:#}");

        account.shop.wait(TimeDelta::seconds(121));
        let worker = SlowWorker::sends(account, held).await;
        worker.other_works().await;
        let account = &worker.account;
        assert_eq!(account.state(LAMP).await, "UNKNOWN");
        assert_eq!(account.needs_attention().await, json!([]), "it does not wait now");
        account.shop.wait(TimeDelta::seconds(1_801));
        worker.other_works().await;
        let owed = account.needs_attention().await;
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_UNCERTAIN"]), "{owed:#}");

        // The late answer: Amazon never got it.
        let account = worker.answered().await;
        assert_eq!(account.state(LAMP).await, "REQUESTED");
        assert_eq!(account.needs_attention().await, json!([]), "there is no doubt");
        account.wait(121).await;
        let owed = account.needs_attention().await;
        assert_eq!(owed.as_array().map(Vec::len), Some(1), "{owed:#}");
        assert_eq!(owed[0]["reasons"], json!(["CHANNEL_UNDECIDED"]));
        account.amazon.trouble(|troubles| troubles.broken = None);
        account.wait(121).await;
        account.wait(91).await;
        assert_eq!(account.state(LAMP).await, "CANCELED");
        assert_eq!(account.needs_attention().await, json!([]));
    }
);
