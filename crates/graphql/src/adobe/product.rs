//! Products as a catalog has them now: this shop has no product catalog.

use async_graphql::{Enum, ID, MergedObject};

use crate::kit::Money;
use crate::kit::interface::interface;
use crate::kit::nothing::no_such_object;

interface! {
    /// A product of a catalog. Never present: this shop has no product catalog.
    ProductInterface of ProductFields { Simple(SimpleProduct) }
}

/// A simple product of a catalog. Never present: this shop has no product catalog.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct SimpleProduct(ProductFields);

no_such_object! {
    /// The fields that every product has.
    ProductFields {
        /// Id of the product. Never present: this shop has no product catalog.
        uid: ID,
        /// SKU (stock keeping unit) of the product. Never present: this shop has no product catalog.
        sku: Option<String>,
        /// Name of the product. Never present: this shop has no product catalog.
        name: Option<String>,
        /// Part of the product page's address that names the product. Never present: this shop has no product catalog.
        url_key: Option<String>,
        /// Address of the product page for search engines. Never present: this shop has no product catalog.
        canonical_url: Option<String>,
        /// Whether the product can be wrapped as a gift. Never present: this shop has no product catalog.
        gift_wrapping_available: bool,
        /// Price of wrapping the product as a gift. Never present: this shop has no product catalog.
        gift_wrapping_price: Option<Money>,
        /// Quantity left in stock, when it is low. Never present: this shop has no product catalog.
        only_x_left_in_stock: Option<f64>,
        /// Lowest and highest price of the product's variants. Never present: this shop has no product catalog.
        price_range: PriceRange,
        /// Small picture of the product. Never present: this shop has no product catalog.
        small_image: Option<ProductImage>,
        /// Whether the product is in stock. Never present: this shop has no product catalog.
        stock_status: Option<ProductStockStatus>,
        /// Smallest picture of the product. Never present: this shop has no product catalog.
        thumbnail: Option<ProductImage>,
    }

    /// A picture of a product. Never present: this shop has no product catalog.
    ProductImage {
        /// Whether the picture is hidden from shoppers. Never present: this shop has no product catalog.
        disabled: Option<bool>,
        /// Text that describes the picture. Never present: this shop has no product catalog.
        label: Option<String>,
        /// Address of the picture. Never present: this shop has no product catalog.
        url: Option<String>,
    }

    /// Lowest and highest price of a product's variants. Never present: this shop has no product catalog.
    PriceRange {
        /// Price of the most expensive variant. Never present: this shop has no product catalog.
        maximum_price: Option<ProductPrice>,
        /// Price of the cheapest variant. Never present: this shop has no product catalog.
        minimum_price: ProductPrice,
    }

    /// Price of a product. Never present: this shop has no product catalog.
    ProductPrice {
        /// Price that the buyer pays, after special prices. Never present: this shop has no product catalog.
        final_price: Money,
        /// Price before special prices. Never present: this shop has no product catalog.
        regular_price: Money,
    }
}

/// Whether a product is in stock. Never used: this shop has no product catalog.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProductStockStatus {
    /// The product is in stock.
    InStock,
    /// The product is out of stock.
    OutOfStock,
}
