//! A payment at a provider, with all that the books know of it.

use std::sync::Arc;

use countermand_domain::{
    ConfigScope, Currency, Money, MoneyError, Order, OrderId, OrderState, PaymentTransaction, Reversal,
    ReversalCall, ReversalEntry, ReversalOperation, ReversalState, Shop, TransactionKind, Transition,
};
use countermand_persistence::{ABANDONED, ListedObligation, MET, OwedReversal, PaymentAccount, VOID};

use super::check::PaymentCheckError;
use super::failed_reversal::NewState;
use crate::App;
use crate::obligations::PaymentMatter;
use crate::ports::{ProviderPayment, ReversalRequest};

/// A payment of one order, and what was asked of the provider for it.
pub(super) struct CheckCase {
    pub(super) id: OrderId,
    pub(super) order: Arc<Order>,
    pub(super) shop: Arc<Shop>,
    pub(super) account: PaymentAccount,
    /// The provider's reference.
    pub(super) payment: String,
    /// The voids and refunds of this payment, oldest first.
    pub(super) reversals: Vec<KnownReversal>,
}

/// A void or a refund, open or not, and its states at the provider.
pub(super) struct KnownReversal {
    pub(super) row: ListedObligation,
    pub(super) owed: OwedReversal,
    pub(super) reversal: Reversal,
    /// Whether it was begun at the account of the case, so that its provider can be asked about it.
    pub(super) is_begun_here: bool,
}

impl App {
    /// What the books know of `payment`; none when the order has no such payment, has reserved nothing of it and is not
    /// canceled, or another account serves it.
    pub(super) async fn check_case(
        &self,
        account: &PaymentAccount,
        id: OrderId,
        payment: &str,
    ) -> Result<Option<CheckCase>, PaymentCheckError> {
        let Some(loaded) = self.database().order(id).await? else {
            return Ok(None);
        };
        let mut case = CheckCase {
            id,
            order: loaded.order,
            shop: loaded.shop,
            account: account.clone(),
            payment: payment.to_owned(),
            reversals: Vec::new(),
        };
        let Some(first) = case.transactions().next() else {
            return Ok(None);
        };
        // Until such an order is canceled, the shop that it comes from may tell by an import that it was paid.
        if case.order.state != OrderState::Canceled && case.transactions().all(|it| it.amount.is_zero()) {
            return Ok(None);
        }
        let settings = case.shop.settings_at(ConfigScope::Store(id.store()));
        let tender = case.order.payment.tender(first.tender);
        let serving = tender.and_then(|it| it.provider_account(&settings.payment_providers.value));
        let is_serving = serving == Some(account.name.as_str());
        let mut was_begun_here = false;
        for obligation in self.database().reversals_of_order(id).await? {
            let (row, kept) = self.database().obligation_with_states(&obligation).await?;
            let Some(row) = row else {
                continue;
            };
            let owed: OwedReversal = serde_json::from_str(&row.payload)
                .map_err(|problem| PaymentCheckError::Later(problem.to_string()))?;
            let transaction = case.order.payment.transactions.get(owed.transaction);
            if transaction.is_none_or(|it| it.reference.as_deref() != Some(payment)) {
                continue;
            }
            was_begun_here |= kept.iter().any(|kept| kept.account == account.name);
            let is_begun_here = kept.last().is_some_and(|kept| kept.account == account.name);
            let is_void = row.kind == VOID;
            case.reversals.push(KnownReversal {
                owed,
                reversal: Reversal {
                    obligation,
                    owed: if is_void {
                        ReversalOperation::Void
                    } else {
                        ReversalOperation::Refund
                    },
                    entries: kept.into_iter().map(|kept| kept.entry).collect(),
                },
                row,
                is_begun_here,
            });
        }
        Ok((is_serving || was_begun_here).then_some(case))
    }
}

impl CheckCase {
    /// The authorizations and captures of the order that are this payment.
    pub(super) fn transactions(&self) -> impl Iterator<Item = &PaymentTransaction> {
        let transactions = self.order.payment.transactions.iter();
        transactions.filter(|it| it.reference.as_deref() == Some(self.payment.as_str()))
    }

    /// The currency of the payment at its provider, as the books have it.
    pub(super) fn currency(&self) -> Currency {
        let mut transactions = self.transactions();
        let first = transactions.next();
        first.map_or(self.order.currency(), PaymentTransaction::provider_currency)
    }

    /// Whether the books have the payment in another currency than the order.
    pub(super) fn is_charged(&self) -> bool {
        self.transactions().any(|it| it.charged.is_some())
    }

    /// How much more of the payment is used at the provider after `change` than `before` it, where the provider charged
    /// the buyer in another currency.
    pub(super) fn newly_used(
        &self,
        before: &Order,
        change: &Transition,
    ) -> Result<Option<Money>, MoneyError> {
        if !self.is_charged() {
            return Ok(None);
        }
        let (reference, currency) = (&self.payment, self.currency());
        let used_before = before.payment.used_at_provider(reference, currency)?;
        let used_after = change.after.payment.used_at_provider(reference, currency)?;
        used_after.checked_sub(used_before).map(Some)
    }

    /// What `there` at the provider is in the order's currency, by the rate of the payment; none where it has none.
    pub(super) fn in_books(&self, there: Money) -> Option<Money> {
        self.transactions().next()?.at_books_rate(there)
    }

    pub(super) fn captures(&self) -> impl Iterator<Item = &PaymentTransaction> {
        self.transactions()
            .filter(|it| it.kind == TransactionKind::Capture)
    }

    /// Whether the books say that others paid money of this payment back.
    pub(super) fn has_outside(&self) -> bool {
        self.captures().any(|it| it.outside.is_positive())
    }

    /// Whether the books hold money that was captured.
    pub(super) fn has_captures(&self) -> bool {
        self.captures().next().is_some()
    }

    /// Whether money that is captured in spite of a void goes back by itself, or was left to staff already. A void that
    /// staff settled by hand or abandoned stays so, and money that is captured after it does not go back.
    fn takes_back_capture(&self) -> bool {
        let mut voids = self
            .reversals
            .iter()
            .filter(|it| it.reversal.owed == ReversalOperation::Void);
        voids.any(|it| {
            let is_reopened = it.was_booked_here() && !self.has_captures();
            let goes_back = it.row.state != MET || it.reversal.has_met_capture() || is_reopened;
            goes_back && !it.is_abandoned()
        })
    }

    /// What the payment has that the books do not have, with the amount that it is about, in the currency of the payment.
    pub(super) fn differences(
        &self,
        payment: &ProviderPayment,
    ) -> Result<Vec<(PaymentMatter, Option<Money>)>, PaymentCheckError> {
        let failed = |problem: MoneyError| PaymentCheckError::Later(problem.to_string());
        let mut found = Vec::new();
        if payment.is_disputed {
            found.push((PaymentMatter::Disputed, None));
        }
        if payment.captured.currency() != self.currency() {
            found.push((PaymentMatter::OtherCurrency, None));
            return Ok(found);
        }
        let outside = payment
            .refunded
            .checked_sub(self.known_refunds()?)
            .map_err(failed)?;
        if outside.is_positive() {
            found.push((PaymentMatter::RefundedOutside, Some(outside)));
        }
        let kept = self.captured().map_err(failed)?;
        let unknown = payment.captured.checked_sub(kept).map_err(failed)?;
        let left = payment.captured.checked_sub(payment.refunded).map_err(failed)?;
        let is_canceled = self.order.state == OrderState::Canceled;
        if is_canceled && unknown.is_positive() && left.is_positive() && !self.takes_back_capture() {
            found.push((PaymentMatter::CapturedAfterCancellation, Some(unknown)));
        }
        Ok(found)
    }

    /// Whether the provider captured exactly what the books say, so that what went back there went back of that.
    pub(super) fn is_all_captured(&self, payment: &ProviderPayment) -> Result<bool, MoneyError> {
        Ok(self.captured()? == payment.captured)
    }

    /// The oldest refund that staff abandoned, and that the provider does not have, of at most `amount`.
    pub(super) fn abandoned_refund_within(&self, amount: Money) -> Option<&KnownReversal> {
        self.refund_within(amount, |it| it.is_abandoned() && !it.reversal.is_at_provider())
    }

    /// The refunds that staff abandoned, and that the provider has, or may have, of at most `amount`, oldest first.
    pub(super) fn unknown_abandoned_within(&self, amount: Money) -> Vec<&KnownReversal> {
        let unknown = self.reversals.iter().filter(|it| {
            let is_unknown = it.is_abandoned() && it.reversal.is_at_provider();
            is_unknown && it.reversal.owed.is_refund() && self.amount_there(it).minor() <= amount.minor()
        });
        unknown.collect()
    }

    /// The oldest refund that is owed, and that the provider does not have, of at most `amount`.
    pub(super) fn open_refund_within(&self, amount: Money) -> Option<&KnownReversal> {
        self.refund_within(amount, |it| it.is_open() && !it.reversal.is_at_provider())
    }

    fn refund_within(
        &self,
        amount: Money,
        is_wanted: impl Fn(&KnownReversal) -> bool,
    ) -> Option<&KnownReversal> {
        let mut refunds = self.reversals.iter().filter(|it| is_wanted(it));
        refunds.find(|it| {
            let there = self.amount_there(it);
            it.reversal.owed == ReversalOperation::Refund && there.minor() <= amount.minor()
        })
    }

    /// The captured money in the books, in the currency of the payment.
    pub(super) fn captured(&self) -> Result<Money, MoneyError> {
        let captures = self.captures().map(PaymentTransaction::at_provider);
        Money::sum(self.currency(), captures)
    }

    /// The money that went back by the books, or that the program asked the provider to pay back, in the currency of the
    /// payment.
    pub(super) fn known_refunds(&self) -> Result<Money, PaymentCheckError> {
        let failed = |problem: MoneyError| PaymentCheckError::Later(problem.to_string());
        let used = self.captures().map(PaymentTransaction::used_at_provider);
        let mut known = Money::sum(self.currency(), used).map_err(failed)?;
        for reversal in &self.reversals {
            let amount = self.amount_there(reversal);
            // What staff abandoned counts as not moved; a look-up tells if it has.
            let is_refund_here = !reversal.is_abandoned()
                && reversal.reversal.is_at_provider()
                && reversal
                    .reversal
                    .entries
                    .last()
                    .is_some_and(|last| last.call.operation.is_refund());
            known = match reversal.reversal.owed {
                // A refund that is owed and that the provider does not have is in the books only.
                ReversalOperation::Refund if reversal.row.state != MET && !is_refund_here => {
                    known.checked_sub(amount).map_err(failed)?
                }
                // A void that became a refund is no refund of a capture in the books.
                ReversalOperation::Void | ReversalOperation::Either if is_refund_here => {
                    known.checked_add(amount).map_err(failed)?
                }
                ReversalOperation::Refund | ReversalOperation::Void | ReversalOperation::Either => known,
            };
        }
        Ok(known)
    }

    /// The amount of a void or a refund, in the order's currency.
    pub(super) fn amount(&self, known: &KnownReversal) -> Money {
        Money::new(known.owed.amount, self.order.currency())
    }

    /// The amount of a void or a refund at the provider.
    pub(super) fn amount_there(&self, known: &KnownReversal) -> Money {
        known.owed.at_provider(self.order.currency())
    }

    /// The state `entry` of a void or a refund, to be written after those that are known.
    pub(super) fn new_state<'a>(&'a self, known: &'a KnownReversal, entry: ReversalEntry) -> NewState<'a> {
        NewState {
            order: self.id,
            shop: &self.shop,
            account: &self.account.name,
            owed: known.owed,
            reversal: &known.reversal,
            entry,
            request_body: None,
        }
    }

    /// The request of `call`, as it was sent.
    pub(super) fn request(&self, known: &KnownReversal, call: ReversalCall) -> ReversalRequest {
        ReversalRequest {
            key: known.reversal.key(call),
            operation: call.operation,
            payment: self.payment.clone(),
            amount: self.amount_there(known),
            order: self.order.number.clone(),
            reference: known.reversal.reference_of(call).map(str::to_owned),
        }
    }
}

impl KnownReversal {
    /// The provider's id of the refund of others in whose place it is owed, because that one failed; none where it was
    /// decided here.
    pub(super) fn failed_of_others(&self) -> Option<&str> {
        let first = self.reversal.entries.first()?;
        // A request of the program is written down before it can fail.
        let has_failed = matches!(first.state, ReversalState::Failed | ReversalState::Canceled);
        first.reference.as_deref().filter(|_| has_failed)
    }

    /// The states of the program's own requests.
    pub(super) fn own_entries(&self) -> impl Iterator<Item = &ReversalEntry> {
        let of_others = usize::from(self.failed_of_others().is_some());
        self.reversal.entries.iter().skip(of_others)
    }

    /// Whether the program booked it by itself. What staff settled by hand is not opened again.
    pub(super) fn was_booked_here(&self) -> bool {
        let entries = &self.reversal.entries;
        let booked = entries
            .iter()
            .rfind(|entry| entry.state == ReversalState::Succeeded);
        let (Some(last), Some(booked)) = (entries.last(), booked) else {
            return false;
        };
        let is_its_receipt = self.row.receipt == booked.reference.as_deref().unwrap_or_default();
        // What follows the success is written after the booking, and staff can only settle after that.
        let is_of_then =
            last.state == ReversalState::Succeeded || self.row.met_at.is_some_and(|at| at < last.at);
        self.is_begun_here && self.row.state == MET && is_its_receipt && is_of_then
    }

    /// Whether its money is still owed.
    pub(super) fn is_open(&self) -> bool {
        self.row.state != MET && !self.is_abandoned()
    }

    /// Whether staff ended it, although its money has not moved.
    pub(super) fn is_abandoned(&self) -> bool {
        self.row.state == ABANDONED
    }

    /// Whether the last state is that the money has moved.
    pub(super) fn has_succeeded(&self) -> bool {
        self.reversal.state() == Some(ReversalState::Succeeded)
    }
}
