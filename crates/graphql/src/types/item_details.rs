//! What only some kinds of products have: shared by order, invoice, shipment and credit memo items.

use async_graphql::{ID, Object, SimpleObject};
use countermand_domain::GiftCardDetail;

use super::id;
use super::list::List;
use super::row::Row;

/// A chosen option of a product.
#[derive(SimpleObject)]
pub(crate) struct OrderItemOption {
    /// `Color`.
    pub(crate) label: String,
    /// `Red`.
    pub(crate) value: String,
}

/// A bundle's choices.
#[derive(Clone)]
pub(crate) struct BundleChoices(pub(crate) Row);

#[Object(rename_fields = "snake_case")]
impl BundleChoices {
    /// What was chosen.
    async fn bundle_options(&self) -> Option<List<ItemSelectedBundleOption>> {
        let options = self.0.item().bundle_options.iter().enumerate();
        let options = options.map(|(index, option)| ItemSelectedBundleOption {
            uid: id::encode(&format!("bundle/{index}")),
            label: option.label.clone(),
            values: Some(
                option
                    .values
                    .iter()
                    .enumerate()
                    .map(|(value, name)| ItemSelectedBundleOptionValue {
                        uid: id::encode(&format!("bundle/{index}/{value}")),
                        product_name: name.clone(),
                    })
                    .collect(),
            ),
        });
        Some(options.collect())
    }
}

/// An option of a bundle with what was chosen.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ItemSelectedBundleOption {
    uid: ID,
    /// The option's name.
    label: String,
    /// What was chosen.
    values: Option<List<ItemSelectedBundleOptionValue>>,
}

/// A product chosen for a bundle.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ItemSelectedBundleOptionValue {
    uid: ID,
    /// The product's name.
    product_name: String,
}

/// The row it belongs to.
#[derive(Clone)]
pub(crate) struct Parent(pub(crate) Row);

#[Object(rename_fields = "snake_case")]
impl Parent {
    /// The SKU of the row that this one belongs to.
    async fn parent_sku(&self) -> Option<&str> {
        self.0.parent().map(|parent| parent.sku.as_str())
    }
}

/// A downloadable's files.
#[derive(Clone)]
pub(crate) struct Downloads(pub(crate) Row);

#[Object(rename_fields = "snake_case")]
impl Downloads {
    /// The files, by title.
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

/// A file that was bought.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct DownloadableItemsLinks {
    uid: ID,
    /// Position in the list.
    sort_order: Option<i32>,
    /// What it is called.
    title: Option<String>,
}

/// A gift card's text.
#[derive(Clone)]
pub(crate) struct GiftCardText(pub(crate) Row);

#[Object(rename_fields = "snake_case")]
impl GiftCardText {
    /// Who gives what to whom.
    async fn gift_card(&self) -> Option<GiftCardItem> {
        self.0.item().gift_card.clone().map(GiftCardItem::from)
    }
}

/// What is written on a gift card.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct GiftCardItem {
    sender_name: Option<String>,
    sender_email: Option<String>,
    recipient_name: Option<String>,
    recipient_email: Option<String>,
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
