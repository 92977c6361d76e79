//! Feeds of the simulator: in the queue for 30 seconds, in progress for 30 more, then carried out with a report.

use std::fmt::Write as _;
use std::io::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::order::instant;
use super::site::{Document, Site};

const QUEUE: TimeDelta = TimeDelta::seconds(30);
const PROGRESS: TimeDelta = TimeDelta::seconds(60);

/// A feed that was handed in.
#[derive(Debug, Clone)]
pub(super) struct Feed {
    pub(super) id: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) document: String,
    /// How it ended, and its report; none before.
    pub(super) end: Option<(&'static str, Option<String>)>,
}

/// What a message of a feed asks for.
#[derive(Debug)]
struct Message {
    id: String,
    number: String,
    status: String,
    items: Vec<String>,
    reason: String,
}

impl Site {
    /// Carries out the feeds whose time has come.
    pub(super) fn work(&mut self) {
        if self.troubles.feeds_hang {
            return;
        }
        let now = self.now();
        for position in 0..self.feeds.len() {
            let feed = self.feeds[position].clone();
            if feed.end.is_none() && now >= feed.created_at + PROGRESS {
                let end = self.carry_out(&feed.document, feed.created_at + PROGRESS);
                self.feeds[position].end = Some(end);
            }
        }
    }

    /// The feed as the API shows it.
    pub(super) fn shown_feed(&self, id: &str) -> Option<Value> {
        let feed = self.feeds.iter().find(|feed| feed.id == id)?;
        let age = self.now() - feed.created_at;
        let status = match &feed.end {
            Some((status, _)) => status,
            None if age < QUEUE => "IN_QUEUE",
            None => "IN_PROGRESS",
        };
        let mut shown = json!({
            "feedId": feed.id,
            "feedType": "POST_ORDER_ACKNOWLEDGEMENT_DATA",
            "marketplaceIds": ["A1PA6795UKMFR9"],
            "createdTime": instant(feed.created_at),
            "processingStatus": status,
        });
        if let Some((_, Some(report))) = &feed.end {
            shown["resultFeedDocumentId"] = json!(report);
        }
        Some(shown)
    }

    fn carry_out(&mut self, document: &str, at: DateTime<Utc>) -> (&'static str, Option<String>) {
        let messages = messages(document);
        let carried_out = if self.troubles.feeds_break_off {
            messages.len() / 2
        } else {
            messages.len()
        };
        let mut problems = Vec::new();
        for message in &messages[..carried_out] {
            if let Err((code, text)) = self.acknowledge(message, at) {
                problems.push((message.id.clone(), code, text));
            }
        }
        if self.troubles.feeds_break_off {
            return ("FATAL", None);
        }
        let text = if self.troubles.reports_are_rubbish {
            "<html>Gone".into()
        } else {
            report(messages.len(), &problems)
        };
        let is_packed = self.troubles.packs_reports;
        let body = if is_packed { pack(&text) } else { text.into_bytes() };
        let name = self.name("report-");
        let document = Document {
            content_type: "text/xml".into(),
            body,
            is_packed,
            ends_at: self.document_ends_at(),
        };
        self.documents.insert(name.clone(), document);
        ("DONE", Some(name))
    }

    fn acknowledge(
        &mut self,
        message: &Message,
        at: DateTime<Utc>,
    ) -> Result<(), (&'static str, &'static str)> {
        let lies = self.troubles.reports_lie;
        let order = self
            .order_mut(&message.number)
            .ok_or(("18000", "The order <is> not known & not yours."))?;
        if order.status == "SHIPPED" {
            return Err(("18028", "The order is shipped already."));
        }
        if message.status != "Failure" {
            return Err(("18001", "Only cancellations are simulated."));
        }
        let all: Vec<&String> = order.items.iter().map(|item| &item.id).collect();
        // A message without all items is taken and cancels nothing.
        if !lies && all.len() == message.items.len() && all.iter().all(|id| message.items.contains(id)) {
            order.cancel(&message.reason, at);
        }
        Ok(())
    }
}

/// The messages of a feed. The simulator reads them by itself, in another way than the adapter writes them.
fn messages(document: &str) -> Vec<Message> {
    document
        .split("<Message>")
        .skip(1)
        .map(|part| Message {
            id: between(part, "MessageID").first().cloned().unwrap_or_default(),
            number: between(part, "AmazonOrderID")
                .first()
                .cloned()
                .unwrap_or_default(),
            status: between(part, "StatusCode").first().cloned().unwrap_or_default(),
            items: between(part, "AmazonOrderItemCode"),
            reason: between(part, "CancelReason").first().cloned().unwrap_or_default(),
        })
        .collect()
}

/// The texts of all elements called `name`.
fn between(text: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = text.split(open.as_str()).skip(1);
    parts
        .filter_map(|part| part.split_once(close.as_str()))
        .map(|(inner, _)| inner.to_owned())
        .collect()
}

fn report(messages: usize, problems: &[(String, &str, &str)]) -> String {
    let mut results = String::new();
    for (id, code, text) in problems {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let _ = write!(
            results,
            "<Result><MessageID>{id}</MessageID><ResultCode>Error</ResultCode>\
             <ResultMessageCode>{code}</ResultMessageCode><ResultDescription>{text}</ResultDescription></Result>"
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AmazonEnvelope><Header><DocumentVersion>1.02</DocumentVersion>\
         <MerchantIdentifier>SELLER</MerchantIdentifier></Header><MessageType>ProcessingReport</MessageType><Message>\
         <MessageID>1</MessageID><ProcessingReport><DocumentTransactionID>1</DocumentTransactionID>\
         <StatusCode>Complete</StatusCode><ProcessingSummary><MessagesProcessed>{messages}</MessagesProcessed>\
         <MessagesSuccessful>{}</MessagesSuccessful><MessagesWithError>{}</MessagesWithError>\
         <MessagesWithWarning>0</MessagesWithWarning></ProcessingSummary>{results}</ProcessingReport></Message>\
         </AmazonEnvelope>",
        messages - problems.len(),
        problems.len()
    )
}

fn pack(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).expect("memory");
    packer.finish().expect("memory")
}
