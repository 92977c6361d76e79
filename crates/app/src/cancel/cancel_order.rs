//! A customer cancels an order.

use std::future::ready;

use countermand_domain::{CancellationIntent, CancellationRefusal, OrderId};

use crate::App;
use crate::error::AppError;
use crate::failure::{Failure, Refusal};
use crate::order_command::{NoSuchOrder, OrderCommand, Subject};
use crate::orders::order_view::OrderView;
use crate::viewer::Viewer;

/// Why an order was not canceled.
#[derive(Debug, Clone)]
pub enum NotCanceled {
    /// There is no such order.
    NoSuchOrder,
    /// The guest's key is wrong, used or too old, or too many keys were tried.
    NotConfirmed,
    /// The rules refuse it.
    Refused {
        /// The reason of the refusal.
        refusal: CancellationRefusal,
        /// The order as it is, where the contract shows it (section 3).
        order: Option<Box<OrderView>>,
    },
}

impl Refusal for NotCanceled {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchOrder => "NOT_FOUND",
            Self::NotConfirmed => "NOT_CONFIRMED",
            Self::Refused { refusal, .. } => refusal.into(),
        }
    }
}

impl From<CancellationRefusal> for NotCanceled {
    fn from(refusal: CancellationRefusal) -> Self {
        Self::Refused { refusal, order: None }
    }
}

impl From<NoSuchOrder> for NotCanceled {
    fn from(NoSuchOrder: NoSuchOrder) -> Self {
        Self::NoSuchOrder
    }
}

impl App {
    /// Cancels the viewer's order and records every effect it owes, or changes nothing (`docs/contract.md` section
    /// 3.1). Where buyers of the store view can only ask, it opens a request, and the order keeps its status.
    ///
    /// The reason is taken exactly as sent. With the id of a quote, the outcome is what was quoted, or the cancellation
    /// is refused.
    pub async fn cancel_order(
        &self,
        viewer: &Viewer,
        id: OrderId,
        intent: &CancellationIntent,
        quote: Option<&str>,
    ) -> Result<OrderView, Failure<NotCanceled>> {
        let customer = viewer.customer().ok_or(AppError::Forbidden)?;
        self.admit_cancellation(viewer)?;
        let command =
            OrderCommand::of_customer(viewer, customer, "cancelOrder").canceling_for(&intent.reason);
        let cancel = self.accepting(intent, quote).await?.by(command.actor.clone());
        self.change_order(&command, id, |subject| {
            let canceled = subject
                .order
                .cancel_or_request(&cancel, &subject.policy(), self.now());
            let refused = |refusal| self.not_canceled(&command, &subject, refusal).into();
            ready(canceled.map_err(refused))
        })
        .await
    }

    /// The answer to a refused cancellation. It shows the order where what was done to the order is the reason
    /// (`docs/contract.md` section 3).
    pub(crate) fn not_canceled(
        &self,
        command: &OrderCommand<'_>,
        subject: &Subject,
        refusal: CancellationRefusal,
    ) -> NotCanceled {
        let is_shown = match refusal {
            CancellationRefusal::State(_)
            | CancellationRefusal::Shipped
            | CancellationRefusal::PartlyShipped
            | CancellationRefusal::InFulfilment
            | CancellationRefusal::ChannelManaged
            | CancellationRefusal::DigitalDelivered
            | CancellationRefusal::GiftCardUsed
            | CancellationRefusal::Subscription
            | CancellationRefusal::OpenInvoice
            | CancellationRefusal::RequestOpen
            | CancellationRefusal::NothingOpen => true,
            CancellationRefusal::Unauthorized
            | CancellationRefusal::Disabled
            | CancellationRefusal::WindowClosed { .. }
            | CancellationRefusal::RequestOnly
            | CancellationRefusal::Selection(_)
            | CancellationRefusal::InvalidReason
            | CancellationRefusal::InvalidComment(_)
            | CancellationRefusal::Refund(_)
            | CancellationRefusal::CommentRequired
            | CancellationRefusal::QuoteStale
            | CancellationRefusal::Unbalanced(_) => false,
        };
        let order = is_shown.then(|| {
            let (order, shop) = (subject.order.clone(), subject.shop.clone());
            let view = self.view(order, shop, command.actor.clone());
            Box::new(view.with_reversals(subject.reversals.clone()))
        });
        NotCanceled::Refused { refusal, order }
    }
}
