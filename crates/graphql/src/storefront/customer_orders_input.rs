//! Filters, sorting and scope of a customer's orders, as they are sent (contract section 9).

use async_graphql::{Enum, InputObject};
use countermand_app::customer_orders::{OrderSort, OrdersScope};

/// Which orders; what is named holds together.
#[derive(InputObject, Default)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CustomerOrdersFilterInput {
    /// By number.
    pub(super) number: Option<FilterStringTypeInput>,
    /// By status code.
    pub(super) status: Option<FilterEqualTypeInput>,
    /// When placed, UTC: `2025-01-31` (from its first moment) or `2025-01-31 13:45:00`.
    pub(super) order_date: Option<FilterRangeTypeInput>,
    /// By grand total in the base currency.
    pub(super) grand_total: Option<FilterRangeTypeInput>,
    /// A part of the number, or of the name or SKU of something that was ordered; at most 100 characters, empty for
    /// everything.
    pub(super) search: Option<String>,
}

/// A text that equals one, or one of several.
#[derive(InputObject)]
pub(crate) struct FilterEqualTypeInput {
    /// Exactly this.
    pub(super) eq: Option<String>,
    /// Exactly one of these.
    #[graphql(name = "in")]
    pub(super) among: Option<Vec<Option<String>>>,
}

/// A text that equals or contains.
#[derive(InputObject)]
pub(crate) struct FilterStringTypeInput {
    /// Exactly this.
    pub(super) eq: Option<String>,
    /// Exactly one of these.
    #[graphql(name = "in")]
    pub(super) among: Option<Vec<Option<String>>>,
    /// Contains this; empty for everything.
    #[graphql(name = "match")]
    pub(super) part: Option<String>,
}

/// Both ends are included.
#[derive(InputObject)]
pub(crate) struct FilterRangeTypeInput {
    /// Not less than this.
    pub(super) from: Option<String>,
    /// Not more than this.
    pub(super) to: Option<String>,
}

/// In which order.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CustomerOrderSortInput {
    /// By what.
    pub(super) sort_field: CustomerOrderSortableField,
    /// Which way.
    pub(super) sort_direction: SortEnum,
}

/// What orders are sorted by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CustomerOrderSortableField {
    /// The number.
    Number,
    /// When placed.
    CreatedAt,
}

/// Which way.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortEnum {
    /// Smallest or oldest first.
    Asc,
    /// Largest or newest first.
    Desc,
}

/// Which store views' orders; none named is the requested store view's.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeTypeEnum {
    /// All of the website's customers' store views.
    Global,
    /// All store views of the website.
    Website,
    /// All store views of the group.
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
