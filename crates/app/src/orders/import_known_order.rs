//! Imports a newer version of an order that was changed here. The version does not replace the order, but two of its
//! facts count: that an open invoice is paid, and that a canceled order was shipped, paid or refunded all the same.

use countermand_domain::{Money, MoneyError, OpenInvoiceRequest, Order, Transition};
use countermand_persistence::{KnownOrder, LocalWork, OrderChange};

use crate::App;
use crate::error::AppError;
use crate::failure::{Failure, Refusal};
use crate::journal;
use crate::obligations::{CausingChange, ChangedUpstream, ObligationKind};
use crate::orders::import_orders::ImportTarget;
use crate::orders::import_summary::ImportSummary;
use crate::rights::StaffOperation;

/// What an import did with an order that was changed here.
enum Done {
    /// The order stays as it is.
    Skipped,
    /// The order stays as it is, although this happened there.
    Missed(String),
    /// The invoices with these numbers are paid.
    Paid(Vec<String>),
    /// The order is canceled here, and this happened there.
    Told(String),
}

/// The order's amounts cannot be compared with those of the import.
struct Incomparable(MoneyError);

impl Refusal for Incomparable {
    fn code(&self) -> &'static str {
        "INCOMPARABLE"
    }
}

impl From<MoneyError> for Incomparable {
    fn from(problem: MoneyError) -> Self {
        Self(problem)
    }
}

impl App {
    /// Takes from `there` what counts for the order `known`, with which `work` was done here.
    pub(crate) async fn import_known_order(
        &self,
        known: &KnownOrder,
        work: LocalWork,
        there: &Order,
        target: &ImportTarget,
        summary: &mut ImportSummary,
    ) -> Result<(), AppError> {
        let done = self.retry_on_conflict(AppError::OrderContended, || {
            self.take_from_import(known, work, there, target)
        });
        match done.await {
            Ok(Done::Skipped) => summary.skipped += 1,
            Ok(Done::Missed(what)) => {
                summary.skipped += 1;
                summary.note(
                    &there.number,
                    &[format!("was changed here and is not replaced; {what}")],
                );
            }
            Ok(Done::Paid(numbers)) => {
                summary.updated += 1;
                let note = format!(
                    "was changed here and is not replaced; paid now: {}",
                    numbers.join(", ")
                );
                summary.note(&there.number, &[note]);
            }
            Ok(Done::Told(what)) => {
                summary.needs_attention += 1;
                summary.note(&there.number, &[format!("canceled here, {what}")]);
            }
            Err(Failure::Refused(Incomparable(problem))) => {
                summary.skipped += 1;
                let note = format!("was changed here, and cannot be compared: {problem}");
                summary.note(&there.number, &[note]);
            }
            Err(Failure::App(problem)) => return Err(problem),
        }
        Ok(())
    }

    async fn take_from_import(
        &self,
        known: &KnownOrder,
        work: LocalWork,
        there: &Order,
        target: &ImportTarget,
    ) -> Result<Done, Failure<Incomparable>> {
        if !may_count(known, work, there) && there.updated_at <= known.updated_at {
            return Ok(Done::Skipped);
        }
        let loaded = self.database().order(known.id).await?;
        let Some(loaded) = loaded else {
            return Ok(Done::Skipped);
        };
        let here = &loaded.order;
        let refused = |problem: MoneyError| Failure::Refused(Incomparable(problem));
        let refunded_here = Money::new(work.refunded, here.currency());
        let (transition, done) = if work.is_canceled {
            let change = here.upstream_change(there, refunded_here).map_err(refused)?;
            let Some(change) = change else {
                return Ok(Done::Skipped);
            };
            let key = ChangedUpstream::of(&change).unique_key(here);
            if self.database().has_obligation(&key).await? {
                return Ok(Done::Skipped);
            }
            let told = here.note_upstream_change(change, &target.actor, self.now());
            (told, Done::Told(change.to_string()))
        } else {
            match self.payment_in(here, there, target).map_err(refused)? {
                Some(paid) if known.has_open_invoice => paid,
                _ => {
                    let missed = here.upstream_change(there, refunded_here).map_err(refused)?;
                    return Ok(missed.map_or(Done::Skipped, |change| Done::Missed(change.to_string())));
                }
            }
        };
        let shop = &loaded.shop;
        let change = OrderChange {
            obligations: ObligationKind::owed_by(
                self,
                &CausingChange {
                    transition: &transition,
                    shop,
                },
            )?,
            ..OrderChange::new(here, &transition, &target.origin, || self.env().next_id())
        };
        self.database().apply(&change).await?;
        journal::order_changed(StaffOperation::ImportOrders.name(), shop, &change);
        Ok(done)
    }

    /// The payment of the open invoices of `here`, if `there` says that all that is invoiced here is paid.
    fn payment_in(
        &self,
        here: &Order,
        there: &Order,
        target: &ImportTarget,
    ) -> Result<Option<(Transition, Done)>, MoneyError> {
        let paid = there.totals.paid.unwrap_or(Money::zero(there.currency()));
        if here.totals.invoiced.checked_sub(paid)?.is_positive() {
            return Ok(None);
        }
        let reference = there
            .payment
            .transactions
            .last()
            .and_then(|it| it.reference.clone());
        let request = OpenInvoiceRequest {
            number: None,
            reference,
        };
        let numbers = here
            .open_invoices()
            .map(|invoice| invoice.number.clone())
            .collect();
        let paid = here.pay_invoice(&request, &target.actor, self.now()).ok();
        Ok(paid.map(|transition| (transition, Done::Paid(numbers))))
    }
}

/// Whether the order must be read for a comparison. Most orders of a repeated import need not.
fn may_count(known: &KnownOrder, work: LocalWork, there: &Order) -> bool {
    let is_paid_more = there.totals.paid.map_or(0, Money::minor) > known.paid;
    if work.is_canceled {
        is_paid_more || there.has_shipment() || there.totals.refunded.is_positive()
    } else {
        known.has_open_invoice && is_paid_more
    }
}
