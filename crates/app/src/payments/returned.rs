//! A refund of others that settled one that was owed or abandoned here fails at the payment provider: the one here is owed
//! again, and staff decides about it. Where a request for the one here was sent, the provider is asked for its outcome first.

use countermand_domain::{
    Money, ReversalCall, ReversalEntry, ReversalFailure, ReversalOperation, ReversalState, SettledMatter,
};
use countermand_persistence::{MET, ReopenedObligation, TrailEvent};

use super::check::PaymentCheckError;
use super::check_case::{CheckCase, KnownReversal};
use super::look_up::{OwnState, written};
use super::reported::later;
use super::told::problem_of;
use crate::App;
use crate::obligations::{PaymentMatter, PaymentProblem};
use crate::ports::{PaymentProvider, ProviderPayment};
use crate::viewer::Viewer;

/// What the state of a refund says that is owed again so.
const CAME_BACK: &str = "the refund of others that settled it failed";

impl App {
    /// Owes a refund again that one of others settled, where the provider has paid back less than the books say by now.
    /// False where there is no such refund, and where a request for it may still be carried out: staff is told of that.
    /// Nothing is sent before staff says so.
    pub(super) async fn owe_settled_by_others(
        &self,
        case: &CheckCase,
        payment: &ProviderPayment,
        provider: &dyn PaymentProvider,
    ) -> Result<bool, PaymentCheckError> {
        let Some(missing) = case.missing_refunds(payment)? else {
            return Ok(false);
        };
        // The orders of a store view that is gone change no more.
        if Viewer::of_system(&case.shop, case.id).is_none() {
            return Ok(false);
        }
        let settled = self.settled_by_others(case).await?;
        // What staff settled by hand may have gone back by another way.
        let by_others = Money::sum(case.currency(), settled.iter().map(|it| case.amount_there(it)));
        let by_hand = case.settled_by_hand().map_err(later)?;
        let by_hand = by_hand.checked_sub(by_others.map_err(later)?).map_err(later)?;
        let missing = missing.checked_sub(by_hand).map_err(later)?;
        let fitting = settled
            .iter()
            .find(|it| case.amount_there(it).minor() <= missing.minor());
        let Some(known) = fitting.or(settled.first()).filter(|_| missing.is_positive()) else {
            return Ok(false);
        };
        // A request that is on its way is in the books, and may not be at the provider yet.
        let mut reversals = case.reversals.iter();
        if reversals.any(|it| it.is_open() && it.reversal.is_at_provider()) {
            return Err(PaymentCheckError::Waiting {
                why: "another refund of the payment is under way".into(),
                until: None,
            });
        }
        let again = self.known_payment(case, provider).await?;
        if again.is_none_or(|again| again.refunded != payment.refunded) {
            return Err(PaymentCheckError::Later(
                "the payment changes at the moment".into(),
            ));
        }
        let first = ReversalCall {
            operation: ReversalOperation::Refund,
            generation: 1,
        };
        if known.reversal.open_call().is_some() {
            match self.own_state(case, known, payment, provider).await? {
                OwnState::Lost => {}
                OwnState::News(entry) => {
                    self.append_to(case, known, entry).await?;
                    return Ok(true);
                }
                OwnState::Open => {
                    self.tell_of_open_request(case, known).await?;
                    return Ok(false);
                }
            }
        }
        // The outcome of a request that is lost stays unknown in the books, so that its key is used as long as it is safe.
        let unknown = known.reversal.open_call().and(known.reversal.state());
        let came_back = ReversalEntry {
            at: self.now(),
            call: known.reversal.entries.last().map_or(first, |last| last.call),
            state: unknown.unwrap_or(ReversalState::Failed),
            reference: None,
            refusal: None,
            detail: CAME_BACK.to_owned(),
        };
        let reopens = ReopenedObligation {
            id: known.row.id.clone(),
            problem: Some(CAME_BACK.to_owned()),
        };
        let new = case.new_state(known, came_back);
        written(
            self.fail_reversal(&new, ReversalFailure::Failed, Some(reopens))
                .await?,
        )?;
        Ok(true)
    }

    /// Tells staff once that the refund of others failed which settled the one here, and that the request for this one may
    /// still be carried out.
    async fn tell_of_open_request(
        &self,
        case: &CheckCase,
        known: &KnownReversal,
    ) -> Result<(), PaymentCheckError> {
        let problem = PaymentProblem {
            settles: Some(known.row.id.clone()),
            has_failed: true,
            ..problem_of(
                case,
                PaymentMatter::RefundedOutside,
                Some(case.amount_there(known)),
            )
        };
        let owed = self.owed_look(case, &problem)?;
        Ok(self.insert_once(&owed).await?)
    }

    /// The refunds that those of others settled. Those whose outcome is known come first.
    async fn settled_by_others<'a>(
        &self,
        case: &'a CheckCase,
    ) -> Result<Vec<&'a KnownReversal>, PaymentCheckError> {
        let mut settled: Vec<&KnownReversal> = case.reversals.iter().collect();
        settled.retain(|it| it.is_settled_elsewhere());
        if settled.is_empty() {
            return Ok(settled);
        }
        let told = self.problems_of(case).await?;
        let told = told.iter().filter(|it| !it.has_failed);
        let told: Vec<_> = told.filter_map(|it| it.settles.as_deref()).collect();
        let events = self.database().settlements_by_system(case.id).await?;
        settled.retain(|it| it.is_settled_by_one_of(&told) || case.is_settled_by_others(it, &events));
        settled.sort_by_key(|it| it.reversal.open_call().is_some());
        Ok(settled)
    }
}

impl CheckCase {
    /// Whether one of others settled the refund, as the one of `events` says that has the time of its end. These lose the
    /// reference of the payment when the buyer is erased.
    fn is_settled_by_others(&self, known: &KnownReversal, events: &[TrailEvent]) -> bool {
        let (transaction, amount) = (known.owed.transaction, self.amount(known));
        let paid_back = [
            SettledMatter::Refund { transaction, amount },
            SettledMatter::Adopted {
                reversal: ReversalOperation::Refund,
                transaction,
                amount,
            },
        ];
        let mut at_its_end = events.iter().filter(|event| known.row.met_at == Some(event.at));
        at_its_end.any(|event| match event.settlement() {
            Some(settlement) => {
                let reference = settlement.reference.as_ref();
                let is_of_payment = reference.map_or(self.order.is_erased(), |it| *it == self.payment);
                is_of_payment && paid_back.contains(&settlement.matter)
            }
            // It cannot be read. The refund has the reference, too.
            None => known.row.receipt == self.payment,
        })
    }

    /// How much less the provider paid back than the books say, in the currency of the payment; none where it is not less.
    pub(super) fn missing_refunds(
        &self,
        payment: &ProviderPayment,
    ) -> Result<Option<Money>, PaymentCheckError> {
        if payment.captured.currency() != self.currency() {
            return Ok(None);
        }
        let missing = self.known_refunds()?.checked_sub(payment.refunded);
        let missing = missing.map_err(later)?;
        Ok(missing.is_positive().then_some(missing))
    }
}

impl KnownReversal {
    /// Whether it is a refund that counts as carried out, and that the program did not book: staff or others moved its money.
    /// One whose request may be carried out at another account is none.
    fn is_settled_elsewhere(&self) -> bool {
        let is_met = self.reversal.owed.is_refund() && self.row.state == MET;
        let is_carried_out = self.was_booked_here() || self.has_succeeded();
        let is_known_here = self.is_begun_here || self.reversal.open_call().is_none();
        is_met && !is_carried_out && is_known_here
    }

    /// Whether one of others settled it: `settled` are the ids of those that were owed then. After one that was owed again,
    /// only the time of its end tells, which earlier versions did not write down like that.
    fn is_settled_by_one_of(&self, settled: &[&str]) -> bool {
        let mut entries = self.reversal.entries.iter();
        settled.contains(&self.row.id.as_str()) && !entries.any(|it| it.detail == CAME_BACK)
    }
}
