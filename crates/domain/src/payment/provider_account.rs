//! The name of an account at a payment provider, and which account serves a payment method.

use super::tender::{Tender, TenderKind};

/// The longest name of an account, in bytes.
pub const LONGEST_ACCOUNT_NAME: usize = 32;
/// The longest text of the setting, in bytes.
pub(crate) const LONGEST_PROVIDERS: usize = 2_000;
/// The method that stands for every online method without an entry of its own.
const EVERY_METHOD: &str = "*";

/// Whether `name` is a name of an account: 1 to 32 lower-case letters, digits and hyphens.
#[must_use]
pub fn is_account_name(name: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_ACCOUNT_NAME).contains(&name.len()) && name.bytes().all(is_fit)
}

impl Tender<'_> {
    /// The account that serves the tender's method, by the merchant's text `method = account; method = account`. The
    /// method `*` stands for all online methods that have no entry. None where no account moves the money.
    #[must_use]
    pub fn provider_account(self, providers: &str) -> Option<&str> {
        let of = |wanted: &str| {
            let entry = entries(providers).flatten().find(|(code, _)| *code == wanted);
            entry.map(|(_, account)| account)
        };
        let of_every_method = || of(EVERY_METHOD).filter(|_| self.kind == TenderKind::Provider);
        of(self.method).or_else(of_every_method)
    }
}

/// Whether `providers` is empty, or `method = account` for different methods with `;` between them.
pub(crate) fn are_providers(providers: &str) -> bool {
    let mut methods = Vec::new();
    providers.len() <= LONGEST_PROVIDERS
        && (providers.trim().is_empty()
            || entries(providers).all(|entry| {
                entry.is_some_and(|(method, account)| {
                    let is_new = !methods.contains(&method);
                    methods.push(method);
                    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_graphic());
                    is_new && is_method && is_account_name(account)
                })
            }))
}

/// The entries of the text, each a method and an account; `None` for an entry without `=`.
fn entries(providers: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    providers.split(';').map(|entry| {
        let (method, account) = entry.split_once('=')?;
        Some((method.trim(), account.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_served_by_its_account_then_by_that_of_every_method() {
        let paid_with = |kind, method| Tender {
            position: 0,
            kind,
            method,
            title: method,
        };
        let (stripe, paypal) = (
            paid_with(TenderKind::Provider, "stripe"),
            paid_with(TenderKind::Provider, "paypal"),
        );
        let check = paid_with(TenderKind::Offline, "checkmo");
        let card = paid_with(TenderKind::GiftCard, "giftcard");
        let providers = "stripe = main; * = other-1";
        assert_eq!(stripe.provider_account(providers), Some("main"));
        assert_eq!(paypal.provider_account(providers), Some("other-1"));
        assert_eq!(check.provider_account(providers), None);
        assert_eq!(card.provider_account(providers), None);
        assert_eq!(card.provider_account("giftcard = cards; * = main"), Some("cards"));
        assert_eq!(check.provider_account("checkmo = main"), Some("main"));
        assert_eq!(paypal.provider_account("stripe = main"), None);
        assert_eq!(paypal.provider_account(""), None);
    }

    #[test]
    fn each_method_has_one_account() {
        for providers in ["", "a=b", "a = b; * = c-2"] {
            assert!(are_providers(providers), "{providers}");
        }
        for providers in ["a", "a =", "= b", "a = B", "a b = c", "a = b;", "a = b; a = c"] {
            assert!(!are_providers(providers), "{providers}");
        }
    }
}
