//! What a document must not do, checked before it is parsed: the parser walks nested values on the stack, and no
//! handler can catch a stack that is used up.

/// The largest document; the largest that known storefronts send has about 6 KB.
const LARGEST_DOCUMENT: usize = 64 * 1024;
/// How deep brackets of all kinds may nest; the deepest that known storefronts send is about 15.
const DEEPEST_NESTING: usize = 64;

/// Why a document is not even parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    TooLarge,
    TooDeep,
}

impl Refusal {
    pub(crate) fn message(self) -> String {
        match self {
            Self::TooLarge => format!("The document is larger than {LARGEST_DOCUMENT} bytes."),
            Self::TooDeep => format!("The document nests deeper than {DEEPEST_NESTING} brackets."),
        }
    }
}

/// Checks size and nesting; strings and comments do not count.
pub(crate) fn check(document: &str) -> Result<(), Refusal> {
    if document.len() > LARGEST_DOCUMENT {
        return Err(Refusal::TooLarge);
    }
    let mut depth = 0_usize;
    let mut rest = document.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'{' | b'[' | b'(' => {
                depth += 1;
                if depth > DEEPEST_NESTING {
                    return Err(Refusal::TooDeep);
                }
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => rest = after_line(after),
            b'"' => rest = after_string(after),
            _ => {}
        }
    }
    Ok(())
}

fn after_line(text: &[u8]) -> &[u8] {
    text.iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .map_or(&[], |end| &text[end..])
}

/// What follows a string whose opening quote was just passed; an unfinished one takes the rest.
fn after_string(text: &[u8]) -> &[u8] {
    if let Some(block) = text.strip_prefix(b"\"\"") {
        return after_block(block);
    }
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return &text[at + 1..],
            b'\n' | b'\r' => return &text[at..],
            _ => at += 1,
        }
    }
    &[]
}

fn after_block(text: &[u8]) -> &[u8] {
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if text[at..].starts_with(b"\"\"\"") {
            return &text[at + 3..];
        } else {
            at += 1;
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_counted_outside_strings_and_comments() {
        let deep = |open: &str| open.repeat(1500);
        assert_eq!(check(&format!("{{ a(b: {}", deep("["))), Err(Refusal::TooDeep));
        assert_eq!(check(&format!("{{ a(b: {}", deep("{c:"))), Err(Refusal::TooDeep));
        assert_eq!(check(&format!("{{ a(b: \"{}\") }}", deep("["))), Ok(()));
        assert_eq!(check(&format!("{{ a(b: \"\\\"{}\") }}", deep("["))), Ok(()));
        assert_eq!(
            check(&format!("{{ a(b: \"\"\" \\\"\"\" {} \"\"\") }}", deep("["))),
            Ok(())
        );
        assert_eq!(check(&format!("# {}\n{{ a }}", deep("["))), Ok(()));
        assert_eq!(check(&format!("# x\n{}", deep("["))), Err(Refusal::TooDeep));
        assert_eq!(check(&"{a}".repeat(1500)), Ok(()));
        assert_eq!(
            check(&format!("{{ a(b: \"\n {}", deep("["))),
            Err(Refusal::TooDeep)
        );
        assert_eq!(check("\"\\"), Ok(()));
    }

    #[test]
    fn a_large_document_is_refused() {
        assert_eq!(check(&" ".repeat(LARGEST_DOCUMENT + 1)), Err(Refusal::TooLarge));
    }
}
