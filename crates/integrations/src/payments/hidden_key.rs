//! Hides the key to an account in the answers of its provider, and in the words of its messages: a provider may repeat a
//! key that it refuses, and its words are kept, logged and shown to staff.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

/// The text in the place of the key.
const HIDDEN: &str = "[secret]";
/// The fewest characters of a key that is hidden. A shorter one may be a part of other words.
const SHORTEST: usize = 8;

/// The forms in which a key may come back: as it is, percent-encoded and in base64.
pub(super) struct HiddenKey(Vec<String>);

impl HiddenKey {
    pub(super) fn of(key: &str) -> Self {
        if key.len() < SHORTEST {
            return Self(Vec::new());
        }
        Self(vec![
            key.to_owned(),
            byte_serialize(key.as_bytes()).collect(),
            STANDARD_NO_PAD.encode(key),
        ])
    }

    /// The body of an answer without the key. Each text of a JSON body is looked through after it was decoded, because
    /// JSON has several ways to write a character.
    pub(super) fn hide_in(&self, body: Vec<u8>) -> Vec<u8> {
        let Ok(mut value) = serde_json::from_slice::<Value>(&body) else {
            let hidden = self.without_key(&String::from_utf8_lossy(&body));
            return hidden.map_or(body, String::into_bytes);
        };
        if self.hide_in_value(&mut value) {
            value.to_string().into_bytes()
        } else {
            body
        }
    }

    /// The text without the key.
    pub(super) fn hide(&self, text: String) -> String {
        self.without_key(&text).unwrap_or(text)
    }

    /// Whether the value held the key.
    fn hide_in_value(&self, value: &mut Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
            Value::String(text) => match self.without_key(text) {
                Some(hidden) => {
                    *text = hidden;
                    true
                }
                None => false,
            },
            Value::Array(parts) => self.hide_in_all(parts.iter_mut()),
            Value::Object(fields) => self.hide_in_all(fields.values_mut()),
        }
    }

    /// Whether one of the values held the key.
    fn hide_in_all<'a>(&self, values: impl Iterator<Item = &'a mut Value>) -> bool {
        let mut found = false;
        for value in values {
            found |= self.hide_in_value(value);
        }
        found
    }

    /// The text without the key; none where it does not hold the key.
    fn without_key(&self, text: &str) -> Option<String> {
        let mut hidden: Option<String> = None;
        for form in &self.0 {
            let known = hidden.as_deref().unwrap_or(text);
            if known.contains(form.as_str()) {
                hidden = Some(known.replace(form.as_str(), HIDDEN));
            }
        }
        hidden
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KEY: &str = r#"sk_live_"a/b"&<c>+d="#;

    fn hidden(body: &str) -> String {
        let body = HiddenKey::of(KEY).hide_in(body.as_bytes().to_vec());
        String::from_utf8(body).expect("text")
    }

    #[test]
    fn a_key_is_hidden_in_each_form_and_at_each_depth() {
        let forms = [
            KEY.to_owned(),
            "sk_live_%22a%2Fb%22%26%3Cc%3E%2Bd%3D".to_owned(),
            STANDARD_NO_PAD.encode(KEY),
        ];
        for form in forms {
            let body = json!({ "error": { "message": ["no", format!("the key {form} and {form}")] } });
            let expected = json!({ "error": { "message": ["no", "the key [secret] and [secret]"] } });
            assert_eq!(hidden(&body.to_string()), expected.to_string(), "{form}");
            assert_eq!(
                hidden(&format!("<p>{form}</p>")),
                "<p>[secret]</p>",
                "in a page that is no JSON"
            );
            let words = HiddenKey::of(KEY).hide(format!("the key {form}"));
            assert_eq!(words, "the key [secret]");
        }
        let escaped = r#"{"message":"sk_live_\u0022a\/b\"\u0026\u003cc\u003e+d="}"#;
        assert_eq!(hidden(escaped), r#"{"message":"[secret]"}"#);
    }

    #[test]
    fn an_answer_without_the_key_stays_as_it_is() {
        for body in ["", "{ \"amount\" : 1500.0 }", "sk_live_another", "[\"\u{fc}\"]"] {
            assert_eq!(hidden(body), body);
        }
        let short = HiddenKey::of("key").hide_in(b"no such key".to_vec());
        assert_eq!(short, b"no such key");
    }
}
