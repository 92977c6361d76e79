//! The orders of jobs that cancel many orders, each with its result.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "bulk_cancellation_orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub bulk_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub order_id: i64,
    pub state: String,
    pub code: String,
    pub message: String,
    pub refund: i64,
    pub currency: String,
    pub done_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
