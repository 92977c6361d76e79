//! A sales channel that speaks our own protocol over HTTP (`docs/channel-protocol.md`).

mod cancellation;
mod connection;
mod order;
mod page;
mod settings;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use countermand_app::Clock;
use countermand_app::ports::{ChannelError, ChannelPage, SalesChannel};
use countermand_domain::channel::{
    ChannelAnswer, ChannelCapabilities, ChannelOrder, ChannelOrderNumber, ChannelRefusal, SentCancellation,
};
use reqwest::StatusCode;
use serde_json::json;

use cancellation::{WireCancellation, body_of};
use connection::{Connection, NoAnswer};
use order::WireOrder;
use page::WirePage;

use crate::http::cut;

pub use settings::{HttpChannelSettings, HttpChannelSetupError, SellerToken};

/// The wanted number of orders on a page.
const PAGE_SIZE: &str = "100";
/// The largest number of characters in the reason of a declined request.
const LONGEST_DENIAL: usize = 250;
/// How the channel works. Each call cancels items of one order, and the same id is the same cancellation.
const CAPABILITIES: ChannelCapabilities = ChannelCapabilities {
    way: "http",
    cancels_items: true,
    largest_batch: 1,
    seconds_between_batches: 0,
    declines_requests: true,
    settles_with_buyer: true,
};

/// A sales channel behind the protocol of `docs/channel-protocol.md`.
pub struct HttpChannel(Connection);

impl HttpChannel {
    /// A channel with these settings. `clock` tells until when a channel that asks for patience wants to be left alone.
    pub fn new(settings: HttpChannelSettings, clock: Arc<dyn Clock>) -> Result<Self, HttpChannelSetupError> {
        Connection::new(settings, clock).map(Self)
    }

    async fn cancel_one(&self, cancellation: &SentCancellation) -> Result<ChannelAnswer, ChannelError> {
        let Some(address) = self.0.address(&["cancellations", &cancellation.id]) else {
            return Ok(rejected(
                "INVALID",
                "the id of the cancellation is no part of an address",
            ));
        };
        let answer = match self.0.put(address, &body_of(cancellation)).await {
            Ok(answer) => answer,
            Err(NoAnswer::NotSent(why)) => return Err(ChannelError::Unavailable(why)),
            Err(NoAnswer::Lost(why) | NoAnswer::Unreadable(why)) => {
                return Ok(ChannelAnswer::Unknown { why });
            }
        };
        if answer.status().is_success() {
            return Ok(match answer.json::<WireCancellation>() {
                Ok(cancellation_there) => cancellation_there.answer(&cancellation.id),
                Err(why) => ChannelAnswer::Unknown { why },
            });
        }
        // A time-out or a failure of the channel does not say what the channel has done before.
        if answer.status() == StatusCode::REQUEST_TIMEOUT || answer.status().is_server_error() {
            let why = format!("the answer has the status {}", answer.status());
            return Ok(ChannelAnswer::Unknown { why });
        }
        match answer.refusal() {
            Some(refusal) if !answer.is_about_access() => Ok(rejected(&refusal.code, &refusal.message)),
            _ => Err(self.0.error(&answer)),
        }
    }

    async fn outcome_of(&self, cancellation: &SentCancellation) -> Result<ChannelAnswer, ChannelError> {
        let found = match self.0.address(&["cancellations", &cancellation.id]) {
            Some(address) => {
                self.0
                    .get::<WireCancellation>(address, "CANCELLATION_NOT_FOUND")
                    .await?
            }
            None => None,
        };
        Ok(found.map_or_else(
            || ChannelAnswer::Unknown {
                why: "the channel does not know the cancellation".to_owned(),
            },
            |there| there.answer(&cancellation.id),
        ))
    }
}

#[async_trait]
impl SalesChannel for HttpChannel {
    fn capabilities(&self) -> ChannelCapabilities {
        CAPABILITIES
    }

    async fn changed_orders(
        &self,
        since: DateTime<Utc>,
        page: Option<&str>,
    ) -> Result<ChannelPage, ChannelError> {
        let missing =
            || ChannelError::Unreadable("the channel has no list of orders; check its address".to_owned());
        let mut address = self.0.address(&["orders"]).ok_or_else(missing)?;
        let since = since.to_rfc3339_opts(SecondsFormat::Micros, true);
        {
            let mut query = address.query_pairs_mut();
            query
                .append_pair("updated_since", &since)
                .append_pair("limit", PAGE_SIZE);
            if let Some(page) = page {
                query.append_pair("page", page);
            }
        }
        let found = self.0.get::<WirePage>(address, "").await?.ok_or_else(missing)?;
        found.page().map_err(ChannelError::Unreadable)
    }

    async fn order(&self, number: &ChannelOrderNumber) -> Result<Option<ChannelOrder>, ChannelError> {
        let Some(address) = self.0.address(&["orders", number.as_str()]) else {
            return Ok(None);
        };
        let Some(found) = self.0.get::<WireOrder>(address, "ORDER_NOT_FOUND").await? else {
            return Ok(None);
        };
        let order = found.order().map_err(ChannelError::Unreadable)?;
        if order.number == *number {
            Ok(Some(order))
        } else {
            Err(ChannelError::Unreadable(format!(
                "the channel shows the order {} instead",
                order.number
            )))
        }
    }

    async fn cancel(&self, cancellations: &[SentCancellation]) -> Result<Vec<ChannelAnswer>, ChannelError> {
        let mut answers = Vec::with_capacity(cancellations.len());
        for cancellation in cancellations {
            match self.cancel_one(cancellation).await {
                Ok(answer) => answers.push(answer),
                // Something was sent already, so its answer must not be lost.
                Err(error) if !answers.is_empty() => answers.push(ChannelAnswer::Unknown {
                    why: error.to_string(),
                }),
                Err(error) => return Err(error),
            }
        }
        Ok(answers)
    }

    async fn outcome(
        &self,
        _reference: &str,
        cancellations: &[SentCancellation],
    ) -> Result<Vec<ChannelAnswer>, ChannelError> {
        let mut answers = Vec::with_capacity(cancellations.len());
        for cancellation in cancellations {
            answers.push(self.outcome_of(cancellation).await?);
        }
        Ok(answers)
    }

    async fn decline_request(
        &self,
        _number: &ChannelOrderNumber,
        request: &str,
        reason: &str,
    ) -> Result<Result<(), ChannelRefusal>, ChannelError> {
        let Some(address) = self.0.address(&["requests", request, "answer"]) else {
            return Ok(Err(ChannelRefusal::Refused(
                "the request has no usable id".to_owned(),
            )));
        };
        let denial = json!({ "decision": "DENY", "reason": cut(reason, LONGEST_DENIAL) });
        let answer = self.0.put(address, &denial).await?;
        if answer.status().is_success() {
            return Ok(Ok(()));
        }
        if answer.status() == StatusCode::NOT_IMPLEMENTED {
            return Ok(Err(ChannelRefusal::NotOffered));
        }
        match answer.refusal() {
            Some(refusal) if answer.status().is_client_error() && !answer.is_about_access() => Ok(Err(
                ChannelRefusal::Refused(format!("{}: {}", refusal.code, refusal.message)),
            )),
            _ => Err(self.0.error(&answer)),
        }
    }
}

fn rejected(code: &str, text: &str) -> ChannelAnswer {
    ChannelAnswer::Rejected {
        code: code.to_owned(),
        text: text.to_owned(),
    }
}
