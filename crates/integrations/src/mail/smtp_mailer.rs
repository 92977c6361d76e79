//! Sends mails over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use countermand_app::ports::{Mail, MailError, Mailer};
use lettre::message::Body;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::response::Category;
use lettre::transport::smtp::{self, AsyncSmtpTransport, AsyncSmtpTransportBuilder};
use lettre::{AsyncTransport, Tokio1Executor};
use tokio::time::timeout;
use url::Url;

use super::envelope::Sender;
use super::setup_error::MailSetupError;
use super::templates::MailTemplates;

const CONNECT_LIMIT: Duration = Duration::from_secs(20);
/// The longest time for sending a mail; the transport itself limits only the time for connecting. It is well below the
/// lease of a job, so that a second worker does not send the same mail at the same time.
const SEND_LIMIT: Duration = Duration::from_secs(60);

/// Sends mails to one SMTP server, each mail over a new connection.
///
/// A connection is not used twice: after an interrupted mail, the server's answers to it would be read as answers to
/// the next mail.
#[derive(Debug, Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Sender,
}

impl SmtpMailer {
    /// A mailer for the server at `url` (`smtp://`, `smtps://`, `smtp://...?tls=required`). `from` is
    /// `Name <name@example.com>`. The mailer connects only to send a mail.
    pub fn new(url: &str, from: &str, templates: MailTemplates) -> Result<Self, MailSetupError> {
        Self::build(transport(url)?, from, templates)
    }

    /// A mailer as [`Self::new`] makes it, which also trusts the certificate authorities in the PEM text
    /// `authorities`.
    pub fn trusting(
        authorities: &[u8],
        url: &str,
        from: &str,
        templates: MailTemplates,
    ) -> Result<Self, MailSetupError> {
        let tls = tls(url, authorities)?;
        Self::build(transport(url)?.tls(tls), from, templates)
    }

    fn build(
        transport: AsyncSmtpTransportBuilder,
        from: &str,
        templates: MailTemplates,
    ) -> Result<Self, MailSetupError> {
        Ok(Self {
            transport: transport.timeout(Some(CONNECT_LIMIT)).build(),
            sender: Sender::new(from, templates)?,
        })
    }
}

fn transport(url: &str) -> Result<AsyncSmtpTransportBuilder, MailSetupError> {
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|problem| MailSetupError::BadUrl(problem.to_string()))
}

/// The TLS mode that `url` asks for, with `authorities` in addition to the usual ones. The builder of the transport
/// does not expose the mode, so this function reads it from `url` again.
fn tls(url: &str, authorities: &[u8]) -> Result<Tls, MailSetupError> {
    let parsed = Url::parse(url).map_err(|problem| MailSetupError::BadUrl(problem.to_string()))?;
    let refused = |problem: smtp::Error| MailSetupError::BadAuthority(problem.to_string());
    let text = String::from_utf8_lossy(authorities);
    if !text.contains("-----BEGIN CERTIFICATE-----") {
        return Err(MailSetupError::BadAuthority(
            "the file holds no certificate in PEM".into(),
        ));
    }
    let certificate = Certificate::from_pem(authorities).map_err(refused)?;
    let parameters = TlsParameters::builder(parsed.host_str().unwrap_or_default().into())
        .add_root_certificate(certificate)
        .build()
        .map_err(refused)?;
    let wanted = parsed.query_pairs().find(|(name, _)| name == "tls");
    match (parsed.scheme(), wanted.as_ref().map(|(_, value)| value.as_ref())) {
        ("smtps", _) => Ok(Tls::Wrapper(parameters)),
        (_, Some("required")) => Ok(Tls::Required(parameters)),
        (_, Some("opportunistic")) => Ok(Tls::Opportunistic(parameters)),
        _ => Err(MailSetupError::BadAuthority(
            "SMTP_URL asks for no TLS: write smtps://... or smtp://...?tls=required".into(),
        )),
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.sender.message(mail, Body::new)?;
        match timeout(SEND_LIMIT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(problem)) => Err(sorted(&problem)),
            Err(_) => Err(MailError::Temporary(
                "the mail server did not answer in time".into(),
            )),
        }
    }
}

/// Sorts an error into temporary and permanent. Only a permanent refusal of the mail itself is permanent.
fn sorted(problem: &smtp::Error) -> MailError {
    // The codes 53x concern authentication and encryption: the settings can be corrected, so the mail is kept.
    let for_good = problem.is_permanent()
        && problem
            .status()
            .is_some_and(|code| code.category != Category::Unspecified3);
    if for_good {
        MailError::Permanent(problem.to_string())
    } else {
        MailError::Temporary(problem.to_string())
    }
}
