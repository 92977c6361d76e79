//! Charges and credits of an order that are neither items nor shipping.

use async_graphql::SimpleObject;
use countermand_domain::{ChargeShare, Money as Amount, MoneyError, Order};

use crate::kit::money::Money;

/// A charge or a credit that is neither an item nor the shipping, such as a payment fee.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct OtherAmount {
    /// Field of the imported order that the amount came from, such as `mollie_payment_fee`.
    code: String,
    /// Name for people, such as `Payment fee`; in the language of the shop that the order came from.
    label: String,
    /// The amount as a positive number, in the order's currency.
    amount: Money,
}

impl OtherAmount {
    /// The charges of an order.
    pub(crate) fn charges(order: &Order) -> Result<Vec<Self>, MoneyError> {
        let charges = order.other_charges.iter();
        by_name(charges.map(|it| (&it.code, &it.label, it.ordered)))
    }

    /// The credits of extensions.
    pub(crate) fn credits(order: &Order) -> Result<Vec<Self>, MoneyError> {
        let credits = order.other_credits.iter();
        by_name(credits.map(|it| (&it.code, &it.label, it.amount)))
    }

    /// The charges on a document of `order`.
    pub(crate) fn of_document(order: &Order, shares: &[ChargeShare]) -> Result<Vec<Self>, MoneyError> {
        by_name(shares.iter().filter_map(|share| {
            let charge = order.other_charges.get(share.charge)?;
            Some((&charge.code, &charge.label, share.amount))
        }))
    }
}

/// One entry for each name: a charge on several items is shown as one sum.
fn by_name<'a>(
    amounts: impl Iterator<Item = (&'a String, &'a String, Amount)>,
) -> Result<Vec<OtherAmount>, MoneyError> {
    let mut sums: Vec<(&String, &String, Amount)> = Vec::new();
    for (code, label, amount) in amounts {
        match sums.iter_mut().find(|sum| (sum.0, sum.1) == (code, label)) {
            Some(sum) => sum.2 = sum.2.checked_add(amount)?,
            None => sums.push((code, label, amount)),
        }
    }
    let sums = sums.into_iter();
    let shown = sums.map(|(code, label, amount)| OtherAmount {
        code: code.clone(),
        label: label.clone(),
        amount: amount.into(),
    });
    Ok(shown.collect())
}
