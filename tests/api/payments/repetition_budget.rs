//! A payment provider that fails at some calls does not get many more of them by repetitions.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::on_every_database;

use super::{cancel, connected, paid, work};
use crate::event_stream::{number as counted, raw};

/// The number of canceled orders: a worker takes all of them at once.
const ORDERS: usize = 14;
/// What the budget allows of them: ten, and one that the answers to the look-ups of these ten earn.
const REPEATED: usize = 11;
const FIRST_ATTEMPT_COUNTED: &str =
    "SELECT COUNT(*) FROM obligations WHERE kind = 'refund' AND state = 'pending' AND attempts = 1";

/// How many of these attempts waited for their turn.
fn waiting(tried: &[Settlement]) -> usize {
    let is_waiting =
        |it: &&Settlement| matches!(it, Settlement::Postponed(why) if why.ends_with("waits for its turn"));
    tried.iter().filter(is_waiting).count()
}

on_every_database!(
    repetitions_beyond_the_budget_wait_and_keep_their_attempts,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        for number in 1..=ORDERS {
            let id = paid(&shop, &number.to_string()).await;
            provider.paid(&format!("tx-{number}"), 1500).await;
            cancel(&shop, &id).await;
        }
        // The provider answers when payments are read and refunds are looked up, and fails at each refund.
        provider.goes_wrong(&["error_before"; 2 * ORDERS]).await;
        let tried = work(&shop).await;
        assert_eq!((tried.len(), waiting(&tried)), (ORDERS, 0), "{tried:?}");
        shop.wait(TimeDelta::seconds(10));
        let tried = work(&shop).await;
        assert_eq!(
            (tried.len(), waiting(&tried)),
            (ORDERS, ORDERS - REPEATED),
            "{tried:?}"
        );
        let database = raw(&shop).await;
        let kept = counted(&database, FIRST_ATTEMPT_COUNTED).await;
        assert_eq!(usize::try_from(kept).expect("a number"), ORDERS - REPEATED);
        database.close().await.expect("closed");

        provider.goes_wrong(&[]).await;
        shop.wait(TimeDelta::seconds(31));
        assert_eq!(work(&shop).await, vec![Settlement::Met; ORDERS]);
        for number in 1..=ORDERS {
            assert_eq!(provider.paid_back(&format!("tx-{number}")).await, 1500);
        }
    }
);
