//! Credit memos of an order.

use std::sync::Arc;

use async_graphql::{ID, MergedObject, Object, Result};
use countermand_app::OrderView;
use countermand_domain::{CreditMemoLine, ProductType};

use super::comment::SalesCommentItem;
use super::document::Document;
use super::document_item::{DocumentDiscount, DocumentItem, Refunded};
use super::document_total::CreditMemoTotal;
use super::item_details::{BundleChoices, Downloads, GiftCardText};
use crate::kit::List;
use crate::kit::id;
use crate::kit::interface::interface;
use crate::kit::money::does_not_add_up;

/// A credit memo: the document of what was given back to the buyer.
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

/// A credit memo: the document of what was given back to the buyer.
#[Object(serial)]
impl CreditMemo {
    /// Id of the credit memo, base64 of a decimal number; unique among credit memos.
    async fn id(&self) -> ID {
        id::of_document(self.0.order().id, self.0.number())
    }

    /// Number of the credit memo; unique among the credit memos of the store view.
    async fn number(&self) -> &str {
        &self.memo().number
    }

    /// Amounts of the credit memo; null, with an entry in `errors`, when the amounts do not add up.
    async fn total(&self) -> Option<Result<CreditMemoTotal>> {
        Some(CreditMemoTotal::of(self.0.order(), self.memo(), self.0.index()).map_err(does_not_add_up))
    }

    /// What was given back, item by item; items that are part of another item are not listed. Never null.
    async fn items(&self) -> Option<List<CreditMemoItemInterface>> {
        let lines = self.memo().lines.iter();
        Some(
            lines
                .filter_map(|line| CreditMemoItemInterface::of(&self.0, line))
                .collect(),
        )
    }

    /// Always empty: this shop keeps comments with the order, not with credit memos.
    async fn comments(&self) -> Option<List<SalesCommentItem>> {
        Some(List::empty())
    }
}

interface! {
    /// An item of an order on a credit memo.
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

/// The fields that every item on a credit memo has.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct CreditMemoItemFields(DocumentItem, DocumentDiscount, Refunded);

/// A simple, virtual, grouped or configurable product on a credit memo.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct CreditMemoItem(CreditMemoItemFields);

/// A bundle on a credit memo.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct BundleCreditMemoItem(CreditMemoItemFields, BundleChoices);

/// A downloadable product on a credit memo.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct DownloadableCreditMemoItem(CreditMemoItemFields, Downloads);

/// A gift card on a credit memo.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct GiftCardCreditMemoItem(CreditMemoItemFields, GiftCardText);
