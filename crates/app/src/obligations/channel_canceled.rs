//! The obligation to complete an order of the shop whose sales channel canceled it.

use countermand_domain::channel::{ChannelCancellationState, ChannelOrderNumber};
use countermand_domain::{Actor, OrderId, Shop, StoreNumber};
use serde::{Deserialize, Serialize};

use super::{Attempt, ChannelMatter, ChannelProblem, Obligation, Outcome, Ports, Receipt};
use crate::App;
use crate::error::AppError;
use crate::failure::Failure;
use crate::order_command::{NoSuchOrder, OrderCommand};
use crate::shop::reason_mappings::codes;
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
        let reason = self.reason_of_channel(canceled, &loaded.shop, id.store()).await?;
        let command = OrderCommand::of_system(&viewer, "channelCanceled");
        if loaded.order.is_in_fulfilment() {
            self.stop_fulfilment(canceled, &command, id).await?;
        }
        let completed = self
            .change_order_as_staff::<NoSuchOrder>(&command, id, |subject, now| {
                // An order that is over, or shipped, stays as it is; staff is told of a shipped one.
                let completed = subject.order.complete_as_canceled_at_channel(reason.clone(), now);
                completed.ok_or(NoSuchOrder)
            })
            .await;
        match completed {
            Ok(_) => Ok(()),
            Err(Failure::Refused(_)) => self.tell_if_shipped(canceled, id).await,
            Err(Failure::App(problem)) => Err(problem),
        }
    }

    /// Tells staff that the warehouse packs units of an order that the channel canceled, and takes them out of
    /// fulfilment. Staff is told first, because a repeated attempt finds no units any more.
    async fn stop_fulfilment(
        &self,
        canceled: &ChannelCanceled,
        command: &OrderCommand<'_>,
        id: OrderId,
    ) -> Result<(), AppError> {
        self.owe_parcel(canceled, id, "the warehouse packed units of it")
            .await?;
        let released = self
            .change_order_as_staff::<NoSuchOrder>(command, id, |subject, now| {
                let released = subject.order.release_fulfilment(&[], &Actor::System, now);
                released.map_err(|_| NoSuchOrder)
            })
            .await;
        match released {
            // The units may have been shipped or released meanwhile.
            Ok(_) | Err(Failure::Refused(_)) => Ok(()),
            Err(Failure::App(problem)) => Err(problem),
        }
    }

    /// Why the channel canceled the order, as `store` reads it: the reason for which staff canceled it there, or the
    /// reason of the catalogue that the channel's code means. A code that no reason has stays as the channel wrote it.
    /// None where the channel gave no reason.
    async fn reason_of_channel(
        &self,
        canceled: &ChannelCanceled,
        shop: &Shop,
        store: StoreNumber,
    ) -> Result<Option<String>, AppError> {
        let Some(number) = ChannelOrderNumber::parse(&canceled.number) else {
            return Ok(None);
        };
        let Some(record) = self.database().channel_record(&canceled.channel, &number).await? else {
            return Ok(None);
        };
        let mut of_items = record
            .order
            .items
            .iter()
            .filter_map(|item| item.canceled.as_ref());
        let words = of_items.find_map(|it| it.reason.clone());
        let done = record.cancellation.as_ref();
        let asked = done.filter(|it| it.state == ChannelCancellationState::Canceled);
        let codes = codes(shop);
        let meant = words.as_ref().and_then(|code| {
            let channel = self.channels().named(&canceled.channel)?;
            let way = channel.way(record.order.market.as_deref());
            let exact = codes.reason_of(code, &way);
            exact.or_else(|| codes.reason_at(code, channel.kind))
        });
        let code = asked.map(|it| it.reason.as_str()).or(meant);
        let reasons = shop.cancellation_policy(store).reasons;
        let reason = code.and_then(|code| reasons.by_code(code));
        let label = reason.map(|it| it.description_for(store).to_owned());
        Ok(label.or(words).or(code.map(str::to_owned)))
    }

    /// Tells staff, once, that the channel canceled an order which is shipped here.
    async fn tell_if_shipped(&self, canceled: &ChannelCanceled, id: OrderId) -> Result<(), AppError> {
        let Some(loaded) = self.database().order(id).await? else {
            return Ok(());
        };
        if loaded.order.is_canceled_at_channel() || !loaded.order.has_shipment() {
            return Ok(());
        }
        self.owe_parcel(canceled, id, "").await
    }

    /// Owes that staff looks after a parcel of an order that the channel canceled.
    async fn owe_parcel(
        &self,
        canceled: &ChannelCanceled,
        id: OrderId,
        problem: &str,
    ) -> Result<(), AppError> {
        let owed = ChannelProblem {
            channel: canceled.channel.clone(),
            number: Some(canceled.number.clone()),
            matter: ChannelMatter::ShippedHere,
            problem: problem.into(),
        };
        let key = format!("channel_shipped:{}", id.number());
        if let Some(row) = self.owed_once(&owed, Some(id), key).await? {
            self.insert_once(&row).await?;
        }
        Ok(())
    }
}
