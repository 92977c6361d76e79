//! Amounts and quantities: exact, with units, and split so that parts always add up.

mod amount;
pub mod decimal;
mod quantity;
mod row_money;

pub use amount::{Currency, Money, MoneyError, UnitPrice, round_rows_to};
pub use quantity::Quantity;
pub use row_money::RowMoney;
