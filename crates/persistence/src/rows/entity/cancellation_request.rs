//! Requests for a cancellation: what staff filters and sorts by, and the JSON column `request` with the rest.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "cancellation_requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub store_number: i32,
    pub status: String,
    pub reason_code: Option<String>,
    pub requested_at: i64,
    pub due_at: Option<i64>,
    pub request: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
