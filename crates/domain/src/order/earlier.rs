//! An order as it was before some of its events: what they booked is taken back, the newest one first.

use crate::cancellation::Cancellation;
use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError, Quantity};
use crate::order::{Delivery, InvoiceState, Order, OrderItem, OrderState, SettledMatter, SubscriptionEnd};
use crate::payment::{PaymentTransaction, TransactionKind};

impl Order {
    /// The order as it was before `events[first]`; `events` are all events of the order, oldest first. None where they
    /// do not tell it.
    ///
    /// An import brings an order without the times of what happened before. So the time before an import is told only
    /// where the import brought an order of which nothing was shipped, paid back or canceled: what is invoiced and paid
    /// of it counts from the beginning. An invoice that was withdrawn later is not told either, nor money that others
    /// paid back, nor money that was captured after the cancellation.
    pub fn before_event(&self, events: &[OrderEvent], first: usize) -> Result<Option<Self>, MoneyError> {
        let last_import = events.iter().rposition(|it| brings_facts(&it.data));
        let (first, is_before_import) = match last_import {
            Some(import) if import >= first => (import + 1, true),
            Some(_) | None => (first, false),
        };
        let (earlier, later) = events.split_at(first.min(events.len()));
        let is_untold = |it: &OrderEvent| match &it.data {
            EventData::InvoicesCanceled { .. } => true,
            EventData::Settled(it) => matches!(
                it.matter,
                SettledMatter::BookedOutside { .. } | SettledMatter::LateCapture { .. }
            ),
            _ => false,
        };
        if later.iter().any(is_untold) {
            return Ok(None);
        }
        let mut order = self.clone();
        for event in later.iter().rev() {
            order.take_back(event)?;
        }
        order.use_authorizations_by_captures()?;
        order.replay_warehouse(earlier, later);
        order.replay_subscriptions(earlier, later);
        if self.state != OrderState::PaymentReview && later.iter().any(|it| moves_the_state(&it.data)) {
            order.state = order.state_between(earlier, later)?;
            order.state.default_status().clone_into(&mut order.status);
        }
        let is_told = !is_before_import || order.is_as_placed();
        Ok(is_told.then_some(order))
    }

    /// Whether nothing of the order was shipped, paid back or canceled.
    fn is_as_placed(&self) -> bool {
        let is_moved = |item: &OrderItem| {
            let q = item.quantities;
            q.shipped.is_positive() || q.refunded.is_positive() || q.canceled.is_positive()
        };
        !self.state.is_history() && !self.totals.refunded.is_positive() && !self.items.iter().any(is_moved)
    }

    /// Takes back what `event` booked, apart from the units in fulfilment and the deliveries.
    fn take_back(&mut self, event: &OrderEvent) -> Result<(), MoneyError> {
        match &event.data {
            EventData::Canceled(it) => {
                self.uncancel(it)?;
                it.credit_memo
                    .iter()
                    .try_for_each(|number| self.take_back_credit_memo(number))?;
            }
            EventData::CreditMemoCreated { number, .. } => self.take_back_credit_memo(number)?,
            EventData::SubscriptionEnded(it) => {
                let memo = it.end.credit_memo.as_ref();
                memo.map_or(Ok(()), |number| self.take_back_credit_memo(number))?;
            }
            EventData::Invoiced { number, .. } => {
                self.take_back_capture(event)?;
                let at = self.invoices.iter().position(|it| it.number == *number);
                if let Some(invoice) = at.map(|at| self.invoices.remove(at)) {
                    self.unbook_invoice(&invoice)?;
                }
            }
            EventData::InvoicesPaid { numbers, .. } => {
                self.take_back_capture(event)?;
                let paid = self.invoices.iter_mut();
                let paid = paid.filter(|it| numbers.contains(&it.number));
                paid.for_each(|invoice| invoice.state = InvoiceState::Open);
            }
            EventData::Shipped { number, items, .. } => {
                self.shipments.retain(|it| it.number != *number);
                for &(position, quantity) in items {
                    if let Some(item) = self.item_mut(position) {
                        item.quantities.shipped = item.quantities.shipped.minus(quantity);
                    }
                }
            }
            EventData::CanceledAtChannel { .. } => {
                let channel = self.channel.iter_mut();
                channel.for_each(|channel| channel.canceled_at = None);
            }
            EventData::CancellationRequested(_) => self.cancellation_request = None,
            // Before, the order was a guest's, or the account's that acted on it.
            EventData::BuyerErased => self.customer.email.clear(),
            EventData::Imported
            | EventData::Updated
            | EventData::CancellationKeyRequested { .. }
            | EventData::CancellationRequestEnded(_)
            | EventData::CancellationRequestEscalated { .. }
            | EventData::InvoicesCanceled { .. }
            | EventData::FulfilmentStarted { .. }
            | EventData::FulfilmentReleased { .. }
            | EventData::DeliveryRecorded { .. }
            | EventData::SubscriptionResumed { .. }
            | EventData::Held { .. }
            | EventData::Unheld { .. }
            | EventData::Settled(_)
            | EventData::CreditDue(_)
            | EventData::ReversalFailed(_)
            | EventData::ChangedUpstream(_)
            | EventData::NoteAdded { .. } => {}
        }
        Ok(())
    }

    /// Takes back the units and the money that were never billed. The credit memo is taken back by its number.
    fn uncancel(&mut self, cancellation: &Cancellation) -> Result<(), MoneyError> {
        for row in &cancellation.items {
            if let Some(item) = self.item_mut(row.item) {
                item.quantities.canceled = item.quantities.canceled.minus(row.canceled);
                item.canceled = item.canceled.checked_sub(row.canceled_money)?;
            }
        }
        let shipping = &mut self.shipping;
        shipping.canceled = shipping.canceled.checked_sub(cancellation.shipping_canceled)?;
        self.totals.canceled = self.totals.canceled.checked_sub(cancellation.canceled_total)?;
        // The event has the sum of the charges alone.
        let mut left = cancellation.charges_canceled;
        for charge in &mut self.other_charges {
            let part = charge.canceled.checked_min(left)?;
            charge.canceled = charge.canceled.checked_sub(part)?;
            left = left.checked_sub(part)?;
        }
        Ok(())
    }

    /// Takes back what the credit memo with `number` booked on items, other charges, shipping, totals and captures.
    fn take_back_credit_memo(&mut self, number: &str) -> Result<(), MoneyError> {
        let Some(at) = self.credit_memos.iter().position(|it| it.number == number) else {
            return Ok(());
        };
        let memo = self.credit_memos.remove(at);
        for line in &memo.lines {
            if let Some(item) = self.item_mut(line.item) {
                item.quantities.refunded = item.quantities.refunded.minus(line.quantity);
                item.refunded = item.refunded.checked_sub(line.money)?;
            }
        }
        for share in &memo.other_charges {
            if let Some(charge) = self.other_charges.get_mut(share.charge) {
                charge.refunded = charge.refunded.checked_sub(share.amount)?;
            }
        }
        self.shipping.refunded = self.shipping.refunded.checked_sub(memo.shipping)?;
        self.totals.refunded = self.totals.refunded.checked_sub(memo.grand_total)?;
        // A refund uses the last capture first.
        let mut left = memo.grand_total;
        for capture in &mut self.payment.transactions {
            if capture.kind == TransactionKind::Capture {
                let part = capture.used.checked_min(left)?;
                capture.used = capture.used.checked_sub(part)?;
                capture.use_charged_by_rate();
                capture.owed = capture.owed.checked_min(capture.used)?;
                left = left.checked_sub(part)?;
            }
        }
        Ok(())
    }

    /// Takes back the captures that `event` made, one of each tender at most: captures stand in the sequence of the
    /// events, and those of one event in that of the tenders.
    fn take_back_capture(&mut self, event: &OrderEvent) -> Result<(), MoneyError> {
        let mut tenders = 0..self.payment.tender_count();
        let transactions = &mut self.payment.transactions;
        while let Some(capture) = transactions.pop_if(|it| {
            it.kind == TransactionKind::Capture && it.created_at == event.at && tenders.contains(&it.tender)
        }) {
            tenders.end = capture.tender;
            if let Some(paid) = self.totals.paid {
                let left = paid.checked_sub(capture.amount)?;
                self.totals.paid = left.is_positive().then_some(left);
            }
        }
        Ok(())
    }

    /// Sets how much of the authorizations the captures have used: later captures and voids use none.
    fn use_authorizations_by_captures(&mut self) -> Result<(), MoneyError> {
        for tender in 0..self.payment.tender_count() {
            let mut captured = self.payment.captured_of(tender, self.currency())?;
            let transactions = self.payment.transactions.iter_mut();
            let is_authorization = |it: &&mut PaymentTransaction| {
                it.kind == TransactionKind::Authorization && it.tender == tender
            };
            for authorization in transactions.filter(is_authorization) {
                authorization.used = authorization.amount.checked_min(captured)?;
                authorization.use_charged_by_rate();
                authorization.owed = Money::zero(captured.currency());
                captured = captured.checked_sub(authorization.used)?;
            }
        }
        Ok(())
    }

    /// Sets the units in fulfilment and the deliveries as the `earlier` events left them.
    fn replay_warehouse(&mut self, earlier: &[OrderEvent], later: &[OrderEvent]) {
        for item in &mut self.items {
            item.quantities.in_fulfilment = Quantity::ZERO;
        }
        for event in later {
            if let EventData::DeliveryRecorded { items, kind, .. } = &event.data {
                let is_named = |it: &Delivery| items.iter().any(|line| line.0 == it.item);
                self.deliveries.retain(|it| it.kind != *kind || !is_named(it));
            }
        }
        for event in earlier {
            if let EventData::FulfilmentStarted { items } = &event.data {
                for &(position, quantity) in items {
                    if let Some(item) = self.item_mut(position) {
                        item.quantities.in_fulfilment = item.quantities.in_fulfilment.plus(quantity);
                    }
                }
            } else if let EventData::FulfilmentReleased { items } | EventData::Shipped { items, .. } =
                &event.data
            {
                self.take_from_fulfilment(items);
            } else if let EventData::Canceled(it) = &event.data {
                self.take_from_fulfilment(&it.released);
            } else if let EventData::DeliveryRecorded {
                items,
                kind,
                delivered_at,
            } = &event.data
            {
                for &(item, quantity) in items {
                    self.deliveries.retain(|it| it.item != item || it.kind != *kind);
                    self.deliveries.push(Delivery {
                        item,
                        quantity,
                        kind: *kind,
                        at: *delivered_at,
                    });
                }
            }
        }
        self.settle_fulfilment();
    }

    /// Sets the ends of the subscriptions that `later` events ended or resumed as the `earlier` events left them.
    fn replay_subscriptions(&mut self, earlier: &[OrderEvent], later: &[OrderEvent]) {
        for subscription in &mut self.subscriptions {
            let is_changed =
                |it: &OrderEvent| subscription_end(it).is_some_and(|(id, _)| id == subscription.id);
            if later.iter().any(is_changed) {
                let mut ends = earlier.iter().filter_map(subscription_end);
                let last = ends.rfind(|(id, _)| *id == subscription.id);
                subscription.end = last.and_then(|(_, end)| end.cloned());
            }
        }
    }

    /// The state between the `earlier` and the `later` events: on hold, or what follows from the documents.
    fn state_between(&self, earlier: &[OrderEvent], later: &[OrderEvent]) -> Result<OrderState, MoneyError> {
        let changes_hold =
            |it: &&OrderEvent| matches!(it.data, EventData::Held { .. } | EventData::Unheld { .. });
        let is_held = if let Some(last) = earlier.iter().rev().find(changes_hold) {
            matches!(last.data, EventData::Held { .. })
        } else {
            // An import brings orders that are on hold.
            let next = later.iter().find(changes_hold);
            next.is_some_and(|next| matches!(next.data, EventData::Unheld { .. }))
        };
        Ok(if is_held {
            OrderState::Holded
        } else if self.is_untouched()? {
            self.payment.kind.state_before_payment()
        } else {
            OrderState::after_document(&self.remaining()?)
        })
    }
}

/// The subscription that the event ended or resumed, and its end after that.
fn subscription_end(event: &OrderEvent) -> Option<(&str, Option<&SubscriptionEnd>)> {
    if let EventData::SubscriptionEnded(it) = &event.data {
        Some((&it.subscription, Some(&it.end)))
    } else if let EventData::SubscriptionResumed { subscription, .. } = &event.data {
        Some((subscription, None))
    } else {
        None
    }
}

/// Whether the event brings facts from another shop, whose times it does not tell.
fn brings_facts(data: &EventData) -> bool {
    matches!(
        data,
        EventData::Imported | EventData::Updated | EventData::ChangedUpstream(_)
    )
}

/// Whether the event may move the order to another state.
fn moves_the_state(data: &EventData) -> bool {
    matches!(
        data,
        EventData::Canceled(_)
            | EventData::CreditMemoCreated { .. }
            | EventData::SubscriptionEnded(_)
            | EventData::Invoiced { .. }
            | EventData::InvoicesPaid { .. }
            | EventData::Shipped { .. }
            | EventData::CanceledAtChannel { .. }
            | EventData::Held { .. }
            | EventData::Unheld { .. }
    )
}
