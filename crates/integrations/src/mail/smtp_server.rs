//! A mail server: its address, its encryption, and new connections to it.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use countermand_app::ports::MailError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use percent_encoding::percent_decode_str;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::{Host, Url};

use super::setup_error::MailSetupError;
use super::smtp_refusal::before_a_mail;
use super::smtps::WrapperTls;

/// The longest time for a connection to one address of the server.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// The address of a mail server, its encryption and its credentials.
#[derive(Clone)]
pub(super) struct SmtpServer {
    host: String,
    port: u16,
    encryption: Encryption,
    /// The name with which this program introduces itself to the server.
    hello: ClientId,
    credentials: Option<Credentials>,
}

#[derive(Clone)]
enum Encryption {
    Off,
    /// The connection begins without encryption and is encrypted if the server offers it.
    Offered(TlsParameters),
    /// The connection begins without encryption, and no mail is sent unless the server offers encryption.
    Required(TlsParameters),
    FromTheStart(WrapperTls),
}

impl SmtpServer {
    /// The server of `url`: `smtp://`, `smtps://`, `smtp://...?tls=required` or `?tls=opportunistic`. It is trusted if
    /// browsers trust it, or if its certificate was signed by one of `authorities`, certificates as PEM.
    pub(super) fn new(url: &str, authorities: Option<&[u8]>) -> Result<Self, MailSetupError> {
        let bad_url = |problem: &str| MailSetupError::BadUrl(problem.to_owned());
        let url = Url::parse(url).map_err(|problem| bad_url(&problem.to_string()))?;
        let host = match url.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => return Err(bad_url("it names no host")),
        };
        if let Some(authorities) = authorities {
            check_pem(authorities)?;
        }
        let wanted = url.query_pairs().find(|(name, _)| name == "tls");
        let (port, encryption) = match (url.scheme(), wanted.as_ref().map(|(_, value)| value.as_ref())) {
            ("smtp", None) if authorities.is_some() => {
                return Err(MailSetupError::BadAuthority(
                    "SMTP_URL asks for no TLS: write smtps://... or smtp://...?tls=required".into(),
                ));
            }
            ("smtp", None) => (SMTP_PORT, Encryption::Off),
            ("smtp", Some("opportunistic")) => {
                let parameters = parameters(&host, authorities)?;
                (SUBMISSION_PORT, Encryption::Offered(parameters))
            }
            ("smtp", Some("required")) => {
                let parameters = parameters(&host, authorities)?;
                (SUBMISSION_PORT, Encryption::Required(parameters))
            }
            ("smtps", _) => {
                let wrapper = WrapperTls::new(&host, authorities)?;
                (SUBMISSIONS_PORT, Encryption::FromTheStart(wrapper))
            }
            ("smtp", Some(_)) => return Err(bad_url("`tls` is `required` or `opportunistic`")),
            _ => return Err(bad_url("it begins with neither smtp:// nor smtps://")),
        };
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.into()),
        };
        Ok(Self {
            host,
            port: url.port().unwrap_or(port),
            encryption,
            hello,
            credentials: credentials(&url)?,
        })
    }

    /// A new connection, encrypted and signed in as the URL requires. The next command may be a mail.
    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let stream = self
            .stream()
            .await
            .map_err(|problem| self.not_connected(&problem))?;
        let mut connection = self.greet(stream).await?;
        match &self.encryption {
            Encryption::Offered(parameters) if connection.can_starttls() => {
                let encrypting = connection.starttls(parameters.clone(), &self.hello);
                encrypting.await.map_err(|problem| before_a_mail(&problem))?;
            }
            Encryption::Required(parameters) => {
                let encrypting = connection.starttls(parameters.clone(), &self.hello);
                encrypting.await.map_err(|problem| before_a_mail(&problem))?;
            }
            Encryption::Offered(_) | Encryption::Off | Encryption::FromTheStart(_) => {}
        }
        if let Some(credentials) = &self.credentials {
            let signing_in = connection.auth(DEFAULT_MECHANISMS, credentials);
            signing_in.await.map_err(|problem| before_a_mail(&problem))?;
        }
        Ok(connection)
    }

    /// Reads the server's greeting and answers it.
    async fn greet(&self, stream: TcpStream) -> Result<AsyncSmtpConnection, MailError> {
        let greeted = if let Encryption::FromTheStart(wrapper) = &self.encryption {
            let encrypted = wrapper.wrap(stream).await;
            let encrypted = encrypted.map_err(|problem| self.not_connected(&problem))?;
            AsyncSmtpConnection::connect_with_transport(Box::new(encrypted), &self.hello).await
        } else {
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello).await
        };
        greeted.map_err(|problem| before_a_mail(&problem))
    }

    /// Connects to the first address of the server that answers.
    async fn stream(&self) -> io::Result<TcpStream> {
        let mut last = io::Error::other("the name has no address");
        for address in lookup_host((self.host.as_str(), self.port)).await? {
            match timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // The end of a mail must not wait until the server has confirmed the mail's beginning.
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Ok(Err(problem)) => last = problem,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(last)
    }

    fn not_connected(&self, problem: &io::Error) -> MailError {
        let Self { host, port, .. } = self;
        MailError::Unavailable(format!("cannot connect to {host}:{port}: {problem}"))
    }
}

fn check_pem(authorities: &[u8]) -> Result<(), MailSetupError> {
    let text = String::from_utf8_lossy(authorities);
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return Ok(());
    }
    Err(MailSetupError::BadAuthority(
        "the file holds no certificate in PEM".into(),
    ))
}

/// The TLS parameters for a connection to `host` that begins without encryption.
fn parameters(host: &str, authorities: Option<&[u8]>) -> Result<TlsParameters, MailSetupError> {
    let refused = |problem: lettre::transport::smtp::Error| MailSetupError::BadAuthority(problem.to_string());
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(authorities) = authorities {
        let certificate = Certificate::from_pem(authorities).map_err(refused)?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build().map_err(refused)
}

/// The user name and password of the URL. A user name without a password is not used for signing in.
fn credentials(url: &Url) -> Result<Option<Credentials>, MailSetupError> {
    let Some(password) = url.password() else {
        return Ok(None);
    };
    let decoded = |text| {
        let decoded = percent_decode_str(text).decode_utf8().map(Cow::into_owned);
        decoded.map_err(|problem| MailSetupError::BadUrl(problem.to_string()))
    };
    Ok(Some(Credentials::new(
        decoded(url.username())?,
        decoded(password)?,
    )))
}
