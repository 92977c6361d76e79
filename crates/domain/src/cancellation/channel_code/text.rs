//! The codes of channels as text: the built-in file, and the setting with the merchant's codes.

use super::{ChannelCode, ChannelCodes, ChannelWay, ReasonMapping};
use crate::cancellation::reason::is_reason_code;

/// The longest text of the merchant's codes, in bytes.
pub const LONGEST_CHANNEL_CODES: usize = 30_000;

/// The text of an entry that says that the channel has no code.
pub(super) const NO_CODE: &str = "-";

/// The most bytes of a channel, a market or a way.
const LONGEST_PART: usize = 32;

/// The most bytes of a channel's code.
const LONGEST_CODE: usize = 128;

/// Reads the built-in file. A line that is no mapping is left out; a test finds it.
pub(super) fn built_in(file: &str) -> ChannelCodes {
    let lines = file
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    ChannelCodes(lines.filter_map(read_line).collect())
}

fn read_line(line: &str) -> Option<ReasonMapping> {
    let mut words = line.split(' ');
    let (reason, place) = read_place(&mut words)?;
    let code = words.next()?;
    let needs = words.next().map(|fact| fact.parse().ok());
    let is_mapping = is_code(code) && needs != Some(None) && words.next().is_none();
    is_mapping.then(|| ReasonMapping {
        reason: reason.into(),
        place,
        code: Some(ChannelCode {
            code: code.into(),
            needs: needs.flatten(),
        }),
        is_own: false,
    })
}

/// The entries of the setting: a reason, a place, and the code or `-`; `None` for a malformed entry.
pub(super) fn entries(own: &str) -> impl Iterator<Item = Option<(&str, ChannelWay, &str)>> {
    let entries = own.split(';').map(str::trim).filter(|entry| !entry.is_empty());
    entries.map(|entry| {
        let (place, code) = entry.split_once('=')?;
        let mut words = place.split_whitespace();
        let (reason, place) = read_place(&mut words)?;
        let code = code.trim();
        (words.next().is_none() && is_code(code)).then_some((reason, place, code))
    })
}

/// Whether `own` is empty, or holds entries `reason channel market way = code` with `;` between them, each reason once
/// at a place.
#[must_use]
pub fn are_channel_codes(own: &str) -> bool {
    let mut known = Vec::new();
    own.len() <= LONGEST_CHANNEL_CODES
        && entries(own).all(|entry| {
            entry.is_some_and(|(reason, place, _)| {
                let is_new = !known.contains(&(reason, place.clone()));
                known.push((reason, place));
                is_new
            })
        })
}

impl ChannelCodes {
    /// The merchant's codes `own` after one of them is set, or taken back so that the built-in one holds. A code that
    /// is none says that the channel has no code for the reason.
    #[must_use]
    pub fn own_after(own: &str, reason: &str, place: &ChannelWay, change: Option<Option<&str>>) -> String {
        let kept = entries(own)
            .flatten()
            .filter(|it| it.0 != reason || it.1 != *place);
        let mut kept: Vec<_> = kept
            .map(|(reason, place, code)| written(reason, &place, code))
            .collect();
        if let Some(code) = change {
            kept.push(written(reason, place, code.unwrap_or(NO_CODE)));
        }
        kept.join("; ")
    }
}

fn written(reason: &str, place: &ChannelWay, code: &str) -> String {
    format!(
        "{reason} {} {} {} = {code}",
        place.channel, place.market, place.way
    )
}

fn read_place<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<(&'a str, ChannelWay)> {
    let reason = words.next().filter(|it| is_reason_code(it))?;
    let channel = words.next().filter(|it| *it != "*" && is_part(it))?;
    let market = words.next().filter(|it| is_part(it))?;
    let way = words.next().filter(|it| is_part(it))?;
    Some((reason, ChannelWay::new(channel, market, way)))
}

fn is_part(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    text == "*" || ((1..=LONGEST_PART).contains(&text.len()) && text.bytes().all(plain))
}

fn is_code(text: &str) -> bool {
    let plain = |it: char| it.is_ascii_graphic() && !matches!(it, ';' | '=');
    (1..=LONGEST_CODE).contains(&text.len()) && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_the_built_in_file_is_a_mapping_and_stands_once() {
        let file = include_str!("../../../data/channel_codes.txt");
        let lines = file.lines().filter(|it| !it.is_empty() && !it.starts_with('#'));
        let mut known = Vec::new();
        for line in lines {
            let mapping = read_line(line).unwrap_or_else(|| panic!("no mapping: {line}"));
            let key = (mapping.reason, mapping.place);
            assert!(!known.contains(&key), "twice: {line}");
            known.push(key);
        }
        assert_eq!(ChannelCodes::built_in().mappings().len(), known.len());
    }

    #[test]
    fn the_merchants_codes_are_set_replaced_and_taken_back() {
        let place = ChannelWay::new("amazon", "*", "feed");
        let set = ChannelCodes::own_after("", "late", &place, Some(Some("NoInventory")));
        assert_eq!(set, "late amazon * feed = NoInventory");
        let replaced = ChannelCodes::own_after(&set, "late", &place, Some(None));
        assert_eq!(replaced, "late amazon * feed = -");
        assert_eq!(ChannelCodes::own_after(&replaced, "late", &place, None), "");
    }

    #[test]
    fn a_malformed_or_repeated_entry_is_no_value_of_the_setting() {
        for text in [
            "",
            " ; ",
            "late amazon * feed = NoInventory;",
            "a b C-1 * = x; a b * * = -",
        ] {
            assert!(are_channel_codes(text), "{text}");
        }
        for text in [
            "late amazon feed = NoInventory",
            "late * * feed = NoInventory",
            "late amazon * feed * = NoInventory",
            "late amazon * feed",
            "late amazon * feed = ",
            "late amazon * feed = No Inventory",
            "Late amazon * feed = NoInventory",
            "late amazon * feed = A; late amazon * feed = B",
        ] {
            assert!(!are_channel_codes(text), "{text}");
        }
    }
}
