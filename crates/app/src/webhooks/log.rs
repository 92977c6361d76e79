//! Staff reads what was sent to an endpoint, and sends a test event.

use countermand_persistence::NewObligation;
pub use countermand_persistence::{AttemptFilter, AttemptPage, WebhookAttempt};

use super::endpoint::of_whole_shop;
use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::obligations::{WebhookDelivery, delivery_key};
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

impl App {
    /// A page of what was sent to an endpoint, newest first.
    pub async fn webhook_deliveries(
        &self,
        viewer: &Viewer,
        endpoint: &str,
        filter: &AttemptFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<AttemptPage, AppError> {
        of_whole_shop(viewer, StaffOperation::WebhookDeliveries)?;
        Ok(self
            .database()
            .webhook_attempts(endpoint, filter, after, limit)
            .await?)
    }

    /// Sends a test event to an endpoint; the result is the id of the event, by which the log shows what became of it.
    pub async fn send_test_event(
        &self,
        viewer: &Viewer,
        endpoint: &str,
    ) -> Result<String, Failure<UserError>> {
        of_whole_shop(viewer, StaffOperation::SendTestEvent)?;
        if viewer.is_carried_out() {
            return Ok(viewer.left_result()?.to_owned());
        }
        let endpoint = self.endpoint_for_staff(endpoint).await?;
        let id = self.env().next_id();
        let test = WebhookDelivery {
            endpoint: endpoint.id.clone(),
            version: None,
        };
        let owed = NewObligation {
            unique_key: delivery_key(&endpoint.id, &id.to_string()),
            ..self.owe(&test, id, None, self.now())?
        };
        let audit = self.trail_of(viewer, StaffOperation::SendTestEvent.name(), &endpoint.id, "");
        let audit = viewer.leaving(audit, &id.to_string());
        self.database().insert_audited_obligation(&owed, &audit).await?;
        Ok(id.to_string())
    }
}
