//! Looks up what became of a void or a refund that the payment provider has, or may have.
//!
//! Which request is safe to send after a look-up stands in `domain/src/payment/safe_next_request.rs`.

use std::time::{Duration, Instant};

use countermand_domain::{Reversal, ReversalEntry, ReversalOperation, ReversalState, ReversalStep};
use countermand_persistence::{ABANDONED, ListedObligation, NEEDS_ATTENTION, OwedReversal, PENDING};

use super::check::PaymentCheckError;
use super::check_case::{CheckCase, KnownReversal};
use super::reversal_case::MovedMoney;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::Outcome;
use crate::ports::{PaymentProvider, ProviderAnswer, ProviderPayment};

/// The most refunds of a payment whose outcome is unknown that one look asks the provider about.
const MOST_LOOKED_UP: usize = 20;
/// How long after the first of these questions another one is asked: a slow provider takes seconds for each of them, and
/// the worker that asks holds its obligation for two minutes.
const LAST_LOOK: Duration = Duration::from_secs(30);

/// A payment with a void or a refund that was begun at its provider.
struct BegunCase {
    case: CheckCase,
    provider: Box<dyn PaymentProvider>,
}

/// What the provider says about a request of the program whose outcome the books do not know.
pub(super) enum OwnState {
    /// It has certainly not carried the request out, and will not.
    Lost,
    /// It says this, which the books do not have.
    News(ReversalEntry),
    /// It may still carry the request out.
    Open,
}

impl App {
    /// Looks up an open void or refund, and books it when the money has moved. Gives its state at the provider; none when
    /// the provider finds nothing.
    ///
    /// What is still under way is written down only where no worker does it. A final state always is: a worker that read
    /// another one just before would book a refund that failed meanwhile.
    pub(super) async fn look_up_reversal(
        &self,
        case: &CheckCase,
        known: &KnownReversal,
        provider: &dyn PaymentProvider,
    ) -> Result<Option<ReversalState>, PaymentCheckError> {
        let Some(last) = known.reversal.entries.last() else {
            return Ok(None);
        };
        let request = case.request(known, last.call);
        let Some(answer) = self.ask_about(&case.account, provider, &request).await? else {
            return Ok(None);
        };
        let new = self.entry_of(last, answer);
        let state = new.state;
        let has_moved = state == ReversalState::Succeeded;
        let has_failed = matches!(state, ReversalState::Failed | ReversalState::Canceled);
        let is_new = state != last.state || new.reference != last.reference;
        let mut reversal = known.reversal.clone();
        // No worker writes about what was left to staff, or what staff abandoned.
        let is_left = [NEEDS_ATTENTION, ABANDONED].contains(&known.row.state.as_str());
        if is_new && (has_moved || has_failed || is_left) {
            self.append_to(case, known, new.clone()).await?;
            reversal.entries.push(new);
        }
        if has_moved {
            let moved = MovedMoney {
                id: case.id,
                shop: case.shop.clone(),
                owed: known.owed,
                account: case.account.name.clone(),
                reversal,
            };
            if let Outcome::Later { why } = self.book(&moved).await? {
                return Err(PaymentCheckError::Later(why));
            }
        }
        Ok(Some(state))
    }

    /// The first one of `unknown`, which are refunds whose outcome the books do not know, whose request has certainly not
    /// arrived. The provider is asked about a limited number of them, for a limited time since the check of the payment
    /// has `begun_at`.
    pub(super) async fn first_surely_lost<'a>(
        &self,
        case: &CheckCase,
        unknown: &[&'a KnownReversal],
        payment: &ProviderPayment,
        provider: &dyn PaymentProvider,
        begun_at: Instant,
    ) -> Result<Option<&'a KnownReversal>, PaymentCheckError> {
        for known in unknown.iter().copied().take(MOST_LOOKED_UP) {
            if begun_at.elapsed() > LAST_LOOK {
                break;
            }
            if self.is_surely_lost(case, known, payment, provider).await? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// Whether a request was sent whose outcome the books do not know, and the provider has certainly not carried it out and
    /// will not.
    async fn is_surely_lost(
        &self,
        case: &CheckCase,
        known: &KnownReversal,
        payment: &ProviderPayment,
        provider: &dyn PaymentProvider,
    ) -> Result<bool, PaymentCheckError> {
        if known.reversal.state() != Some(ReversalState::Requested) {
            return Ok(false);
        }
        let state = self.own_state(case, known, payment, provider).await?;
        Ok(matches!(state, OwnState::Lost))
    }

    /// What the provider says about the last request for a refund, whose outcome the books do not know. The request is lost
    /// where the provider finds nothing, and another request would be safe by the rule for the next one.
    pub(super) async fn own_state(
        &self,
        case: &CheckCase,
        known: &KnownReversal,
        payment: &ProviderPayment,
        provider: &dyn PaymentProvider,
    ) -> Result<OwnState, PaymentCheckError> {
        let Some(last) = known.reversal.entries.last().filter(|_| known.is_begun_here) else {
            return Ok(OwnState::Open);
        };
        let request = case.request(known, last.call);
        let answer = self.ask_about(&case.account, provider, &request).await?;
        if let Some(answer) = answer {
            let new = self.entry_of(last, answer);
            let is_new = new.state != last.state || new.reference != last.reference;
            return Ok(if is_new {
                OwnState::News(new)
            } else {
                OwnState::Open
            });
        }
        // Where nothing is left, a request that arrives late is refused.
        let is_nothing_left = payment.refunded == payment.captured;
        let capabilities = provider.capabilities();
        let now = self.now();
        let next = known
            .reversal
            .after_nothing_found(last.call, capabilities, is_nothing_left, now);
        let is_safe = matches!(next, ReversalStep::Begin(_) | ReversalStep::Repeat(_));
        // What the provider had accepted, and does not find any more, is not lost.
        let is_lost = is_safe && last.state == ReversalState::Requested;
        Ok(if is_lost { OwnState::Lost } else { OwnState::Open })
    }

    /// The entry that says what the provider answered about the call of `last`.
    fn entry_of(&self, last: &ReversalEntry, answer: ProviderAnswer) -> ReversalEntry {
        let (state, reference, refusal, detail) = match answer {
            ProviderAnswer::Accepted {
                state,
                reference,
                detail,
            } => (state, reference, None, detail),
            ProviderAnswer::Refused { refusal, detail } => {
                (ReversalState::Failed, None, Some(refusal), detail)
            }
        };
        ReversalEntry {
            at: self.now(),
            call: last.call,
            state,
            reference,
            refusal,
            detail,
        }
    }

    /// Adds an entry to those that are known. A void or a refund that is open and has failed is told.
    pub(super) async fn append_to(
        &self,
        case: &CheckCase,
        known: &KnownReversal,
        entry: ReversalEntry,
    ) -> Result<(), PaymentCheckError> {
        let new = case.new_state(known, entry);
        let is_written = if known.is_open() {
            self.write_state(&new).await?
        } else {
            self.write_state_alone(&new).await?
        };
        written(is_written)
    }

    /// Refuses to settle a void or a refund by hand that the payment provider carries out, or may carry out: the money
    /// would move twice. One that was left to staff is looked up at the provider first, and is booked when its money has
    /// moved. Staff decides when the provider knows nothing of it, and when the account is paused or not connected.
    pub(crate) async fn check_not_at_provider(
        &self,
        row: &ListedObligation,
        owed: OwedReversal,
    ) -> Result<(), Failure<UserError>> {
        let kept = self.database().reversal_entries(&[row.id.as_str()]).await?;
        let Some(account) = kept.last().map(|last| last.account.clone()) else {
            return Ok(());
        };
        let reversal = Reversal {
            obligation: row.id.clone(),
            owed: ReversalOperation::Refund,
            entries: kept.into_iter().map(|kept| kept.entry).collect(),
        };
        if is_with_provider(row, &reversal) {
            return Err(in_progress().into());
        }
        if !reversal.is_at_provider() {
            return Ok(());
        }
        let Some(BegunCase { case, provider }) = self.begun_case(row, owed, &account).await? else {
            return Ok(());
        };
        let Some(known) = case.reversals.iter().find(|known| known.row.id == row.id) else {
            return Ok(());
        };
        match self.look_up_reversal(&case, known, provider.as_ref()).await {
            Ok(Some(
                ReversalState::Due
                | ReversalState::Requested
                | ReversalState::Pending
                | ReversalState::RequiresAction,
            )) => Err(in_progress().into()),
            // It is booked now, unless the books cannot take it: then staff settles it.
            Ok(Some(ReversalState::Succeeded)) => self.check_open(&row.id).await,
            Ok(Some(ReversalState::Failed | ReversalState::Canceled) | None) => Ok(()),
            Err(
                PaymentCheckError::Waiting { why, .. }
                | PaymentCheckError::Failing { why, .. }
                | PaymentCheckError::Refused(why)
                | PaymentCheckError::Later(why),
            ) => {
                let message = format!("try again later, or pause the account if staff looked there: {why}");
                Err(UserError::about("id", UserErrorCode::InProgress, message).into())
            }
        }
    }

    /// The payment of a void or a refund that was begun at `account`; none when the account cannot be asked.
    async fn begun_case(
        &self,
        row: &ListedObligation,
        owed: OwedReversal,
        account: &str,
    ) -> Result<Option<BegunCase>, AppError> {
        let Some(account) = self.database().payment_account(account).await? else {
            return Ok(None);
        };
        let Some(id) = row.order.filter(|_| !account.is_paused) else {
            return Ok(None);
        };
        let (Some(loaded), Ok(provider)) = (self.database().order(id).await?, self.provider_of(&account))
        else {
            return Ok(None);
        };
        let transaction = loaded.order.payment.transactions.get(owed.transaction);
        let Some(payment) = transaction.and_then(|it| it.reference.clone()) else {
            return Ok(None);
        };
        let case = self.check_case(&account, id, &payment).await?;
        Ok(case.map(|case| BegunCase { case, provider }))
    }
}

/// Whether a worker still lets the payment provider carry out the void or the refund in `row`, and has sent a request:
/// then neither staff settles it nor is it abandoned.
pub(crate) fn is_with_provider(row: &ListedObligation, reversal: &Reversal) -> bool {
    row.state == PENDING && (reversal.is_at_provider() || reversal.turns_into_refund())
}

/// What follows from whether a state was written, or another worker was faster.
pub(super) fn written(is_written: bool) -> Result<(), PaymentCheckError> {
    let faster = || PaymentCheckError::Later("a worker is at it".into());
    is_written.then_some(()).ok_or_else(faster)
}

fn in_progress() -> UserError {
    let message = "the payment provider has it, or is asked for it: wait until it is decided there";
    UserError::about("id", UserErrorCode::InProgress, message)
}
