//! Accounts at payment providers; the secrets are sealed.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "payment_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub adapter: String,
    pub address: String,
    pub secret: String,
    pub is_paused: bool,
    pub problem: String,
    pub version: i64,
    pub created_at: i64,
    pub webhook_secret: Option<String>,
    pub old_webhook_secret: Option<String>,
    pub old_webhook_secret_until: Option<i64>,
    pub merchant_account: Option<String>,
    pub requests_per_second: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
