//! Credit memos of an order.

use std::sync::Arc;

use async_graphql::{ID, MergedObject, Object, Result};
use countermand_app::OrderView;
use countermand_domain::{CreditMemoLine, ProductType};

use super::comment::SalesCommentItem;
use super::document::Document;
use super::document_item::{DocumentDiscount, DocumentItem, Refunded};
use super::document_total::CreditMemoTotal;
use super::id;
use super::interface::interface;
use super::item_details::{BundleChoices, Downloads, GiftCardText};
use super::list::List;
use super::money::does_not_add_up;

/// What is given back, as a document.
pub(crate) struct CreditMemo(Document);

impl CreditMemo {
    pub(crate) fn all(view: &Arc<OrderView>) -> List<Self> {
        Document::all(view, view.order.credit_memos.len())
            .map(Self)
            .collect()
    }

    fn memo(&self) -> &countermand_domain::CreditMemo {
        self.0.of(|order| &order.credit_memos)
    }
}

/// What is given back, as a document.
#[Object]
impl CreditMemo {
    async fn id(&self) -> ID {
        id::within_order(self.0.order().id, self.0.number())
    }

    /// Unique in the store.
    async fn number(&self) -> &str {
        &self.memo().number
    }

    /// What it adds up to.
    async fn total(&self) -> Option<Result<CreditMemoTotal>> {
        Some(CreditMemoTotal::of(self.0.order(), self.memo()).map_err(does_not_add_up))
    }

    /// What is given back.
    async fn items(&self) -> Option<List<CreditMemoItemInterface>> {
        let lines = self.memo().lines.iter();
        Some(
            lines
                .filter_map(|line| CreditMemoItemInterface::of(&self.0, line))
                .collect(),
        )
    }

    /// Credit memos have no comments of their own.
    async fn comments(&self) -> Option<List<SalesCommentItem>> {
        Some(List::empty())
    }
}

interface! {
    /// A row on a credit memo.
    CreditMemoItemInterface of CreditMemoItemFields {
        Plain(CreditMemoItem),
        Bundle(BundleCreditMemoItem),
        Downloadable(DownloadableCreditMemoItem),
        GiftCard(GiftCardCreditMemoItem),
    }
}

impl CreditMemoItemInterface {
    fn of(document: &Document, line: &CreditMemoLine) -> Option<Self> {
        let row = document.top_level_row(line.item)?;
        let fields = CreditMemoItemFields(
            DocumentItem::new(row.clone(), document.number()),
            DocumentDiscount {
                row: row.clone(),
                discount: line.money.discount,
            },
            Refunded(line.quantity),
        );
        Some(match row.item().product_type {
            ProductType::Simple | ProductType::Virtual | ProductType::Grouped | ProductType::Configurable => {
                CreditMemoItem(fields).into()
            }
            ProductType::Bundle => BundleCreditMemoItem(fields, BundleChoices(row)).into(),
            ProductType::Downloadable => DownloadableCreditMemoItem(fields, Downloads(row)).into(),
            ProductType::GiftCard => GiftCardCreditMemoItem(fields, GiftCardText(row)).into(),
        })
    }
}

/// What every row on a credit memo has.
#[derive(MergedObject, Clone)]
pub(crate) struct CreditMemoItemFields(DocumentItem, DocumentDiscount, Refunded);

/// A product.
#[derive(MergedObject, Clone)]
pub(crate) struct CreditMemoItem(CreditMemoItemFields);

/// A bundle.
#[derive(MergedObject, Clone)]
pub(crate) struct BundleCreditMemoItem(CreditMemoItemFields, BundleChoices);

/// Files.
#[derive(MergedObject, Clone)]
pub(crate) struct DownloadableCreditMemoItem(CreditMemoItemFields, Downloads);

/// A gift card.
#[derive(MergedObject, Clone)]
pub(crate) struct GiftCardCreditMemoItem(CreditMemoItemFields, GiftCardText);
