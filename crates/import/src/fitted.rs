//! Makes texts fit: for people, who cannot read control characters, and for columns, which hold so many characters.

use std::borrow::Cow;

use super::notes::Notes;
use super::refused_field::{OrderRefusal, shorten};

/// `text` with blanks in place of the characters that `unreadable` names, and a note about
/// them. `None` where no other character is left. A text that is too long is treated as in [`fitted`].
pub(super) fn readable(
    field: &str,
    text: &str,
    longest: usize,
    unreadable: impl Fn(char) -> bool,
    notes: &mut Notes,
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
    let text = fitted(field, &text, longest, notes)?;
    Ok((!text.trim().is_empty()).then(|| text.to_owned()))
}

/// `text` without its control characters, and a note about them, if the order is history; a refusal otherwise, because
/// programs compare the text.
pub(super) fn without_controls<'a>(
    field: &str,
    text: Cow<'a, str>,
    notes: &mut Notes,
) -> Result<Cow<'a, str>, OrderRefusal> {
    if !text.contains(char::is_control) {
        return Ok(text);
    }
    if !notes.is_history() {
        return Err(OrderRefusal::new(field, &text, "holds a control character"));
    }
    notes.push(format!("{field} holds control characters, which were left out"));
    Ok(Cow::Owned(text.trim().replace(char::is_control, "")))
}

/// At most `longest` characters of `text`. If the order is history, a longer text is cut, and a note says what was cut;
/// otherwise the order is refused.
pub(super) fn fitted<'a>(
    field: &str,
    text: &'a str,
    longest: usize,
    notes: &mut Notes,
) -> Result<&'a str, OrderRefusal> {
    let end = if text.len() > longest {
        text.char_indices().nth(longest)
    } else {
        None
    };
    let Some((end, _)) = end else {
        return Ok(text);
    };
    if !notes.is_history() {
        let problem = format!("is longer than {longest} characters");
        return Err(OrderRefusal::new(field, text, problem));
    }
    let (kept, cut) = text.split_at(end);
    let count = cut.chars().count();
    notes.push(format!(
        "{field} is longer than {longest} characters, so the last {count} were cut (`{}`)",
        shorten(cut)
    ));
    Ok(kept.trim_end())
}

/// Whether a character is a control character in prose: line breaks and tabs are allowed, because people type them.
pub(super) fn is_control_in_prose(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_an_order_that_is_history_is_cut_and_the_note_has_the_end() {
        let mut notes = Notes::new(true);
        assert_eq!(fitted("name", "café au lait", 5, &mut notes), Ok("café"));
        assert_eq!(fitted("name", "cafés", 5, &mut notes), Ok("cafés"));
        let note = "name is longer than 5 characters, so the last 7 were cut (`au lait`)";
        assert_eq!(notes.into_lines(), [note]);
        assert!(fitted("name", "cafés!", 5, &mut Notes::default()).is_err());
    }

    #[test]
    fn a_code_loses_its_control_characters_only_in_an_order_that_is_history() {
        let plain = |mut notes: Notes| {
            let plain = without_controls("email", "an\u{7}n@b.c\r\n".into(), &mut notes);
            plain.map(Cow::into_owned).map_err(|it| it.problem)
        };
        assert_eq!(plain(Notes::new(true)), Ok("ann@b.c".into()));
        assert_eq!(plain(Notes::default()), Err("holds a control character".into()));
    }
}
