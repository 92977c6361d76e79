//! A shop's own identity service: it signs tokens and publishes keys. The keys can change, and the service can fail.

use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use aws_lc_rs::{hmac, rsa};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A key that signs tokens.
#[derive(Debug)]
pub struct SigningKey {
    id: Option<String>,
    key: Key,
}

#[derive(Debug)]
enum Key {
    Secret(Box<hmac::Key>),
    Rsa(Box<RsaKeyPair>),
    Elliptic(EcdsaKeyPair),
}

impl SigningKey {
    /// A shared secret (HS256).
    #[must_use]
    pub fn secret(secret: &[u8]) -> Self {
        let key = Key::Secret(Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret)));
        Self { id: None, key }
    }

    /// A fresh RSA key with the id `id` (RS256).
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    pub fn rsa(id: &str) -> Self {
        let key = RsaKeyPair::generate(rsa::KeySize::Rsa2048).expect("a key");
        Self {
            id: Some(id.into()),
            key: Key::Rsa(Box::new(key)),
        }
    }

    /// A fresh key on the curve P-256 with the id `id` (ES256).
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    pub fn elliptic(id: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        Self {
            id: Some(id.into()),
            key: Key::Elliptic(key),
        }
    }

    /// The public half of the key, as the service publishes it.
    ///
    /// # Panics
    /// When the key is a secret.
    #[must_use]
    pub fn published(&self) -> Value {
        match &self.key {
            Key::Secret(_) => panic!("a secret is not published"),
            Key::Rsa(key) => {
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
                json!({ "kty": "RSA", "kid": self.id, "use": "sig", "alg": "RS256", "n": text(&parts.n), "e": text(&parts.e) })
            }
            Key::Elliptic(key) => {
                let point = key.public_key().as_ref();
                json!({ "kty": "EC", "kid": self.id, "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]) })
            }
        }
    }

    /// A signed token with these claims.
    #[must_use]
    pub fn token(&self, claims: &Value) -> String {
        let algorithm = match &self.key {
            Key::Secret(_) => "HS256",
            Key::Rsa(_) => "RS256",
            Key::Elliptic(_) => "ES256",
        };
        let mut header = json!({ "typ": "JWT", "alg": algorithm });
        if let Some(id) = &self.id {
            header["kid"] = json!(id);
        }
        self.token_with(&header, claims)
    }

    /// A signed token with this header. The header may contradict the key.
    ///
    /// # Panics
    /// When the token cannot be signed.
    #[must_use]
    pub fn token_with(&self, header: &Value, claims: &Value) -> String {
        let signed = format!(
            "{}.{}",
            text(header.to_string().as_bytes()),
            text(claims.to_string().as_bytes())
        );
        let random = SystemRandom::new();
        let signature = match &self.key {
            Key::Secret(key) => hmac::sign(key, signed.as_bytes()).as_ref().to_vec(),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature)
                    .expect("a signature");
                signature
            }
            Key::Elliptic(key) => {
                let signature = key.sign(&random, signed.as_bytes()).expect("a signature");
                signature.as_ref().to_vec()
            }
        };
        format!("{signed}.{}", text(&signature))
    }
}

/// A running service that publishes keys.
#[derive(Debug)]
pub struct IdentityService {
    /// The address of the keys.
    pub url: String,
    site: Arc<Mutex<Site>>,
}

#[derive(Debug)]
struct Site {
    answer: (StatusCode, String),
    asked: usize,
}

impl IdentityService {
    /// Starts a service that publishes these keys.
    ///
    /// # Panics
    /// When the service cannot be started.
    pub async fn start(keys: &[&SigningKey]) -> Self {
        let site = Arc::new(Mutex::new(Site {
            answer: answer(keys),
            asked: 0,
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/keys", listener.local_addr().expect("an address"));
        let routes = Router::new()
            .route("/keys", get(keys_page))
            .with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, site }
    }

    /// Publishes these keys from now on.
    pub fn publish(&self, keys: &[&SigningKey]) {
        self.answer_with(answer(keys));
    }

    /// Answers every request with a failure from now on.
    pub fn fail(&self) {
        self.answer_with((StatusCode::SERVICE_UNAVAILABLE, "{\"keys\":[]}".into()));
    }

    /// Answers every request with this text from now on.
    pub fn publish_text(&self, text: &str) {
        self.answer_with((StatusCode::OK, text.into()));
    }

    /// Sends every request on to `url` from now on.
    pub fn redirect_to(&self, url: &str) {
        self.answer_with((StatusCode::FOUND, url.into()));
    }

    /// The number of requests that the service answered.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.site.lock().expect("no thread panicked").asked
    }

    fn answer_with(&self, answer: (StatusCode, String)) {
        self.site.lock().expect("no thread panicked").answer = answer;
    }
}

fn answer(keys: &[&SigningKey]) -> (StatusCode, String) {
    let keys: Vec<Value> = keys.iter().map(|key| key.published()).collect();
    (StatusCode::OK, json!({ "keys": keys }).to_string())
}

async fn keys_page(State(site): State<Arc<Mutex<Site>>>) -> Response {
    let mut site = site.lock().expect("no thread panicked");
    site.asked += 1;
    let (status, text) = site.answer.clone();
    if status.is_redirection() {
        return (status, [(header::LOCATION, text)]).into_response();
    }
    (status, text).into_response()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
