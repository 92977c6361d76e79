//! Amounts as Hyperswitch writes them: its minor units differ from those of ISO 4217 in two currencies.

use countermand_domain::{Currency, Money};

use crate::payments::scale::Scale;

fn scale_of(currency: Currency) -> Scale {
    match currency.code() {
        // Hyperswitch counts ariary without decimals.
        "MGA" => Scale {
            divided_by: 100,
            ..Scale::SAME
        },
        // Hyperswitch writes two decimals, which are 00.
        "ISK" => Scale {
            times: 100,
            step: 100,
            ..Scale::SAME
        },
        _ => Scale::SAME,
    }
}

/// The amount in Hyperswitch's minor units; none when Hyperswitch cannot express it.
pub(super) fn to_hyperswitch(amount: Money) -> Option<i64> {
    scale_of(amount.currency()).to_provider(amount)
}

/// Hyperswitch's amount as money; none when it is not whole in the minor units of ISO 4217.
pub(super) fn from_hyperswitch(amount: i64, currency: Currency) -> Option<Money> {
    scale_of(currency).to_money(amount, currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_currency_has_hyperswitch_s_minor_units() {
        for (minor, code, there) in [
            (1500, "USD", 1500),
            (1500, "CVE", 1500),
            (1500, "JPY", 1500),
            (1500, "CLP", 1500),
            (1500, "UGX", 1500),
            (1500, "KWD", 1500),
            (1500, "MGA", 15),
            (1500, "ISK", 150_000),
        ] {
            let amount = Money::new(minor, code.parse().expect("a currency"));
            assert_eq!(to_hyperswitch(amount), Some(there), "{code}");
            assert_eq!(from_hyperswitch(there, amount.currency()), Some(amount), "{code}");
        }
        let uneven = Money::new(1501, "MGA".parse().expect("a currency"));
        assert_eq!(to_hyperswitch(uneven), None);
    }
}
