//! Links in mails: to the storefront's pages for guests' orders and for a new password.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_domain::{ConfigScope, OrderId, Settings, Shop, StoreNumber};

/// The settings of the storefront where buyers reach the orders of `store`; none while the whole website of `store` is
/// disabled, because requests of its storefronts are refused.
pub(crate) fn storefront_settings(shop: &Shop, store: StoreNumber) -> Option<Settings> {
    let shown_by = shop.store_that_shows(store)?;
    Some(shop.settings_at(ConfigScope::Store(shown_by.number)))
}

/// The link that confirms a cancellation. It holds the id, the key,
/// the token and the action (`docs/contract.md` section 5.3).
pub(crate) fn confirmation_link(settings: &Settings, order: OrderId, key: &str, token: &str) -> String {
    let id = STANDARD.encode(order.number().to_string());
    let parameters = [
        ("order_id", id.as_str()),
        ("confirmation_key", key),
        ("orderRef", token),
        ("action", "cancel"),
    ];
    link(settings, &parameters)
}

/// The link that shows an order without signing in; it holds the order's token.
pub(crate) fn order_link(settings: &Settings, token: &str) -> String {
    link(settings, &[("orderRef", token)])
}

/// The path of the page for a new password, as in Adobe's drop-in storefront.
const NEW_PASSWORD_PATH: &str = "customer/create-password";

/// The link with which the owner of the account of `email` chooses a new password; it holds the token.
pub(crate) fn new_password_link(settings: &Settings, email: &str, token: &str) -> String {
    link_to(settings, NEW_PASSWORD_PATH, &[("email", email), ("token", token)])
}

fn link(settings: &Settings, parameters: &[(&str, &str)]) -> String {
    link_to(settings, &settings.guest_order_path.value, parameters)
}

/// Joins address, path and parameters; the path may have parameters of its own.
fn link_to(settings: &Settings, path: &str, parameters: &[(&str, &str)]) -> String {
    let storefront = settings.storefront_url.value.trim_end_matches('/');
    let path = path.trim_start_matches('/');
    let mut separator = match path.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    let mut link = format!("{storefront}/{path}");
    for (name, value) in parameters {
        link.push_str(separator);
        link.push_str(name);
        link.push('=');
        link.push_str(&escaped(value));
        separator = "&";
    }
    link
}

/// Writes all characters but RFC 3986's unreserved ones as `%XX`.
fn escaped(value: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use countermand_domain::{ConfigScope, ScopedSettings};

    use super::*;

    fn settings(url: &str, path: &str) -> Settings {
        let set = ScopedSettings {
            storefront_url: Some(url.into()),
            guest_order_path: Some(path.into()),
            ..ScopedSettings::default()
        };
        Settings::resolve(&[(ConfigScope::Default, &set)])
    }

    #[test]
    fn address_path_and_parameters_are_joined_by_one_sign_each() {
        let cases = [
            (
                "https://a.example",
                "orders",
                "https://a.example/orders?orderRef=t",
            ),
            (
                "https://a.example/nl/",
                "/orders/",
                "https://a.example/nl/orders/?orderRef=t",
            ),
            (
                "https://a.example",
                "?page=order",
                "https://a.example/?page=order&orderRef=t",
            ),
            (
                "https://a.example",
                "x?y=1&",
                "https://a.example/x?y=1&orderRef=t",
            ),
            ("https://a.example", "x?", "https://a.example/x?orderRef=t"),
        ];
        for (url, path, expected) in cases {
            assert_eq!(order_link(&settings(url, path), "t"), expected);
        }
    }

    #[test]
    fn special_characters_stay_inside_their_parameter() {
        let order = OrderId::from_number(10_000_000_001).expect("an id");
        let link = confirmation_link(&settings("https://a.example", "o"), order, "a&b=c d#é", "t/+");
        assert_eq!(
            link,
            "https://a.example/o?order_id=MTAwMDAwMDAwMDE%3D&confirmation_key=a%26b%3Dc%20d%23%C3%A9\
             &orderRef=t%2F%2B&action=cancel"
        );
    }
}
