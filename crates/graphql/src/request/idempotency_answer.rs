//! Answers a request with an idempotency key: it runs once, however often and wherever it is sent.

use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Error, ErrorExtensions};
use countermand_app::idempotency::{HeldKey, KeyedRequest, KeyedStart, RUN_LIMIT};
use countermand_app::{AppError, Caller, Viewer};
use tracing::Instrument;

use super::answer::{ApiAnswer, Outcome, Refused};
use super::api::{Api, ApiRequest};
use super::idempotency_key::KeyedMutation;
use crate::kit::error::{Category, about_request, internal, refused};
use crate::kit::repeat::{AnswerNotes, with_notes};

impl Api {
    /// Answers a request with an idempotency key. It goes on when the caller is gone, so that its answer is kept for
    /// the repetition.
    pub(super) async fn run_once(
        &self,
        keyed: KeyedMutation,
        document: Arc<ExecutableDocument>,
        viewer: Viewer,
        request: ApiRequest,
    ) -> Result<ApiAnswer, Refused> {
        let api = self.clone();
        let running = async move { api.run_claimed(&keyed, document, viewer, request).await };
        let limited = tokio::time::timeout(RUN_LIMIT, running).in_current_span();
        match tokio::spawn(limited).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(failed(AppError::Internal(
                "a request with a key took too long".into(),
            ))),
            Err(problem) => Err(failed(AppError::Internal(problem.to_string()))),
        }
    }

    async fn run_claimed(
        &self,
        keyed: &KeyedMutation,
        document: Arc<ExecutableDocument>,
        viewer: Viewer,
        request: ApiRequest,
    ) -> Result<ApiAnswer, Refused> {
        let is_anonymous = matches!(viewer.caller, Caller::Anonymous);
        let asked = KeyedRequest {
            key: &keyed.key,
            operation: &keyed.name,
            proof: is_anonymous.then_some(keyed.proof.as_str()),
            text: &format!("{} {}", viewer.store.code, keyed.text),
        };
        match self.app().begin_keyed(&viewer, &asked).await.map_err(failed)? {
            KeyedStart::Repeat(json) => Ok(ApiAnswer::given_before(json)),
            KeyedStart::Reused => Err(reused()),
            KeyedStart::InUse => Err(in_use()),
            KeyedStart::Run(key) => self.run_held(key, document, viewer, request).await,
        }
    }

    /// Runs a request that holds its key. If the key was taken over, and the attempt before made the change while this
    /// one was refused, the request is answered as after a crash: its refusal comes from its own change.
    async fn run_held(
        &self,
        key: HeldKey,
        document: Arc<ExecutableDocument>,
        viewer: Viewer,
        request: ApiRequest,
    ) -> Result<ApiAnswer, Refused> {
        let again = key
            .is_taken_over()
            .then(|| (document.clone(), viewer.clone(), request.clone()));
        let (answer, notes) = self.run_noted(&key, document, viewer, request).await;
        let Some((document, viewer, request)) = again.filter(|_| notes.has_refusal) else {
            return self.finish(&key, answer, notes).await;
        };
        match self.app().changed_meanwhile(&key).await.map_err(failed)? {
            None => self.finish(&key, answer, notes).await,
            Some(key) => {
                let (answer, notes) = self.run_noted(&key, document, viewer, request).await;
                self.finish(&key, answer, notes).await
            }
        }
    }

    async fn run_noted(
        &self,
        key: &HeldKey,
        document: Arc<ExecutableDocument>,
        viewer: Viewer,
        request: ApiRequest,
    ) -> (ApiAnswer, AnswerNotes) {
        let viewer = Viewer {
            key: Some(key.clone()),
            ..viewer
        };
        Box::pin(with_notes(self.run(document, viewer, request))).await
    }

    /// Keeps the answer of a request that ran, if a repetition must get it, and gives the answer to send. An answer
    /// that shows a secret is not kept: each repetition makes it again from the marks of the change, as after a crash.
    async fn finish(
        &self,
        key: &HeldKey,
        answer: ApiAnswer,
        notes: AnswerNotes,
    ) -> Result<ApiAnswer, Refused> {
        if !answer.is_definite() || notes.is_passing || notes.has_secret {
            if let Err(problem) = self.app().release_key(key).await {
                tracing::warn!(%problem, "a key stays held until its lease ends");
            }
            return Ok(answer);
        }
        self.keep(key, answer).await
    }

    /// Keeps an answer and gives the one to send. An answer that cannot be kept is not sent, because a repetition would
    /// get another one.
    async fn keep(&self, key: &HeldKey, answer: ApiAnswer) -> Result<ApiAnswer, Refused> {
        let json = answer.to_json();
        let json = json.map_err(|problem| failed(AppError::Internal(problem.to_string())))?;
        match self.app().keep_answer(key, json.clone()).await.map_err(failed)? {
            Some(kept) if kept == json => Ok(answer),
            Some(kept) => Ok(ApiAnswer::given_before(kept)),
            None => Err(in_use()),
        }
    }
}

fn reused() -> Refused {
    let message = "The idempotency key belongs to another request.";
    about(
        Outcome::KeyReused,
        refused(Category::Input, "IDEMPOTENCY_KEY_REUSED", message),
    )
}

fn in_use() -> Refused {
    let message = "The same request runs at this moment. Send it again for its answer.";
    let error = refused(Category::Input, "IDEMPOTENCY_KEY_IN_USE", message);
    about(
        Outcome::KeyInUse,
        error.extend_with(|_, extensions| extensions.set("retry_after", 1)),
    )
}

fn failed(problem: AppError) -> Refused {
    about(Outcome::Failed, internal(problem))
}

fn about(outcome: Outcome, error: Error) -> Refused {
    Refused {
        outcome,
        error: Box::new(about_request(error)),
    }
}
