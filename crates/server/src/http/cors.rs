//! CORS: the origins whose pages may send requests and read the answers.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderValue, Method};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use crate::http::cache_id::CACHE_ID;

/// How long a browser may keep a permission: one day, so that it does not ask before each request.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// The origins whose pages may send requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorsOrigins {
    /// All origins, without credentials. Credentials are for listed origins only.
    Any,
    /// The listed origins, with credentials.
    Listed(Vec<HeaderValue>),
}

/// The layer that allows `origins` to send GET and POST requests with any headers.
pub(super) fn layer(origins: &CorsOrigins) -> CorsLayer {
    let layer = CorsLayer::new()
        .allow_methods(AllowMethods::list([Method::GET, Method::POST]))
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([CACHE_ID])
        .max_age(REMEMBERED);
    match origins {
        CorsOrigins::Any => layer.allow_origin(AllowOrigin::any()),
        CorsOrigins::Listed(origins) => layer
            .allow_origin(AllowOrigin::list(origins.iter().cloned()))
            .allow_credentials(true),
    }
}

impl Default for CorsOrigins {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl FromStr for CorsOrigins {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let origins = text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        origins.map(origin).collect::<Result<_, _>>().map(Self::Listed)
    }
}

impl fmt::Display for CorsOrigins {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => out.write_str("any origin, without credentials"),
            Self::Listed(origins) if origins.is_empty() => {
                out.write_str("no other origin (--cors-origins names storefronts)")
            }
            Self::Listed(origins) => {
                let names: Vec<_> = origins.iter().filter_map(|it| it.to_str().ok()).collect();
                out.write_str(&names.join(", "))
            }
        }
    }
}

/// Reads an origin as browsers send it, without a path: `https://shop.example` or `http://localhost:3000`.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .unwrap_or_default();
    let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | ':' | '[' | ']');
    let value = HeaderValue::from_str(&text.to_ascii_lowercase());
    match value {
        Ok(value) if !host.is_empty() && host.chars().all(is_part) => Ok(value),
        _ => Err(format!(
            "`{text}` is not an origin: use https://HOST or http://HOST:PORT without a path, or * alone"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_named_as_browsers_do() {
        assert_eq!("*".parse(), Ok(CorsOrigins::Any));
        assert_eq!("".parse(), Ok(CorsOrigins::default()));
        let listed = "https://Shop.example, http://localhost:3000,".parse::<CorsOrigins>();
        let names = listed.map(|it| it.to_string());
        assert_eq!(
            names,
            Ok("https://shop.example, http://localhost:3000".to_owned())
        );
        for wrong in [
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://shop.example/path",
            "https://*.example",
            "https://a.example,*",
            "https://a.example https://b.example",
            "null",
        ] {
            assert!(wrong.parse::<CorsOrigins>().is_err(), "{wrong}");
        }
    }
}
