//! Limits the nesting of brackets and the number of tokens of a document, before it is parsed.
//!
//! The parser recurses on the stack for nested values, and a program cannot recover from a stack overflow.

use async_graphql::ServerError;

use super::limits::{DEEPEST_NESTING, LONGEST_NAME, MOST_TOKENS};
use super::refusal;

/// Refuses a document that exceeds a limit of this file.
pub(super) fn check(text: &str) -> Result<(), ServerError> {
    let mut depth = 0_usize;
    for (before, token) in (Tokens {
        rest: text.as_bytes(),
    })
    .enumerate()
    {
        if before == MOST_TOKENS {
            let message = format!("The document has more than {MOST_TOKENS} tokens.");
            return Err(refusal("DOCUMENT_TOO_LARGE", message));
        }
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Name { length } if length > LONGEST_NAME => {
                let message = format!("The document has a name of more than {LONGEST_NAME} bytes.");
                return Err(refusal("DOCUMENT_TOO_LARGE", message));
            }
            // The parser would read it as an empty string and another string, with brackets behind them.
            Token::BlockWithoutEnd => {
                let message = "The document has a block string without an end.";
                return Err(refusal("GRAPHQL_PARSE_FAILED", message));
            }
            Token::Name { .. } | Token::Other => {}
        }
        if depth > DEEPEST_NESTING {
            let message = format!("The document nests deeper than {DEEPEST_NESTING} brackets.");
            return Err(refusal("DOCUMENT_TOO_DEEP", message));
        }
    }
    Ok(())
}

/// A token of a document. White space, commas and comments are not tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Name { length: usize },
    BlockWithoutEnd,
    Other,
}

struct Tokens<'a> {
    rest: &'a [u8],
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let (&byte, after) = self.rest.split_first()?;
            let (token, rest) = match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => (None, after),
                b'#' => (None, after_line(after)),
                b'{' | b'[' | b'(' => (Some(Token::Open), after),
                b'}' | b']' | b')' => (Some(Token::Close), after),
                b'"' => after_string(after).map_or((Some(Token::BlockWithoutEnd), &[][..]), |rest| {
                    (Some(Token::Other), rest)
                }),
                b'.' => (Some(Token::Other), after.strip_prefix(b"..").unwrap_or(after)),
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                    let rest = after_all(after, |it| it == b'_' || it.is_ascii_alphanumeric());
                    let length = self.rest.len() - rest.len();
                    (Some(Token::Name { length }), rest)
                }
                b'-' | b'0'..=b'9' => {
                    let is_part = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'+' | b'-');
                    (Some(Token::Other), after_all(after, is_part))
                }
                _ => (Some(Token::Other), after),
            };
            self.rest = rest;
            if token.is_some() {
                return token;
            }
        }
    }
}

fn after_all(text: &[u8], is_part: impl Fn(u8) -> bool) -> &[u8] {
    let end = text.iter().position(|byte| !is_part(*byte));
    end.map_or(&[], |end| &text[end..])
}

fn after_line(text: &[u8]) -> &[u8] {
    after_all(text, |byte| !matches!(byte, b'\n' | b'\r'))
}

/// The text after a string; `text` begins after the opening quote. A string without an end takes the rest of the line.
/// None for a block string without an end.
fn after_string(text: &[u8]) -> Option<&[u8]> {
    if let Some(block) = text.strip_prefix(b"\"\"") {
        return after_block(block);
    }
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return Some(&text[at + 1..]),
            b'\n' | b'\r' => return Some(&text[at..]),
            _ => at += 1,
        }
    }
    Some(&[])
}

/// The text after a block string; `text` begins after the three opening quotes. None where it has no end.
fn after_block(text: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if text[at..].starts_with(b"\"\"\"") {
            return Some(&text[at + 3..]);
        } else {
            at += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_fine(text: &str) -> bool {
        check(text).is_ok()
    }

    #[test]
    fn nesting_is_counted_outside_strings_and_comments() {
        let deep = |open: &str| open.repeat(1500);
        assert!(!is_fine(&format!("{{ a(b: {}", deep("["))));
        assert!(!is_fine(&format!("{{ a(b: {}", deep("{c:"))));
        assert!(is_fine(&format!("{{ a(b: \"{}\") }}", deep("["))));
        assert!(is_fine(&format!("{{ a(b: \"\\\"{}\") }}", deep("["))));
        assert!(is_fine(&format!(
            "{{ a(b: \"\"\" \\\"\"\" {} \"\"\") }}",
            deep("[")
        )));
        assert!(is_fine(&format!("# {}\n{{ a }}", deep("["))));
        assert!(!is_fine(&format!("# x\n{}", deep("["))));
        assert!(is_fine(&"{a}".repeat(1300)));
        assert!(!is_fine(&format!("{{ a(b: \"\n {}", deep("["))));
        assert!(is_fine("\"\\"));
    }

    #[test]
    fn a_block_string_without_an_end_hides_no_brackets() {
        let deep = "[".repeat(1500);
        for opened in ["\"\"\"x\"", "\"\"\"\"x\"", "\"\"\" \\\"\"\" \""] {
            let text = format!("query Q($a: [String] = [{opened} {deep}");
            let refusal = check(&text).expect_err("a refusal");
            assert_eq!(refusal.message, "The document has a block string without an end.");
        }
        assert!(is_fine("{ a(b: \"\"\"x\"\"\") }"));
        assert!(is_fine("{ a(b: \"\"\"\"\"\") }"));
    }

    #[test]
    fn tokens_are_counted_as_the_specification_does() {
        let count = |text: &str| {
            Tokens {
                rest: text.as_bytes(),
            }
            .count()
        };
        assert_eq!(count("{ a }"), 3);
        assert_eq!(
            count("query Q($a: Int! = -1.5e+3) { ...F b(c: \"x y\") @d } # e"),
            23
        );
        assert_eq!(count(" \t\r\n,,, #"), 0);
        assert!(is_fine(&"a ".repeat(MOST_TOKENS)));
        assert!(!is_fine(&"a ".repeat(MOST_TOKENS + 1)));
    }

    #[test]
    fn a_name_may_not_go_on_and_on() {
        assert!(is_fine(&format!("{{ {} }}", "a".repeat(LONGEST_NAME))));
        assert!(!is_fine(&format!("{{ {} }}", "a".repeat(LONGEST_NAME + 1))));
    }
}
