//! Judges whether an answer to a hostile request is allowed.

use serde_json::Value;

use super::row::{Expected, Row, Sent};
use super::wire::Reply;

/// The largest body of an answer to a hostile request.
const LARGEST_BODY: usize = 64 * 1024;
/// The largest number of errors in an answer, and below it the longest message in bytes.
const MOST_ERRORS: usize = 20;
const LONGEST_MESSAGE: usize = 300;
/// Words that no answer may hold unless the request held them: code, tables, debug output, and a filled-in template.
const INSIDE: [&str; 16] = [
    "panicked", "src/", ".rs:", "RUST_", "sqlx", "sea_orm", "SQLite", "SELECT ", "INSERT ", "UPDATE ",
    "Some(", "Err(", "Error(", "Error {", "Pos {", RENDERED,
];
/// The result of the template in `injection.rs`.
const RENDERED: &str = "62615533";

/// A fault of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The answer came too late. A busy machine may be the reason.
    Late(String),
    /// The answer is wrong.
    Wrong(String),
}

/// Every fault of `reply`.
pub(super) fn faults(row: &Row, reply: &Reply) -> Vec<Fault> {
    let mut faults = faults_of_a_part(row, reply);
    if !reply.ended {
        faults.push(Fault::Late("neither answered nor closed".into()));
        return faults;
    }
    if reply.took > row.within {
        faults.push(Fault::Late(format!("took {:?}", reply.took)));
    }
    let json = serde_json::from_slice::<Value>(&reply.body).ok();
    let mut check = |is_fine: bool, problem: &str| {
        if !is_fine {
            faults.push(Fault::Wrong(problem.to_owned()));
        }
    };
    let speaks_http = !matches!(row.expected, Expected::Closed);
    check(
        json.is_some() || reply.body.is_empty() || !speaks_http,
        "a body that is no JSON",
    );
    let json = json.unwrap_or_default();
    let errors = json["errors"].as_array().map_or(&[][..], Vec::as_slice);
    check(errors.len() <= MOST_ERRORS, "too many errors");
    let is_short = |error: &Value| {
        error["message"]
            .as_str()
            .is_some_and(|it| it.len() <= LONGEST_MESSAGE)
    };
    check(
        errors.iter().all(is_short),
        "an error without a message, or with a long one",
    );
    let other = format!("expected {:?}, got {}", row.expected, summary(reply));
    check(is_expected(&row.expected, reply, &json), &other);
    faults
}

/// The faults that `reply` has already, however it goes on.
fn faults_of_a_part(row: &Row, reply: &Reply) -> Vec<Fault> {
    // Of an answer that did not end, only what more bytes cannot mend is judged.
    let mut problems = Vec::new();
    if reply.status.is_some_and(|status| status >= 500) {
        problems.push("a server error".to_owned());
    }
    if reply.body.len() > LARGEST_BODY {
        problems.push("a body that is too large".to_owned());
    }
    for word in INSIDE {
        if holds(&reply.body, word) && !was_sent(&row.sent, word) {
            problems.push(format!("it shows `{word}`"));
        }
    }
    problems.into_iter().map(Fault::Wrong).collect()
}

fn is_expected(expected: &Expected, reply: &Reply, json: &Value) -> bool {
    let status = reply.status.unwrap_or_default();
    let errors = json["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let is_input = |error: &Value| error["extensions"]["category"] == "graphql-input";
    let is_ours = |error: &Value| error["extensions"]["category"] == "internal";
    let handled = matches!(status, 200 | 400) && json.is_object() && !errors.iter().any(is_ours);
    match expected {
        Expected::Refused => {
            status == 400 && !errors.is_empty() && errors.iter().all(is_input) && json.get("data").is_none()
        }
        Expected::Status(statuses) => {
            statuses.contains(&status) && (reply.body.is_empty() || status < 400 || !errors.is_empty())
        }
        Expected::TurnedAway => reply.status.is_none() || (400..500).contains(&status),
        Expected::Closed => true,
        Expected::Handled => handled,
        Expected::Verbatim(pointer, text) => {
            let kept = json.pointer(pointer).and_then(Value::as_str);
            handled && kept.is_none_or(|kept| kept == text)
        }
        Expected::Data(pointer, value) => status == 200 && json.pointer(pointer) == Some(value),
        Expected::Without(line) => handled && !reply.head.to_lowercase().contains(line),
    }
}

/// The part of an answer that a report shows.
fn summary(reply: &Reply) -> String {
    let line = reply.head.lines().next().unwrap_or("nothing");
    let body = String::from_utf8_lossy(&reply.body);
    let start: String = body.chars().take(200).collect();
    format!("{line} {start}")
}

fn was_sent(sent: &Sent, word: &str) -> bool {
    match sent {
        Sent::Bytes(bytes) => holds(bytes, word),
        Sent::Endless(begin, again) => holds(begin, word) || holds(again, word),
    }
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|part| part == word.as_bytes())
}
