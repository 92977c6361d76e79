//! Opens a request that may be a subscription: a query and a mutation have one answer, a subscription has many.

use std::pin::Pin;
use std::time::Duration;

use countermand_app::updates::ResumePoint;
use futures_util::{Stream, StreamExt};
use tokio::sync::watch;

use super::answer::{ApiAnswer, Refused};
use super::api::{Api, ApiRequest, order_of, timed_out};
use super::document::is_subscription;
use crate::updates::{LastCursor, Subscriber};

/// What a request was answered with.
pub enum Opened {
    /// The one answer.
    Answer(Box<ApiAnswer>),
    /// The updates of a subscription.
    Updates(ApiUpdates),
}

/// What a subscription tells.
pub struct ApiUpdates {
    /// The updates, which end after an error.
    pub stream: Pin<Box<dyn Stream<Item = ApiUpdate> + Send>>,
    /// The newest cursor with which the subscription goes on after the updates that were taken out of the stream; none
    /// until there is one. It moves while the stream is awaited, also if no update comes.
    pub resume_point: watch::Receiver<Option<String>>,
}

/// One update of a subscription.
#[derive(Debug)]
pub struct ApiUpdate {
    /// The answer of the GraphQL specification.
    pub answer: ApiAnswer,
    /// The cursor with which the subscription goes on after this update; none for an error.
    pub cursor: Option<String>,
}

impl Api {
    /// Answers a request, or opens its subscription, within `time`. The updates have no deadline.
    ///
    /// All documents pass the same checks. This function never fails: the answer holds all errors.
    pub async fn open(&self, request: ApiRequest, time: Duration) -> Opened {
        let document = self.documents.admit(&request.query, &request.variables);
        let wanted = request.operation_name.as_deref();
        if !document.is_ok_and(|document| is_subscription(&document, wanted)) {
            return Opened::Answer(Box::new(self.execute(request, time).await));
        }
        let opened = tokio::time::timeout(time, self.updates(request)).await;
        let refused = match opened {
            Ok(Ok(updates)) => return Opened::Updates(updates),
            Ok(Err(refused)) => refused,
            Err(_) => timed_out(),
        };
        let answer = ApiAnswer::from(refused);
        answer.count_errors();
        Opened::Answer(Box::new(answer))
    }

    async fn updates(&self, request: ApiRequest) -> Result<ApiUpdates, Refused> {
        let document = self.documents.admit(&request.query, &request.variables)?;
        let viewer = self.viewer(&request).await?;
        let order = order_of(&document, &request);
        let subscriber = Subscriber {
            store: request.store.clone(),
            bearer: request.bearer.clone(),
            origin: request.origin.clone(),
            resumed_at: request.last_event_id.clone(),
        };
        let cursor = LastCursor::default();
        let point = ResumePoint::default();
        let resume_point = point.watch();
        let parsed = self.parsed(&document, viewer, request);
        let parsed = parsed.data(subscriber).data(cursor.clone()).data(point);
        let responses = self.known.schema.execute_stream(parsed);
        let api = self.clone();
        let updates = responses.map(move |response| {
            let answer = api.worded(response, &document, &order);
            answer.count_errors();
            let cursor = cursor.take();
            ApiUpdate { answer, cursor }
        });
        Ok(ApiUpdates {
            stream: Box::pin(updates),
            resume_point,
        })
    }
}
