//! One key with the one algorithm that it is for.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// How many keys are taken of a set.
const MOST_KEYS: usize = 64;

/// A key. What algorithm a token names decides nothing: it must be the key's.
#[derive(Clone)]
pub(super) struct TokenKey {
    pub(super) id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl TokenKey {
    /// A secret that both sides know.
    pub(super) fn shared(secret: &[u8]) -> Self {
        Self {
            id: None,
            algorithm: Algorithm::HS256,
            key: DecodingKey::from_secret(secret),
        }
    }

    /// A published key, if it is for signatures that are taken here.
    fn published(jwk: &Jwk) -> Option<Self> {
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
                Algorithm::ES256
            }
            // A secret that is published is none.
            _ => return None,
        };
        let named = jwk.common.key_algorithm;
        let fits = match algorithm {
            Algorithm::RS256 => matches!(named, None | Some(KeyAlgorithm::RS256)),
            _ => matches!(named, None | Some(KeyAlgorithm::ES256)),
        };
        let signs = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
        let key = DecodingKey::from_jwk(jwk).ok()?;
        (fits && signs).then(|| Self {
            id: jwk.common.key_id.clone(),
            algorithm,
            key,
        })
    }
}

/// The usable keys of a published set (RFC 7517); one that nobody can read does not spoil the others.
pub(super) fn published_keys(text: &[u8]) -> Result<Vec<TokenKey>, serde_json::Error> {
    let set: AnyKeys = serde_json::from_slice(text)?;
    let keys = set
        .keys
        .into_iter()
        .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    let keys = keys.filter_map(|key| TokenKey::published(&key));
    Ok(keys.take(MOST_KEYS).collect())
}

#[derive(Deserialize)]
struct AnyKeys {
    keys: Vec<Value>,
}
