//! The address of NATS: where the servers are, and how the program signs in.

use async_nats::ServerAddr;
use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Url;

/// Why an address of NATS cannot be used. The text never repeats the address, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the address of NATS must be like nats://USER:PASSWORD@HOST:4222, nats://TOKEN@HOST or tls://HOST: {0}"
)]
pub struct NatsAddressError(pub(super) String);

/// How the program signs in.
#[derive(PartialEq, Eq)]
pub(super) enum Login {
    /// By a token.
    Token(String),
    /// By a user and a password.
    Password {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
}

/// One or more servers of one cluster.
pub(super) struct Address {
    pub(super) servers: Vec<ServerAddr>,
    /// The login of the first URL that has one; it is used at every server.
    pub(super) login: Option<Login>,
}

impl Address {
    /// The address in `text`: URLs with commas between them.
    pub(super) fn read(text: &str) -> Result<Self, NatsAddressError> {
        let (mut servers, mut login) = (Vec::new(), None);
        for part in text.split(',') {
            let (server, own) = read_url(part.trim()).map_err(|it| NatsAddressError(it.to_owned()))?;
            servers.push(server);
            login = login.or(own);
        }
        Ok(Self { servers, login })
    }
}

fn read_url(text: &str) -> Result<(ServerAddr, Option<Login>), &'static str> {
    let mut url = Url::parse(text).map_err(|_| "it is no URL")?;
    if !["nats", "tls"].contains(&url.scheme()) {
        return Err("it begins with neither nats:// nor tls://");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("it has no host");
    }
    let login = login_of(&url)?;
    // The login is told apart from the address, so that no message about the address can show it.
    let is_plain = url.set_username("").is_ok() && url.set_password(None).is_ok();
    if !is_plain {
        return Err("it has no host");
    }
    let server = ServerAddr::from_url(url).map_err(|_| "it is no URL of NATS")?;
    Ok((server, login))
}

fn login_of(url: &Url) -> Result<Option<Login>, &'static str> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(String::from)
            .map_err(|_| "its user or password is no UTF-8")
    };
    Ok(match (url.username(), url.password()) {
        ("", None) => None,
        (token, None) => Some(Login::Token(decoded(token)?)),
        (user, Some(password)) => Some(Login::Password {
            user: decoded(user)?,
            password: decoded(password)?,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(address: &Address) -> Vec<String> {
        let servers = address.servers.iter();
        servers.map(|it| format!("{}:{}", it.host(), it.port())).collect()
    }

    #[test]
    fn a_login_is_told_apart_from_the_servers() {
        let address = Address::read("nats://anna:p%40ss@a:1, tls://b").expect("an address");
        assert_eq!(hosts(&address), ["a:1", "b:4222"]);
        assert!(address.servers.iter().all(|it| !it.has_user_pass()));
        assert_eq!(
            address
                .servers
                .iter()
                .map(ServerAddr::tls_required)
                .collect::<Vec<_>>(),
            [false, true]
        );
        let (user, password) = ("anna".to_owned(), "p@ss".to_owned());
        assert!(address.login == Some(Login::Password { user, password }));
        let token = Address::read("nats://s3cr3t@a").expect("an address").login;
        assert!(token == Some(Login::Token("s3cr3t".into())));
        assert!(Address::read("nats://a").expect("an address").login.is_none());
    }

    #[test]
    fn a_wrong_address_is_refused_and_not_repeated() {
        for wrong in [
            "",
            "a:4222",
            "http://u:s3cr3t@a",
            "nats://",
            "nats://u:s3cr3t@",
            "nats://a,",
        ] {
            let problem = Address::read(wrong).err().map(|it| it.to_string());
            let problem = problem.unwrap_or_else(|| panic!("{wrong} is taken"));
            assert!(!problem.contains("s3cr3t"), "{problem}");
        }
    }
}
