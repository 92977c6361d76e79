//! What a payment has at its provider that the books do not have: money that others paid back is booked, money that was
//! captured after the cancellation goes back (`late_capture.rs`), and the rest is told to staff.

use std::future::ready;
use std::time::Instant;

use countermand_domain::{
    Actor, Money, OutsideRefund, ReversalOperation, ReversalState, SettledMatter, Settlement,
};
use countermand_persistence::{Ending, SettledObligation};

use super::check::PaymentCheckError;
use super::check_case::{CheckCase, KnownReversal};
use super::refunds_of_others::{RefundOfOthers, next_to_book, told_about};
use super::reported::later;
use super::told::{paid_back_there, problem_of};
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::{BookedRefund, LEASE, PaymentMatter, PaymentProblem};
use crate::order_command::{Decision, OrderCommand, Subject};
use crate::ports::{PaymentProvider, ProviderAnswer, ProviderPayment};
use crate::viewer::Viewer;

/// The most refunds of others that one look books or owes; each of them is a change of the order.
const MOST_BOOKED: usize = 20;

impl App {
    /// Books or tells what others did at the provider, and owes what they paid back by a refund that failed since. Another
    /// server may have moved money after the books were read and before the payment was, so only a difference that stays
    /// after a second look at the books counts.
    pub(super) async fn check_totals(
        &self,
        case: &CheckCase,
        payment: &ProviderPayment,
        provider: &dyn PaymentProvider,
    ) -> Result<(), PaymentCheckError> {
        let is_missing = case.missing_refunds(payment)?.is_some();
        let has_difference = !case.differences(payment)?.is_empty() || case.has_outside() || is_missing;
        let is_told = self.has_told_refund(case).await?;
        if !has_difference && !is_told {
            return Ok(());
        }
        let begun_at = Instant::now();
        for _ in 0..MOST_BOOKED {
            let Some(newer) = self.check_case(&case.account, case.id, &case.payment).await? else {
                return Ok(());
            };
            let payment = if provider.capabilities().reads_payments {
                *payment
            } else {
                // What was told is about the books, too, so it is put together anew with the newer ones.
                self.known_payment(&newer, provider).await?.unwrap_or(*payment)
            };
            let differences = newer.differences(&payment)?;
            // What follows may wait for another refund of the payment, and these need not.
            for (matter, amount) in &differences {
                if matches!(matter, PaymentMatter::Disputed | PaymentMatter::OtherCurrency) {
                    self.tell(&newer, *matter, *amount, None).await?;
                }
            }
            let amount_of = |wanted: PaymentMatter| {
                let found = differences.iter().find(|(matter, _)| *matter == wanted);
                found.and_then(|(_, amount)| *amount)
            };
            let outside = amount_of(PaymentMatter::RefundedOutside);
            let of_others = if outside.is_some() || newer.has_outside() || is_told {
                self.refunds_of_others(&newer, provider).await?
            } else {
                None
            };
            if let Some(of_others) = &of_others
                && (self.owe_failed_of_others(&newer, of_others).await?
                    || self.tell_failed_of_others(&newer, of_others).await?)
            {
                continue;
            }
            if self.owe_settled_by_others(&newer, &payment, provider).await? {
                continue;
            }
            if let Some(amount) = outside {
                // A refund may have failed before the books were read, and would count as one of others.
                let again = self.known_payment(&newer, provider).await?;
                if again.is_none_or(|again| again.refunded != payment.refunded) {
                    return Err(PaymentCheckError::Later(
                        "the payment changes at the moment".into(),
                    ));
                }
                let of_others = of_others.as_deref();
                if self
                    .book_outside(&newer, &payment, amount, of_others, (provider, begun_at))
                    .await?
                {
                    continue;
                }
            } else if let Some(amount) = amount_of(PaymentMatter::CapturedAfterCancellation)
                && self.refund_late_capture(&newer, &payment, amount).await?
            {
                continue;
            }
            for (matter, amount) in differences {
                if let (PaymentMatter::CapturedAfterCancellation, Some(unknown)) = (matter, amount)
                    && self.is_of_other_orders(&newer, unknown).await?
                {
                    continue;
                }
                let of_others = of_others.as_deref();
                let about = told_about(matter, amount, of_others).map_err(later)?;
                self.tell(&newer, matter, amount, about).await?;
            }
            return Ok(());
        }
        Err(PaymentCheckError::Later("others paid back many amounts".into()))
    }

    /// Books money that others paid back, as far as one change of the order does it: one refund, where the provider lists
    /// those `of_others`. False where the books cannot take it: the payment belongs to several orders, the provider
    /// captured another amount than the books say, the money is owed back already and something is left at the provider,
    /// the outcome of an abandoned refund is not known, or no listed refund explains it.
    async fn book_outside(
        &self,
        case: &CheckCase,
        payment: &ProviderPayment,
        amount: Money,
        of_others: Option<&[RefundOfOthers]>,
        (provider, begun_at): (&dyn PaymentProvider, Instant),
    ) -> Result<bool, PaymentCheckError> {
        let Some(viewer) = Viewer::of_system(&case.shop, case.id) else {
            return Ok(false);
        };
        if self.is_shared(case).await? || !case.is_all_captured(payment).map_err(later)? {
            return Ok(false);
        }
        let (reference, part) = match of_others {
            None => (None, amount),
            Some(of_others) => match next_to_book(of_others, amount).map_err(later)? {
                Some((it, part)) => (Some(it.refund.reference.clone()), part),
                None => return Ok(false),
            },
        };
        let command = OrderCommand::of_system(&viewer, "paymentProvider");
        if let Some(known) = case.abandoned_refund_within(amount) {
            self.adopt_outside(case, known, &command).await?;
            return Ok(true);
        }
        // Where nothing is left, the program can never carry out what it owes.
        if payment.refunded == payment.captured
            && let Some(known) = case.open_refund_within(amount)
            && !self.is_there_after_all(case, known, provider).await?
        {
            self.settle_outside(case, known, &command).await?;
            return Ok(true);
        }
        // Others may have paid it back in place of such a refund, whose own money may still move.
        let unknown = case.unknown_abandoned_within(amount);
        if !unknown.is_empty() {
            let lost = self.first_surely_lost(case, &unknown, payment, provider, begun_at);
            let Some(known) = lost.await? else {
                return Ok(false);
            };
            self.adopt_outside(case, known, &command).await?;
            return Ok(true);
        }
        let zero = Money::zero(case.order.currency());
        let in_books = case.order.payment.outside_in_books(&case.payment, part, zero);
        let in_books = in_books.map_err(later)?;
        let bookable = case.order.bookable_outside_refund(&case.payment, in_books);
        let bookable = bookable.map_err(later)?;
        if !bookable.is_positive() {
            return Ok(false);
        }
        let there = (case.is_charged() && bookable == in_books).then_some(part);
        let refund = OutsideRefund {
            payment: case.payment.clone(),
            amount: bookable,
            charged: there,
            note: paid_back_there(case, there.unwrap_or(bookable)),
            reference,
        };
        let changed = self.change_order::<UserError, _, _, _>(&command, case.id, |subject| {
            ready(self.booked_outside(case, &subject, &refund, &command.actor))
        });
        booked(changed.await)?;
        Ok(true)
    }

    /// Whether the payment belongs to several orders.
    pub(super) async fn is_shared(&self, case: &CheckCase) -> Result<bool, AppError> {
        let references = std::slice::from_ref(&case.payment);
        Ok(self.database().orders_of_payment(references).await?.len() > 1)
    }

    /// The change that books the refund by a credit memo, and owes staff a look at it.
    fn booked_outside(
        &self,
        case: &CheckCase,
        subject: &Subject,
        refund: &OutsideRefund,
        actor: &Actor,
    ) -> Result<Decision, Failure<UserError>> {
        check_unchanged(case, subject)?;
        let change = subject.order.book_outside_refund(refund, actor, self.now());
        let transition = change.map_err(|problem| AppError::Internal(problem.to_string()))?;
        let charged = case.newly_used(&subject.order, &transition);
        let charged = charged.map_err(|problem| AppError::Internal(problem.to_string()))?;
        let memo = transition.after.credit_memos.last();
        let booked = refund.reference.as_ref().map(|reference| BookedRefund {
            reference: reference.clone(),
            amount: refund.amount.minor(),
            charged: charged.map(Money::minor),
        });
        let problem = PaymentProblem {
            credit_memo: memo.map(|memo| memo.number.clone()),
            refund: booked,
            ..problem_of(
                case,
                PaymentMatter::RefundedOutside,
                Some(refund.charged.unwrap_or(refund.amount)),
            )
        };
        Ok(Decision {
            owes: vec![self.owed_look(case, &problem)?],
            ..Decision::from(transition)
        })
    }

    /// Settles a refund that staff abandoned, because others paid its money back. The history and the refund have the same
    /// time, by which it is known that others did so.
    async fn adopt_outside(
        &self,
        case: &CheckCase,
        known: &KnownReversal,
        command: &OrderCommand<'_>,
    ) -> Result<(), PaymentCheckError> {
        let changed = self.change_order::<UserError, _, _, _>(command, case.id, |subject| async move {
            check_unchanged(case, &subject)?;
            let states = self.database().reversal_entries(&[known.row.id.as_str()]).await?;
            if states.len() != known.reversal.entries.len() {
                let message = "the payment provider said something else meanwhile";
                return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
            }
            let amount = case.amount(known);
            let settlement = Settlement {
                matter: SettledMatter::Adopted {
                    reversal: ReversalOperation::Refund,
                    transaction: known.owed.transaction,
                    amount,
                },
                note: paid_back_there(case, case.amount_there(known)),
                reference: Some(case.payment.clone()),
            };
            let change = subject.order.settle(settlement, &command.actor, self.now());
            let transition = change.map_err(|problem| AppError::Internal(problem.to_string()))?;
            Ok(Decision {
                settles: Some(SettledObligation {
                    id: known.row.id.clone(),
                    receipt: case.payment.clone(),
                    at: transition.event.at,
                    ending: Ending::Adopted,
                }),
                ..Decision::from(transition)
            })
        });
        booked(changed.await)
    }

    /// Whether the provider has the refund, although its last state in the books is that it has not.
    async fn is_there_after_all(
        &self,
        case: &CheckCase,
        known: &KnownReversal,
        provider: &dyn PaymentProvider,
    ) -> Result<bool, PaymentCheckError> {
        let Some(last) = known.own_entries().last() else {
            return Ok(false);
        };
        let request = case.request(known, last.call);
        let answer = self.ask_about(&case.account, provider, &request).await?;
        Ok(match answer {
            Some(ProviderAnswer::Accepted { state, .. }) => {
                !matches!(state, ReversalState::Failed | ReversalState::Canceled)
            }
            Some(ProviderAnswer::Refused { .. }) | None => false,
        })
    }

    /// Settles a refund that is owed, because others paid its money back, and owes staff a look at it. No worker may
    /// begin it meanwhile. The history and the refund have the same time, by which it is known that others did so.
    async fn settle_outside(
        &self,
        case: &CheckCase,
        known: &KnownReversal,
        command: &OrderCommand<'_>,
    ) -> Result<(), PaymentCheckError> {
        let id = known.row.id.as_str();
        let Some(held) = self.database().hold_obligation(id, LEASE).await? else {
            return Err(PaymentCheckError::Later("a worker is at the refund".into()));
        };
        let changed = self.change_order::<UserError, _, _, _>(command, case.id, |subject| async move {
            check_unchanged(case, &subject)?;
            let states = self.database().reversal_entries(&[id]).await?;
            if states.len() != known.reversal.entries.len() {
                let message = "the refund was sent meanwhile";
                return Err(UserError::about("id", UserErrorCode::InProgress, message).into());
            }
            let (transaction, amount) = (known.owed.transaction, case.amount(known));
            let settlement = Settlement {
                matter: SettledMatter::Refund { transaction, amount },
                note: paid_back_there(case, case.amount_there(known)),
                reference: Some(case.payment.clone()),
            };
            let change = subject.order.settle(settlement, &command.actor, self.now());
            let transition = change.map_err(|problem| AppError::Internal(problem.to_string()))?;
            let problem = PaymentProblem {
                settles: Some(id.to_owned()),
                ..problem_of(
                    case,
                    PaymentMatter::RefundedOutside,
                    Some(case.amount_there(known)),
                )
            };
            let owed = self.owed_look(case, &problem)?;
            // It was settled so before, where that refund of others failed.
            let is_told = self.database().has_obligation(&owed.unique_key).await?;
            Ok(Decision {
                settles: Some(SettledObligation {
                    id: id.to_owned(),
                    receipt: case.payment.clone(),
                    at: transition.event.at,
                    ending: Ending::Met,
                }),
                owes: Some(owed).filter(|_| !is_told).into_iter().collect(),
                ..Decision::from(transition)
            })
        });
        let settled = booked(changed.await);
        if settled.is_err() {
            self.database().release_obligation(&held).await?;
        }
        settled
    }
}

/// Refuses to book what was found in an older version of the order: the payment is compared again.
pub(super) fn check_unchanged(case: &CheckCase, subject: &Subject) -> Result<(), UserError> {
    if subject.order.version == case.order.version {
        return Ok(());
    }
    let message = "the order changed meanwhile";
    Err(UserError::about("id", UserErrorCode::InProgress, message))
}

/// Whether the change was made; a refusal says that the payment is to be compared again.
pub(super) fn booked<T>(changed: Result<T, Failure<UserError>>) -> Result<(), PaymentCheckError> {
    match changed {
        Ok(_) => Ok(()),
        Err(Failure::Refused(refusal)) => Err(PaymentCheckError::Later(refusal.message)),
        Err(Failure::App(problem)) => Err(problem.into()),
    }
}
