//! Tests with streams in every form, and with malformed streams.

use std::io::{self, Read};

use super::super::{DocumentError, OrderDocuments, RawOrder};

/// The lines of the orders, or the errors of the stream.
fn split(input: &[u8]) -> Vec<Result<(u64, String), DocumentError>> {
    let whole: Vec<_> = OrderDocuments::new(input).collect();
    let by_bytes: Vec<_> = OrderDocuments::new(OneByOne(input)).collect();
    assert_eq!(whole, by_bytes, "reads of other sizes find other orders");
    let told = |order: RawOrder| (order.line, order.json.split_whitespace().collect());
    whole.into_iter().map(|found| found.map(told)).collect()
}

struct OneByOne<'a>(&'a [u8]);

impl Read for OneByOne<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(1);
        self.0.read(&mut buffer[..length])
    }
}

const A: &str = r#"{"increment_id":"a","items":[{"sku":"x{["}]}"#;
const B: &str = r#"{"items":[{"sku":"y"}],"increment_id":"b"}"#;

fn both(lines: [u64; 2]) -> Vec<Result<(u64, String), DocumentError>> {
    vec![Ok((lines[0], A.into())), Ok((lines[1], B.into()))]
}

#[test]
fn every_form_gives_the_same_orders() {
    let spread = A.replace(',', ",\n ").replacen('{', "{\n ", 1);
    for (form, lines) in [
        (format!("{A}\n{B}"), [1, 2]),
        (format!("\n{A}\r\n\r\n{B}\r\n"), [2, 4]),
        (format!("\u{feff}{A}{B}"), [1, 1]),
        (format!("{spread}\n{B}"), [1, 4]),
        (format!("[{A},{B}]"), [1, 1]),
        (format!("[\n{A},\n{B}\n]\n"), [2, 3]),
        (format!("[{A}]\n[ ]\n[{B}]"), [1, 3]),
        (
            format!(r#"{{"items":[{A},{B}],"search_criteria":{{"a":[1]}},"total_count":2}}"#),
            [1, 1],
        ),
        (
            format!("{{\"total_count\": 2, \"items\": [\n{A},\n{B}\n]}}"),
            [2, 3],
        ),
        (format!("{{\n \"items\": [\n{A},\n{B}\n]\n}}"), [3, 4]),
        (
            format!(r#"{{"items":[{A}],"total_count":1}}{{"items":[],"total_count":1}}{B}"#),
            [1, 1],
        ),
    ] {
        assert_eq!(split(form.as_bytes()), both(lines), "{form}");
    }
    assert_eq!(split(b""), []);
    assert_eq!(split(b" \n[]\n{\"items\": [], \"search_criteria\": {}}\n"), []);
}

#[test]
fn a_malformed_line_is_told_and_passed_over() {
    for wrong in [
        "no order",
        "{",
        r#"{"increment_id":"c","items":[{"sku":"z"}"#,
        r#"{"increment_id":"c"#,
        r#"{"increment_id":"c\"#,
        r#"{"increment_id":"c"}}"#,
        r#"{"increment_id":"c"},"#,
        r#"{"increment_id" "c"}"#,
        r#"{"items":[{"increment_id":"c"#,
        r#"{"increment_id":01}"#,
        r#"{"increment_id":"c","items":[1}}"#,
        "]",
        "\"text\"",
        "\u{feff}",
        &format!(r#"{{"a":{}1{}}}"#, "[".repeat(200), "]".repeat(200)),
    ] {
        let found = split(format!("{A}\n{wrong}\n{B}\n").as_bytes());
        assert_eq!(found.len(), 3, "{wrong}: {found:?}");
        assert_eq!(found[1].as_ref().map_err(|error| error.line), Err(2), "{wrong}");
        assert_eq!(
            [found[0].clone(), found[2].clone()].to_vec(),
            both([1, 3]),
            "{wrong}"
        );
    }
    let not_text = [A.as_bytes(), b"\n{\"a\":\"\xff\"}\n", B.as_bytes()].concat();
    assert_eq!(split(&not_text).len(), 3);
}

#[test]
fn in_a_list_the_first_error_is_the_last_item() {
    for wrong in ["5", "{\"a\" 5}", "{\"a\":\"", "", "[]"] {
        for (before, after) in [("[", "]"), ("{\"items\":[", "],\"total_count\":3}")] {
            let found = split(format!("{before}{A},\n{wrong},\n{B}{after}\n{A}").as_bytes());
            assert_eq!(found.len(), 2, "{wrong}: {found:?}");
            assert!(found[1].is_err(), "{wrong}");
        }
    }
    for cut in [
        "[",
        "[{\"a\":1}",
        "[{\"a\":1},",
        "[{\"a\":1} {",
        "{\"items\":[{\"increment_id\":1}]",
    ] {
        assert!(split(cut.as_bytes()).last().is_some_and(Result::is_err), "{cut}");
    }
}

#[test]
fn an_order_of_more_than_sixteen_mebibytes_is_passed_over() {
    let large = format!(r#"{{"increment_id":"{}"}}"#, "x".repeat(17 * 1024 * 1024));
    let found: Vec<_> = OrderDocuments::new(format!("{A}\n{large}\n{B}\n").as_bytes()).collect();
    assert_eq!(found.len(), 3);
    let error = found[1].clone().expect_err("too large");
    assert_eq!(error.to_string(), "line 2: the order is larger than 16 MiB");
}

#[test]
fn a_stream_that_fails_ends_the_orders() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("pulled out"))
        }
    }
    let found: Vec<_> = OrderDocuments::new(A.as_bytes().chain(&b"\n"[..]).chain(Broken)).collect();
    assert_eq!(found.len(), 2);
    assert!(
        found[1]
            .as_ref()
            .is_err_and(|error| error.message.contains("pulled out"))
    );
}
