//! One GraphQL request, from its parts to its answer: whoever speaks HTTP hands it in here.

use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Pos, Request, Response, ServerError, Variables};
use countermand_app::{App, ViewerError};

use crate::document::{DocumentFacts, asks_for_mutation, rename_older_inputs};
use crate::error::{Category, internal, refused};
use crate::guard;
use crate::input_types::InputTypes;
use crate::schema::{ShopSchema, build};
use crate::spread::is_bounded;
use crate::validation_message::{in_adobe_words, unreadable};

/// The surface over the use cases. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    schema: ShopSchema,
    input_types: Arc<InputTypes>,
    app: App,
}

/// How the request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethod {
    /// Queries only.
    Get,
    /// Everything.
    Post,
}

/// A request as it came over HTTP.
#[derive(Debug)]
pub struct ApiRequest {
    /// How it came.
    pub method: HttpMethod,
    /// The document.
    pub query: String,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// The variables, a JSON object.
    pub variables: serde_json::Value,
    /// The `Store` header.
    pub store: Option<String>,
    /// The bearer of the `Authorization` header; none when it is absent or empty.
    pub bearer: Option<String>,
    /// The caller's network address, for the trail.
    pub origin: String,
}

impl Api {
    /// Over `app`.
    #[must_use]
    pub fn new(app: App) -> Self {
        let schema = build();
        Self {
            input_types: Arc::new(InputTypes::of(&schema)),
            schema,
            app,
        }
    }

    /// Answers one request; never fails, errors are in the answer.
    pub async fn execute(&self, request: ApiRequest) -> Response {
        let document = match read(&request) {
            Ok(document) => document,
            Err(problem) => return Response::from_errors(vec![problem]),
        };
        let viewer = self
            .app
            .viewer(
                request.store.as_deref(),
                request.bearer.as_deref(),
                &request.origin,
            )
            .await;
        let viewer = match viewer {
            Ok(viewer) => viewer,
            Err(problem) => return Response::from_errors(vec![viewer_error(problem)]),
        };
        let facts = DocumentFacts::of(&document);
        let mut parsed = Request::new(request.query)
            .variables(Variables::from_json(request.variables))
            .data(self.app.clone())
            .data(Arc::new(viewer));
        parsed.operation_name = request.operation_name;
        parsed.set_parsed_query(document);
        let mut response = self.schema.execute(parsed).await;
        let worded = |error| in_adobe_words(error, &facts, &self.input_types);
        response.errors = response.errors.into_iter().map(worded).collect();
        response
    }
}

/// The document of `request`, if it may run at all.
fn read(request: &ApiRequest) -> Result<ExecutableDocument, ServerError> {
    if let Err(refusal) = guard::check(&request.query) {
        return Err(server_error(refused(
            Category::Input,
            "DOCUMENT_REFUSED",
            refusal.message(),
        )));
    }
    let mut document = parse_query(&request.query).map_err(|problem| unreadable(problem.into()))?;
    if request.method == HttpMethod::Get && asks_for_mutation(&document, request.operation_name.as_deref()) {
        let message = "Mutation requests allowed only for POST requests";
        return Err(server_error(refused(
            Category::Input,
            "METHOD_NOT_ALLOWED",
            message,
        )));
    }
    if !is_bounded(&document) {
        let message = "The document selects too much once its fragments are spread.";
        return Err(server_error(refused(
            Category::Input,
            "DOCUMENT_REFUSED",
            message,
        )));
    }
    rename_older_inputs(&mut document);
    Ok(document)
}

fn viewer_error(problem: ViewerError) -> ServerError {
    server_error(match problem {
        ViewerError::StoreNotFound => refused(Category::Input, "STORE_NOT_FOUND", problem.to_string()),
        ViewerError::InvalidToken => refused(
            Category::Authentication,
            "UNAUTHENTICATED",
            "The bearer token is expired, revoked or unknown.",
        ),
        ViewerError::App(problem) => internal(problem),
    })
}

fn server_error(error: async_graphql::Error) -> ServerError {
    // It is about the request, not about a place in the document.
    ServerError {
        locations: Vec::new(),
        ..error.into_server_error(Pos::default())
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Api")
            .field("app", &self.app)
            .finish_non_exhaustive()
    }
}
