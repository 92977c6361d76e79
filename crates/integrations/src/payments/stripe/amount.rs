//! Amounts as Stripe writes them: its minor units differ from those of ISO 4217 in some currencies.

use countermand_domain::{Currency, Money};

use crate::payments::scale::Scale;

fn scale_of(currency: Currency) -> Scale {
    match currency.code() {
        // Stripe counts ariary without decimals.
        "MGA" => Scale {
            divided_by: 100,
            ..Scale::SAME
        },
        // Stripe writes two decimals, which are 00.
        "ISK" | "UGX" => Scale {
            times: 100,
            step: 100,
            ..Scale::SAME
        },
        // Stripe writes three decimals, of which the last one is 0.
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => Scale {
            step: 10,
            ..Scale::SAME
        },
        _ => Scale::SAME,
    }
}

/// The amount in Stripe's minor units; none when Stripe cannot express it.
pub(super) fn to_stripe(amount: Money) -> Option<i64> {
    scale_of(amount.currency()).to_provider(amount)
}

/// Stripe's amount as money; none when it is not whole in the minor units of ISO 4217.
pub(super) fn from_stripe(amount: i64, currency: Currency) -> Option<Money> {
    scale_of(currency).to_money(amount, currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, code.parse().expect("a currency"))
    }

    #[test]
    fn each_currency_has_stripe_s_minor_units() {
        for (minor, code, there) in [
            (1500, "USD", 1500),
            (1500, "EUR", 1500),
            (1500, "CVE", 1500),
            (1500, "JPY", 1500),
            (1500, "KRW", 1500),
            (1500, "CLP", 1500),
            (1500, "XOF", 1500),
            (1500, "VND", 1500),
            (1500, "MGA", 15),
            (1500, "ISK", 150_000),
            (1500, "UGX", 150_000),
            (1500, "BHD", 1500),
            (1510, "KWD", 1510),
        ] {
            let amount = money(minor, code);
            assert_eq!(to_stripe(amount), Some(there), "{code}");
            assert_eq!(from_stripe(there, amount.currency()), Some(amount), "{code}");
        }
    }

    #[test]
    fn an_amount_that_stripe_cannot_express_is_not_rounded() {
        for (minor, code) in [(1501, "MGA"), (1501, "TND"), (i64::MAX, "ISK")] {
            assert_eq!(to_stripe(money(minor, code)), None, "{code}");
        }
        assert_eq!(from_stripe(1501, "ISK".parse().expect("a currency")), None);
    }
}
