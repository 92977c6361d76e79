//! Keeps the states of voids and refunds at their providers. An entry is added once, and is never changed.

use countermand_domain::{ReversalCall, ReversalEntry};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

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

/// An entry, with the obligation and the account that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReversalEntry {
    /// The id of the obligation.
    pub obligation: String,
    /// The name of the account at the provider.
    pub account: String,
    /// The entry.
    pub entry: ReversalEntry,
}

impl Database {
    /// The entries of these obligations, those of one obligation oldest first.
    pub async fn reversal_entries(
        &self,
        obligations: &[&str],
    ) -> Result<Vec<KeptReversalEntry>, DatabaseError> {
        if obligations.is_empty() {
            return Ok(Vec::new());
        }
        let mut script = Script::read(self);
        let found = script.select(
            Entity::find()
                .filter(Column::ObligationId.is_in(obligations.iter().copied()))
                .order_by_asc(Column::ObligationId)
                .order_by_asc(Column::Position),
        );
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(KeptReversalEntry::try_from).collect()
    }

    /// Adds an entry after the first `known` ones. The result is false if another worker added one first; then nothing
    /// is written.
    pub async fn append_reversal_entry(
        &self,
        new: &KeptReversalEntry,
        known: usize,
    ) -> Result<bool, DatabaseError> {
        let position = i32::try_from(known).map_err(|problem| DatabaseError::Corrupt(problem.to_string()))?;
        let row = new.row(position);
        let mut script = Script::write(self);
        insert(&mut script, [row.clone()]);
        match script.commit().await {
            // Either this entry was committed and its answer was lost, or another worker's entry has the place.
            Err(DatabaseError::Duplicate) => {
                let key = (new.obligation.clone(), position);
                let mut script = Script::read(self);
                let kept = script.select(Entity::find_by_id(key));
                Ok(script.fetch().await?.first(kept)?.as_ref() == Some(&row))
            }
            outcome => outcome.map(|_| true),
        }
    }
}

impl KeptReversalEntry {
    fn row(&self, position: i32) -> Model {
        let entry = &self.entry;
        Model {
            obligation_id: self.obligation.clone(),
            position,
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
        }
    }
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
        })
    }
}
