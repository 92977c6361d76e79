//! Whether the events of the installation are published to a stream. The answer is kept in the database, so that every
//! server and every command owes the publication with the change, whether or not it knows the stream itself.

use countermand_domain::Actor;

use crate::App;
use crate::error::AppError;
use crate::obligations::ObligationKind;

/// The name of the stream in the audit log.
const TARGET: &str = "nats";

impl App {
    /// Whether each change of an order owes the publication of its event.
    pub async fn is_streamed(&self) -> Result<bool, AppError> {
        Ok(self.database().shop().await?.is_streamed)
    }

    /// Lets each change of an order owe the publication of its event from now on, on every server.
    pub async fn start_event_stream(&self) -> Result<(), AppError> {
        if self.is_streamed().await? {
            return Ok(());
        }
        let audit = self.trail(&Actor::System, "", "startEventStream", TARGET, "");
        self.database().start_event_stream(&audit).await?;
        tracing::info!("each event is published to NATS from now on");
        Ok(())
    }

    /// Lets changes owe no publication any more, and drops the publications that wait; the answer is their number.
    pub async fn stop_event_stream(&self) -> Result<u64, AppError> {
        let audit = self.trail(&Actor::System, "", "stopEventStream", TARGET, "");
        let kind = ObligationKind::EventPublication.code();
        let dropped = self.database().stop_event_stream(kind, &audit).await?;
        tracing::info!(dropped, "no event is published to NATS any more");
        Ok(dropped)
    }
}
