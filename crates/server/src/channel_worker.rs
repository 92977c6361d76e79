//! The worker of sales channels: it takes turns at each channel until it is stopped.

use std::time::Duration;

use countermand_app::App;
use tokio_util::sync::CancellationToken;

/// How long the worker waits between two looks at the channels.
const REST: Duration = Duration::from_secs(1);
/// How long the worker waits when the database fails.
const LONG_REST: Duration = Duration::from_secs(5);

/// Takes turns at the sales channels until `stop`. A step under way is finished before this returns.
pub(crate) async fn work_on_channels(app: App, stop: CancellationToken) {
    if app.channels().all().is_empty() {
        return;
    }
    while !stop.is_cancelled() {
        let rest = match app.work_on_channels(&|| stop.is_cancelled()).await {
            Ok(0) => REST,
            Ok(changed) => {
                tracing::info!(changed, "orders of sales channels changed");
                REST
            }
            Err(problem) => {
                tracing::error!(%problem, "cannot work on sales channels");
                LONG_REST
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = stop.cancelled() => {}
        }
    }
}
