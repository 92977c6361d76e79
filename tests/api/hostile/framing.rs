//! Broken HTTP: unclear lengths, heads without end, other protocols, broken HTTP/2.

use serde_json::json;

use super::row::{Expected, Row, Sent, repeated};

const QUERY: &str = "{\"query\":\"{ __typename }\"}";
/// The first lines of a POST, before its own headers.
pub(super) const POST: &str =
    "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

pub(super) fn rows() -> Vec<Row> {
    [framing(), heads(), second_version()].concat()
}

pub(super) fn turned_away(name: &str, bytes: impl Into<Vec<u8>>) -> Row {
    Row::new(name, Sent::Bytes(bytes.into()), Expected::TurnedAway)
}

/// Requests with an unclear end. A proxy in front could read two requests where the server reads one.
fn framing() -> Vec<Row> {
    let length = QUERY.len();
    let chunked = format!("{length:x}\r\n{QUERY}\r\n0\r\n\r\n");
    let hidden = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let posted = |headers: &str, body: &str| format!("{POST}{headers}\r\n{body}");
    vec![
        turned_away(
            "two lengths",
            posted(
                &format!("Content-Length: {length}\r\nContent-Length: 99\r\n"),
                &format!("{QUERY}{hidden}"),
            ),
        ),
        turned_away(
            "a length with a sign",
            posted(&format!("Content-Length: +{length}\r\n"), QUERY),
        ),
        turned_away("a negative length", posted("Content-Length: -1\r\n", QUERY)),
        turned_away(
            "a length beyond 64 bits",
            posted("Content-Length: 99999999999999999999999\r\n", QUERY),
        ),
        turned_away(
            "a list of lengths",
            posted(&format!("Content-Length: {length}, 99\r\n"), QUERY),
        ),
        turned_away(
            "an unknown transfer encoding",
            posted("Transfer-Encoding: xchunked\r\n", &chunked),
        ),
        turned_away(
            "a transfer encoding behind a blank",
            posted("Transfer-Encoding : chunked\r\n", &chunked),
        ),
        turned_away(
            "chunks that are not the last encoding",
            posted("Transfer-Encoding: chunked, gzip\r\n", &chunked),
        ),
        Row::new(
            "a length and chunks: no second request after the chunks",
            Sent::Bytes(
                posted(
                    "Content-Length: 99\r\nTransfer-Encoding: chunked\r\n",
                    &format!("{chunked}{hidden}"),
                )
                .into_bytes(),
            ),
            Expected::Data("/data/__typename", json!("Query")),
        ),
        turned_away(
            "a chunk beyond 64 bits",
            posted("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n{"),
        ),
        turned_away(
            "a chunk of no size",
            posted("Transfer-Encoding: chunked\r\n", "zz\r\n{"),
        ),
        turned_away(
            "a chunk with 20,000 letters of extensions",
            posted(
                "Transfer-Encoding: chunked\r\n",
                &format!("1;{}\r\n{{", "x".repeat(20_000)),
            ),
        ),
    ]
}

fn heads() -> Vec<Row> {
    let get = |headers: &str| format!("GET /graphql HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
    let many = repeated(5_000, |n| format!("X-{n}: 1\r\n"));
    let endless = |begin: &str, again: &str| {
        let again = again.repeat(1_000);
        Sent::Endless(begin.as_bytes().to_vec(), again.into_bytes())
    };
    vec![
        turned_away("5,000 headers", get(&many)),
        turned_away(
            "a header of a megabyte",
            get(&format!("X: {}\r\n", "x".repeat(1 << 20))),
        ),
        turned_away(
            "a token of a megabyte",
            get(&format!("Authorization: Bearer {}\r\n", "x".repeat(1 << 20))),
        ),
        turned_away("a NUL in a header", get("X: a\0b\r\n")),
        turned_away("a header over two lines", get("X: a\r\n b\r\n")),
        turned_away("a header without a colon", get("nonsense\r\n")),
        turned_away("a header without a name", get(": x\r\n")),
        turned_away("a request line of HTTP/0.9", "GET /graphql\r\n\r\n"),
        turned_away("a version that does not exist", "GET /graphql HTTP/9.9\r\n\r\n"),
        turned_away(
            "the start of TLS",
            [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], &[0; 400]].concat(),
        ),
        turned_away("bytes that mean nothing", vec![0xff; 4_096]),
        turned_away(
            "a method of 5,000 letters",
            format!(
                "{} /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "A".repeat(5_000)
            ),
        ),
        turned_away(
            "an address of 100 KB",
            format!(
                "GET /graphql?query={} HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "a".repeat(100_000)
            ),
        ),
        Row::new(
            "headers without end",
            endless("GET /graphql HTTP/1.1\r\n", "X: x\r\n"),
            Expected::TurnedAway,
        ),
        Row::new(
            "an address without end",
            endless("GET /", "aaaaaaaa"),
            Expected::TurnedAway,
        ),
        Row::new(
            "line breaks without end",
            endless("", "\r\n"),
            Expected::TurnedAway,
        ),
    ]
}

/// Requests in HTTP/2 without TLS, which the server speaks too.
fn second_version() -> Vec<Row> {
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00".to_vec();
    let frame = |kind: u8, flags: u8, stream: u32, body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap_or_default().to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), body].concat()
    };
    // GET http://localhost/graphql by the static table: method, scheme, a literal path, an authority.
    let head = b"\x82\x86\x04\x08/graphql\x41\x09localhost";
    let reset = |stream| [frame(1, 5, stream, head), frame(3, 0, stream, &[0, 0, 0, 8])].concat();
    let resets: Vec<u8> = (0..2_000).flat_map(|n| reset(2 * n + 1)).collect();
    // Continuation frames of a header that never ends.
    let continued = [frame(1, 0, 1, head), frame(9, 0, 1, &[0; 16_000]).repeat(200)].concat();
    let closed = |name: &str, frames: &[u8]| {
        Row::new(name, Sent::Bytes([&preface, frames].concat()), Expected::Closed)
    };
    vec![
        closed("requests that are taken back at once, 2,000 times", &resets),
        closed("a head that never ends", &continued),
        closed("a frame of no kind on no stream", &frame(0, 0, 0, &[0xff; 100])),
        closed("a frame that is too large", &frame(1, 4, 1, &vec![0x82; 1 << 20])),
    ]
}
