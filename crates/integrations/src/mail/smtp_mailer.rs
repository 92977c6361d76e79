//! Mails over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use countermand_app::ports::{Mail, MailError, Mailer};
use lettre::message::Body;
use lettre::transport::smtp::response::Category;
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{AsyncTransport, Tokio1Executor};
use tokio::time::timeout;

use super::envelope::Sender;
use super::setup_error::MailSetupError;

const CONNECT_LIMIT: Duration = Duration::from_secs(20);
/// The transport limits the connecting only. Well below a job's lease, so that no second worker sends meanwhile.
const SEND_LIMIT: Duration = Duration::from_secs(60);

/// Sends mails to one SMTP server, each over a connection of its own.
///
/// A connection is not used again: after a mail that was broken off, its answers would be taken for the next mail's.
#[derive(Debug, Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Sender,
}

impl SmtpMailer {
    /// Sends to the server of `url` (`smtp://`, `smtps://`, `smtp://...?tls=required`); `from` is
    /// `Name <name@example.com>`. Connects only when there is a mail.
    pub fn from_url(url: &str, from: &str) -> Result<Self, MailSetupError> {
        let sender = Sender::parse(from)?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|problem| MailSetupError::BadUrl(problem.to_string()))?
            .timeout(Some(CONNECT_LIMIT))
            .build();
        Ok(Self { transport, sender })
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

/// Only what the server holds against this mail is for good.
fn sorted(problem: &smtp::Error) -> MailError {
    // 53x is about signing in and encryption: a setting to be mended, not a mail to be dropped.
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
