//! Ends a subscription, at once with a share back or at the end of the paid period, and resumes it before that.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::cancellation::kept_comment;
use crate::effect::{Effect, Notice};
use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError};
use crate::order::subscription::{Subscription, SubscriptionEnd, SubscriptionState};
use crate::order::subscription_policy::{SubscriptionEndTime, SubscriptionPolicy};
use crate::order::{Actor, Command, CreditMemo, FreeTextProblem, ItemPosition, Order, OrderState};
use crate::transition::Transition;

/// A command to end a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndSubscription {
    /// The id of the subscription.
    pub subscription: String,
    /// When it ends; none for the time that the store view's rule states.
    pub when: Option<SubscriptionEndTime>,
    /// A reason of the store view, by its description or code; none or blank for no reason.
    pub reason: Option<String>,
    /// The comment as it was typed; none for no comment.
    pub comment: Option<String>,
}

/// The facts of the event that a subscription was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedSubscription {
    /// The id of the subscription.
    pub subscription: String,
    /// The position of the item that paid the current period.
    pub item: ItemPosition,
    /// The end as the order keeps it.
    pub end: SubscriptionEnd,
    /// The money that flows back; zero where none does.
    pub share: Money,
}

/// Why a subscription was not ended or resumed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SubscriptionRefusal {
    /// The order pays no such subscription, or belongs to another buyer.
    #[error("there is no such subscription")]
    NotFound,
    /// Buyers of the store view do not end subscriptions here.
    #[error("subscriptions are not ended in this store")]
    Disabled,
    /// The subscription has ended.
    #[error("the subscription has ended")]
    Ended,
    /// The subscription ends with the paid period already.
    #[error("the subscription ends with the paid period already")]
    Ending,
    /// The subscription goes on, so it cannot be resumed.
    #[error("the subscription goes on: no end was asked for")]
    NotEnding,
    /// Buyers of the store view end subscriptions at another time.
    #[error("subscriptions do not end so in this store")]
    EndNotOffered,
    /// The item was canceled, or all of it was refunded.
    #[error("the item of the subscription was canceled or refunded")]
    ItemGone,
    /// No money of an order in this state is paid back.
    #[error("no money of an order in state `{0}` is paid back")]
    State(OrderState),
    /// An invoice is not paid; it must be settled before money is paid back.
    #[error("an invoice of the order is not paid")]
    OpenInvoice,
    /// The store view does not offer the reason.
    #[error("not a reason of the order's store")]
    InvalidReason,
    /// The reason needs a comment.
    #[error("a comment is needed for this reason")]
    CommentRequired,
    /// The comment is too long, or has characters that are not shown.
    #[error("the comment cannot be kept: {0}")]
    InvalidComment(#[from] FreeTextProblem),
    /// The order's amounts do not add up; the order stays as it is.
    #[error("the order's amounts do not add up: {0}")]
    Unbalanced(#[from] MoneyError),
}

impl Order {
    /// The times at which `actor` can end `subscription` now; none where `actor` cannot.
    #[must_use]
    pub fn subscription_ends(
        &self,
        subscription: &Subscription,
        policy: &SubscriptionPolicy,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Vec<SubscriptionEndTime> {
        let times = policy.offers(actor);
        let is_possible = |when: &&SubscriptionEndTime| {
            self.check_subscription(subscription, policy, actor).is_ok()
                && self.end_of(subscription, **when, now).is_ok()
        };
        times.iter().filter(is_possible).copied().collect()
    }

    /// Whether `actor` can resume `subscription` now.
    #[must_use]
    pub fn may_resume_subscription(
        &self,
        subscription: &Subscription,
        policy: &SubscriptionPolicy,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> bool {
        self.check_subscription(subscription, policy, actor).is_ok()
            && check_resumable(subscription, now).is_ok()
    }

    /// Ends a subscription that this order pays: at the end of the paid period, or at once with a share of the price
    /// back. A subscription that ends with the paid period can still be ended at once.
    pub fn end_subscription(
        &self,
        command: &EndSubscription,
        policy: &SubscriptionPolicy,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, SubscriptionRefusal> {
        let subscription = self.subscription(&command.subscription);
        let subscription = subscription.ok_or(SubscriptionRefusal::NotFound)?;
        self.check_subscription(subscription, policy, actor)?;
        let when = command.when.unwrap_or(policy.usual(actor));
        let is_offered = policy.offers(actor).contains(&when);
        let PlannedEnd { at, share } = self.end_of(subscription, when, now)?;
        if !is_offered {
            return Err(SubscriptionRefusal::EndNotOffered);
        }
        let text = command
            .reason
            .as_deref()
            .map(str::trim)
            .filter(|it| !it.is_empty());
        let reason = text.map(|text| {
            let found = policy.cancellation.reason(text, self.id.store(), actor, now);
            let reason = found.map_err(|_| SubscriptionRefusal::InvalidReason)?;
            let shown = reason.text_for_buyer(text, self.id.store());
            Ok::<_, SubscriptionRefusal>((reason, shown))
        });
        let (chosen, reason) = reason.transpose()?.unzip();
        let comment = kept_comment(command.comment.as_deref())?;
        if comment.is_none() && chosen.is_some_and(|reason| reason.rules.needs_comment) {
            return Err(SubscriptionRefusal::CommentRequired);
        }
        let reason_code = chosen.map(|reason| reason.code.clone());
        let memo = self.memo_of_share(share, now);
        let end = SubscriptionEnd {
            at,
            asked_at: now,
            reason_code,
            reason,
            comment,
            credit_memo: memo.as_ref().map(|memo| memo.number.clone()),
        };
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::SubscriptionEnded(Box::new(EndedSubscription {
                subscription: subscription.id.clone(),
                item: subscription.item,
                end: end.clone(),
                share,
            })),
        };
        let mut after = self.clone();
        after.put_end(&subscription.id, Some(end));
        let refunds = self
            .payment
            .refund(share, policy.cancellation.rules.refund_order)?;
        if let Some(memo) = memo {
            after.book_credit_memo(memo)?;
            after.payment = after.payment.after(&refunds)?;
            if !self.state.is_over() {
                after.settle_state(now)?;
            }
        }
        let mut effects = refunds;
        effects.extend(self.subscription_mail(policy));
        Ok(Transition::new(after, event).owing(effects))
    }

    /// Lets a subscription go on that would have ended with the paid period.
    pub fn resume_subscription(
        &self,
        id: &str,
        policy: &SubscriptionPolicy,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, SubscriptionRefusal> {
        let subscription = self.subscription(id).ok_or(SubscriptionRefusal::NotFound)?;
        self.check_subscription(subscription, policy, actor)?;
        check_resumable(subscription, now)?;
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::SubscriptionResumed {
                subscription: subscription.id.clone(),
                item: subscription.item,
            },
        };
        let mut after = self.clone();
        after.put_end(id, None);
        let mail = self.subscription_mail(policy).into_iter().collect();
        Ok(Transition::new(after, event).owing(mail))
    }

    /// Takes over the end that was asked for on the order of an earlier period: the subscription `id`, which this order
    /// renews, ends with the period that this order pays. No money moves, and the end can be taken back or moved to at
    /// once as any other one. None where the order pays no such subscription, or where its end was asked for already.
    #[must_use]
    pub fn take_end_over(
        &self,
        id: &str,
        before: &SubscriptionEnd,
        now: DateTime<Utc>,
    ) -> Option<Transition> {
        let renewed = self.subscription(id).filter(|it| it.end.is_none())?;
        let end = SubscriptionEnd {
            at: renewed.paid_until,
            credit_memo: None,
            ..before.clone()
        };
        let event = OrderEvent {
            actor: Actor::System,
            at: now,
            data: EventData::SubscriptionEnded(Box::new(EndedSubscription {
                subscription: renewed.id.clone(),
                item: renewed.item,
                end: end.clone(),
                share: Money::zero(self.currency()),
            })),
        };
        let mut after = self.clone();
        after.put_end(id, Some(end));
        Some(Transition::new(after, event))
    }

    /// The mail to the buyer about a change of a subscription; none where the store view sends none.
    fn subscription_mail(&self, policy: &SubscriptionPolicy) -> Option<Effect> {
        let is_sent = policy.cancellation.notifies_customer && !self.is_erased();
        is_sent.then_some(Effect::Notify(Notice::SubscriptionChanged))
    }

    /// Whether `actor` may end or resume the subscription at all.
    fn check_subscription(
        &self,
        subscription: &Subscription,
        policy: &SubscriptionPolicy,
        actor: &Actor,
    ) -> Result<(), SubscriptionRefusal> {
        match actor {
            Actor::Customer(id) if self.customer.id != Some(*id) => Err(SubscriptionRefusal::NotFound),
            // The buyer of an order of an account signs in.
            Actor::Guest if !self.is_guest() || self.is_erased() => Err(SubscriptionRefusal::NotFound),
            Actor::Customer(_) | Actor::Guest if !policy.enabled => Err(SubscriptionRefusal::Disabled),
            Actor::Customer(_) | Actor::Guest | Actor::Staff { .. } | Actor::System => {
                let item = self.item(subscription.item);
                let is_kept = item.is_some_and(|item| item.quantities.kept_by_buyer().is_positive());
                is_kept.then_some(()).ok_or(SubscriptionRefusal::ItemGone)
            }
        }
    }

    /// When `subscription` ends if it is ended now, and the money that goes back.
    fn end_of(
        &self,
        subscription: &Subscription,
        when: SubscriptionEndTime,
        now: DateTime<Utc>,
    ) -> Result<PlannedEnd, SubscriptionRefusal> {
        let none = Money::zero(self.currency());
        match (subscription.state(now), when) {
            (SubscriptionState::Ended, _) => Err(SubscriptionRefusal::Ended),
            (SubscriptionState::Ending, SubscriptionEndTime::PeriodEnd) => Err(SubscriptionRefusal::Ending),
            (SubscriptionState::Active, SubscriptionEndTime::PeriodEnd) => Ok(PlannedEnd {
                // Without a renewal, the paid period may be over.
                at: subscription.paid_until.max(now),
                share: none,
            }),
            (SubscriptionState::Active | SubscriptionState::Ending, SubscriptionEndTime::AtOnce) => {
                let share = self.subscription_share(subscription, now)?;
                // A sales channel that canceled the order pays all of its money back.
                let pays_back = self.state.allows(Command::Credit) && !self.is_canceled_at_channel();
                if share.is_positive() && !pays_back {
                    return Err(SubscriptionRefusal::State(self.state));
                }
                if share.is_positive() && !self.state.is_over() && self.has_open_invoice()? {
                    return Err(SubscriptionRefusal::OpenInvoice);
                }
                Ok(PlannedEnd { at: now, share })
            }
        }
    }

    /// The credit memo of a share: an amount without items, because the buyer had the item for a time.
    fn memo_of_share(&self, share: Money, now: DateTime<Utc>) -> Option<CreditMemo> {
        let none = Money::zero(self.currency());
        share
            .is_positive()
            .then(|| CreditMemo::adjustment_refund(self, share, none, now))
    }

    fn put_end(&mut self, id: &str, end: Option<SubscriptionEnd>) {
        if let Some(subscription) = self.subscriptions.iter_mut().find(|it| it.id == id) {
            subscription.end = end;
        }
    }
}

/// What follows from an end.
struct PlannedEnd {
    at: DateTime<Utc>,
    share: Money,
}

fn check_resumable(subscription: &Subscription, now: DateTime<Utc>) -> Result<(), SubscriptionRefusal> {
    match subscription.state(now) {
        SubscriptionState::Active => Err(SubscriptionRefusal::NotEnding),
        SubscriptionState::Ending => Ok(()),
        SubscriptionState::Ended => Err(SubscriptionRefusal::Ended),
    }
}
