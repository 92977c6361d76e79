//! The page `/`: what this program is, and where to go.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use crate::http::Site;

/// The page holds its own style, and nothing else may be loaded.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

pub(super) async fn front_page(State(site): State<Arc<Site>>) -> Response {
    let policy = [(header::CONTENT_SECURITY_POLICY, POLICY)];
    (policy, Html(page(site.settings.graphiql))).into_response()
}

/// The HTML of the page. The link to GraphiQL is there if GraphiQL is.
fn page(has_graphiql: bool) -> String {
    let graphiql = if has_graphiql {
        "<li><a href=\"/graphiql\">GraphiQL</a>: write a request and see the answer, with the documentation of every \
         field</li>\n"
    } else {
        ""
    };
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Countermand</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }}
</style>
</head>
<body>
<main>
<h1>Countermand</h1>
<p>This server cancels the orders of a shop. It answers the GraphQL operations of Adobe Commerce at
<code>/graphql</code>, where storefronts send their requests.</p>
<h2>Where to go</h2>
<ul>
{graphiql}<li><a href="{REPOSITORY}#readme">Documentation</a>: how to run the server and how to point a storefront
at it</li>
<li><a href="{REPOSITORY}/tree/main/examples/storefront">Example storefront</a>: a shopper's pages that use this
API</li>
</ul>
</main>
</body>
</html>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_links_to_graphiql_only_if_it_is_there() {
        assert!(page(true).contains("href=\"/graphiql\""));
        assert!(!page(false).contains("graphiql"));
    }
}
