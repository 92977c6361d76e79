//! Orders: the columns that are searched or changed, and the JSON column `placed` with the data that never change.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub version: i64,
    pub store_number: i32,
    pub number: String,
    pub external_id: Option<i64>,
    pub state: String,
    pub status: String,
    pub held_state: Option<String>,
    pub held_status: Option<String>,
    pub customer_id: Option<i64>,
    pub email: String,
    pub placed_at: i64,
    pub updated_at: i64,
    pub status_changed_at: i64,
    pub is_virtual: bool,
    pub currency: String,
    pub base_currency: String,
    pub grand_total: i64,
    pub base_grand_total: i64,
    pub credits: i64,
    pub invoiced: i64,
    pub paid: Option<i64>,
    pub refunded: i64,
    pub canceled: i64,
    pub shipping: String,
    pub placed: String,
    pub other_charges: Option<String>,
    pub cancellation_request: Option<String>,
    pub deliveries: Option<String>,
    pub sales_channel: Option<String>,
    pub subscriptions: Option<String>,
    pub customer_group: Option<i32>,
    /// The hash of the last event that has one.
    pub history_hash: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
