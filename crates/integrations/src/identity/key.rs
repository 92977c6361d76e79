//! A key together with the only algorithm that it may be used with.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// The largest number of keys that are used from a published set.
const MOST_KEYS: usize = 64;

/// A key and its algorithm. A token must name the algorithm of the key; it cannot choose another one.
#[derive(Clone)]
pub(super) struct TokenKey {
    pub(super) id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl TokenKey {
    /// The key of a secret that this server shares with the identity service.
    pub(super) fn shared(secret: &[u8]) -> Self {
        Self {
            id: None,
            algorithm: Algorithm::HS256,
            key: DecodingKey::from_secret(secret),
        }
    }

    /// The key of `jwk`; none if it is not for signatures with RS256 or ES256.
    fn published(jwk: &Jwk) -> Option<Self> {
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
                Algorithm::ES256
            }
            // A symmetric key in a published set is not secret, so it is not used.
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

/// The usable keys of a published set (RFC 7517). A key that cannot be read is skipped.
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
