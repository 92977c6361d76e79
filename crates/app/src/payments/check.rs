//! Compares a payment with the books, after its provider sent a message about it.
//!
//! What the program moved itself is known by its key, and is booked no second time. What failed after it had succeeded
//! is owed again, and what others did at the provider is booked or told to staff (`difference.rs`).

use chrono::{DateTime, Utc};
use countermand_domain::{
    ReversalEntry, ReversalFailure, ReversalOperation, ReversalRefusal, ReversalState, SettledMatter,
    Settlement,
};
use countermand_persistence::{MET, NewObligation, PaymentAccount, ReopenedObligation};

use super::check_case::{CheckCase, KnownReversal};
use super::look_up::written;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::PaymentCheck;
use crate::order_command::{Decision, OrderCommand};
use crate::ports::{PaymentProvider, ProviderAnswer, ProviderError, ProviderPayment};
use crate::viewer::Viewer;

/// Why a payment was not compared.
#[derive(Debug)]
pub(crate) enum PaymentCheckError {
    /// It is held up on purpose, or the provider asks for patience.
    Waiting {
        /// What is waited for.
        why: String,
        /// Before when it is not tried again; none for the usual time.
        until: Option<DateTime<Utc>>,
    },
    /// Calls at the account fail.
    Failing {
        /// What went wrong.
        why: String,
        /// Whether a request was sent.
        was_sent: bool,
    },
    /// The provider refuses the key to the account.
    Refused(String),
    /// It is tried again later.
    Later(String),
}

impl App {
    /// Compares the payment with the books of its orders. An account whose key is refused is paused.
    pub(crate) async fn check_payment(&self, check: &PaymentCheck) -> Result<(), PaymentCheckError> {
        let Some(account) = self.database().payment_account(&check.account).await? else {
            return Ok(());
        };
        if account.is_paused {
            return Err(PaymentCheckError::Waiting {
                why: format!("the payment provider {} is paused", account.name),
                until: None,
            });
        }
        let checked = self.check_orders(&account, check).await;
        if let Err(PaymentCheckError::Refused(why)) = &checked {
            self.pause_refused_account(&account, why).await?;
        }
        checked
    }

    /// Lets a payment be compared with the books soon: others may have paid back what is owed, which then settles it.
    pub(super) async fn owe_check(&self, account: &PaymentAccount, payment: &str) -> Result<(), AppError> {
        let check = PaymentCheck {
            account: account.name.clone(),
            payments: vec![payment.to_owned()],
        };
        let owed = self.owe(&check, self.env().next_id(), None, self.now())?;
        self.insert_once(&owed).await
    }

    async fn check_orders(
        &self,
        account: &PaymentAccount,
        check: &PaymentCheck,
    ) -> Result<(), PaymentCheckError> {
        let provider = self.provider_of(account).map_err(PaymentCheckError::Later)?;
        for id in self.database().orders_of_payment(&check.payments).await? {
            self.database().wake_reversals(id).await?;
            for payment in &check.payments {
                let Some(case) = self.check_case(account, id, payment).await? else {
                    continue;
                };
                self.check_order(&case, provider.as_ref()).await?;
            }
        }
        Ok(())
    }

    async fn check_order(
        &self,
        case: &CheckCase,
        provider: &dyn PaymentProvider,
    ) -> Result<(), PaymentCheckError> {
        let Some(payment) = self.known_payment(case, provider).await? else {
            return Ok(());
        };
        for known in &case.reversals {
            self.check_reversal(case, known, &payment, provider).await?;
        }
        self.check_totals(case, &payment, provider).await
    }

    /// Books what is open and has moved its money by now, and opens again what counted as carried out, when the provider
    /// says something else by now.
    async fn check_reversal(
        &self,
        case: &CheckCase,
        known: &KnownReversal,
        payment: &ProviderPayment,
        provider: &dyn PaymentProvider,
    ) -> Result<(), PaymentCheckError> {
        let Some(last) = known.reversal.entries.last().filter(|_| known.is_begun_here) else {
            return Ok(());
        };
        if known.row.state != MET {
            if known.reversal.is_at_provider() {
                self.look_up_reversal(case, known, provider).await?;
            }
            return Ok(());
        }
        let was_captured = payment.captured.is_positive() && !case.has_captures();
        match last.call.operation {
            ReversalOperation::Void | ReversalOperation::Either if was_captured => {
                return self.check_void(case, known, last).await;
            }
            ReversalOperation::Void => return Ok(()),
            // One call may have paid captured money back.
            ReversalOperation::Refund | ReversalOperation::Either => {}
        }
        if !known.has_succeeded() {
            return Ok(());
        }
        let request = case.request(known, last.call);
        let answer = self.ask_about(&case.account, provider, &request).await?;
        if let Some(ProviderAnswer::Accepted {
            state: state @ (ReversalState::Failed | ReversalState::Canceled),
            detail,
            ..
        }) = answer
        {
            let why = format!("the refund failed after it had succeeded: {detail}");
            let failed = ReversalEntry {
                state,
                ..self.failed(last, None, &why)
            };
            if !known.was_booked_here() {
                return self.append_to(case, known, failed).await;
            }
            let reopens = ReopenedObligation {
                id: known.row.id.clone(),
                problem: Some(why),
            };
            let reason = ReversalFailure::of(&failed).unwrap_or(ReversalFailure::Failed);
            let new = case.new_state(known, failed);
            let is_written = self.fail_reversal(&new, reason, Some(reopens)).await?;
            written(is_written)?;
        }
        Ok(())
    }

    /// Opens a void of a payment that is captured now, if the program booked the void.
    async fn check_void(
        &self,
        case: &CheckCase,
        known: &KnownReversal,
        last: &ReversalEntry,
    ) -> Result<(), PaymentCheckError> {
        if !known.was_booked_here() {
            return Ok(());
        }
        // Another last state says that a worker died before it opened the void again.
        if known.has_succeeded() {
            let refusal = Some(ReversalRefusal::AlreadyCaptured);
            let captured = self.failed(last, refusal, "it was captured after the void");
            self.append_to(case, known, captured).await?;
        }
        // A worker pays the money back, because the last state is that of captured money.
        self.reopen(case, known).await
    }

    /// The entry that says that the call of `last` moved no money after all.
    fn failed(&self, last: &ReversalEntry, refusal: Option<ReversalRefusal>, detail: &str) -> ReversalEntry {
        ReversalEntry {
            at: self.now(),
            state: ReversalState::Failed,
            refusal,
            detail: detail.to_owned(),
            ..last.clone()
        }
    }

    /// Owes a void again that counted as carried out.
    async fn reopen(&self, case: &CheckCase, known: &KnownReversal) -> Result<(), PaymentCheckError> {
        let settlement = Settlement {
            matter: SettledMatter::Returned {
                transaction: known.owed.transaction,
                amount: case.amount(known),
            },
            note: format!(
                "The payment provider {} captured the payment after it was released.",
                case.account.name
            ),
            reference: None,
        };
        let reopened = ReopenedObligation {
            id: known.row.id.clone(),
            problem: None,
        };
        self.note(case, settlement, Some(reopened), Vec::new()).await
    }

    /// Changes the order, so that its history tells what happened, opens an obligation again that is still met, and
    /// owes others.
    pub(super) async fn note(
        &self,
        case: &CheckCase,
        settlement: Settlement,
        reopens: Option<ReopenedObligation>,
        owes: Vec<NewObligation>,
    ) -> Result<(), PaymentCheckError> {
        let Some(viewer) = Viewer::of_system(&case.shop, case.id) else {
            return Ok(());
        };
        let command = OrderCommand::of_system(&viewer, "paymentProvider");
        let changed = self.change_order::<UserError, _, _, _>(&command, case.id, |subject| {
            let (settlement, reopens, actor) = (settlement.clone(), reopens.clone(), &command.actor);
            let owes = owes.clone();
            async move {
                if let Some(reopens) = &reopens {
                    let row = self.database().obligation(&reopens.id).await?;
                    if row.is_none_or(|row| row.state != MET) {
                        let message = "the obligation is open already";
                        return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
                    }
                }
                let change = subject.order.settle(settlement, actor, self.now());
                let transition = change.map_err(|problem| AppError::Internal(problem.to_string()))?;
                Ok(Decision {
                    reopens,
                    owes,
                    ..Decision::from(transition)
                })
            }
        });
        match changed.await {
            // A refusal says that another server was faster.
            Ok(_) | Err(Failure::Refused(_)) => Ok(()),
            Err(Failure::App(problem)) => Err(problem.into()),
        }
    }
}

impl From<PaymentCheckError> for AppError {
    fn from(problem: PaymentCheckError) -> Self {
        match problem {
            PaymentCheckError::Waiting { why, .. }
            | PaymentCheckError::Failing { why, .. }
            | PaymentCheckError::Refused(why)
            | PaymentCheckError::Later(why) => Self::Internal(why),
        }
    }
}

impl From<AppError> for PaymentCheckError {
    fn from(problem: AppError) -> Self {
        Self::Later(problem.to_string())
    }
}

impl From<countermand_persistence::DatabaseError> for PaymentCheckError {
    fn from(problem: countermand_persistence::DatabaseError) -> Self {
        Self::Later(problem.to_string())
    }
}

impl From<ProviderError> for PaymentCheckError {
    fn from(problem: ProviderError) -> Self {
        let why = problem.to_string();
        match problem {
            ProviderError::Throttled { until } => Self::Waiting {
                why,
                until: Some(until),
            },
            ProviderError::Suspended { .. } => Self::Failing { why, was_sent: false },
            ProviderError::Unavailable(_) | ProviderError::Unknown(_) => {
                Self::Failing { why, was_sent: true }
            }
            ProviderError::Unauthorized(_) => Self::Refused(why),
            ProviderError::StoredFailure(_) | ProviderError::KeyMisused(_) => Self::Later(why),
        }
    }
}
