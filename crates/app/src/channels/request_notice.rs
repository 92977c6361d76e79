//! A buyer asked at a sales channel to cancel items: staff is told once, by an entry that needs attention and by a
//! mail.

use chrono::SecondsFormat;
use countermand_domain::channel::{ChannelItem, ChannelRecord, ChannelRequest};
use countermand_domain::{OrderId, OrderNumber};
use countermand_persistence::{NewObligation, SettledProblem};

use super::answer_by::scope_of;
use super::problem::over;
use crate::App;
use crate::error::AppError;
use crate::obligations::{ChannelMatter, ChannelProblem};
use crate::ports::{CanceledBy, CanceledLine, Mail, MailMessage};

impl App {
    /// The entry about the buyer's open requests, and the mail to the shop itself. Nothing where no request is open, or
    /// where staff was told of the newest one.
    pub(super) async fn owed_for_request(
        &self,
        after: &ChannelRecord,
    ) -> Result<Vec<NewObligation>, AppError> {
        let newest = after.asked_in.last().filter(|_| after.has_request());
        let Some(newest) = newest else {
            return Ok(Vec::new());
        };
        let number = &after.order.number;
        let imported = self.database().order_of_channel(&after.channel, number).await?;
        let owed = ChannelProblem {
            channel: after.channel.clone(),
            number: Some(number.as_str().into()),
            matter: ChannelMatter::Request,
            problem: words(after),
        };
        let key = request_key(after, *newest);
        let Some(entry) = self.owed_once(&owed, imported, key).await? else {
            return Ok(Vec::new());
        };
        let mail = self.request_notice(after, imported).await?;
        Ok(std::iter::once(entry).chain(mail).collect())
    }

    /// The mail to the shop's own address, which the store view of the imported order sets, or the shop as a whole;
    /// none where no address is set.
    async fn request_notice(
        &self,
        record: &ChannelRecord,
        imported: Option<OrderId>,
    ) -> Result<Option<NewObligation>, AppError> {
        let shop = self.database().shop().await?;
        let to = shop.settings_at(scope_of(imported)).merchant_notice_email.value;
        if to.is_empty() {
            return Ok(None);
        }
        let store = match imported {
            Some(order) => shop.store(order.store()),
            None => shop.store_by_header(None),
        };
        let line = |(item, _): (&ChannelItem, &ChannelRequest)| CanceledLine {
            sku: item.sku.clone().unwrap_or_else(|| item.id.clone()),
            name: item.name.clone(),
            quantity: item.open().to_string(),
        };
        let mut reasons: Vec<_> = record
            .order
            .open_requests()
            .filter_map(|it| it.1.reason.clone())
            .collect();
        reasons.dedup();
        let mail = Mail {
            id: self.env().next_id().to_string(),
            to,
            to_name: store.map_or_else(String::new, |store| store.name.clone()),
            locale: store.map_or("en_US", |store| &store.locale).to_owned(),
            store_name: record.channel.clone(),
            contact: None,
            message: MailMessage::MerchantRequest {
                order_number: OrderNumber::new(record.order.number.as_str()),
                buyer: String::new(),
                requested_by: CanceledBy::Customer,
                staff_name: None,
                reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
                comment: None,
                due_at: record
                    .due_at
                    .map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
                items: record.order.open_requests().map(line).collect(),
            },
            caused_at: self.now(),
        };
        self.owe_mail(imported, &mail).map(Some)
    }
}

/// The entries about requests of which none is open any more.
pub(super) fn settled_requests(after: &ChannelRecord) -> Vec<SettledProblem> {
    if after.has_request() {
        return Vec::new();
    }
    let told = after.asked_in.iter();
    told.map(|version| {
        over(
            request_key(after, *version),
            "no request of the buyer is open any more",
        )
    })
    .collect()
}

/// The items that the buyer asked to cancel, with the buyer's words.
fn words(record: &ChannelRecord) -> String {
    let asked = record
        .order
        .open_requests()
        .map(|(item, request)| match &request.reason {
            Some(reason) => format!("{}: {reason}", item.name),
            None => item.name.clone(),
        });
    asked.collect::<Vec<_>>().join("; ")
}

/// The unique key of the entry about the request that came with `version`. It fits into its 128 characters.
fn request_key(record: &ChannelRecord, version: i64) -> String {
    format!("asked:{}:{}:{version}", record.channel, record.order.number)
}
