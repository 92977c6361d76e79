//! Authorizations and captures.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "payment_transactions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub kind: String,
    pub amount: i64,
    pub used: i64,
    pub reference: Option<String>,
    pub created_at: i64,
    /// How much of `used` goes back to the buyer and was not moved yet.
    pub owed: i64,
    /// How much of `used` was to go back and does not, because staff ended it.
    pub abandoned: i64,
    /// How much of `used` others paid back.
    pub outside: i64,
    /// The position of the tender, from 0.
    pub tender: i32,
    /// The amount at the payment provider, where it charged the buyer in another currency.
    pub charged_amount: Option<i64>,
    /// The code of that currency.
    pub charged_currency: Option<String>,
    /// How much of `charged_amount` was captured, voided or refunded, or is to be.
    pub charged_used: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
