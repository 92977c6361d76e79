//! How much of an item's money is invoiced, refunded and canceled.

use countermand_domain::{Quantity, RowMoney};

use super::exact::half_up;
use super::items::Row;
use super::notes::Notes;
use super::refused_field::OrderRefusal;

/// The invoiced, refunded and canceled money of an item; all zero for items whose money does not count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Progress {
    pub(super) invoiced: RowMoney,
    pub(super) refunded: RowMoney,
    pub(super) canceled: RowMoney,
}

/// Divides the money of an item. All units take all of the money. For a part of the units, Adobe's
/// own amounts are taken where they make sense; otherwise the quantity gives the share.
pub(super) fn progress(
    row: &Row<'_>,
    ordered: RowMoney,
    notes: &mut Notes,
) -> Result<Progress, OrderRefusal> {
    let none = RowMoney::zero(ordered.net.currency());
    if !row.counts {
        return Ok(Progress {
            invoiced: none,
            refunded: none,
            canceled: none,
        });
    }
    let q = row.quantities;
    let invoiced = part(ordered, q.invoiced, q.ordered, || StatedRow::invoiced(row, notes))?;
    let refunded = part(invoiced, q.refunded, q.invoiced, || {
        StatedRow::refunded(row, notes)
    })?;
    let left = ordered.checked_sub(invoiced)?;
    let canceled = part(left, q.canceled, q.ordered.minus(q.invoiced), || {
        Ok(StatedRow::default())
    })?;
    Ok(Progress {
        invoiced,
        refunded,
        canceled,
    })
}

fn part(
    whole: RowMoney,
    quantity: Quantity,
    of: Quantity,
    stated: impl FnOnce() -> Result<StatedRow, OrderRefusal>,
) -> Result<RowMoney, OrderRefusal> {
    if !quantity.is_positive() {
        return Ok(RowMoney::zero(whole.net.currency()));
    }
    if quantity == of {
        return Ok(whole);
    }
    match stated()?.within(whole)? {
        Some(money) => Ok(money),
        None => Ok(whole.share(quantity, of)?),
    }
}

/// The amounts that Adobe gives for a part of an item, in ten-thousandths.
#[derive(Debug, Default)]
struct StatedRow {
    net: Option<i64>,
    tax: Option<i64>,
    tax_compensation: Option<i64>,
    discount: Option<i64>,
}

impl StatedRow {
    fn invoiced(row: &Row<'_>, notes: &mut Notes) -> Result<Self, OrderRefusal> {
        let shape = &row.shape;
        Ok(Self {
            net: shape.row_invoiced.amount("row_invoiced", notes)?,
            tax: shape.tax_invoiced.amount("tax_invoiced", notes)?,
            tax_compensation: shape
                .discount_tax_compensation_invoiced
                .amount("discount_tax_compensation_invoiced", notes)?,
            discount: shape.discount_invoiced.magnitude("discount_invoiced", notes)?,
        })
    }

    fn refunded(row: &Row<'_>, notes: &mut Notes) -> Result<Self, OrderRefusal> {
        let shape = &row.shape;
        Ok(Self {
            net: shape.amount_refunded.amount("amount_refunded", notes)?,
            tax: shape.tax_refunded.amount("tax_refunded", notes)?,
            tax_compensation: shape
                .discount_tax_compensation_refunded
                .amount("discount_tax_compensation_refunded", notes)?,
            discount: shape.discount_refunded.magnitude("discount_refunded", notes)?,
        })
    }

    /// The amounts, if they are a part of `whole`. In old orders, Adobe leaves the amounts out or writes zero.
    fn within(&self, whole: RowMoney) -> Result<Option<RowMoney>, OrderRefusal> {
        let currency = whole.net.currency();
        let pairs = [
            (self.net, whole.net),
            (self.tax, whole.tax),
            (self.tax_compensation, whole.tax_compensation),
            (self.discount, whole.discount),
        ];
        if pairs
            .iter()
            .any(|(stated, of)| stated.is_none() && of.is_positive())
        {
            return Ok(None);
        }
        let [net, tax, tax_compensation, discount] =
            pairs.map(|(stated, _)| half_up(stated.unwrap_or(0), currency));
        let money = RowMoney {
            net,
            tax,
            tax_compensation,
            discount,
        };
        let rest = whole.checked_sub(money)?;
        let fits = money.is_non_negative()
            && rest.is_non_negative()
            && money.payable()?.minor() >= 0
            && rest.payable()?.minor() >= 0;
        let says_something = net.is_positive() || whole.net.is_zero();
        Ok((fits && says_something).then_some(money))
    }
}
