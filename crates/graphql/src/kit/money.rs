//! Amounts and quantities as `docs/contract.md` shows them: the only place where amounts are floats.

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, Number, OutputType, Positioned, ServerResult, SimpleObject, Value};
use countermand_app::AppError;
use countermand_domain::{Currency, MoneyError, Quantity, UnitPrice};

use super::CurrencyEnum;
use super::error::internal;

/// An amount of money in one currency.
#[derive(SimpleObject, Debug, Clone, Copy, PartialEq)]
#[graphql(serial, name = "Money")]
pub(crate) struct MoneyFields {
    /// Currency of the amount; null when `CurrencyEnum` does not have the currency.
    currency: Option<CurrencyEnum>,
    /// Amount in major units, such as euros, with as many decimals as the currency has;
    /// prices of one unit have at most four. Never null.
    value: Option<f64>,
}

/// An amount of money, which is resolved in one step where possible: half of the fields of a page of orders are amounts
/// and their currencies, and the engine allocates several times for each field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Money {
    /// The amount in units of which 10 to the power of `decimals` make one major unit.
    units: i64,
    decimals: u32,
    currency: Currency,
}

impl OutputType for Money {
    fn type_name() -> Cow<'static, str> {
        MoneyFields::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        MoneyFields::create_type_info(registry)
    }

    async fn resolve(
        &self,
        context: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        if let Some(value) = self.in_one_step(&context.item.node) {
            return Ok(value);
        }
        let fields = MoneyFields {
            currency: self.currency(),
            value: Some(self.value()),
        };
        fields.resolve(context, field).await
    }
}

impl From<countermand_domain::Money> for Money {
    fn from(amount: countermand_domain::Money) -> Self {
        Self {
            units: amount.minor(),
            decimals: amount.currency().exponent(),
            currency: amount.currency(),
        }
    }
}

impl Money {
    /// The price of one unit, which has at most four decimals.
    pub(crate) fn unit_price(price: UnitPrice, currency: Currency) -> Self {
        Self {
            units: price.ten_thousandths(),
            decimals: 4,
            currency,
        }
    }

    fn currency(self) -> Option<CurrencyEnum> {
        CurrencyEnum::from_code(self.currency.code())
    }

    fn value(self) -> f64 {
        float(self.units, self.decimals)
    }

    /// The fields that `selections` asks for; none if there are fragments or directives, which the engine resolves.
    fn in_one_step(self, selections: &SelectionSet) -> Option<Value> {
        let mut fields = IndexMap::with_capacity(selections.items.len());
        for selection in &selections.items {
            let Selection::Field(field) = &selection.node else {
                return None;
            };
            let field = &field.node;
            let value = match field.name.node.as_str() {
                _ if !field.directives.is_empty() => return None,
                "value" => Number::from_f64(self.value()).map(Value::Number),
                "currency" => self.currency().map(|it| Value::Enum(it.name())),
                _ => return None,
            };
            fields.insert(field.response_key().node.clone(), value.unwrap_or_default());
        }
        Some(Value::Object(fields))
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
