//! Reads which items of an order a document or a cancellation is for, and the quantity of each.

use async_graphql::{ID, InputObject};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_app::{UserError, UserErrorCode};
use countermand_domain::{ItemPosition, OrderId, Quantity, Selection};

/// The number of an item is `number of the order * POSITIONS + position of the item`.
const POSITIONS: u64 = 10_000;

/// An item of an order, and the quantity of it.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderLineInput {
    /// The `OrderItemInterface.id` of a top-level item of the order, or the decimal number that this id encodes. A
    /// cancellation may name a part of a bundle instead, where `cancellation_terms.items` lists the part.
    item_id: ID,
    /// The quantity: greater than zero, with at most four decimal places. In a credit memo, zero stands for none of the
    /// item.
    quantity: f64,
}

/// The positions and quantities of `asked`; an empty vector stands for everything that is left.
///
/// An empty list is refused, because the use case would read it as everything that is left.
pub(crate) fn lines(
    order: OrderId,
    asked: Option<Vec<OrderLineInput>>,
) -> Result<Vec<(ItemPosition, Quantity)>, UserError> {
    let Some(asked) = asked else { return Ok(Vec::new()) };
    if asked.is_empty() {
        return Err(invalid(
            "items",
            "name an item, or leave the field out for all that is left",
        ));
    }
    let line = |line: OrderLineInput| Ok((position(order, &line.item_id)?, quantity(line.quantity)?));
    asked.into_iter().map(line).collect()
}

/// The selection that a cancellation is asked for; without a list, all that is left of the order.
pub(crate) fn selection(order: OrderId, asked: Option<Vec<OrderLineInput>>) -> Result<Selection, UserError> {
    if asked.is_none() {
        return Ok(Selection::All);
    }
    Ok(Selection::Items(lines(order, asked)?))
}

/// The positions and quantities that a credit memo is asked for; none stands for everything that is left.
///
/// An empty list and quantities of zero are taken: a credit memo may refund the shipping or an amount alone.
pub(crate) fn credited_lines(
    order: OrderId,
    asked: Option<Vec<OrderLineInput>>,
) -> Result<Option<Vec<(ItemPosition, Quantity)>>, UserError> {
    let line = |line: OrderLineInput| {
        let quantity = if line.quantity == 0.0 {
            Quantity::ZERO
        } else {
            quantity(line.quantity)?
        };
        Ok((position(order, &line.item_id)?, quantity))
    };
    let lines = asked.map(|asked| asked.into_iter().map(line).collect());
    lines.transpose()
}

fn position(order: OrderId, id: &str) -> Result<ItemPosition, UserError> {
    let of_order = |number: &u64| i64::try_from(number / POSITIONS).is_ok_and(|it| it == order.number());
    let position = number(id)
        .filter(of_order)
        .and_then(|number| i32::try_from(number % POSITIONS).ok())
        .map(ItemPosition);
    position.ok_or_else(|| invalid("items", format!("`{id}` is no item of this order")))
}

fn quantity(asked: f64) -> Result<Quantity, UserError> {
    if asked <= 0.0 {
        return Err(invalid("items", "a quantity must be more than zero"));
    }
    let text = decimal("items", asked)?;
    Quantity::parse(&text).map_err(|problem| invalid("items", format!("quantity {text}: {problem}")))
}

/// The shortest decimal text that means `value`. The code behind it calculates with this text, never with a float.
pub(crate) fn decimal(field: &str, value: f64) -> Result<String, UserError> {
    if value.is_finite() {
        Ok(value.to_string())
    } else {
        Err(invalid(field, "not a number"))
    }
}

/// The number that `id` encodes. An id of digits only is the number itself; any other id is base64 of the number.
fn number(id: &str) -> Option<u64> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(id) {
        return id.parse().ok();
    }
    let text = String::from_utf8(STANDARD.decode(id).ok()?).ok()?;
    digits(&text).then(|| text.parse().ok()).flatten()
}

fn invalid(field: &str, message: impl Into<String>) -> UserError {
    UserError::about(field, UserErrorCode::Invalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> OrderId {
        OrderId::from_number(10_000_000_007).expect("an id")
    }

    #[test]
    fn an_item_belongs_to_its_order() {
        assert_eq!(position(order(), "100000000070003"), Ok(ItemPosition(3)));
        assert_eq!(position(order(), "MTAwMDAwMDAwMDcwMDAz"), Ok(ItemPosition(3)));
        for id in ["100000000080003", "3", "", "18446744073709551615"] {
            assert!(position(order(), id).is_err(), "{id}");
        }
        let highest = OrderId::from_number(999_999_999_999_999).expect("an id");
        assert_eq!(position(highest, "9999999999999999999"), Ok(ItemPosition(9999)));
    }

    #[test]
    fn quantities_are_exact_or_refused() {
        assert_eq!(quantity(2.0), Ok(Quantity::whole(2)));
        assert_eq!(
            quantity(0.3),
            Quantity::parse("0.3").map_err(|_| invalid("items", ""))
        );
        for asked in [
            0.0,
            -0.0,
            -1.0,
            0.1 + 0.2,
            1e-5,
            1e300,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ] {
            assert!(quantity(asked).is_err(), "{asked}");
        }
    }

    #[test]
    fn an_empty_list_is_not_everything() {
        assert_eq!(lines(order(), None), Ok(Vec::new()));
        assert!(lines(order(), Some(Vec::new())).is_err());
    }

    #[test]
    fn a_credit_memo_may_name_no_item_and_a_quantity_of_zero() {
        let item = |quantity| OrderLineInput {
            item_id: "100000000070003".into(),
            quantity,
        };
        assert_eq!(credited_lines(order(), None), Ok(None));
        assert_eq!(credited_lines(order(), Some(Vec::new())), Ok(Some(Vec::new())));
        assert_eq!(
            credited_lines(order(), Some(vec![item(0.0), item(2.0)])),
            Ok(Some(vec![
                (ItemPosition(3), Quantity::ZERO),
                (ItemPosition(3), Quantity::whole(2))
            ]))
        );
        assert!(credited_lines(order(), Some(vec![item(-1.0)])).is_err());
    }
}
