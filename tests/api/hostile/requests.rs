//! Correct HTTP with a bad request: content that is not JSON, bodies without end, requests from pages of other sites.

use serde_json::json;

use super::Target;
use super::framing::{POST, turned_away};
use super::row::{Expected, Row, Sent, bearer, http, post};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const QUERY: &str = "{\"query\":\"{ __typename }\"}";

pub(super) fn rows(target: &Target) -> Vec<Row> {
    [bodies(), kinds(), other_sites(target), methods_and_addresses()].concat()
}

fn status(name: &str, bytes: Vec<u8>, statuses: &'static [u16]) -> Row {
    Row::new(name, Sent::Bytes(bytes), Expected::Status(statuses))
}

fn bodies() -> Vec<Row> {
    let sent = |headers: &[(&str, &str)], body: &[u8]| http("POST /graphql", headers, body);
    let json = |body: &[u8]| sent(&[JSON], body);
    let nested = |times: usize| {
        format!(
            "{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{}{}}}}}",
            "[".repeat(times),
            "]".repeat(times)
        )
    };
    let encoded = |coding| {
        sent(
            &[JSON, ("Content-Encoding", coding)],
            &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff],
        )
    };
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
    vec![
        status("no body", json(b""), &[400]),
        status(
            "a body that is not UTF-8",
            json(b"{\"query\":\"{ a(b: \\\"\xff\xfe\\\") }\"}"),
            &[400],
        ),
        status("a body in UTF-16", json(b"\xff\xfe{\0}\0"), &[400]),
        status("a body of NULs", json(&[0; 1_000]), &[400]),
        status("half a body", json(b"{\"query\":\"{ __type"), &[400]),
        status("a number as the query", json(b"{\"query\":1}"), &[400]),
        status(
            "a list as the variables",
            json(b"{\"query\":\"{ __typename }\",\"variables\":[]}"),
            &[400],
        ),
        status(
            "a text as the variables",
            json(b"{\"query\":\"{ __typename }\",\"variables\":\"{}\"}"),
            &[400],
        ),
        status(
            "an object as the operation's name",
            json(b"{\"query\":\"{ __typename }\",\"operationName\":{}}"),
            &[400],
        ),
        status(
            "the query twice",
            json(b"{\"query\":\"{ __typename }\",\"query\":\"{ a }\"}"),
            &[400],
        ),
        status(
            "half a surrogate in the query",
            json(b"{\"query\":\"{ a(b: \\\"\\ud800\\\") }\"}"),
            &[400],
        ),
        status("variables nested 200 deep", json(nested(200).as_bytes()), &[400]),
        status(
            "variables nested 100,000 deep",
            json(nested(100_000).as_bytes()),
            &[400],
        ),
        status(
            "an exponent without end in the variables",
            json(b"{\"query\":\"{ __typename }\",\"variables\":{\"a\":1e999999}}"),
            &[200, 400],
        ),
        turned_away("a body of 20 MB", json(&vec![b' '; 20 << 20])),
        turned_away(
            "a body that is announced with 9 GB",
            format!(
                "{POST}Connection: close\r\nContent-Length: 9000000000\r\n\r\n{}",
                " ".repeat(1 << 20)
            ),
        ),
        Row::new(
            "chunks without end",
            Sent::Endless(
                format!("{POST}Transfer-Encoding: chunked\r\n\r\n").into_bytes(),
                chunk.into_bytes(),
            ),
            Expected::TurnedAway,
        ),
        status("gzip", encoded("gzip"), &[400, 415]),
        status("an unknown coding", encoded("x"), &[400, 415]),
    ]
}

/// Bodies with another content type than JSON: a page of any site can send forms and texts without a preflight.
fn kinds() -> Vec<Row> {
    let sent = |headers: &[(&str, &str)], body: &[u8]| http("POST /graphql", headers, body);
    let kind = |kind| sent(&[("Content-Type", kind)], QUERY.as_bytes());
    vec![
        status("a form", kind("application/x-www-form-urlencoded"), &[415]),
        status(
            "a form with files",
            kind("multipart/form-data; boundary=x"),
            &[415],
        ),
        status("plain text", kind("text/plain"), &[415]),
        status("JSON by another name", kind("application/jsonx"), &[415]),
        status(
            "JSON in a text's disguise",
            kind("text/plain; application/json"),
            &[415],
        ),
        status(
            "JSON in another character set",
            kind("application/json; charset=utf-16"),
            &[415],
        ),
        status("a document without JSON", kind("application/graphql"), &[415]),
        status("a body of no type", sent(&[], QUERY.as_bytes()), &[415]),
    ]
}

/// Requests that a page of another site can make a customer's browser send: forms, texts and links, with the rights of
/// the customer.
fn other_sites(target: &Target) -> Vec<Row> {
    let cancel = format!(
        "mutation {{ cancelOrder(input: {{ order_id: \"{}\", reason: \"Other\" }}) {{ error }} }}",
        target.order
    );
    let token = bearer(&target.customer);
    let foreign = [
        ("Authorization", token.as_str()),
        ("Origin", "https://evil.example"),
    ];
    let url = percent(&cancel);
    let linked = |more: &str| http(&format!("GET /graphql?query={url}{more}"), &foreign, b"");
    let posted = |kind: &str, body: &str| {
        http(
            "POST /graphql",
            &[&[("Content-Type", kind)], &foreign[..]].concat(),
            body.as_bytes(),
        )
    };
    let body = json!({ "query": cancel }).to_string();
    let asked = post(
        &[("Origin", "https://evil.example")],
        &json!({ "query": "{ __typename }" }),
    );
    let preflight = http(
        "OPTIONS /graphql",
        &[
            ("Origin", "https://evil.example"),
            ("Access-Control-Request-Method", "POST"),
        ],
        b"",
    );
    let reflected = "access-control-allow-origin: https://evil.example";
    let unreflected = |name: &str, bytes| Row::new(name, Sent::Bytes(bytes), Expected::Without(reflected));
    vec![
        status("a mutation in a link", linked(""), &[200, 400, 405]),
        status(
            "a mutation in a link, by name",
            linked("&operationName="),
            &[200, 400, 405],
        ),
        status("a mutation in a text", posted("text/plain", &body), &[415]),
        status(
            "a mutation in a form",
            posted("application/x-www-form-urlencoded", &format!("query={url}")),
            &[415],
        ),
        status(
            "a mutation as a document",
            posted("application/graphql", &cancel),
            &[415],
        ),
        status(
            "another method by header",
            http(
                &format!("GET /graphql?query={url}"),
                &[&[("X-HTTP-Method-Override", "POST")], &foreign[..]].concat(),
                b"",
            ),
            &[200, 400, 405],
        ),
        unreflected("a request of another site", asked),
        Row::new(
            "a preflight of another site",
            Sent::Bytes(preflight),
            Expected::Status(&[200, 204, 403, 405]),
        ),
    ]
}

fn methods_and_addresses() -> Vec<Row> {
    let by = |method: &str| http(&format!("{method} /graphql"), &[JSON], QUERY.as_bytes());
    let get = |target: &str| http(&format!("GET {target}"), &[], b"");
    let not_allowed = |method: &str| status(&format!("{method} /graphql"), by(method), &[405]);
    vec![
        not_allowed("PUT"),
        not_allowed("DELETE"),
        not_allowed("PATCH"),
        not_allowed("TRACE"),
        not_allowed("PROPFIND"),
        turned_away(
            "CONNECT",
            "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        ),
        turned_away("a way out of the folder", get("/graphiql/../../../etc/passwd")),
        turned_away(
            "a way out of the folder, encoded",
            get("/graphiql/..%2f..%2f..%2fetc%2fpasswd"),
        ),
        turned_away("a NUL in the address", get("/graphql%00")),
        turned_away("no query", get("/graphql")),
        Row::new(
            "a query that is not UTF-8",
            Sent::Bytes(get("/graphql?query=%FF%FE")),
            Expected::Handled,
        ),
        turned_away(
            "a query twice",
            get("/graphql?query=%7B__typename%7D&query=%7Ba%7D"),
        ),
        turned_away(
            "variables that are no JSON",
            get("/graphql?query=%7B__typename%7D&variables=%7B"),
        ),
        turned_away(
            "variables that are a list",
            get("/graphql?query=%7B__typename%7D&variables=%5B%5D"),
        ),
        turned_away(
            "an answer of an unknown type",
            http(
                "POST /graphql",
                &[JSON, ("Accept", "image/png")],
                QUERY.as_bytes(),
            ),
        ),
    ]
}

/// A text, encoded for a URL.
fn percent(text: &str) -> String {
    let encoded = |byte: u8| format!("%{byte:02X}");
    text.bytes().map(encoded).collect()
}
