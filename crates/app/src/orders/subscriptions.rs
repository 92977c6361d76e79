//! A customer looks at subscriptions. A customer, a guest or staff ends a subscription, or resumes it before its end.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{
    Actor, Email, EndSubscription, Money, MoneyError, Order, OrderId, StoreNumber, Subscription,
    SubscriptionEnd, SubscriptionEndTime, SubscriptionPolicy, SubscriptionRefusal, SubscriptionState,
    Transition,
};
use countermand_persistence::SubscriptionOrders;

use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::order_command::{NoSuchOrder, OrderCommand};
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::{Caller, Viewer};

/// A subscription as one viewer sees it, with the order that pays its newest period.
#[derive(Debug, Clone)]
pub struct SubscriptionView {
    /// The order.
    pub order: Arc<OrderView>,
    /// The subscription, as the order has it.
    pub subscription: Subscription,
}

/// A page of a customer's subscriptions.
#[derive(Debug, Clone)]
pub struct CustomerSubscriptions {
    /// The subscriptions, the one with the newest paid period first.
    pub subscriptions: Vec<SubscriptionView>,
    /// The number of the customer's subscriptions.
    pub total: u64,
}

impl SubscriptionView {
    fn of(view: &Arc<OrderView>, id: &str) -> Option<Self> {
        Some(Self {
            order: view.clone(),
            subscription: view.order.subscription(id)?.clone(),
        })
    }

    /// Whether the subscription goes on.
    #[must_use]
    pub fn state(&self) -> SubscriptionState {
        self.subscription.state(self.order.seen_at)
    }

    /// The times at which the viewer can end the subscription now; none where the viewer cannot.
    #[must_use]
    pub fn ends(&self) -> Vec<SubscriptionEndTime> {
        let (order, actor, now) = self.asked();
        order.subscription_ends(&self.subscription, &self.policy(), actor, now)
    }

    /// Whether the viewer can resume the subscription now.
    #[must_use]
    pub fn may_resume(&self) -> bool {
        let (order, actor, now) = self.asked();
        order.may_resume_subscription(&self.subscription, &self.policy(), actor, now)
    }

    /// The money that comes back if the viewer ends the subscription at once; none where the viewer cannot.
    pub fn share_at_once(&self) -> Result<Option<Money>, MoneyError> {
        if !self.ends().contains(&SubscriptionEndTime::AtOnce) {
            return Ok(None);
        }
        let (order, _, now) = self.asked();
        order.subscription_share(&self.subscription, now).map(Some)
    }

    fn policy(&self) -> SubscriptionPolicy {
        self.order.shop.subscription_policy(self.order.order.id.store())
    }

    fn asked(&self) -> (&Order, &Actor, DateTime<Utc>) {
        (&self.order.order, &self.order.actor, self.order.seen_at)
    }
}

impl App {
    /// A page of the viewer's own subscriptions, from page 1. A page past the end is empty.
    pub async fn customer_subscriptions(
        &self,
        viewer: &Viewer,
        page: u64,
        page_size: u64,
    ) -> Result<CustomerSubscriptions, AppError> {
        let customer = viewer.customer().ok_or(AppError::Forbidden)?;
        let found = self
            .database()
            .customer_subscriptions(customer.id, page, page_size)
            .await?;
        let view = |(id, order): (String, Arc<Order>)| {
            let view = self.view(order, found.shop.clone(), viewer.actor());
            SubscriptionView::of(&Arc::new(view), &id)
        };
        Ok(CustomerSubscriptions {
            subscriptions: found.subscriptions.into_iter().filter_map(view).collect(),
            total: found.total,
        })
    }

    /// The subscriptions of which the order of `view` pays a period, as they are now: after a renewal, each is seen
    /// with the newest order of it by the same buyer.
    /// Staff's token for one store view sees no order of another one.
    pub async fn subscriptions_of(
        &self,
        viewer: &Viewer,
        view: &Arc<OrderView>,
    ) -> Result<Vec<SubscriptionView>, AppError> {
        let store = match &viewer.caller {
            Caller::Staff(staff) => staff.store,
            Caller::Customer(_) | Caller::Anonymous => None,
        };
        let mut views = Vec::with_capacity(view.order.subscriptions.len());
        for subscription in &view.order.subscriptions {
            let newest = self.newest_view(view, &subscription.id, store).await?;
            views.extend(SubscriptionView::of(
                newest.as_ref().unwrap_or(view),
                &subscription.id,
            ));
        }
        Ok(views)
    }

    /// The newest order of a subscription among those of `store`, or of all store views; none where it is the order of
    /// `view`, or an order of another buyer.
    async fn newest_view(
        &self,
        view: &Arc<OrderView>,
        id: &str,
        store: Option<StoreNumber>,
    ) -> Result<Option<Arc<OrderView>>, AppError> {
        // The token of one order of an account tells nothing of its other orders.
        if view.actor == Actor::Guest && !view.order.is_guest() {
            return Ok(None);
        }
        let among = match store {
            Some(_) => SubscriptionOrders::OfStore(store),
            None => orders_beside(&view.order),
        };
        let newest = self.database().newest_order_of_subscription(id, among).await?;
        let Some(newest) = newest.filter(|newest| *newest != view.order.id) else {
            return Ok(None);
        };
        let loaded = self.database().order(newest).await?;
        let loaded = loaded.filter(|it| is_of_same_buyer(&it.order, &view.order));
        Ok(loaded.map(|it| Arc::new(self.view_of(it, view.actor.clone()))))
    }

    /// Ends each subscription that `order`, which was just imported, renews although its end was asked for before.
    /// Gives a note on each of them. The buyer has the last word, also where the biller renews the subscription all the
    /// same.
    pub(crate) async fn end_renewed(&self, order: &Order) -> Result<Vec<String>, AppError> {
        let mut notes = Vec::new();
        for renewed in &order.subscriptions {
            let (id, from) = (&renewed.id, renewed.paid_from);
            let before = self
                .database()
                .order_of_subscription_before(id, orders_beside(order), from)
                .await?;
            let Some(before) = before else { continue };
            let before = self.database().order(before).await?;
            let Some(before) = before.filter(|it| is_of_same_buyer(&it.order, order)) else {
                continue;
            };
            let end = before.order.subscription(id).and_then(|it| it.end.as_ref());
            let Some(end) = end else { continue };
            if self.take_end_over(order.id, id, end).await? {
                let until = renewed.paid_until.format("%Y-%m-%d");
                notes.push(format!(
                    "the end of subscription {id} was asked for at {}, so it ends with the period of this order, at {until}",
                    end.asked_at.format("%Y-%m-%d")
                ));
            }
        }
        Ok(notes)
    }

    /// Ends the subscription `id` in the order `renewal` as `end` says. False if its end was asked for there already.
    async fn take_end_over(
        &self,
        renewal: OrderId,
        id: &str,
        end: &SubscriptionEnd,
    ) -> Result<bool, AppError> {
        let Some(loaded) = self.database().order(renewal).await? else {
            return Ok(false);
        };
        let Some(viewer) = Viewer::of_system(&loaded.shop, renewal) else {
            return Ok(false);
        };
        let command = OrderCommand::of_system(&viewer, StaffOperation::EndSubscription.name());
        let ended = self
            .change_order_as_staff::<NoSuchOrder>(&command, renewal, |subject, now| {
                subject.order.take_end_over(id, end, now).ok_or(NoSuchOrder)
            })
            .await;
        match ended {
            Ok(_) => Ok(true),
            Err(Failure::Refused(_)) => Ok(false),
            Err(Failure::App(problem)) => Err(problem),
        }
    }

    /// Ends a subscription: the viewer's own one, that of the guest's order with this `token`, or any for staff. A
    /// renewal that is imported at the same moment ends with the period that it pays. Staff's token for one store view
    /// ends no renewal in another one.
    pub async fn end_subscription(
        &self,
        viewer: &Viewer,
        token: Option<&str>,
        end: &EndSubscription,
    ) -> Result<SubscriptionView, Failure<UserError>> {
        let (id, operation) = (&end.subscription, StaffOperation::EndSubscription);
        let ended = self
            .change_subscription(viewer, token, id, operation, |order, policy, actor, now| {
                order.end_subscription(end, policy, actor, now)
            })
            .await?;
        let store = match (token, viewer.customer()) {
            (None, None) => viewer.staff(operation)?.store,
            (Some(_), _) | (None, Some(_)) => None,
        };
        let Some(renewal) = self.newest_view(&ended.order, id, store).await? else {
            return Ok(ended);
        };
        self.end_renewed(&renewal.order).await?;
        let renewal = self.newest_view(&ended.order, id, store).await?;
        Ok(renewal
            .and_then(|renewal| SubscriptionView::of(&renewal, id))
            .unwrap_or(ended))
    }

    /// Lets a subscription go on that would have ended with the paid period: the viewer's own one, that of the guest's
    /// order with this `token`, or any for staff.
    pub async fn resume_subscription(
        &self,
        viewer: &Viewer,
        token: Option<&str>,
        id: &str,
    ) -> Result<SubscriptionView, Failure<UserError>> {
        let operation = StaffOperation::ResumeSubscription;
        self.change_subscription(viewer, token, id, operation, |order, policy, actor, now| {
            order.resume_subscription(id, policy, actor, now)
        })
        .await
    }

    /// Changes the subscription `id` in the order that pays its newest period.
    async fn change_subscription(
        &self,
        viewer: &Viewer,
        token: Option<&str>,
        id: &str,
        operation: StaffOperation,
        decide: impl Fn(
            &Order,
            &SubscriptionPolicy,
            &Actor,
            DateTime<Utc>,
        ) -> Result<Transition, SubscriptionRefusal>,
    ) -> Result<SubscriptionView, Failure<UserError>> {
        let (command, among) = match (token, viewer.customer()) {
            (Some(_), _) => (OrderCommand::of_guest(viewer, operation.name()), None),
            (None, Some(customer)) => (
                OrderCommand::of_customer(viewer, customer, operation.name()),
                Some(SubscriptionOrders::OfCustomer(customer.id)),
            ),
            (None, None) => (
                OrderCommand::of_staff(viewer, operation)?,
                Some(SubscriptionOrders::OfStore(viewer.staff(operation)?.store)),
            ),
        };
        self.admit_cancellation(viewer)?;
        let newest = match among {
            Some(among) => self.database().newest_order_of_subscription(id, among).await?,
            None => {
                self.newest_by_token(viewer, token.unwrap_or_default(), id)
                    .await?
            }
        };
        let newest = newest.ok_or_else(|| UserError::from(SubscriptionRefusal::NotFound))?;
        let command = &command;
        let changed = self.change_order(command, newest, |subject| {
            let policy = subject.shop.subscription_policy(subject.order.id.store());
            let decided = decide(&subject.order, &policy, &command.actor, self.now());
            std::future::ready(decided.map_err(|refusal| Failure::Refused(UserError::from(refusal))))
        });
        let view = Arc::new(changed.await?);
        SubscriptionView::of(&view, id)
            .ok_or_else(|| AppError::Internal(format!("order {newest} has lost subscription `{id}`")).into())
    }

    /// The order that pays the newest period of the subscription `id` of the order that `token` was made for; none
    /// where that order has no such subscription or is not a guest's.
    async fn newest_by_token(
        &self,
        viewer: &Viewer,
        token: &str,
        id: &str,
    ) -> Result<Option<OrderId>, AppError> {
        let loaded = self.loaded_by_token(viewer, token).await?;
        let Some(loaded) = loaded.filter(|it| it.order.is_guest() && it.order.subscription(id).is_some())
        else {
            return Ok(None);
        };
        let order = loaded.order.id;
        let view = Arc::new(self.view(loaded.order, loaded.shop, Actor::Guest));
        let newest = self.newest_view(&view, id, None).await?;
        Ok(Some(newest.map_or(order, |newest| newest.order.id)))
    }
}

/// The orders among which those of the buyer of `order` are: of the account, or of the store view for a guest.
fn orders_beside(order: &Order) -> SubscriptionOrders {
    match order.customer.id {
        Some(customer) => SubscriptionOrders::OfCustomer(customer),
        None => SubscriptionOrders::OfStore(Some(order.id.store())),
    }
}

/// Whether two orders are of the same buyer: of one account, or of guests with the same address.
fn is_of_same_buyer(one: &Order, other: &Order) -> bool {
    match (one.customer.id, other.customer.id) {
        (Some(one), Some(other)) => one == other,
        (None, None) => {
            let (one_email, other_email) =
                (Email::new(&one.customer.email), Email::new(&other.customer.email));
            let is_known = !one.is_erased() && !other.is_erased() && !one_email.as_str().is_empty();
            is_known && one_email == other_email
        }
        _ => false,
    }
}
