//! A caller is told how far the money is that an order gives back, from a cursor on.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use countermand_domain::{Money, ReversalEntry};
use countermand_persistence::ReversalSeries;

use super::follower::{FollowFailure, FollowRefusal, FollowRequest, Follower, is_away};
use super::refund_cursor::{self, Seen};
use super::refund_state::{RefundWord, Step, newest_steps, steps_after};
use crate::App;
use crate::orders::order_view::OrderView;

/// A new state of a void or a refund.
#[derive(Debug, Clone)]
pub struct RefundUpdate {
    /// The cursor after which the next update comes.
    pub cursor: String,
    /// The id of the void or the refund.
    pub id: String,
    /// Whether captured money is paid back; false where a reserved amount is released.
    pub is_refund: bool,
    /// The position of the tender by which the money goes back, from 0.
    pub tender: usize,
    /// The amount.
    pub amount: Money,
    /// The state in the words for buyers.
    pub word: RefundWord,
    /// When the state was learned.
    pub at: DateTime<Utc>,
    /// The state at the payment provider, for staff alone; none where the state is one of the shop.
    pub entry: Option<ReversalEntry>,
    /// The order as it is when the update is sent.
    pub order: OrderView,
}

/// The states of the money that one order gives back, one after the other.
pub struct RefundUpdates {
    follower: Follower,
    /// What was sent of each void and refund.
    seen: Vec<Option<Seen>>,
    /// Whether the newest state of each is to be sent first, because the caller brought no cursor.
    begins: bool,
    /// Steps that were read and not sent yet, and what they are about.
    read: VecDeque<(Step, ReversalSeries)>,
    /// The order, as long as it is the one that was read last.
    order: OrderView,
}

impl App {
    /// Begins to tell of the money that an order gives back after the cursor of `request`; without a cursor, the newest
    /// state of each void and refund comes first.
    pub async fn refund_updates(&self, request: FollowRequest) -> Result<RefundUpdates, FollowFailure> {
        let (follower, order) = Follower::begin(self, request).await?;
        let seen = match follower.after() {
            None => Vec::new(),
            Some(text) => {
                let seen = refund_cursor::read(order.order.id, text);
                seen.ok_or(FollowRefusal::CursorUnknown)?
            }
        };
        let known = self.database().reversal_series(order.order.id).await?;
        if is_beyond(&seen, &known) {
            return Err(FollowRefusal::CursorUnknown.into());
        }
        Ok(RefundUpdates {
            begins: follower.after().is_none(),
            follower,
            seen,
            read: VecDeque::new(),
            order,
        })
    }
}

impl RefundUpdates {
    /// The next state, as soon as there is one. After an error there are no more.
    pub async fn next(&mut self) -> Result<RefundUpdate, FollowFailure> {
        loop {
            match self.sent_next().await {
                Ok(Some(update)) => return Ok(update),
                Ok(None) => {}
                Err(failure) if is_away(&failure).await => {}
                Err(failure) => return Err(failure),
            }
        }
    }

    /// One step: a state is sent or left out, or states are read, or a change is awaited.
    async fn sent_next(&mut self) -> Result<Option<RefundUpdate>, FollowFailure> {
        if self.read.is_empty() {
            self.read_steps().await?;
            if self.read.is_empty() {
                self.follower.changed().await?;
            }
            return Ok(None);
        }
        self.order = self.follower.view().await?;
        Ok(self
            .read
            .pop_front()
            .and_then(|(step, series)| self.told(step, series)))
    }

    async fn read_steps(&mut self) -> Result<(), FollowFailure> {
        let database = self.follower.app().database();
        let all = database.reversal_series(self.order.order.id).await?;
        let steps = if self.begins {
            newest_steps(&all)
        } else {
            steps_after(&all, &self.seen)
        };
        self.begins = false;
        self.seen.resize(all.len().max(self.seen.len()), None);
        let with_series = |step: Step| Some((step.clone(), all.get(step.index)?.clone()));
        self.read = steps.into_iter().filter_map(with_series).collect();
        Ok(())
    }

    /// The update of `step`; none where the caller is a buyer and the words for buyers stay the same.
    fn told(&mut self, step: Step, series: ReversalSeries) -> Option<RefundUpdate> {
        let is_buyer = self.order.actor.is_buyer();
        *self.seen.get_mut(step.index)? = Some(step.seen);
        if is_buyer && !step.is_news_for_buyer {
            return None;
        }
        let transaction = self.order.order.payment.transactions.get(series.transaction);
        Some(RefundUpdate {
            tender: transaction.map_or(0, |it| it.tender),
            cursor: refund_cursor::write(self.order.order.id, &self.seen),
            id: series.obligation,
            is_refund: series.is_refund,
            amount: Money::new(series.amount, self.order.order.currency()),
            word: step.word,
            at: step.at,
            entry: step.entry.filter(|_| !is_buyer),
            order: self.order.clone(),
        })
    }
}

/// Whether `seen` has more than there is: then it is a cursor of another database.
fn is_beyond(seen: &[Option<Seen>], known: &[ReversalSeries]) -> bool {
    let more_states = |(seen, series): (&Option<Seen>, &ReversalSeries)| {
        seen.is_some_and(|seen| seen.entries as usize > series.entries.len())
    };
    seen.len() > known.len() || seen.iter().zip(known).any(more_states)
}
