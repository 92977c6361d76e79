//! Amounts and quantities. Both are exact and have units, and their parts always add up to the whole.

mod amount;
mod currency;
pub mod decimal;
mod quantity;
mod rounding;
mod row_money;

pub use amount::{Money, MoneyError, UnitPrice};
pub use currency::Currency;
pub use quantity::Quantity;
pub use rounding::round_rows_to;
pub(crate) use rounding::{Fraction, apportion, sum_of_shares};
pub use row_money::RowMoney;
