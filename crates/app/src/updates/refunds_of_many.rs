//! The states of the money that many orders give back.
//!
//! A change of an order and a state at a payment provider are entries of the feed. Each lets the follower look at the
//! voids and refunds of that order, and the follower keeps what it has seen of them.

use std::collections::{HashMap, VecDeque};
use std::iter;

use chrono::{DateTime, Utc};
use countermand_domain::OrderId;
use countermand_persistence::{FeedEntry, ReversalSeries};

use super::feed::LATE;
use super::follow_rights::{FollowFailure, is_corrupt};
use super::many_orders::{ManyOrders, cursor_of};
use super::refund_cursor::Seen;
use super::refund_state::{Step, newest_steps, steps_after};
use super::refund_updates::{RefundUpdate, with_series};

/// The most orders of which a follower keeps what it has seen. Of others, states of the last minute may come again.
const MOST_ORDERS: usize = 1_000;

/// The states of the money that many orders give back, one after the other.
pub(super) struct RefundsOfMany {
    follower: ManyOrders,
    /// What was seen of the voids and refunds of each order.
    seen: HashMap<OrderId, Vec<Option<Seen>>>,
    /// Steps of the entry that the follower is at, which were not sent yet; none as long as they were not read.
    read: Option<VecDeque<(Step, ReversalSeries)>>,
}

impl RefundsOfMany {
    pub(super) fn new(follower: ManyOrders) -> Self {
        Self {
            follower,
            seen: HashMap::new(),
            read: None,
        }
    }

    /// One step: a state is sent or left out, or the next entry is awaited.
    pub(super) async fn sent_next(&mut self) -> Result<Option<RefundUpdate>, FollowFailure> {
        let entry = self.follower.entry().await?;
        if entry.is_import {
            self.follower.told();
            return Ok(None);
        }
        match self.sent_next_of(&entry).await {
            Err(failure) if is_corrupt(&failure, entry.order) => {
                self.read = None;
                self.follower.told();
                Ok(None)
            }
            sent => sent,
        }
    }

    /// One step with `entry`.
    async fn sent_next_of(&mut self, entry: &FeedEntry) -> Result<Option<RefundUpdate>, FollowFailure> {
        let Some(read) = &mut self.read else {
            let database = self.follower.app().database();
            let all = database.reversal_series(entry.order).await?;
            let steps = match self.seen.get(&entry.order) {
                Some(seen) => steps_after(&all, seen),
                None => steps_since(&all, entry.at - LATE),
            };
            self.keep(entry.order, &all);
            self.read = Some(with_series(steps, &all));
            return Ok(None);
        };
        if read.is_empty() {
            self.read = None;
            self.follower.told();
            return Ok(None);
        }
        let order = self.follower.view(entry.order).await?;
        let next = read.pop_front().zip(order);
        Ok(next
            .and_then(|((step, series), order)| RefundUpdate::of(step, series, &order, cursor_of(entry.at))))
    }

    /// Keeps that all voids and refunds of `order` were seen as they are now.
    fn keep(&mut self, order: OrderId, all: &[ReversalSeries]) {
        if self.seen.len() >= MOST_ORDERS {
            self.seen.clear();
        }
        if !all.is_empty() {
            // What was left to staff and is tried again was seen as more than it is now.
            let known = self.seen.remove(&order).unwrap_or_default();
            let known = known.into_iter().chain(iter::repeat(None));
            let newest = newest_steps(all).into_iter().map(|step| Some(step.seen));
            let seen = newest.zip(known).map(|(newest, known)| newest.max(known));
            self.seen.insert(order, seen.collect());
        }
    }
}

/// The steps of an order of which nothing was seen, from `since` on.
fn steps_since(all: &[ReversalSeries], since: DateTime<Utc>) -> Vec<Step> {
    let mut steps = steps_after(all, &[]);
    steps.retain(|step| step.at >= since);
    steps
}
