//! Events: one row for each change of an order. The key allows only one writer for each version.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "order_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub id: String,
    pub kind: String,
    pub actor: String,
    pub origin: String,
    pub note: String,
    pub created_at: i64,
    pub schema_version: i32,
    pub data: Option<String>,
    /// The hash that ties the event to the one before it; none if a version before `m0048` wrote the event.
    pub hash: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
