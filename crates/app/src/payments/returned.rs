//! A refund of others that settled one that was owed or abandoned here fails at the payment provider: the one here is owed
//! again, and staff decides about it.

use countermand_domain::{
    Money, ReversalCall, ReversalEntry, ReversalFailure, ReversalOperation, ReversalState, SettledMatter,
};
use countermand_persistence::{MET, ReopenedObligation, TrailEvent};

use super::check::PaymentCheckError;
use super::check_case::{CheckCase, KnownReversal};
use super::look_up::written;
use super::reported::later;
use crate::App;
use crate::ports::{PaymentProvider, ProviderPayment};

/// What the state of a refund says that is owed again so. One that staff had not abandoned is owed again so once.
const CAME_BACK: &str = "the refund of others that settled it failed";

impl App {
    /// Owes a refund again that one of others settled, where the provider has paid back less than the books say by now.
    /// False where there is no such refund. Nothing is sent before staff says so.
    pub(super) async fn owe_settled_by_others(
        &self,
        case: &CheckCase,
        payment: &ProviderPayment,
        provider: &dyn PaymentProvider,
    ) -> Result<bool, PaymentCheckError> {
        let Some(missing) = case.missing_refunds(payment)? else {
            return Ok(false);
        };
        let settled = self.settled_by_others(case).await?;
        // What staff settled by hand may have gone back by another way.
        let by_others = Money::sum(case.order.currency(), settled.iter().map(|it| case.amount(it)));
        let by_hand = case.settled_by_hand().map_err(later)?;
        let by_hand = by_hand.checked_sub(by_others.map_err(later)?).map_err(later)?;
        let missing = missing.checked_sub(by_hand).map_err(later)?;
        let fitting = settled.iter().find(|it| it.owed.amount <= missing.minor());
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
        let failed = ReversalEntry {
            at: self.now(),
            call: known.reversal.entries.last().map_or(first, |last| last.call),
            state: ReversalState::Failed,
            reference: None,
            refusal: None,
            detail: CAME_BACK.to_owned(),
        };
        let reopens = ReopenedObligation {
            id: known.row.id.clone(),
            problem: Some(CAME_BACK.to_owned()),
        };
        let new = case.new_state(known, failed);
        written(
            self.fail_reversal(&new, ReversalFailure::Failed, Some(reopens))
                .await?,
        )?;
        Ok(true)
    }

    /// The refunds that those of others settled.
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
        let told: Vec<_> = told.iter().filter_map(|it| it.settles.as_deref()).collect();
        let trail = self.database().trail(case.id).await?;
        settled.retain(|it| it.is_settled_by_one_of(&told) || case.is_adopted_from_others(it, &trail.events));
        Ok(settled)
    }
}

impl CheckCase {
    /// Whether staff had abandoned the refund, and one of others settled it after that, as `events` say. They lose the
    /// reference of the payment when the buyer is erased.
    fn is_adopted_from_others(&self, known: &KnownReversal, events: &[TrailEvent]) -> bool {
        let adopted = SettledMatter::Adopted {
            reversal: ReversalOperation::Refund,
            transaction: known.owed.transaction,
            amount: self.amount(known),
        };
        let mut at_its_end = events.iter().filter(|event| known.row.met_at == Some(event.at));
        at_its_end.any(|event| {
            event.settlement().is_some_and(|settlement| {
                let reference = settlement.reference.as_ref();
                settlement.matter == adopted && reference.is_none_or(|it| *it == self.payment)
            })
        })
    }

    /// How much less the provider paid back than the books say; none where it is not less.
    pub(super) fn missing_refunds(
        &self,
        payment: &ProviderPayment,
    ) -> Result<Option<Money>, PaymentCheckError> {
        if payment.captured.currency() != self.order.currency() {
            return Ok(None);
        }
        let missing = self.known_refunds()?.checked_sub(payment.refunded);
        let missing = missing.map_err(later)?;
        Ok(missing.is_positive().then_some(missing))
    }
}

impl KnownReversal {
    /// Whether it is a refund that counts as carried out, and that the program did not book: staff or others moved its money.
    fn is_settled_elsewhere(&self) -> bool {
        self.reversal.owed.is_refund() && self.row.state == MET && !self.was_booked_here()
    }

    /// Whether one of others settled it: `settled` are the ids of those that were owed then. One that was owed again after
    /// that is none.
    fn is_settled_by_one_of(&self, settled: &[&str]) -> bool {
        let mut entries = self.reversal.entries.iter();
        settled.contains(&self.row.id.as_str()) && !entries.any(|it| it.detail == CAME_BACK)
    }
}
