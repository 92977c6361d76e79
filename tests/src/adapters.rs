//! The adapters through which a test's shop speaks with servers on this machine.

use std::sync::Arc;

use countermand_app::App;
use countermand_integrations::payments::ProviderAdapters;
use countermand_integrations::webhooks::HttpWebhookSender;

use crate::fixed_clock::FixedClock;

/// `app`, which speaks with payment providers and with the receivers of webhooks on this machine.
///
/// # Panics
/// When an HTTP client cannot be created.
#[must_use]
pub fn with_adapters(app: App, clock: Arc<FixedClock>) -> App {
    countermand_integrations::tls::install();
    let here = ["127.0.0.0/8", "::1/128"].map(|network| network.parse().expect("a network"));
    let providers = ProviderAdapters::new(clock.clone()).expect("an HTTP client");
    let sender = HttpWebhookSender::new(here.to_vec(), clock).expect("an HTTP client");
    app.with_payment_providers(Arc::new(providers))
        .with_webhook_sender(Arc::new(sender))
}
