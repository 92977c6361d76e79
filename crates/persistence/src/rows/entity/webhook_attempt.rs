//! The log of webhooks: one row for each attempt to send a message to an endpoint.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "webhook_attempts")]
pub struct Model {
    /// A UUID of version 7, so that rows are sorted by time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub endpoint_id: String,
    pub event_id: String,
    pub event_kind: String,
    /// The order of the event; none for a test event.
    pub order_id: Option<i64>,
    pub order_version: Option<i64>,
    pub attempt: i32,
    pub is_delivered: bool,
    /// The status of the answer; none without an answer.
    pub status: Option<i32>,
    /// The first bytes of the answer.
    pub answer: String,
    pub problem: String,
    pub milliseconds: i32,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
