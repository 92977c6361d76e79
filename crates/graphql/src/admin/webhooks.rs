//! Staff manages the endpoints of other systems that are told of events.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::webhooks::endpoint::{
    ChangeWebhookEndpoint, CreateWebhookEndpoint, EndpointWithSecret, OVERLAP_HOURS,
};
use countermand_app::{Failure, UserError as Refusal};

use super::cursor::rfc3339;
use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::internal;
use crate::kit::repeat::note_secret_answer;

/// Staff's query for endpoints.
#[derive(Default)]
pub(crate) struct AdminWebhookQuery;

#[Object]
impl AdminWebhookQuery {
    /// Lists the endpoints of other systems that are told of events, oldest first. The caller needs the role `manager`
    /// and a token for all store views.
    async fn webhook_endpoints(&self, context: &Context<'_>) -> Result<Vec<WebhookEndpoint>> {
        let viewer = staff(context)?;
        let endpoints = app(context)?.webhook_endpoints(viewer).await.map_err(internal)?;
        Ok(endpoints.into_iter().map(WebhookEndpoint::from).collect())
    }
}

/// Staff's mutations of endpoints.
#[derive(Default)]
pub(crate) struct AdminWebhookMutation;

#[Object]
impl AdminWebhookMutation {
    /// Makes an endpoint, which is told of each change of an order that is decided from then on. The secret with which
    /// its messages are signed is shown in this answer and its repetitions only; a server without `SECRET_KEYS` makes
    /// none. The caller needs the role `owner` and a token for all store views.
    async fn create_webhook_endpoint(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The address of the endpoint, and the events that it wants.")]
        input: CreateWebhookEndpointInput,
    ) -> Result<WebhookSecretPayload> {
        let viewer = staff(context)?;
        let asked = CreateWebhookEndpoint {
            address: input.address,
            event_kinds: input.event_kinds.unwrap_or_default(),
        };
        WebhookSecretPayload::of(app(context)?.create_webhook_endpoint(viewer, &asked).await)
    }

    /// Changes the address or the events of an endpoint, pauses it, or lets it go on. While an endpoint is paused, its
    /// messages wait. The caller needs the role `owner` and a token for all store views.
    async fn change_webhook_endpoint(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The endpoint, and what changes; what is null stays.")]
        input: ChangeWebhookEndpointInput,
    ) -> Result<WebhookEndpointPayload> {
        let viewer = staff(context)?;
        let asked = ChangeWebhookEndpoint {
            address: input.address,
            event_kinds: input.event_kinds,
            is_paused: input.is_paused,
        };
        let done = app(context)?
            .change_webhook_endpoint(viewer, &input.id, &asked)
            .await;
        WebhookEndpointPayload::of(done)
    }

    /// Gives an endpoint a new secret, which is shown in this answer and its repetitions only. The old secret signs
    /// messages too for some hours, so that the endpoint can change it without losing a message. A server without
    /// `SECRET_KEYS` makes none. The caller needs the role `owner` and a token for all store views.
    async fn rotate_webhook_secret(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The endpoint, and how long its old secret signs too.")]
        input: RotateWebhookSecretInput,
    ) -> Result<WebhookSecretPayload> {
        let viewer = staff(context)?;
        let hours = input.overlap_hours.map_or(OVERLAP_HOURS, i64::from);
        let done = app(context)?
            .rotate_webhook_secret(viewer, &input.id, hours)
            .await;
        WebhookSecretPayload::of(done)
    }

    /// Deletes an endpoint. Messages that wait for it are not sent any more; the log of those that were sent stays for
    /// 30 days. The caller needs the role `owner` and a token for all store views.
    async fn delete_webhook_endpoint(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The endpoint that is to be deleted.")] input: DeleteWebhookEndpointInput,
    ) -> Result<WebhookEndpointPayload> {
        let viewer = staff(context)?;
        WebhookEndpointPayload::of(app(context)?.delete_webhook_endpoint(viewer, &input.id).await)
    }
}

/// A new endpoint for messages about events.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateWebhookEndpointInput {
    /// The address to which messages are posted, such as `https://erp.example/hooks`: at most 1,024 bytes, without a
    /// user and a fragment. It must lead to a public network, unless `WEBHOOK_NETWORKS` allows another one.
    address: String,
    /// The events that the endpoint wants, such as `order.canceled`; null or an empty list for all events.
    event_kinds: Option<Vec<String>>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The changes of an endpoint; what is null stays as it is.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ChangeWebhookEndpointInput {
    /// The `WebhookEndpoint.id` of the endpoint to change.
    id: ID,
    /// The new address. Messages that wait are sent there.
    address: Option<String>,
    /// The events that the endpoint wants from now on; an empty list for all events.
    event_kinds: Option<Vec<String>>,
    /// Whether messages wait; false also switches an endpoint on again that was switched off.
    is_paused: Option<bool>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The endpoint that gets a new secret.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RotateWebhookSecretInput {
    /// The `WebhookEndpoint.id` of the endpoint.
    id: ID,
    /// The hours for which the old secret signs too, 0 to 168; null means 24. While an older secret still signs, only
    /// 0 is accepted, and then only the new secret signs.
    overlap_hours: Option<i32>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The endpoint that is to be deleted.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct DeleteWebhookEndpointInput {
    /// The `WebhookEndpoint.id` of the endpoint.
    id: ID,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// Whether messages are sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_app::webhooks::endpoint::WebhookState")]
pub(crate) enum WebhookState {
    /// Messages are sent as soon as a worker is free.
    Active,
    /// Staff paused the endpoint: its messages wait.
    Paused,
    /// The endpoint answered with 410 Gone, or took no message for three days: its messages wait, and no new ones are
    /// written.
    SwitchedOff,
}

/// An endpoint of another system that is told of events.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct WebhookEndpoint {
    /// The id of the endpoint, a UUID.
    id: ID,
    /// The address to which messages are posted.
    address: String,
    /// The events that the endpoint wants, such as `order.canceled`; empty for all events.
    event_kinds: Vec<String>,
    /// Whether messages are sent to the endpoint.
    state: WebhookState,
    /// The reason why the endpoint was switched off, in English; null when there is none.
    problem: Option<String>,
    /// The time until which the old secret signs too: RFC 3339, in UTC; null before the first new secret.
    old_secret_until: Option<String>,
    /// The time at which the endpoint was made: RFC 3339, in UTC.
    created_at: String,
}

/// The endpoint as it is now, or why it was not changed.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct WebhookEndpointPayload {
    /// The endpoint after the change, or before it was deleted; null when nothing was changed.
    webhook_endpoint: Option<WebhookEndpoint>,
    /// The reasons why nothing was changed; empty after a change.
    user_errors: Vec<UserError>,
}

/// The endpoint with its new secret, or why it was not changed.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct WebhookSecretPayload {
    /// The endpoint after the change; null when nothing was changed.
    webhook_endpoint: Option<WebhookEndpoint>,
    /// The secret, `whsec_` and base64, which only this answer and its repetitions show. Null when nothing was changed.
    secret: Option<String>,
    /// The reasons why nothing was changed; empty after a change.
    user_errors: Vec<UserError>,
}

type Kept = countermand_app::webhooks::endpoint::WebhookEndpoint;

impl WebhookEndpointPayload {
    fn of(done: Result<Kept, Failure<Refusal>>) -> Result<Self> {
        let (endpoint, user_errors) = done_or_user_errors(done)?;
        Ok(Self {
            webhook_endpoint: endpoint.map(WebhookEndpoint::from),
            user_errors,
        })
    }
}

impl WebhookSecretPayload {
    fn of(done: Result<EndpointWithSecret, Failure<Refusal>>) -> Result<Self> {
        let (made, user_errors) = done_or_user_errors(done)?;
        if made.is_some() {
            note_secret_answer();
        }
        let (endpoint, secret) = made.map(|made| (made.endpoint, made.secret)).unzip();
        Ok(Self {
            webhook_endpoint: endpoint.map(WebhookEndpoint::from),
            secret,
            user_errors,
        })
    }
}

impl From<Kept> for WebhookEndpoint {
    fn from(endpoint: Kept) -> Self {
        Self {
            event_kinds: endpoint.filter.codes().map(str::to_owned).collect(),
            id: endpoint.id.into(),
            address: endpoint.address,
            state: endpoint.state.into(),
            problem: Some(endpoint.problem).filter(|problem| !problem.is_empty()),
            old_secret_until: endpoint.old_secret.map(|(_, until)| rfc3339(until)),
            created_at: rfc3339(endpoint.created_at),
        }
    }
}
