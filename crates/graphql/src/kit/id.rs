//! Ids as `docs/contract.md` section 7 encodes them: base64 of a decimal number.

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_domain::{ItemPosition, OrderId};
use thiserror::Error;

/// How many items, documents or lines one parent may have: a child's number is the parent's with four digits added.
const PER_PARENT: i128 = 10_000;

/// Why a text is not the id of an order (`docs/contract.md` section 3.1, rows 5 to 7).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum BadOrderId {
    /// The text is not base64.
    #[error("Value of uid \"{0}\" is incorrect.")]
    Malformed(String),
    /// The text encodes an empty number or zero.
    #[error("An ID is needed. Set the ID and try again.")]
    Empty,
    /// The text encodes something other than the number of a possible order.
    #[error("The entity that was requested doesn't exist. Verify the entity and try again.")]
    Unknown,
}

/// Reads an order's id: base64 of the order's number or, as older storefronts send it, the bare number.
///
/// A text of digits only is a bare number, because base64 of a decimal number always starts with `M`.
pub(crate) fn parse_order_id(text: &str) -> Result<OrderId, BadOrderId> {
    if is_number(text) {
        return order_id(text);
    }
    let decoded = STANDARD
        .decode(text)
        .map_err(|_| BadOrderId::Malformed(text.to_owned()))?;
    match std::str::from_utf8(&decoded) {
        Ok("") => Err(BadOrderId::Empty),
        Ok(number) if is_number(number) => order_id(number),
        Ok(_) | Err(_) => Err(BadOrderId::Unknown),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn order_id(number: &str) -> Result<OrderId, BadOrderId> {
    if number.bytes().all(|byte| byte == b'0') {
        return Err(BadOrderId::Empty);
    }
    number
        .parse()
        .ok()
        .and_then(OrderId::from_number)
        .ok_or(BadOrderId::Unknown)
}

/// Base64 of `number`.
pub(crate) fn encode(number: &impl ToString) -> ID {
    ID(STANDARD.encode(number.to_string()))
}

/// The id of the order `order`.
pub(crate) fn of_order(order: OrderId) -> ID {
    encode(&order.number())
}

/// The id of the order's item at `position`.
pub(crate) fn of_item(order: OrderId, position: ItemPosition) -> ID {
    encode(&order.item_number(position))
}

/// The id of the order's document number `index` among its kind, from 1.
pub(crate) fn of_document(order: OrderId, index: i32) -> ID {
    encode(&within(order.number().into(), index))
}

/// The id of the item at `position` on the order's document number `index` among its kind, from 1.
pub(crate) fn within_document(order: OrderId, index: i32, position: ItemPosition) -> ID {
    let document = within(order.number().into(), index);
    encode(&within(document, position.0))
}

/// The number of the child `number` of `parent`.
fn within(parent: i128, number: i32) -> i128 {
    parent * PER_PARENT + i128::from(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Result<i64, BadOrderId> {
        parse_order_id(text).map(OrderId::number)
    }

    #[test]
    fn an_order_is_named_by_base64_or_by_its_bare_number() {
        assert_eq!(number("MTAwMDA="), Ok(10_000));
        assert_eq!(number("10000"), Ok(10_000));
        assert_eq!(number("1234"), Ok(1_234));
        let order = OrderId::from_number(999_999_999_999_999).expect("an id");
        assert_eq!(of_order(order).len(), 20);
        assert_eq!(parse_order_id(&of_order(order)), Ok(order));
    }

    #[test]
    fn what_is_no_id_is_told_apart() {
        assert_eq!(number("MTAwMDA"), Err(BadOrderId::Malformed("MTAwMDA".into())));
        assert_eq!(
            number("not base64!"),
            Err(BadOrderId::Malformed("not base64!".into()))
        );
        assert_eq!(number(""), Err(BadOrderId::Empty));
        assert_eq!(number("00"), Err(BadOrderId::Empty));
        assert_eq!(number("MA=="), Err(BadOrderId::Empty));
        assert_eq!(number("YWJj"), Err(BadOrderId::Unknown));
        assert_eq!(number("/w=="), Err(BadOrderId::Unknown));
        assert_eq!(number("99999999999999999999999"), Err(BadOrderId::Unknown));
    }

    #[test]
    fn rows_and_documents_get_four_digits_of_their_own() {
        let order = OrderId::from_number(10_000_000_001).expect("an id");
        assert_eq!(of_item(order, ItemPosition(2)), encode(&"100000000010002"));
        assert_eq!(of_document(order, 2), encode(&"100000000010002"));
        assert_eq!(
            within_document(order, 1, ItemPosition(12)),
            encode(&"1000000000100010012")
        );
    }
}
