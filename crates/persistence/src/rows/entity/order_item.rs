//! The items of orders.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize, Serialize)]
#[sea_orm(table_name = "order_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub parent: Option<i32>,
    pub external_id: Option<i64>,
    pub sku: String,
    pub name: String,
    pub product_type: String,
    pub is_virtual: bool,
    pub counts: bool,
    pub qty_ordered: i64,
    pub qty_invoiced: i64,
    pub qty_shipped: i64,
    pub qty_canceled: i64,
    pub qty_refunded: i64,
    pub qty_in_fulfilment: i64,
    pub price: i64,
    pub price_including_tax: i64,
    pub original_price: Option<i64>,
    pub ordered_net: i64,
    pub ordered_tax: i64,
    pub ordered_tax_compensation: i64,
    pub ordered_discount: i64,
    pub invoiced_net: i64,
    pub invoiced_tax: i64,
    pub invoiced_tax_compensation: i64,
    pub invoiced_discount: i64,
    pub refunded_net: i64,
    pub refunded_tax: i64,
    pub refunded_tax_compensation: i64,
    pub refunded_discount: i64,
    pub canceled_net: i64,
    pub canceled_tax: i64,
    pub canceled_tax_compensation: i64,
    pub canceled_discount: i64,
    pub options: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
