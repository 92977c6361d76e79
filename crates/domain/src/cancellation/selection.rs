//! Which part of an order a cancellation is asked for. How many units it may name stands in `takeable.rs`, and is
//! checked in `order/documents/lines.rs`.

use crate::money::Quantity;
use crate::order::ItemPosition;

/// The part of an order to cancel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Selection {
    /// All that is left of the order.
    #[default]
    All,
    /// Quantities of items by position; the parts of a bundle or configurable go with it in proportion. A part is named
    /// by itself only where its bundle is canceled by part.
    Items(Vec<(ItemPosition, Quantity)>),
}
