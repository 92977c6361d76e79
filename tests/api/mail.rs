//! Mails on their way: over SMTP to a server that can fail, in the reader's language, with the shop's own templates.

mod contents;
mod delivery;
mod failing_servers;
mod guest_flow;
mod kept_connection;
mod notices;
mod outage;
mod preview;

use countermand_integrations::mail::{MailTemplates, SmtpMailer};
use countermand_tests::smtp_sink::{Offer, SmtpSink};
use countermand_tests::{OrderJson, TestShop};

const FROM: &str = "Countermand <no-reply@shop.example>";
pub(crate) const GUEST: &str = "guest@example.com";

/// The offer of a typical mail server: encryption, and a password with characters that a URL must escape.
pub(crate) const SERVER: Offer = Offer {
    starttls: true,
    login: Some(("shop@example.com", "s3cret/pass")),
    eight_bit: true,
};

/// Sends to `sink` with the settings of an owner.
pub(crate) fn mailer(sink: &SmtpSink) -> SmtpMailer {
    mailer_with(sink, MailTemplates::built_in())
}

fn mailer_with(sink: &SmtpSink, templates: MailTemplates) -> SmtpMailer {
    let url = sink.url("shop%40example.com:s3cret%2Fpass", "?tls=required");
    SmtpMailer::trusting(sink.certificate().as_bytes(), &url, FROM, templates).expect("a mailer")
}

/// A shop with a guest's order, for which a cancellation was requested and the mail waits. Gives the order's id.
pub(crate) async fn requested(shop: &TestShop) -> String {
    shop.enable_cancellation().await;
    let order = OrderJson::new("000000042")
        .by_guest(GUEST)
        .line("a", 1000, 1, 0, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    let token = shop.order_token(&id).await;
    shop.request_guest_cancel(&token, "Other").send().await.works();
    id
}

/// The value of a parameter of the first link in a mail.
fn parameter(mail: &str, name: &str) -> Option<String> {
    let link = mail.split_whitespace().find(|it| it.starts_with("http"))?;
    let (_, query) = link.split_once('?')?;
    let value = query
        .split('&')
        .find_map(|it| it.strip_prefix(&format!("{name}=")))?;
    Some(value.replace("%3D", "="))
}
