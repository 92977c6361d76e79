//! Documents that attack the parser: nested, unfinished, huge, or no GraphQL at all.

use serde_json::json;

use super::row::{Expected, Row};

/// The number of nested literals that was measured to end a process.
const KILLING: usize = 1_500;

pub(super) fn rows() -> Vec<Row> {
    [nested(), disguised(), unfinished(), long(), odd()].concat()
}

/// Every kind of bracket, nested in every place that takes values.
fn nested() -> Vec<Row> {
    let deep = |open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(KILLING), close.repeat(KILLING))
    };
    let (lists, objects) = (deep("[", "1", "]"), deep("{a:", "1", "}"));
    let documents = [
        ("lists in an argument", format!("{{ a(b: {lists}) }}")),
        ("objects in an argument", format!("{{ a(b: {objects}) }}")),
        (
            "lists and objects in turn",
            format!("{{ a(b: {}) }}", deep("[{a:", "1", "}]")),
        ),
        ("lists in a directive", format!("{{ a @include(if: {lists}) }}")),
        (
            "lists as a default value",
            format!("query($a: Int = {lists}) {{ a }}"),
        ),
        (
            "objects as a default value",
            format!("query($a: Int = {objects}) {{ a }}"),
        ),
        (
            "lists in a variable's directive",
            format!("query($a: Int @a(b: {lists})) {{ a }}"),
        ),
        (
            "lists in a type",
            format!("query($a: {}) {{ a }}", deep("[", "Int", "]")),
        ),
        (
            "lists in a fragment",
            format!("{{ ...F }} fragment F on Query {{ a(b: {lists}) }}"),
        ),
        ("selections", deep("{ a ", "", "}")),
        ("inline fragments", deep("{ ... on Query ", "{ a }", "}")),
        ("parentheses", "(".repeat(10_000)),
        (
            "lists that are not closed",
            format!("{{ a(b: {}", "[".repeat(KILLING)),
        ),
        (
            "objects that are not closed",
            format!("{{ a(b: {}", "{a:".repeat(KILLING)),
        ),
        (
            "selections that are not closed",
            format!("{{ {}", "a { ".repeat(KILLING)),
        ),
    ];
    let row = |(name, document): (&str, String)| Row::refused(format!("{KILLING} nested {name}"), &document);
    let mut rows: Vec<Row> = documents.into_iter().map(row).collect();
    let crowd = format!("{{ a(b: {}", "[".repeat(10_000));
    rows.push(Row::refused("10,000 nested lists, twenty times at once", &crowd).times(20));
    rows
}

/// Nested brackets behind texts that can confuse a counter of brackets.
fn disguised() -> Vec<Row> {
    let deep = "[".repeat(KILLING);
    let documents = [
        (
            "an escaped quote",
            format!("{{ a(b: \"\\\\\" c: {deep} d: \"\\\"\") }}"),
        ),
        (
            "a block string's end",
            format!("{{ a(b: \"\"\"\\\"\"\"\"\"\" c: {deep}) }}"),
        ),
        ("an empty string", format!("{{ a(b: \"\" c: {deep}) }}")),
        (
            "an empty block string",
            format!("{{ a(b: \"\"\"\"\"\" c: {deep}) }}"),
        ),
        (
            "a comment that ends with a return",
            format!("# \"\r{{ a(b: {deep}"),
        ),
        ("a comment with a quote", format!("# \"\n{{ a(b: {deep}")),
        ("a string that its line ends", format!("{{ a(b: \"\n{deep}")),
        (
            "brackets that close",
            format!("{}{{ a(b: {deep}", "]".repeat(5_000)),
        ),
        ("a byte order mark", format!("\u{feff}{{ a(b: {deep}")),
        ("commas", format!("{{ a(b: {}", "[,".repeat(KILLING))),
        (
            "line breaks",
            format!("{{ a(b: {}", "[\r\n\t \u{feff}".repeat(KILLING)),
        ),
    ];
    let row = |(name, document): (&str, String)| {
        Row::refused(format!("{KILLING} nested lists behind {name}"), &document)
    };
    documents.into_iter().map(row).collect()
}

fn unfinished() -> Vec<Row> {
    let documents = [
        ("nothing", ""),
        ("blanks only", " \t\r\n,, "),
        ("a comment only", "# { storeConfig { store_code } }"),
        ("a byte order mark only", "\u{feff}"),
        ("an open brace", "{"),
        ("a closed brace", "}"),
        ("an empty selection", "{ storeConfig { } }"),
        ("an open string", "{ a(b: \"c) }"),
        ("an open block string", "{ a(b: \"\"\"c) }"),
        ("a string that ends in a backslash", "{ a(b: \"\\"),
        ("an argument without a value", "{ a(b:) }"),
        ("a spread without a name", "{ ... }"),
        ("six dots", "{ ......a }"),
        ("a dollar", "{ a(b: $) }"),
        ("an at", "{ a @ }"),
        (
            "a fragment alone",
            "fragment F on Query { storeConfig { store_code } }",
        ),
    ];
    documents
        .map(|(name, document)| Row::refused(name, document))
        .into()
}

fn long() -> Vec<Row> {
    let name = "n".repeat(20_000);
    let documents = [
        ("a field's name of 20,000 letters", format!("{{ {name} }}")),
        ("an alias of 20,000 letters", format!("{{ {name}: __typename }}")),
        (
            "an argument's name of 20,000 letters",
            format!("{{ a({name}: 1) }}"),
        ),
        ("a directive's name of 20,000 letters", format!("{{ a @{name} }}")),
        ("a fragment's name of 20,000 letters", format!("{{ ...{name} }}")),
        (
            "an operation's name of 20,000 letters",
            format!("query {name} {{ __typename }}"),
        ),
        (
            "a variable's name of 20,000 letters",
            format!("query(${name}: Int) {{ __typename }}"),
        ),
        (
            "a type's name of 20,000 letters",
            format!("query($a: {name}) {{ __typename }}"),
        ),
        ("10,000 fields", format!("{{ {} }}", "a ".repeat(10_000))),
        (
            "10,000 values in a list",
            format!("{{ a(b: [{}]) }}", "1 ".repeat(10_000)),
        ),
        ("10,000 arguments", format!("{{ a({}) }}", "b:1".repeat(10_000))),
        ("10,000 dollars", "$".repeat(10_000)),
        (
            "10,000 empty strings",
            format!("{{ a(b: [{}]) }}", "\"\" ".repeat(10_000)),
        ),
        (
            "a document of 200 KB",
            format!("{{ __typename }} #{}", "x".repeat(200_000)),
        ),
        (
            "a number of 20,000 digits",
            format!(
                "{{ customer {{ orders(pageSize: {}) {{ total_count }} }} }}",
                "9".repeat(20_000)
            ),
        ),
        (
            "an exponent without end",
            "{ customer { orders(pageSize: 1e999999999) { total_count } } }".to_owned(),
        ),
    ];
    let row = |(name, document): (&str, String)| Row::refused(name, &document);
    documents.into_iter().map(row).collect()
}

fn odd() -> Vec<Row> {
    let asks = |number: &str| {
        format!(
            "{{ guestOrder(input: {{ number: {number}, email: \"a@b.c\", lastname: \"x\" }}) {{ number }} }}"
        )
    };
    let not_located = Expected::Data("/errors/0/extensions/category", json!("graphql-no-such-entity"));
    vec![
        Row::refused("a schema instead of a query", "type Query { a: Int }"),
        Row::refused("an extension of the schema", "extend type Query { a: Int }"),
        Row::refused("a subscription", "subscription { orders { number } }"),
        Row::refused("a NUL between tokens", "{ storeConfig \u{0} { store_code } }"),
        Row::refused("an emoji as a name", "{ \u{1f4a5} }"),
        Row::refused(
            "letters that look like others",
            "{ st\u{43e}reConfig { store_code } }",
        ),
        Row::refused(
            "a mark that turns the text around",
            "{ \u{202e}storeConfig { store_code } }",
        ),
        Row::refused("half a surrogate in an escape", &asks("\"\\uD800\"")),
        Row::refused("an escape that does not exist", &asks("\"\\x41\"")),
        Row::refused("an escape that is cut off", &asks("\"\\u00\"")),
        Row::refused(
            "an octal number",
            "{ customer { orders(pageSize: 007) { total_count } } }",
        ),
        Row::refused("a keyword thrice", "query query query"),
        Row::asked(
            "brackets in a string",
            &asks(&format!("\"{}\"", "[".repeat(5_000))),
            &json!({}),
            not_located.clone(),
        ),
        Row::asked(
            "brackets in a block string",
            &asks(&format!("\"\"\"{}\"\"\"", "{(".repeat(5_000))),
            &json!({}),
            not_located,
        ),
        Row::asked(
            "brackets in a comment",
            &format!("# {}\n{{ __typename }}", "[{(".repeat(5_000)),
            &json!({}),
            Expected::Data("/data/__typename", json!("Query")),
        ),
        Row::handled("an escaped NUL", &asks("\"\\u0000\"")),
        Row::handled(
            "20,000 commas",
            &format!("{{ __typename {} }}", ",".repeat(20_000)),
        ),
        Row::handled(
            "10,000 empty comments",
            &format!("{}{{ __typename }}", "#\n".repeat(10_000)),
        ),
        Row::handled("a byte order mark before a query", "\u{feff}{ __typename }"),
    ]
}
