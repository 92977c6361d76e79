//! Sends mails over SMTP.

use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use countermand_app::ports::{Mail, MailError, Mailer};
use lettre::message::Body;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::time::{sleep, timeout};

use super::envelope::Sender;
use super::setup_error::MailSetupError;
use super::smtp_refusal::sorted;
use super::smtp_server::SmtpServer;
use super::templates::MailTemplates;

/// The longest time for sending a mail, including the connection. It is well below the lease of a job, so that no
/// second worker sends the same mail meanwhile.
const SEND_LIMIT: Duration = Duration::from_secs(60);
/// The longest time for a new connection, encrypted and signed in. It is shorter than the half minute after which the
/// next mail tries whether the server is back.
const BEGIN_LIMIT: Duration = Duration::from_secs(25);
/// The longest time for the server's answer to a test of the connection or to the end of the session.
const SMALL_TALK_LIMIT: Duration = Duration::from_secs(5);
/// The time for which an idle connection is kept.
const KEPT_IDLE: Duration = Duration::from_secs(60);
/// The time between two searches for idle connections.
const LOOKING: Duration = Duration::from_secs(10);
/// The number of mails that are sent over one connection. Some servers refuse more.
const MAILS_PER_CONNECTION: u32 = 100;

/// Sends mails to one SMTP server over connections that are kept open. There are as many connections as mails that are
/// sent at the same time, which is one for each worker.
///
/// A connection sends one mail at a time, and is kept only if the server has accepted
/// the mail. If a mail fails, takes too long or is canceled, its connection is closed.
/// Otherwise the answer to this mail could be mistaken for the answer to the next mail.
pub struct SmtpMailer {
    server: SmtpServer,
    sender: Sender,
    kept: Arc<KeptConnections>,
    closing_idle: Once,
}

impl SmtpMailer {
    /// A mailer for the server at `url` (`smtp://`, `smtps://`, `smtp://...?tls=required`). `from` is
    /// `Name <name@example.com>`. The mailer connects only to send a mail.
    pub fn new(url: &str, from: &str, templates: MailTemplates) -> Result<Self, MailSetupError> {
        Self::build(SmtpServer::new(url, None)?, from, templates)
    }

    /// A mailer like that of [`Self::new`], which also trusts the
    /// certificate authorities in the PEM text `authorities`.
    pub fn trusting(
        authorities: &[u8],
        url: &str,
        from: &str,
        templates: MailTemplates,
    ) -> Result<Self, MailSetupError> {
        Self::build(SmtpServer::new(url, Some(authorities))?, from, templates)
    }

    fn build(server: SmtpServer, from: &str, templates: MailTemplates) -> Result<Self, MailSetupError> {
        Ok(Self {
            server,
            sender: Sender::new(from, templates)?,
            kept: Arc::default(),
            closing_idle: Once::new(),
        })
    }

    async fn deliver(&self, mail: &Mail) -> Result<(), MailError> {
        let mut kept = if let Some(kept) = self.kept.take().await {
            kept
        } else {
            let connected = timeout(BEGIN_LIMIT, self.server.connect()).await;
            Kept::new(connected.map_err(|_| too_late())??)
        };
        // The mail is written now, so that one that cannot be written does not count as an answer of a server that is
        // away.
        let message = self.sender.message(mail, Body::new)?;
        let text = message.formatted();
        let sending = kept.connection.send(message.envelope(), &text);
        sending.await.map_err(|problem| sorted(&problem))?;
        kept.mails += 1;
        kept.used_at = Instant::now();
        self.kept.keep(kept);
        self.closing_idle.call_once(|| {
            tokio::spawn(close_idle(Arc::downgrade(&self.kept)));
        });
        Ok(())
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let delivered = timeout(SEND_LIMIT, self.deliver(mail)).await;
        delivered.unwrap_or_else(|_| Err(too_late()))
    }
}

fn too_late() -> MailError {
    MailError::Unavailable("the mail server did not answer in time".into())
}

impl std::fmt::Debug for SmtpMailer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SmtpMailer").finish_non_exhaustive()
    }
}

/// A connection that no mail is using.
struct Kept {
    connection: AsyncSmtpConnection,
    mails: u32,
    used_at: Instant,
}

impl Kept {
    fn new(connection: AsyncSmtpConnection) -> Self {
        Self {
            connection,
            mails: 0,
            used_at: Instant::now(),
        }
    }

    fn is_idle(&self) -> bool {
        self.used_at.elapsed() >= KEPT_IDLE
    }

    /// Asks the server whether the connection is open, because the server may have closed it meanwhile.
    async fn is_open(&mut self) -> bool {
        let asked = timeout(SMALL_TALK_LIMIT, self.connection.test_connected());
        asked.await.unwrap_or(false)
    }

    /// Ends the session, and waits only a limited time for the server's answer.
    fn close(mut self) {
        tokio::spawn(async move {
            let _ = timeout(SMALL_TALK_LIMIT, self.connection.quit()).await;
        });
    }
}

/// The connections that no mail is using. The most recently used connection is the last one.
#[derive(Default)]
struct KeptConnections(Mutex<Vec<Kept>>);

impl KeptConnections {
    /// A connection on which the server still answers.
    async fn take(&self) -> Option<Kept> {
        loop {
            let mut kept = self.list().pop()?;
            if !kept.is_idle() && kept.is_open().await {
                return Some(kept);
            }
            kept.close();
        }
    }

    fn keep(&self, kept: Kept) {
        if kept.mails < MAILS_PER_CONNECTION {
            self.list().push(kept);
        } else {
            kept.close();
        }
    }

    fn close_idle(&self) {
        for kept in self.list().extract_if(.., |kept| kept.is_idle()) {
            kept.close();
        }
    }

    fn list(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes idle connections until the mailer is dropped.
async fn close_idle(kept: Weak<KeptConnections>) {
    loop {
        sleep(LOOKING).await;
        let Some(kept) = kept.upgrade() else {
            return;
        };
        kept.close_idle();
    }
}
