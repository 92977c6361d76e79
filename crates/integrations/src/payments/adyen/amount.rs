//! Amounts as Adyen writes them: its minor units differ from those of ISO 4217 in some currencies.

use countermand_domain::{Currency, Money};

use crate::payments::scale::Scale;

/// How Adyen counts a currency; none where that is not known, so that no wrong amount is sent.
fn scale_of(currency: Currency) -> Option<Scale> {
    match currency.code() {
        // Adyen counts these without decimals.
        "CVE" | "IDR" => Some(Scale {
            divided_by: 100,
            ..Scale::SAME
        }),
        // Adyen writes two decimals.
        "CLP" | "ISK" => Some(Scale {
            times: 100,
            ..Scale::SAME
        }),
        // Adyen's list of currencies leaves these out, or the sources disagree.
        "BIF" | "IQD" | "MGA" => None,
        _ => Some(Scale::SAME),
    }
}

/// The amount in Adyen's minor units; none when Adyen cannot express it.
pub(super) fn to_adyen(amount: Money) -> Option<i64> {
    scale_of(amount.currency())?.to_provider(amount)
}

/// Adyen's amount as money; none when it is not whole in the minor units of ISO 4217.
pub(super) fn from_adyen(amount: i64, currency: Currency) -> Option<Money> {
    scale_of(currency)?.to_money(amount, currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_currency_has_adyen_s_minor_units() {
        for (minor, code, there) in [
            (1500, "EUR", 1500),
            (1500, "USD", 1500),
            (1500, "JPY", 1500),
            (1500, "KRW", 1500),
            (1500, "XOF", 1500),
            (1500, "UGX", 1500),
            (1500, "KWD", 1500),
            (1500, "CVE", 15),
            (1500, "IDR", 15),
            (1500, "CLP", 150_000),
            (1500, "ISK", 150_000),
        ] {
            let amount = Money::new(minor, code.parse().expect("a currency"));
            assert_eq!(to_adyen(amount), Some(there), "{code}");
            assert_eq!(from_adyen(there, amount.currency()), Some(amount), "{code}");
        }
    }

    #[test]
    fn an_amount_that_adyen_cannot_express_is_not_rounded() {
        for (minor, code) in [(1501, "IDR"), (1500, "MGA"), (1500, "BIF"), (i64::MAX, "CLP")] {
            let amount = Money::new(minor, code.parse().expect("a currency"));
            assert_eq!(to_adyen(amount), None, "{code}");
        }
    }
}
