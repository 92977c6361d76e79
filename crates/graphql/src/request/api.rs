//! Answers one GraphQL request. The HTTP server calls [`Api::execute`] with the parts of the request.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response, Variables};
use countermand_app::{App, AppError, Viewer, ViewerError};

use super::answer::{ApiAnswer, Outcome, Refused};
use super::answer_order::AnswerOrder;
use super::document::{DocumentFacts, asks_for_mutation, mutation_count, operation, selects_field};
use super::idempotency_key::keyed_mutation;
use super::known_documents::KnownDocuments;
use super::known_schema::KnownSchema;
use super::operation_times::{OperationTime, OperationTimes};
use super::settings::ApiSettings;
use super::validation_message::in_adobe_words;
use crate::kit::AnswerBudget;
use crate::kit::error::{Category, about_request, internal, refused};

/// The GraphQL interface to the use cases. A clone is cheap.
#[derive(Clone)]
pub struct Api {
    pub(super) known: &'static KnownSchema,
    pub(super) documents: Arc<KnownDocuments>,
    times: Arc<OperationTimes>,
    app: App,
    settings: ApiSettings,
}

/// The HTTP method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethod {
    /// Allows queries only.
    Get,
    /// Allows queries and mutations.
    Post,
}

/// The parts of a GraphQL request over HTTP.
#[derive(Debug, Clone)]
pub struct ApiRequest {
    /// The HTTP method.
    pub method: HttpMethod,
    /// The text of the GraphQL document.
    pub query: String,
    /// The name of the operation to run; none if the document has one operation only.
    pub operation_name: Option<String>,
    /// The variables: a JSON object, or null.
    pub variables: serde_json::Value,
    /// The `Store` header, the code of the requested store view; none for the default store view.
    pub store: Option<String>,
    /// The values of all `Idempotency-Key` headers, also those that are no keys.
    pub idempotency_keys: Vec<String>,
    /// The bearer token of the `Authorization` header; none if it is absent or empty.
    pub bearer: Option<String>,
    /// The caller's network address, for rate limits and logs.
    pub origin: String,
    /// The `Last-Event-ID` header, with which a subscription goes on; none where the request brings none.
    pub last_event_id: Option<String>,
}

impl Api {
    /// The GraphQL interface to the use cases of `app`.
    #[must_use]
    pub fn new(app: App, settings: ApiSettings) -> Self {
        let known = KnownSchema::get(settings.introspection);
        Self {
            known,
            documents: Arc::default(),
            times: Arc::new(OperationTimes::of(&known.root_fields)),
            app,
            settings,
        }
    }

    /// The longest time that a request may take, from its first byte to its answer.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.settings.deadline
    }

    /// Counts a request from `origin`. The refusal if this address has sent too many requests; none if the request may
    /// be read.
    #[must_use]
    pub fn turn_away(&self, origin: &str) -> Option<ApiAnswer> {
        let problem = self.app.admit_request(origin).err()?;
        let answer = ApiAnswer::from(too_soon(problem));
        answer.count_errors();
        Some(answer)
    }

    /// Answers one request within `time`. This function never fails: the answer holds all errors.
    pub async fn execute(&self, request: ApiRequest, time: Duration) -> ApiAnswer {
        let began = Instant::now();
        let measured = OnceLock::new();
        let answer = match tokio::time::timeout(time, self.answer(request, &measured)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(refused)) => refused.into(),
            Err(_) => timed_out().into(),
        };
        let measured: &OperationTime = measured.get_or_init(|| self.times.other());
        measured.note(answer.has_errors(), began.elapsed());
        answer.count_errors();
        answer
    }

    /// The steps of every request, in this order: limits of the document, HTTP method, viewer, rate limit, idempotency
    /// key, execution.
    ///
    /// `measured` gets the histograms of the operation as soon as the operation is known.
    async fn answer<'a>(
        &'a self,
        request: ApiRequest,
        measured: &OnceLock<&'a OperationTime>,
    ) -> Result<ApiAnswer, Refused> {
        let document = self.documents.admit(&request.query, &request.variables)?;
        measured.get_or_init(|| self.times.time_of(&document, request.operation_name.as_deref()));
        check_method(&document, &request)?;
        let viewer = self.viewer(&request).await?;
        let mutations = mutation_count(&document, request.operation_name.as_deref());
        self.app.admit_mutations(&viewer, mutations).map_err(too_soon)?;
        let (wanted, keys) = (request.operation_name.as_deref(), &request.idempotency_keys);
        let keyed = keyed_mutation(&document, wanted, &request.variables, keys);
        match keyed.map_err(about_request)? {
            Some(keyed) => self.run_once(keyed, document, viewer, request).await,
            None => Ok(self.run(document, viewer, request).await),
        }
    }

    pub(super) async fn viewer(&self, request: &ApiRequest) -> Result<Viewer, Refused> {
        let (store, bearer) = (request.store.as_deref(), request.bearer.as_deref());
        let viewer = self.app.viewer(store, bearer, &request.origin).await;
        viewer.map_err(unknown_viewer)
    }

    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// Runs the operation of a request.
    pub(super) async fn run(
        &self,
        document: Arc<ExecutableDocument>,
        viewer: Viewer,
        request: ApiRequest,
    ) -> ApiAnswer {
        let order = order_of(&document, &request);
        let parsed = self.parsed(&document, viewer, request);
        let response = self.known.schema.execute(parsed).await;
        self.worded(response, &document, &order)
    }

    /// The request as the engine takes it.
    pub(super) fn parsed(
        &self,
        document: &Arc<ExecutableDocument>,
        viewer: Viewer,
        request: ApiRequest,
    ) -> Request {
        // How far the refunds are changes without a new version of the order, so it is read only where it is shown.
        let app = if selects_field(document, "refunds") {
            self.app.reading_refunds()
        } else {
            self.app.clone()
        };
        let mut parsed = Request::new(request.query)
            .variables(Variables::from_json(request.variables))
            .data(Arc::new(AnswerBudget::of(document.clone())))
            .data(app)
            .data(Arc::new(viewer));
        parsed.operation_name = request.operation_name;
        parsed.set_parsed_query(ExecutableDocument::clone(document));
        parsed
    }

    /// The engine's response with its fields in the sequence of the document, and with errors in the words of Adobe.
    pub(super) fn worded(
        &self,
        mut response: Response,
        document: &ExecutableDocument,
        order: &AnswerOrder,
    ) -> ApiAnswer {
        if !response.errors.is_empty() {
            let facts = DocumentFacts::of(document);
            let worded = |error| in_adobe_words(error, &facts, &self.known.input_types);
            response.errors = response.errors.into_iter().map(worded).collect();
        }
        order.apply(&mut response.data);
        ApiAnswer::of_response(response)
    }
}

/// The sequence of the fields of an answer to `request`.
pub(super) fn order_of(document: &ExecutableDocument, request: &ApiRequest) -> AnswerOrder {
    let operation = operation(document, request.operation_name.as_deref());
    operation
        .map(|operation| AnswerOrder::of(document, operation))
        .unwrap_or_default()
}

/// Refuses a mutation that is sent with the method GET, because a link or an image of any page can send such a
/// request.
fn check_method(document: &ExecutableDocument, request: &ApiRequest) -> Result<(), Refused> {
    if request.method == HttpMethod::Post || !asks_for_mutation(document, request.operation_name.as_deref()) {
        return Ok(());
    }
    let message = "Mutation requests allowed only for POST requests";
    Err(Refused {
        outcome: Outcome::MutationByGet,
        error: Box::new(about_request(refused(
            Category::Input,
            "METHOD_NOT_ALLOWED",
            message,
        ))),
    })
}

fn unknown_viewer(problem: ViewerError) -> Refused {
    let (outcome, error) = match problem {
        ViewerError::StoreNotFound => (
            Outcome::BadRequest,
            refused(Category::Input, "STORE_NOT_FOUND", problem.to_string()),
        ),
        ViewerError::InvalidToken => (
            Outcome::Unauthenticated,
            refused(
                Category::Authentication,
                "UNAUTHENTICATED",
                "The bearer token is expired, revoked or unknown.",
            ),
        ),
        ViewerError::App(problem) => (Outcome::Failed, internal(problem)),
    };
    Refused {
        outcome,
        error: Box::new(about_request(error)),
    }
}

fn too_soon(problem: AppError) -> Refused {
    Refused {
        outcome: Outcome::RateLimited,
        error: Box::new(about_request(internal(problem))),
    }
}

pub(super) fn timed_out() -> Refused {
    let message = "The request took too long; what it asked for may have been done.";
    Refused {
        outcome: Outcome::TimedOut,
        error: Box::new(about_request(refused(
            Category::Internal,
            "REQUEST_TIMED_OUT",
            message,
        ))),
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Api")
            .field("app", &self.app)
            .finish_non_exhaustive()
    }
}
