//! Invoices of an order.

use std::sync::Arc;

use async_graphql::{ID, MergedObject, Object, Result};
use countermand_app::OrderView;
use countermand_domain::{InvoiceLine, ProductType};

use super::comment::SalesCommentItem;
use super::document::Document;
use super::document_item::{DocumentDiscount, DocumentItem, Invoiced};
use super::document_total::InvoiceTotal;
use super::id;
use super::interface::interface;
use super::item_details::{BundleChoices, Downloads, GiftCardText};
use super::list::List;
use super::money::does_not_add_up;

/// A bill for a part of an order.
pub(crate) struct Invoice(Document);

impl Invoice {
    pub(crate) fn all(view: &Arc<OrderView>) -> List<Self> {
        Document::all(view, view.order.invoices.len()).map(Self).collect()
    }

    fn invoice(&self) -> &countermand_domain::Invoice {
        self.0.of(|order| &order.invoices)
    }
}

/// A bill for a part of an order.
#[Object]
impl Invoice {
    async fn id(&self) -> ID {
        id::within_order(self.0.order().id, self.0.number())
    }

    /// Unique in the store.
    async fn number(&self) -> &str {
        &self.invoice().number
    }

    /// What it adds up to.
    async fn total(&self) -> Option<Result<InvoiceTotal>> {
        Some(InvoiceTotal::of(self.0.order(), self.invoice()).map_err(does_not_add_up))
    }

    /// What is billed.
    async fn items(&self) -> Option<List<InvoiceItemInterface>> {
        let lines = self.invoice().lines.iter();
        Some(
            lines
                .filter_map(|line| InvoiceItemInterface::of(&self.0, line))
                .collect(),
        )
    }

    /// Invoices have no comments of their own.
    async fn comments(&self) -> Option<List<SalesCommentItem>> {
        Some(List::empty())
    }
}

interface! {
    /// A row on an invoice.
    InvoiceItemInterface of InvoiceItemFields {
        Plain(InvoiceItem),
        Bundle(BundleInvoiceItem),
        Downloadable(DownloadableInvoiceItem),
        GiftCard(GiftCardInvoiceItem),
    }
}

impl InvoiceItemInterface {
    fn of(document: &Document, line: &InvoiceLine) -> Option<Self> {
        let row = document.top_level_row(line.item)?;
        let fields = InvoiceItemFields(
            DocumentItem::new(row.clone(), document.number()),
            DocumentDiscount {
                row: row.clone(),
                discount: line.money.discount,
            },
            Invoiced(line.quantity),
        );
        Some(match row.item().product_type {
            ProductType::Simple | ProductType::Virtual | ProductType::Grouped | ProductType::Configurable => {
                InvoiceItem(fields).into()
            }
            ProductType::Bundle => BundleInvoiceItem(fields, BundleChoices(row)).into(),
            ProductType::Downloadable => DownloadableInvoiceItem(fields, Downloads(row)).into(),
            ProductType::GiftCard => GiftCardInvoiceItem(fields, GiftCardText(row)).into(),
        })
    }
}

/// What every row on an invoice has.
#[derive(MergedObject, Clone)]
pub(crate) struct InvoiceItemFields(DocumentItem, DocumentDiscount, Invoiced);

/// A product.
#[derive(MergedObject, Clone)]
pub(crate) struct InvoiceItem(InvoiceItemFields);

/// A bundle.
#[derive(MergedObject, Clone)]
pub(crate) struct BundleInvoiceItem(InvoiceItemFields, BundleChoices);

/// Files.
#[derive(MergedObject, Clone)]
pub(crate) struct DownloadableInvoiceItem(InvoiceItemFields, Downloads);

/// A gift card.
#[derive(MergedObject, Clone)]
pub(crate) struct GiftCardInvoiceItem(InvoiceItemFields, GiftCardText);
