//! Looks up the names of endpoints, and leaves out the addresses that must not be reached.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::networks::Networks;

/// Knows the addresses of names.
pub(super) trait Names: Send + Sync + 'static {
    /// The addresses of `name`, with port 0.
    fn addresses(&self, name: &str) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send;
}

/// The look-up of the operating system.
pub(super) struct SystemNames;

/// A resolver whose answers the HTTP client connects to: it looks a name up once for each connection.
pub(super) struct GuardedResolver<N> {
    pub(super) names: Arc<N>,
    pub(super) networks: Networks,
    /// Whether the public internet is left out, too.
    pub(super) only_allowed: bool,
}

impl Names for SystemNames {
    async fn addresses(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

impl<N: Names> Resolve for GuardedResolver<N> {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, networks) = (Arc::clone(&self.names), self.networks.clone());
        let only_allowed = self.only_allowed;
        Box::pin(async move {
            let mut reached = names.addresses(name.as_str()).await?;
            reached.retain(|it| networks.may_reach(it.ip(), only_allowed));
            if reached.is_empty() {
                let why = format!(
                    "{} leads to a network that webhooks must not reach",
                    name.as_str()
                );
                return Err(why.into());
            }
            let reached: Addrs = Box::new(reached.into_iter());
            Ok(reached)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::future::ready;
    use std::net::IpAddr;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Mutex, PoisonError};

    use chrono::{DateTime, Utc};
    use countermand_app::Clock;
    use countermand_app::ports::{WebhookMessage, WebhookSender};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::webhooks::HttpWebhookSender;

    /// The address that may be reached. On Linux each address of 127.0.0.0/8 is one of the machine.
    const ALLOWED: &str = "127.0.0.2";
    const INSIDE: &str = "127.0.0.1";

    struct Still;

    impl Clock for Still {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }
    }

    /// Answers each look-up with the next of these lists; a further look-up finds nothing.
    struct Scripted(Mutex<VecDeque<Vec<SocketAddr>>>);

    impl Scripted {
        fn new(lists: &[&[&str]]) -> Self {
            let address = |text: &&str| SocketAddr::new(text.parse::<IpAddr>().expect("an address"), 0);
            let lists = lists
                .iter()
                .map(|list| list.iter().map(address).collect::<Vec<_>>());
            Self(Mutex::new(lists.collect()))
        }
    }

    impl Names for Scripted {
        fn addresses(&self, _: &str) -> impl Future<Output = io::Result<Vec<SocketAddr>>> + Send {
            let next = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            ready(Ok(next.unwrap_or_default()))
        }
    }

    /// A receiver that counts the connections, and answers the first message of each.
    struct Receiver {
        port: u16,
        connections: Arc<AtomicUsize>,
    }

    impl Receiver {
        /// A receiver at [`ALLOWED`] and one at [`INSIDE`], at the same port.
        async fn pair() -> (Self, Self) {
            loop {
                let allowed = TcpListener::bind((ALLOWED, 0)).await.expect("a free port");
                let port = allowed.local_addr().expect("an address").port();
                if let Ok(inside) = TcpListener::bind((INSIDE, port)).await {
                    return (Self::at(allowed, port), Self::at(inside, port));
                }
            }
        }

        fn at(listener: TcpListener, port: u16) -> Self {
            let connections = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&connections);
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    counted.fetch_add(1, Ordering::Relaxed);
                    let mut read = Vec::new();
                    // A TLS handshake begins with another byte; it is not read on, and gets an answer in plain text.
                    while !read.ends_with(b"{}") && b"POST".starts_with(&read[..read.len().min(4)]) {
                        if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
                            break;
                        }
                    }
                    let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                    let _ = stream.write_all(answer).await;
                }
            });
            Self { port, connections }
        }

        fn connections(&self) -> usize {
            self.connections.load(Ordering::Relaxed)
        }
    }

    /// A sender that may reach [`ALLOWED`] and finds these addresses for a name.
    fn sender(lists: &[&[&str]]) -> HttpWebhookSender {
        crate::tls::install();
        let allowed = vec![format!("{ALLOWED}/32").parse().expect("a network")];
        let sender = HttpWebhookSender::with_names(Scripted::new(lists), allowed, Arc::new(Still));
        sender.expect("an HTTP client")
    }

    async fn send(sender: &HttpWebhookSender, scheme: &str, port: u16) -> Result<u16, String> {
        let message = WebhookMessage {
            address: format!("{scheme}://hooks.example:{port}/"),
            headers: Vec::new(),
            body: b"{}".to_vec(),
        };
        sender.send(message).await.map(|answer| answer.status)
    }

    #[tokio::test]
    async fn of_the_addresses_of_a_name_only_public_ones_are_left() {
        let found: &[&str] = &[
            "10.0.0.1",
            "1.1.1.1",
            "::1",
            "169.254.169.254",
            "2606:4700::1111",
            "::ffff:127.0.0.1",
        ];
        let resolver = GuardedResolver {
            names: Arc::new(Scripted::new(&[found])),
            networks: Networks::allowing(Vec::new()),
            only_allowed: false,
        };
        let name = || "hooks.example".parse::<Name>().expect("a name");
        let reached = resolver.resolve(name()).await.expect("addresses");
        let reached: Vec<_> = reached.map(|it| it.ip().to_string()).collect();
        assert_eq!(reached, ["1.1.1.1", "2606:4700::1111"]);
        let refused = resolver.resolve(name()).await.err().expect("no address is left");
        assert!(refused.to_string().contains("must not reach"), "{refused}");
    }

    #[tokio::test]
    async fn the_inner_one_of_two_addresses_of_a_name_is_never_connected_to() {
        let (allowed, inside) = Receiver::pair().await;
        let (inner_first, inner_last): (&[&str], &[&str]) = (&[INSIDE, ALLOWED], &[ALLOWED, INSIDE]);
        let sender = sender(&[inner_first, inner_last, inner_first]);
        assert_eq!(send(&sender, "http", allowed.port).await, Ok(204));
        assert_eq!(send(&sender, "http", allowed.port).await, Ok(204));
        // The receiver speaks no TLS: a connection is made, and no more.
        let refused = send(&sender, "https", allowed.port).await.expect_err("no TLS");
        assert!(!refused.contains("must not reach"), "{refused}");
        assert_eq!((allowed.connections(), inside.connections()), (3, 0));
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_at_its_second_look_up_is_refused() {
        let (allowed, inside) = Receiver::pair().await;
        let sender = sender(&[&[ALLOWED], &[INSIDE], &[INSIDE], &[ALLOWED]]);
        assert_eq!(send(&sender, "http", allowed.port).await, Ok(204));
        for scheme in ["http", "https"] {
            let refused = send(&sender, scheme, allowed.port).await;
            let refused = refused.expect_err("it leads inside");
            assert!(refused.contains("must not reach"), "{refused}");
        }
        // Each message took one look-up: what was checked is what is connected to.
        assert_eq!(send(&sender, "http", allowed.port).await, Ok(204));
        assert_eq!((allowed.connections(), inside.connections()), (2, 0));
    }
}
