//! The obligation to complete an order of the shop whose sales channel canceled it.

use countermand_domain::OrderId;
use serde::{Deserialize, Serialize};

use super::{Attempt, Obligation, Outcome, Ports, Receipt};
use crate::App;
use crate::error::AppError;
use crate::failure::Failure;
use crate::order_command::{NoSuchOrder, OrderCommand};
use crate::viewer::Viewer;

/// The channel's order that is canceled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChannelCanceled {
    /// The name of the channel.
    pub(crate) channel: String,
    /// The channel's number of the order.
    pub(crate) number: String,
}

impl Obligation for ChannelCanceled {
    async fn meet(&self, app: &App, _: &Ports<'_>, attempt: &Attempt) -> Outcome {
        let Some(order) = attempt.order else {
            return Outcome::Met(Receipt::default());
        };
        match app.complete_order_of_channel(order).await {
            Ok(()) => Outcome::Met(Receipt::default()),
            Err(problem) => Outcome::Later {
                why: format!("order {} of {}: {problem}", self.number, self.channel),
            },
        }
    }
}

impl App {
    async fn complete_order_of_channel(&self, id: OrderId) -> Result<(), AppError> {
        let Some(loaded) = self.database().order(id).await? else {
            return Ok(());
        };
        let Some(viewer) = Viewer::of_system(&loaded.shop, id) else {
            return Ok(());
        };
        let command = OrderCommand::of_system(&viewer, "channelCanceled");
        let completed = self
            .change_order_as_staff::<NoSuchOrder>(&command, id, |subject, now| {
                // An order that is over, or shipped, stays as it is.
                let completed = subject.order.complete_as_canceled_at_channel(now);
                completed.ok_or(NoSuchOrder)
            })
            .await;
        match completed {
            Ok(_) | Err(Failure::Refused(_)) => Ok(()),
            Err(Failure::App(problem)) => Err(problem),
        }
    }
}
