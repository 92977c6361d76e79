//! Texts that are programs elsewhere. They are searched, kept or refused as plain texts.

use serde_json::{Value, json};

use super::Target;
use super::row::{Expected, Row, Sent, bearer, post};

/// The texts, each with a name for the kind of program.
const PROGRAMS: [(&str, &str); 16] = [
    ("SQL that is always true", "' OR '1'='1' -- "),
    ("SQL that drops a table", "1'; DROP TABLE orders; --"),
    (
        "SQL that reads another table",
        "\" UNION SELECT token FROM tokens; --",
    ),
    ("SQL behind an escape", "\\' OR 1=1 #"),
    ("SQL that matches anything", "%_%"),
    ("HTML with a script", "<script>alert(1)</script>"),
    ("HTML that ends an attribute", "\"><img src=x onerror=alert(1)>"),
    ("a header of a mail", "a\r\nBcc: all@example.com\r\n\r\nHello"),
    (
        "a template",
        "{{7919*7907}}${7919*7907}#{7919*7907}<%= 7919*7907 %>",
    ),
    (
        "a statement of a template",
        "{% for x in range(999999999) %}x{% endfor %}",
    ),
    (
        "a line of a log",
        "a\n2026-01-01T00:00:00Z ERROR forged\u{1b}[31m",
    ),
    ("a look-up by a logger", "${jndi:ldap://127.0.0.1:1/a}"),
    ("a formula of a table", "=cmd|'/C calc'!A0"),
    ("a format", "%s%n%x%p"),
    ("a path", "../../../../etc/passwd"),
    ("a text with a NUL", "a\u{0}b"),
];

pub(super) fn rows(target: &Target) -> Vec<Row> {
    let each = |program: &(&str, &str)| places(target, program.0, program.1);
    PROGRAMS.iter().flat_map(each).chain(headers(target)).collect()
}

/// A text in every place where storefronts and staff send texts.
fn places(target: &Target, name: &str, text: &str) -> Vec<Row> {
    let guest = "query($number: String!, $email: String!, $token: String!) {
        a: guestOrder(input: { number: $number, email: $email, lastname: $number }) { number }
        b: guestOrderByToken(input: { token: $token }) { number }
    }";
    let cancel = "mutation($id: ID!, $text: String!, $order: ID!) {
        a: cancelOrder(input: { order_id: $id, reason: $text }) { error }
        b: cancelOrder(input: { order_id: $order, reason: $text }) { error }
        requestGuestOrderCancel(input: { token: $text, reason: $text }) { error }
        confirmCancelOrder(input: { order_id: $id, confirmation_key: $text }) { error }
    }";
    let search = "query($text: String!) { customer {
        a: orders(filter: { number: { match: $text } }) { total_count }
        b: orders(filter: { number: { in: [$text] }, status: { eq: $text } }) { total_count }
        c: orders(filter: { order_date: { from: $text } }) { total_count }
        d: orders(filter: { grand_total: { to: $text } }) { total_count }
    } }";
    let reasons = "mutation($reasons: [ReasonInput!]) {
        updateCancellationConfig(input: { scope: DEFAULT, reasons: $reasons }) {
            config { reasons { value { code description } } } user_errors { message }
        }
    }";
    // A description has no space around it. The reason with which other rows cancel is kept.
    let text_of_reason = text.trim();
    let offered = json!({ "reasons": [
        { "code": "hostile", "description": text_of_reason }, { "code": "other", "description": "Other" }
    ] });
    let (customer, owner) = (bearer(&target.customer), bearer(&target.owner));
    let asked = |place: &str, token: &str, query: &str, variables: &Value, expected: Expected| {
        let body = json!({ "query": query, "variables": variables });
        let sent = Sent::Bytes(post(&[("Authorization", token)], &body));
        Row::new(format!("{name} {place}"), sent, expected)
    };
    let kept = "/data/updateCancellationConfig/config/reasons/value/0/description";
    let verbatim = Expected::Verbatim(kept, text_of_reason.to_owned());
    vec![
        asked(
            "where a guest looks",
            "",
            guest,
            &json!({ "number": text, "email": text, "token": text }),
            Expected::Handled,
        ),
        asked(
            "where an order is canceled",
            &customer,
            cancel,
            &json!({ "id": text, "text": text, "order": target.order }),
            Expected::Handled,
        ),
        asked(
            "where orders are looked for",
            &customer,
            search,
            &json!({ "text": text }),
            Expected::Handled,
        ),
        asked("as a reason to choose", &owner, reasons, &offered, verbatim),
    ]
}

/// Texts in headers, where a text must be on one line.
fn headers(target: &Target) -> Vec<Row> {
    let asked = |header: (&str, &str)| {
        let body = json!({ "query": "{ storeConfig { store_code } }" });
        Sent::Bytes(post(&[header], &body))
    };
    let long = "x".repeat(8_000);
    let half = bearer(&target.customer[..target.customer.len() / 2]);
    let row = |name: &str, header| Row::new(name, asked(header), Expected::Handled);
    vec![
        row("SQL as a store view", ("Store", "' OR '1'='1")),
        row("a path as a store view", ("Store", "../../etc/passwd")),
        row("a store view of 8,000 letters", ("Store", &long)),
        row("SQL as a token", ("Authorization", "Bearer ' OR '1'='1")),
        row("half a token", ("Authorization", &half)),
        row("a token of 8,000 letters", ("Authorization", &bearer(&long))),
        row("another scheme", ("Authorization", "Basic YWRtaW46YWRtaW4=")),
        row("a currency that does not exist", ("Content-Currency", "<script>")),
        row("another address", ("X-Forwarded-For", "' OR 1=1 --, 127.0.0.1")),
        Row::new(
            "a cache id that is HTML",
            asked(("X-Magento-Cache-Id", "<script>alert(1)</script>")),
            Expected::Without("<script>"),
        ),
    ]
}
