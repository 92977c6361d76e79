//! Imports a newer version of an order that was changed here. The version does not replace the order, but two of its
//! facts count: that open invoices are paid, and that the order was shipped, paid or refunded beyond what is known
//! here.

use countermand_domain::{Money, MoneyError, Order, Transition};
use countermand_persistence::{KnownOrder, LocalWork, OrderChange};

use crate::App;
use crate::error::AppError;
use crate::failure::{Failure, Refusal};
use crate::journal;
use crate::obligations::{CausingChange, ChangedUpstream, ObligationKind};
use crate::orders::import_orders::ImportTarget;
use crate::orders::import_summary::ImportSummary;
use crate::rights::StaffOperation;

/// The most steps of one import of one order: a payment, and the report of what is left.
const MOST_STEPS: usize = 2;

/// A change that an import makes to an order that was changed here.
enum Step {
    /// The invoices with these numbers are paid.
    Paid(Vec<String>),
    /// The order stays as it is, and staff is told that this happened elsewhere.
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
        let kept = "was changed here and is not replaced";
        let (mut is_paid, mut is_told) = (false, false);
        if may_count(known, there) {
            for _ in 0..MOST_STEPS {
                let step = self.retry_on_conflict(AppError::OrderContended, || {
                    self.next_step(known, work, there, target)
                });
                let note = match step.await {
                    Ok(None) => break,
                    Ok(Some(Step::Paid(numbers))) => {
                        is_paid = true;
                        format!("{kept}; paid now: {}", numbers.join(", "))
                    }
                    Ok(Some(Step::Told(what))) => {
                        is_told = true;
                        if work.is_canceled {
                            format!("canceled here, {what}")
                        } else {
                            format!("{kept}; {what}")
                        }
                    }
                    Err(Failure::Refused(Incomparable(problem))) => {
                        summary.note(
                            &there.number,
                            &[format!("was changed here, and cannot be compared: {problem}")],
                        );
                        break;
                    }
                    Err(Failure::App(problem)) => return Err(problem),
                };
                summary.note(&there.number, &[note]);
            }
        }
        match (is_told, is_paid) {
            (true, _) => summary.needs_attention += 1,
            (false, true) => summary.updated += 1,
            (false, false) => summary.skipped += 1,
        }
        Ok(())
    }

    /// Makes the next change of the order that follows from `there`; none when no change is left to make. Open invoices
    /// are paid first, so what is told afterwards is what no invoice here explains.
    async fn next_step(
        &self,
        known: &KnownOrder,
        work: LocalWork,
        there: &Order,
        target: &ImportTarget,
    ) -> Result<Option<Step>, Failure<Incomparable>> {
        let Some(loaded) = self.database().order(known.id).await? else {
            return Ok(None);
        };
        let here = &loaded.order;
        let refused = |problem: MoneyError| Failure::Refused(Incomparable(problem));
        let payment = self.payment_in(here, there, target).map_err(refused)?;
        let (transition, step) = if let Some(payment) = payment {
            payment
        } else {
            let refunded_here = Money::new(work.refunded, here.currency());
            let change = here.upstream_change(there, refunded_here).map_err(refused)?;
            let Some(change) = change else {
                return Ok(None);
            };
            let key = ChangedUpstream::of(&change).unique_key(here);
            if self.database().has_obligation(&key).await? {
                return Ok(None);
            }
            let told = here.note_upstream_change(change, &target.actor, self.now());
            (told, Step::Told(change.to_string()))
        };
        let shop = &loaded.shop;
        let change = OrderChange {
            obligations: ObligationKind::owed_by(
                self,
                &CausingChange {
                    transition: &transition,
                    shop,
                    provider_state: None,
                },
            )?,
            ..OrderChange::new(here, loaded.head, &transition, &target.origin, || {
                self.env().next_id()
            })
        };
        self.database().apply(&change).await?;
        journal::order_changed(StaffOperation::ImportOrders.name(), shop, &change);
        Ok(Some(step))
    }

    /// The payment of the open invoices of `here` that the amount paid in `there` covers; none when it covers none.
    fn payment_in(
        &self,
        here: &Order,
        there: &Order,
        target: &ImportTarget,
    ) -> Result<Option<(Transition, Step)>, MoneyError> {
        let paid = there.totals.paid.unwrap_or(Money::zero(there.currency()));
        // Of several tenders, it is not told which one paid last.
        let last = there
            .payment
            .transactions
            .last()
            .filter(|_| there.payment.tenders.is_empty());
        let reference = last.and_then(|it| it.reference.as_deref());
        let change = here.pay_covered_invoices(paid, reference, &target.actor, self.now())?;
        Ok(change.map(|transition| {
            let is_open_now = |number: &str| transition.after.open_invoices().any(|it| it.number == number);
            let numbers = here.open_invoices().map(|invoice| invoice.number.clone());
            let numbers = numbers.filter(|number| !is_open_now(number)).collect();
            (transition, Step::Paid(numbers))
        }))
    }
}

/// Whether the order must be read for a comparison: something was shipped, canceled or refunded there, or more was paid
/// there than is known here. The time does not count: the order may have been changed here after it was changed there.
fn may_count(known: &KnownOrder, there: &Order) -> bool {
    let is_paid_more = there.totals.paid.map_or(0, Money::minor) > known.paid;
    let is_given_up = there.totals.refunded.is_positive() || there.canceled_units().is_positive();
    is_paid_more || is_given_up || there.has_shipment()
}
