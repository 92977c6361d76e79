//! The states of voids and refunds at their providers, each kept as it was learned.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "reversal_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub obligation_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub at: i64,
    pub account: String,
    pub operation: String,
    pub generation: i32,
    pub state: String,
    pub reference: Option<String>,
    pub refusal: Option<String>,
    pub detail: String,
    /// Most reads leave the column out, and it is the last one.
    #[serde(default)]
    pub request_body: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
