//! The one loop of every change of the shop that must not overwrite another one: read, decide, and write if no other
//! change came first.

use std::sync::Arc;

use countermand_domain::{Actor, Shop};
use countermand_persistence::{AuditEntry, ShopEdit};

use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::idempotency::HeldKey;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// Who changes the shop, and from where; for the audit log.
#[derive(Debug, Clone)]
pub(crate) struct Editor {
    actor: Actor,
    origin: String,
    action: &'static str,
    key: Option<HeldKey>,
}

/// A decided change of the shop.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShopChange {
    /// What is written; a change without edits is not written and not recorded.
    pub(crate) edits: Vec<ShopEdit>,
    /// The changed object, for the audit log.
    pub(crate) target: String,
    /// The old and the new values in words, for the audit log.
    pub(crate) details: String,
}

/// The values that a change replaces, as text for the audit log: `locale: en_US, now nl_NL`.
#[derive(Debug, Default)]
pub(crate) struct ReplacedValues(Vec<String>);

impl Editor {
    /// The member of staff who asks for `operation`.
    pub(crate) fn staff(viewer: &Viewer, operation: StaffOperation) -> Self {
        Self {
            actor: viewer.actor(),
            origin: viewer.origin.clone(),
            action: operation.name(),
            key: viewer.key.clone(),
        }
    }

    /// A command that runs on the machine of the shop.
    pub(crate) fn command_line(action: &'static str) -> Self {
        Self {
            actor: Actor::System,
            origin: String::new(),
            action,
            key: None,
        }
    }

    /// The actor of an import.
    pub(crate) fn import(actor: &Actor, origin: &str) -> Self {
        Self {
            actor: actor.clone(),
            origin: origin.into(),
            action: StaffOperation::ImportOrders.name(),
            key: None,
        }
    }
}

impl App {
    /// Changes the shop by `decide`, and gives the shop afterwards. `decide` runs again when another change of the shop
    /// came first, three times at most. A change that was made under the editor's idempotency key before is not made
    /// again.
    pub(crate) async fn edit_shop(
        &self,
        editor: &Editor,
        decide: impl Fn(&Shop) -> Result<ShopChange, UserError>,
    ) -> Result<Arc<Shop>, Failure<UserError>> {
        self.retry_on_conflict(AppError::ShopContended, || async {
            let shop = self.database().shop().await?;
            if editor.key.as_ref().is_some_and(HeldKey::has_change) {
                return Ok(shop);
            }
            let change = decide(&shop)?;
            if change.edits.is_empty() {
                return Ok(shop);
            }
            let entry = self.trail(
                &editor.actor,
                &editor.origin,
                editor.action,
                &change.target,
                &change.details,
            );
            let audit = AuditEntry {
                marks: editor.key.iter().map(|key| key.mark(editor.action)).collect(),
                ..entry
            };
            self.database()
                .change_shop(shop.version, &change.edits, &audit)
                .await?;
            // The target and the details may hold names, so they stand in the audit log only.
            tracing::info!(
                operation = editor.action,
                version = shop.version + 1,
                "the shop was changed"
            );
            Ok(self.database().shop().await?)
        })
        .await
    }
}

impl ReplacedValues {
    /// Replaces `old` by `new` if there is a new value, and it is another one.
    pub(crate) fn replace<T: Clone + PartialEq + ToString>(
        &mut self,
        name: &str,
        old: &mut T,
        new: Option<&T>,
    ) {
        if let Some(new) = new.filter(|new| *new != old) {
            self.0
                .push(format!("{name}: {}, now {}", old.to_string(), new.to_string()));
            *old = new.clone();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn words(&self) -> String {
        self.0.join("; ")
    }
}
