//! What buyers, staff, the worker and the provider's messages do in the shop: each act is one call of a use case.

use std::cell::Cell;
use std::pin::Pin;

use countermand_app::cancel::decide_request::RequestApproval;
use countermand_app::cancel::request_cancellation::RequestedOrder;
use countermand_app::failure::{Failure, Refusal, split};
use countermand_app::obligations::{AbandonObligation, Ports, SettleObligation};
use countermand_app::orders::create_credit_memo::CreditMemoInput;
use countermand_app::payments::account::ChangePaymentProvider;
use countermand_app::ports::IncomingMessage;
use countermand_app::{App, AppError, Viewer};
use countermand_domain::{
    CancellationIntent, InvoiceRequest, ItemPosition, OpenInvoiceRequest, OrderId, Quantity, RefundChoice,
    RefundShare, Selection, ShipmentRequest,
};

use super::keyed::Keyed;
use super::mailer::SimulatedMailer;
use super::provider::{ADAPTER, SECRET, SECRET_HEADER};

/// How often the worker looks for more that is due.
const MOST_BATCHES: usize = 40;

/// Quantities of items.
pub(super) type Lines = Vec<(ItemPosition, Quantity)>;

/// One call of a use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    Invoice {
        lines: Lines,
        unpaid: bool,
    },
    PayInvoice {
        reference: String,
    },
    WithdrawInvoice,
    Ship {
        lines: Lines,
        overrides_request: bool,
    },
    CancelAsBuyer {
        selection: Selection,
    },
    CancelAsStaff {
        selection: Selection,
        share: RefundShare,
    },
    Request {
        selection: Selection,
        by_staff: bool,
    },
    Approve,
    Decline,
    Withdraw,
    Credit {
        lines: Option<Lines>,
        shipping: bool,
    },
    Hold,
    Unhold,
    /// Staff lets the provider try a void or a refund again.
    Retry {
        obligation: String,
    },
    /// Staff says that the money was moved by hand.
    Settle {
        obligation: String,
    },
    /// Staff ends a void or a refund that is not moved.
    Abandon {
        obligation: String,
    },
    /// Staff pauses the account at the provider, lets it go on, or gives it a key.
    ChangeAccount {
        is_paused: Option<bool>,
        key: Option<String>,
    },
    /// A worker does all that is due.
    Work,
    /// A message of the provider arrives.
    Deliver {
        message: String,
    },
    /// A command with an idempotency key.
    Keyed(Box<Keyed>),
}

/// What became of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    /// The rules refuse it, for the reason with this code.
    Refused(String),
    /// The answer as it is kept under the idempotency key of the command.
    Kept(String),
}

/// An act that is under way.
pub(super) type Acting<'a> = Pin<Box<dyn Future<Output = Result<Answer, AppError>> + 'a>>;

/// The shop with one order, as those see it who work on it.
pub(super) struct Desk {
    pub(super) app: App,
    pub(super) callers: Callers,
    pub(super) order: OrderId,
    pub(super) token: String,
    pub(super) mailer: SimulatedMailer,
    /// The account at the payment provider.
    pub(super) account: &'static str,
    /// How many answers were kept under idempotency keys.
    pub(super) kept_answers: Cell<u64>,
}

/// Who gives commands.
pub(super) struct Callers {
    pub(super) staff: Viewer,
    /// The buyer: a customer, or a guest who has the token of the order.
    pub(super) buyer: Viewer,
}

impl Act {
    /// Whether buyers or staff give it as a command on the order, which may have an idempotency key.
    pub(super) fn is_command(&self) -> bool {
        !matches!(
            self,
            Self::ChangeAccount { .. } | Self::Work | Self::Deliver { .. } | Self::Keyed(_)
        )
    }

    /// Whether it changes the order where it is not refused.
    pub(super) fn changes_order(&self) -> bool {
        self.is_command() && !matches!(self, Self::Retry { .. })
    }

    /// Whether it changes the order once, or not at all. Before staff ends an obligation, what the provider made of it
    /// may be booked by another change.
    pub(super) fn is_one_change(&self) -> bool {
        self.changes_order() && !matches!(self, Self::Settle { .. } | Self::Abandon { .. })
    }
}

impl Desk {
    /// Begins an act.
    pub(super) fn begin<'a>(&'a self, act: &'a Act) -> Acting<'a> {
        Box::pin(self.carry_out(act))
    }

    async fn carry_out(&self, act: &Act) -> Result<Answer, AppError> {
        match act {
            Act::Work => self.work().await,
            Act::Deliver { message } => self.deliver(message).await,
            Act::ChangeAccount { is_paused, key } => {
                let asked = ChangePaymentProvider {
                    secret: key.clone(),
                    is_paused: *is_paused,
                    ..ChangePaymentProvider::default()
                };
                let staff = &self.callers.staff;
                answered(
                    self.app
                        .change_payment_provider(staff, self.account, &asked)
                        .await,
                )
            }
            Act::Keyed(sent) => Box::pin(self.keyed(sent)).await,
            _ => self.command(act, &self.callers).await,
        }
    }

    /// A command of a buyer or of staff.
    pub(super) async fn command(&self, act: &Act, by: &Callers) -> Result<Answer, AppError> {
        match act {
            Act::Retry { .. } | Act::Settle { .. } | Act::Abandon { .. } => {
                Box::pin(self.obligation(act, by)).await
            }
            Act::CancelAsBuyer { .. }
            | Act::CancelAsStaff { .. }
            | Act::Request { .. }
            | Act::Approve
            | Act::Decline
            | Act::Withdraw => Box::pin(self.cancel(act, by)).await,
            Act::Invoice { .. }
            | Act::PayInvoice { .. }
            | Act::WithdrawInvoice
            | Act::Ship { .. }
            | Act::Credit { .. }
            | Act::Hold
            | Act::Unhold => Box::pin(self.document(act, by)).await,
            Act::ChangeAccount { .. } | Act::Work | Act::Deliver { .. } | Act::Keyed(_) => {
                Err(AppError::Internal(format!("{act:?} is no command")))
            }
        }
    }

    /// What staff decides about a void or a refund.
    async fn obligation(&self, act: &Act, by: &Callers) -> Result<Answer, AppError> {
        let (app, staff) = (&self.app, &by.staff);
        match act {
            Act::Settle { obligation } => {
                let asked = SettleObligation {
                    id: obligation.clone(),
                    note: "Paid by bank transfer".into(),
                    reference: None,
                };
                answered(app.settle_obligation(staff, &asked).await)
            }
            Act::Abandon { obligation } => {
                let asked = AbandonObligation {
                    id: obligation.clone(),
                    note: "The buyer does not want it".into(),
                };
                answered(app.abandon_obligation(staff, &asked).await)
            }
            Act::Retry { obligation } => answered(app.retry_obligation(staff, obligation).await),
            _ => Err(AppError::Internal(format!("{act:?} is about no obligation"))),
        }
    }

    /// Invoices, shipments, credit memos and holds.
    async fn document(&self, act: &Act, by: &Callers) -> Result<Answer, AppError> {
        let (app, staff, id) = (&self.app, &by.staff, self.order);
        match act {
            Act::Invoice { lines, unpaid } => {
                let request = InvoiceRequest {
                    lines: lines.clone(),
                    unpaid: *unpaid,
                    ..InvoiceRequest::default()
                };
                answered(app.create_invoice(staff, id, &request).await)
            }
            Act::PayInvoice { reference } => {
                let request = OpenInvoiceRequest {
                    number: None,
                    reference: Some(reference.clone()),
                };
                answered(app.pay_invoice(staff, id, &request).await)
            }
            Act::WithdrawInvoice => {
                let request = OpenInvoiceRequest::default();
                answered(app.cancel_invoice(staff, id, &request).await)
            }
            Act::Ship {
                lines,
                overrides_request,
            } => {
                let request = ShipmentRequest {
                    lines: lines.clone(),
                    tracking: Vec::new(),
                    overrides_request: *overrides_request,
                };
                answered(app.create_shipment(staff, id, &request).await)
            }
            Act::Credit { lines, shipping } => {
                let input = CreditMemoInput {
                    lines: lines.clone(),
                    refund_shipping: *shipping,
                    adjustment: None,
                };
                answered(app.create_credit_memo(staff, id, &input).await)
            }
            Act::Unhold => answered(app.unhold_order(staff, id).await),
            _ => answered(app.hold_order(staff, id).await),
        }
    }

    /// Cancellations and requests for them.
    async fn cancel(&self, act: &Act, by: &Callers) -> Result<Answer, AppError> {
        let (app, staff, id) = (&self.app, &by.staff, self.order);
        let intent = |selection: &Selection| CancellationIntent {
            selection: selection.clone(),
            ..CancellationIntent::all("Other")
        };
        match act {
            Act::CancelAsBuyer { .. } if by.buyer.customer().is_none() => {
                Ok(Answer::Refused("GUESTS_ASK".to_owned()))
            }
            Act::CancelAsBuyer { selection } => {
                answered(app.cancel_order(&by.buyer, id, &intent(selection), None).await)
            }
            Act::CancelAsStaff { selection, share } => {
                let intent = CancellationIntent {
                    refund: RefundChoice {
                        share: share.clone(),
                        note: Some("Agreed by telephone".into()),
                    },
                    ..intent(selection)
                };
                let canceled = app.cancel_order_as_admin(staff, id, &intent, None, false, None);
                answered(canceled.await)
            }
            Act::Request { selection, by_staff } => {
                let (viewer, order) = self.asking(by, *by_staff);
                let intent = intent(selection);
                answered(app.request_cancellation(viewer, &order, &intent, None).await)
            }
            Act::Approve => {
                let approval = RequestApproval::default();
                answered(app.approve_cancellation_request(staff, id, &approval).await)
            }
            Act::Decline => answered(app.decline_cancellation_request(staff, id, "It is packed").await),
            _ => {
                let (viewer, order) = self.asking(by, false);
                answered(app.withdraw_cancellation_request(viewer, &order, None).await)
            }
        }
    }

    /// Who asks for a cancellation, and how the order is named.
    fn asking<'a>(&self, by: &'a Callers, by_staff: bool) -> (&'a Viewer, RequestedOrder) {
        if by_staff {
            (&by.staff, RequestedOrder::Id(self.order))
        } else if by.buyer.customer().is_some() {
            (&by.buyer, RequestedOrder::Id(self.order))
        } else {
            (&by.buyer, RequestedOrder::Token(self.token.clone()))
        }
    }

    async fn work(&self) -> Result<Answer, AppError> {
        let ports = Ports { mailer: &self.mailer };
        for _ in 0..MOST_BATCHES {
            if self.app.meet_due_obligations(&ports, &|| false).await?.is_empty() {
                return Ok(Answer::Done);
            }
        }
        Err(AppError::Internal(
            "the worker always finds more that is due".into(),
        ))
    }

    async fn deliver(&self, message: &str) -> Result<Answer, AppError> {
        let headers = [(SECRET_HEADER, SECRET)];
        let incoming = IncomingMessage {
            headers: &headers,
            body: message.as_bytes(),
            at: self.app.now(),
        };
        let taken = self.app.take_provider_message(ADAPTER, self.account, incoming);
        match split(taken.await)? {
            Ok(_) => Ok(Answer::Done),
            Err(refusal) => Err(AppError::Internal(format!("the message {message}: {refusal:?}"))),
        }
    }
}

/// The answer to a command: a refusal by the rules is one.
fn answered<T, R: Refusal>(outcome: Result<T, Failure<R>>) -> Result<Answer, AppError> {
    Ok(match split(outcome)? {
        Ok(_) => Answer::Done,
        Err(refusal) => Answer::Refused(refusal.code().to_owned()),
    })
}
