//! Finds the title of a payment method, which guests see too: no other value of the payment may take its place.

use serde_json::Value;

use super::raw::{LINE, Raw};

/// The key under which Adobe keeps the title that the shopper saw.
const TITLE: &str = "method_title";

/// The methods that Adobe itself has, with their titles.
const WELL_KNOWN: [(&str, &str); 5] = [
    ("banktransfer", "Bank Transfer Payment"),
    ("cashondelivery", "Cash On Delivery"),
    ("checkmo", "Check / Money order"),
    ("free", "No Payment Information Required"),
    ("purchaseorder", "Purchase Order"),
];

/// The title of `method`: the one that the order names, or Adobe's own title of the method, or the method's code.
///
/// `info` is `extension_attributes.payment_additional_info`, and `information` is `payment.additional_information`.
/// Adobe's REST API writes the values of the latter without their keys, and one of them can be the token of a card.
/// So a value without a key is a title only if it is one of Adobe's own titles.
pub(super) fn payment_title(method: &str, info: Raw<'_>, information: Raw<'_>) -> String {
    let information = information.loosely::<Value>().unwrap_or_default();
    let info = info.loosely::<Value>().unwrap_or_default();
    labeled(&info)
        .or_else(|| labeled(&information))
        .or_else(|| well_known(|(code, _)| code == method))
        .or_else(|| unlabeled(&information))
        .unwrap_or_else(|| method.to_owned())
}

/// The title in `{"method_title": "Card"}`, in `[{"key": "method_title", "value": "Card"}]`, or in a list of the
/// former.
fn labeled(information: &Value) -> Option<String> {
    match information {
        Value::Object(entry) if entry.get("key").is_some_and(|key| key == TITLE) => {
            title(entry.get("value")?)
        }
        Value::Object(entries) => title(entries.get(TITLE)?),
        Value::Array(entries) => entries.iter().find_map(labeled),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// A text that can be a title: one line that is neither empty nor too long.
fn title(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let line = if text.contains(char::is_control) {
        let blanked = text.replace(char::is_control, " ");
        blanked.trim().to_owned()
    } else {
        text.to_owned()
    };
    let fits = !line.trim().is_empty() && line.chars().count() <= LINE;
    fits.then_some(line)
}

/// A value without a key that is one of Adobe's own titles.
fn unlabeled(information: &Value) -> Option<String> {
    let mut values = information.as_array()?.iter().filter_map(Value::as_str);
    values.find_map(|value| well_known(|(_, title)| title == value))
}

fn well_known(is_it: impl Fn((&str, &str)) -> bool) -> Option<String> {
    let found = WELL_KNOWN.into_iter().find(|method| is_it(*method));
    found.map(|(_, title)| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: &str, info: &str, information: &str) -> String {
        payment_title(method, Raw::new(info), Raw::new(information))
    }

    #[test]
    fn the_title_that_the_order_names_comes_first() {
        let info = r#"[{"key": "token", "value": "tok_1"}, {"key": "method_title", "value": "Card"}]"#;
        assert_eq!(of("gateway", info, r#"["tok_1", "Other"]"#), "Card");
        assert_eq!(of("checkmo", info, "[]"), "Card");
        assert_eq!(
            of("gateway", "[]", r#"{"token": "tok_1", "method_title": "iDEAL"}"#),
            "iDEAL"
        );
        let entries = r#"["tok_1", {"key": "method_title", "value": "PayPal\n"}]"#;
        assert_eq!(of("gateway", r#""of another shape""#, entries), "PayPal");
    }

    #[test]
    fn adobes_own_methods_have_their_titles() {
        for (method, title) in WELL_KNOWN {
            assert_eq!(of(method, "[]", r#"["tok_1"]"#), title);
        }
        assert_eq!(
            of("gateway", "[]", r#"["tok_1", "Cash On Delivery"]"#),
            "Cash On Delivery"
        );
    }

    #[test]
    fn no_value_without_a_key_is_shown() {
        for information in [
            "[]",
            "null",
            "5",
            r#""tok_1""#,
            r#"["tok_1", "Card"]"#,
            r#"{"token": "tok_1"}"#,
            r#"[{"key": "token", "value": "tok_1"}]"#,
            r#"{"method_title": {"token": "tok_1"}}"#,
            r#"{"method_title": ""}"#,
        ] {
            assert_eq!(
                of("gateway", information, information),
                "gateway",
                "{information}"
            );
        }
    }
}
