//! The pages beside GraphQL, and a server that lost its database.

use countermand_tests::{on_every_database, on_sqlite};

use super::{QUERY, is_refused};

on_every_database!(each_page_answers_at_its_own_path, |shop| async move {
    let get = async |path: &str| {
        let response = shop
            .client()
            .get(format!("{}{path}", shop.address()))
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        (response.status().as_u16(), response.text().await.expect("a body"))
    };
    assert_eq!(get("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(get("/readyz").await, (200, "ready\n".to_owned()));
    for path in [
        "/nothing",
        "/graphql/",
        "/graphql/x",
        "/healthz/x",
        "/../etc/passwd",
        "/graphiql/nothing.js",
    ] {
        assert_eq!(get(path).await.0, 404, "{path}");
    }
    let url = format!("{}/graphql", shop.address());
    for method in [
        reqwest::Method::PUT,
        reqwest::Method::DELETE,
        reqwest::Method::PATCH,
    ] {
        let response = shop
            .client()
            .request(method, &url)
            .body("{}")
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.headers()["allow"], "GET, POST");
        is_refused(response, 405, "Only GET and POST are answered here.").await;
    }
});

on_sqlite!(the_front_page_says_where_to_go, |shop| async move {
    let url = format!("{}/", shop.address());
    let response = shop.client().get(url).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let policy = response.headers()["content-security-policy"].to_str();
    assert!(policy.is_ok_and(|it| it.contains("default-src 'none'")));
    let page = response.text().await.expect("a page");
    for part in [
        "<html lang=\"en\">",
        "<title>Countermand</title>",
        "<main>",
        "<h1>Countermand</h1>",
        "href=\"/graphiql\"",
        "/graphql",
        "#readme\"",
        "examples/storefront\"",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    for loaded in ["<script", "src=", "rel=\"stylesheet\"", "@import", "url("] {
        assert!(!page.contains(loaded), "{loaded} in {page}");
    }
});

on_every_database!(a_lost_database_is_an_internal_error, |shop| async move {
    let other = shop.replica().await;
    other.database().clone().close().await;
    let get = async |path: &str| {
        shop.client()
            .get(format!("{}{path}", other.address()))
            .send()
            .await
            .expect("an answer")
            .status()
            .as_u16()
    };
    assert_eq!((get("/healthz").await, get("/readyz").await), (200, 503));
    let answer = other.ask(QUERY).send().await;
    assert_eq!(answer.error(), "Internal server error");
    let inside = answer.body.to_string().to_lowercase();
    for word in ["sql", "pool", "connection", "panick", "select"] {
        assert!(!inside.contains(word), "{inside}");
    }
    assert_eq!(
        shop.ask(QUERY).send().await.status,
        200,
        "the other server goes on"
    );
});
