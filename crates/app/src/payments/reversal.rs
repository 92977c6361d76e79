//! Lets a payment provider release an authorization or pay captured money back, until the books can say that it did.
//!
//! Each request is written down before it is sent, so that a worker that takes over knows which key was used, and sends
//! the same bytes.

use countermand_domain::{
    LookUp, ReversalCall, ReversalEntry, ReversalOperation, ReversalRefusal, ReversalState, ReversalStep,
};
use countermand_persistence::OwedReversal;

use super::UNDER_WAY;
use super::failed_reversal::NewState;
use super::reversal_case::{PaymentCheck, ReversalCase};
use crate::App;
use crate::error::AppError;
use crate::obligations::{Attempt, Outcome};
use crate::ports::{ProviderAnswer, ProviderError};

/// The most steps of one attempt: a void that turns into a refund takes four.
const MOST_STEPS: usize = 8;

impl App {
    /// Meets an owed void or refund as far as the provider allows in one attempt.
    pub(crate) async fn reverse(
        &self,
        owed: OwedReversal,
        operation: ReversalOperation,
        attempt: &Attempt,
    ) -> Outcome {
        let later = |problem: AppError| Outcome::Later {
            why: problem.to_string(),
        };
        let mut case = match self.reversal_case(owed, operation, attempt).await {
            Ok(Ok(case)) => case,
            Ok(Err(outcome)) => return outcome,
            Err(problem) => return later(problem),
        };
        let account = case.account.name.clone();
        if let Some(outcome) = self.begin_attempt(&account, attempt) {
            return outcome;
        }
        let outcome = self.carry_out(&mut case).await.unwrap_or_else(later);
        self.end_attempt(&account, attempt, &outcome).await;
        outcome
    }

    async fn carry_out(&self, case: &mut ReversalCase) -> Result<Outcome, AppError> {
        if let Some(outcome) = self.take_told(case).await? {
            return Ok(outcome);
        }
        let mut step = case.next_step(self.now());
        for _ in 0..MOST_STEPS {
            let outcome = match step {
                ReversalStep::Begin(call) => self.begin(case, call).await?,
                ReversalStep::Repeat(call) => match self.repeat(case, call).await? {
                    Ok(outcome) => outcome,
                    Err(next) => {
                        step = next;
                        continue;
                    }
                },
                ReversalStep::LookUp(call) => match self.look_up(case, call).await? {
                    Ok(outcome) => outcome,
                    Err(next) => {
                        step = next;
                        continue;
                    }
                },
                ReversalStep::Await => Some(under_way()),
                ReversalStep::Book => Some(self.book(&case.moved()).await?),
                ReversalStep::AskPerson => Some(Outcome::NeedsAttention {
                    why: "it is not known whether the payment provider moved the money: look there".into(),
                }),
            };
            if let Some(outcome) = outcome {
                return Ok(outcome);
            }
            step = case.next_step(self.now());
        }
        Ok(Outcome::Later {
            why: "the payment provider contradicts itself".into(),
        })
    }

    /// Takes down what the provider told of an open request, where it cannot be asked.
    async fn take_told(&self, case: &mut ReversalCase) -> Result<Option<Outcome>, AppError> {
        let is_told = case.provider.capabilities().look_up == LookUp::None;
        let Some(call) = case.reversal.open_call().filter(|_| is_told) else {
            return Ok(None);
        };
        let request = case.request(call);
        let told = self.ask_about(&case.account, case.provider.as_ref(), &request);
        match told.await? {
            Some(answer) => self.take(case, call, answer).await,
            None => Ok(None),
        }
    }

    /// Sends a request for the first time, after a look at the provider's payment.
    async fn begin(&self, case: &mut ReversalCase, call: ReversalCall) -> Result<Option<Outcome>, AppError> {
        let check = match self.check_before(case, call).await? {
            Ok(check) => check,
            Err(problem) => return self.without_answer(case, problem).await.map(Some),
        };
        match check {
            PaymentCheck::Fits => {}
            PaymentCheck::Differs(why) => return Ok(Some(Outcome::NeedsAttention { why })),
            PaymentCheck::TooEarly(why) => {
                return Ok(Some(Outcome::Waiting {
                    why: why.to_owned(),
                    until: None,
                }));
            }
            PaymentCheck::AllPaidBack(why) => {
                self.owe_check(&case.account, &case.payment).await?;
                return Ok(Some(Outcome::NeedsAttention { why }));
            }
            PaymentCheck::Released(why) => {
                let released = entry(case.reversal.next_void(), ReversalState::Succeeded, why);
                return self.append(case, released).await;
            }
        }
        case.body = case.provider.body(&case.request(call)).ok();
        if let Some(outcome) = self
            .append(case, entry(call, ReversalState::Requested, ""))
            .await?
        {
            return Ok(Some(outcome));
        }
        self.send(case, call).await
    }

    async fn send(&self, case: &mut ReversalCase, call: ReversalCall) -> Result<Option<Outcome>, AppError> {
        match case.send(call).await {
            Ok(answer) => self.take(case, call, answer).await,
            Err(problem) => self.without_answer(case, problem).await.map(Some),
        }
    }

    /// Sends a request again. When the answer says nothing, the provider is asked what became of the request. `Err` is
    /// the step after a failure that the provider keeps under the key, when it knows nothing of the request.
    async fn repeat(
        &self,
        case: &mut ReversalCase,
        call: ReversalCall,
    ) -> Result<Result<Option<Outcome>, ReversalStep>, AppError> {
        let problem = match case.send(call).await {
            Ok(answer) => return self.take(case, call, answer).await.map(Ok),
            Err(problem) => problem,
        };
        let is_kept = matches!(problem, ProviderError::StoredFailure(_));
        let says_nothing = is_kept || matches!(problem, ProviderError::Unknown(_));
        let capabilities = case.provider.capabilities();
        if says_nothing && capabilities.look_up != LookUp::None {
            match case.provider.look_up(&case.request(call)).await {
                Ok(Some(answer)) => return self.take(case, call, answer).await.map(Ok),
                // The same request gets the same failure, so only another key helps, where it is safe.
                Ok(None) if is_kept => match takes_the_rest(case, call).await {
                    Ok(true) => {
                        let reversal = &case.reversal;
                        return Ok(Err(reversal.after_nothing_found(
                            call,
                            capabilities,
                            true,
                            self.now(),
                        )));
                    }
                    Ok(false) => {}
                    Err(problem) => return self.without_answer(case, problem).await.map(Some).map(Ok),
                },
                // Only the look-up helps, so it is what must succeed.
                Err(problem) if is_kept => {
                    return self.without_answer(case, problem).await.map(Some).map(Ok);
                }
                Ok(None) | Err(_) => {}
            }
        }
        self.without_answer(case, problem).await.map(Some).map(Ok)
    }

    /// Looks up what became of a request; `Err` is the step after nothing was found.
    async fn look_up(
        &self,
        case: &mut ReversalCase,
        call: ReversalCall,
    ) -> Result<Result<Option<Outcome>, ReversalStep>, AppError> {
        match case.provider.look_up(&case.request(call)).await {
            Ok(Some(answer)) => self.take(case, call, answer).await.map(Ok),
            Ok(None) if case.reversal.state() == Some(ReversalState::Requested) => {
                let takes_the_rest = match takes_the_rest(case, call).await {
                    Ok(takes_the_rest) => takes_the_rest,
                    Err(problem) => return self.without_answer(case, problem).await.map(Some).map(Ok),
                };
                let capabilities = case.provider.capabilities();
                let reversal = &case.reversal;
                Ok(Err(reversal.after_nothing_found(
                    call,
                    capabilities,
                    takes_the_rest,
                    self.now(),
                )))
            }
            Ok(None) => Ok(Ok(Some(Outcome::NeedsAttention {
                why: "the payment provider does not know any more what it accepted".into(),
            }))),
            Err(problem) => self.without_answer(case, problem).await.map(Some).map(Ok),
        }
    }

    /// Takes down what the provider said. No outcome means that another step follows at once.
    async fn take(
        &self,
        case: &mut ReversalCase,
        call: ReversalCall,
        answer: ProviderAnswer,
    ) -> Result<Option<Outcome>, AppError> {
        let mut is_nothing_left = false;
        let (new, outcome) = match answer {
            ProviderAnswer::Refused { refusal, detail } => {
                is_nothing_left = refusal == ReversalRefusal::NothingLeft;
                let turns_into_refund =
                    refusal == ReversalRefusal::AlreadyCaptured && !call.operation.is_refund();
                let why = format!("the payment provider refuses: {detail}");
                let new = ReversalEntry {
                    refusal: Some(refusal),
                    ..entry(call, ReversalState::Failed, &detail)
                };
                (
                    new,
                    (!turns_into_refund).then_some(Outcome::NeedsAttention { why }),
                )
            }
            ProviderAnswer::Accepted {
                state,
                reference,
                detail,
            } => {
                let outcome = match state {
                    ReversalState::Succeeded => None,
                    ReversalState::Due
                    | ReversalState::Requested
                    | ReversalState::Pending
                    | ReversalState::RequiresAction => Some(under_way()),
                    ReversalState::Failed | ReversalState::Canceled => Some(Outcome::NeedsAttention {
                        why: format!("the payment provider did not move the money: {detail}"),
                    }),
                };
                let new = ReversalEntry {
                    reference,
                    ..entry(call, state, &detail)
                };
                (new, outcome)
            }
        };
        let is_known = case.reversal.entries.last().is_some_and(|last| {
            last.call == call && last.state == new.state && last.reference == new.reference
        });
        if !is_known && let Some(outcome) = self.append(case, new).await? {
            return Ok(Some(outcome));
        }
        if is_nothing_left {
            self.owe_check(&case.account, &case.payment).await?;
        }
        Ok(outcome)
    }

    /// The outcome where the provider said nothing about the request, or could not be read.
    async fn without_answer(&self, case: &ReversalCase, problem: ProviderError) -> Result<Outcome, AppError> {
        let why = problem.to_string();
        let was_sent = !matches!(problem, ProviderError::Suspended { .. });
        Ok(match problem {
            ProviderError::StoredFailure(_) => Outcome::Unknown { why },
            ProviderError::KeyMisused(_) => Outcome::NeedsAttention { why },
            ProviderError::Unauthorized(_) => {
                self.pause_refused_account(&case.account, &why).await?;
                Outcome::Waiting { why, until: None }
            }
            ProviderError::Throttled { until } => Outcome::Waiting {
                why,
                until: Some(until),
            },
            ProviderError::Unavailable(_) | ProviderError::Unknown(_) | ProviderError::Suspended { .. } => {
                let account = case.account.name.clone();
                Outcome::Failing {
                    account,
                    why,
                    was_sent,
                }
            }
        })
    }

    /// Writes an entry down. The outcome says that another worker was faster.
    async fn append(
        &self,
        case: &mut ReversalCase,
        entry: ReversalEntry,
    ) -> Result<Option<Outcome>, AppError> {
        let entry = ReversalEntry {
            at: self.now(),
            ..entry
        };
        let body = case.body.clone();
        let new = NewState {
            order: case.id,
            shop: &case.shop,
            account: &case.account.name,
            owed: case.owed,
            reversal: &case.reversal,
            request_body: body.filter(|_| entry.state == ReversalState::Requested),
            entry,
        };
        if self.write_state(&new).await? {
            let entry = new.entry;
            case.reversal.entries.push(entry);
            return Ok(None);
        }
        Ok(Some(Outcome::Later {
            why: "another worker is at it".into(),
        }))
    }
}

/// An entry without a reference; its time is set when it is written.
fn entry(call: ReversalCall, state: ReversalState, detail: &str) -> ReversalEntry {
    ReversalEntry {
        at: chrono::DateTime::UNIX_EPOCH,
        call,
        state,
        reference: None,
        refusal: None,
        detail: detail.to_owned(),
    }
}

/// Whether `call` can be sent under another key without moving money twice: it takes all that is left, or it is a void.
async fn takes_the_rest(case: &ReversalCase, call: ReversalCall) -> Result<bool, ProviderError> {
    if !call.operation.is_refund() {
        return Ok(true);
    }
    let payment = case.provider.payment(&case.payment).await?;
    let left = payment.and_then(|payment| payment.captured.checked_sub(payment.refunded).ok());
    Ok(left == Some(case.amount()))
}

fn under_way() -> Outcome {
    Outcome::Waiting {
        why: UNDER_WAY.into(),
        until: None,
    }
}
