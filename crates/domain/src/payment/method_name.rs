//! The names of payment methods that a merchant sets for orders which do not name theirs.

use super::Payment;
use super::tender::Tender;

/// The longest text of names, in bytes.
pub(crate) const LONGEST_METHOD_NAMES: usize = 2_000;

impl Payment {
    /// The name of the payment method as buyers see it. `names` is the merchant's text `code = name; code = name`; a
    /// name in it counts when the order names nothing but the method's code.
    #[must_use]
    pub fn shown_name<'a>(&'a self, names: &'a str) -> &'a str {
        let tender = self.tender(0);
        tender.map_or(&self.title, |tender| tender.shown_name(names))
    }
}

impl<'a> Tender<'a> {
    /// The name of the tender as buyers see it, by the same text `names`.
    #[must_use]
    pub fn shown_name(self, names: &'a str) -> &'a str {
        if self.title != self.method {
            return self.title;
        }
        let entry = entries(names).find(|entry| entry.is_some_and(|(code, _)| code == self.method));
        entry.flatten().map_or(self.title, |(_, name)| name)
    }
}

/// Whether `names` is empty, or `code = name` for different codes with `;` between them.
pub(crate) fn are_method_names(names: &str) -> bool {
    let mut codes = Vec::new();
    names.len() <= LONGEST_METHOD_NAMES
        && !names.contains(char::is_control)
        && (names.trim().is_empty()
            || entries(names).all(|entry| {
                entry.is_some_and(|(code, name)| {
                    let is_new = !codes.contains(&code);
                    codes.push(code);
                    is_new && !code.is_empty() && !code.contains(char::is_whitespace) && !name.is_empty()
                })
            }))
}

/// The entries of the text, each a code and a name; `None` for an entry without `=`.
fn entries(names: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    names.split(';').map(|entry| {
        let (code, name) = entry.split_once('=')?;
        Some((code.trim(), name.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PaymentKind;

    fn payment(title: &str) -> Payment {
        Payment {
            method: "stripe".into(),
            title: title.into(),
            kind: PaymentKind::Online,
            additional_data: Vec::new(),
            tenders: Vec::new(),
            transactions: Vec::new(),
        }
    }

    #[test]
    fn a_method_is_named_by_the_order_then_by_the_merchant_then_by_its_code() {
        let names = "mollie = iDEAL; stripe = Card";
        assert_eq!(
            payment("Credit Card (Stripe)").shown_name(names),
            "Credit Card (Stripe)"
        );
        assert_eq!(payment("stripe").shown_name(names), "Card");
        assert_eq!(payment("stripe").shown_name("mollie = iDEAL"), "stripe");
        assert_eq!(payment("stripe").shown_name(""), "stripe");
    }

    #[test]
    fn each_code_has_one_name() {
        for names in ["", "stripe=Card", "a = b = c; d = e", "stripe = Kaart & meer"] {
            assert!(are_method_names(names), "{names}");
        }
        for names in [
            "Card",
            "stripe = ",
            "= Card",
            "my stripe = Card",
            "stripe = Card;",
            "stripe = Card; stripe = Visa",
            "stripe = Card\n",
        ] {
            assert!(!are_method_names(names), "{names}");
        }
        assert!(!are_method_names(&format!(
            "stripe = {}",
            "x".repeat(LONGEST_METHOD_NAMES)
        )));
    }
}
