//! A refund of others that settled one that was owed here fails at the payment provider: the one here is owed again.

use countermand_domain::{
    Money, ReversalCall, ReversalEntry, ReversalFailure, ReversalOperation, ReversalState,
};
use countermand_persistence::{MET, ReopenedObligation};

use super::check::PaymentCheckError;
use super::check_case::{CheckCase, KnownReversal};
use super::look_up::written;
use super::reported::later;
use crate::App;
use crate::ports::{PaymentProvider, ProviderPayment};

/// What the state of a refund says that is owed again so. It is owed again once.
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
        let told = self.problems_of(case).await?;
        let settled: Vec<_> = told.iter().filter_map(|it| it.settles.as_deref()).collect();
        let settled = case
            .reversals
            .iter()
            .filter(|it| it.is_settled_by_one_of(&settled));
        let settled: Vec<&KnownReversal> = settled.collect();
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
}

impl CheckCase {
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
    /// Whether it is a refund that one of others settled: `settled` are the ids of those. One that was owed again after
    /// that is none.
    fn is_settled_by_one_of(&self, settled: &[&str]) -> bool {
        let mut entries = self.reversal.entries.iter();
        self.reversal.owed.is_refund()
            && self.row.state == MET
            && settled.contains(&self.row.id.as_str())
            && !entries.any(|it| it.detail == CAME_BACK)
            && !self.was_booked_here()
    }
}
