//! The fields that only some kinds of products have, shared by the items of
//! orders, invoices, shipments and credit memos.

use async_graphql::{ID, Object, SimpleObject};
use countermand_domain::GiftCardDetail;

use super::row::Row;
use crate::kit::List;
use crate::kit::id;

/// An option of a product, as the buyer chose it or typed it.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct OrderItemOption {
    /// Name of the option, such as `Color`.
    pub(crate) label: String,
    /// Value that the buyer chose or typed, such as `Red`.
    pub(crate) value: String,
}

/// The choices that the buyer made for a bundle.
#[derive(Clone)]
pub(crate) struct BundleChoices(pub(crate) Row);

#[Object(rename_fields = "snake_case")]
impl BundleChoices {
    /// Options of the bundle, each with the products that the buyer chose. An order without the names of the options
    /// has one option, which is named as the bundle and holds all its products. Never null.
    async fn bundle_options(&self) -> Option<List<ItemSelectedBundleOption>> {
        let bundle = self.0.item();
        if bundle.bundle_options.is_empty() {
            let products: Vec<_> = self.0.parts().map(|part| part.name.as_str()).collect();
            let contents = (!products.is_empty())
                .then(|| ItemSelectedBundleOption::new(0, &bundle.name, products.into_iter()));
            return Some(contents.into_iter().collect());
        }
        let options = bundle.bundle_options.iter().enumerate();
        let options = options.map(|(index, option)| {
            ItemSelectedBundleOption::new(index, &option.label, option.values.iter().map(String::as_str))
        });
        Some(options.collect())
    }
}

/// An option of a bundle, with the products that the buyer chose.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct ItemSelectedBundleOption {
    /// Id of the option, base64 of a text; unique within its order item only.
    uid: ID,
    /// Name of the option, such as `Case`.
    label: String,
    /// Products that the buyer chose for the option; empty when the order names none. Never null.
    values: Option<List<ItemSelectedBundleOptionValue>>,
}

impl ItemSelectedBundleOption {
    /// The option at `index`, from 0, with the names of its products.
    fn new<'a>(index: usize, label: &str, products: impl Iterator<Item = &'a str>) -> Self {
        let values = products
            .enumerate()
            .map(|(value, name)| ItemSelectedBundleOptionValue {
                uid: id::encode(&format!("bundle/{index}/{value}")),
                product_name: name.to_owned(),
            });
        Self {
            uid: id::encode(&format!("bundle/{index}")),
            label: label.to_owned(),
            values: Some(values.collect()),
        }
    }
}

/// A product that the buyer chose for an option of a bundle.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct ItemSelectedBundleOptionValue {
    /// Id of the choice, base64 of a text; unique within its order item only.
    uid: ID,
    /// Name of the chosen product when the order was placed.
    product_name: String,
}

/// The item that another item is part of.
#[derive(Clone)]
pub(crate) struct Parent(pub(crate) Row);

#[Object(rename_fields = "snake_case")]
impl Parent {
    /// SKU (stock keeping unit) of the item that this item is part of; null when this item is not part of another one.
    async fn parent_sku(&self) -> Option<&str> {
        self.0.parent().map(|parent| parent.sku.as_str())
    }
}

/// The files of a downloadable product.
#[derive(Clone)]
pub(crate) struct Downloads(pub(crate) Row);

#[Object(rename_fields = "snake_case")]
impl Downloads {
    /// Files that the buyer bought, by title; this shop does not serve the files themselves. Never null.
    async fn downloadable_links(&self) -> Option<List<DownloadableItemsLinks>> {
        let links = self.0.item().downloadable_links.iter();
        let links = links.zip(1..).map(|(title, sort_order)| DownloadableItemsLinks {
            uid: id::encode(&format!("downloadable/{sort_order}")),
            sort_order: Some(sort_order),
            title: Some(title.clone()),
        });
        Some(links.collect())
    }
}

/// A file of a downloadable product that the buyer bought.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct DownloadableItemsLinks {
    /// Id of the file, base64 of a text; unique within its order item only.
    uid: ID,
    /// Position of the file in the list, from 1. Never null.
    sort_order: Option<i32>,
    /// Title of the file. Never null.
    title: Option<String>,
}

/// The texts of a gift card.
#[derive(Clone)]
pub(crate) struct GiftCardText(pub(crate) Row);

#[Object(rename_fields = "snake_case")]
impl GiftCardText {
    /// Sender, recipient and message of the gift card; null when the order keeps no data of the gift card.
    async fn gift_card(&self) -> Option<GiftCardItem> {
        self.0.item().gift_card.clone().map(GiftCardItem::from)
    }
}

/// Sender, recipient and message of a gift card that the buyer bought.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct GiftCardItem {
    /// Name of the person who gives the gift card; null when the order states none.
    sender_name: Option<String>,
    /// E-mail address of the person who gives the gift card; null when the order states none.
    sender_email: Option<String>,
    /// Name of the person who receives the gift card; null when the order states none.
    recipient_name: Option<String>,
    /// E-mail address of the person who receives the gift card; null when the order states none.
    recipient_email: Option<String>,
    /// Message to the person who receives the gift card; null when the order states none.
    message: Option<String>,
}

impl From<GiftCardDetail> for GiftCardItem {
    fn from(detail: GiftCardDetail) -> Self {
        Self {
            sender_name: detail.sender_name,
            sender_email: detail.sender_email,
            recipient_name: detail.recipient_name,
            recipient_email: detail.recipient_email,
            message: detail.message,
        }
    }
}
