//! Writes amounts for the readers of a mail, in the way of their language.

use countermand_domain::Money;

/// The space between an amount and its currency, at which no line breaks.
const NO_BREAK: char = '\u{a0}';

/// `amount` as readers of `locale` write it: `€ 1.234,50` in Dutch, `1 234,50 €` in Swedish, and `€1,234.50` in
/// all other languages.
pub(crate) fn amount_text(amount: Money, locale: &str) -> String {
    let english = amount.to_string();
    let language = locale.split(['_', '-']).next().unwrap_or_default();
    let (sign, rest) = english
        .strip_prefix('-')
        .map_or(("", english.as_str()), |rest| ("-", rest));
    let symbol = amount.currency().symbol();
    let digits = rest.strip_prefix(&symbol).unwrap_or(rest);
    match language.to_ascii_lowercase().as_str() {
        "nl" => format!("{symbol}{NO_BREAK}{sign}{}", with_marks(digits, '.')),
        "sv" => format!("{sign}{}{NO_BREAK}{symbol}", with_marks(digits, NO_BREAK)),
        _ => english,
    }
}

/// English `digits` with a comma before the decimals and with `thousands` between groups.
fn with_marks(digits: &str, thousands: char) -> String {
    let mark = |it| match it {
        ',' => thousands,
        '.' => ',',
        digit => digit,
    };
    digits.chars().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_as_in_the_readers_language() {
        let cases = [
            ("en_US", "USD", 123_450, "$1,234.50"),
            ("fr_FR", "EUR", 1500, "€15.00"),
            ("nl_NL", "EUR", 123_450, "€\u{a0}1.234,50"),
            ("nl", "EUR", -1500, "€\u{a0}-15,00"),
            ("sv-SE", "SEK", 123_456_789, "1\u{a0}234\u{a0}567,89\u{a0}kr"),
            ("sv_SE", "EUR", -5, "-0,05\u{a0}€"),
            ("nl_NL", "JPY", 1500, "¥\u{a0}1.500"),
        ];
        for (locale, currency, minor, expected) in cases {
            let amount = Money::new(minor, currency.parse().expect("a currency"));
            assert_eq!(amount_text(amount, locale), expected, "{locale} {currency}");
        }
    }
}
