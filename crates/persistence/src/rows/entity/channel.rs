//! Sales channels: how far each one is read, and which worker has its turn.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "channels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub read_until: i64,
    pub page_token: Option<String>,
    pub reach: Option<i64>,
    pub reads_at: i64,
    pub sends_at: i64,
    pub due_at: i64,
    pub read_at: Option<i64>,
    pub problem: String,
    pub lease_until: i64,
    pub fence: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
