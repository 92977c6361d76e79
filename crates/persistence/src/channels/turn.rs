//! Workers take turns at a channel: a turn is a claim with a lease and a fence, so that one worker at a time speaks
//! with the channel.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query, UpdateStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::new_fence;
use crate::rows::entity::channel::{Column, Entity, Model};
use crate::rows::time::{from_micros, micros, to_micros};
use crate::sql::rows::insert;
use crate::sql::script::Script;

/// The longest text about a problem, in characters.
const LONGEST_PROBLEM: usize = 512;

/// How far the orders of a channel are read, and when the next call may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelPulls {
    /// Up to which change the channel's orders were read.
    pub read_until: DateTime<Utc>,
    /// The token of the next page of a reading that is under way; none otherwise.
    pub page_token: Option<String>,
    /// Up to which change the reading under way reaches; none where the channel did not say.
    pub reach: Option<DateTime<Utc>>,
    /// When the orders are read next.
    pub reads_at: DateTime<Utc>,
    /// When the next cancellations may be sent.
    pub sends_at: DateTime<Utc>,
    /// When the orders were last read to the end; none before the first time.
    pub read_at: Option<DateTime<Utc>>,
    /// What went wrong at the last turn; empty when nothing did.
    pub problem: String,
}

/// A worker's turn at a channel.
#[derive(Debug, Clone)]
pub struct ChannelTurn {
    /// The name of the channel.
    pub name: String,
    /// How far the channel is read when the turn begins.
    pub pulls: ChannelPulls,
    fence: i64,
}

impl Database {
    /// How far the orders of the channel `name` are read; none before its first turn.
    pub async fn channel_pulls(&self, name: &str) -> Result<Option<ChannelPulls>, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(Entity::find().filter(Column::Name.eq(name)));
        let found = script.fetch().await?.first(found)?;
        found.map(ChannelPulls::try_from).transpose()
    }

    /// Begins a turn at the channel `name` for the length of `lease`; none if nothing of it is due at `now`, or if
    /// another worker has the turn. The first turn ever reads orders that changed since `from`.
    pub async fn claim_channel(
        &self,
        name: &str,
        lease: Duration,
        from: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Option<ChannelTurn>, DatabaseError> {
        let fence = new_fence();
        let mut script = Script::read(self);
        let found = script.select(Entity::find().filter(Column::Name.eq(name)));
        let found = script.fetch().await?.first(found)?;
        // A look costs less than a write, and mostly nothing is due.
        if found
            .as_ref()
            .is_some_and(|row| row.due_at > to_micros(now) && row.due_at != row.fence)
        {
            return Ok(None);
        }
        if found.is_none() {
            self.insert_channel(name, from).await?;
        }
        let mut claim = of(name);
        claim
            .value(Column::Fence, fence)
            .value(Column::LeaseUntil, self.database_now().add(micros(lease)))
            // A cancellation that staff asks for during the turn sets this to 0, and the end of the turn keeps that.
            .value(Column::DueAt, fence)
            .and_where(Expr::col(Column::LeaseUntil).lte(self.database_now()))
            .and_where(
                Expr::col(Column::DueAt)
                    .lte(to_micros(now))
                    // The worker of the turn before died.
                    .or(Expr::col(Column::DueAt).eq(Expr::col(Column::Fence))),
            );
        if !self.change_channel(&claim).await? {
            return Ok(None);
        }
        let pulls = self.channel_pulls(name).await?;
        Ok(pulls.map(|pulls| ChannelTurn {
            name: name.to_owned(),
            pulls,
            fence,
        }))
    }

    /// Keeps how far the channel is read, and makes the lease last for `lease` from now. False if another worker has
    /// the turn.
    pub async fn keep_channel_turn(
        &self,
        turn: &ChannelTurn,
        lease: Duration,
    ) -> Result<bool, DatabaseError> {
        let mut keep = of(&turn.name);
        set(&mut keep, &turn.pulls);
        keep.value(Column::LeaseUntil, self.database_now().add(micros(lease)))
            .and_where(Expr::col(Column::Fence).eq(turn.fence));
        self.change_channel(&keep).await
    }

    /// Ends the turn. The channel is due again at `due_at`, or at once if staff asked for something meanwhile.
    pub async fn end_channel_turn(
        &self,
        turn: &ChannelTurn,
        due_at: DateTime<Utc>,
    ) -> Result<(), DatabaseError> {
        let mut due = of(&turn.name);
        due.value(Column::DueAt, to_micros(due_at))
            .and_where(Expr::col(Column::Fence).eq(turn.fence))
            .and_where(Expr::col(Column::DueAt).eq(turn.fence));
        let mut end = of(&turn.name);
        set(&mut end, &turn.pulls);
        end.value(Column::LeaseUntil, 0_i64)
            .and_where(Expr::col(Column::Fence).eq(turn.fence));
        let mut script = Script::write_in_sequence(self);
        script.add(&due);
        script.add(&end);
        script.commit().await.map(|_| ())
    }

    /// Makes the orders of the channel `name` be read at the next turn, which is due at once.
    pub async fn read_channel_now(&self, name: &str) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        script.add(due_now(name).value(Column::ReadsAt, 0_i64));
        script.commit().await.map(|_| ())
    }

    async fn insert_channel(&self, name: &str, from: DateTime<Utc>) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        let row = Model {
            name: name.to_owned(),
            read_until: to_micros(from),
            page_token: None,
            reach: None,
            reads_at: 0,
            sends_at: 0,
            due_at: 0,
            read_at: None,
            problem: String::new(),
            lease_until: 0,
            fence: 0,
        };
        insert(&mut script, [row]);
        match script.commit().await {
            // Another worker was faster.
            Err(DatabaseError::Duplicate) => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    async fn change_channel(&self, update: &UpdateStatement) -> Result<bool, DatabaseError> {
        let mut script = Script::write(self);
        let changed = script.add_counted(update);
        Ok(script.commit().await?.touched(changed)? > 0)
    }
}

/// The statement that makes the channel `name` due at once.
pub(super) fn due_now(name: &str) -> UpdateStatement {
    let mut update = of(name);
    update.value(Column::DueAt, 0_i64);
    update
}

fn of(name: &str) -> UpdateStatement {
    let mut update = Query::update();
    update.table(Entity).and_where(Expr::col(Column::Name).eq(name));
    update
}

fn set(update: &mut UpdateStatement, pulls: &ChannelPulls) {
    update
        .value(Column::ReadUntil, to_micros(pulls.read_until))
        .value(Column::PageToken, pulls.page_token.clone())
        .value(Column::Reach, pulls.reach.map(to_micros))
        .value(Column::ReadsAt, to_micros(pulls.reads_at))
        .value(Column::SendsAt, to_micros(pulls.sends_at))
        .value(Column::ReadAt, pulls.read_at.map(to_micros))
        .value(
            Column::Problem,
            pulls
                .problem
                .replace('\0', "\u{fffd}")
                .chars()
                .take(LONGEST_PROBLEM)
                .collect::<String>(),
        );
}

impl TryFrom<Model> for ChannelPulls {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        Ok(Self {
            read_until: from_micros(row.read_until)?,
            page_token: row.page_token,
            reach: row.reach.map(from_micros).transpose()?,
            reads_at: from_micros(row.reads_at)?,
            sends_at: from_micros(row.sends_at)?,
            read_at: row.read_at.map(from_micros).transpose()?,
            problem: row.problem,
        })
    }
}
