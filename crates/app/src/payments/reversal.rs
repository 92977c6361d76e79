//! Lets a payment provider release an authorization or pay captured money back, until the books can say that it did.
//!
//! Each request is written down before it is sent, so that a worker that takes over knows which key was used.

use std::sync::Arc;

use countermand_domain::{
    ConfigScope, Money, Order, OrderId, PaymentTransaction, Reversal, ReversalCall, ReversalEntry,
    ReversalOperation, ReversalRefusal, ReversalState, ReversalStep, SettledMatter, Settlement, Shop,
    account_for,
};
use countermand_persistence::{KeptReversalEntry, OwedReversal, PaymentAccount, SettledObligation};

use super::BY_HAND;
use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::obligations::{Attempt, Outcome};
use crate::order_command::{Decision, OrderCommand};
use crate::ports::{PaymentProvider, ProviderAnswer, ProviderError, ReversalRequest};
use crate::viewer::Viewer;

/// The most steps of one attempt: a void that turns into a refund takes four.
const MOST_STEPS: usize = 8;

/// A void or a refund, with all that is needed to let the provider carry it out.
struct Case {
    id: OrderId,
    order: Arc<Order>,
    shop: Arc<Shop>,
    /// The authorization or the capture.
    transaction: PaymentTransaction,
    owed: OwedReversal,
    account: PaymentAccount,
    provider: Box<dyn PaymentProvider>,
    /// The provider's reference of the authorization or the capture.
    payment: String,
    reversal: Reversal,
}

/// What the provider's payment says before a request is sent.
enum PaymentCheck {
    /// The request can be sent.
    Fits,
    /// The authorization ended already, so nothing is left to release.
    Released,
    /// A person must look at the payment.
    Differs(String),
}

impl App {
    /// Meets an owed void or refund as far as the provider allows in one attempt.
    pub(crate) async fn reverse(
        &self,
        owed: OwedReversal,
        operation: ReversalOperation,
        attempt: &Attempt,
    ) -> Outcome {
        let done = match self.case_of(owed, operation, attempt).await {
            Ok(Ok(mut case)) => self.carry_out(&mut case).await,
            Ok(Err(outcome)) => Ok(outcome),
            Err(problem) => Err(problem),
        };
        done.unwrap_or_else(|problem| Outcome::Later {
            why: problem.to_string(),
        })
    }

    /// The case, or the outcome where there is no provider to ask.
    async fn case_of(
        &self,
        owed: OwedReversal,
        operation: ReversalOperation,
        attempt: &Attempt,
    ) -> Result<Result<Case, Outcome>, AppError> {
        let by_hand = |why: &str| Ok(Err(Outcome::NeedsAttention { why: why.into() }));
        let Some(id) = attempt.order else {
            return by_hand(BY_HAND);
        };
        let Some(loaded) = self.database().order(id).await? else {
            return by_hand("the order does not exist any more");
        };
        let Some(transaction) = loaded.order.payment.transactions.get(owed.transaction).cloned() else {
            return by_hand("the order has no such payment any more");
        };
        let kept = self.database().reversal_entries(&[attempt.id.as_str()]).await?;
        // What was begun at one account is finished there, even if another one serves the method now.
        let begun_at = kept.last().map(|kept| kept.account.clone());
        let settings = loaded.shop.settings_at(ConfigScope::Store(id.store()));
        let providers = &settings.payment_providers.value;
        let serving = || account_for(providers, &loaded.order.payment.method).map(str::to_owned);
        let Some(name) = begun_at.or_else(serving) else {
            return by_hand(BY_HAND);
        };
        let Some(account) = self.database().payment_account(&name).await? else {
            return by_hand(&format!("no payment provider is connected as {name}"));
        };
        if account.is_paused {
            let why = format!("the payment provider {name} is paused");
            return Ok(Err(Outcome::Later { why }));
        }
        let Some(payment) = transaction.reference.clone() else {
            return by_hand("the payment has no reference of the payment provider");
        };
        let provider = match self.provider_of(&account) {
            Ok(provider) => provider,
            Err(why) => return by_hand(&format!("the payment provider {name} cannot be used: {why}")),
        };
        let reversal = Reversal {
            obligation: attempt.id.clone(),
            owed: operation,
            entries: kept.into_iter().map(|kept| kept.entry).collect(),
        };
        Ok(Ok(Case {
            id,
            order: loaded.order,
            shop: loaded.shop,
            transaction,
            owed,
            account,
            provider,
            payment,
            reversal,
        }))
    }

    async fn carry_out(&self, case: &mut Case) -> Result<Outcome, AppError> {
        let capabilities = case.provider.capabilities();
        let mut step = case.reversal.next_step(capabilities, self.now());
        for _ in 0..MOST_STEPS {
            let outcome = match step {
                ReversalStep::Begin(call) => self.begin(case, call).await?,
                ReversalStep::Repeat(call) => self.send(case, call).await?,
                ReversalStep::LookUp(call) => match self.look_up(case, call).await? {
                    Ok(outcome) => outcome,
                    Err(next) => {
                        step = next;
                        continue;
                    }
                },
                ReversalStep::Await => Some(under_way()),
                ReversalStep::Book => Some(self.book(case).await?),
                ReversalStep::AskPerson => Some(Outcome::NeedsAttention {
                    why: "it is not known whether the payment provider moved the money: look there".into(),
                }),
            };
            if let Some(outcome) = outcome {
                return Ok(outcome);
            }
            step = case.reversal.next_step(capabilities, self.now());
        }
        Ok(Outcome::Later {
            why: "the payment provider contradicts itself".into(),
        })
    }

    /// Sends a request for the first time, after a look at the provider's payment.
    async fn begin(&self, case: &mut Case, call: ReversalCall) -> Result<Option<Outcome>, AppError> {
        let check = match self.check_payment(case, call).await {
            Ok(check) => check,
            Err(problem) => return self.without_answer(case, problem, true).await.map(Some),
        };
        match check {
            PaymentCheck::Fits => {}
            PaymentCheck::Differs(why) => return Ok(Some(Outcome::NeedsAttention { why })),
            PaymentCheck::Released => {
                let ended = entry(
                    call,
                    ReversalState::Succeeded,
                    "the authorization had ended already",
                );
                return self.append(case, ended).await;
            }
        }
        if let Some(outcome) = self
            .append(case, entry(call, ReversalState::Requested, ""))
            .await?
        {
            return Ok(Some(outcome));
        }
        self.send(case, call).await
    }

    async fn send(&self, case: &mut Case, call: ReversalCall) -> Result<Option<Outcome>, AppError> {
        match case.provider.reverse(&case.request(call)).await {
            Ok(answer) => self.take(case, call, answer).await,
            Err(problem) => self.without_answer(case, problem, false).await.map(Some),
        }
    }

    /// Looks up what became of a request; `Err` is the step after nothing was found.
    async fn look_up(
        &self,
        case: &mut Case,
        call: ReversalCall,
    ) -> Result<Result<Option<Outcome>, ReversalStep>, AppError> {
        match case.provider.look_up(&case.request(call)).await {
            Ok(Some(answer)) => self.take(case, call, answer).await.map(Ok),
            Ok(None) if case.reversal.state() == Some(ReversalState::Requested) => {
                let takes_the_rest = match case.provider.payment(&case.payment).await {
                    Ok(Some(payment)) => {
                        payment.captured.checked_sub(payment.refunded).ok() == Some(case.amount())
                    }
                    Ok(None) => false,
                    Err(problem) => return self.without_answer(case, problem, true).await.map(Some).map(Ok),
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
            Err(problem) => self.without_answer(case, problem, true).await.map(Some).map(Ok),
        }
    }

    /// Takes down what the provider said. No outcome means that another step follows at once.
    async fn take(
        &self,
        case: &mut Case,
        call: ReversalCall,
        answer: ProviderAnswer,
    ) -> Result<Option<Outcome>, AppError> {
        let (new, outcome) = match answer {
            ProviderAnswer::Refused { refusal, detail } => {
                let turns_into_refund =
                    refusal == ReversalRefusal::AlreadyCaptured && call.operation == ReversalOperation::Void;
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
                    ReversalState::Requested | ReversalState::Pending | ReversalState::RequiresAction => {
                        Some(under_way())
                    }
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
        Ok(outcome)
    }

    /// The outcome where the provider said nothing. `is_read` tells that only reading failed, which moves no money.
    async fn without_answer(
        &self,
        case: &Case,
        problem: ProviderError,
        is_read: bool,
    ) -> Result<Outcome, AppError> {
        let why = problem.to_string();
        Ok(match problem {
            ProviderError::Unknown(_) if !is_read => Outcome::Unknown { why },
            ProviderError::Unauthorized(_) => {
                self.pause_refused_account(&case.account, &why).await?;
                Outcome::Later { why }
            }
            ProviderError::Unavailable(_) | ProviderError::Throttled { .. } | ProviderError::Unknown(_) => {
                Outcome::Later { why }
            }
        })
    }

    /// Compares the provider's payment with the books: another amount or another currency stops the money.
    async fn check_payment(&self, case: &Case, call: ReversalCall) -> Result<PaymentCheck, ProviderError> {
        let Some(payment) = case.provider.payment(&case.payment).await? else {
            let why = format!("the payment provider knows no payment {}", case.payment);
            return Ok(PaymentCheck::Differs(why));
        };
        let (kept, there) = match (call.operation, case.reversal.owed) {
            (ReversalOperation::Void, _) if payment.is_voided => return Ok(PaymentCheck::Released),
            // Of an authorization that was captured meanwhile, the owed part goes back.
            (ReversalOperation::Refund, ReversalOperation::Void) => (case.amount(), payment.captured),
            (ReversalOperation::Refund, ReversalOperation::Refund) => {
                (case.transaction.amount, payment.captured)
            }
            (ReversalOperation::Void, _) => (case.transaction.amount, payment.authorized),
        };
        if kept != there {
            let why = format!("the payment is {there} at the payment provider, and {kept} in the books");
            return Ok(PaymentCheck::Differs(why));
        }
        if call.operation == ReversalOperation::Refund {
            let left = payment.captured.checked_sub(payment.refunded).ok();
            if left.is_none_or(|left| left.minor() < case.owed.amount) {
                let why = format!("the payment provider paid back {} already", payment.refunded);
                return Ok(PaymentCheck::Differs(why));
            }
        }
        Ok(PaymentCheck::Fits)
    }

    /// Writes an entry down. The outcome says that another worker was faster.
    async fn append(&self, case: &mut Case, entry: ReversalEntry) -> Result<Option<Outcome>, AppError> {
        let entry = ReversalEntry {
            at: self.now(),
            ..entry
        };
        let new = KeptReversalEntry {
            obligation: case.reversal.obligation.clone(),
            account: case.account.name.clone(),
            entry: entry.clone(),
        };
        let known = case.reversal.entries.len();
        if self.database().append_reversal_entry(&new, known).await? {
            case.reversal.entries.push(entry);
            return Ok(None);
        }
        Ok(Some(Outcome::Later {
            why: "another worker is at it".into(),
        }))
    }

    /// Says in the books of the order that the money moved.
    async fn book(&self, case: &Case) -> Result<Outcome, AppError> {
        let Some(viewer) = Viewer::of_system(&case.shop, case.id) else {
            return Ok(Outcome::NeedsAttention {
                why: "the store view of the order does not exist any more".into(),
            });
        };
        let last = case.reversal.entries.last();
        let reference = last.and_then(|entry| entry.reference.clone());
        let receipt = reference.clone().unwrap_or_default();
        let command = OrderCommand::of_system(&viewer, "paymentProvider");
        let (transaction, amount) = (case.owed.transaction, case.amount());
        let booked = self.change_order::<UserError, _, _, _>(&command, case.id, |subject| {
            let settlement = Settlement {
                matter: match case.reversal.owed {
                    ReversalOperation::Void => SettledMatter::Void { transaction, amount },
                    ReversalOperation::Refund => SettledMatter::Refund { transaction, amount },
                },
                note: case.note(),
                reference: reference.clone(),
            };
            let settled = SettledObligation {
                id: case.reversal.obligation.clone(),
                receipt: receipt.clone(),
                at: self.now(),
            };
            let change = subject.order.settle(settlement, &command.actor, self.now());
            std::future::ready(match change {
                Ok(transition) => Ok(Decision {
                    settles: Some(settled),
                    ..Decision::from(transition)
                }),
                Err(problem) => Err(Failure::App(AppError::Internal(problem.to_string()))),
            })
        });
        match booked.await {
            Ok(_) => Ok(Outcome::Booked),
            Err(Failure::Refused(refusal)) => Ok(Outcome::NeedsAttention { why: refusal.message }),
            Err(Failure::App(problem)) => Err(problem),
        }
    }
}

impl Case {
    fn amount(&self) -> Money {
        Money::new(self.owed.amount, self.order.currency())
    }

    fn request(&self, call: ReversalCall) -> ReversalRequest {
        ReversalRequest {
            key: self.reversal.key(call),
            operation: call.operation,
            payment: self.payment.clone(),
            amount: self.amount(),
            order: self.order.number.clone(),
        }
    }

    /// What happened, for the history of the order.
    fn note(&self) -> String {
        let name = &self.account.name;
        match self.reversal.entries.last().map(|entry| entry.call.operation) {
            Some(ReversalOperation::Refund) => format!("The payment provider {name} paid the money back."),
            Some(ReversalOperation::Void) | None => {
                format!("The payment provider {name} released the authorization.")
            }
        }
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

fn under_way() -> Outcome {
    Outcome::Later {
        why: "the payment provider works on it".into(),
    }
}
