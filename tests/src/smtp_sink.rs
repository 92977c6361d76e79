//! A mail server for tests: it speaks SMTP, keeps the mails that it accepts, and fails as it is told.

mod conversation;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::mail_folder::readable;
use crate::port::own_port;

/// A running mail server on a port of its own. It ends when this value is dropped.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    certificate: String,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// The extensions that the server offers and requires.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offer {
    /// STARTTLS. Without it the server accepts no mail.
    pub starttls: bool,
    /// User and password. Without them the server accepts no mail.
    pub login: Option<(&'static str, &'static str)>,
    /// Mails with other characters than ASCII, in text and in addresses: `8BITMIME` and `SMTPUTF8`.
    pub eight_bit: bool,
}

/// How the server fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The server does not fail.
    None,
    /// The server answers 421 instead of a greeting.
    Unavailable,
    /// The server gives this answer to this command, such as `RCPT` or `DATA`. The answer to `DATA` follows the mail.
    Answer(&'static str, &'static str),
    /// The server accepts the mail and closes the connection instead of an answer.
    HangsUpAfterData,
    /// The server accepts the mail, says so, and closes the connection.
    HangsUpAfterMail,
    /// The server waits before each answer.
    Slow(Duration),
}

/// A mail that the server accepted.
#[derive(Debug, Clone)]
pub struct AcceptedMail {
    /// The sender of the envelope.
    pub from: String,
    /// The receivers of the envelope.
    pub to: Vec<String>,
    /// Headers and bodies as they came, with the SMTP dots removed.
    pub content: Vec<u8>,
    /// Whether the mail came through TLS.
    pub encrypted: bool,
    /// The user who signed in.
    pub user: Option<String>,
}

#[derive(Debug)]
struct Shared {
    offer: Offer,
    tls: TlsState,
    fault: Mutex<Fault>,
    accepted: Mutex<Vec<AcceptedMail>>,
    heard: Mutex<Vec<String>>,
    connections: AtomicUsize,
}

struct TlsState(TlsAcceptor);

impl std::fmt::Debug for TlsState {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TlsState")
    }
}

impl SmtpSink {
    /// Starts a server with a certificate of its own for `localhost`.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn open(offer: Offer) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
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
            connections: AtomicUsize::new(0),
        };
        let mut sink = Self {
            address: SocketAddr::from(([127, 0, 0, 1], own_port())),
            certificate: cert.pem(),
            shared: Arc::new(shared),
            accepting: None,
        };
        sink.start().await;
        sink
    }

    /// Listens again, on the same port as before.
    ///
    /// # Panics
    /// When the port is taken.
    pub async fn start(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("a free port");
        let shared = Arc::clone(&self.shared);
        self.accepting = Some(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(conversation::hold(stream, Arc::clone(&shared)));
            }
        }));
    }

    /// Stops listening, so that connections are refused.
    pub async fn stop(&mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
            // The port is free after the end of the task.
            let _ = accepting.await;
        }
    }

    /// Sets how the server fails from now on.
    pub fn fails(&self, fault: Fault) {
        *locked(&self.shared.fault) = fault;
    }

    /// The address of the server: `scheme://LOGIN@localhost:PORT` with `query` at the end.
    #[must_use]
    pub fn url(&self, login: &str, query: &str) -> String {
        let at = if login.is_empty() { "" } else { "@" };
        format!("smtp://{login}{at}localhost:{}{query}", self.address.port())
    }

    /// The certificate of the authority that signed the server's certificate, as PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The accepted mails, oldest first.
    #[must_use]
    pub fn accepted(&self) -> Vec<AcceptedMail> {
        locked(&self.shared.accepted).clone()
    }

    /// How many connections were made to it.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// The commands that came, oldest first.
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

    /// The value of a header as it came, with folded lines joined.
    ///
    /// # Panics
    /// When the header does not stand in the mail exactly once.
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

/// Locks even after a test panicked with the lock held: that test reports its own failure.
fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
