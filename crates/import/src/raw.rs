//! A JSON value that is parsed only when its type is known. Numbers stay text, so that no float changes them.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use countermand_domain::{DecimalError, Quantity, parse_scaled};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::date;
use super::fitted::{fitted, is_control_in_prose, readable, without_controls};
use super::float::{amount_of_float, rounded_decimal};
use super::notes::Notes;
use super::refused_field::{OrderRefusal, shorten};

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

    /// The amount in ten-thousandths without its sign, and whether it is below zero; none where the value is no amount,
    /// or has to be rounded.
    pub(super) fn signed_amount(self) -> Option<(i64, bool)> {
        let mut notes = Notes::default();
        let amount = self.magnitude("", &mut notes).ok()??;
        let is_negative = self.0?.trim_start_matches('"').trim_start().starts_with('-');
        notes.is_empty().then_some((amount, is_negative))
    }

    pub(super) fn is_absent(self) -> bool {
        self.0.is_none()
    }

    /// Reads a text of one line, at most `longest` characters. Control characters become blanks, and `notes` says so.
    /// A longer text is cut if the order is history, and refused otherwise.
    pub(super) fn text(
        self,
        field: &str,
        longest: usize,
        notes: &mut Notes,
    ) -> Result<Option<String>, OrderRefusal> {
        match self.scalar(field)? {
            Some(text) => readable(field, &text, longest, char::is_control, notes),
            None => Ok(None),
        }
    }

    /// Reads a text that may have several lines. Other control characters become blanks, and `notes` says so.
    pub(super) fn prose(self, field: &str, notes: &mut Notes) -> Result<Option<String>, OrderRefusal> {
        match self.scalar(field)? {
            Some(text) => readable(field, &text, PROSE, is_control_in_prose, notes),
            None => Ok(None),
        }
    }

    /// Reads a text that programs compare, such as a code or an e-mail address, and refuses control characters: without
    /// them it would be another text. If the order is history, they are left out, and a longer text is cut.
    pub(super) fn code(
        self,
        field: &str,
        longest: usize,
        notes: &mut Notes,
    ) -> Result<Option<String>, OrderRefusal> {
        let Some(text) = self.scalar(field)? else {
            return Ok(None);
        };
        let text = without_controls(field, text, notes)?;
        let text = fitted(field, &text, longest, notes)?;
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// Reads a text that stands for one thing only, such as a number, a state or a currency, so that no order may
    /// change it.
    pub(super) fn exact_code(self, field: &str, longest: usize) -> Result<Option<String>, OrderRefusal> {
        self.code(field, longest, &mut Notes::default())
    }

    /// Reads an amount in ten-thousandths that is not below zero. In an order that is history, an amount below zero
    /// counts as zero. A more precise amount is rounded half up. `notes` tells both.
    pub(super) fn amount(self, field: &str, notes: &mut Notes) -> Result<Option<i64>, OrderRefusal> {
        self.decimal(field, LARGEST_AMOUNT, notes)
    }

    /// Reads a price or a percentage that is shown and never counted, in ten-thousandths that are not below zero. More
    /// than four digits after the point are rounded half up.
    pub(super) fn shown(self, field: &str, notes: &mut Notes) -> Result<Option<i64>, OrderRefusal> {
        let Some(text) = self.scalar(field)? else {
            return Ok(None);
        };
        let shown = match parse_scaled(&text, 4) {
            Err(error @ (DecimalError::TooPrecise(_) | DecimalError::TooLarge)) => {
                rounded_decimal(text.trim()).ok_or(error)
            }
            read => read,
        };
        within_bounds(field, &text, LARGEST_AMOUNT, shown, notes).map(Some)
    }

    /// Reads an amount in ten-thousandths and ignores its sign, because discounts come with either sign.
    pub(super) fn magnitude(self, field: &str, notes: &mut Notes) -> Result<Option<i64>, OrderRefusal> {
        let Some(text) = self.scalar(field)? else {
            return Ok(None);
        };
        let text = text.trim();
        let magnitude = text.strip_prefix('-').unwrap_or(text);
        non_negative(field, magnitude, LARGEST_AMOUNT, notes).map(Some)
    }

    /// Reads a quantity that is not below zero; none where the value is absent.
    pub(super) fn quantity(self, field: &str, notes: &mut Notes) -> Result<Quantity, OrderRefusal> {
        let scaled = self.decimal(field, LARGEST_QUANTITY, notes)?;
        Ok(scaled.map_or(Quantity::ZERO, Quantity::from_scaled))
    }

    /// Reads a whole number that is an id; Adobe sometimes writes 0 for "none".
    pub(super) fn id(self, field: &str) -> Result<Option<i64>, OrderRefusal> {
        Ok(self.whole_number(field)?.filter(|id| *id != 0))
    }

    /// Reads a whole number; none where the value is absent.
    pub(super) fn whole_number(self, field: &str) -> Result<Option<i64>, OrderRefusal> {
        let Some(text) = self.scalar(field)? else {
            return Ok(None);
        };
        let number = parse_scaled(&text, 0);
        number
            .map(Some)
            .map_err(|_| OrderRefusal::new(field, &text, "is not a whole number"))
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

    fn decimal(self, field: &str, largest: i64, notes: &mut Notes) -> Result<Option<i64>, OrderRefusal> {
        match self.scalar(field)? {
            None => Ok(None),
            Some(text) => non_negative(field, &text, largest, notes).map(Some),
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

/// The ten-thousandths of `text`. A float is read as the amount that it stands for. Any other number with more than
/// four digits after the point is rounded half up, and `notes` says so.
fn non_negative(field: &str, text: &str, largest: i64, notes: &mut Notes) -> Result<i64, OrderRefusal> {
    let read = match parse_scaled(text, 4) {
        Err(error @ (DecimalError::TooPrecise(_) | DecimalError::TooLarge)) => {
            match amount_of_float(text.trim()) {
                Some(amount) => Ok(amount),
                None => rounded_decimal(text.trim()).ok_or(error).inspect(|rounded| {
                    let (precise, rounded) = (shorten(text.trim()), Quantity::from_scaled(*rounded));
                    notes.push(format!("{field} {precise} was rounded to {rounded}"));
                }),
            }
        }
        read => read,
    };
    within_bounds(field, text, largest, read, notes)
}

/// The value that was read, which is neither below zero nor above `largest`. In an order that is history, a value below
/// zero counts as zero.
fn within_bounds(
    field: &str,
    text: &str,
    largest: i64,
    read: Result<i64, DecimalError>,
    notes: &mut Notes,
) -> Result<i64, OrderRefusal> {
    let problem = match read {
        Ok(value) if value < 0 && notes.is_history() => {
            notes.push(format!(
                "{field} {} is below zero, and counts as 0",
                shorten(text.trim())
            ));
            return Ok(0);
        }
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
        let amount = |json| {
            let read = Raw::new(json).amount("x", &mut Notes::default());
            read.map_err(|it| it.problem)
        };
        let magnitude = |json| Raw::new(json).magnitude("x", &mut Notes::default());
        assert_eq!(amount("12.3450"), Ok(Some(123_450)));
        assert_eq!(amount(r#""10.0000""#), Ok(Some(100_000)));
        assert_eq!(amount(r#""""#), Ok(None));
        assert_eq!(amount("0.1"), Ok(Some(1000)));
        assert_eq!(amount("-0.01"), Err("must not be below zero".into()));
        assert_eq!(amount("1e300"), Err("is too large".into()));
        assert_eq!(amount("0.00001"), Ok(Some(0)));
        assert_eq!(amount("[1]"), Err("must be a text or a number".into()));
        assert_eq!(amount("true"), Err("is not a decimal number".into()));
        assert_eq!(magnitude("-5"), Ok(Some(50_000)));
        assert!(magnitude("--5").is_err());
        assert_eq!(amount("75.650000000000006"), Ok(Some(756_500)));
        assert_eq!(amount("-2.8421709430404007e-14"), Ok(Some(0)));
        assert_eq!(magnitude("-0.10000000000000001"), Ok(Some(1000)));
        let float = Raw::new("1.9999999999999998").quantity("x", &mut Notes::default());
        assert_eq!(float, Ok(Quantity::whole(2)));
    }

    #[test]
    fn an_amount_that_is_too_precise_is_rounded_and_one_below_zero_counts_as_zero_in_history() {
        let read = |json, mut notes: Notes| {
            let amount = Raw::new(json).amount("x", &mut notes).map_err(|it| it.problem);
            (amount, notes.into_lines())
        };
        let rounded = vec!["x 10.123456 was rounded to 10.1235".to_owned()];
        assert_eq!(read("10.123456", Notes::default()), (Ok(Some(101_235)), rounded));
        let zero = vec!["x -0.0001 is below zero, and counts as 0".to_owned()];
        assert_eq!(read("-0.0001", Notes::new(true)), (Ok(Some(0)), zero));
        assert_eq!(Raw::new("10.123456").signed_amount(), None);
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
        let mut notes = Notes::default();
        let mut text = |json| Raw::new(json).text("x", 4, &mut notes).map_err(|it| it.problem);
        assert_eq!(text(r#""caf\u00e9""#), Ok(Some("café".into())));
        assert_eq!(text(r#""cafés""#), Err("is longer than 4 characters".into()));
        assert_eq!(text(r#""\ud800""#), Err("holds what is no Unicode text".into()));
        assert_eq!(text(r#""a\u0000b""#), Ok(Some("a b".into())));
        assert_eq!(text(r#""abcd\r\n""#), Ok(Some("abcd".into())));
        assert_eq!(text(r#""\u0007""#), Ok(None));
        let note = "x holds control characters, which became blanks";
        assert_eq!(notes.into_lines(), vec![note; 3]);
        let mut notes = Notes::default();
        let prose = Raw::new(r#""a\nb\u0007c""#).prose("x", &mut notes);
        assert_eq!((prose, notes.into_lines().len()), (Ok(Some("a\nb c".into())), 1));
        assert!(Raw::new(r#""a\nb""#).exact_code("x", 9).is_err());
    }
}
