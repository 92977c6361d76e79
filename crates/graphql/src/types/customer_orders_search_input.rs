//! The filter, the sorting and the scope of a customer's orders as storefronts send them (`docs/contract.md` section
//! 9).

use async_graphql::{Enum, InputObject};
use countermand_app::orders::customer_orders::{OrderSort, OrdersScope};

/// The conditions of a customer's search for orders. An order must meet every condition that is not null.
#[derive(InputObject, Default)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CustomerOrdersFilterInput {
    /// The number of the order.
    pub(super) number: Option<FilterStringTypeInput>,
    /// The status code of the order, such as `pending`.
    pub(super) status: Option<FilterEqualTypeInput>,
    /// The time at which the order was placed, in UTC: `YYYY-MM-DD HH:MM:SS`, or `YYYY-MM-DD`, which stands for the
    /// first moment of the day at both ends of the range.
    pub(super) order_date: Option<FilterRangeTypeInput>,
    /// The grand total of the order in its base currency, as a decimal text such as `12.50`.
    pub(super) grand_total: Option<FilterRangeTypeInput>,
    /// A text that is part of the order's number, or of the name or SKU of an item of the order, in any case of
    /// letters: at most 100 characters. An empty text matches every order.
    pub(super) search: Option<String>,
}

/// A condition on a text. If both fields are given, both must hold.
#[derive(InputObject)]
pub(crate) struct FilterEqualTypeInput {
    /// The text must equal this value.
    pub(super) eq: Option<String>,
    /// The text must equal one of these values.
    #[graphql(name = "in")]
    pub(super) among: Option<Vec<Option<String>>>,
}

/// A condition on a text. If several fields are given, all must hold.
#[derive(InputObject)]
pub(crate) struct FilterStringTypeInput {
    /// The text must equal this value.
    pub(super) eq: Option<String>,
    /// The text must equal one of these values.
    #[graphql(name = "in")]
    pub(super) among: Option<Vec<Option<String>>>,
    /// The text must contain this value, in any case of letters. An empty value matches every text.
    #[graphql(name = "match")]
    pub(super) part: Option<String>,
}

/// A range of amounts or times. Both ends belong to the range.
#[derive(InputObject)]
pub(crate) struct FilterRangeTypeInput {
    /// The start of the range; null for no limit.
    pub(super) from: Option<String>,
    /// The end of the range; null for no limit.
    pub(super) to: Option<String>,
}

/// The sorting of a list of orders.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CustomerOrderSortInput {
    /// The field by which the orders are sorted.
    pub(super) sort_field: CustomerOrderSortableField,
    /// The direction of the sorting.
    pub(super) sort_direction: SortEnum,
}

/// A field by which orders can be sorted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CustomerOrderSortableField {
    /// The number of the order, compared as text.
    Number,
    /// The time at which the order was placed.
    CreatedAt,
}

/// The direction of a sorting.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortEnum {
    /// The smallest or oldest first.
    Asc,
    /// The largest or newest first.
    Desc,
}

/// The store views whose orders are listed.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeTypeEnum {
    /// The store views of all websites.
    Global,
    /// The store views of the website to which the requested store view belongs.
    Website,
    /// The store views of the group to which the requested store view belongs.
    Store,
}

impl From<CustomerOrderSortInput> for OrderSort {
    fn from(sort: CustomerOrderSortInput) -> Self {
        let descending = sort.sort_direction == SortEnum::Desc;
        match sort.sort_field {
            CustomerOrderSortableField::Number => Self::Number { descending },
            CustomerOrderSortableField::CreatedAt => Self::PlacedAt { descending },
        }
    }
}

impl From<ScopeTypeEnum> for OrdersScope {
    fn from(scope: ScopeTypeEnum) -> Self {
        match scope {
            ScopeTypeEnum::Global => Self::Global,
            ScopeTypeEnum::Website => Self::Website,
            ScopeTypeEnum::Store => Self::Group,
        }
    }
}
