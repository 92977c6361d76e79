//! The history of an order: which of its lines the buyer sees, and the lines that an event leaves in it
//! (`docs/contract.md` section 5.2).

use crate::cancellation::{BuyerMail, CanceledItem, Cancellation, RequestStatus};
use crate::event::{EventData, OrderEvent, invoices};
use crate::money::{Money, Quantity};
use crate::order::comment::escape_html;
use crate::order::{
    Comment, EndedSubscription, ItemPosition, Order, OrderItem, OrderState, SettledMatter, Settlement,
};
use crate::payment::reversal::ReversalOperation;

impl Order {
    /// The lines of the history that storefronts show to the buyer, newest first.
    pub fn history_for_buyer(&self) -> impl Iterator<Item = &Comment> {
        self.comments.iter().rev().filter(|line| line.visible_on_front)
    }
}

impl OrderEvent {
    /// The lines that the event adds to the history of `order`, oldest first; `order` is the order after the event.
    pub(crate) fn history(&self, order: &Order) -> Vec<Comment> {
        match &self.data {
            EventData::Canceled(cancellation) => self.cancellation_lines(cancellation, order),
            EventData::CancellationKeyRequested { .. } => {
                let text = "Order cancellation confirmation key was sent via email.";
                vec![self.public_line(text.into(), order)]
            }
            EventData::CancellationRequested(_) => self.requested_lines(order),
            EventData::CancellationRequestEnded(ended) => self.request_lines(ended.status, order),
            EventData::CancellationRequestEscalated { .. } => {
                let text = "The deadline of the cancellation request is over: staff must decide.";
                vec![self.staff_line(text.into(), order)]
            }
            EventData::CreditMemoCreated {
                grand_total, credits, ..
            } => self.refund_lines(*grand_total, *credits, order),
            EventData::InvoicesPaid { numbers, amount, .. } => {
                vec![self.staff_line(format!("We received {amount} for {}.", invoices(numbers)), order)]
            }
            EventData::InvoicesCanceled { numbers, .. } => {
                vec![self.staff_line(format!("We canceled {}.", invoices(numbers)), order)]
            }
            EventData::FulfilmentStarted { items } => {
                vec![self.staff_line(format!("In fulfilment: {}.", in_words(items, order)), order)]
            }
            EventData::FulfilmentReleased { items } => {
                vec![self.staff_line(
                    format!("No more in fulfilment: {}.", in_words(items, order)),
                    order,
                )]
            }
            EventData::DeliveryRecorded { items, kind, .. } => {
                vec![self.public_line(format!("{}: {}.", kind.words(), in_words(items, order)), order)]
            }
            EventData::CanceledAtChannel {
                channel,
                number,
                reason,
            } => {
                let reason = reason
                    .iter()
                    .map(|reason| format!(" Reason: {}", escape_html(reason)));
                let reason: String = reason.collect();
                let text = format!(
                    "The order was canceled at the sales channel {channel} (order {number}).{reason}"
                );
                vec![self.public_line(text, order)]
            }
            EventData::SubscriptionEnded(ended) => self.subscription_lines(ended, order),
            EventData::SubscriptionResumed { item, .. } => {
                let name = name_of(*item, order);
                vec![self.public_line(format!("The subscription goes on: {name}."), order)]
            }
            EventData::Settled(settlement) => self.settlement_lines(settlement, order),
            EventData::CreditDue(due) => {
                let tender = order.payment.tender(due.tender);
                let title = tender.map_or(due.method.as_str(), |tender| tender.title);
                let text = format!("{} are due to {}.", due.amount, escape_html(title));
                vec![self.staff_line(text, order)]
            }
            EventData::ReversalFailed(failed) => {
                vec![self.staff_line(format!("The {}.", failed.note()), order)]
            }
            EventData::ChangedUpstream(change) => {
                let here = match order.state {
                    OrderState::Canceled => "is canceled here",
                    OrderState::Closed => "is closed here",
                    OrderState::New
                    | OrderState::PendingPayment
                    | OrderState::Processing
                    | OrderState::PaymentReview
                    | OrderState::Holded
                    | OrderState::Complete => "was changed here",
                };
                let text = format!("The order {here}, but in the shop that it came from: {change}.");
                vec![self.staff_line(text, order)]
            }
            EventData::Imported
            | EventData::Updated
            | EventData::Invoiced { .. }
            | EventData::Shipped { .. }
            | EventData::Held { .. }
            | EventData::Unheld { .. }
            | EventData::NoteAdded { .. }
            | EventData::BuyerErased => Vec::new(),
        }
    }

    /// The lines of a cancellation, in this order: refund, mail, reason, and what the contract does not have: what
    /// comes back beside money, the items where a part is left, and the comment. There is no line about a mail that
    /// staff did not want to be sent.
    fn cancellation_lines(&self, cancellation: &Cancellation, order: &Order) -> Vec<Comment> {
        let credits = cancellation.restores.credits;
        let refund = if cancellation.credit_memo.is_some() {
            self.refund_lines(cancellation.refunded_total, credits, order)
        } else {
            self.credits_line(credits, order).into_iter().collect()
        };
        let mail = match cancellation.buyer_mail {
            BuyerMail::Sent => Some("Order cancellation notification email was sent."),
            BuyerMail::SwitchedOff => Some("Email notification failed."),
            BuyerMail::Declined => None,
        };
        let mail = mail.map(|mail| self.public_line(mail.into(), order));
        let reason = Some(&cancellation.reason).filter(|reason| !reason.is_empty());
        let reason = reason.map(|reason| self.public_line(escape_html(reason), order));
        let fee = cancellation.fee.is_positive().then(|| {
            let text = format!("A cancellation fee of {} is kept.", cancellation.fee);
            self.public_line(text, order)
        });
        let decided = cancellation.refund_note.as_deref().map(|note| {
            let (back, kept) = (cancellation.refunded_total, cancellation.fee);
            let note = escape_html(note);
            let text = format!("Staff decided: {back} are paid back, {kept} are kept. {note}");
            self.staff_line(text.trim_end().to_owned(), order)
        });
        let items = cancellation
            .is_partial
            .then(|| canceled_items(cancellation, order));
        let comment = cancellation.comment.as_deref().map(escape_html);
        let added = items.into_iter().chain(comment);
        let added = added.map(|text| self.public_line(text, order));
        let approved = cancellation.request.as_ref();
        let approved = approved.map_or_else(Vec::new, |it| self.request_lines(it.status, order));
        let released = (!cancellation.released.is_empty()).then(|| {
            let units = names(&order.named_units(&cancellation.released));
            self.staff_line(format!("No more in fulfilment: {units}."), order)
        });
        let lines = approved
            .into_iter()
            .chain(released)
            .chain(refund)
            .chain(mail)
            .chain(reason);
        let restored = self.restoration_line(cancellation, order);
        lines
            .chain(fee)
            .chain(decided)
            .chain(restored)
            .chain(added)
            .collect()
    }

    /// Which coupons and points come back, and that no unit goes back into stock, for staff only. Where the canceled
    /// units go back into stock and nothing else comes back, there is no line.
    fn restoration_line(&self, cancellation: &Cancellation, order: &Order) -> Option<Comment> {
        let restored = &cancellation.restores;
        let coupons = restored.coupons.iter();
        let coupons = coupons.map(|code| format!("Coupon to be given back: {}.", escape_html(code)));
        let points = (restored.points > 0).then(|| format!("Points to be given back: {}.", restored.points));
        let has_units = |row: &CanceledItem| row.canceled.plus(row.refunded).is_positive();
        let stays_out = restored.stock.is_empty() && cancellation.items.iter().any(has_units);
        let stock = stays_out.then(|| "No unit goes back into stock.".to_owned());
        let texts: Vec<_> = coupons.chain(points).chain(stock).collect();
        (!texts.is_empty()).then(|| self.staff_line(texts.join(" "), order))
    }

    /// That a cancellation was asked for, with the reason, and the comment.
    fn requested_lines(&self, order: &Order) -> Vec<Comment> {
        let Some(request) = &order.cancellation_request else {
            return Vec::new();
        };
        let text = match &request.reason {
            Some(reason) => format!("Cancellation requested: {}", escape_html(reason)),
            None => "Cancellation requested.".into(),
        };
        let comment = request.comment.as_deref().map(escape_html);
        let lines = [text].into_iter().chain(comment);
        lines.map(|text| self.public_line(text, order)).collect()
    }

    /// How the request of `order` ended.
    pub(crate) fn request_lines(&self, status: RequestStatus, order: &Order) -> Vec<Comment> {
        let decision = order
            .cancellation_request
            .as_ref()
            .and_then(|it| it.decision.as_ref());
        let reason = decision.and_then(|it| it.reason.as_deref()).map(escape_html);
        let text = match status {
            RequestStatus::Open => return Vec::new(),
            RequestStatus::Approved => "The cancellation request was approved.".into(),
            RequestStatus::PartlyApproved => "The cancellation request was approved in part.".into(),
            RequestStatus::Declined => {
                let reason = reason.map_or_else(|| ".".into(), |reason| format!(": {reason}"));
                return vec![
                    self.public_line(format!("The cancellation request was declined{reason}"), order),
                ];
            }
            RequestStatus::Withdrawn => "The cancellation request was withdrawn.".into(),
            RequestStatus::TooLate => {
                "The cancellation request came too late. The items can be sent back after delivery.".into()
            }
        };
        let lines = [text].into_iter().chain(reason);
        lines.map(|text| self.public_line(text, order)).collect()
    }

    /// What the newest credit memo gives back, for staff only: `We will refund $15.00.`, in the base currency, and the
    /// `credits` that the other shop has to give back.
    ///
    /// Adobe writes `We refunded $15.00 offline.` here. The money is owed by an [`Effect`](crate::Effect), and the
    /// history says that it was refunded once that effect has happened.
    fn refund_lines(&self, amount: Money, credits: Money, order: &Order) -> Vec<Comment> {
        let newest = order.credit_memos.len().saturating_sub(1);
        let mut lines = Vec::new();
        if amount.is_positive() {
            // An amount that does not fit the base currency is shown in the order's own.
            let amount = order.base_amount_of_credit_memo(newest).unwrap_or(amount);
            lines.push(self.money_line(format!("We will refund {amount}."), order));
        }
        lines.extend(self.credits_line(credits, order));
        if lines.is_empty() {
            lines.push(self.money_line("No money is to be refunded.".into(), order));
        }
        lines
    }

    /// The gift cards and the store credit that the other shop has to give back; no line where there are none.
    fn credits_line(&self, credits: Money, order: &Order) -> Option<Comment> {
        let text = format!("{credits} of gift cards and store credit are to be given back.");
        credits.is_positive().then(|| self.money_line(text, order))
    }

    /// A line about what goes back, of which the buyer is not notified.
    fn money_line(&self, text: String, order: &Order) -> Comment {
        Comment {
            customer_notified: Some(false),
            ..self.staff_line(text, order)
        }
    }

    /// What the buyer is told, and after it what staff did, for staff only.
    fn settlement_lines(&self, settlement: &Settlement, order: &Order) -> Vec<Comment> {
        let told = match settlement.matter {
            SettledMatter::Refund { amount, .. } | SettledMatter::BookedOutside { amount } => {
                Some(format!("We refunded {amount}."))
            }
            SettledMatter::Void { amount, .. } => Some(format!(
                "We released the {amount} that were reserved for the payment."
            )),
            SettledMatter::Abandoned { reversal, amount, .. } => match reversal {
                ReversalOperation::Refund => Some(format!("The refund of {amount} was not carried out.")),
                ReversalOperation::Void | ReversalOperation::Either => None,
            },
            SettledMatter::Adopted { reversal, amount, .. } => match reversal {
                ReversalOperation::Refund => Some(format!("We refunded {amount}.")),
                ReversalOperation::Void | ReversalOperation::Either => Some(format!(
                    "We released the {amount} that were reserved for the payment."
                )),
            },
            SettledMatter::UpstreamChange
            | SettledMatter::Returned { .. }
            | SettledMatter::RefundedOutside { .. }
            | SettledMatter::LateCapture { .. }
            | SettledMatter::PaymentProblem => None,
        };
        let told = told.map(|text| self.public_line(text, order));
        let note = self.staff_line(escape_html(&self.data.note()), order);
        told.into_iter().chain([note]).collect()
    }

    /// When a subscription ends, the reason and the comment; and what goes back, for staff only.
    fn subscription_lines(&self, ended: &EndedSubscription, order: &Order) -> Vec<Comment> {
        let name = name_of(ended.item, order);
        let text = if ended.end.at > self.at {
            let at = ended.end.at.format("%Y-%m-%d");
            format!("The subscription ends at {at}: {name}.")
        } else {
            format!("The subscription has ended: {name}.")
        };
        let refund = if ended.end.credit_memo.is_some() {
            self.refund_lines(ended.share, Money::zero(ended.share.currency()), order)
        } else {
            Vec::new()
        };
        let typed = [&ended.end.reason, &ended.end.comment].into_iter().flatten();
        let typed = typed.map(|text| self.public_line(escape_html(text), order));
        let first = self.public_line(text, order);
        [first].into_iter().chain(refund).chain(typed).collect()
    }

    fn staff_line(&self, text: String, order: &Order) -> Comment {
        Comment {
            visible_on_front: false,
            ..self.public_line(text, order)
        }
    }

    fn public_line(&self, text: String, order: &Order) -> Comment {
        Comment {
            text,
            status: order.status.clone(),
            visible_on_front: true,
            customer_notified: None,
            created_at: self.at,
        }
    }
}

/// The name of an item, as a line of the history shows it.
fn name_of(item: ItemPosition, order: &Order) -> String {
    order
        .item(item)
        .map_or_else(String::new, |item| escape_html(&item.name))
}

/// `Canceled items: 2 x Tea, 1 x Cup.`, of the items that are no part of another one, or were canceled without it.
fn canceled_items(cancellation: &Cancellation, order: &Order) -> String {
    format!("Canceled items: {}.", names(&cancellation.named_units(order)))
}

/// `2 x Tea, 1 x Cup`, of the items that are no part of another one.
fn in_words(lines: &[(ItemPosition, Quantity)], order: &Order) -> String {
    let named = lines.iter().filter_map(|(position, quantity)| {
        let item = order.item(*position).filter(|item| item.parent.is_none())?;
        Some((item, *quantity))
    });
    names(&named.collect::<Vec<_>>())
}

/// `2 x Tea, 1 x Cup`.
fn names(units: &[(&OrderItem, Quantity)]) -> String {
    let named = units.iter();
    let named = named.map(|(item, quantity)| format!("{quantity} x {}", escape_html(&item.name)));
    named.collect::<Vec<_>>().join(", ")
}
