//! Fixed product taxes: this shop keeps none.

use crate::kit::Money;
use crate::kit::nothing::no_such_object;

no_such_object! {
    /// A tax of a fixed amount on each unit of a product. Never present: this shop keeps no fixed product taxes.
    FixedProductTax {
        /// Amount of the tax. Never present: this shop keeps no fixed product taxes.
        amount: Option<Money>,
        /// Name of the tax. Never present: this shop keeps no fixed product taxes.
        label: Option<String>,
    }
}
