//! A mail server that speaks SMTP, keeps what it accepts, and fails as it is told.

mod conversation;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::mail_folder::readable;

/// A running mail server on a port of its own; gone when it is dropped.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    certificate: String,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// What the server offers and asks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offer {
    /// STARTTLS, and no mail before it.
    pub starttls: bool,
    /// User and password, and no mail without them.
    pub login: Option<(&'static str, &'static str)>,
    /// Mails that are not ASCII, in text and addresses: `8BITMIME` and `SMTPUTF8`.
    pub eight_bit: bool,
}

/// How the server fails, until it is told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not at all.
    None,
    /// 421 instead of a greeting.
    Unavailable,
    /// This answer to this command, `RCPT` or `DATA` and the like; `DATA` is answered once the mail is there.
    Answer(&'static str, &'static str),
    /// Takes the mail and hangs up instead of saying so.
    HangsUpAfterData,
    /// Waits before each answer.
    Slow(Duration),
}

/// A mail that the server took.
#[derive(Debug, Clone)]
pub struct AcceptedMail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's receivers.
    pub to: Vec<String>,
    /// Headers and bodies as they came, dots unstuffed.
    pub content: Vec<u8>,
    /// Whether it came through TLS.
    pub encrypted: bool,
    /// Who signed in.
    pub user: Option<String>,
}

#[derive(Debug)]
struct Shared {
    offer: Offer,
    tls: TlsState,
    fault: Mutex<Fault>,
    accepted: Mutex<Vec<AcceptedMail>>,
    heard: Mutex<Vec<String>>,
}

struct TlsState(TlsAcceptor);

impl std::fmt::Debug for TlsState {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TlsState")
    }
}

impl SmtpSink {
    /// Opens a server with a certificate of its own for `localhost`.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn open(offer: Offer) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("a usable certificate");
        let shared = Shared {
            offer,
            tls: TlsState(TlsAcceptor::from(Arc::new(config))),
            fault: Mutex::new(Fault::None),
            accepted: Mutex::default(),
            heard: Mutex::default(),
        };
        let mut sink = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            certificate: cert.pem(),
            shared: Arc::new(shared),
            accepting: None,
        };
        sink.start().await;
        sink
    }

    /// Listens, on the same port as before.
    ///
    /// # Panics
    /// When the port is taken.
    pub async fn start(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("a free port");
        self.address = listener.local_addr().expect("an address");
        let shared = Arc::clone(&self.shared);
        self.accepting = Some(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(conversation::hold(stream, Arc::clone(&shared)));
            }
        }));
    }

    /// Stops listening: connections are refused.
    pub async fn stop(&mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
            // The port is free once the task is gone.
            let _ = accepting.await;
        }
    }

    /// Fails from now on, or no longer.
    pub fn fails(&self, fault: Fault) {
        *locked(&self.shared.fault) = fault;
    }

    /// Where it is, as `scheme://LOGIN@localhost:PORT` with `query` at the end.
    #[must_use]
    pub fn url(&self, login: &str, query: &str) -> String {
        let at = if login.is_empty() { "" } else { "@" };
        format!("smtp://{login}{at}localhost:{}{query}", self.address.port())
    }

    /// The certificate that signed its own, as PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The mails it took, oldest first.
    #[must_use]
    pub fn accepted(&self) -> Vec<AcceptedMail> {
        locked(&self.shared.accepted).clone()
    }

    /// The commands it heard, oldest first.
    #[must_use]
    pub fn heard(&self) -> Vec<String> {
        locked(&self.shared.heard).clone()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
    }
}

impl AcceptedMail {
    /// The mail as its reader sees it.
    #[must_use]
    pub fn readable(&self) -> String {
        readable(&self.content)
    }

    /// The value of a header as it came, folded lines joined.
    ///
    /// # Panics
    /// When it does not stand there exactly once.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let text = String::from_utf8_lossy(&self.content);
        let headers = text.split("\r\n\r\n").next().unwrap_or_default();
        let unfolded = headers.replace("\r\n ", " ");
        let start = format!("{name}: ").to_lowercase();
        let values: Vec<_> = unfolded
            .split("\r\n")
            .filter(|line| line.to_lowercase().starts_with(&start))
            .collect();
        let [value] = values.as_slice() else {
            panic!("{name} stands there {} times: {headers}", values.len())
        };
        value[start.len()..].to_owned()
    }
}

/// A test that failed while it held the lock says so itself.
fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
