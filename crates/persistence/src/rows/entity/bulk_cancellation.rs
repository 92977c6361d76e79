//! Jobs that cancel many orders.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "bulk_cancellations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub idempotency_key: String,
    pub input_hash: String,
    pub actor: String,
    pub store_number: Option<i32>,
    pub origin: String,
    pub reason: String,
    pub comment: Option<String>,
    pub notifies_customer: Option<bool>,
    pub per_second: i32,
    pub state: String,
    pub paced_at: i64,
    pub lease_until: i64,
    pub fence: i64,
    pub failures: i32,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
