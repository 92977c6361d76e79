//! A provider may repeat the key that it refuses. The program shows the key neither to staff nor in the audit log.

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::{TestShop, on_every_database};
use serde_json::json;
use tokio::net::TcpListener;

use super::{cancel, paid, serve_as, work};

contract!(a_key_that_the_provider_repeats_is_hidden);

/// A key that is written in another way in JSON and in addresses.
const KEY: &str = r#"sk_live_51"a/b"&<c>+d="#;
/// The beginning of the key, which no answer may show: a part of a key makes the rest easier to guess.
const BEGINNING: &str = "sk_live";

/// A server that refuses each request, and repeats the key of it. Gives its address.
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let router = Router::new().fallback(refuse);
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
    address
}

/// 401 in the form of every provider. The words are so long that only a part of the key would be kept of them.
async fn refuse(headers: HeaderMap) -> (StatusCode, String) {
    let mut sent = ["authorization", "x-api-key", "api-key"]
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok());
    let key = sent.next().unwrap_or_default().trim_start_matches("Bearer ");
    let padding = ".".repeat(170);
    let words = format!("Wrong key {key} or {} {padding} {key}", STANDARD.encode(key));
    let error = json!({ "code": "UNAUTHORIZED", "type": "invalid_request_error", "message": words });
    let body = json!({ "error": error, "errorCode": "000", "message": words });
    (StatusCode::UNAUTHORIZED, body.to_string())
}

async fn a_key_that_the_provider_repeats_is_hidden<P: ContractProvider>(shop: &TestShop) {
    let input = json!({ "name": "main", "adapter": P::ADAPTER, "address": echo().await, "secret": KEY,
        "webhook_secret": P::WEBHOOK_SECRET, "merchant_account": P::MERCHANT_ACCOUNT });
    serve_as(shop, input).await;
    let id = paid(shop, "1").await;
    cancel(shop, &id).await;
    work(shop).await;
    let query = "{
      paymentProviders { is_paused problem }
      needsAttention { items { problem } }
      obligations { items { problem provider_states { detail } } }
      auditLog { items { details } }
    }";
    let shown = shop.ask(query).token(shop.owner()).send().await.body.to_string();
    assert!(shown.contains("Wrong key [secret] or [secret]"), "{shown}");
    let encoded = STANDARD.encode(KEY);
    for hidden in [BEGINNING, &encoded[..8]] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}
