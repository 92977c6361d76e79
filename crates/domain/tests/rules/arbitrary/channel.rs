//! Generates stories of an order that came from a sales channel: what happens at the channel, what its answers say and
//! when they come, and what staff and buyers try here.

use chrono::{DateTime, Utc};
use countermand_domain::channel::{
    CancelAtChannel, ChannelAnswer, ChannelCancellationState, ChannelItem, ChannelOrder, ChannelOrderNumber,
    ChannelRecord, ChannelRequest, ChannelStatus, FulfilledBy,
};
use countermand_domain::{ChannelCode, ChannelFact, Order, OrderChannel, Quantity, Transition};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::{Draft, Step, drafts, steps};
use crate::shop::at;

const CHANNEL: &str = "amazon";

/// An order of a channel, and the steps that are tried on it.
#[derive(Debug, Clone)]
pub(crate) struct ChannelStory {
    draft: Draft,
    steps: Vec<ChannelStep>,
}

/// The order here, what is kept of the channel's order, and the truth at the channel.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) order: Order,
    pub(crate) record: ChannelRecord,
    /// The order at the channel as it is now.
    market: ChannelOrder,
    /// The order at the channel as it was, oldest first: a slow page of a reading may show it.
    past: Vec<ChannelOrder>,
    /// How many cancellations staff asked for.
    asked: usize,
    minute: i64,
}

/// A step, and what became of it.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) step: ChannelStep,
    pub(crate) before: World,
    pub(crate) after: World,
    /// The change of the shop's own order; none where the step changed none.
    pub(crate) change: Option<Transition>,
}

#[derive(Debug, Clone)]
pub(crate) enum ChannelStep {
    /// A command on the shop's own order.
    Local(Step),
    /// Staff asks the channel to cancel.
    Cancel { states_request: bool, confirms: bool },
    /// Staff declines what the buyer asked for.
    Decline,
    /// A worker sends the cancellation that waits.
    Send,
    /// A worker finds a cancellation that another worker was sending.
    Doubt,
    /// The channel asks for patience, or was not reached: the cancellation waits again.
    Throttled { late: bool },
    /// The channel answers: to the newest cancellation, or late to one before it.
    Answer { answer: Said, late: bool, shown: Shown },
    /// A worker looks at an order whose answer is not known.
    LookUp,
    /// Staff has looked at the channel: the cancellation did not succeed.
    Settle,
    /// The channel shows the order.
    Read(Shown),
    /// The job that completes the shop's own order runs, once more perhaps.
    Complete,
    /// The channel does something by itself; `fast` within the same second as the step before.
    Market { event: Event, fast: bool },
}

/// An answer without its words.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Said {
    Accepted,
    Canceled,
    Rejected,
    TooLate,
    Unknown,
}

/// The reading of the order that comes with an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shown {
    Nothing,
    Now,
    Earlier(Index),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    BuyerAsks(bool),
    Cancels,
    Ships { whole: bool },
}

impl ChannelStory {
    /// Every step with the world before and after it.
    pub(crate) fn told(&self) -> Vec<Told> {
        let mut before = World::of(&self.draft);
        let mut told = Vec::new();
        for step in &self.steps {
            let mut after = before.clone();
            after.minute += 1;
            let change = after.take(step);
            if let Some(change) = &change {
                after.order = change.after.clone();
            }
            told.push(Told {
                step: step.clone(),
                before,
                after: after.clone(),
                change,
            });
            before = after;
        }
        told
    }
}

impl ChannelStep {
    /// Whether staff pays money back by hand: with a credit memo, or with the end of a subscription.
    pub(crate) fn pays_back(&self) -> bool {
        matches!(
            self,
            Self::Local(Step::Credit { .. } | Step::ChangeSubscription { .. } | Step::RefundOutside { .. })
        )
    }

    /// Whether the shop's own order is canceled here, or asked to be.
    pub(crate) fn cancels_here(&self) -> bool {
        matches!(
            self,
            Self::Local(Step::Cancel { .. } | Step::Request { .. } | Step::Approve { .. })
        )
    }
}

impl World {
    fn of(draft: &Draft) -> Self {
        let mut order = draft.order();
        let number = ChannelOrderNumber::parse("303-1234567-1234567").expect("a number");
        order.channel = Some(OrderChannel {
            name: CHANNEL.into(),
            number: number.clone(),
            canceled_at: None,
        });
        let items = order.items.iter().filter(|item| item.parent.is_none());
        let items = items.map(|item| ChannelItem {
            id: item.position.0.to_string(),
            sku: None,
            name: item.name.clone(),
            quantity: item.quantities.ordered,
            shipped: Quantity::ZERO,
            request: None,
            canceled: None,
        });
        let market = ChannelOrder {
            number,
            market: None,
            status: ChannelStatus::Unshipped,
            fulfilled_by: FulfilledBy::Merchant,
            placed_at: at(0),
            updated_at: at(0),
            total: None,
            items: items.collect(),
        };
        Self {
            order,
            record: ChannelRecord::first(CHANNEL, market.clone(), at(0)),
            past: vec![market.clone()],
            market,
            asked: 0,
            minute: 0,
        }
    }

    /// The state of the newest cancellation; none without one.
    pub(crate) fn state(&self) -> Option<ChannelCancellationState> {
        Some(self.record.cancellation.as_ref()?.state)
    }

    fn now(&self) -> DateTime<Utc> {
        at(self.minute)
    }

    fn take(&mut self, step: &ChannelStep) -> Option<Transition> {
        use ChannelCancellationState::{Rejected, Requested, Sent, Unknown};
        let now = self.now();
        let record = &self.record;
        let changed = match step {
            ChannelStep::Local(step) => return step.taken(&self.order, self.minute),
            ChannelStep::Complete => {
                let is_owed = record.order.status == ChannelStatus::Canceled;
                return is_owed.then(|| self.order.complete_as_canceled_at_channel(None, now))?;
            }
            ChannelStep::Market { event, fast } => {
                self.happen(*event, *fast);
                return None;
            }
            ChannelStep::Cancel {
                states_request,
                confirms,
            } => {
                self.asked += 1;
                record
                    .cancel(cancellation(self.asked, *states_request, *confirms), now)
                    .ok()
            }
            ChannelStep::Decline => record.decline_requests(None, "packed", "staff:anna", now).ok(),
            ChannelStep::Send => (self.state() == Some(Requested)).then(|| {
                let decided = record.looked_up(&record.order, now);
                decided.unwrap_or_else(|| record.with_cancellation(Sent, None, now))
            }),
            ChannelStep::Doubt => (self.state() == Some(Sent))
                .then(|| record.with_cancellation(Unknown, Some("the program ended".into()), now)),
            ChannelStep::Throttled { late } => {
                record.not_sent(&self.cancellation(*late), "the channel asks to wait".into(), now)
            }
            ChannelStep::Answer { answer, late, shown } => {
                let shown = self.shown(*shown);
                record.answered(&self.cancellation(*late), &answer.words(), shown.as_ref(), now)
            }
            ChannelStep::LookUp => (self.state() == Some(Unknown))
                .then(|| record.looked_up(&self.market, now))
                .flatten(),
            ChannelStep::Settle => (self.state() == Some(Unknown))
                .then(|| record.with_cancellation(Rejected, Some("it is open there".into()), now)),
            ChannelStep::Read(shown) => self.shown(*shown).and_then(|shown| record.seen(shown, now)),
        };
        if let Some(changed) = changed {
            self.record = changed;
        }
        None
    }

    /// The id of the newest cancellation, or of the one before it.
    fn cancellation(&self, late: bool) -> String {
        let newest = self
            .record
            .cancellation
            .as_ref()
            .map(|it| it.id.clone())
            .unwrap_or_default();
        match newest.parse::<usize>() {
            Ok(id) if late => (id - 1).to_string(),
            _ => newest,
        }
    }

    fn shown(&self, shown: Shown) -> Option<ChannelOrder> {
        match shown {
            Shown::Nothing => None,
            Shown::Now => Some(self.market.clone()),
            Shown::Earlier(index) => self.past.get(index.index(self.past.len())).cloned(),
        }
    }

    /// Something happens at the channel. What is canceled or shipped there stays so.
    fn happen(&mut self, event: Event, fast: bool) {
        if matches!(
            self.market.status,
            ChannelStatus::Canceled | ChannelStatus::Shipped
        ) {
            return;
        }
        match event {
            Event::BuyerAsks(again) => {
                let words = if again { "wrong color" } else { "too slow" };
                if let Some(item) = self.market.items.first_mut() {
                    item.request = Some(ChannelRequest {
                        id: None,
                        reason: Some(words.into()),
                    });
                }
            }
            Event::Cancels => self.market.status = ChannelStatus::Canceled,
            Event::Ships { whole } => {
                let shipped = if whole { self.market.items.len() } else { 1 };
                for item in self.market.items.iter_mut().take(shipped) {
                    item.shipped = item.quantity;
                }
                let is_whole = self.market.items.iter().all(|item| item.shipped == item.quantity);
                self.market.status = if is_whole {
                    ChannelStatus::Shipped
                } else {
                    ChannelStatus::PartlyShipped
                };
            }
        }
        if !fast {
            self.market.updated_at = self.now();
        }
        self.past.push(self.market.clone());
    }
}

impl Said {
    /// The answer with words.
    pub(crate) fn words(self) -> ChannelAnswer {
        match self {
            Self::Accepted => ChannelAnswer::Accepted {
                reference: "feed-1".into(),
            },
            Self::Canceled => ChannelAnswer::Canceled,
            Self::Rejected => ChannelAnswer::Rejected {
                code: "18028".into(),
                text: "not cancelable".into(),
            },
            Self::TooLate => ChannelAnswer::TooLate,
            Self::Unknown => ChannelAnswer::Unknown {
                why: "time-out".into(),
            },
        }
    }
}

fn cancellation(number: usize, states_request: bool, confirms: bool) -> CancelAtChannel {
    CancelAtChannel {
        id: number.to_string(),
        reason: "out_of_stock".into(),
        code: ChannelCode {
            code: "NoInventory".into(),
            needs: states_request.then_some(ChannelFact::BuyersRequest),
        },
        comment: None,
        confirms,
        actor: "staff:anna".into(),
    }
}

/// Orders of a channel with up to 30 steps each.
pub(crate) fn channel_stories() -> impl Strategy<Value = ChannelStory> {
    (drafts(), vec(channel_steps(), 0..30)).prop_map(|(draft, steps)| ChannelStory { draft, steps })
}

fn channel_steps() -> impl Strategy<Value = ChannelStep> {
    let said = || {
        proptest::sample::select(
            &[
                Said::Accepted,
                Said::Canceled,
                Said::Rejected,
                Said::TooLate,
                Said::Unknown,
            ][..],
        )
    };
    let late = || prop::bool::weighted(0.2);
    let event = prop_oneof![
        3 => any::<bool>().prop_map(Event::BuyerAsks),
        2 => Just(Event::Cancels),
        1 => any::<bool>().prop_map(|whole| Event::Ships { whole }),
    ];
    prop_oneof![
        10 => steps().prop_map(ChannelStep::Local),
        5 => any::<(bool, bool)>().prop_map(|(states_request, confirms)| ChannelStep::Cancel { states_request, confirms }),
        2 => Just(ChannelStep::Decline),
        6 => Just(ChannelStep::Send),
        2 => Just(ChannelStep::Doubt),
        1 => late().prop_map(|late| ChannelStep::Throttled { late }),
        6 => (said(), late(), shown()).prop_map(|(answer, late, shown)| ChannelStep::Answer { answer, late, shown }),
        2 => Just(ChannelStep::LookUp),
        1 => Just(ChannelStep::Settle),
        6 => shown().prop_map(ChannelStep::Read),
        4 => Just(ChannelStep::Complete),
        3 => (event, any::<bool>()).prop_map(|(event, fast)| ChannelStep::Market { event, fast }),
    ]
}

fn shown() -> impl Strategy<Value = Shown> {
    prop_oneof![
        1 => Just(Shown::Nothing),
        3 => Just(Shown::Now),
        2 => any::<Index>().prop_map(Shown::Earlier),
    ]
}
