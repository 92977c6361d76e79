//! What is owed outside the database.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "obligations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    /// Two rows never have the same: the same effect is owed once.
    pub unique_key: String,
    pub order_id: Option<i64>,
    /// The version of the order whose change caused the obligation.
    pub order_version: Option<i64>,
    pub state: String,
    pub payload: String,
    pub attempts: i32,
    /// When the obligation may be met, 0 for at once; of a met one, when it was met.
    pub due_at: i64,
    /// Until when a worker holds it; 0 where no worker does.
    pub lease_until: i64,
    /// The number that the last claim drew: later writes of its worker must name it.
    pub fence: i64,
    pub last_error: String,
    pub receipt: String,
    pub created_at: i64,
    pub met_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
