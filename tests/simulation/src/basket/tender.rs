//! The tenders of an order that several pay.

use countermand_domain::TenderKind;
use serde_json::{Value, json};

use super::money;

/// A tender, with an amount in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tender {
    pub(super) kind: TenderKind,
    pub(super) method: String,
    /// The reference of the payment at its provider; none for store credit, of which no provider knows.
    pub(super) reference: Option<String>,
    pub(super) amount: i64,
}

impl Tender {
    /// Whether a provider can reserve the money and capture it later. A balance is paid at once.
    pub(super) fn can_be_reserved(&self) -> bool {
        self.kind == TenderKind::Provider
    }

    /// The tender in a few words.
    pub(super) fn story(&self) -> String {
        format!("{} {} cents", self.kind.code(), self.amount)
    }

    /// The tender as JSON. `is_reserved` says that its money is not captured yet.
    pub(super) fn json(&self, is_reserved: bool) -> Value {
        let field = if is_reserved {
            "amount_authorized"
        } else {
            "amount_paid"
        };
        let (kind, reference) = (self.kind.code(), &self.reference);
        let mut tender = json!({ "method": self.method, "kind": kind, "last_trans_id": reference });
        tender[field] = money(self.amount);
        tender
    }
}
