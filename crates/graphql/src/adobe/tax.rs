//! Fixed product taxes: none.

use super::nothing::no_such_object;
use crate::types::Money;

no_such_object! {
    /// A tax by the piece.
    FixedProductTax { amount: Option<Money>, label: Option<String> }
}
