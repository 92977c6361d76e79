//! Cancels with feeds: writes a document, hands it in, waits for the end, and reads the report.

use countermand_app::ports::ChannelError;
use countermand_domain::channel::{ChannelAnswer, SentCancellation};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::channels::body;

use super::acknowledgement::{self, FEED_TYPE, message_id};
use super::connection::{Answer, Call, Connection};
use super::limits::Operation;
use super::order_json::marketplace;
use super::report::{self, Verdict};

const VERSION: &str = "2021-06-30";
/// The type of the document; the upload must name the same one.
const CONTENT_TYPE: &str = "text/xml; charset=UTF-8";

/// What became of a feed.
pub(super) enum FeedState {
    /// Amazon works on it.
    Pending,
    /// It was called off before Amazon began.
    CalledOff,
    /// It ended, and nothing is known of its messages.
    Unknown(String),
    /// It ended with a verdict for each message.
    Ended(Vec<Verdict>),
}

/// Hands in a feed with a message for each cancellation. All of them get the same answer.
pub(super) async fn submit(
    connection: &Connection,
    cancellations: &[&SentCancellation],
) -> Result<ChannelAnswer, ChannelError> {
    // A document that no feed may use yet would be useless in five minutes.
    connection.is_open(Operation::CreateFeed)?;
    let seller = &connection.settings.credentials.seller_id;
    let document = acknowledgement::write(seller, cancellations)
        .map_err(|problem| ChannelError::Unreadable(problem.to_string()))?;
    let document_id = match upload(connection, &document).await? {
        Ok(id) => id,
        Err(refused) => return Ok(refused),
    };
    let call = Call {
        operation: Operation::CreateFeed,
        method: Method::POST,
        path: &["feeds", VERSION, "feeds"],
        query: &[],
        json: Some(json!({
            "feedType": FEED_TYPE,
            "marketplaceIds": marketplaces(connection, cancellations),
            "inputFeedDocumentId": document_id,
        })),
    };
    Ok(match connection.call(call).await? {
        Answer::Done(answer) => match answer["feedId"].as_str().filter(|id| is_id(id)) {
            Some(id) => ChannelAnswer::Accepted {
                reference: id.to_owned(),
            },
            None => ChannelAnswer::Unknown {
                why: "the feed was taken without a number".into(),
            },
        },
        Answer::Refused { code, text, .. } => ChannelAnswer::Rejected { code, text },
        Answer::Unknown(why) => ChannelAnswer::Unknown { why },
    })
}

/// Puts the document where feeds are read from. Its address ends after five minutes; then a second one is asked for.
async fn upload(
    connection: &Connection,
    document: &str,
) -> Result<Result<String, ChannelAnswer>, ChannelError> {
    let mut status = StatusCode::OK;
    for _ in 0..2 {
        let call = Call {
            operation: Operation::CreateFeedDocument,
            method: Method::POST,
            path: &["feeds", VERSION, "documents"],
            query: &[],
            json: Some(json!({ "contentType": CONTENT_TYPE })),
        };
        let answer = match connection.read(call).await? {
            Answer::Done(answer) => answer,
            Answer::Refused { code, text, .. } => return Ok(Err(ChannelAnswer::Rejected { code, text })),
            Answer::Unknown(why) => return Err(ChannelError::Unavailable(why)),
        };
        let (Some(id), Some(url)) = (answer["feedDocumentId"].as_str(), answer["url"].as_str()) else {
            return Err(ChannelError::Unreadable(
                "a feed document has no number or no address".into(),
            ));
        };
        status = connection.upload(url, CONTENT_TYPE, document.to_owned()).await?;
        if status.is_success() {
            return Ok(Ok(id.to_owned()));
        }
    }
    Err(ChannelError::Unavailable(format!(
        "the document cannot be stored: {status}"
    )))
}

/// The marketplaces of the orders; all of the account where a market is not known.
fn marketplaces(connection: &Connection, cancellations: &[&SentCancellation]) -> Vec<String> {
    let ours = &connection.settings.marketplaces;
    let mut named: Vec<String> = Vec::new();
    for cancellation in cancellations {
        let market = cancellation.market.as_deref();
        let id = market.and_then(|market| marketplace(market).or(Some(market)));
        match ours.iter().find(|it| Some(it.as_str()) == id) {
            Some(id) if !named.contains(id) => named.push(id.clone()),
            Some(_) => {}
            None => return ours.clone(),
        }
    }
    named
}

/// Asks what became of the feed `id`, with a verdict for each of `cancellations` when it ended.
pub(super) async fn look_up(
    connection: &Connection,
    id: &str,
    cancellations: &[SentCancellation],
) -> Result<FeedState, ChannelError> {
    if !is_id(id) {
        return Ok(FeedState::Unknown("the number of the feed is not usable".into()));
    }
    let feed = match get(connection, Operation::GetFeed, "feeds", id).await? {
        Ok(feed) => feed,
        Err(why) => return Ok(FeedState::Unknown(why)),
    };
    match feed["processingStatus"].as_str() {
        Some("DONE") => {}
        Some("CANCELLED") => return Ok(FeedState::CalledOff),
        Some("FATAL") => return Ok(FeedState::Unknown("the feed broke off".into())),
        _ => return Ok(FeedState::Pending),
    }
    let Some(document) = feed["resultFeedDocumentId"].as_str() else {
        return Ok(FeedState::Unknown("the feed ended without a report".into()));
    };
    let document = match get(connection, Operation::GetFeedDocument, "documents", document).await? {
        Ok(document) => document,
        Err(why) => return Ok(FeedState::Unknown(why)),
    };
    let url = document["url"].as_str().unwrap_or_default();
    let packed = connection.download(url, report::LARGEST).await?;
    let text = match document["compressionAlgorithm"].as_str() {
        None => Ok(packed),
        Some("GZIP") => report::unpack(&packed),
        Some(other) => Err(format!("the report is packed as {}", body::cut(other))),
    };
    let report = match text.and_then(|text| report::read(&text)) {
        Ok(report) => report,
        Err(why) => return Ok(FeedState::Unknown(why)),
    };
    let sent = u64::try_from(cancellations.len()).unwrap_or(u64::MAX);
    let verdict = |cancellation: &SentCancellation| match message_id(&cancellation.number) {
        Some(id) => report.verdict(id, sent),
        None => Verdict::Unclear,
    };
    Ok(FeedState::Ended(cancellations.iter().map(verdict).collect()))
}

/// What the API holds under `id`, or why it does not show it.
async fn get(
    connection: &Connection,
    operation: Operation,
    kind: &str,
    id: &str,
) -> Result<Result<Value, String>, ChannelError> {
    let path = ["feeds", VERSION, kind, id];
    let call = Call {
        operation,
        method: Method::GET,
        path: &path,
        query: &[],
        json: None,
    };
    Ok(match connection.read(call).await? {
        Answer::Done(answer) => Ok(answer),
        Answer::Refused { status, code, text } => Err(format!("{status}: {code}: {text}")),
        Answer::Unknown(why) => return Err(ChannelError::Unavailable(why)),
    })
}

/// Whether `id` may be the number of a feed.
fn is_id(id: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&id.len()) && id.bytes().all(is_fine)
}
