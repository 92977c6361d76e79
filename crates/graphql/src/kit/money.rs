//! Amounts and quantities as `docs/contract.md` shows them: the only place where amounts are floats.

use async_graphql::SimpleObject;
use countermand_app::AppError;
use countermand_domain::{Currency, MoneyError, Quantity, UnitPrice};

use super::CurrencyEnum;
use super::error::internal;

/// An amount of money in one currency.
#[derive(SimpleObject, Debug, Clone, Copy, PartialEq)]
pub(crate) struct Money {
    /// Currency of the amount; null when `CurrencyEnum` does not have the currency.
    currency: Option<CurrencyEnum>,
    /// Amount in major units, such as euros, with as many decimals as the currency has;
    /// prices of one unit have at most four. Never null.
    value: Option<f64>,
}

impl From<countermand_domain::Money> for Money {
    fn from(amount: countermand_domain::Money) -> Self {
        Self {
            currency: CurrencyEnum::from_code(amount.currency().code()),
            value: Some(major_units(amount)),
        }
    }
}

impl Money {
    /// The price of one unit, which has at most four decimals.
    pub(crate) fn unit_price(price: UnitPrice, currency: Currency) -> Self {
        Self {
            currency: CurrencyEnum::from_code(currency.code()),
            value: Some(float(price.ten_thousandths(), 4)),
        }
    }
}

/// An amount in major units, without its currency.
pub(crate) fn major_units(amount: countermand_domain::Money) -> f64 {
    float(amount.minor(), amount.currency().exponent())
}

/// A quantity as a number, never null: storefronts drop items that lack a quantity.
pub(crate) fn quantity(quantity: Quantity) -> f64 {
    float(quantity.scaled(), 4)
}

/// `value / 10^decimals` as the float whose shortest text is that decimal.
///
/// Up to 2^53 both numbers of the division are exact floats, so that its result is rounded once. A larger amount would
/// be rounded twice, and is read from text.
pub(crate) fn float(value: i64, decimals: u32) -> f64 {
    const POWERS: [f64; 5] = [1.0, 10.0, 100.0, 1_000.0, 10_000.0];
    let power = usize::try_from(decimals).ok().and_then(|it| POWERS.get(it));
    match power {
        #[expect(clippy::cast_precision_loss, reason = "no precision is lost up to 2^53")]
        Some(power) if value.unsigned_abs() <= 1 << 53 => value as f64 / power,
        _ => format!("{value}e-{decimals}").parse().unwrap_or_default(),
    }
}

/// The internal error for amounts that do not add up: the fault is the shop's, never the caller's.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
pub(crate) fn does_not_add_up(problem: MoneyError) -> async_graphql::Error {
    internal(AppError::Internal(problem.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(minor: i64, currency: &str) -> String {
        let currency = currency.parse().expect("a currency");
        major_units(countermand_domain::Money::new(minor, currency)).to_string()
    }

    #[test]
    fn amounts_print_exactly() {
        assert_eq!(shown(1_999, "EUR"), "19.99");
        assert_eq!(shown(-5, "EUR"), "-0.05");
        assert_eq!(shown(1_500, "JPY"), "1500");
        assert_eq!(shown(1_234_567, "KWD"), "1234.567");
        assert_eq!(shown(900_719_925_474_099, "USD"), "9007199254740.99");
        assert_eq!(shown(i64::MIN, "USD"), "-92233720368547760");
    }

    #[test]
    fn divided_amounts_are_those_read_from_text() {
        let read = |value: i64, decimals: u32| format!("{value}e-{decimals}").parse::<f64>();
        for decimals in 0..5 {
            for step in 0..20_000_i64 {
                for value in [step, -step * 7_919, step * 450_359_962_737] {
                    assert_eq!(Ok(float(value, decimals)), read(value, decimals));
                }
            }
        }
    }

    #[test]
    fn quantities_are_numbers() {
        assert_eq!(quantity(Quantity::ZERO).to_string(), "0");
        assert_eq!(quantity(Quantity::from_scaled(25_000)).to_string(), "2.5");
    }
}
