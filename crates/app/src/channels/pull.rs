//! The step of a turn that reads the orders that changed at the channel, a page at a time.
//!
//! A reading may be cut off: the token of the next page is kept, and readings overlap, so no change is missed. An order
//! that is read twice changes nothing.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use countermand_domain::channel::{ChannelOrder, ChannelRecord};
use countermand_persistence::{ChannelChange, ChannelTurn, DatabaseError};

use super::ConfiguredChannel;
use super::turn::{Step, after};
use crate::App;
use crate::error::AppError;
use crate::ports::{ChannelError, ChannelPage};

/// How far a reading goes back behind the one before: a channel may show a change a little late.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);
/// The most pages of one turn; the next turn goes on.
const MOST_PAGES: usize = 20;

impl App {
    pub(super) async fn read_changed_orders(
        &self,
        channel: &ConfiguredChannel,
        turn: &mut ChannelTurn,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Step, AppError> {
        let mut step = Step::default();
        if turn.pulls.reads_at > self.now() {
            step.due_at = Some(turn.pulls.reads_at);
            return Ok(step);
        }
        for _ in 0..MOST_PAGES {
            if is_stopped() {
                break;
            }
            let since = turn.pulls.read_until - OVERLAP;
            let token = turn.pulls.page_token.clone();
            let page = channel.changed_orders(since, token.as_deref(), self.now());
            let page = match page.await {
                Ok(page) => page,
                Err(problem) => {
                    if matches!(problem, ChannelError::Unreadable(_)) {
                        // The token may be too old: the reading begins again.
                        turn.pulls.page_token = None;
                    }
                    turn.pulls.reads_at = after(&problem, self.now());
                    step.problem = Some(problem);
                    break;
                }
            };
            step.changed += self.keep_page(channel, &page).await?;
            let newest = page.orders.iter().map(|order| order.updated_at).max();
            turn.pulls.reach = page.reaches_to.max(turn.pulls.reach).or(newest);
            turn.pulls.page_token = page.next;
            if turn.pulls.page_token.is_none() {
                let now = self.now();
                turn.pulls.read_until = turn.pulls.reach.take().unwrap_or(turn.pulls.read_until);
                turn.pulls.read_at = Some(now);
                turn.pulls.reads_at = now + channel.reads_every;
                break;
            }
            if !self.keeps(turn).await? {
                break;
            }
        }
        step.due_at = Some(turn.pulls.reads_at);
        Ok(step)
    }

    /// Keeps the orders of a page; returns how many are new or changed.
    async fn keep_page(&self, channel: &ConfiguredChannel, page: &ChannelPage) -> Result<usize, AppError> {
        for (number, problem) in &page.unreadable {
            tracing::warn!(
                channel = channel.name,
                order = number,
                problem,
                "an order of a channel cannot be read"
            );
            self.owe_unreadable(channel, number, problem).await?;
        }
        // The last one of an order that is on the page twice is the newest.
        let shown: BTreeMap<_, _> = page
            .orders
            .iter()
            .map(|order| (order.number.clone(), order))
            .collect();
        for _ in 0..3 {
            let changes = self.changes_of(channel, &shown).await?;
            match self.database().change_channel_orders(&changes).await {
                Ok(()) => {
                    for change in &changes {
                        self.owe_late_completion(&change.after).await?;
                    }
                    return Ok(changes.len());
                }
                // Staff changed one of the orders meanwhile, or an import owes what a change would owe.
                Err(DatabaseError::Conflict | DatabaseError::Duplicate) => {}
                Err(problem) => return Err(problem.into()),
            }
        }
        // The lease of the turn ends, and the next turn reads the page again.
        Err(AppError::OrderContended)
    }

    async fn changes_of(
        &self,
        channel: &ConfiguredChannel,
        shown: &BTreeMap<countermand_domain::channel::ChannelOrderNumber, &ChannelOrder>,
    ) -> Result<Vec<ChannelChange>, AppError> {
        let numbers: Vec<_> = shown.keys().cloned().collect();
        let kept = self.database().channel_records(&channel.name, &numbers).await?;
        let kept: BTreeMap<_, _> = kept.iter().map(|record| (&record.order.number, record)).collect();
        let now = self.now();
        let after = shown.iter().filter_map(|(number, order)| match kept.get(number) {
            Some(record) => record.seen((*order).clone(), now),
            None => Some(ChannelRecord::first(&channel.name, (*order).clone(), now)),
        });
        let mut changes = Vec::new();
        for after in after {
            changes.push(self.change_to(after).await?);
        }
        Ok(changes)
    }
}
