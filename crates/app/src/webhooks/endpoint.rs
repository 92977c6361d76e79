//! Staff makes the endpoints of webhooks, changes them, gives them new secrets, and deletes them.

use chrono::{SecondsFormat, TimeDelta};
use countermand_domain::event_filter::EventFilter;
pub use countermand_persistence::{WebhookEndpoint, WebhookState};

use super::signature::Secret;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::obligations::{ObligationKind, delivery_key};
use crate::rights::StaffOperation;
use crate::viewer::{Staff, Viewer};

/// The hours for which the old secret signs too, unless staff says otherwise.
pub const OVERLAP_HOURS: i64 = 24;
/// The most hours for which an old secret can sign too.
const LONGEST_OVERLAP_HOURS: i64 = 7 * 24;
/// The most endpoints: each event is written once for each of them.
const MOST_ENDPOINTS: usize = 50;

/// A new endpoint.
#[derive(Debug, Clone, Default)]
pub struct CreateWebhookEndpoint {
    /// The address to which messages are sent.
    pub address: String,
    /// The codes of the events that the endpoint wants; empty for all.
    pub event_kinds: Vec<String>,
}

/// A change of an endpoint; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct ChangeWebhookEndpoint {
    /// The new address.
    pub address: Option<String>,
    /// The codes of the events that the endpoint wants; empty for all.
    pub event_kinds: Option<Vec<String>>,
    /// Whether messages wait. False also switches an endpoint on that was switched off.
    pub is_paused: Option<bool>,
}

/// An endpoint with its new secret, which only this answer and its repetitions show.
pub struct EndpointWithSecret {
    /// The endpoint.
    pub endpoint: WebhookEndpoint,
    /// The secret: `whsec_` and base64.
    pub secret: String,
}

impl App {
    /// All endpoints, oldest first.
    pub async fn webhook_endpoints(&self, viewer: &Viewer) -> Result<Vec<WebhookEndpoint>, AppError> {
        of_whole_shop(viewer, StaffOperation::WebhookEndpoints)?;
        Ok(self.database().webhook_endpoints().await?)
    }

    /// Makes an endpoint. It is told of each change that is decided after it was made.
    pub async fn create_webhook_endpoint(
        &self,
        viewer: &Viewer,
        asked: &CreateWebhookEndpoint,
    ) -> Result<EndpointWithSecret, Failure<UserError>> {
        of_whole_shop(viewer, StaffOperation::CreateWebhookEndpoint)?;
        if viewer.is_carried_out() {
            return Ok(self.left_endpoint_with_secret(viewer).await?);
        }
        self.check_key_for_secrets(None)?;
        self.check_address(&asked.address)?;
        let filter = filter_of(&asked.event_kinds)?;
        if self.database().webhook_endpoints().await?.len() >= MOST_ENDPOINTS {
            let message = format!("there are {MOST_ENDPOINTS} endpoints: delete one first");
            return Err(UserError::about("address", UserErrorCode::Invalid, message).into());
        }
        let (id, secret) = (self.env().next_id().to_string(), Secret::new(self.env()));
        let endpoint = WebhookEndpoint {
            address: asked.address.clone(),
            secret: self.sealed_endpoint_secret(&id, &secret),
            old_secret: None,
            filter,
            state: WebhookState::Active,
            problem: String::new(),
            version: 1,
            created_at: self.now(),
            id,
        };
        let details = format!(
            "{}, events: {}",
            without_query(&endpoint.address),
            kinds_text(&endpoint.filter)
        );
        let operation = StaffOperation::CreateWebhookEndpoint.name();
        let audit = self.trail_of(viewer, operation, &endpoint.id, &details);
        let audit = self.leaving_endpoint(viewer, audit, &endpoint, Some(&secret));
        self.database().insert_webhook_endpoint(&endpoint, &audit).await?;
        Ok(EndpointWithSecret {
            endpoint,
            secret: secret.text(),
        })
    }

    /// Changes the address or the events of an endpoint, pauses it, or lets it go on.
    pub async fn change_webhook_endpoint(
        &self,
        viewer: &Viewer,
        id: &str,
        asked: &ChangeWebhookEndpoint,
    ) -> Result<WebhookEndpoint, Failure<UserError>> {
        of_whole_shop(viewer, StaffOperation::ChangeWebhookEndpoint)?;
        if let Some(address) = &asked.address {
            self.check_address(address)?;
        }
        let filter = asked.event_kinds.as_deref().map(filter_of).transpose()?;
        self.retry_on_conflict(AppError::ShopContended, || async {
            let before = self.endpoint_for_staff(id).await?;
            if viewer.is_carried_out() {
                return Ok(before);
            }
            let state = match asked.is_paused {
                None => before.state,
                Some(true) => WebhookState::Paused,
                Some(false) => WebhookState::Active,
            };
            let after = WebhookEndpoint {
                address: asked.address.clone().unwrap_or(before.address),
                filter: filter.clone().unwrap_or(before.filter),
                problem: if state == WebhookState::Active {
                    String::new()
                } else {
                    before.problem
                },
                state,
                version: before.version + 1,
                ..before
            };
            let operation = StaffOperation::ChangeWebhookEndpoint.name();
            let audit = self.trail_of(viewer, operation, id, &asked.details());
            self.database().update_webhook_endpoint(&after, &audit).await?;
            if asked.is_paused == Some(false) || asked.address.is_some() {
                self.make_deliveries_due(id).await?;
            }
            Ok(after)
        })
        .await
    }

    /// Gives an endpoint a new secret. The old one signs too for `overlap_hours`, so that the endpoint can change it
    /// without losing a message. While an older secret still signs, another overlap is refused, because it would end
    /// the first one early; with 0 hours, only the new secret signs from now on.
    pub async fn rotate_webhook_secret(
        &self,
        viewer: &Viewer,
        id: &str,
        overlap_hours: i64,
    ) -> Result<EndpointWithSecret, Failure<UserError>> {
        of_whole_shop(viewer, StaffOperation::RotateWebhookSecret)?;
        if viewer.is_carried_out() {
            return Ok(self.left_endpoint_with_secret(viewer).await?);
        }
        self.check_key_for_secrets(None)?;
        if !(0..=LONGEST_OVERLAP_HOURS).contains(&overlap_hours) {
            let message = format!("must be 0 to {LONGEST_OVERLAP_HOURS}");
            return Err(UserError::about("overlap_hours", UserErrorCode::Invalid, message).into());
        }
        self.retry_on_conflict(AppError::ShopContended, || async {
            let before = self.endpoint_for_staff(id).await?;
            if overlap_hours > 0 {
                self.check_no_overlap(&before)?;
            }
            let secret = Secret::new(self.env());
            let until = self.now() + TimeDelta::hours(overlap_hours);
            let after = WebhookEndpoint {
                old_secret: (overlap_hours > 0).then(|| (before.secret.clone(), until)),
                secret: self.sealed_endpoint_secret(id, &secret),
                version: before.version + 1,
                ..before
            };
            let details = format!("the old secret signs for {overlap_hours} hours more");
            let audit = self.trail_of(viewer, StaffOperation::RotateWebhookSecret.name(), id, &details);
            let audit = self.leaving_endpoint(viewer, audit, &after, Some(&secret));
            self.database().update_webhook_endpoint(&after, &audit).await?;
            Ok(EndpointWithSecret {
                endpoint: after,
                secret: secret.text(),
            })
        })
        .await
    }

    /// Deletes an endpoint. Messages that wait for it are not sent any more.
    pub async fn delete_webhook_endpoint(
        &self,
        viewer: &Viewer,
        id: &str,
    ) -> Result<WebhookEndpoint, Failure<UserError>> {
        of_whole_shop(viewer, StaffOperation::DeleteWebhookEndpoint)?;
        if viewer.is_carried_out() {
            return Ok(self.left_endpoint(viewer)?);
        }
        self.retry_on_conflict(AppError::ShopContended, || async {
            let endpoint = self.endpoint_for_staff(id).await?;
            let operation = StaffOperation::DeleteWebhookEndpoint.name();
            let audit = self.trail_of(viewer, operation, id, without_query(&endpoint.address));
            let audit = self.leaving_endpoint(viewer, audit, &endpoint, None);
            self.database().delete_webhook_endpoint(&endpoint, &audit).await?;
            self.make_deliveries_due(id).await?;
            Ok(endpoint)
        })
        .await
    }

    /// The secrets with which a message is signed now, newest first.
    pub(super) fn endpoint_secrets(&self, endpoint: &WebhookEndpoint) -> Result<Vec<Secret>, String> {
        let old = endpoint
            .old_secret
            .iter()
            .filter(|(_, until)| self.now() < *until);
        let sealed = std::iter::once(&endpoint.secret).chain(old.map(|(secret, _)| secret));
        let open = |sealed: &String| {
            let bytes = self.vault().open(sealed, &context_of(&endpoint.id));
            bytes.map(Secret::from_bytes)
        };
        let secrets: Option<Vec<_>> = sealed.map(open).collect();
        secrets.ok_or_else(|| {
            "the secret is sealed with a key that this program does not have: set SECRET_KEYS, or give the endpoint a \
             new secret"
                .to_owned()
        })
    }

    /// The endpoint that staff names.
    pub(super) async fn endpoint_for_staff(&self, id: &str) -> Result<WebhookEndpoint, Failure<UserError>> {
        let found = self.database().webhook_endpoint(id).await?;
        let missing =
            || UserError::about("id", UserErrorCode::NotFound, "there is no endpoint with this id").into();
        found.ok_or_else(missing)
    }

    /// Lets the worker look at once at what waits for an endpoint.
    async fn make_deliveries_due(&self, endpoint: &str) -> Result<(), AppError> {
        let kind = ObligationKind::WebhookDelivery.code();
        let prefix = delivery_key(endpoint, "");
        Ok(self.database().make_due_by_key(kind, &prefix).await?)
    }

    /// Refuses a new overlap while the old secret of `endpoint` still signs.
    fn check_no_overlap(&self, endpoint: &WebhookEndpoint) -> Result<(), UserError> {
        let signs = endpoint
            .old_secret
            .as_ref()
            .filter(|(_, until)| self.now() < *until);
        let Some((_, until)) = signs else { return Ok(()) };
        let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
        let message = format!(
            "the old secret signs until {until}: wait until then, or give 0 to end both secrets at once"
        );
        Err(UserError::about("overlap_hours", UserErrorCode::Invalid, message))
    }

    fn check_address(&self, address: &str) -> Result<(), UserError> {
        let refused = |problem| UserError::about("address", UserErrorCode::Invalid, problem);
        self.webhook_sender().check(address).map_err(refused)
    }

    fn sealed_endpoint_secret(&self, id: &str, secret: &Secret) -> String {
        self.vault().seal(secret.bytes(), &context_of(id))
    }
}

impl ChangeWebhookEndpoint {
    /// What changes, for the audit log.
    fn details(&self) -> String {
        let mut changed = Vec::new();
        if let Some(address) = &self.address {
            changed.push(format!("address {}", without_query(address)));
        }
        if let Some(kinds) = &self.event_kinds {
            let kinds = if kinds.is_empty() {
                "all".to_owned()
            } else {
                kinds.join(" ")
            };
            changed.push(format!("events: {kinds}"));
        }
        match self.is_paused {
            Some(true) => changed.push("paused".to_owned()),
            Some(false) => changed.push("resumed".to_owned()),
            None => {}
        }
        changed.join(", ")
    }
}

/// The scheme, the host and the path of an address. Its query may hold a secret of the receiver, which no log shows.
fn without_query(address: &str) -> &str {
    address.split('?').next().unwrap_or_default()
}

fn filter_of(kinds: &[String]) -> Result<EventFilter, UserError> {
    EventFilter::of(kinds.iter().map(String::as_str)).map_err(|unknown| {
        let message = format!("no event is called `{unknown}`");
        UserError::about("event_kinds", UserErrorCode::Invalid, message)
    })
}

fn kinds_text(filter: &EventFilter) -> String {
    let text = filter.to_string();
    if text.is_empty() { "all".to_owned() } else { text }
}

/// The purpose for which a secret is sealed, so that the secret of one endpoint opens as no other.
pub(crate) fn context_of(id: &str) -> String {
    format!("webhook endpoint {id}")
}

/// The member of staff who asks, if the role allows `operation` and the token is for the whole shop: endpoints hear of
/// the orders of all store views.
pub(super) fn of_whole_shop(viewer: &Viewer, operation: StaffOperation) -> Result<&Staff, AppError> {
    let staff = viewer.staff(operation)?;
    if staff.store.is_some() {
        return Err(AppError::Forbidden);
    }
    Ok(staff)
}
