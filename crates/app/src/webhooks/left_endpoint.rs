//! What a request about an endpoint leaves for its repetitions: the endpoint as the answer shows it, without its secrets.

use countermand_persistence::{AuditEntry, WebhookEndpoint};

use super::endpoint::EndpointWithSecret;
use super::signature::Secret;
use crate::App;
use crate::error::AppError;
use crate::viewer::Viewer;

/// Why a repetition does not show the secret of the first answer, and what staff does.
const SECRET_IS_GONE: &str = "The endpoint was deleted, or has another secret by now: look at `webhookEndpoints`, and \
                              give it a new secret with `rotateWebhookSecret` and another key.";

impl App {
    /// The entry of the audit log, which leaves `endpoint` for a repetition. Of its new secret only a hash is left, by
    /// which the repetition finds the secret among those that the endpoint has then. So no sealed secret is kept longer
    /// than the endpoint needs it.
    pub(super) fn leaving_endpoint(
        &self,
        viewer: &Viewer,
        audit: AuditEntry,
        endpoint: &WebhookEndpoint,
        secret: Option<&Secret>,
    ) -> AuditEntry {
        let old_until = endpoint.old_secret.as_ref().map(|(_, until)| *until);
        let left = WebhookEndpoint {
            secret: secret.map(|it| self.secret_hash(it)).unwrap_or_default(),
            old_secret: old_until.map(|until| (String::new(), until)),
            ..endpoint.clone()
        };
        self.leaving_sealed(viewer, audit, &left.to_text())
    }

    /// The endpoint that the earlier attempt left. In the place of its secrets it has a hash or nothing.
    pub(super) fn left_endpoint(&self, viewer: &Viewer) -> Result<WebhookEndpoint, AppError> {
        let left = WebhookEndpoint::from_text(&self.left_sealed(viewer)?);
        left.ok_or_else(|| AppError::Internal("the result of a change of an endpoint is unreadable".into()))
    }

    /// The endpoint that the earlier attempt left, and its secret, while the endpoint still signs with it.
    pub(super) async fn left_endpoint_with_secret(
        &self,
        viewer: &Viewer,
    ) -> Result<EndpointWithSecret, AppError> {
        let left = self.left_endpoint(viewer)?;
        let secrets = match self.database().webhook_endpoint(&left.id).await? {
            Some(endpoint) => self.endpoint_secrets(&endpoint).map_err(AppError::Internal)?,
            None => Vec::new(),
        };
        let secret = secrets.iter().find(|it| self.secret_hash(it) == left.secret);
        let secret = secret.ok_or(AppError::AnswerLost(SECRET_IS_GONE))?.text();
        Ok(EndpointWithSecret {
            endpoint: left,
            secret,
        })
    }

    fn secret_hash(&self, secret: &Secret) -> String {
        self.seal()
            .keyed_hash(&["secret of a webhook endpoint", &secret.text()])
    }
}
