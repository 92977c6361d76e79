//! Payments of which their provider sent a message before an order has them.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "early_payments")]
pub struct Model {
    /// The id of the check that is owed once an order has the payment.
    pub id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub payment: String,
    /// When the last message came.
    pub at: i64,
    /// How many payments of orders had the reference when the account served none of these orders.
    pub in_orders: i64,
    /// The version of the shop at that time.
    pub shop_version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
