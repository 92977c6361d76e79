//! A caller is told how far the money is that an order gives back, or that many orders give back, from a cursor on.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use countermand_domain::{Money, ReversalEntry};
use countermand_persistence::ReversalSeries;

use super::follow_rights::{FollowFailure, FollowRefusal, FollowRequest, FollowedOrder, Follower, is_away};
use super::many_orders::ManyOrders;
use super::refund_cursor::{self, Seen};
use super::refund_state::{Step, newest_steps, steps_after};
use super::refunds_of_many::RefundsOfMany;
use crate::App;
use crate::orders::order_view::OrderView;
use crate::refund_word::RefundWord;

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

/// The states of the money that one order gives back, or many, one after the other.
pub struct RefundUpdates(Refunds);

enum Refunds {
    OfOne(Box<RefundsOfOne>),
    OfMany(Box<RefundsOfMany>),
}

/// The states of the money that one order gives back.
struct RefundsOfOne {
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
    /// state of each void and refund comes first. Of many orders, the states of the last minute come first.
    pub async fn refund_updates(&self, request: FollowRequest) -> Result<RefundUpdates, FollowFailure> {
        if let FollowedOrder::All { .. } = request.order {
            let follower = ManyOrders::begin(self, request).await?;
            let refunds = RefundsOfMany::new(follower);
            return Ok(RefundUpdates(Refunds::OfMany(Box::new(refunds))));
        }
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
        Ok(RefundUpdates(Refunds::OfOne(Box::new(RefundsOfOne {
            begins: follower.after().is_none(),
            follower,
            seen,
            read: VecDeque::new(),
            order,
        }))))
    }
}

impl RefundUpdates {
    /// The next state, as soon as there is one. After an error there are no more.
    pub async fn next(&mut self) -> Result<RefundUpdate, FollowFailure> {
        loop {
            let sent = match &mut self.0 {
                Refunds::OfOne(refunds) => refunds.sent_next().await,
                Refunds::OfMany(refunds) => refunds.sent_next().await,
            };
            match sent {
                Ok(Some(update)) => return Ok(update),
                Ok(None) => {}
                Err(failure) if is_away(&failure).await => {}
                Err(failure) => return Err(failure),
            }
        }
    }
}

impl RefundsOfOne {
    /// One step: a state is sent or left out, or states are read, or a change is awaited.
    async fn sent_next(&mut self) -> Result<Option<RefundUpdate>, FollowFailure> {
        if self.read.is_empty() {
            self.read_steps().await?;
            if self.read.is_empty() {
                let cursor = refund_cursor::write(self.order.order.id, &self.seen);
                self.follower.goes_on_after(cursor);
                self.follower.changed().await?;
            }
            return Ok(None);
        }
        self.order = self.follower.view().await?;
        let Some((step, series)) = self.read.pop_front() else {
            return Ok(None);
        };
        if let Some(seen) = self.seen.get_mut(step.index) {
            *seen = Some(step.seen);
        }
        let cursor = refund_cursor::write(self.order.order.id, &self.seen);
        Ok(RefundUpdate::of(step, series, &self.order, cursor))
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
        self.read = with_series(steps, &all);
        Ok(())
    }
}

/// Each of `steps` with the void or the refund among `all` that it is about.
pub(super) fn with_series(steps: Vec<Step>, all: &[ReversalSeries]) -> VecDeque<(Step, ReversalSeries)> {
    let of_step = |step: Step| Some((step.clone(), all.get(step.index)?.clone()));
    steps.into_iter().filter_map(of_step).collect()
}

impl RefundUpdate {
    /// The update of `step`; none where the viewer of `order` is a buyer and the words for buyers stay the same.
    pub(super) fn of(step: Step, series: ReversalSeries, order: &OrderView, cursor: String) -> Option<Self> {
        let is_buyer = order.actor.is_buyer();
        if is_buyer && !step.is_news_for_buyer {
            return None;
        }
        let transaction = order.order.payment.transactions.get(series.transaction);
        Some(Self {
            tender: transaction.map_or(0, |it| it.tender),
            cursor,
            id: series.obligation,
            is_refund: series.is_refund,
            amount: Money::new(series.amount, order.order.currency()),
            word: step.word,
            at: step.at,
            entry: step.entry.filter(|_| !is_buyer),
            order: order.clone(),
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
