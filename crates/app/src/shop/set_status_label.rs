//! A manager gives a status a label, and an import keeps the labels that its orders bring along.

use std::collections::BTreeMap;
use std::sync::Arc;

use countermand_domain::{Actor, Shop, StoreNumber};
use countermand_persistence::ShopEdit;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::{self, Failure};
use crate::rights::StaffOperation;
use crate::shop::edit_shop::{Editor, ReplacedValues, ShopChange};
use crate::viewer::Viewer;

/// The longest code of a status, in characters.
const LONGEST_STATUS: usize = 32;
/// The longest label, in characters.
const LONGEST_LABEL: usize = 128;
/// The most labels of a shop: all of them are kept in memory.
const MOST_LABELS: usize = 2_000;

impl App {
    /// Sets the label of a status in one store view, or in every store view without a label of its own; without a
    /// label, the set one is taken back. Answers the shop afterwards.
    pub async fn set_status_label(
        &self,
        viewer: &Viewer,
        status: &str,
        store_code: Option<&str>,
        label: Option<&str>,
    ) -> Result<Arc<Shop>, Failure<UserError>> {
        let operation = StaffOperation::SetStatusLabel;
        let staff = viewer.staff(operation)?;
        if let Some(only) = staff.store {
            let own = viewer.shop.store(only).map(|store| store.code.as_str());
            if store_code.is_none() || store_code != own {
                return Err(AppError::Forbidden.into());
            }
        }
        if let Some(refusal) = label_error(status, label) {
            return Err(refusal.into());
        }
        self.edit_shop(&Editor::staff(viewer, operation), |shop| {
            labeled(shop, status, store_code, label)
        })
        .await
    }

    /// Keeps labels that orders of `store` brought along, except for statuses that have a label already.
    pub(crate) async fn keep_status_labels(
        &self,
        actor: &Actor,
        origin: &str,
        store: StoreNumber,
        labels: &BTreeMap<String, String>,
    ) -> Result<(), AppError> {
        if labels.is_empty() {
            return Ok(());
        }
        let editor = Editor::import(actor, origin);
        let kept = self
            .edit_shop(&editor, |shop| Ok(kept_labels(shop, store, labels)))
            .await;
        // Nothing about these labels is refused.
        failure::split(kept).map(|_| ())
    }
}

fn label_error(status: &str, label: Option<&str>) -> Option<UserError> {
    let is_line = |text: &str, longest: usize| {
        let length = text.chars().count();
        (1..=longest).contains(&length) && text.trim() == text && !text.chars().any(char::is_control)
    };
    let invalid = |field: &str, longest: usize| {
        let message = format!("must be a line of 1 to {longest} characters without space around it");
        UserError::about(field, UserErrorCode::Invalid, message)
    };
    if !is_line(status, LONGEST_STATUS) {
        return Some(invalid("status", LONGEST_STATUS));
    }
    label
        .filter(|label| !is_line(label, LONGEST_LABEL))
        .map(|_| invalid("label", LONGEST_LABEL))
}

fn labeled(
    shop: &Shop,
    status: &str,
    store_code: Option<&str>,
    label: Option<&str>,
) -> Result<ShopChange, UserError> {
    let no_store = || UserError::about("store_code", UserErrorCode::NotFound, "no such store view");
    let store = match store_code {
        Some(code) => Some(shop.store_by_code(code).ok_or_else(no_store)?.number),
        None => None,
    };
    let before = shop.labels.set_label(status, store);
    if before == label {
        return Ok(ShopChange::default());
    }
    if before.is_none() && shop.labels.all().len() >= MOST_LABELS {
        let message = format!("at most {MOST_LABELS} labels are possible");
        return Err(UserError::about("status", UserErrorCode::Invalid, message));
    }
    let mut replaced = ReplacedValues::default();
    let place = store_code.map_or_else(|| "every store view".to_owned(), |code| format!("store {code}"));
    let words = |label: Option<&str>| label.unwrap_or("none").to_owned();
    replaced.replace(&place, &mut words(before), Some(&words(label)));
    Ok(ShopChange {
        edits: vec![ShopEdit::StatusLabel {
            status: status.into(),
            store,
            label: label.map(str::to_owned),
        }],
        target: status.into(),
        details: replaced.words(),
    })
}

/// The change that keeps those of `labels` that tell more than the labels that `store` shows without them.
fn kept_labels(shop: &Shop, store: StoreNumber, labels: &BTreeMap<String, String>) -> ShopChange {
    let room = MOST_LABELS.saturating_sub(shop.labels.all().len());
    let is_set = |status: &str| {
        [Some(store), None]
            .iter()
            .any(|place| shop.labels.set_label(status, *place).is_some())
    };
    let new: Vec<_> = labels
        .iter()
        .filter(|(status, label)| label_error(status, Some(label)).is_none())
        .filter(|(status, label)| !is_set(status) && shop.labels.label(status, store) != **label)
        .take(room)
        .collect();
    let words: Vec<_> = new
        .iter()
        .map(|(status, label)| format!("status {status} is called {label}"))
        .collect();
    let edit = |(status, label): (&String, &String)| ShopEdit::StatusLabel {
        status: status.clone(),
        store: Some(store),
        label: Some(label.clone()),
    };
    ShopChange {
        edits: new.into_iter().map(edit).collect(),
        target: shop
            .store(store)
            .map_or_else(String::new, |store| store.code.clone()),
        details: words.join("; "),
    }
}
