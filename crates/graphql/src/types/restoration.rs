//! What a cancellation gives back of the things that other systems keep.

use async_graphql::SimpleObject;
use countermand_domain::{Restoration, RestoredStock};

use crate::kit::money::{Money, float, quantity};

/// What the systems that keep stock, coupons, credits and points give back because of a cancellation.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderRestoration {
    /// The units that go back into stock; empty when none do.
    stock: Vec<OrderRestoredStock>,
    /// The codes of the coupons that the buyer may use again; empty when there are none, or when the buyer was erased.
    coupons: Vec<String>,
    /// Gift cards and store credit that the buyer gets back, in the order's currency; zero when there are none.
    credits: Money,
    /// The number of points that the buyer gets back; zero when there are none.
    points: f64,
}

/// Units of an item that go back into stock.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderRestoredStock {
    /// The position of the item in its order, from 1.
    item: i32,
    /// The stock keeping unit of the item.
    sku: String,
    /// The number of units, with at most four decimal places.
    quantity: f64,
}

impl From<&Restoration> for OrderRestoration {
    fn from(it: &Restoration) -> Self {
        let line = |line: &RestoredStock| OrderRestoredStock {
            item: line.item.0,
            sku: line.sku.clone(),
            quantity: quantity(line.quantity),
        };
        Self {
            stock: it.stock.iter().map(line).collect(),
            coupons: it.coupons.clone(),
            credits: it.credits.into(),
            points: float(it.points, 0),
        }
    }
}
