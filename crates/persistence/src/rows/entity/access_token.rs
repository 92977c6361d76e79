//! Bearer tokens, stored by their hashes.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "access_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    pub kind: String,
    pub name: String,
    pub customer_id: Option<i64>,
    pub role: Option<String>,
    pub store_number: Option<i32>,
    pub created_at: i64,
    pub expires_at: i64,
    pub revoked_at: Option<i64>,
    /// The time of the last use of a token of staff, to within an hour.
    pub last_used_at: Option<i64>,
    /// Whether staff may cancel with the token and pay nothing back. An owner may in any case.
    pub may_withhold_refunds: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
