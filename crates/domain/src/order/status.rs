//! The labels of statuses in each store view.

use std::collections::HashMap;

use crate::id::StoreNumber;

/// Labels of statuses: a store view's own, else the merchant's, else the contract's (section 6.1).
#[derive(Debug, Clone, Default)]
pub struct StatusLabels {
    /// `(status code, store view or every store view) -> label`.
    labels: HashMap<(String, Option<StoreNumber>), String>,
}

impl StatusLabels {
    /// Makes the labels from rows of `(status, store view or all, label)`.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = (String, Option<StoreNumber>, String)>) -> Self {
        Self {
            labels: rows
                .into_iter()
                .map(|(status, store, label)| ((status, store), label))
                .collect(),
        }
    }

    /// The label that is set for `status` in `store`, or in every store view if `store` is none.
    #[must_use]
    pub fn set_label(&self, status: &str, store: Option<StoreNumber>) -> Option<&str> {
        self.labels.get(&(status.to_owned(), store)).map(String::as_str)
    }

    /// Every label that is set, sorted by status and then by store view, those of every store view first.
    #[must_use]
    pub fn all(&self) -> Vec<(&str, Option<StoreNumber>, &str)> {
        let labels = self.labels.iter();
        let mut all: Vec<_> = labels
            .map(|((status, store), label)| (status.as_str(), *store, label.as_str()))
            .collect();
        all.sort_unstable();
        all
    }

    /// The label that `store` shows for `status`; an unknown status is shown as its code.
    #[must_use]
    pub fn label(&self, status: &str, store: StoreNumber) -> String {
        let own = self.labels.get(&(status.to_owned(), Some(store)));
        let general = || self.labels.get(&(status.to_owned(), None));
        own.or_else(general)
            .cloned()
            .unwrap_or_else(|| contract_label(status).unwrap_or(status).to_owned())
    }

    /// Whether `status` has a label, of the contract or of the merchant.
    #[must_use]
    pub fn knows(&self, status: &str) -> bool {
        contract_label(status).is_some() || self.labels.keys().any(|(known, _)| known == status)
    }
}

/// The label of the contract; none for a status that the contract does not have.
fn contract_label(status: &str) -> Option<&'static str> {
    Some(match status {
        "pending" => "Pending",
        "pending_payment" => "Pending Payment",
        "processing" => "Processing",
        "fraud" => "Suspected Fraud",
        "payment_review" => "Payment Review",
        "holded" => "On Hold",
        "complete" => "Complete",
        "closed" => "Closed",
        "canceled" => "Canceled",
        _ => return None,
    })
}
