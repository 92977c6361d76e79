//! Orders: how they are read, searched, imported and changed.

pub(crate) mod apply;
mod cancellation_report;
pub(crate) mod cancellation_requests;
pub(crate) mod change_rows;
pub(crate) mod customer_orders;
mod erase_buyer;
pub(crate) mod guest_key;
mod history;
mod import;
pub(crate) mod load;
mod order_count;
mod order_status;
mod past_orders;
mod quote;
pub(crate) mod recent_orders;
mod search_condition;
mod staff_search;
pub(crate) mod subscriptions;

pub use apply::{ChangeIds, OrderChange};
pub use cancellation_report::{PlacedOrders, ReportedCancellation, ReportedTime};
pub use cancellation_requests::{ListedRequest, RequestPage, RequestPlace, RequestSearch, deadline_key};
pub use customer_orders::{CustomerOrdersQuery, OrderRange, OrderSort, OrdersPage};
pub use erase_buyer::Buyer;
pub use history::{Trail, TrailEvent, TrailReversal};
pub use import::{KnownOrder, LocalWork, NewOrder};
pub use load::Loaded;
pub use past_orders::{PastOrderPlace, PastOrdersQuery};
pub use search_condition::{OrderSearch, SearchedFacts};
pub use staff_search::{MOST_CANCELED, OrderSearchCount, OrderSearchPage, Searched};
pub use subscriptions::{SubscriptionOrders, SubscriptionsPage};
