//! Shipments of an order.

use std::sync::Arc;

use async_graphql::{ID, MergedObject, Object, SimpleObject};
use countermand_app::OrderView;
use countermand_domain::{ProductType, Shipment, ShipmentLine};

use super::comment::SalesCommentItem;
use super::document::Document;
use super::document_item::{DocumentItem, Shipped};
use super::item_details::{BundleChoices, GiftCardText};
use crate::kit::List;
use crate::kit::id;
use crate::kit::interface::interface;

/// A shipment: items of an order that were handed to a carrier together.
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

/// A shipment: items of an order that were handed to a carrier together.
#[Object(serial)]
impl OrderShipment {
    /// Id of the shipment, base64 of a decimal number; unique among shipments.
    async fn id(&self) -> ID {
        id::of_document(self.0.order().id, self.0.number())
    }

    /// Number of the shipment; unique among the shipments of the store view.
    async fn number(&self) -> &str {
        &self.shipment().number
    }

    /// Tracking numbers of the shipment; empty when there are none. Never null.
    async fn tracking(&self) -> Option<List<ShipmentTracking>> {
        let tracking = self.shipment().tracking.iter().map(|it| ShipmentTracking {
            title: it.title.clone(),
            carrier: it.carrier.clone(),
            number: Some(it.number.clone()),
        });
        Some(tracking.collect())
    }

    /// What the shipment holds, item by item; items that are part of another item are not listed. Never null.
    async fn items(&self) -> Option<List<ShipmentItemInterface>> {
        let lines = self.shipment().lines.iter();
        Some(
            lines
                .filter_map(|line| ShipmentItemInterface::of(&self.0, line))
                .collect(),
        )
    }

    /// Always empty: this shop keeps comments with the order, not with shipments.
    async fn comments(&self) -> Option<List<SalesCommentItem>> {
        Some(List::empty())
    }
}

/// A tracking number of a shipment, with its carrier.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct ShipmentTracking {
    /// Name of the carrier for the buyer, such as `United Parcel Service`.
    title: String,
    /// Code of the carrier, such as `ups`.
    carrier: String,
    /// Tracking number that the carrier gave. Never null.
    number: Option<String>,
}

interface! {
    /// An item of an order in a shipment.
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

/// The fields that every item in a shipment has.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct ShipmentItemFields(DocumentItem, Shipped);

/// A simple, virtual, grouped, configurable or downloadable product in a shipment.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct ShipmentItem(ShipmentItemFields);

/// A shipped bundle, with the parts that the buyer chose.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct BundleShipmentItem(ShipmentItemFields, BundleChoices);

/// A gift card in a shipment.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct GiftCardShipmentItem(ShipmentItemFields, GiftCardText);
