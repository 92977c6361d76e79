//! The pages that may open a WebSocket. Browsers ask no permission for one, so the server looks at `Origin` itself.

use axum::http::{HeaderMap, header};

use crate::http::cors::CorsOrigins;

/// Whether the page that the header `Origin` names may open a WebSocket: a page of this host, or of one of `origins`.
/// Programs send no `Origin`, and may.
pub(super) fn may_connect(origins: &CorsOrigins, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let is_listed = match origins {
        CorsOrigins::Any => true,
        CorsOrigins::Listed(origins) => origins.contains(origin),
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let page = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let is_own = matches!((page, host), (Some((_, page)), Some(host)) if page.eq_ignore_ascii_case(host));
    is_listed || is_own
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn pages_of_this_host_and_of_listed_origins_may_connect() {
        let listed: CorsOrigins = "https://shop.example".parse().expect("an origin");
        let may = |origin: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("api.example:8080"));
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            (
                may_connect(&listed, &headers),
                may_connect(&CorsOrigins::Any, &headers),
            )
        };
        assert_eq!(may("https://shop.example"), (true, true));
        assert_eq!(may("http://api.example:8080"), (true, true));
        for other in [
            "https://evil.example",
            "http://api.example",
            "null",
            "https://shop.example.evil.example",
        ] {
            assert_eq!(may(other), (false, true), "{other}");
        }
        assert!(may_connect(&listed, &HeaderMap::new()));
    }
}
