//! Does the work of several requests in one round trip.
//!
//! To read or write ten orders in one round trip takes little more time than to read or write one. So work that arrives
//! while the database is busy waits for its turn, and all work that waits is done together. An idle database does each
//! work at once.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use crate::error::DatabaseError;

/// The largest number of requests in one batch.
const MOST_TOGETHER: usize = 64;
/// The time after which the next batch begins although this one is not done.
/// So one slow batch does not keep the work of other requests waiting.
const TURN: Duration = Duration::from_millis(100);
/// The number of waiting requests with which a second batch begins during the first one, where two may run at once.
/// A smaller second batch would cost more than the wait.
const ENOUGH: usize = 8;

/// The work of one kind that waits: each request asks `Q` and needs `A`. A clone is cheap.
#[derive(Debug)]
pub(crate) struct Batches<Q, A>(Arc<Shared<Q, A>>);

#[derive(Debug)]
struct Shared<Q, A> {
    waiting: std::sync::Mutex<Vec<Waiting<Q, A>>>,
    /// The lock that is held during a batch.
    turn: Arc<Mutex<()>>,
    /// One permit for each further batch that may run at the same time.
    more_turns: Arc<Semaphore>,
}

#[derive(Debug)]
struct Waiting<Q, A> {
    asked: Q,
    answer: oneshot::Sender<Result<A, DatabaseError>>,
}

impl<Q, A> Batches<Q, A>
where
    Q: Clone + Send + Sync + 'static,
    A: Send + 'static,
{
    /// Answers `asked` with one of the answers of `work`, which does the work of a batch and answers each of its
    /// requests, in the same sequence. The work begins after this call.
    ///
    /// If the work of a batch fails, each of its requests is done alone. So the fault of one request
    /// is not the fault of another one. A batch goes on even if the caller's future is dropped.
    pub(crate) async fn ask<F>(
        &self,
        asked: Q,
        work: impl Fn(Vec<Q>) -> F + Clone + Send + Sync + 'static,
    ) -> Result<A, DatabaseError>
    where
        F: Future<Output = Result<Vec<A>, DatabaseError>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let count = {
            let mut waiting = self.waiting();
            waiting.push(Waiting { asked, answer });
            waiting.len()
        };
        if count == 1 {
            tokio::spawn(self.clone().serve(work));
        } else if let Some((batch, turn)) = self.next_of_many() {
            tokio::spawn(self.clone().serve_many(batch, turn, work));
        }
        let outcome = answered.await;
        outcome.map_err(|_| DatabaseError::Failed("the work of a batch ended early".into()))?
    }

    /// Begins batches until no request waits.
    async fn serve<F>(self, work: impl Fn(Vec<Q>) -> F + Clone + Send + Sync + 'static)
    where
        F: Future<Output = Result<Vec<A>, DatabaseError>> + Send + 'static,
    {
        loop {
            let turn = self.0.turn.clone().lock_owned().await;
            let (batch, is_last) = {
                let mut waiting = self.waiting();
                let count = waiting.len().min(MOST_TOGETHER);
                (waiting.drain(..count).collect::<Vec<_>>(), waiting.is_empty())
            };
            // A batch of many may have taken all that waited.
            if batch.is_empty() {
                return;
            }
            if is_last {
                return do_together(batch, turn, work).await;
            }
            tokio::spawn(do_together(batch, turn, work.clone()));
        }
    }

    /// Does `batch` beside the batches of [`Self::serve`], and further ones while enough requests wait.
    async fn serve_many<F>(
        self,
        mut batch: Vec<Waiting<Q, A>>,
        mut turn: OwnedSemaphorePermit,
        work: impl Fn(Vec<Q>) -> F + Clone + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<Vec<A>, DatabaseError>> + Send + 'static,
    {
        loop {
            do_together(batch, turn, work.clone()).await;
            match self.next_of_many() {
                Some(next) => (batch, turn) = next,
                None => return,
            }
        }
    }

    /// The next batch and its turn, if enough requests wait and one more batch may run at the same time.
    fn next_of_many(&self) -> Option<(Vec<Waiting<Q, A>>, OwnedSemaphorePermit)> {
        let mut waiting = self.waiting();
        if waiting.len() < ENOUGH {
            return None;
        }
        let turn = self.0.more_turns.clone().try_acquire_owned().ok()?;
        let count = waiting.len().min(MOST_TOGETHER);
        Some((waiting.drain(..count).collect(), turn))
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Waiting<Q, A>>> {
        // No code panics while it has the lock.
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does the work of a batch and answers its requests. The turn ends with the work, or after [`TURN`].
async fn do_together<Q: Clone + Send, A: Send, F>(
    batch: Vec<Waiting<Q, A>>,
    turn: impl Send,
    work: impl Fn(Vec<Q>) -> F,
) where
    F: Future<Output = Result<Vec<A>, DatabaseError>> + Send + 'static,
{
    let asked: Vec<Q> = batch.iter().map(|it| it.asked.clone()).collect();
    let mut working = Box::pin(work(asked));
    let outcome = timeout(TURN, &mut working).await;
    drop(turn);
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(_) => working.await,
    };
    match outcome {
        Ok(answers) => {
            for (waiting, answer) in batch.into_iter().zip(answers) {
                waiting.answer(Ok(answer));
            }
        }
        // The database was asked several times already, or there is one request only.
        Err(problem) if batch.len() == 1 || is_of_the_database(&problem) => {
            for waiting in batch {
                waiting.answer(Err(problem.clone()));
            }
        }
        Err(_) => {
            // Each request is answered as soon as it is done, so that none waits for a slow one.
            let alone = batch.into_iter().map(async |waiting| {
                let answer = work(vec![waiting.asked.clone()]).await;
                let missing = || DatabaseError::Failed("a request of a batch got no answer".into());
                waiting.answer(answer.and_then(|mut answers| answers.pop().ok_or_else(missing)));
            });
            join_all(alone).await;
        }
    }
}

/// Whether the database itself failed, so that no request of a batch would fare better alone.
fn is_of_the_database(problem: &DatabaseError) -> bool {
    matches!(problem, DatabaseError::Retry(_) | DatabaseError::Unreachable(_))
}

impl<Q, A> Waiting<Q, A> {
    fn answer(self, outcome: Result<A, DatabaseError>) {
        // A caller that is gone needs no answer.
        let _ = self.answer.send(outcome);
    }
}

impl<Q, A> Batches<Q, A> {
    /// Batches of which `most` run at a time if many requests wait.
    pub(crate) fn simultaneous(most: usize) -> Self {
        Self(Arc::new(Shared {
            waiting: std::sync::Mutex::default(),
            turn: Arc::default(),
            more_turns: Arc::new(Semaphore::new(most.saturating_sub(1))),
        }))
    }
}

impl<Q, A> Clone for Batches<Q, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q, A> Default for Batches<Q, A> {
    /// Batches of which one runs at a time.
    fn default() -> Self {
        Self::simultaneous(1)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    /// Doubles the numbers of a batch when the gate opens, and counts the batches. The number 13 is refused.
    fn doubling(
        gate: &Arc<Semaphore>,
        batches: &Arc<AtomicUsize>,
    ) -> impl Fn(Vec<u32>) -> futures_util::future::BoxFuture<'static, Result<Vec<u32>, DatabaseError>>
    + Clone
    + Send
    + Sync
    + 'static {
        let (gate, batches) = (gate.clone(), batches.clone());
        move |asked| {
            let (gate, batches) = (gate.clone(), batches.clone());
            Box::pin(async move {
                batches.fetch_add(1, Ordering::SeqCst);
                let _open = gate.acquire().await;
                if asked.contains(&13) {
                    return Err(DatabaseError::Duplicate);
                }
                Ok(asked.into_iter().map(|it| it * 2).collect())
            })
        }
    }

    async fn ask_all(
        requests: std::ops::Range<u32>,
        open_after: Duration,
    ) -> (Vec<Result<u32, DatabaseError>>, usize) {
        ask_all_of(&Batches::default(), requests, open_after).await
    }

    async fn ask_all_of(
        batches: &Batches<u32, u32>,
        requests: std::ops::Range<u32>,
        open_after: Duration,
    ) -> (Vec<Result<u32, DatabaseError>>, usize) {
        let (gate, counted) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = doubling(&gate, &counted);
        let asked = requests.map(|number| batches.ask(number, work.clone()));
        let open = async {
            tokio::time::sleep(open_after).await;
            gate.add_permits(1_000);
        };
        let (answers, ()) = tokio::join!(join_all(asked), open);
        (answers, counted.load(Ordering::SeqCst))
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_wait_are_done_together_and_each_gets_its_own_answer() {
        let (answers, batches) = ask_all(100..200, Duration::from_millis(10)).await;
        for (answer, number) in answers.into_iter().zip(100..) {
            assert_eq!(answer.ok(), Some(number * 2));
        }
        assert_eq!(batches, 2, "64 requests, and the rest");
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_batch_begins_when_enough_requests_wait() {
        let batches = Batches::simultaneous(2);
        let stuck = doubling(&Arc::new(Semaphore::new(0)), &Arc::default());
        let first = batches.clone();
        tokio::spawn(async move { first.ask(1, stuck).await });
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        let (answers, count) = ask_all_of(&batches, 20..28, Duration::from_millis(1)).await;
        for (answer, number) in answers.into_iter().zip(20..) {
            assert_eq!(answer.ok(), Some(number * 2));
        }
        assert_eq!(count, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_second_batch_waits_for_the_first_one() {
        let batches = Batches::simultaneous(2);
        let stuck = doubling(&Arc::new(Semaphore::new(0)), &Arc::default());
        let first = batches.clone();
        tokio::spawn(async move { first.ask(1, stuck).await });
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        let few = ask_all_of(&batches, 20..27, Duration::from_millis(1));
        let answers = timeout(TURN / 2, few).await;
        assert!(
            answers.is_err(),
            "they wait until the first batch is done, or has taken too long"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_fault_of_one_request_is_not_the_fault_of_the_others() {
        let (answers, _) = ask_all(10..20, Duration::ZERO).await;
        for (answer, number) in answers.into_iter().zip(10..) {
            match answer {
                Ok(answer) => assert_eq!(answer, number * 2),
                Err(problem) => assert!(number == 13 && matches!(problem, DatabaseError::Duplicate)),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_request_of_a_failed_batch_keeps_no_other_waiting() {
        let batches = Batches::default();
        // A batch fails, number 1 alone takes forever, and the others are done at once.
        let work = |asked: Vec<u32>| async move {
            match asked.as_slice() {
                [1] => std::future::pending().await,
                [number] => Ok(vec![*number]),
                _ => Err(DatabaseError::Duplicate),
            }
        };
        let slow = batches.clone();
        let others = join_all((2..10).map(|number| batches.ask(number, work)));
        let others = async { timeout(TURN * 2, others).await };
        let (slow, others) = tokio::join!(timeout(TURN * 3, slow.ask(1, work)), others);
        assert!(slow.is_err(), "this request never ends");
        let others = others.expect("the others are answered");
        assert!(others.into_iter().all(|it| it.is_ok()));
    }

    #[tokio::test(start_paused = true)]
    async fn batches_that_take_long_do_not_keep_others_waiting() {
        let batches = Batches::default();
        let stuck = doubling(&Arc::new(Semaphore::new(0)), &Arc::default());
        let waiting = batches.clone();
        tokio::spawn(async move { waiting.ask(1, stuck).await });
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        let open = doubling(&Arc::new(Semaphore::new(1)), &Arc::default());
        let answer = timeout(TURN * 2, batches.ask(21, open)).await;
        assert_eq!(answer.ok().and_then(Result::ok), Some(42));
    }
}
