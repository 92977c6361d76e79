//! The taxes, discounts and coupons that a shopper saw beside the total, and the points and gift cards that were used.

use countermand_domain::{Coupon, Discount, GiftCardsUsed, Money, PointsUsed, TaxLine};

use super::exact::half_up;
use super::items::Row;
use super::notes::{Notes, within};
use super::raw::LINE;
use super::refused_field::OrderRefusal;
use super::shape::{ExtensionShape, OrderShape, TaxShape};

/// Reads the taxes by rate as Adobe names them. Without these, makes one line with the rate of the first taxed item.
pub(super) fn read_taxes(
    extension: &ExtensionShape<'_>,
    rows: &[Row<'_>],
    tax: Money,
    notes: &mut Notes,
) -> Result<Vec<TaxLine>, OrderRefusal> {
    let field = "extension_attributes.applied_taxes";
    let mut taxes = Vec::new();
    for (index, entry) in extension.applied_taxes.list(field)?.into_iter().enumerate() {
        let section = format!("{field}[{index}]");
        if let Some(shape) = entry.object(&section)? {
            taxes.push(within(section, notes, |notes| read_tax(&shape, tax, notes))?);
        }
    }
    if taxes.is_empty() && tax.is_positive() {
        taxes.push(TaxLine {
            title: "Tax".into(),
            rate: rate(rows, notes)?,
            amount: tax,
        });
    }
    Ok(taxes)
}

fn read_tax(shape: &TaxShape<'_>, of: Money, notes: &mut Notes) -> Result<TaxLine, OrderRefusal> {
    let amount = shape.amount.amount("amount", notes)?.unwrap_or(0);
    Ok(TaxLine {
        title: shape
            .title
            .text("title", LINE, notes)?
            .unwrap_or_else(|| "Tax".into()),
        rate: shape.percent.shown("percent", notes)?.unwrap_or(0),
        amount: half_up(amount, of.currency()),
    })
}

fn rate(rows: &[Row<'_>], notes: &mut Notes) -> Result<i64, OrderRefusal> {
    let taxed = |row: &&Row<'_>| row.counts && row.exact.tax > 0;
    match rows.iter().position(|row| taxed(&row)) {
        None => Ok(0),
        Some(index) => {
            let percent = within(format_args!("items[{index}]"), notes, |notes| {
                rows[index].shape.tax_percent.shown("tax_percent", notes)
            })?;
            Ok(percent.unwrap_or(0))
        }
    }
}

/// Reads the coupons, and makes one line for all discounts.
pub(super) fn read_discounts(
    shape: &OrderShape<'_>,
    extension: &ExtensionShape<'_>,
    discount: Money,
    notes: &mut Notes,
) -> Result<(Vec<Coupon>, Vec<Discount>), OrderRefusal> {
    let code = shape.coupon_code.text("coupon_code", LINE, notes)?;
    let label = shape
        .discount_description
        .text("discount_description", LINE, notes)?;
    let discounts = discount.is_positive().then(|| Discount {
        label: label.unwrap_or_else(|| "Discount".into()),
        amount: discount,
        coupon: code.clone(),
    });
    let expires_at = extension
        .coupon_expires_at
        .time("extension_attributes.coupon_expires_at")
        .or_else(|refusal| notes.tolerate(refusal).map(|()| None))?;
    let coupons = code.map(|code| Coupon { code, expires_at });
    Ok((coupons.into_iter().collect(), discounts.into_iter().collect()))
}

/// Reads how many points were used, and when they expire; none where no point was used.
pub(super) fn read_points(
    extension: &ExtensionShape<'_>,
    notes: &mut Notes,
) -> Result<Option<PointsUsed>, OrderRefusal> {
    let read = || -> Result<_, OrderRefusal> {
        let field = "extension_attributes.reward_points_balance";
        let count = extension.reward_points_balance.whole_number(field)?.unwrap_or(0);
        if count < 0 {
            return Err(OrderRefusal::new(
                field,
                &count.to_string(),
                "must not be below zero",
            ));
        }
        let expires_at = extension
            .reward_points_expire_at
            .time("extension_attributes.reward_points_expire_at")?;
        Ok((count > 0).then_some(PointsUsed { count, expires_at }))
    };
    read().or_else(|refusal| notes.tolerate(refusal).map(|()| None))
}

/// Reads when the gift cards expire that paid `amount`; none where the order does not tell it, or none was used.
pub(super) fn read_gift_cards(
    extension: &ExtensionShape<'_>,
    amount: Money,
    notes: &mut Notes,
) -> Result<Option<GiftCardsUsed>, OrderRefusal> {
    let expires_at = extension
        .gift_cards_expire_at
        .time("extension_attributes.gift_cards_expire_at")
        .or_else(|refusal| notes.tolerate(refusal).map(|()| None))?;
    let expires_at = expires_at.filter(|_| amount.is_positive());
    Ok(expires_at.map(|expires_at| GiftCardsUsed { amount, expires_at }))
}
