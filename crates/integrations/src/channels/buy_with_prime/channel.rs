//! A merchant's account at Buy with Prime as a sales channel.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::Clock;
use countermand_app::ports::{ChannelError, ChannelPage, SalesChannel};
use countermand_domain::channel::{
    ChannelAnswer, ChannelCapabilities, ChannelOrder, ChannelOrderNumber, ChannelRefusal, ChannelStatus,
    SentCancellation,
};
use serde_json::{Value, json};

use super::connection::{Answer, Connection};
use super::graphql::{ApiError, CANCEL_ORDER, ErrorKind, ORDER};
use super::order_json::{self, ALIAS_TYPE, state_of_cancellation};
use super::settings::{BuyWithPrimeSettings, BuyWithPrimeSetupError};
use super::watched::WatchedOrders;

/// How many orders a page of a pull looks at.
const PAGE: usize = 20;
/// How far the clocks of the channel and of this program may differ.
const CLOCK_DIFFERENCE: TimeDelta = TimeDelta::minutes(5);
/// The largest number of characters in a comment; the API publishes no limit.
const LONGEST_COMMENT: usize = 500;
/// How the channel works. A cancellation is for all items of one order, and the merchant pays the money back.
const CAPABILITIES: ChannelCapabilities = ChannelCapabilities {
    way: "api",
    cancels_items: false,
    largest_batch: 1,
    seconds_between_batches: 0,
    declines_requests: false,
    settles_with_buyer: false,
};

/// A merchant's account at Buy with Prime.
pub struct BuyWithPrimeChannel {
    connection: Connection,
    watched: Arc<dyn WatchedOrders>,
}

impl BuyWithPrimeChannel {
    /// The account with these settings. A pull looks at the `watched` orders, because the API lists none.
    pub fn new(
        settings: BuyWithPrimeSettings,
        clock: Arc<dyn Clock>,
        watched: Arc<dyn WatchedOrders>,
    ) -> Result<Self, BuyWithPrimeSetupError> {
        Ok(Self {
            connection: Connection::new(settings, clock)?,
            watched,
        })
    }

    /// The order as the API shows it; none when it does not know the order.
    async fn shown(&self, number: &ChannelOrderNumber) -> Result<Option<Value>, ChannelError> {
        let variables = json!({ "order": { "orderId": number.as_str() } });
        match self.connection.call(ORDER, &variables).await? {
            Answer::Done(mut data) => Ok(Some(data["order"].take()).filter(|order| !order.is_null())),
            Answer::Refused(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Answer::Refused(ApiError { code, text, .. }) => {
                Err(ChannelError::Unreadable(format!("{code}: {text}")))
            }
            Answer::Lost(error) => Err(error),
        }
    }

    async fn cancel_one(&self, sent: &SentCancellation) -> Result<ChannelAnswer, ChannelError> {
        let Some(shown) = self.shown(&sent.number).await? else {
            return Ok(rejected(
                "ORDER_NOT_FOUND",
                "Buy with Prime does not know the order",
            ));
        };
        if let Some(answer) = before_sending(&shown, sent)? {
            return Ok(answer);
        }
        let mut input = json!({
            "aliases": [{ "aliasType": ALIAS_TYPE, "aliasId": sent.id }],
            "reason": sent.reason_code,
        });
        if let Some(comment) = &sent.comment {
            let comment: String = comment.chars().take(LONGEST_COMMENT).collect();
            input["additionalComments"] = json!(comment);
        }
        let variables = json!({ "order": { "orderId": sent.number.as_str() }, "input": input });
        Ok(match self.connection.call(CANCEL_ORDER, &variables).await? {
            Answer::Done(data) => first_answer(&data["cancelOrder"]["cancellation"]),
            Answer::Refused(error) => self.explained(sent, error).await,
            Answer::Lost(error) => unknown(error.to_string()),
        })
    }

    /// The refusal, or what the order itself shows: that it was shipped meanwhile, or that it is canceled.
    async fn explained(&self, sent: &SentCancellation, error: ApiError) -> ChannelAnswer {
        // The refusal stands where the order cannot be read.
        let order = self.order(&sent.number).await.ok().flatten();
        let decided = order.and_then(|order| decided(&order));
        decided.unwrap_or_else(|| rejected(&error.code, &error.text))
    }

    async fn outcome_of(
        &self,
        reference: &str,
        sent: &SentCancellation,
    ) -> Result<ChannelAnswer, ChannelError> {
        let Some(shown) = self.shown(&sent.number).await? else {
            return Ok(unknown("the channel does not know the order any more"));
        };
        if let Some(answer) = decided(&read(&shown, &sent.number)?) {
            return Ok(answer);
        }
        // Whether an order always shows its cancellation is not established. What was accepted stays accepted.
        let state = state_of_cancellation(&shown, &sent.id).unwrap_or_else(|| "PENDING".into());
        Ok(of_state(&state, reference))
    }
}

/// The answer to a cancellation that must not be sent; none when it can be sent.
fn before_sending(shown: &Value, sent: &SentCancellation) -> Result<Option<ChannelAnswer>, ChannelError> {
    let order = read(shown, &sent.number)?;
    if let Some(answer) = decided(&order) {
        return Ok(Some(answer));
    }
    // The channel has the cancellation already: the same id is the same cancellation.
    if let Some(state) = state_of_cancellation(shown, &sent.id) {
        return Ok(Some(of_state(&state, &sent.id)));
    }
    let open = order.items.iter().filter(|item| item.canceled.is_none());
    let is_named = |id: &str| sent.items.iter().any(|(item, _)| item == id);
    let names_all = open.clone().all(|item| is_named(&item.id)) && open.count() == sent.items.len();
    if order.status == ChannelStatus::Unshipped && !names_all {
        let text = "Buy with Prime cancels all items of an order together";
        return Ok(Some(rejected("ALL_ITEMS_ONLY", text)));
    }
    Ok(None)
}

/// The answer to the cancellation that the API shows after it took it.
fn first_answer(cancellation: &Value) -> ChannelAnswer {
    match (cancellation["id"].as_str(), cancellation["state"].as_str()) {
        (Some(id), Some(state)) if !id.is_empty() => of_state(state, id),
        _ => unknown("the answer has no cancellation"),
    }
}

/// What the state of a cancellation means as long as the order is not canceled. Only `PENDING` is published.
fn of_state(state: &str, reference: &str) -> ChannelAnswer {
    match state {
        // Even a cancellation that succeeded counts only once the order says so.
        "PENDING" | "SUCCESS" => ChannelAnswer::Accepted {
            reference: reference.to_owned(),
        },
        "REJECTED" => rejected(state, "Buy with Prime refuses the cancellation"),
        other => unknown(format!("the cancellation is in the state {other}")),
    }
}

/// What the order itself decides; none while it can still be canceled.
fn decided(order: &ChannelOrder) -> Option<ChannelAnswer> {
    match order.status {
        ChannelStatus::Canceled => Some(ChannelAnswer::Canceled),
        // An order that cannot be delivered had left.
        ChannelStatus::Shipped | ChannelStatus::PartlyShipped | ChannelStatus::Unfulfillable => {
            Some(ChannelAnswer::TooLate)
        }
        ChannelStatus::Pending | ChannelStatus::Unshipped | ChannelStatus::Other(_) => None,
    }
}

/// The order of an answer, which must be the order that was asked for.
fn read(shown: &Value, number: &ChannelOrderNumber) -> Result<ChannelOrder, ChannelError> {
    let order = order_json::read(shown).map_err(ChannelError::Unreadable)?;
    if order.number == *number {
        Ok(order)
    } else {
        Err(ChannelError::Unreadable("the answer is another order".into()))
    }
}

/// The token of a page: up to where the pull reaches, in microseconds since 1970, and the last number before the page.
fn read_token(token: &str) -> Option<(DateTime<Utc>, ChannelOrderNumber)> {
    let (micros, number) = token.split_once(' ')?;
    let reaches_to = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some((reaches_to, ChannelOrderNumber::parse(number)?))
}

fn rejected(code: &str, text: &str) -> ChannelAnswer {
    ChannelAnswer::Rejected {
        code: code.to_owned(),
        text: text.to_owned(),
    }
}

fn unknown(why: impl Into<String>) -> ChannelAnswer {
    ChannelAnswer::Unknown { why: why.into() }
}

#[async_trait]
impl SalesChannel for BuyWithPrimeChannel {
    fn capabilities(&self) -> ChannelCapabilities {
        CAPABILITIES
    }

    /// Looks at the watched orders, a few at each page, and tells those that changed since `since`.
    async fn changed_orders(
        &self,
        since: DateTime<Utc>,
        page: Option<&str>,
    ) -> Result<ChannelPage, ChannelError> {
        // What changes at the channel after the first page was asked for belongs to the next pull.
        let (reaches_to, after) = match page {
            None => (self.connection.now() - CLOCK_DIFFERENCE, None),
            Some(token) => {
                let unreadable = || ChannelError::Unreadable("the token of the page is not known".into());
                let (reaches_to, after) = read_token(token).ok_or_else(unreadable)?;
                (reaches_to, Some(after))
            }
        };
        let numbers = self.watched.numbers_after(after.as_ref(), PAGE).await?;
        let last = numbers.last().filter(|_| numbers.len() >= PAGE);
        let mut found = ChannelPage {
            orders: Vec::new(),
            unreadable: Vec::new(),
            next: last.map(|last| format!("{} {last}", reaches_to.timestamp_micros())),
            reaches_to: Some(reaches_to),
        };
        for number in &numbers {
            match self.order(number).await {
                Ok(Some(order)) if order.updated_at >= since => found.orders.push(order),
                Ok(_) => {}
                Err(ChannelError::Unreadable(why)) => found.unreadable.push((number.to_string(), why)),
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    async fn order(&self, number: &ChannelOrderNumber) -> Result<Option<ChannelOrder>, ChannelError> {
        let shown = self.shown(number).await?;
        shown.map(|shown| read(&shown, number)).transpose()
    }

    async fn cancel(&self, cancellations: &[SentCancellation]) -> Result<Vec<ChannelAnswer>, ChannelError> {
        let mut answers = Vec::with_capacity(cancellations.len());
        for cancellation in cancellations {
            match self.cancel_one(cancellation).await {
                Ok(answer) => answers.push(answer),
                // Something was sent already, so its answer must not be lost.
                Err(error) if !answers.is_empty() => answers.push(unknown(error.to_string())),
                Err(error) => return Err(error),
            }
        }
        Ok(answers)
    }

    async fn outcome(
        &self,
        reference: &str,
        cancellations: &[SentCancellation],
    ) -> Result<Vec<ChannelAnswer>, ChannelError> {
        let mut answers = Vec::with_capacity(cancellations.len());
        for cancellation in cancellations {
            answers.push(self.outcome_of(reference, cancellation).await?);
        }
        Ok(answers)
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

impl fmt::Debug for BuyWithPrimeChannel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("BuyWithPrimeChannel").finish_non_exhaustive()
    }
}
