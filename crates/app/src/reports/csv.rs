//! Writes tables as CSV (RFC 4180), so that spreadsheets open them without running a formula.

use std::fmt::Write;

/// The rows as one text: fields are separated by commas, and each row ends with CR LF.
pub(super) fn csv(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = String::new();
    for row in rows {
        for (field, index) in row.iter().zip(0..) {
            let comma = if index == 0 { "" } else { "," };
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{comma}{}", quoted(field));
        }
        text.push_str("\r\n");
    }
    text
}

/// A field in quotes where the format needs them. A text that a spreadsheet would take for a formula begins with `'`.
fn quoted(field: &str) -> String {
    let is_formula = field.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    let safe = if is_formula {
        format!("'{field}")
    } else {
        field.to_owned()
    };
    if is_formula || safe.contains([',', '"', '\r', '\n', ';']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_with_commas_quotes_and_line_breaks_are_quoted() {
        let row = |fields: &[&str]| fields.iter().map(ToString::to_string).collect::<Vec<_>>();
        let text = csv([row(&["a", "b,c", "d\"e", "f\r\ng", ""]), row(&["ä"])]);
        assert_eq!(text, "a,\"b,c\",\"d\"\"e\",\"f\r\ng\",\r\nä\r\n");
    }

    #[test]
    fn no_field_begins_like_a_formula() {
        for formula in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "=HYPERLINK(\"http://x\",\"y\")",
        ] {
            assert!(quoted(formula).starts_with("\"'"), "{formula}");
        }
        assert_eq!(quoted("=\"a\""), "\"'=\"\"a\"\"\"");
        assert_eq!(quoted("1-1"), "1-1");
    }
}
