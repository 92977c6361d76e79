//! The conditions of staff's search for orders, and how they become the search of the use case.

use async_graphql::{InputObject, Result};
use countermand_app::orders::find_orders::{OrderRange, OrderSearch, SearchedFacts};
use countermand_domain::channel::ChannelOrderNumber;
use countermand_domain::{Currency, Money, OrderNumber, OrderState, Shop, StoreNumber};

use super::time_range::read_range;
use super::user_error::query_error;
use crate::kit::error::{Category, refused};
use crate::types::order_line::decimal;

/// The longest text of a condition, in characters.
const LONGEST_TEXT: usize = 254;

/// The conditions of a search for orders. An order must meet every condition that is not null.
#[derive(Default, InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrdersFilterInput {
    /// The code of the store view in which the order was placed.
    store_code: Option<String>,
    /// The status code of the order, such as `pending`; the whole code must be equal. A status that has no label and
    /// that no order has is refused.
    status: Option<String>,
    /// The state of the order: `new`, `pending_payment`, `processing`, `payment_review`, `holded`, `complete`, `closed`
    /// or `canceled`.
    state: Option<String>,
    /// The number of the order; the whole number must be equal.
    number: Option<String>,
    /// A part of the number of the order, such as its last digits, in any case.
    number_part: Option<String>,
    /// The `SalesChannel.name` of the sales channel from which the order was imported, such as `amazon-de`.
    sales_channel: Option<String>,
    /// The number of the order at its sales channel, such as `123-1234567-1234567`; the whole number must be equal.
    sales_channel_order_number: Option<String>,
    /// The buyer's e-mail address, whole. It matches as it is given and in lower case.
    email: Option<String>,
    /// A part of the buyer's e-mail address, in any case.
    email_part: Option<String>,
    /// A part of the buyer's name, in any case: the given and the family name, joined by a space. On SQLite, only the
    /// letters A to Z match in any case.
    name: Option<String>,
    /// A part of the SKU of an item of the order, in any case.
    sku: Option<String>,
    /// Whether the buyer has paid the order's grand total; an order that costs nothing counts as paid.
    paid: Option<bool>,
    /// The earliest time at which the order was canceled, inclusive, in the forms of `placed_from`. At most 10,000
    /// orders may have been canceled in the asked time.
    canceled_from: Option<String>,
    /// The latest time at which the order was canceled, inclusive, in the forms of `placed_to`.
    canceled_to: Option<String>,
    /// The code of the reason for which the order was canceled, such as `no_longer_needed`.
    reason_code: Option<String>,
    /// The least grand total, inclusive, in the currency `currency`.
    grand_total_from: Option<f64>,
    /// The largest grand total, inclusive, in the currency `currency`.
    grand_total_to: Option<f64>,
    /// The code of the order's currency, such as `EUR`. With an amount, null means the currency of the store view that
    /// `store_code` names, or of the default store view.
    currency: Option<String>,
    /// The earliest time at which the order was placed, inclusive: RFC 3339, `YYYY-MM-DD HH:MM:SS` in UTC, or a
    /// date, which stands for its first moment in UTC.
    placed_from: Option<String>,
    /// The latest time at which the order was placed, inclusive: RFC 3339, `YYYY-MM-DD HH:MM:SS` in UTC, or a
    /// date, which stands for its last moment in UTC.
    placed_to: Option<String>,
}

impl OrdersFilterInput {
    /// The search for the first page; the caller sets the size of the page.
    pub(super) fn read(self, shop: &Shop) -> Result<OrderSearch> {
        let store = self.store_code.map(|code| {
            let store = shop.store_by_code(&code).map(|store| store.number);
            store.ok_or_else(|| refused(Category::NoSuchEntity, "NOT_FOUND", "no such store view"))
        });
        let store = store.transpose()?;
        let has_amount = self.grand_total_from.is_some() || self.grand_total_to.is_some();
        let currency = match self.currency {
            Some(code) => Some(read_currency(&code)?),
            None if has_amount => Some(currency_of(shop, store)?),
            None => None,
        };
        let amount = |field, amount: Option<f64>| match (amount, currency) {
            (Some(amount), Some(currency)) => read_amount(field, amount, currency).map(Some),
            _ => Ok(None),
        };
        Ok(OrderSearch {
            store,
            status: self.status,
            number: self.number.map(OrderNumber::from),
            channel_number: self
                .sales_channel_order_number
                .map(|number| read_channel_number(&number))
                .transpose()?,
            email: self.email,
            placed: read_range(("placed_from", self.placed_from), ("placed_to", self.placed_to))?,
            canceled: read_range(
                ("canceled_from", self.canceled_from),
                ("canceled_to", self.canceled_to),
            )?,
            facts: SearchedFacts {
                number_part: text("number_part", self.number_part)?,
                email_part: text("email_part", self.email_part)?,
                name_part: text("name", self.name)?,
                sku_part: text("sku", self.sku)?,
                sales_channel: text("sales_channel", self.sales_channel)?,
                state: self.state.map(|code| read_state(&code)).transpose()?,
                is_paid: self.paid,
                reason_code: text("reason_code", self.reason_code)?,
                currency,
                grand_total: OrderRange {
                    from: amount("grand_total_from", self.grand_total_from)?,
                    to: amount("grand_total_to", self.grand_total_to)?,
                },
            },
            ..OrderSearch::default()
        })
    }
}

/// The text of a condition, which may not be empty.
fn text(field: &str, given: Option<String>) -> Result<Option<String>> {
    let Some(given) = given else { return Ok(None) };
    let trimmed = given.trim();
    let length = trimmed.chars().count();
    if !(1..=LONGEST_TEXT).contains(&length) || trimmed.chars().any(char::is_control) {
        let message =
            format!("{field} must be a text of 1 to {LONGEST_TEXT} characters without control characters");
        return Err(invalid(message));
    }
    Ok(Some(trimmed.to_owned()))
}

fn read_channel_number(text: &str) -> Result<ChannelOrderNumber> {
    let number = ChannelOrderNumber::parse(text.trim());
    number.ok_or_else(|| {
        invalid(
            "sales_channel_order_number must be a text of 1 to 64 printable ASCII characters without spaces",
        )
    })
}

fn read_state(code: &str) -> Result<OrderState> {
    code.parse()
        .map_err(|_| invalid(format!("state: there is no state `{code}`")))
}

fn read_currency(code: &str) -> Result<Currency> {
    code.parse()
        .map_err(|_| invalid(format!("currency: `{code}` is not a currency code")))
}

/// The currency of `store`, or of the default store view.
fn currency_of(shop: &Shop, store: Option<StoreNumber>) -> Result<Currency> {
    let store = match store {
        Some(store) => shop.store(store),
        None => shop.store_by_header(None),
    };
    store
        .map(|store| store.currency)
        .ok_or_else(|| invalid("currency: no store view is active, so name a currency"))
}

/// `amount` in minor units of `currency`.
fn read_amount(field: &str, amount: f64, currency: Currency) -> Result<i64> {
    let text = decimal(field, amount).map_err(query_error)?;
    let money = Money::parse(&text, currency);
    money
        .map(Money::minor)
        .map_err(|problem| invalid(format!("{field}: {text}: {problem}")))
}

fn invalid(message: impl Into<String>) -> async_graphql::Error {
    refused(Category::Input, "INVALID", message)
}
