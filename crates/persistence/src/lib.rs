//! Stores domain values in the database, and applies each change of an order in one transaction.
//!
//! [`Database`] is the only entry point: its reads return domain
//! values, and [`Database::apply`] writes one decision as a whole.

mod accounts;
mod audit;
mod bulk;
mod channels;
mod counter;
mod database;
mod error;
#[cfg(test)]
mod explain;
mod installation;
mod obligations;
mod orders;
mod payments;
mod rows;
mod shop;
mod sql;
mod upkeep;

pub use accounts::{
    AccountKey, CustomerAccount, KeptPasswordReset, LooseObligation, NewCustomer, NewToken, PasswordReset,
    RateLimit, RevokedTokens, TokenInfo, TokenOwner,
};
pub use audit::{AuditEntry, AuditFilter, AuditPage, MOST_COUNTED};
pub use bulk::{
    BulkCancellation, BulkCount, BulkOrder, BulkOrderPage, BulkOutcome, BulkPage, BulkPlace, ClaimedBulk,
    DueBulk, NewBulkCancellation, StartedBulk, WaitingBulkOrder,
};
pub use channels::{
    ChannelChange, ChannelOrderPage, ChannelOrderPlace, ChannelOrderSearch, ChannelPulls, ChannelRequestPage,
    ChannelRequestPlace, ChannelRequestSearch, ChannelTurn, ListedChannelRequest, SettledProblem,
};
pub use database::{Connections, Database};
pub use error::DatabaseError;
pub use obligations::{
    ClaimedObligation, HeldObligation, JobPage, JobState, ListedJob, ListedObligation, MET, NEEDS_ATTENTION,
    NewObligation, ObligationPage, OwedReversal, PENDING, REFUND, SettledObligation, VOID,
    WaitingObligations,
};
pub use orders::{
    Buyer, ChangeIds, CustomerOrdersQuery, KnownOrder, ListedRequest, Loaded, LocalWork, MOST_CANCELED,
    NewOrder, OrderChange, OrderRange, OrderSearch, OrderSearchCount, OrderSearchPage, OrderSort, OrdersPage,
    PastOrderPlace, PastOrdersQuery, PlacedOrders, ReportedCancellation, ReportedTime, RequestPage,
    RequestPlace, RequestSearch, Searched, SearchedFacts, SubscriptionOrders, SubscriptionsPage, Trail,
    TrailEvent, TrailReversal, deadline_key,
};
pub use payments::{KeptReversalEntry, PaymentAccount};
pub use shop::change::ShopEdit;
pub use sql::connect::{ConnectError, ConnectOptions, MAX_CONNECTIONS};
pub use sql::url::without_password;
pub use upkeep::{RowCounts, TableRule};
