//! Writes the URL of a database without its secrets, so that it can be printed.

/// The parameters of a URL whose values are no secrets. The values of all others are hidden.
const SHOWN: [&str; 14] = [
    "application_name",
    "cache",
    "charset",
    "collation",
    "dbname",
    "host",
    "mode",
    "port",
    "socket",
    "ssl-mode",
    "sslmode",
    "sslrootcert",
    "timezone",
    "user",
];
/// The parameters that the driver of PostgreSQL knows. It logs all others with their values, which may be secrets.
const KNOWN_OF_POSTGRES: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];
/// The text in place of a secret.
const HIDDEN: &str = "***";

/// `url` without its password in each form: after the user's name, as a parameter, or percent-encoded. Where
/// its parts cannot be told apart, everything after the scheme is hidden.
#[must_use]
pub fn without_password(url: &str) -> String {
    if let Some(file) = url.strip_prefix("sqlite:") {
        let (path, parameters) = split(file, '?');
        return format!("sqlite:{path}{}", shown_parameters(parameters));
    }
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = !scheme.is_empty()
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+');
    if !is_scheme {
        return HIDDEN.into();
    }
    let hidden = format!("{scheme}://{HIDDEN}");
    let Some(rest) = url[scheme.len()..].strip_prefix("://") else {
        return hidden;
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (path, parameters) = split(rest, '?');
    // A password may hold any of these signs unencoded, and then its end cannot be told.
    if rest.contains('@') || path.contains(['#', ':']) {
        return hidden;
    }
    let (user, host) = match authority.rsplit_once('@') {
        None => (String::new(), authority),
        Some((user_info, host)) => {
            let user = user_info.split(':').next().unwrap_or_default();
            let user = if user.contains('%') { HIDDEN } else { user };
            (format!("{user}@"), host)
        }
    };
    if !host.split(',').all(is_host) {
        return hidden;
    }
    format!("{scheme}://{user}{host}{path}{}", shown_parameters(parameters))
}

/// The URL of a PostgreSQL database without the parameters that its driver does not know, and the names of these
/// parameters.
pub(crate) fn with_known_parameters(url: &str) -> (String, Vec<String>) {
    let (base, parameters) = split(url, '?');
    let is_known = |pair: &&str| {
        let name = decoded(split(pair, '=').0);
        KNOWN_OF_POSTGRES.contains(&name.as_str()) || name.starts_with("options[")
    };
    let (known, unknown): (Vec<_>, Vec<_>) = parameters
        .split('&')
        .filter(|pair| !pair.is_empty())
        .partition(is_known);
    let names = unknown.iter().map(|pair| decoded(split(pair, '=').0)).collect();
    if known.is_empty() {
        return (base.into(), names);
    }
    (format!("{base}?{}", known.join("&")), names)
}

/// Whether `text` is a host with or without a port. Where a URL names no host, a user with a password looks like a host
/// with a port that is no number.
fn is_host(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => (address, port),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let is_name = |sign: char| sign.is_ascii_alphanumeric() || ".-_:".contains(sign);
    let is_port = |port: &str| port.len() <= 5 && port.bytes().all(|digit| digit.is_ascii_digit());
    name.chars().all(is_name) && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// `text`, which may repeat parts of `url`, without the URL and without each secret in it.
pub(crate) fn without_secrets_of(url: &str, text: &str) -> String {
    let mut text = text.replace(url, &without_password(url));
    for secret in secrets(url) {
        for form in [decoded(secret), secret.to_owned()] {
            // A short text would also be found in words that are no secrets.
            if form.len() >= 3 {
                text = text.replace(&form, HIDDEN);
            }
        }
    }
    text
}

/// What may be a secret in `url`: the password after the user's name, and the values of hidden parameters.
fn secrets(url: &str) -> Vec<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let of_user = rest
        .rsplit_once('@')
        .and_then(|(user_info, _)| user_info.split_once(':'));
    let parameters = rest.rsplit_once('?').map_or("", |(_, parameters)| parameters);
    let of_parameters = parameters.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (!is_shown(name)).then_some(value)
    });
    of_user
        .map(|(_, password)| password)
        .into_iter()
        .chain(of_parameters)
        .collect()
}

/// The parameters with their question mark, the hidden ones without their values.
fn shown_parameters(parameters: &str) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    let pairs = parameters.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if is_shown(name) => format!("{name}={value}"),
        Some((name, _))
            if name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_') =>
        {
            format!("{name}={HIDDEN}")
        }
        _ => HIDDEN.into(),
    });
    format!("?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn is_shown(name: &str) -> bool {
    SHOWN.contains(&name)
}

/// The two parts of `text` around the first `sign`; the second is empty without one.
fn split(text: &str, sign: char) -> (&str, &str) {
    text.split_once(sign).unwrap_or((text, ""))
}

/// `text` with its percent-encoded bytes decoded.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let encoded = after.get(..2).filter(|_| *first == b'%');
        let byte = encoded
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_a_password_is_shown_as_it_is() {
        for url in [
            "sqlite:shop.db",
            "sqlite:///var/lib/shop.db?mode=ro",
            "postgres://u@h/db",
            "postgres://u@h:5432/db?sslmode=require&host=/run/pg",
            "postgres://u@[::1]:5432/db",
            "postgres://u@h1:5432,h2:5432/db",
            "mysql://h/db",
        ] {
            assert_eq!(without_password(url), url);
        }
    }

    #[test]
    fn a_password_is_hidden_in_every_form() {
        let shown = [
            ("postgres://u:s3cret@h/db", "postgres://u@h/db"),
            ("postgres://u:s3cret:x@h/db", "postgres://u@h/db"),
            ("postgres://u:%73%33cret@h/db", "postgres://u@h/db"),
            ("postgres://u%3As3cret@h/db", "postgres://***@h/db"),
            ("postgres://u:a@s3cret@h/db", "postgres://u@h/db"),
            ("postgres://u:a/s3cret@h/db", "postgres://***"),
            ("postgres://u:a?s3cret@h/db", "postgres://***"),
            ("postgres://u:a#s3cret@h/db", "postgres://***"),
            ("postgres://u:p@a/s3cret@h/db", "postgres://***"),
            (
                "postgres:///db?user=u&password=s3cret",
                "postgres:///db?user=u&password=***",
            ),
            ("postgres://h/db?PASSWORD=s3cret", "postgres://h/db?***"),
            ("postgres://h/db?p%61ssword=s3cret", "postgres://h/db?***"),
            (
                "postgres://h/db?sslpassword=s3cret&sslmode=require",
                "postgres://h/db?sslpassword=***&sslmode=require",
            ),
            ("postgres://h/db?password=a@s3cret", "postgres://***"),
            ("sqlite:shop.db?key=s3cret", "sqlite:shop.db?key=***"),
            ("postgres://u:s3cret/db", "postgres://***"),
            ("postgres://u%3As3cret/db", "postgres://***"),
            ("postgres:u:s3cret@h/db", "postgres://***"),
            ("host=h password=s3cret", "***"),
            ("u:s3cret@h", "u://***"),
            ("s3cret", "***"),
            ("", "***"),
        ];
        for (url, expected) in shown {
            assert_eq!(without_password(url), expected, "{url}");
        }
    }

    #[test]
    fn a_message_that_repeats_a_secret_is_cleaned() {
        let url = "postgres://u:s3%2Fcret@h/db?sslpassword=t%6Fp";
        let text = without_secrets_of(
            url,
            "no `postgres://u:s3%2Fcret@h/db?sslpassword=t%6Fp`, s3/cret, s3%2Fcret, top",
        );
        assert_eq!(text, "no `postgres://u@h/db?sslpassword=***`, ***, ***, ***");
    }

    #[test]
    fn parameters_that_the_driver_would_log_are_left_out() {
        let url = "postgres://u@h/db?sslpassword=s3cret&sslmode=require&p%61ssword=x&sslkey=k";
        let (known, unknown) = with_known_parameters(url);
        assert_eq!(known, "postgres://u@h/db?sslmode=require&p%61ssword=x&sslkey=k");
        assert_eq!(unknown, ["sslpassword"]);
        assert_eq!(with_known_parameters("postgres://u@h/db").0, "postgres://u@h/db");
        assert_eq!(
            with_known_parameters("postgres://u@h/db?a=b").0,
            "postgres://u@h/db"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_password_is_shown(password in "[ -~]{8,20}", form in 0..4_u8) {
            // In a query, an ampersand ends the password.
            let password = if form == 1 { password.replace('&', "_") } else { password };
            let url = match form {
                0 => format!("postgres://user:{password}@host/name"),
                1 => format!("postgres://host/name?password={password}"),
                2 => format!("mysql:user:{password}@host"),
                _ => format!("host=host password={password}"),
            };
            let shown = without_password(&url);
            let chunks: Vec<char> = password.chars().collect();
            for part in chunks.windows(6) {
                let part: String = part.iter().collect();
                proptest::prop_assert!(!shown.contains(&part) || "postgres://user@host/name?password=***".contains(&part), "{shown}");
            }
        }
    }
}
