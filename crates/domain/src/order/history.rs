//! The history of an order: which of its lines the buyer sees, and the lines that an event leaves in it
//! (`docs/contract.md` section 5.2).

use crate::cancellation::Cancellation;
use crate::event::{EventData, OrderEvent, invoices};
use crate::money::Money;
use crate::order::comment::escape_html;
use crate::order::{Comment, Order, OrderState, SettledMatter, Settlement};

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
            EventData::CreditMemoCreated { grand_total, .. } => self.refund_lines(*grand_total, order),
            EventData::InvoicesPaid { numbers, amount, .. } => {
                vec![self.staff_line(format!("We received {amount} for {}.", invoices(numbers)), order)]
            }
            EventData::InvoicesCanceled { numbers, .. } => {
                vec![self.staff_line(format!("We canceled {}.", invoices(numbers)), order)]
            }
            EventData::Settled(settlement) => self.settlement_lines(settlement, order),
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

    /// The lines of a cancellation, in this order: refund, mail, reason. There is no line about a mail that staff did
    /// not want to be sent.
    fn cancellation_lines(&self, cancellation: &Cancellation, order: &Order) -> Vec<Comment> {
        let refund = if cancellation.credit_memo.is_some() {
            self.refund_lines(cancellation.refunded_total, order)
        } else {
            Vec::new()
        };
        let mail = if cancellation.notifies_customer {
            Some("Order cancellation notification email was sent.")
        } else if cancellation.declines_mail {
            None
        } else {
            Some("Email notification failed.")
        };
        let mail = mail.map(|mail| self.public_line(mail.into(), order));
        let reason = self.public_line(escape_html(&cancellation.reason), order);
        refund.into_iter().chain(mail).chain([reason]).collect()
    }

    /// What the newest credit memo gives back, for staff only: `We will refund $15.00.`, in the base currency, and the
    /// gift cards and the store credit that the other shop has to give back.
    ///
    /// Adobe writes `We refunded $15.00 offline.` here. The money is owed by an [`Effect`](crate::Effect), and the
    /// history says that it was refunded once that effect has happened.
    fn refund_lines(&self, amount: Money, order: &Order) -> Vec<Comment> {
        let newest = order.credit_memos.len().saturating_sub(1);
        let credits = order.credit_memos.last().map(|memo| memo.credits);
        let credits = credits.filter(|credits| credits.is_positive());
        let mut texts = Vec::new();
        if amount.is_positive() {
            // An amount that does not fit the base currency is shown in the order's own.
            let amount = order.base_amount_of_credit_memo(newest).unwrap_or(amount);
            texts.push(format!("We will refund {amount}."));
        }
        texts.extend(
            credits.map(|credits| format!("{credits} of gift cards and store credit are to be given back.")),
        );
        if texts.is_empty() {
            texts.push("No money is to be refunded.".into());
        }
        let line = |text| Comment {
            customer_notified: Some(false),
            ..self.staff_line(text, order)
        };
        texts.into_iter().map(line).collect()
    }

    /// What the buyer is told, and after it what staff did, for staff only.
    fn settlement_lines(&self, settlement: &Settlement, order: &Order) -> Vec<Comment> {
        let told = match settlement.matter {
            SettledMatter::Refund { amount, .. } => Some(format!("We refunded {amount}.")),
            SettledMatter::Void { amount, .. } => Some(format!(
                "We released the {amount} that were reserved for the payment."
            )),
            SettledMatter::UpstreamChange => None,
        };
        let told = told.map(|text| self.public_line(text, order));
        let note = self.staff_line(escape_html(&self.data.note()), order);
        told.into_iter().chain([note]).collect()
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
