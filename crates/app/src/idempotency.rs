//! Idempotency keys: a request that is sent again under its key changes nothing again and gets the same answer.
//!
//! The key is claimed before the request runs. Each change leaves a mark in its own transaction, so a crash cannot part
//! the two. The answer is kept, sealed, before it is sent. For how many days it is kept stands in
//! `domain/src/idempotency_key.rs`. That a key of another request is refused is decided in
//! `persistence/src/idempotency/claim.rs`.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_domain::{IdempotencyKey, OrderId};
use countermand_persistence::{AuditEntry, ChangeMark, KeyClaim, NewIdempotencyKey};

use crate::App;
use crate::error::AppError;
use crate::viewer::{Caller, Viewer};

/// How long a request holds its key. After that its server counts as dead, and a repetition takes the key over.
pub const KEY_LEASE: Duration = Duration::from_secs(60);
/// How long a request with a key may run. It is shorter than [`KEY_LEASE`], so that a write which is still under way
/// ends before the key is taken over.
pub const RUN_LIMIT: Duration = Duration::from_secs(30);

/// The owner of the keys of callers who are not signed in.
pub(crate) const ANONYMOUS: &str = "anonymous";

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
    /// What an earlier attempt has changed, and the results that it left.
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

    /// The mark of `result`: what a repetition is answered with and finds nowhere else. It has at most 150 characters
    /// and names no person.
    pub(crate) fn result_mark(&self, result: &str) -> ChangeMark {
        self.mark(&format!("{RESULT}{result}"))
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

    /// Whether an earlier attempt has changed something.
    pub(crate) fn has_change(&self) -> bool {
        !self.changed.is_empty()
    }
}

impl Viewer {
    /// Whether an earlier attempt of this request has made its change, and its server died before it answered. The use
    /// case then changes nothing and shows what was changed. A request that changes several orders asks for each order.
    pub(crate) fn is_carried_out(&self) -> bool {
        self.key.as_ref().is_some_and(HeldKey::has_change)
    }

    /// The mark of the change that the request makes by `operation`, where it has an idempotency key. Each request
    /// makes one such change, so its target is the operation: of two attempts at the same time, one is written.
    pub(crate) fn mark(&self, operation: &str) -> Option<ChangeMark> {
        self.key.as_ref().map(|key| key.mark(operation))
    }

    /// The entry of the audit log with the mark of `result` beside that of its change.
    pub(crate) fn leaving(&self, mut audit: AuditEntry, result: &str) -> AuditEntry {
        let result = self.key.as_ref().map(|key| key.result_mark(result));
        audit.marks.extend(result);
        audit
    }

    /// What the earlier attempt left by [`leaving`](Self::leaving).
    pub(crate) fn left_result(&self) -> Result<&str, AppError> {
        let changed = self.key.iter().flat_map(|key| &key.changed);
        let mut results = changed.filter_map(|target| target.strip_prefix(RESULT));
        // Earlier versions of the program left none.
        results.next().ok_or(AppError::AnswerLost(READ_THE_CHANGE))
    }
}

/// How the target of a mark begins that is a result.
const RESULT: &str = "result ";
/// How the target of a mark begins that is a part of a sealed result. The number of the part and its base64 follow.
pub(crate) const SEALED_RESULT: &str = "sealed ";
/// The length of a part of a sealed result, in bytes: its base64 needs no padding and fits into a mark.
const SEALED_PART: usize = 105;
/// What a client does without the answer.
pub(crate) const READ_THE_CHANGE: &str = "Read what you changed; do not send it again.";

fn order_target(id: OrderId) -> String {
    format!("order {}", id.number())
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
                } => KeyedStart::Run(HeldKey {
                    id: new.id,
                    fence,
                    changed,
                    is_taken_over,
                }),
                KeyClaim::Answered(sealed) => KeyedStart::Repeat(self.opened(&sealed, &context_of(&new.id))?),
                KeyClaim::Reused => KeyedStart::Reused,
                KeyClaim::InUse => KeyedStart::InUse,
            },
        )
    }

    /// The key with which a request runs again that was refused under `key`, if another attempt has made its change
    /// since the key was claimed; none if nothing more was changed.
    pub async fn changed_meanwhile(&self, key: &HeldKey) -> Result<Option<HeldKey>, AppError> {
        let changed = self.database().changes_under_key(&key.id).await?;
        let has_more = changed.len() > key.changed.len();
        Ok(has_more.then(|| HeldKey {
            changed,
            ..key.clone()
        }))
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
            Some(other) => self.opened(&other, &context_of(&key.id)).map(Some),
        }
    }

    /// Gives a key back whose request has no answer to keep, so that the request may be sent again at once.
    pub async fn release_key(&self, key: &HeldKey) -> Result<(), AppError> {
        Ok(self
            .database()
            .release_idempotency_key(&key.id, key.fence)
            .await?)
    }

    /// The entry of the audit log with the marks of `result` beside that of its change. The result is sealed and may
    /// be longer than a mark.
    pub(crate) fn leaving_sealed(&self, viewer: &Viewer, mut audit: AuditEntry, result: &str) -> AuditEntry {
        if let Some(key) = &viewer.key {
            let context = result_context_of(&key.id);
            let sealed = self.seal().seal(result.as_bytes(), context.as_bytes());
            let parts = sealed.chunks(SEALED_PART).zip(1_u32..);
            let mark = |(part, number): (&[u8], u32)| {
                key.mark(&format!("{SEALED_RESULT}{number:04} {}", STANDARD.encode(part)))
            };
            audit.marks.extend(parts.map(mark));
        }
        audit
    }

    /// What the earlier attempt left by [`leaving_sealed`](Self::leaving_sealed).
    pub(crate) fn left_sealed(&self, viewer: &Viewer) -> Result<String, AppError> {
        let lost = AppError::AnswerLost(READ_THE_CHANGE);
        let Some(key) = &viewer.key else { return Err(lost) };
        let parts = key
            .changed
            .iter()
            .filter_map(|target| target.strip_prefix(SEALED_RESULT));
        let mut parts: Vec<&str> = parts.collect();
        // Earlier versions of the program left none, and an erasure deletes those that may name a person.
        if parts.is_empty() {
            return Err(lost);
        }
        parts.sort_unstable();
        let parts = parts.into_iter().filter_map(|part| part.split_once(' '));
        let sealed: String = parts.map(|(_, part)| part).collect();
        self.opened(&sealed, &result_context_of(&key.id))
    }

    fn opened(&self, sealed: &str, context: &str) -> Result<String, AppError> {
        let sealed = STANDARD.decode(sealed).unwrap_or_default();
        let opened = self.seal().open(&sealed, context.as_bytes());
        opened
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| AppError::Internal("a kept answer cannot be opened".into()))
    }

    /// The caller to whom a key belongs: one caller's keys are not those of another one. A token of staff with another
    /// role or store view is another caller, even if it has the same name.
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

/// The purpose for which a result is sealed, so that it opens under its own key only.
fn result_context_of(id: &str) -> String {
    format!("idempotent result {id}")
}
