//! Documents that can be parsed and ask for more than a caller may have.

use serde_json::{Value, json};

use super::Target;
use super::row::{Expected, Row, Sent, bearer, http, post, repeated, strict};

pub(super) fn rows(target: &Target) -> Vec<Row> {
    [
        deep_and_wide(),
        unfolding(),
        operations(target),
        lists(target),
        variables(target),
    ]
    .concat()
}

fn deep_and_wide() -> Vec<Row> {
    let types = |depth: usize| {
        format!(
            "{{ __schema {{ types {{ {} name {} }} }} }}",
            "ofType { ".repeat(depth),
            "}".repeat(depth)
        )
    };
    let rows_of_rows = format!(
        "{{ customer {{ orders {{ items {{ invoices {{ items {{ {} product_sku {} }} }} }} }} }} }}",
        "order_item { ".repeat(40),
        "}".repeat(40)
    );
    let many = |times: usize, what: &dyn Fn(usize) -> String| -> String {
        let all: Vec<String> = (0..times).map(what).collect();
        format!("{{ {} }}", all.join(" "))
    };
    vec![
        Row::refused("introspection 25 types deep", &types(25)),
        Row::refused("introspection 60 types deep", &types(60)),
        Row::refused("rows of rows, 40 deep", &rows_of_rows),
        Row::refused(
            "introspection that multiplies",
            &format!(
                "{{ __schema {{ types {{ {} name {} }} }} }}",
                "fields { type { ".repeat(9),
                "} }".repeat(9)
            ),
        ),
        Row::refused(
            "1,000 aliases of nothing",
            &many(1_000, &|n| format!("a{n}: __typename")),
        ),
        Row::refused(
            "500 aliases of the store's settings",
            &many(500, &|n| format!("a{n}: storeConfig {{ store_code }}")),
        ),
        Row::refused(
            "100 aliases of a customer's orders",
            &many(100, &|n| format!("a{n}: customer {{ orders {{ total_count }} }}")),
        ),
        Row::refused(
            "1,000 times the same field",
            &many(1_000, &|_| "storeConfig { store_code }".to_owned()),
        ),
        Row::refused(
            "500 aliases in one object",
            &format!(
                "{{ storeConfig {} }}",
                many(500, &|n| format!("a{n}: store_code"))
            ),
        ),
        Row::refused(
            "500 directives on a field",
            &format!("{{ __typename {} }}", "@include(if: true) ".repeat(500)),
        ),
        Row::refused(
            "500 unknown directives",
            &format!("{{ __typename {} }}", "@a ".repeat(500)),
        ),
        Row::refused(
            "500 directives, one a field",
            &many(500, &|n| format!("a{n}: __typename @skip(if: false)")),
        ),
        Row::refused("300 unknown fields", &many(300, &|n| format!("nothing{n}"))),
        Row::refused("a field that nearly exists", "{ storeConfi { store_code } }"),
        Row::refused(
            "200 unknown arguments",
            &format!(
                "{{ storeConfig({}) {{ store_code }} }}",
                repeated(200, |n| format!("a{n}: 1 "))
            ),
        ),
        Row::refused(
            "answers that would clash, 500 times",
            &many(500, &|n| {
                format!("a: customer {{ orders(pageSize: {}) {{ total_count }} }}", n + 1)
            }),
        ),
    ]
}

/// `length` fragments, each of which spreads the next one `width` times.
fn chain(length: usize, width: usize) -> String {
    let link = |n: usize| {
        let spreads = format!("...F{} ", n + 1).repeat(width);
        format!("fragment F{n} on StoreConfig {{ {spreads} }} ")
    };
    let links: String = (0..length).map(link).collect();
    format!("{{ storeConfig {{ ...F0 }} }} {links} fragment F{length} on StoreConfig {{ store_code }}")
}

fn unfolding() -> Vec<Row> {
    let inline = |depth: usize| {
        format!(
            "{{ storeConfig {} store_code {} }}",
            "{ ... on StoreConfig ".repeat(depth),
            "}".repeat(depth)
        )
    };
    let circle = |length: usize| {
        let link = |n: usize| format!("fragment F{n} on StoreConfig {{ ...F{} }} ", (n + 1) % length);
        format!("{{ storeConfig {{ ...F0 }} }} {}", repeated(length, link))
    };
    let unused = repeated(500, |n| format!("fragment F{n} on StoreConfig {{ store_code }} "));
    let inside = "query A { ...F0 } fragment F0 on Query { storeConfig { ...F1 ...F1 } } \
                  fragment F1 on StoreConfig { ... on StoreConfig { ...F1 } }";
    vec![
        Row::refused("fragments that spread the next twice, 27 deep", &chain(27, 2)),
        Row::refused("the same, six at once", &chain(27, 2)).times(6),
        Row::refused("fragments 40 wide, 5 deep", &chain(5, 40)),
        Row::refused("fragments 300 wide, 3 deep", &chain(3, 300)),
        Row::refused("the same again, six at once", &chain(3, 300)).times(6),
        Row::refused("fragments that spread the next twice, 150 deep", &chain(150, 2)),
        Row::refused("a chain of 500 fragments", &chain(500, 1)),
        Row::refused("a fragment in itself", &circle(1)),
        Row::refused("two fragments in each other", &circle(2)),
        Row::refused("a circle of 100 fragments", &circle(100)),
        Row::refused("a fragment in itself, inline", inside),
        Row::refused("a fragment that is not there", "{ storeConfig { ...Nothing } }"),
        Row::refused("a fragment on nothing", "{ ...F } fragment F on Nothing { a }"),
        Row::refused(
            "500 fragments without a use",
            &format!("{{ __typename }} {unused}"),
        ),
        Row::refused(
            "two fragments of one name",
            "{ ...F } fragment F on Query { __typename } fragment F on Query { __typename }",
        ),
        Row::refused("inline fragments, 60 deep", &inline(60)),
    ]
}

fn operations(target: &Target) -> Vec<Row> {
    let cancel = |keys: &[&str]| {
        let field = |key: &&str| {
            format!(
                "{key} cancelOrder(input: {{ order_id: \"{}\", reason: \"Other\" }}) {{ error }} ",
                target.order
            )
        };
        keys.iter().map(field).collect::<String>()
    };
    let as_customer = |name: &str, document: &str| {
        let token = bearer(&target.customer);
        let accept = "application/graphql-response+json";
        let headers = [("Authorization", token.as_str()), ("Accept", accept)];
        let body = json!({ "query": document });
        let request = http(
            "POST /graphql",
            &[&[("Content-Type", "application/json")], &headers[..]].concat(),
            body.to_string().as_bytes(),
        );
        Row::new(name, Sent::Bytes(request), Expected::Refused)
    };
    let named = repeated(1_000, |n| format!("query Q{n} {{ __typename }} "));
    let batch = |times: usize| Value::from(vec![json!({ "query": "{ __typename }" }); times]);
    let refused_batch =
        |name: &str, times| Row::new(name, Sent::Bytes(strict(&batch(times))), Expected::Status(&[400]));
    vec![
        as_customer(
            "the same mutation twice",
            &format!("mutation {{ {} }}", cancel(&["", ""])),
        ),
        as_customer(
            "the same answer from two mutations",
            &format!("mutation {{ {} }}", cancel(&["a:", "a:"])),
        ),
        as_customer(
            "the same mutation again through a fragment",
            &format!(
                "mutation {{ {0} ...F }} fragment F on Mutation {{ {0} }}",
                cancel(&[""])
            ),
        ),
        as_customer(
            "the same mutation again inline",
            &format!("mutation {{ {0} ... on Mutation {{ {0} }} }}", cancel(&[""])),
        ),
        as_customer(
            "six mutations at once",
            &format!("mutation {{ {} }}", cancel(&["a:", "b:", "c:", "d:", "e:", "f:"])),
        ),
        as_customer(
            "a mutation that does not validate",
            &format!("mutation {{ {} nothing }}", cancel(&[""])),
        ),
        Row::refused("1,000 operations", &named),
        Row::refused(
            "two operations of one name",
            "query A { __typename } query A { __typename }",
        ),
        Row::refused("two operations without a name", "{ __typename } { __typename }"),
        Row::refused(
            "two operations and no choice",
            "query A { __typename } query B { __typename }",
        ),
        Row::new(
            "an operation that is not there",
            Sent::Bytes(strict(
                &json!({ "query": "query A { __typename }", "operationName": "B" }),
            )),
            Expected::Refused,
        ),
        refused_batch("an empty batch", 0),
        refused_batch("a batch of one", 1),
        refused_batch("a batch of 1,000", 1_000),
    ]
}

fn lists(target: &Target) -> Vec<Row> {
    let orders = |arguments: &str| {
        format!(
            "query($n: Int) {{ customer {{ orders({arguments}) {{ total_count items {{ number }} }} }} }}"
        )
    };
    let token = bearer(&target.customer);
    let asked = |name: &str, arguments: &str, variables: &Value| {
        let body = json!({ "query": orders(arguments), "variables": variables });
        let request = post(&[("Authorization", &token)], &body);
        Row::new(name, Sent::Bytes(request), Expected::Handled)
    };
    let numbers = vec![json!("000000001"); 10_000];
    let among = format!(
        "{{ customer {{ orders(filter: {{ number: {{ in: {} }} }}) {{ total_count }} }} }}",
        Value::from(vec!["1"; 900])
    );
    vec![
        asked("a page of a million", "pageSize: 1000000", &json!({})),
        asked(
            "a page of a million by variable",
            "pageSize: $n",
            &json!({ "n": 1_000_000 }),
        ),
        asked("a page of less than nothing", "pageSize: -1", &json!({})),
        asked("a page of nothing", "pageSize: 0", &json!({})),
        asked(
            "the last page there could be",
            "currentPage: 2147483647",
            &json!({}),
        ),
        asked("a page before the first", "currentPage: -2147483648", &json!({})),
        asked("a page number beyond 32 bits", "pageSize: 4294967297", &json!({})),
        asked("a text as a page", "pageSize: \"20\"", &json!({})),
        asked(
            "a page by a variable that is a text",
            "pageSize: $n",
            &json!({ "n": "20" }),
        ),
        asked(
            "a page by a variable that is huge",
            "pageSize: $n",
            &json!({ "n": 1e300 }),
        ),
        Row::handled("900 numbers to choose from", &among),
        Row::asked(
            "10,000 numbers to choose from",
            "query($n: [String]) { customer { orders(filter: { number: { in: $n } }) { total_count } } }",
            &json!({ "n": numbers }),
            Expected::Handled,
        ),
    ]
}

fn variables(target: &Target) -> Vec<Row> {
    let many: serde_json::Map<String, Value> = (0..5_000).map(|n| (format!("v{n}"), json!(n))).collect();
    let declared = repeated(2_000, |n| format!("$v{n}: Int "));
    let cancel = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { errorV2 { code } } }";
    let asked = |name: &str, input: Value| {
        let body = json!({ "query": cancel, "variables": { "input": input } });
        let token = bearer(&target.customer);
        Row::new(
            name,
            Sent::Bytes(post(&[("Authorization", &token)], &body)),
            Expected::Handled,
        )
    };
    let wide: serde_json::Map<String, Value> = (0..5_000).map(|n| (format!("f{n}"), json!(n))).collect();
    vec![
        Row::asked(
            "5,000 variables that are not declared",
            "{ __typename }",
            &Value::Object(many),
            Expected::Data("/data/__typename", json!("Query")),
        ),
        Row::refused(
            "2,000 variables without a use",
            &format!("query({declared}) {{ __typename }}"),
        ),
        Row::refused(
            "a variable that is not declared",
            "{ customer { orders(pageSize: $n) { total_count } } }",
        ),
        Row::refused(
            "a variable of no type",
            "query($a: Nothing) { customer { orders(pageSize: $a) { total_count } } }",
        ),
        asked("an input with 5,000 unknown fields", Value::Object(wide)),
        asked(
            "an input that is a list",
            json!([{ "order_id": "1", "reason": "Other" }]),
        ),
        asked("an input that is null", Value::Null),
        asked(
            "an order id that is an object",
            json!({ "order_id": { "$ne": null }, "reason": "Other" }),
        ),
        asked(
            "an order id that is a fraction",
            json!({ "order_id": 1.5, "reason": "Other" }),
        ),
        asked(
            "a reason that is a list",
            json!({ "order_id": target.order, "reason": ["Other"] }),
        ),
        asked(
            "a reason of 200 KB",
            json!({ "order_id": target.order, "reason": "x".repeat(200_000) }),
        ),
    ]
}
