//! Products as they are now: there is no catalog here.

use async_graphql::{Enum, ID, MergedObject};

use super::nothing::no_such_object;
use crate::types::Money;
use crate::types::interface::interface;

interface! {
    /// A product.
    ProductInterface of ProductFields { Simple(SimpleProduct) }
}

/// A simple product.
#[derive(MergedObject, Clone)]
pub(crate) struct SimpleProduct(ProductFields);

no_such_object! {
    /// What every product has.
    ProductFields {
        uid: ID,
        sku: Option<String>,
        name: Option<String>,
        url_key: Option<String>,
        canonical_url: Option<String>,
        gift_wrapping_available: bool,
        gift_wrapping_price: Option<Money>,
        only_x_left_in_stock: Option<f64>,
        price_range: PriceRange,
        small_image: Option<ProductImage>,
        stock_status: Option<ProductStockStatus>,
        thumbnail: Option<ProductImage>,
    }

    /// A picture of a product.
    ProductImage { disabled: Option<bool>, label: Option<String>, url: Option<String> }

    /// What the variants of a product cost.
    PriceRange { maximum_price: Option<ProductPrice>, minimum_price: ProductPrice }

    /// What a product costs.
    ProductPrice { final_price: Money, regular_price: Money }
}

/// Whether a product can be bought.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProductStockStatus {
    /// It can.
    InStock,
    /// It cannot.
    OutOfStock,
}
