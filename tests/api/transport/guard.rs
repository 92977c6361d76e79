//! Documents that ask for too much: each is refused at once and with a code of its own.

use std::time::{Duration, Instant};

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

/// `times` fragments, each of which spreads the next one `often` times.
fn unfolding(times: usize, often: usize) -> String {
    let fragments = (0..times).map(|n| {
        let spreads = format!("...F{} ", n + 1).repeat(often);
        format!("fragment F{n} on StoreConfig {{ {spreads} }} ")
    });
    let fragments: String = fragments.collect();
    format!("{{ storeConfig {{ ...F0 }} }} {fragments} fragment F{times} on StoreConfig {{ store_code }}")
}

/// Checks that the document is refused with this code, for both media types.
async fn is_refused(shop: &TestShop, document: &str, code: &str) {
    let asked = shop
        .ask(document)
        .header("accept", "application/graphql-response+json");
    let mut fastest = Duration::MAX;
    // Other programs use the machine too, so the fastest of fifty requests counts.
    for _ in 0..50 {
        let began = Instant::now();
        let answer = asked.clone().send().await;
        fastest = fastest.min(began.elapsed());
        assert_eq!(answer.status, 400, "{code}: {:#}", answer.body);
        let extensions = &answer.body["errors"][0]["extensions"];
        assert_eq!(extensions, &json!({ "category": "graphql-input", "code": code }));
        assert!(answer.body.get("data").is_none());
        if fastest < Duration::from_millis(100) {
            break;
        }
    }
    assert!(fastest < Duration::from_millis(100), "{code} took {fastest:?}");
    let plain = shop.ask(document).send().await;
    assert_eq!(plain.status, 200, "for a client that reads plain JSON");
}

fn many(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect()
}

on_every_database!(
    documents_that_exhaust_a_server_are_refused_at_once,
    |shop| async move {
        // The first request waits until the structure of the shop is read.
        let _ = shop.ask("{ storeConfig { store_code } }").send().await;
        let nested = |open: &str| format!("{{ __typename(a: {}", open.repeat(1_500));
        is_refused(&shop, &nested("["), "DOCUMENT_TOO_DEEP").await;
        is_refused(&shop, &nested("{a:"), "DOCUMENT_TOO_DEEP").await;
        for (times, often) in [(27, 2), (5, 40), (3, 300)] {
            is_refused(&shop, &unfolding(times, often), "QUERY_TOO_COMPLEX").await;
        }
        // Twenty fragments, each of which spreads the next one sixty levels down.
        let chain = |n: usize| {
            let (open, close) = ("... { ".repeat(60), "} ".repeat(60));
            format!("fragment F{n} on Query {{ {open} ...F{} {close} }} ", n + 1)
        };
        let chained = format!(
            "{{ ...F0 }} {} fragment F20 on Query {{ __typename }}",
            many(20, chain)
        );
        for deep in [unfolding(150, 2), chained] {
            is_refused(&shop, &deep, "QUERY_TOO_DEEP").await;
        }
    }
);

on_every_database!(each_limit_has_its_code, |shop| async move {
    let _ = shop.ask("{ storeConfig { store_code } }").send().await;
    let padded = format!("# {}\n{{ __typename }}", "x".repeat(32 * 1024));
    let wordy = format!("{{ {} }}", "__typename ".repeat(2_900));
    let named = format!("{{ {}: __typename }}", "a".repeat(300));
    let operations = many(11, |n| format!("query Q{n} {{ __typename }} "));
    for large in [padded, named, operations] {
        is_refused(&shop, &large, "DOCUMENT_TOO_LARGE").await;
    }
    let deep = format!("{{ {} name {} }}", "order_item { ".repeat(21), "} ".repeat(21));
    let circle = format!(
        "{{ __schema {{ types {{ {} name {} }} }} }}",
        "fields { type { ".repeat(3),
        "} } ".repeat(3)
    );
    for deep in [deep, circle] {
        is_refused(&shop, &deep, "QUERY_TOO_DEEP").await;
    }
    let aliases = many(31, |n| format!("a{n}: __typename "));
    let directives = "@skip(if: false) ".repeat(51);
    let pages = format!(
        "{{ customer {{ orders(pageSize: 300) {{ items {{ {} }} }} }} }}",
        "id number status ".repeat(120)
    );
    for complex in [
        wordy,
        format!("{{ storeConfig {{ {aliases} }} }}"),
        format!("{{ __typename {directives} }}"),
        format!("{{ {} }}", "__typename ".repeat(31)),
        pages,
        format!(
            "mutation {{ {} }}",
            many(6, |n| format!("a{n}: createEmptyCart "))
        ),
    ] {
        is_refused(&shop, &complex, "QUERY_TOO_COMPLEX").await;
    }
});

// The specification makes one field of the two. The engine would run the mutation twice.
on_every_database!(a_repeated_mutation_is_refused, |shop| async move {
    let revoke = "revokeCustomerToken { result }";
    let customer = shop.customer("anna@example.com").await;
    is_refused(
        &shop,
        &format!("mutation {{ {revoke} {revoke} }}"),
        "MUTATION_REPEATED",
    )
    .await;
    let mine = shop.ask("{ customer { email } }").token(&customer).send().await;
    assert_eq!(
        mine.data("/customer/email"),
        "anna@example.com",
        "still signed in"
    );
});

// The document that GraphiQL and code generators send.
const INTROSPECTION: &str = r"
query IntrospectionQuery {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types { ...FullType }
    directives { name description locations args { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description
  fields(includeDeprecated: true) {
    name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
  }
  inputFields { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
}";

on_every_database!(the_whole_schema_can_be_read, |shop| async move {
    for by_get in [false, true] {
        let asked = shop.ask(INTROSPECTION);
        let asked = if by_get { asked.by_get() } else { asked };
        let answer = asked.send().await;
        let types = answer.data("/__schema/types").as_array().map_or(0, Vec::len);
        assert!(types > 50, "{types}");
    }
});

// A storefront loads more orders with ever larger pages, up to the largest page.
on_every_database!(the_largest_page_of_orders_is_answered, |shop| async move {
    let customer = shop.customer("anna@example.com").await;
    let document = "query Orders($filter: CustomerOrdersFilterInput, $pageSize: Int!) { customer { orders(filter: $filter, pageSize: $pageSize) {
      items {
        id number status order_date total { grand_total { value currency } subtotal { value currency } total_tax { value currency } }
        items { id product_name product_sku quantity_ordered quantity_canceled product_sale_price { value currency } }
        invoices { id number } shipments { id number tracking { number title } } credit_memos { id number }
        billing_address { firstname lastname street city postcode country_code }
        shipping_address { firstname lastname street city postcode country_code }
        payment_methods { name type } available_actions
      } page_info { current_page total_pages page_size } total_count } } }";
    let variables = json!({ "filter": { "number": { "match": "" } }, "pageSize": 300 });
    let answer = shop
        .ask(document)
        .variables(variables)
        .token(&customer)
        .send()
        .await;
    assert_eq!(answer.data("/customer/orders/total_count"), &json!(0));
});

on_every_database!(errors_are_few_and_short, |shop| async move {
    let wrong = many(25, |n| format!("wrong{n} "));
    let answer = shop.ask(&format!("{{ storeConfig {{ {wrong} }} }}")).send().await;
    let errors = answer.body["errors"].as_array().map_or(0, Vec::len);
    assert_eq!(errors, 20);
    let long = format!(
        "{{ storeConfig(code: \"{}\") {{ store_code }} }}",
        "ä".repeat(5_000)
    );
    let answer = shop.ask(&long).send().await;
    assert!(answer.error().len() <= 300, "{}", answer.error());
    let variable = json!({ "n": "x".repeat(5_000) });
    let document = "query($n: Int!) { customer { orders(pageSize: $n) { total_count } } }";
    let answer = shop.ask(document).variables(variable).send().await;
    let message: &Value = &answer.body["errors"][0]["message"];
    assert!(message.as_str().is_some_and(|it| it.len() <= 300), "{message}");
});
