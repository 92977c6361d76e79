//! A seller's account at Amazon as a sales channel.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use countermand_app::Env;
use countermand_app::ports::{ChannelError, ChannelPage, SalesChannel};
use countermand_domain::channel::{
    ChannelAnswer, ChannelCapabilities, ChannelOrder, ChannelOrderNumber, ChannelRefusal, ChannelStatus,
    SentCancellation,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::acknowledgement::message_id;
use super::connection::{Answer, Call, Connection};
use super::feed::{self, FeedState};
use super::limits::Operation;
use super::order_json;
use super::report::Verdict;
use super::settings::{AmazonSettings, CancelBy};
use super::setup_error::AmazonSetupError;

const VERSION: &str = "2026-01-01";
/// The parts of an order that are asked for.
const INCLUDED: &str = "CANCELLATION,FULFILLMENT,PROCEEDS";
/// How many orders a page has at most.
const PAGE: &str = "100";
/// How many orders a feed cancels at most.
const LARGEST_FEED: usize = 500;
/// The reference of a cancellation that has no number of its own: the order is looked up.
const BY_ORDER: &str = "order";

/// A seller's account at Amazon.
pub struct AmazonChannel {
    connection: Connection,
}

impl AmazonChannel {
    /// The account with these settings.
    pub fn new(settings: AmazonSettings, env: Env) -> Result<Self, AmazonSetupError> {
        Ok(Self {
            connection: Connection::new(settings, env)?,
        })
    }

    /// Sends the cancellation by `cancelOrder`.
    async fn cancel_order(&self, cancellation: &SentCancellation) -> Result<ChannelAnswer, ChannelError> {
        let call = Call {
            operation: Operation::CancelOrder,
            method: Method::PUT,
            path: &[
                "orders",
                VERSION,
                "orders",
                cancellation.number.as_str(),
                "cancellation",
            ],
            query: &[],
            json: Some(json!({ "cancelReasonCode": cancellation.reason_code })),
        };
        Ok(match self.connection.call(call).await? {
            Answer::Done(_) => ChannelAnswer::Accepted {
                reference: BY_ORDER.into(),
            },
            Answer::Refused { code, text, .. } => {
                let refused = ChannelAnswer::Rejected { code, text };
                // The refusal stands where the order cannot be read.
                self.explained(&cancellation.number, refused.clone())
                    .await
                    .unwrap_or(refused)
            }
            Answer::Unknown(why) => ChannelAnswer::Unknown { why },
        })
    }

    /// The refusal, or what the order itself shows: that it was shipped meanwhile, or that it is canceled.
    async fn explained(
        &self,
        number: &ChannelOrderNumber,
        refused: ChannelAnswer,
    ) -> Result<ChannelAnswer, ChannelError> {
        let order = self.order(number).await?;
        Ok(order.and_then(|order| decided(&order)).unwrap_or(refused))
    }

    /// The answer to a verdict of a report under `reference`.
    async fn answer(&self, number: &ChannelOrderNumber, verdict: Verdict, reference: &str) -> ChannelAnswer {
        match verdict {
            Verdict::Succeeded => ChannelAnswer::Canceled,
            Verdict::Unclear => ChannelAnswer::Unknown {
                why: "the report does not tell of the order".into(),
            },
            Verdict::Failed(code, text) => {
                let refused = ChannelAnswer::Rejected { code, text };
                // Until the order can be read it is open why the message failed: asked again later.
                let pending = ChannelAnswer::Accepted {
                    reference: reference.to_owned(),
                };
                self.explained(number, refused).await.unwrap_or(pending)
            }
        }
    }
}

/// What the status of an order decides; none while it can still be canceled.
fn decided(order: &ChannelOrder) -> Option<ChannelAnswer> {
    match order.status {
        ChannelStatus::Canceled => Some(ChannelAnswer::Canceled),
        ChannelStatus::Shipped | ChannelStatus::PartlyShipped => Some(ChannelAnswer::TooLate),
        ChannelStatus::Pending
        | ChannelStatus::Unshipped
        | ChannelStatus::Unfulfillable
        | ChannelStatus::Other(_) => None,
    }
}

/// Why a cancellation is not sent at all; none when it can be sent.
fn unsendable(cancellation: &SentCancellation) -> Option<ChannelAnswer> {
    let text = if message_id(&cancellation.number).is_none() {
        "the number of the order is not in 3-7-7 format"
    } else if cancellation.items.is_empty() {
        // Amazon takes a message without items and cancels nothing.
        "the cancellation names no item"
    } else {
        return None;
    };
    Some(ChannelAnswer::Rejected {
        code: "NOT_SENT".into(),
        text: text.into(),
    })
}

#[async_trait]
impl SalesChannel for AmazonChannel {
    fn capabilities(&self) -> ChannelCapabilities {
        let (way, largest_batch, seconds_between_batches) = match self.connection.settings.cancel_by {
            CancelBy::Feed => ("feed", LARGEST_FEED, 120),
            CancelBy::Operation => ("operation", 1, 1),
        };
        ChannelCapabilities {
            way,
            cancels_items: false,
            largest_batch,
            seconds_between_batches,
            declines_requests: false,
            settles_with_buyer: true,
        }
    }

    async fn changed_orders(
        &self,
        since: DateTime<Utc>,
        page: Option<&str>,
    ) -> Result<ChannelPage, ChannelError> {
        let mut query = vec![
            (
                "lastUpdatedAfter",
                since.to_rfc3339_opts(SecondsFormat::Secs, true),
            ),
            ("marketplaceIds", self.connection.settings.marketplaces.join(",")),
            ("includedData", INCLUDED.into()),
            ("maxResultsPerPage", PAGE.into()),
        ];
        if let Some(token) = page {
            query.push(("paginationToken", token.into()));
        }
        let path = ["orders", VERSION, "orders"];
        let call = Call {
            operation: Operation::SearchOrders,
            method: Method::GET,
            path: &path,
            query: &query,
            json: None,
        };
        let answer = match self.connection.read(call).await? {
            Answer::Done(answer) => answer,
            Answer::Refused { status, code, text } => {
                return Err(ChannelError::Unreadable(format!("{status}: {code}: {text}")));
            }
            Answer::Unknown(why) => return Err(ChannelError::Unavailable(why)),
        };
        let Some(shown) = answer["orders"].as_array() else {
            return Err(ChannelError::Unreadable("the page has no orders".into()));
        };
        let (mut orders, mut unreadable) = (Vec::new(), Vec::new());
        for order in shown {
            match order_json::read(order) {
                Ok(order) => orders.push(order),
                Err(problem) => unreadable.push(problem),
            }
        }
        let next = answer["pagination"]["nextToken"]
            .as_str()
            .filter(|token| !token.is_empty());
        let until = answer["lastUpdatedBefore"].as_str();
        let until = until.and_then(|until| DateTime::parse_from_rfc3339(until).ok());
        Ok(ChannelPage {
            orders,
            unreadable,
            next: next.map(str::to_owned),
            reaches_to: until.map(|until| until.to_utc()),
        })
    }

    async fn order(&self, number: &ChannelOrderNumber) -> Result<Option<ChannelOrder>, ChannelError> {
        if message_id(number).is_none() {
            return Ok(None);
        }
        let call = Call {
            operation: Operation::GetOrder,
            method: Method::GET,
            path: &["orders", VERSION, "orders", number.as_str()],
            query: &[("includedData", INCLUDED.into())],
            json: None,
        };
        match self.connection.read(call).await? {
            Answer::Done(answer) => read_one(&answer, number).map(Some),
            Answer::Refused {
                status: StatusCode::NOT_FOUND,
                ..
            } => Ok(None),
            Answer::Refused { status, code, text } => {
                Err(ChannelError::Unreadable(format!("{status}: {code}: {text}")))
            }
            Answer::Unknown(why) => Err(ChannelError::Unavailable(why)),
        }
    }

    async fn cancel(&self, cancellations: &[SentCancellation]) -> Result<Vec<ChannelAnswer>, ChannelError> {
        if cancellations.len() > self.capabilities().largest_batch {
            return Err(ChannelError::Unreadable(
                "these are more orders than one call cancels".into(),
            ));
        }
        let mut answers: Vec<Option<ChannelAnswer>> = cancellations.iter().map(unsendable).collect();
        let sent = cancellations
            .iter()
            .zip(&answers)
            .filter(|(_, answer)| answer.is_none());
        let sent: Vec<&SentCancellation> = sent.map(|(cancellation, _)| cancellation).collect();
        let answer = match (sent.as_slice(), self.connection.settings.cancel_by) {
            ([], _) => None,
            ([one, ..], CancelBy::Operation) => Some(self.cancel_order(one).await?),
            (all, CancelBy::Feed) => Some(feed::submit(&self.connection, all).await?),
        };
        for open in answers.iter_mut().filter(|answer| answer.is_none()) {
            open.clone_from(&answer);
        }
        Ok(answers.into_iter().flatten().collect())
    }

    async fn outcome(
        &self,
        reference: &str,
        cancellations: &[SentCancellation],
    ) -> Result<Vec<ChannelAnswer>, ChannelError> {
        let accepted = || ChannelAnswer::Accepted {
            reference: reference.to_owned(),
        };
        let all = |answer: ChannelAnswer| vec![answer; cancellations.len()];
        if reference == BY_ORDER {
            let mut answers = Vec::new();
            for cancellation in cancellations {
                let order = match self.order(&cancellation.number).await {
                    // One order that cannot be read hides no other.
                    Err(ChannelError::Unreadable(_)) => None,
                    // What is known already counts, and the rest is asked for again later.
                    Err(_) if !answers.is_empty() => break,
                    shown => shown?,
                };
                answers.push(order.and_then(|order| decided(&order)).unwrap_or_else(accepted));
            }
            answers.resize_with(cancellations.len(), accepted);
            return Ok(answers);
        }
        Ok(
            match feed::look_up(&self.connection, reference, cancellations).await? {
                FeedState::Pending => all(accepted()),
                FeedState::CalledOff => all(ChannelAnswer::Rejected {
                    code: "FEED_CANCELLED".into(),
                    text: "the feed was called off before Amazon began with it".into(),
                }),
                FeedState::Unknown(why) => all(ChannelAnswer::Unknown { why }),
                FeedState::Ended(verdicts) => {
                    let mut answers = Vec::new();
                    for (cancellation, verdict) in cancellations.iter().zip(verdicts) {
                        answers.push(self.answer(&cancellation.number, verdict, reference).await);
                    }
                    answers
                }
            },
        )
    }

    async fn decline_request(
        &self,
        _number: &ChannelOrderNumber,
        _request: &str,
        _reason: &str,
    ) -> Result<Result<(), ChannelRefusal>, ChannelError> {
        Ok(Err(ChannelRefusal::NotOffered))
    }
}

/// The order of an answer, which must be the order that was asked for.
fn read_one(answer: &Value, number: &ChannelOrderNumber) -> Result<ChannelOrder, ChannelError> {
    let order = order_json::read(&answer["order"]).map_err(|(_, what)| ChannelError::Unreadable(what))?;
    if order.number != *number {
        return Err(ChannelError::Unreadable("the answer is another order".into()));
    }
    Ok(order)
}

impl fmt::Debug for AmazonChannel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("AmazonChannel").finish_non_exhaustive()
    }
}
