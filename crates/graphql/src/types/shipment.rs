//! Shipments of an order.

use std::sync::Arc;

use async_graphql::{ID, MergedObject, Object, SimpleObject};
use countermand_app::OrderView;
use countermand_domain::{ProductType, Shipment, ShipmentLine};

use super::comment::SalesCommentItem;
use super::document::Document;
use super::document_item::{DocumentItem, Shipped};
use super::id;
use super::interface::interface;
use super::item_details::{BundleChoices, GiftCardText};
use super::list::List;

/// A parcel.
pub(crate) struct OrderShipment(Document);

impl OrderShipment {
    pub(crate) fn all(view: &Arc<OrderView>) -> List<Self> {
        Document::all(view, view.order.shipments.len())
            .map(Self)
            .collect()
    }

    fn shipment(&self) -> &Shipment {
        self.0.of(|order| &order.shipments)
    }
}

/// A parcel.
#[Object]
impl OrderShipment {
    async fn id(&self) -> ID {
        id::within_order(self.0.order().id, self.0.number())
    }

    /// Unique in the store.
    async fn number(&self) -> &str {
        &self.shipment().number
    }

    /// How to follow it.
    async fn tracking(&self) -> Option<List<ShipmentTracking>> {
        let tracking = self.shipment().tracking.iter().map(|it| ShipmentTracking {
            title: it.title.clone(),
            carrier: it.carrier.clone(),
            number: Some(it.number.clone()),
        });
        Some(tracking.collect())
    }

    /// What is in it.
    async fn items(&self) -> Option<List<ShipmentItemInterface>> {
        let lines = self.shipment().lines.iter();
        Some(
            lines
                .filter_map(|line| ShipmentItemInterface::of(&self.0, line))
                .collect(),
        )
    }

    /// Shipments have no comments of their own.
    async fn comments(&self) -> Option<List<SalesCommentItem>> {
        Some(List::empty())
    }
}

/// A carrier's number.
#[derive(SimpleObject)]
pub(crate) struct ShipmentTracking {
    /// `United Parcel Service`.
    title: String,
    /// `ups`.
    carrier: String,
    /// The number.
    number: Option<String>,
}

interface! {
    /// A row in a parcel.
    ShipmentItemInterface of ShipmentItemFields {
        Plain(ShipmentItem),
        Bundle(BundleShipmentItem),
        GiftCard(GiftCardShipmentItem),
    }
}

impl ShipmentItemInterface {
    fn of(document: &Document, line: &ShipmentLine) -> Option<Self> {
        let row = document.top_level_row(line.item)?;
        let item = DocumentItem::new(row.clone(), document.number());
        let fields = ShipmentItemFields(item, Shipped(line.quantity));
        Some(match row.item().product_type {
            ProductType::Simple
            | ProductType::Virtual
            | ProductType::Grouped
            | ProductType::Configurable
            | ProductType::Downloadable => ShipmentItem(fields).into(),
            ProductType::Bundle => BundleShipmentItem(fields, BundleChoices(row)).into(),
            ProductType::GiftCard => GiftCardShipmentItem(fields, GiftCardText(row)).into(),
        })
    }
}

/// What every row in a parcel has.
#[derive(MergedObject, Clone)]
pub(crate) struct ShipmentItemFields(DocumentItem, Shipped);

/// A product.
#[derive(MergedObject, Clone)]
pub(crate) struct ShipmentItem(ShipmentItemFields);

/// A bundle.
#[derive(MergedObject, Clone)]
pub(crate) struct BundleShipmentItem(ShipmentItemFields, BundleChoices);

/// A gift card.
#[derive(MergedObject, Clone)]
pub(crate) struct GiftCardShipmentItem(ShipmentItemFields, GiftCardText);
