//! A JSON value that is parsed only when its type is known. Numbers stay text, so that no float changes them.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use countermand_domain::{DecimalError, Quantity, parse_scaled};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::date;
use super::float::{amount_of_float, rounded_decimal};
use super::refusal::OrderRefusal;

/// The longest name, label or street line, in characters: Adobe's own columns have this length.
pub(super) const LINE: usize = 255;
/// The longest comment or message, in characters: at four bytes a character it still fits MySQL's `TEXT`.
pub(super) const PROSE: usize = 16_000;
/// The largest amount, a trillion: sums over 9,999 items stay far within 64 bits of ten-thousandths.
pub(super) const LARGEST_AMOUNT: i64 = 1_000_000_000_000 * 10_000;
/// The largest quantity that Adobe's `decimal(12,4)` holds.
const LARGEST_QUANTITY: i64 = 99_999_999 * 10_000;

/// A value as it stands in the document; an absent value and null are the same.
///
/// Every reading function takes the field's name for the refusal, and treats a blank text as an absent value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Raw<'a>(Option<&'a str>);

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&'de RawValue>::deserialize(deserializer)?.get();
        Ok(Self((json != "null").then_some(json)))
    }
}

impl<'a> Raw<'a> {
    /// The value that `json` is.
    pub(super) fn new(json: &'a str) -> Self {
        Self(Some(json.trim_ascii()))
    }

    /// Whether the value is an object or a list.
    pub(super) fn is_structure(self) -> bool {
        self.0.is_some_and(|json| json.starts_with(['{', '[']))
    }

    /// The amount in ten-thousandths without its sign, and whether it is below zero; none where the value is no amount.
    pub(super) fn signed_amount(self) -> Option<(i64, bool)> {
        let amount = self.magnitude("").ok()??;
        Some((
            amount,
            self.0?.trim_start_matches('"').trim_start().starts_with('-'),
        ))
    }

    pub(super) fn is_absent(self) -> bool {
        self.0.is_none()
    }

    /// Reads a text of one line, at most `longest` characters. Control characters become blanks, and `notes` says so.
    pub(super) fn text(
        self,
        field: &str,
        longest: usize,
        notes: &mut Vec<String>,
    ) -> Result<Option<String>, OrderRefusal> {
        match self.scalar(field)? {
            Some(text) => readable(field, &text, longest, char::is_control, notes),
            None => Ok(None),
        }
    }

    /// Reads a text that may have several lines. Other control characters become blanks, and `notes` says so.
    pub(super) fn prose(self, field: &str, notes: &mut Vec<String>) -> Result<Option<String>, OrderRefusal> {
        match self.scalar(field)? {
            Some(text) => readable(field, &text, PROSE, is_control_in_prose, notes),
            None => Ok(None),
        }
    }

    /// Reads a text that programs compare, such as a number, a code or an e-mail
    /// address, and refuses control characters: without them it would be another text.
    pub(super) fn code(self, field: &str, longest: usize) -> Result<Option<String>, OrderRefusal> {
        let Some(text) = self.scalar(field)? else {
            return Ok(None);
        };
        if text.chars().any(char::is_control) {
            return Err(OrderRefusal::new(field, &text, "holds a control character"));
        }
        check_length(field, &text, longest)?;
        Ok(Some(text.into_owned()))
    }

    /// Reads an amount in ten-thousandths that is not below zero.
    pub(super) fn amount(self, field: &str) -> Result<Option<i64>, OrderRefusal> {
        self.decimal(field, LARGEST_AMOUNT)
    }

    /// Reads a price or a percentage that is shown and never counted, in ten-thousandths that are not below zero. More
    /// than four digits after the point are rounded half up.
    pub(super) fn shown(self, field: &str) -> Result<Option<i64>, OrderRefusal> {
        match self.scalar(field)? {
            None => Ok(None),
            Some(text) => non_negative(field, &text, LARGEST_AMOUNT, rounded_decimal).map(Some),
        }
    }

    /// Reads an amount in ten-thousandths and ignores its sign, because discounts come with either sign.
    pub(super) fn magnitude(self, field: &str) -> Result<Option<i64>, OrderRefusal> {
        let Some(text) = self.scalar(field)? else {
            return Ok(None);
        };
        let text = text.trim();
        let magnitude = text.strip_prefix('-').unwrap_or(text);
        non_negative(field, magnitude, LARGEST_AMOUNT, amount_of_float).map(Some)
    }

    /// Reads a quantity that is not below zero; none where the value is absent.
    pub(super) fn quantity(self, field: &str) -> Result<Quantity, OrderRefusal> {
        let scaled = self.decimal(field, LARGEST_QUANTITY)?;
        Ok(scaled.map_or(Quantity::ZERO, Quantity::from_scaled))
    }

    /// Reads a whole number that is an id; Adobe sometimes writes 0 for "none".
    pub(super) fn id(self, field: &str) -> Result<Option<i64>, OrderRefusal> {
        let Some(text) = self.scalar(field)? else {
            return Ok(None);
        };
        let id =
            parse_scaled(&text, 0).map_err(|_| OrderRefusal::new(field, &text, "is not a whole number"))?;
        Ok((id != 0).then_some(id))
    }

    /// Reads yes or no.
    pub(super) fn flag(self, field: &str) -> Result<Option<bool>, OrderRefusal> {
        match self.scalar(field)?.as_deref() {
            None => Ok(None),
            Some("1" | "true") => Ok(Some(true)),
            Some("0" | "false") => Ok(Some(false)),
            Some(other) => Err(OrderRefusal::new(field, other, "is neither 0 nor 1")),
        }
    }

    /// Reads an instant in a notation of [`date`].
    pub(super) fn time(self, field: &str) -> Result<Option<DateTime<Utc>>, OrderRefusal> {
        let Some(text) = self.scalar(field)? else {
            return Ok(None);
        };
        let refused = || OrderRefusal::new(field, &text, "is not a time like 2030-12-31 23:59:59");
        date::parse(&text).map(Some).ok_or_else(refused)
    }

    /// Reads an object; PHP writes an empty object as `[]`.
    pub(super) fn object<T: Deserialize<'a>>(self, field: &str) -> Result<Option<T>, OrderRefusal> {
        let Some(json) = self.0 else {
            return Ok(None);
        };
        if json.starts_with('{') {
            let read = serde_json::from_str(json);
            read.map(Some)
                .map_err(|error| OrderRefusal::new(field, json, format!("is malformed: {error}")))
        } else if json.starts_with('[') && self.list(field)?.is_empty() {
            Ok(None)
        } else {
            Err(OrderRefusal::new(field, json, "must be an object"))
        }
    }

    /// Reads a list; empty where the value is absent.
    pub(super) fn list(self, field: &str) -> Result<Vec<Self>, OrderRefusal> {
        match self.0 {
            None => Ok(Vec::new()),
            Some(json) => {
                serde_json::from_str(json).map_err(|_| OrderRefusal::new(field, json, "must be a list"))
            }
        }
    }

    /// Reads a value of any type, for the few places where shapes differ
    /// from shop to shop; `None` where the value has another shape.
    pub(super) fn loosely<T: DeserializeOwned>(self) -> Option<T> {
        serde_json::from_str(self.0?).ok()
    }

    fn decimal(self, field: &str, largest: i64) -> Result<Option<i64>, OrderRefusal> {
        match self.scalar(field)? {
            None => Ok(None),
            Some(text) => non_negative(field, &text, largest, amount_of_float).map(Some),
        }
    }

    /// The text of a string, a number or a boolean.
    fn scalar(self, field: &str) -> Result<Option<Cow<'a, str>>, OrderRefusal> {
        let Some(json) = self.0 else {
            return Ok(None);
        };
        if json.starts_with(['{', '[']) {
            return Err(OrderRefusal::new(field, json, "must be a text or a number"));
        }
        let text = match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            None => Cow::Borrowed(json),
            Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain),
            Some(_) => serde_json::from_str(json)
                .map(Cow::Owned)
                .map_err(|_| OrderRefusal::new(field, json, "holds what is no Unicode text"))?,
        };
        Ok((!text.trim().is_empty()).then_some(text))
    }
}

/// `text` with blanks in place of the characters that `unreadable` names, and a note about
/// them. `None` where no other character is left; a refusal where the text is too long.
pub(super) fn readable(
    field: &str,
    text: &str,
    longest: usize,
    unreadable: impl Fn(char) -> bool,
    notes: &mut Vec<String>,
) -> Result<Option<String>, OrderRefusal> {
    let mut text = Cow::Borrowed(text);
    if text.chars().any(&unreadable) {
        let blanked: String = text
            .chars()
            .map(|it| if unreadable(it) { ' ' } else { it })
            .collect();
        notes.push(format!("{field} holds control characters, which became blanks"));
        text = Cow::Owned(blanked.trim().to_owned());
    }
    check_length(field, &text, longest)?;
    Ok((!text.trim().is_empty()).then(|| text.into_owned()))
}

fn check_length(field: &str, text: &str, longest: usize) -> Result<(), OrderRefusal> {
    if text.len() > longest && text.chars().count() > longest {
        let problem = format!("is longer than {longest} characters");
        Err(OrderRefusal::new(field, text, problem))
    } else {
        Ok(())
    }
}

/// Whether a character is a control character in prose: line breaks and tabs are allowed, because people type them.
pub(super) fn is_control_in_prose(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\r' | '\t')
}

/// The ten-thousandths of `text`; `of_long` reads a number with more than four digits after the point.
fn non_negative(
    field: &str,
    text: &str,
    largest: i64,
    of_long: fn(&str) -> Option<i64>,
) -> Result<i64, OrderRefusal> {
    let read = match parse_scaled(text, 4) {
        Err(error @ (DecimalError::TooPrecise(_) | DecimalError::TooLarge)) => {
            of_long(text.trim()).ok_or(error)
        }
        read => read,
    };
    let problem = match read {
        Ok(value) if value < 0 => "must not be below zero",
        Ok(value) if value <= largest => return Ok(value),
        Ok(_) | Err(DecimalError::TooLarge) => "is too large",
        Err(DecimalError::TooPrecise(_)) => "has more than four digits after the point",
        Err(DecimalError::Malformed) => "is not a decimal number",
    };
    Err(OrderRefusal::new(field, text, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_as_numbers_or_texts_and_stay_exact() {
        let amount = |json| Raw::new(json).amount("x").map_err(|it| it.problem);
        assert_eq!(amount("12.3450"), Ok(Some(123_450)));
        assert_eq!(amount(r#""10.0000""#), Ok(Some(100_000)));
        assert_eq!(amount(r#""""#), Ok(None));
        assert_eq!(amount("0.1"), Ok(Some(1000)));
        assert_eq!(amount("-0.01"), Err("must not be below zero".into()));
        assert_eq!(amount("1e300"), Err("is too large".into()));
        assert_eq!(
            amount("0.00001"),
            Err("has more than four digits after the point".into())
        );
        assert_eq!(amount("[1]"), Err("must be a text or a number".into()));
        assert_eq!(amount("true"), Err("is not a decimal number".into()));
        assert_eq!(Raw::new("-5").magnitude("x"), Ok(Some(50_000)));
        assert!(Raw::new("--5").magnitude("x").is_err());
        assert_eq!(amount("75.650000000000006"), Ok(Some(756_500)));
        assert_eq!(amount("-2.8421709430404007e-14"), Ok(Some(0)));
        assert_eq!(Raw::new("-0.10000000000000001").magnitude("x"), Ok(Some(1000)));
        let float = Raw::new("1.9999999999999998").quantity("x");
        assert_eq!(float, Ok(Quantity::whole(2)));
    }

    #[test]
    fn truth_comes_in_four_spellings() {
        for (json, flag) in [
            ("1", true),
            (r#""1""#, true),
            ("true", true),
            ("0", false),
            (r#""0""#, false),
        ] {
            assert_eq!(Raw::new(json).flag("x"), Ok(Some(flag)), "{json}");
        }
        assert!(Raw::new("2").flag("x").is_err());
    }

    #[test]
    fn times_are_utc_and_whole_microseconds() {
        let micros = |json| {
            Raw::new(json)
                .time("x")
                .map(|at| at.map_or(0, |at| at.timestamp_micros()))
        };
        assert_eq!(micros(r#""1970-01-01 00:00:01""#), Ok(1_000_000));
        assert_eq!(micros(r#""1970-01-01T01:00:00.0000019+01:00""#), Ok(1));
        assert_eq!(micros(r#""1970-01-01 00:00:59.5""#), Ok(59_500_000));
        for wrong in [
            r#""0000-00-00 00:00:00""#,
            r#""yesterday""#,
            "5",
            r#""+12345-01-01 00:00:00""#,
        ] {
            assert!(micros(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn texts_are_bounded_and_their_control_characters_become_blanks() {
        let mut notes = Vec::new();
        let mut text = |json| Raw::new(json).text("x", 4, &mut notes).map_err(|it| it.problem);
        assert_eq!(text(r#""caf\u00e9""#), Ok(Some("café".into())));
        assert_eq!(text(r#""cafés""#), Err("is longer than 4 characters".into()));
        assert_eq!(text(r#""\ud800""#), Err("holds what is no Unicode text".into()));
        assert_eq!(text(r#""a\u0000b""#), Ok(Some("a b".into())));
        assert_eq!(text(r#""abcd\r\n""#), Ok(Some("abcd".into())));
        assert_eq!(text(r#""\u0007""#), Ok(None));
        assert_eq!(notes, vec!["x holds control characters, which became blanks"; 3]);
        notes.clear();
        let prose = Raw::new(r#""a\nb\u0007c""#).prose("x", &mut notes);
        assert_eq!((prose, notes.len()), (Ok(Some("a\nb c".into())), 1));
        assert!(Raw::new(r#""a\nb""#).code("x", 9).is_err());
    }
}
