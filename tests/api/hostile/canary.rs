//! A storefront that asks something small all the while: it must not notice what others do.

use std::time::{Duration, Instant};

use countermand_tests::Ask;
use tokio::sync::oneshot::Receiver;
use tokio::sync::oneshot::error::TryRecvError;

use super::verdict::Fault;

/// What it asks.
pub(super) const QUERY: &str = "{ storeConfig { store_code } }";
/// How long it is ready to wait.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two requests.
const PAUSE: Duration = Duration::from_millis(100);

/// Asks until `done` is dropped, at least once; everything that it had to complain about.
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
