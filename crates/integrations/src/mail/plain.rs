//! Values as they may stand in a mail: one line each, nothing that turns or hides text, of bounded length.

use serde_json::Value;

/// The most characters of a subject, and of a name.
const NAME_LIMIT: usize = 200;
/// The most characters of any other value: a link fits.
const VALUE_LIMIT: usize = 2000;

/// `text` without line breaks, control characters and direction marks: fit for a header, and no paragraph of its own.
pub(super) fn one_line(text: &str) -> String {
    cut(text, VALUE_LIMIT)
}

/// The same, no longer than a header should be.
pub(super) fn short_line(text: &str) -> String {
    cut(text, NAME_LIMIT)
}

/// Every text in `value` as one line.
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

/// Ends a line for some reader: ASCII's and Latin-1's controls, Unicode's line and paragraph separators.
fn breaks(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Direction marks show text in another order than it is read; the others are not seen at all.
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
