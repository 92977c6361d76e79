//! The pages besides GraphQL: GraphiQL and metrics. `health.rs` has the health checks.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::graphiql;
use crate::http::{OperatorPages, Site};

pub(super) async fn graphiql(State(site): State<Arc<Site>>) -> Response {
    let policy = [(
        header::CONTENT_SECURITY_POLICY,
        graphiql::content_security_policy(),
    )];
    (policy, Html(graphiql::page("/graphql", &site.tabs))).into_response()
}

/// The files of GraphiQL. Browsers may cache them, because they change only with the program.
pub(super) async fn graphiql_asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = graphiql::asset(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let about = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::VARY, "Accept-Encoding"),
    ];
    if asset.is_packed && takes_gzip(&headers) {
        let encoding = [(header::CONTENT_ENCODING, "gzip")];
        return (about, encoding, asset.content()).into_response();
    }
    match asset.unpacked() {
        Ok(content) => (about, content).into_response(),
        Err(problem) => {
            tracing::error!(%problem, name, "a file of GraphiQL cannot be unpacked");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Whether the client says that it takes gzip.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING);
    let lists = lists.iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        // A weight of 0, 0.0 and so on means "never".
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_gzip && weight.is_none_or(|weight| !weight.trim_end_matches(['0', '.']).is_empty())
    })
}

pub(super) async fn metrics(State(pages): State<OperatorPages>) -> Response {
    let Some(metrics) = &pages.metrics else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, metrics.render(&pages.app).await).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn gzip_is_sent_only_to_clients_that_take_it() {
        for (accepted, takes) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.5", true),
            ("gzip;q=0.0", false),
            ("deflate", false),
            ("", false),
        ] {
            let value = HeaderValue::from_static(accepted);
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)]);
            assert_eq!(takes_gzip(&headers), takes, "{accepted}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
