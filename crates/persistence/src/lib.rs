//! Stores domain values in the database, and applies each change of an order in one transaction.
//!
//! [`Store`] is the only entry point: its reads return domain
//! values, and [`Store::apply`] writes one decision as a whole.

mod apply;
mod audit;
mod catalog;
mod connect;
mod counter;
mod customer;
mod document;
mod document_row;
mod entity;
mod error;
mod event;
mod event_data;
#[cfg(test)]
mod explain;
mod guest_key;
mod import;
mod installation;
mod item_row;
mod obligations;
mod order_page;
mod order_row;
mod order_search;
mod orders;
mod password_reset;
mod rate_limit;
mod settings;
mod sql;
mod store;
mod time;
mod token;
mod upkeep;

pub use apply::{ChangeIds, OrderChange};
pub use audit::{AuditEntry, AuditPage};
pub use connect::{ConnectError, ConnectOptions};
pub use customer::{AccountKey, CustomerAccount, NewCustomer};
pub use error::StoreError;
pub use event::{Trail, TrailEvent, TrailReversal};
pub use import::{KnownOrder, NewOrder};
pub use obligations::{
    ClaimedObligation, JobPage, JobState, ListedJob, MET, NEEDS_ATTENTION, NewObligation, ObligationCount,
    OwedReversal, PENDING, REFUND, VOID,
};
pub use order_page::{CustomerOrdersQuery, OrderRange, OrderSort, OrdersPage};
pub use order_search::{OrderSearch, OrderSearchPage};
pub use orders::Loaded;
pub use password_reset::PasswordReset;
pub use rate_limit::RateLimit;
pub use store::Store;
pub use token::{NewToken, TokenInfo, TokenOwner};
pub use upkeep::{RowCounts, TableRule};
