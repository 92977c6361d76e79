//! Obligations: effects outside the database that must still happen or have happened.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "obligations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    /// The key of the effect. No two rows have the same key, so the same effect is owed only once.
    pub unique_key: String,
    pub order_id: Option<i64>,
    /// The version of the order whose change caused the obligation.
    pub order_version: Option<i64>,
    pub state: String,
    pub payload: String,
    pub attempts: i32,
    /// The time from which the obligation may be met, or 0 for at once. Of a met obligation, the time when it was met. Of
    /// one that a worker left to staff, the time of that.
    pub due_at: i64,
    /// The time until which a worker holds the obligation, or 0 if no worker holds it.
    pub lease_until: i64,
    /// The number that the last claim drew. Later writes of the claim's worker must name this number.
    pub fence: i64,
    pub last_error: String,
    pub receipt: String,
    pub created_at: i64,
    pub met_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
