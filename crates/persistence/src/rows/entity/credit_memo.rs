//! Credit memos.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "credit_memos")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub number: String,
    pub lines: String,
    pub shipping: String,
    pub adjustment: i64,
    pub grand_total: i64,
    pub credits: i64,
    pub prepaid: i64,
    pub created_at: i64,
    pub other_charges: Option<String>,
    pub fee: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
