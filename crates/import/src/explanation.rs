//! Explains what `grand_total` has beside items, shipping and credits, by the fields that come to exactly this amount.

use countermand_domain::{Currency, PaymentKind};

use super::exact::{half_up, has_fraction, ten_thousandths_in_minor};
use super::field_name::FieldKind;
use super::other_fields::OtherField;

/// The most fields that explain an order together.
const MOST_TOGETHER: usize = 4;
/// Words of a payment's title that say that the payment costs something.
const FEE_WORDS: [&str; 4] = ["charge", "fee", "surcharge", "toeslag"];

/// How far the amounts that are known are away from the total.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    /// What the known amounts come to at least, in minor units.
    lowest: i128,
    /// How many amounts have fractions of a minor unit, and may be rounded up.
    fractions: i128,
    total: i128,
    currency: Currency,
}

impl Gap {
    pub(super) fn of(grand_total: i64, amounts: impl IntoIterator<Item = i64>, currency: Currency) -> Self {
        let gap = Self {
            lowest: 0,
            fractions: 0,
            total: half_up(grand_total, currency).minor().into(),
            currency,
        };
        amounts.into_iter().fold(gap, Self::with)
    }

    /// The gap that is left with one more amount.
    fn with(self, amount: i64) -> Self {
        let unit = ten_thousandths_in_minor(self.currency);
        Self {
            lowest: self.lowest + i128::from(amount.div_euclid(unit)),
            fractions: self.fractions + i128::from(has_fraction(amount, self.currency)),
            ..self
        }
    }

    /// Whether the amounts can be rounded so that they come to the total.
    pub(super) fn is_closed(self) -> bool {
        (0..=self.fractions).contains(&(self.total - self.lowest))
    }

    /// The smallest set of `fields` that closes the gap, the first of its size; none if there is none.
    pub(super) fn explained_by(self, fields: &[OtherField]) -> Option<Vec<OtherField>> {
        (1..=MOST_TOGETHER).find_map(|size| self.closed_by(fields, size))
    }

    fn closed_by(self, fields: &[OtherField], size: usize) -> Option<Vec<OtherField>> {
        if size == 0 {
            return self.is_closed().then(Vec::new);
        }
        (0..fields.len()).find_map(|at| {
            let with = fields[at].signed().fold(self, Self::with);
            let mut rest = with.closed_by(&fields[at + 1..], size - 1)?;
            rest.insert(0, fields[at].clone());
            Some(rest)
        })
    }
}

/// The fee of a payment method that is in no field of its own, although the method is cash on delivery, or its title
/// says that it costs something. A fee is at most what the rest of the order costs.
pub(super) fn payment_fee(method: &str, title: &str, missing: i64, known: i64) -> Option<OtherField> {
    let is_cash_on_delivery = PaymentKind::of_method(method) == PaymentKind::Offline
        && (method.contains("cashondelivery") || method.contains("cod"));
    let title_words = title.to_lowercase();
    let names_fee = title_words
        .split(|it: char| !it.is_alphabetic())
        .any(|word| FEE_WORDS.contains(&word.strip_suffix('s').unwrap_or(word)));
    let is_plausible = missing > 0 && missing <= known;
    (is_plausible && (is_cash_on_delivery || names_fee))
        .then(|| OtherField::of(FieldKind::Charge, "payment", title, missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(grand_total: i64, amounts: &[i64]) -> Gap {
        Gap::of(
            grand_total,
            amounts.iter().copied(),
            "GBP".parse().expect("a currency"),
        )
    }

    fn fields(amounts: &[i64]) -> Vec<OtherField> {
        let field = |amount: &i64| {
            let kind = if *amount < 0 {
                FieldKind::Credit
            } else {
                FieldKind::Charge
            };
            OtherField::of(kind, "f", "F", amount.abs())
        };
        amounts.iter().map(field).collect()
    }

    fn explained(gap: Gap, amounts: &[i64]) -> Option<Vec<i64>> {
        let found = gap.explained_by(&fields(amounts))?;
        Some(found.iter().flat_map(OtherField::signed).collect())
    }

    #[test]
    fn the_fewest_fields_that_come_to_the_missing_amount_explain_it() {
        let missing = gap(130_000, &[100_000]);
        assert_eq!(explained(missing, &[10_000, 20_000, 30_000]), Some(vec![30_000]));
        assert_eq!(explained(missing, &[10_000, 20_000]), Some(vec![10_000, 20_000]));
        assert_eq!(
            explained(missing, &[40_000, -10_000]),
            Some(vec![40_000, -10_000])
        );
        assert_eq!(explained(missing, &[29_900, 100]), Some(vec![29_900, 100]));
        assert_eq!(explained(missing, &[29_900]), None);
        assert_eq!(
            explained(gap(130_000, &[160_000]), &[-30_000]),
            Some(vec![-30_000])
        );
        assert_eq!(
            explained(gap(130_001, &[99_967]), &[30_033]),
            Some(vec![30_033]),
            "rounded"
        );
    }

    #[test]
    fn a_payment_that_costs_something_explains_a_plausible_fee() {
        let fee = |method, title, missing| payment_fee(method, title, missing, 100_000).is_some();
        assert!(fee("cashondelivery", "Cash On Delivery", 53_300));
        assert!(fee("adyen_cc", "Card (3 % surcharge)", 30_000));
        assert!(fee("x", "Cash On Delivery (Cash On Delivery Charges: $5)", 1));
        assert!(!fee("checkmo", "Check / Money order", 53_300));
        assert!(!fee("checkmo", "Coffee", 53_300));
        assert!(!fee("cashondelivery", "Cash On Delivery", 100_001));
        assert!(!fee("cashondelivery", "Cash On Delivery", -1));
    }
}
