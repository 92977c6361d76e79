//! A customer cancels an order.

use countermand_domain::{Actor, CancelRequest, Cancellation, CancellationRefusal, Catalog, Order, OrderId};
use countermand_persistence::{Loaded, NewJob, OrderChange};
use uuid::Uuid;

use crate::App;
use crate::error::AppError;
use crate::job::mail_job;
use crate::order_view::OrderView;
use crate::ports::{Mail, MailMessage};
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

/// Everything that is written with a cancellation: the mail to the buyer goes with it.
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
    Ok(change)
}

fn canceled_mail(order: &Order, catalog: &Catalog, cancellation: &Cancellation) -> Result<NewJob, AppError> {
    let refund = cancellation.credit_memo.as_ref().map(|memo| memo.grand_total);
    let message = MailMessage::OrderCanceled {
        order_number: order.number.clone(),
        refund: refund.filter(|it| it.is_positive()).map(|it| it.to_string()),
    };
    let id = Uuid::now_v7();
    mail_job(
        id,
        order.id,
        &mail_to_buyer(id, order, catalog, message),
        cancellation.event.at,
    )
}

/// A mail to whoever placed `order`, in the language of its store view.
pub(crate) fn mail_to_buyer(id: Uuid, order: &Order, catalog: &Catalog, message: MailMessage) -> Mail {
    let store = catalog.store(order.id.store());
    Mail {
        id: id.to_string(),
        to: order.customer.email.clone(),
        to_name: format!("{} {}", order.customer.firstname, order.customer.lastname)
            .trim()
            .to_owned(),
        locale: store.map_or_else(|| "en_US".into(), |store| store.locale.clone()),
        store_name: store.map_or_else(String::new, |store| store.name.clone()),
        message,
    }
}
