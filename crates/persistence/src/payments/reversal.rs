//! Keeps the states of voids and refunds at their providers. An entry is added once, and is never changed.

use countermand_domain::{ReversalCall, ReversalEntry};
use sea_orm::{ColumnTrait, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::reversal_entry::{Column, Entity, Model};
use crate::rows::time::{from_micros, to_micros};
use crate::sql::rows::insert;
use crate::sql::script::Script;

/// The longest reference of a provider, in characters.
const LONGEST_REFERENCE: usize = 255;
/// The longest words of a provider that are kept, in characters.
const LONGEST_DETAIL: usize = 512;
/// The largest body of a request, in bytes.
const LARGEST_BODY: usize = 16 * 1024;

/// An entry, with the obligation and the account that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReversalEntry {
    /// The id of the obligation.
    pub obligation: String,
    /// The name of the account at the provider.
    pub account: String,
    /// The entry.
    pub entry: ReversalEntry,
    /// The body of the request that is about to be sent. It holds no key to the account. None in other entries and in those
    /// of older versions, and where the body was not read.
    pub request_body: Option<String>,
}

/// An entry that is written with a change of its order, after the first `known` ones. The change is refused as a whole if
/// another worker added one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReversalEntry {
    /// The entry.
    pub kept: KeptReversalEntry,
    /// How many entries of the obligation are known.
    pub known: usize,
}

impl Database {
    /// The entries of these obligations without the bodies of requests, those of one obligation oldest first.
    pub async fn reversal_entries(
        &self,
        obligations: &[&str],
    ) -> Result<Vec<KeptReversalEntry>, DatabaseError> {
        if obligations.is_empty() {
            return Ok(Vec::new());
        }
        self.read_entries(entries_of(obligations)).await
    }

    /// The entries of one obligation with the bodies of its requests, oldest first.
    pub async fn reversal_with_bodies(
        &self,
        obligation: &str,
    ) -> Result<Vec<KeptReversalEntry>, DatabaseError> {
        let of_this = Column::ObligationId.eq(obligation);
        self.read_entries(oldest_first(Entity::find().filter(of_this)))
            .await
    }

    async fn read_entries(&self, wanted: Select<Entity>) -> Result<Vec<KeptReversalEntry>, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(wanted);
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(KeptReversalEntry::try_from).collect()
    }

    /// Adds an entry after the first `known` ones. The result is false if another worker added one first; then nothing
    /// is written. An entry with a body of more than 16 KiB is refused.
    pub async fn append_reversal_entry(
        &self,
        new: &KeptReversalEntry,
        known: usize,
    ) -> Result<bool, DatabaseError> {
        let row = new.row(known)?;
        let mut script = Script::write(self);
        insert(&mut script, [row.clone()]);
        match script.commit().await {
            // Either this entry was committed and its answer was lost, or another worker's entry has the place.
            Err(DatabaseError::Duplicate) => {
                let key = (row.obligation_id.clone(), row.position);
                let mut script = Script::read(self);
                let kept = script.select(Entity::find_by_id(key));
                Ok(script.fetch().await?.first(kept)?.as_ref() == Some(&row))
            }
            outcome => outcome.map(|_| true),
        }
    }
}

impl NewReversalEntry {
    pub(crate) fn row(&self) -> Result<Model, DatabaseError> {
        self.kept.row(self.known)
    }
}

impl KeptReversalEntry {
    /// The row of the entry after the first `known` ones. A body of more than 16 KiB is refused.
    pub(super) fn row(&self, known: usize) -> Result<Model, DatabaseError> {
        let size = self.request_body.as_ref().map_or(0, String::len);
        if size > LARGEST_BODY {
            let why = format!("the body of a request has {size} bytes, and at most {LARGEST_BODY} are kept");
            return Err(DatabaseError::Failed(why));
        }
        let entry = &self.entry;
        Ok(Model {
            obligation_id: self.obligation.clone(),
            position: i32::try_from(known).map_err(|problem| DatabaseError::Corrupt(problem.to_string()))?,
            at: to_micros(entry.at),
            account: self.account.clone(),
            operation: entry.call.operation.code().into(),
            generation: entry.call.generation,
            state: entry.state.code().into(),
            reference: entry
                .reference
                .as_deref()
                .map(|text| cut(text, LONGEST_REFERENCE)),
            refusal: entry.refusal.map(|refusal| refusal.code().into()),
            detail: cut(&entry.detail, LONGEST_DETAIL),
            request_body: self.request_body.clone(),
        })
    }
}

/// Selects the entries of these obligations without the bodies of requests, those of one obligation oldest first.
pub(crate) fn entries_of(obligations: &[&str]) -> Select<Entity> {
    let of_these = Column::ObligationId.is_in(obligations.iter().copied());
    oldest_first(without_bodies().filter(of_these))
}

fn oldest_first(entries: Select<Entity>) -> Select<Entity> {
    entries
        .order_by_asc(Column::ObligationId)
        .order_by_asc(Column::Position)
}

/// Selects entries without the bodies of their requests, which are read only to send a request again.
pub(super) fn without_bodies() -> Select<Entity> {
    let columns = Column::iter().filter(|column| !matches!(column, Column::RequestBody));
    Entity::find().select_only().columns(columns)
}

/// The first characters of a server's text, without NUL characters, which not every database can store.
fn cut(text: &str, longest: usize) -> String {
    text.replace('\0', "\u{fffd}").chars().take(longest).collect()
}

impl TryFrom<Model> for KeptReversalEntry {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        let unknown = |what: &str| DatabaseError::Corrupt(format!("reversal {}: {what}", row.obligation_id));
        let refusal = row.refusal.as_deref().map(str::parse).transpose();
        let entry = ReversalEntry {
            at: from_micros(row.at)?,
            call: ReversalCall {
                operation: row.operation.parse().map_err(|_| unknown("operation"))?,
                generation: row.generation,
            },
            state: row.state.parse().map_err(|_| unknown("state"))?,
            reference: row.reference.clone(),
            refusal: refusal.map_err(|_| unknown("refusal"))?,
            detail: row.detail.clone(),
        };
        Ok(Self {
            entry,
            obligation: row.obligation_id,
            account: row.account,
            request_body: row.request_body,
        })
    }
}
