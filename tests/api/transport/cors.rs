//! Pages of other origins: the installation decides which of them may send requests.

use countermand_server::http::{CorsOrigins, HttpSettings};
use countermand_tests::{ServerSettings, TestShop, on_every_database};
use reqwest::{Method, Response};

use super::QUERY;

const STOREFRONT: &str = "https://shop.example";
const STRANGER: &str = "https://evil.example";

async fn allowing(shop: &TestShop, origins: &str) -> TestShop {
    let http = HttpSettings {
        cors_origins: origins.parse::<CorsOrigins>().expect("origins"),
        ..HttpSettings::default()
    };
    let settings = ServerSettings {
        http,
        ..ServerSettings::default()
    };
    shop.replica_with(settings).await
}

/// The preflight request of a browser for a page from `origin`.
async fn preflight(shop: &TestShop, origin: &str, method: &str) -> Response {
    let url = format!("{}/graphql", shop.address());
    let request = shop
        .client()
        .request(Method::OPTIONS, url)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header(
            "access-control-request-headers",
            "authorization,content-type,store,x-captcha",
        );
    request.send().await.expect("an answer")
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).and_then(|it| it.to_str().ok())
}

/// The CORS headers of an answer to a query of a page from `origin`.
async fn answer(shop: &TestShop, origin: &str) -> [Option<String>; 4] {
    let answer = shop.ask(QUERY).header("origin", origin).send().await;
    assert_eq!(answer.data("/storeConfig/store_code"), "default");
    let varying: Vec<_> = answer.headers.iter().filter(|(name, _)| name == "vary").collect();
    assert!(
        varying
            .iter()
            .any(|(_, value)| value.to_lowercase().contains("origin")),
        "{varying:?}"
    );
    [
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-expose-headers",
        "access-control-max-age",
    ]
    .map(|name| answer.header(name).map(str::to_owned))
}

on_every_database!(a_listed_origin_may_send_credentials, |shop| async move {
    let shop = allowing(&shop, "http://localhost:3000, https://shop.example").await;
    for method in ["GET", "POST"] {
        let allowed = preflight(&shop, STOREFRONT, method).await;
        assert_eq!(allowed.status(), 200);
        assert_eq!(header(&allowed, "access-control-allow-origin"), Some(STOREFRONT));
        assert_eq!(header(&allowed, "access-control-allow-credentials"), Some("true"));
        assert_eq!(header(&allowed, "access-control-allow-methods"), Some("GET,POST"));
        let headers = header(&allowed, "access-control-allow-headers");
        assert_eq!(headers, Some("authorization,content-type,store,x-captcha"));
        assert_eq!(header(&allowed, "access-control-max-age"), Some("86400"));
        let vary = header(&allowed, "vary").unwrap_or_default();
        assert!(
            vary.contains("origin") && vary.contains("access-control-request-headers"),
            "{vary}"
        );
    }
    let [origin, credentials, exposed, _] = answer(&shop, STOREFRONT).await;
    assert_eq!(origin.as_deref(), Some(STOREFRONT));
    assert_eq!(credentials.as_deref(), Some("true"));
    assert_eq!(exposed.as_deref(), Some("x-magento-cache-id"));
    let [stranger, ..] = answer(&shop, STRANGER).await;
    assert_eq!(stranger, None, "a browser keeps the answer from the page");
    let refused = preflight(&shop, STRANGER, "POST").await;
    assert_eq!(header(&refused, "access-control-allow-origin"), None);
});

on_every_database!(
    with_a_star_any_origin_is_allowed_without_credentials,
    |shop| async move {
        let shop = allowing(&shop, "*").await;
        let allowed = preflight(&shop, STRANGER, "GET").await;
        assert_eq!(header(&allowed, "access-control-allow-origin"), Some("*"));
        assert_eq!(header(&allowed, "access-control-allow-credentials"), None);
        let [origin, credentials, ..] = answer(&shop, STRANGER).await;
        assert_eq!((origin.as_deref(), credentials), (Some("*"), None));
    }
);

on_every_database!(no_origin_is_allowed_by_default, |shop| async move {
    let refused = preflight(&shop, STOREFRONT, "POST").await;
    assert_eq!(header(&refused, "access-control-allow-origin"), None);
    let [origin, ..] = answer(&shop, STOREFRONT).await;
    assert_eq!(origin, None);
});
