//! Makes values safe for mails: one line, a limited length, and no characters that reverse or hide text.

use serde_json::Value;

/// The largest number of characters of a subject or a name.
const NAME_LIMIT: usize = 200;
/// The largest number of characters of any other value. A link fits.
const VALUE_LIMIT: usize = 2000;

/// `text` without line breaks, control characters and direction marks, so that it cannot start a header or a
/// paragraph.
pub(super) fn one_line(text: &str) -> String {
    cut(text, VALUE_LIMIT)
}

/// `text` as [`one_line`] returns it, short enough for a header.
pub(super) fn short_line(text: &str) -> String {
    cut(text, NAME_LIMIT)
}

/// `value` with every text in it as one line.
pub(super) fn one_line_each(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(one_line(&text)),
        Value::Array(list) => list.into_iter().map(one_line_each).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, one_line_each(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

fn cut(text: &str, limit: usize) -> String {
    let plain: String = text
        .chars()
        .filter(|it| !turns_or_hides(*it))
        .map(|it| if breaks(it) { ' ' } else { it })
        .take(limit + 1)
        .collect();
    if plain.chars().count() <= limit {
        return plain.trim().to_owned();
    }
    let kept: String = plain.chars().take(limit - 1).collect();
    format!("{}…", kept.trim())
}

/// Whether some programs read `character` as the end of a line: the control characters of ASCII and Latin-1, and the
/// line and paragraph separators of Unicode.
fn breaks(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Whether `character` is a direction mark, which changes the sequence in which text is shown, or an invisible
/// character.
fn turns_or_hides(character: char) -> bool {
    matches!(
        character,
        '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}
