//! A customer cancels an order.

use countermand_domain::{Actor, CancelRequest, Cancellation, CancellationRefusal, Catalog, Order, OrderId};
use countermand_persistence::{Loaded, NewJob, OrderChange};

use crate::App;
use crate::error::AppError;
use crate::job::{mail_job, mail_to_buyer};
use crate::merchant_notice::merchant_notice;
use crate::order_view::OrderView;
use crate::ports::MailMessage;
use crate::viewer::Viewer;

/// Canceled, with the order as it is now; or refused.
pub type CancelOutcome = Result<OrderView, RefusedCancellation>;

/// Why nothing was canceled, and the unchanged order where the contract shows it (section 3).
#[derive(Debug, Clone)]
pub struct RefusedCancellation {
    /// Why.
    pub refusal: CancellationRefusal,
    /// The order as it is.
    pub order: Option<Box<OrderView>>,
}

impl App {
    /// Cancels the viewer's order and records every effect it owes, or changes nothing (contract section 3.1).
    ///
    /// `reason` is taken exactly as sent.
    pub async fn cancel_order(
        &self,
        viewer: &Viewer,
        id: OrderId,
        reason: &str,
    ) -> Result<CancelOutcome, AppError> {
        let Some(customer) = viewer.customer() else {
            return Err(AppError::Forbidden);
        };
        self.admit_cancellation(viewer)?;
        let request = CancelRequest {
            actor: Actor::Customer(customer.id),
            reason: reason.into(),
        };
        self.retry_on_conflict(|| async {
            // Order and policy are read after the request arrived: a switch works at once, on every replica.
            let Some(loaded) = self.store().order(id).await? else {
                return Ok(Err(RefusedCancellation {
                    refusal: CancellationRefusal::NotFound,
                    order: None,
                }));
            };
            let (after, cancellation) = match decide(&loaded, &request, self) {
                Ok(decided) => decided,
                Err(refusal) => return Ok(Err(self.refused(loaded, refusal, request.actor.clone()))),
            };
            let change = cancellation_change(&loaded, &after, &cancellation, &viewer.origin)?;
            self.store().apply(&change).await?;
            Ok(Ok(self.view(after, loaded.catalog, request.actor.clone())))
        })
        .await
    }

    /// The answer to a refused cancellation; only state and shipment show the order (contract section 3).
    pub(crate) fn refused(
        &self,
        loaded: Loaded,
        refusal: CancellationRefusal,
        actor: Actor,
    ) -> RefusedCancellation {
        let shown = match refusal {
            CancellationRefusal::State(_)
            | CancellationRefusal::Shipped
            | CancellationRefusal::OpenInvoice
            | CancellationRefusal::NothingOpen => true,
            CancellationRefusal::NotFound
            | CancellationRefusal::Unauthorized
            | CancellationRefusal::Disabled
            | CancellationRefusal::InvalidReason
            | CancellationRefusal::NotConfirmed
            | CancellationRefusal::Unbalanced(_) => false,
        };
        let order = shown.then(|| Box::new(self.view(loaded.order, loaded.catalog, actor)));
        RefusedCancellation { refusal, order }
    }
}

/// The decision on what was read, and the order as it will be.
pub(crate) fn decide(
    loaded: &Loaded,
    request: &CancelRequest,
    app: &App,
) -> Result<(Order, Cancellation), CancellationRefusal> {
    let policy = loaded.catalog.cancellation_policy(loaded.order.id.store());
    let cancellation = loaded.order.cancel(request, &policy, app.now())?;
    let after = loaded.order.after(&cancellation)?;
    Ok((after, cancellation))
}

/// Everything that is written with a cancellation: the mails to the buyer and to the shop go with it.
pub(crate) fn cancellation_change<'a>(
    loaded: &'a Loaded,
    after: &'a Order,
    cancellation: &'a Cancellation,
    origin: &'a str,
) -> Result<OrderChange<'a>, AppError> {
    let mut change = OrderChange::new(&loaded.order, after, &cancellation.event, origin);
    change.cancellation = Some(cancellation);
    change.reversals = &cancellation.reversals;
    let policy = loaded.catalog.cancellation_policy(after.id.store());
    if policy.notifies_customer {
        change
            .jobs
            .push(canceled_mail(after, &loaded.catalog, cancellation)?);
    }
    change
        .jobs
        .extend(merchant_notice(after, &loaded.catalog, cancellation)?);
    Ok(change)
}

/// What flows back, for a mail; none when nothing was paid.
pub(crate) fn refund_text(cancellation: &Cancellation) -> Option<String> {
    let refund = cancellation.credit_memo.as_ref().map(|memo| memo.grand_total);
    refund.filter(|it| it.is_positive()).map(|it| it.to_string())
}

fn canceled_mail(order: &Order, catalog: &Catalog, cancellation: &Cancellation) -> Result<NewJob, AppError> {
    let message = MailMessage::OrderCanceled {
        order_number: order.number.clone(),
        refund: refund_text(cancellation),
    };
    mail_job(
        Some(order.id),
        &mail_to_buyer(order, catalog, message, cancellation.event.at),
    )
}
