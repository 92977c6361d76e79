//! A storefront that sends small queries all the time. It must notice no hostile request.

use std::time::{Duration, Instant};

use countermand_tests::Ask;
use tokio::sync::oneshot::Receiver;
use tokio::sync::oneshot::error::TryRecvError;

use super::verdict::Fault;

/// The query of the storefront.
pub(super) const QUERY: &str = "{ storeConfig { store_code } }";
/// The time that the storefront waits for an answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time between two queries.
const PAUSE: Duration = Duration::from_millis(100);

/// Sends queries until `done` is dropped, at least one, and gives every fault of the answers.
pub(super) async fn watch(ask: Ask, mut done: Receiver<()>) -> Vec<Fault> {
    let mut faults = Vec::new();
    while faults.is_empty() {
        let began = Instant::now();
        match ask.clone().try_send().await {
            Ok(answer) if answer.body["data"]["storeConfig"]["store_code"] == "default" => {}
            Ok(answer) => faults.push(Fault::Wrong(format!("others are answered {}", answer.body))),
            Err(problem) => faults.push(Fault::Wrong(format!("others are not answered: {problem}"))),
        }
        let took = began.elapsed();
        if took > PATIENCE {
            faults.push(Fault::Late(format!("others waited {took:?}")));
        }
        if done.try_recv() != Err(TryRecvError::Empty) {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    faults
}
