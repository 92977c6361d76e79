//! TLS from the first byte, for mail servers with a URL that begins with `smtps://`.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::setup_error::MailSetupError;
use crate::tls;

/// The TLS settings for a connection that is encrypted from the first byte. `lettre` can do the same, but only over a
/// connection that it opens itself, and without `TCP_NODELAY`.
#[derive(Clone)]
pub(super) struct WrapperTls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl WrapperTls {
    /// The settings for the server `host`. Its certificate must be trusted
    /// by browsers or signed by one of `authorities`, which are PEM.
    pub(super) fn new(host: &str, authorities: Option<&[u8]>) -> Result<Self, MailSetupError> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|problem| MailSetupError::BadUrl(problem.to_string()))?;
        let refused = |problem: String| MailSetupError::BadAuthority(problem);
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        for authority in CertificateDer::pem_slice_iter(authorities.unwrap_or_default()) {
            let authority = authority.map_err(|problem| refused(problem.to_string()))?;
            roots
                .add(authority)
                .map_err(|problem| refused(problem.to_string()))?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(tls::provider()))
            .with_safe_default_protocol_versions()
            .map_err(|problem| refused(problem.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            connector: Arc::new(config).into(),
            name,
        })
    }

    /// Encrypts `stream` from this point on.
    pub(super) async fn wrap(&self, stream: TcpStream) -> io::Result<Encrypted> {
        let stream = self.connector.connect(self.name.clone(), stream).await?;
        Ok(Encrypted(stream))
    }
}

/// An encrypted connection in the form that `lettre` needs.
#[derive(Debug)]
pub(super) struct Encrypted(TlsStream<TcpStream>);

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
