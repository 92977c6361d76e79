//! Makes the other charges and credits of an order, and finds how much of them is invoiced, refunded and canceled.

use countermand_domain::{
    ChargeShare, ItemPosition, ItemQuantities, Money, OrderItem, OrderState, OtherCharge, OtherCredit,
    RowMoney, Shipping, Totals,
};

use super::field_name::FieldKind;
use super::other_fields::OtherField;
use super::refused_field::OrderRefusal;

/// The charges and credits of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct OtherAmounts {
    pub(super) charges: Vec<OtherCharge>,
    pub(super) credits: Vec<OtherCredit>,
}

impl OtherAmounts {
    /// The charges and credits of `fields`; `amounts` are their rounded amounts, one for each part of a field.
    pub(super) fn of(fields: &[OtherField], amounts: Vec<Money>) -> Self {
        let mut others = Self::default();
        let parts = fields
            .iter()
            .flat_map(|field| field.parts.iter().map(move |(item, _)| (field, *item)));
        for ((field, item), amount) in parts.zip(amounts) {
            let amount = if amount.minor() < 0 {
                amount.negated()
            } else {
                amount
            };
            match field.kind {
                _ if amount.is_zero() => {}
                FieldKind::Charge => {
                    let item = item.map(|index| ItemPosition(i32::try_from(index + 1).unwrap_or(i32::MAX)));
                    let charge = OtherCharge::new(&field.code, &field.label, item, amount);
                    others.charges.push(charge);
                }
                FieldKind::Credit => others.credits.push(OtherCredit {
                    code: field.code.clone(),
                    label: field.label.clone(),
                    amount,
                }),
                // The discount is on the items.
                FieldKind::Discount => {}
            }
        }
        others
    }

    /// Finds how much of each charge was invoiced, refunded and canceled. A charge on an item goes with its units. A
    /// charge on the whole order was invoiced if the total covers it. It was refunded if all units of the order were,
    /// and the total covers it: it comes back with the last of them, and what came back before is goodwill.
    pub(super) fn settle(
        &mut self,
        totals: &Totals,
        items: &[OrderItem],
        shipping: &Shipping,
        state: OrderState,
        anything_invoiced: bool,
    ) -> Result<(), OrderRefusal> {
        for charge in &mut self.charges {
            // Positions count from 1, in the order of the items.
            let index = charge.item.and_then(|it| usize::try_from(it.0 - 1).ok());
            let item = index.and_then(|index| items.get(index));
            if let Some(item) = item {
                settle_on_item(charge, item.quantities)?;
            }
        }
        let billed = totals.invoiced.checked_add(totals.credits)?;
        let is_invoiced = anything_invoiced && self.covers(billed, items, shipping, Stage::INVOICED)?;
        let is_refunded =
            is_refunded_whole(items) && self.covers(totals.refunded, items, shipping, Stage::REFUNDED)?;
        for charge in self.charges.iter_mut().filter(|charge| charge.item.is_none()) {
            if is_invoiced {
                charge.invoiced = charge.ordered;
            }
            if is_invoiced && is_refunded {
                charge.refunded = charge.ordered;
            }
        }
        if state == OrderState::Canceled {
            for charge in &mut self.charges {
                charge.canceled = charge.ordered.checked_sub(charge.invoiced)?;
            }
        }
        Ok(())
    }

    /// Whether `total` covers the items, the shipping and the charges on items at this stage, and the charges on the
    /// whole order too.
    fn covers(
        &self,
        total: Money,
        items: &[OrderItem],
        shipping: &Shipping,
        stage: Stage,
    ) -> Result<bool, OrderRefusal> {
        let counting = items.iter().filter(|item| item.counts);
        let rows = RowMoney::sum(total.currency(), counting.map(stage.item))?;
        let mut value = rows.checked_add((stage.shipping)(shipping))?.payable()?;
        for charge in &self.charges {
            let part = match charge.item {
                Some(_) => (stage.charge)(charge),
                None => charge.ordered,
            };
            value = value.checked_add(part)?;
        }
        // Each item may be rounded.
        let slack = i64::try_from(items.len()).unwrap_or(i64::MAX);
        Ok(total.minor().saturating_add(slack) >= value.minor())
    }

    /// The shares of all charges on the only document of its kind; `part` is the invoiced or the refunded part.
    pub(super) fn shares(&self, part: impl Fn(&OtherCharge) -> Money) -> Vec<ChargeShare> {
        let shares = self.charges.iter().enumerate();
        let shares = shares.map(|(charge, it)| ChargeShare {
            charge,
            amount: part(it),
        });
        shares.filter(|share| share.amount.is_positive()).collect()
    }
}

/// Whether all units of the order were refunded, apart from those that were canceled.
fn is_refunded_whole(items: &[OrderItem]) -> bool {
    let quantities = || items.iter().filter(|it| it.counts).map(|it| it.quantities);
    quantities().any(|q| q.refunded.is_positive())
        && quantities().all(|q| q.refunded == q.ordered.minus(q.canceled))
}

/// How an item, the shipping and a charge tell their money at a stage.
#[derive(Clone, Copy)]
struct Stage {
    item: fn(&OrderItem) -> RowMoney,
    shipping: fn(&Shipping) -> RowMoney,
    charge: fn(&OtherCharge) -> Money,
}

impl Stage {
    const INVOICED: Self = Self {
        item: |item| item.invoiced,
        shipping: |shipping| shipping.invoiced,
        charge: |charge| charge.invoiced,
    };
    const REFUNDED: Self = Self {
        item: |item| item.refunded,
        shipping: |shipping| shipping.refunded,
        charge: |charge| charge.refunded,
    };
}

fn settle_on_item(charge: &mut OtherCharge, q: ItemQuantities) -> Result<(), OrderRefusal> {
    if q.invoiced.is_positive() {
        charge.invoiced = charge.ordered.share(q.invoiced, q.ordered);
    }
    if q.refunded.is_positive() {
        charge.refunded = charge.invoiced.share(q.refunded, q.invoiced);
    }
    if q.canceled.is_positive() {
        let left = charge.ordered.checked_sub(charge.invoiced)?;
        charge.canceled = left.share(q.canceled, q.ordered.minus(q.invoiced));
    }
    Ok(())
}
