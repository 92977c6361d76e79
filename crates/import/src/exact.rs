//! Amounts as Adobe keeps them, in ten-thousandths, and the ways in which they become minor units.

use countermand_domain::decimal::divide_half_up;
use countermand_domain::money::round_rows_to;
use countermand_domain::{Currency, Money, RowMoney};

use super::notes::Notes;
use super::raw::{LINE, Raw};
use super::refused_field::OrderRefusal;

/// The parts of an item in ten-thousandths of the major unit, none below zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ExactRow {
    pub(super) net: i64,
    pub(super) tax: i64,
    pub(super) tax_compensation: i64,
    pub(super) discount: i64,
}

impl ExactRow {
    pub(super) fn payable(self) -> i64 {
        self.signed().iter().sum()
    }

    /// Refuses a discount that is more than the other parts come to. In an order that is history, it counts as far as
    /// these. `given` is the value of `field`.
    pub(super) fn limit_discount(
        &mut self,
        field: &str,
        given: Raw<'_>,
        problem: &str,
        notes: &mut Notes,
    ) -> Result<(), OrderRefusal> {
        let payable = self.payable();
        if payable < 0 {
            let given = given.exact_code(field, LINE)?.unwrap_or_default();
            notes.tolerate(OrderRefusal::new(field, &given, problem))?;
            self.discount += payable;
        }
        Ok(())
    }

    /// Rounds each part half up. This is right for an item that is in no sum.
    pub(super) fn half_up(self, currency: Currency) -> RowMoney {
        RowMoney {
            net: half_up(self.net, currency),
            tax: half_up(self.tax, currency),
            tax_compensation: half_up(self.tax_compensation, currency),
            discount: half_up(self.discount, currency),
        }
    }

    /// Rounds the parts so that they add up to `payable`, the total of the item rounded up or down.
    pub(super) fn rounded_to(self, payable: Money) -> RowMoney {
        let parts = self.signed();
        if !parts.iter().any(|part| has_fraction(*part, payable.currency())) {
            return self.half_up(payable.currency());
        }
        match round_rows_to(payable, &parts)[..] {
            [net, tax, tax_compensation, discount] => RowMoney {
                net,
                tax,
                tax_compensation,
                discount: Money::new(-discount.minor(), discount.currency()),
            },
            _ => self.half_up(payable.currency()),
        }
    }

    fn signed(self) -> [i64; 4] {
        [self.net, self.tax, self.tax_compensation, -self.discount]
    }
}

/// How many ten-thousandths are in one minor unit of `currency`.
pub(super) fn ten_thousandths_in_minor(currency: Currency) -> i64 {
    10_i64.pow(4 - currency.exponent().min(4))
}

/// Whether `exact` is not a whole number of minor units.
pub(super) fn has_fraction(exact: i64, currency: Currency) -> bool {
    exact % ten_thousandths_in_minor(currency) != 0
}

/// `exact` in minor units, rounded half up.
pub(super) fn half_up(exact: i64, currency: Currency) -> Money {
    let minor = divide_half_up(exact.into(), ten_thousandths_in_minor(currency).into());
    Money::new(i64::try_from(minor).unwrap_or(exact), currency)
}

/// `exact` as people write it: `12.345`, and at least the digits of the currency, `12.30`.
pub(super) fn decimal(exact: i128, currency: Currency) -> String {
    let sign = if exact < 0 { "-" } else { "" };
    let (whole, fraction) = (exact.unsigned_abs() / 10_000, exact.unsigned_abs() % 10_000);
    let digits = format!("{fraction:04}");
    let least = usize::try_from(currency.exponent().min(4)).unwrap_or(2);
    let shown = digits.trim_end_matches('0').len().max(least);
    match digits.get(..shown).unwrap_or_default() {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

/// `money` in ten-thousandths, to be written.
pub(super) fn decimal_of(money: Money) -> String {
    let unit = ten_thousandths_in_minor(money.currency());
    decimal(i128::from(money.minor()) * i128::from(unit), money.currency())
}

/// `exact` in minor units, rounded half up, with a note when the rounding changed the amount.
pub(super) fn noted_half_up(field: &str, exact: i64, currency: Currency, notes: &mut Notes) -> Money {
    let rounded = half_up(exact, currency);
    if has_fraction(exact, currency) {
        let (exact, rounded) = (decimal(exact.into(), currency), decimal_of(rounded));
        notes.push(format!("{field} {exact} was rounded to {rounded}"));
    }
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().expect("a currency")
    }

    #[test]
    fn totals_round_half_up_and_say_so() {
        let mut notes = Notes::default();
        let total = noted_half_up("grand_total", 123_450, currency("GBP"), &mut notes);
        assert_eq!(total.minor(), 1235);
        assert_eq!(
            noted_half_up("total_paid", 123_400, currency("GBP"), &mut notes).minor(),
            1234
        );
        assert_eq!(
            noted_half_up("total_paid", 5_000, currency("JPY"), &mut notes).minor(),
            1
        );
        assert_eq!(
            notes.into_lines(),
            [
                "grand_total 12.345 was rounded to 12.35",
                "total_paid 0.5 was rounded to 1"
            ]
        );
        assert_eq!(decimal(-5, currency("KWD")), "-0.0005");
        assert_eq!(decimal(123_000, currency("GBP")), "12.30");
    }

    #[test]
    fn the_parts_of_a_row_come_to_its_rounded_price() {
        let row = ExactRow {
            net: 33_333,
            tax: 6_667,
            tax_compensation: 1_250,
            discount: 8_333,
        };
        assert_eq!(row.payable(), 32_917);
        for minor in [329, 330] {
            let rounded = row.rounded_to(Money::new(minor, currency("GBP")));
            assert_eq!(rounded.payable().map(Money::minor), Ok(minor));
            assert!(rounded.is_non_negative());
        }
    }
}
