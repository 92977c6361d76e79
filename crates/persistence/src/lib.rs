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
mod idempotency;
mod installation;
mod obligations;
mod orders;
mod payments;
mod rows;
mod schema;
mod shop;
mod sql;
mod upkeep;
mod webhooks;

pub use accounts::{
    AccountKey, CustomerAccount, KeptPasswordReset, LooseObligation, NewCustomer, NewToken, PasswordReset,
    RateLimit, RevokedTokens, TokenInfo, TokenOwner, UsedLimit,
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
pub use idempotency::{ChangeMark, KeyClaim, NewIdempotencyKey};
pub use obligations::{
    ABANDONED, ClaimedObligation, Ending, HeldObligation, JobPage, JobState, Lateness, ListedJob,
    ListedObligation, MET, NEEDS_ATTENTION, NewObligation, ObligationPage, OwedReversal, PENDING, REFUND,
    ReopenedObligation, SettledByPrefix, SettledObligation, VOID, WaitingObligations, WantedObligations,
};
pub use orders::{
    Buyer, ChangeIds, CustomerOrdersQuery, EventToPublish, FeedChange, FeedEntry, FeedPage, FeedReach,
    HistoryHead, HistoryReport, KnownOrder, ListedRequest, Loaded, LocalWork, MOST_CANCELED, NewOrder,
    OrderChange, OrderPulse, OrderRange, OrderSearch, OrderSearchCount, OrderSearchPage, OrderSort,
    OrdersPage, PastOrderPlace, PastOrdersQuery, PlacedOrders, PublishedEvent, ReportedCancellation,
    ReportedTime, RequestPage, RequestPlace, RequestSearch, Searched, SearchedFacts, SubscriptionOrders,
    SubscriptionsPage, Trail, TrailEvent, TrailReversal, deadline_key,
};
pub use payments::{
    EarlyPayment, KeptProviderReport, KeptReversalEntry, NewReversalEntry, PaymentAccount, ReversalSeries,
    ReversalsOfOrders,
};
pub use shop::change::ShopEdit;
pub use sql::connect::{ConnectError, ConnectOptions, MAX_CONNECTIONS};
pub use sql::url::without_password;
pub use upkeep::{RowCounts, TableRule};
pub use webhooks::{
    AttemptFilter, AttemptPage, EventOfTime, EventPlace, EventsOfTime, WebhookAttempt, WebhookEndpoint,
    WebhookState,
};
