//! Idempotency keys: a request that is sent again under its key changes nothing again and gets the same answer.
//!
//! The key is claimed before the request runs. Each change leaves a mark in its own transaction, so a crash cannot part
//! the two. The answer is kept, sealed, before it is sent.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_domain::{IdempotencyKey, OrderId};
use countermand_persistence::{ChangeMark, KeyClaim, NewIdempotencyKey};

use crate::App;
use crate::error::AppError;
use crate::rights::StaffOperation;
use crate::viewer::{Caller, Viewer};

/// How long a request holds its key. After that its server counts as dead, and a repetition takes the key over.
pub const KEY_LEASE: Duration = Duration::from_secs(60);
/// How long a request with a key may run. It is shorter than [`KEY_LEASE`], so that a write which is still under way
/// ends before the key is taken over.
pub const RUN_LIMIT: Duration = Duration::from_secs(30);

/// The owner of the keys of callers who are not signed in.
pub(crate) const ANONYMOUS: &str = "anonymous";

/// Operations that look at more than the order before they change it, so that a second run cannot show what the first
/// one did.
const SHOWN_ONCE: [StaffOperation; 1] = [StaffOperation::SettleObligation];

/// A request with an idempotency key.
#[derive(Debug, Clone)]
pub struct KeyedRequest<'a> {
    /// The key.
    pub key: &'a IdempotencyKey,
    /// The name of the mutation.
    pub operation: &'a str,
    /// What an anonymous caller proves their right with, such as a guest's order token; none for a caller who is signed
    /// in. Two callers with different proofs never meet under one key.
    pub proof: Option<&'a str>,
    /// The whole request as text: the mutation, its input and what its answer shows. Equal requests have equal texts.
    pub text: &'a str,
}

/// What to do with a request that has an idempotency key.
#[derive(Debug)]
pub enum KeyedStart {
    /// Run it, and keep its answer with [`App::keep_answer`].
    Run(HeldKey),
    /// Run nothing: the change was made, but its server died before it answered, and the answer cannot be made again.
    AnswerLost(HeldKey),
    /// Send this answer, which the request had before.
    Repeat(String),
    /// Refuse it: the key belongs to another request.
    Reused,
    /// Refuse it for now: the same request runs at this moment.
    InUse,
}

/// An idempotency key that a request holds while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldKey {
    id: String,
    fence: i64,
    /// What an earlier attempt has changed.
    changed: Vec<String>,
    /// Whether an earlier attempt held the key until its lease was over.
    is_taken_over: bool,
}

impl HeldKey {
    /// The mark of a change of `target`.
    pub(crate) fn mark(&self, target: &str) -> ChangeMark {
        ChangeMark {
            key: self.id.clone(),
            target: target.into(),
        }
    }

    /// The mark of a change of the order `id`.
    pub(crate) fn order_mark(&self, id: OrderId) -> ChangeMark {
        self.mark(&order_target(id))
    }

    /// Whether an earlier attempt held the key until its lease was over: it may have made its change after the claim of
    /// this one.
    #[must_use]
    pub fn is_taken_over(&self) -> bool {
        self.is_taken_over
    }

    /// Whether an earlier attempt has changed the order `id`.
    pub(crate) fn has_changed(&self, id: OrderId) -> bool {
        !self.changed.is_empty() && self.changed.contains(&order_target(id))
    }

    fn start(self, operation: &str) -> KeyedStart {
        if self.can_be_shown(operation) {
            KeyedStart::Run(self)
        } else {
            KeyedStart::AnswerLost(self)
        }
    }

    /// Whether a second run shows what the earlier attempt did: orders are shown as they are now.
    fn can_be_shown(&self, operation: &str) -> bool {
        let is_shown_once = SHOWN_ONCE.iter().any(|it| it.name() == operation);
        self.changed.is_empty()
            || (!is_shown_once && self.changed.iter().all(|target| target.starts_with(ORDER)))
    }
}

/// How the target of a mark of an order begins.
const ORDER: &str = "order ";

fn order_target(id: OrderId) -> String {
    format!("{ORDER}{}", id.number())
}

impl App {
    /// Claims the key of a request for [`KEY_LEASE`]; one round trip for a new key.
    pub async fn begin_keyed(
        &self,
        viewer: &Viewer,
        request: &KeyedRequest<'_>,
    ) -> Result<KeyedStart, AppError> {
        let owner = self.owner_of(viewer);
        let scope = [
            owner.as_str(),
            request.operation,
            request.proof.unwrap_or_default(),
            request.key.as_str(),
        ];
        let new = NewIdempotencyKey {
            id: self.seal().keyed_hash(&scope),
            input_hash: self.seal().keyed_hash(&[request.text]),
            owner,
        };
        Ok(
            match self.database().claim_idempotency_key(&new, KEY_LEASE).await? {
                KeyClaim::Claimed {
                    fence,
                    changed,
                    is_taken_over,
                } => {
                    let held = HeldKey {
                        id: new.id,
                        fence,
                        changed,
                        is_taken_over,
                    };
                    held.start(request.operation)
                }
                KeyClaim::Answered(sealed) => KeyedStart::Repeat(self.opened_answer(&new.id, &sealed)?),
                KeyClaim::Reused => KeyedStart::Reused,
                KeyClaim::InUse => KeyedStart::InUse,
            },
        )
    }

    /// How a request goes on that was refused under `key`, if another attempt has made its change since the key was
    /// claimed; none if nothing more was changed.
    pub async fn changed_meanwhile(
        &self,
        key: &HeldKey,
        operation: &str,
    ) -> Result<Option<KeyedStart>, AppError> {
        let changed = self.database().changes_under_key(&key.id).await?;
        if changed.len() <= key.changed.len() {
            return Ok(None);
        }
        let held = HeldKey {
            changed,
            ..key.clone()
        };
        Ok(Some(held.start(operation)))
    }

    /// Keeps the answer to a request, and gives the answer to send: the same one, or the one of a repetition that took
    /// the key over and was faster. None if a repetition has taken the key over and still runs.
    pub async fn keep_answer(&self, key: &HeldKey, answer: String) -> Result<Option<String>, AppError> {
        let sealed = self
            .seal()
            .seal(answer.as_bytes(), context_of(&key.id).as_bytes());
        let sealed = STANDARD.encode(sealed);
        let kept = self
            .database()
            .keep_idempotent_answer(&key.id, key.fence, &sealed)
            .await?;
        match kept {
            None => Ok(None),
            Some(kept) if kept == sealed => Ok(Some(answer)),
            Some(other) => self.opened_answer(&key.id, &other).map(Some),
        }
    }

    /// Gives a key back whose request has no answer to keep, so that the request may be sent again at once.
    pub async fn release_key(&self, key: &HeldKey) -> Result<(), AppError> {
        Ok(self
            .database()
            .release_idempotency_key(&key.id, key.fence)
            .await?)
    }

    fn opened_answer(&self, id: &str, sealed: &str) -> Result<String, AppError> {
        let sealed = STANDARD.decode(sealed).unwrap_or_default();
        let opened = self.seal().open(&sealed, context_of(id).as_bytes());
        opened
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| AppError::Internal("a kept answer cannot be opened".into()))
    }

    /// The caller to whom a key belongs: one caller's keys are not those of another one. A token of staff with other
    /// rights is another caller, even if it has the same name.
    fn owner_of(&self, viewer: &Viewer) -> String {
        match &viewer.caller {
            Caller::Anonymous => ANONYMOUS.into(),
            Caller::Customer(customer) => format!("customer {}", customer.id.number()),
            Caller::Staff(staff) => {
                let store = staff.store.map(|it| it.0.to_string()).unwrap_or_default();
                let hash = self.seal().keyed_hash(&[&staff.name, staff.role.code(), &store]);
                // The name of a token may be longer than a row keeps.
                format!("staff {}", &hash[..32])
            }
        }
    }
}

/// The purpose for which an answer is sealed, so that it opens under its own key only.
fn context_of(id: &str) -> String {
    format!("idempotent answer {id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(changed: &[&str]) -> HeldKey {
        HeldKey {
            id: "k".into(),
            fence: 1,
            changed: changed.iter().map(|it| (*it).to_owned()).collect(),
            is_taken_over: false,
        }
    }

    #[test]
    fn only_changes_of_orders_are_shown_again() {
        assert!(held(&[]).can_be_shown("createStore"));
        assert!(held(&["order 1", "order 2"]).can_be_shown("cancelOrdersAsAdmin"));
        assert!(!held(&["createStore nl"]).can_be_shown("createStore"));
        assert!(!held(&["order 1"]).can_be_shown("settleObligation"));
    }
}
