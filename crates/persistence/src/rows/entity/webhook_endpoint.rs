//! Endpoints of other systems that are told of events.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "webhook_endpoints")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub address: String,
    /// The secret, sealed.
    pub secret: String,
    /// The secret before the last rotation, sealed.
    pub old_secret: Option<String>,
    /// Until when messages are signed with the old secret too.
    pub old_secret_until: Option<i64>,
    /// The text of an `EventFilter`.
    pub event_kinds: String,
    pub state: String,
    pub problem: String,
    pub version: i64,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
