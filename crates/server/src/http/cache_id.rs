//! The header `X-Magento-Cache-Id`, by which a cache between the server and the buyer can tell answers apart.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};

/// The header, in requests and in answers.
pub(super) const CACHE_ID: HeaderName = HeaderName::from_static("x-magento-cache-id");
/// The longest value that the server sends back, in bytes.
const LONGEST: usize = 128;

/// The id of the request, if it is a plain word; otherwise an id that depends on the store view, the currency and
/// whether the buyer is signed in, but not on who the buyer is.
pub(super) fn cache_id(headers: &HeaderMap, is_signed_in: bool) -> HeaderValue {
    let came = headers.get(CACHE_ID).filter(|value| is_plain(value.as_bytes()));
    came.cloned().unwrap_or_else(|| made(headers, is_signed_in))
}

/// Whether `value` is a plain word. The text `null` does not count, because storefronts send it before they have an
/// id.
fn is_plain(value: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=LONGEST).contains(&value.len()) && value.iter().all(is_part) && value != b"null"
}

fn made(headers: &HeaderMap, is_signed_in: bool) -> HeaderValue {
    let mut hash = Sha256::new();
    for name in ["store", "content-currency"] {
        let value = headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default();
        hash.update(value.to_ascii_lowercase());
        hash.update(b"\n");
    }
    hash.update(if is_signed_in { b"customer" } else { b"visitor\0" });
    let id = hex::encode(hash.finalize());
    HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            let value = HeaderValue::from_str(value).expect("a value");
            (HeaderName::from_static(name), value)
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_plain_word_comes_back() {
        let long = "a".repeat(LONGEST + 1);
        let back = |sent: &str| cache_id(&headers(&[("x-magento-cache-id", sent)]), false) == sent;
        assert!(back("0123456789abcdef"));
        assert!(back(&long[1..]));
        for other in ["", "null", "a b", "a;b", "\"a\"", &long] {
            assert!(!back(other), "{other}");
        }
    }

    #[test]
    fn an_id_is_the_same_for_the_same_view() {
        let id = |pairs, is_signed_in| cache_id(&headers(pairs), is_signed_in);
        let visitor = id(&[("store", "default")], false);
        assert_eq!(visitor.len(), 64);
        assert_eq!(visitor, id(&[("store", "default"), ("accept", "*/*")], false));
        assert_ne!(visitor, id(&[("store", "default")], true));
        assert_ne!(visitor, id(&[("store", "nl")], false));
        assert_ne!(
            visitor,
            id(&[("store", "default"), ("content-currency", "EUR")], false)
        );
    }
}
