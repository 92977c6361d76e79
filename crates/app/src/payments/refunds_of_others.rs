//! Refunds that others made at a payment provider, one by one: each is booked with the provider's id, and is owed here once
//! it has failed.

use std::future::ready;

use countermand_domain::{
    Charged, FailedReversal, FailureAudience, Money, MoneyError, ReversalCall, ReversalEntry,
    ReversalFailure, ReversalOperation, ReversalState,
};
use countermand_persistence::{KeptReversalEntry, NewReversalEntry, OwedReversal};
use uuid::Uuid;

use super::check::PaymentCheckError;
use super::check_case::CheckCase;
use super::difference::{booked, check_unchanged};
use super::reported::later;
use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::obligations::{BookedRefund, ObligationKind, PaymentMatter, PaymentProblem, Refund};
use crate::order_command::{Decision, OrderCommand, Subject};
use crate::ports::{PaymentProvider, ProviderRefund};
use crate::viewer::Viewer;

/// A refund that others made, as its provider lists it.
pub(super) struct RefundOfOthers {
    pub(super) refund: ProviderRefund,
    /// How much of it the books have as paid back, in the currency of the payment.
    booked: Money,
    /// The same in the order's currency.
    in_books: Money,
}

/// A refund that is owed, because one of others failed that the books had.
struct OwedInstead {
    /// The id of its obligation.
    id: Uuid,
    owed: OwedReversal,
    /// Its first state: the failure of the other one.
    failure: ReversalEntry,
}

impl App {
    /// The refunds that others made of the payment, newest first. None where the provider does not list refunds.
    pub(super) async fn refunds_of_others(
        &self,
        case: &CheckCase,
        provider: &dyn PaymentProvider,
    ) -> Result<Option<Vec<RefundOfOthers>>, PaymentCheckError> {
        let Some(listed) = self.listed_refunds(case, provider).await? else {
            return Ok(None);
        };
        let told = self.problems_of(case).await?.into_iter();
        let known: Vec<_> = told.filter_map(|it| it.refund).collect();
        let currency = case.currency();
        let of_others = listed
            .into_iter()
            .filter(|it| it.amount.currency() == currency && case.call_of(&it.key, &it.reference).is_none());
        let of_others = of_others.map(|refund| {
            let booked = case.booked_of(&refund.reference, &known);
            booked.map(|(booked, in_books)| RefundOfOthers {
                refund,
                booked,
                in_books,
            })
        });
        let of_others: Result<Vec<_>, MoneyError> = of_others.collect();
        Ok(Some(of_others.map_err(later)?))
    }

    /// What staff was told of the payment, looked at or not.
    pub(super) async fn problems_of(
        &self,
        case: &CheckCase,
    ) -> Result<Vec<PaymentProblem>, PaymentCheckError> {
        let kind = ObligationKind::PaymentProblem.code();
        let mut problems = Vec::new();
        for payload in self.database().payloads_of_order(case.id, kind).await? {
            let problem: PaymentProblem = serde_json::from_str(&payload)
                .map_err(|problem| PaymentCheckError::Later(problem.to_string()))?;
            if problem.account == case.account.name && problem.payment == case.payment {
                problems.push(problem);
            }
        }
        Ok(problems)
    }

    /// Owes what the books have of a refund of others that failed since, as far as one change of the order does it; false
    /// where no such refund is left. Nothing is sent before staff says so.
    pub(super) async fn owe_failed_of_others(
        &self,
        case: &CheckCase,
        of_others: &[RefundOfOthers],
    ) -> Result<bool, PaymentCheckError> {
        let mut failed = of_others
            .iter()
            .filter(|it| !it.counts() && it.booked.is_positive());
        let Some(RefundOfOthers {
            refund,
            booked: there,
            in_books,
        }) = failed.next()
        else {
            return Ok(false);
        };
        let payment = &case.order.payment;
        let part = payment
            .paid_back_outside(&case.payment, *in_books)
            .map_err(later)?;
        let (Some((transaction, amount)), Some(viewer)) = (part, Viewer::of_system(&case.shop, case.id))
        else {
            return Ok(false);
        };
        let instead = OwedInstead {
            id: self.env().next_id(),
            owed: OwedReversal {
                transaction,
                amount: amount.minor(),
                charged: case.is_charged().then(|| {
                    let whole = Charged::new(*there);
                    whole.part(*in_books, Money::zero(amount.currency()), amount)
                }),
            },
            failure: ReversalEntry {
                at: self.now(),
                // It was never sent: the next key is that of the second generation.
                call: ReversalCall {
                    operation: ReversalOperation::Refund,
                    generation: 1,
                },
                state: refund.state,
                reference: Some(refund.reference.clone()),
                refusal: None,
                detail: why_failed(refund),
            },
        };
        let command = OrderCommand::of_system(&viewer, "paymentProvider");
        let changed = self.change_order::<UserError, _, _, _>(&command, case.id, |subject| {
            ready(self.owed_instead(case, &subject, &instead))
        });
        booked(changed.await)?;
        Ok(true)
    }

    /// The change that owes the refund, with the event that tells it.
    fn owed_instead(
        &self,
        case: &CheckCase,
        subject: &Subject,
        instead: &OwedInstead,
    ) -> Result<Decision, Failure<UserError>> {
        check_unchanged(case, subject)?;
        let OwedInstead { id, owed, failure } = instead;
        let tender = subject.order.payment.tender_of(owed.transaction);
        let failed = FailedReversal {
            obligation: id.to_string(),
            is_refund: true,
            tender: tender.map_or(0, |it| it.position),
            account: case.account.name.clone(),
            amount: Money::new(owed.amount, subject.order.currency()),
            reason: ReversalFailure::of(failure).unwrap_or(ReversalFailure::Failed),
            was_refunded: true,
            is_by_others: true,
            // No mail told the buyer of a refund that others made.
            audience: FailureAudience::Shop,
        };
        let change = subject.order.fail_reversal(owed.transaction, failed, self.now());
        let transition = change.map_err(|problem| AppError::Internal(problem.to_string()))?;
        let state = KeptReversalEntry {
            obligation: id.to_string(),
            account: case.account.name.clone(),
            entry: failure.clone(),
            request_body: None,
        };
        Ok(Decision {
            provider_state: Some(NewReversalEntry {
                kept: state,
                known: 0,
            }),
            owes: vec![self.owe(&Refund(*owed), *id, Some(case.id), self.now())?],
            ..Decision::from(transition)
        })
    }
}

impl RefundOfOthers {
    /// Whether its money moved, or may still move.
    pub(super) fn counts(&self) -> bool {
        !matches!(self.refund.state, ReversalState::Failed | ReversalState::Canceled)
    }
}

impl CheckCase {
    /// How much of the refund with this id, which others made, the books have as paid back, in the currency of the payment
    /// and in that of the order. `known` are the refunds of others of this payment that were booked. What failed since is
    /// owed in their place.
    fn booked_of(&self, reference: &str, known: &[BookedRefund]) -> Result<(Money, Money), MoneyError> {
        let (currency, own_currency) = (self.currency(), self.order.currency());
        let known = known.iter().filter(|it| it.reference == reference);
        let booked = Money::sum(currency, known.clone().map(|it| it.at_provider(currency)))?;
        let in_books = Money::sum(own_currency, known.map(|it| Money::new(it.amount, own_currency)))?;
        let instead = self.reversals.iter();
        let instead = instead.filter(|it| it.failed_of_others() == Some(reference));
        let owed = Money::sum(currency, instead.clone().map(|it| self.amount_there(it)))?;
        let owed_in_books = Money::sum(own_currency, instead.map(|it| self.amount(it)))?;
        Ok((booked.checked_sub(owed)?, in_books.checked_sub(owed_in_books)?))
    }
}

/// The refund to book next of those that make up `amount`, and how much of it: the oldest one of the newest refunds that
/// are together at most `amount`, or a part of the newest refund where each is more. None where none is left to book.
pub(super) fn next_to_book(
    of_others: &[RefundOfOthers],
    amount: Money,
) -> Result<Option<(&RefundOfOthers, Money)>, MoneyError> {
    let (mut next, mut larger, mut left) = (None, None, amount);
    for it in of_others.iter().filter(|it| it.counts()) {
        let open = it.refund.amount.checked_sub(it.booked)?;
        if !open.is_positive() {
            continue;
        }
        if open.minor() <= left.minor() {
            left = left.checked_sub(open)?;
            next = Some((it, open));
        } else if larger.is_none() {
            larger = Some((it, amount));
        }
    }
    Ok(next.or(larger))
}

/// The provider's id of the refund that staff is told of, where others paid `amount` back: the one that would be booked.
/// None where the provider does not list those `of_others`, or lists none that explains the amount.
pub(super) fn told_about(
    matter: PaymentMatter,
    amount: Option<Money>,
    of_others: Option<&[RefundOfOthers]>,
) -> Result<Option<String>, MoneyError> {
    let (PaymentMatter::RefundedOutside, Some(amount), Some(of_others)) = (matter, amount, of_others) else {
        return Ok(None);
    };
    let next = next_to_book(of_others, amount)?;
    Ok(next.map(|(it, _)| it.refund.reference.clone()))
}

/// Why a refund of others moved no money, as staff reads it.
fn why_failed(refund: &ProviderRefund) -> String {
    let told = format!(
        "refund {} of others {} after it was booked",
        refund.reference,
        end_of(refund)
    );
    with_detail(told, refund)
}

/// How a refund of others ended that moved no money, as staff reads it.
pub(super) fn told_end(refund: &ProviderRefund) -> String {
    with_detail(end_of(refund).to_owned(), refund)
}

fn end_of(refund: &ProviderRefund) -> &'static str {
    if refund.state == ReversalState::Canceled {
        "was canceled"
    } else {
        "failed"
    }
}

/// `told` with the provider's words, where it gave some.
fn with_detail(told: String, refund: &ProviderRefund) -> String {
    if refund.detail.is_empty() {
        told
    } else {
        format!("{told}: {}", refund.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, "USD".parse().expect("a currency"))
    }

    fn of_others(reference: &str, amount: i64, state: ReversalState, booked: i64) -> RefundOfOthers {
        RefundOfOthers {
            refund: ProviderRefund {
                reference: reference.into(),
                key: String::new(),
                amount: usd(amount),
                state,
                detail: String::new(),
            },
            booked: usd(booked),
            in_books: usd(booked),
        }
    }

    #[test]
    fn refunds_are_booked_from_the_oldest_one_of_those_that_make_up_the_amount() {
        use ReversalState::{Failed, Pending, Succeeded};
        let all = [
            of_others("re_4", 300, Pending, 0),
            of_others("re_3", 900, Failed, 0),
            of_others("re_2", 500, Succeeded, 0),
            of_others("re_1", 200, Succeeded, 200),
        ];
        let next = |amount| {
            let next = next_to_book(&all, usd(amount)).expect("one currency");
            next.map(|(it, part)| (it.refund.reference.as_str(), part.minor()))
        };
        assert_eq!(next(800), Some(("re_2", 500)));
        assert_eq!(next(500), Some(("re_4", 300)), "the newest ones count first");
        assert_eq!(next(300), Some(("re_4", 300)));
        assert_eq!(next(100), Some(("re_4", 100)), "a part, because each is more");
        let booked = [of_others("re_1", 200, Succeeded, 200)];
        assert!(next_to_book(&booked, usd(100)).expect("one currency").is_none());
    }
}
