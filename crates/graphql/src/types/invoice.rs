//! Invoices of an order.

use std::sync::Arc;

use async_graphql::{Enum, ID, MergedObject, Object, Result};
use countermand_app::OrderView;
use countermand_domain::{InvoiceLine, ProductType};

use super::comment::SalesCommentItem;
use super::document::Document;
use super::document_item::{DocumentDiscount, DocumentItem, Invoiced};
use super::document_total::InvoiceTotal;
use super::item_details::{BundleChoices, Downloads, GiftCardText};
use crate::kit::List;
use crate::kit::id;
use crate::kit::interface::interface;
use crate::kit::money::does_not_add_up;

/// An invoice: the document that bills the buyer for an order or a part of an order.
pub(crate) struct Invoice(Document);

impl Invoice {
    pub(crate) fn all(view: &Arc<OrderView>) -> List<Self> {
        Document::all(view, view.order.invoices.len()).map(Self).collect()
    }

    fn invoice(&self) -> &countermand_domain::Invoice {
        self.0.of(|order| &order.invoices)
    }
}

/// Whether an invoice is paid.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "countermand_domain::InvoiceState")]
pub(crate) enum InvoiceState {
    /// The invoice waits for its payment.
    Open,
    /// The invoice is paid: its money was captured.
    Paid,
    /// The shop withdrew the invoice before it was paid; the buyer owes nothing by it.
    Canceled,
}

/// An invoice: the document that bills the buyer for an order or a part of an order.
#[Object(serial)]
impl Invoice {
    /// Id of the invoice, base64 of a decimal number; unique among invoices.
    async fn id(&self) -> ID {
        id::of_document(self.0.order().id, self.0.number())
    }

    /// Number of the invoice; unique among the invoices of the store view.
    async fn number(&self) -> &str {
        &self.invoice().number
    }

    /// Whether the invoice is paid, waits for its payment, or was withdrawn.
    async fn state(&self) -> InvoiceState {
        self.invoice().state.into()
    }

    /// Amounts of the invoice; null, with an entry in `errors`, when the amounts do not add up.
    async fn total(&self) -> Option<Result<InvoiceTotal>> {
        Some(InvoiceTotal::of(self.0.order(), self.invoice(), self.0.index()).map_err(does_not_add_up))
    }

    /// What the invoice bills, item by item; items that are part of another item are not listed. Never null.
    async fn items(&self) -> Option<List<InvoiceItemInterface>> {
        let lines = self.invoice().lines.iter();
        Some(
            lines
                .filter_map(|line| InvoiceItemInterface::of(&self.0, line))
                .collect(),
        )
    }

    /// Always empty: this shop keeps comments with the order, not with invoices.
    async fn comments(&self) -> Option<List<SalesCommentItem>> {
        Some(List::empty())
    }
}

interface! {
    /// An item of an order on an invoice.
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

/// The fields that every item on an invoice has.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct InvoiceItemFields(DocumentItem, DocumentDiscount, Invoiced);

/// A simple, virtual, grouped or configurable product on an invoice.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct InvoiceItem(InvoiceItemFields);

/// An invoiced bundle, with the parts that the buyer chose.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct BundleInvoiceItem(InvoiceItemFields, BundleChoices);

/// A downloadable product on an invoice.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct DownloadableInvoiceItem(InvoiceItemFields, Downloads);

/// A gift card on an invoice.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct GiftCardInvoiceItem(InvoiceItemFields, GiftCardText);
