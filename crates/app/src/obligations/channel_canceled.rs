//! The obligation to complete an order of the shop whose sales channel canceled it.

use countermand_domain::OrderId;
use serde::{Deserialize, Serialize};

use super::{Attempt, ChannelMatter, ChannelProblem, Obligation, Outcome, Ports, Receipt};
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
        match app.complete_order_of_channel(self, order).await {
            Ok(()) => Outcome::Met(Receipt::default()),
            Err(problem) => Outcome::Later {
                why: format!("order {} of {}: {problem}", self.number, self.channel),
            },
        }
    }
}

impl App {
    async fn complete_order_of_channel(
        &self,
        canceled: &ChannelCanceled,
        id: OrderId,
    ) -> Result<(), AppError> {
        let Some(loaded) = self.database().order(id).await? else {
            return Ok(());
        };
        let Some(viewer) = Viewer::of_system(&loaded.shop, id) else {
            return Ok(());
        };
        let command = OrderCommand::of_system(&viewer, "channelCanceled");
        let completed = self
            .change_order_as_staff::<NoSuchOrder>(&command, id, |subject, now| {
                // An order that is over, or shipped, stays as it is; staff is told of a shipped one.
                let completed = subject.order.complete_as_canceled_at_channel(now);
                completed.ok_or(NoSuchOrder)
            })
            .await;
        match completed {
            Ok(_) => Ok(()),
            Err(Failure::Refused(_)) => self.owe_shipped(canceled, id).await,
            Err(Failure::App(problem)) => Err(problem),
        }
    }

    /// Tells staff, once, that the channel canceled an order which is shipped here.
    async fn owe_shipped(&self, canceled: &ChannelCanceled, id: OrderId) -> Result<(), AppError> {
        let Some(loaded) = self.database().order(id).await? else {
            return Ok(());
        };
        if loaded.order.is_canceled_at_channel() || !loaded.order.has_shipment() {
            return Ok(());
        }
        let owed = ChannelProblem {
            channel: canceled.channel.clone(),
            number: Some(canceled.number.clone()),
            matter: ChannelMatter::ShippedHere,
            problem: String::new(),
        };
        let key = format!("channel_shipped:{}", id.number());
        if let Some(row) = self.owed_once(&owed, Some(id), key).await? {
            self.insert_once(&row).await?;
        }
        Ok(())
    }
}
