//! Orders: how they are read, searched, imported and changed.

pub(crate) mod apply;
pub(crate) mod change_rows;
pub(crate) mod guest_key;
mod history;
mod import;
pub(crate) mod load;
mod order_count;
pub(crate) mod page;
pub(crate) mod recent_orders;
mod search;

pub use apply::{ChangeIds, OrderChange};
pub use history::{Trail, TrailEvent, TrailReversal};
pub use import::{KnownOrder, NewOrder};
pub use load::Loaded;
pub use page::{CustomerOrdersQuery, OrderRange, OrderSort, OrdersPage};
pub use search::{OrderSearch, OrderSearchPage};
