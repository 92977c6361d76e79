//! A buyer or staff asks for a cancellation, or takes the request back. Staff decides later.

use countermand_domain::{CancellationIntent, OrderId, RequestCancellation};
use tokio::sync::OnceCell;

use crate::App;
use crate::accounts::tries::hourly;
use crate::cancel::confirm_guest_cancellation::{has_key, wrong_keys_from};
use crate::error::UserError;
use crate::failure::Failure;
use crate::order_command::{NoSuchOrder, OrderCommand};
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The most requests for an order that are taken by its token in an hour.
const MOST_REQUESTS_BY_TOKEN: i64 = 3;

/// The order that a request is about, as the caller names it.
#[derive(Debug, Clone)]
pub enum RequestedOrder {
    /// An order by its id: of the signed-in customer, or any order for staff.
    Id(OrderId),
    /// An order by its token: of a guest.
    Token(String),
}

impl App {
    /// Asks for a cancellation, by the rule that holds for the cancellation itself.
    ///
    /// A guest who has only the order's token may ask too: no money moves before staff approves, the buyer's address
    /// gets a mail at once, and a deadline never approves such a request. Three requests an hour are taken for an order
    /// by token. With the id of a quote, the request is refused where canceling would do anything else now.
    pub async fn request_cancellation(
        &self,
        viewer: &Viewer,
        order: &RequestedOrder,
        intent: &CancellationIntent,
        quote: Option<&str>,
    ) -> Result<OrderView, Failure<UserError>> {
        self.admit_cancellation(viewer)?;
        let operation = StaffOperation::RequestOrderCancellation;
        let (id, command) = self.command_on(viewer, order, operation)?;
        let command = &command.canceling_for(&intent.reason);
        let accepted = &self.accepting::<UserError>(intent, quote).await?;
        let is_guest = matches!(order, RequestedOrder::Token(_));
        // The try is counted once, even if a conflict runs the decision again.
        let counted = &OnceCell::new();
        self.change_order(command, id, |subject| async move {
            let request = RequestCancellation {
                actor: command.actor.clone(),
                intent: accepted.clone(),
                is_confirmed: !is_guest,
            };
            let requested = subject
                .order
                .request_cancellation(&request, &subject.policy(), self.now())
                .map_err(UserError::from)?;
            if is_guest {
                let key = format!("cancellation_request:{}", id.number());
                let limits = [hourly(key, MOST_REQUESTS_BY_TOKEN)];
                counted.get_or_try_init(|| self.count_try(&limits)).await?;
            }
            Ok::<_, Failure<UserError>>(requested)
        })
        .await
    }

    /// Takes an open request back, for its buyer or for staff. A guest takes back a request that was confirmed by mail
    /// only with the key of a mail. Wrong keys count as those of confirmations do.
    pub async fn withdraw_cancellation_request(
        &self,
        viewer: &Viewer,
        order: &RequestedOrder,
        key: Option<&str>,
    ) -> Result<OrderView, Failure<UserError>> {
        let operation = StaffOperation::WithdrawCancellationRequest;
        let (id, command) = self.command_on(viewer, order, operation)?;
        let command = &command.reading_guest_key();
        // A wrong key is counted once, even if a conflict runs the decision again.
        let counted = &OnceCell::new();
        self.change_order(command, id, |subject| async move {
            let has_key = key.is_some_and(|key| has_key(subject.guest_key.as_ref(), key));
            if key.is_some() && !has_key {
                let limits = &[wrong_keys_from(&viewer.origin)];
                counted.get_or_try_init(|| self.count_try(limits)).await?;
            }
            let order = &subject.order;
            let withdrawn = order.withdraw_cancellation_request(&command.actor, has_key, self.now());
            Ok::<_, Failure<UserError>>(withdrawn.map_err(UserError::from)?)
        })
        .await
    }

    /// The id of the order, and the caller's command on it: staff's, the signed-in customer's or a guest's.
    fn command_on<'a>(
        &self,
        viewer: &'a Viewer,
        order: &RequestedOrder,
        operation: StaffOperation,
    ) -> Result<(OrderId, OrderCommand<'a>), Failure<UserError>> {
        match order {
            RequestedOrder::Token(token) => {
                let id = self.order_by_token(viewer, token);
                let id = id.ok_or_else(|| UserError::from(NoSuchOrder))?;
                Ok((id, OrderCommand::of_guest(viewer, operation.name())))
            }
            RequestedOrder::Id(id) => {
                let command = match viewer.customer() {
                    Some(customer) => OrderCommand::of_customer(viewer, customer, operation.name()),
                    None => OrderCommand::of_staff(viewer, operation)?,
                };
                Ok((*id, command))
            }
        }
    }
}
