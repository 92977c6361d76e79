//! Every mutation that changes something takes a key, in its input and in the header.

use std::collections::BTreeSet;

use countermand_tests::{TestShop, on_sqlite};
use serde_json::{Value, json};

/// The mutations that take no key, with the reason.
const EXCEPTIONS: [(&str, &str); 6] = [
    (
        "confirmEmail",
        "it changes nothing: accounts need no confirmation",
    ),
    (
        "resendConfirmationEmail",
        "it changes nothing: accounts need no confirmation",
    ),
    (
        "generateCustomerToken",
        "each answer is a new token, which is not kept",
    ),
    ("revokeCustomerToken", "afterwards the token names no caller"),
    ("exportCustomer", "it reads, and each export is noted"),
    ("previewCancellation", "it reads: the amounts are those of now"),
];

const MUTATIONS: &str = "{ __schema {
  mutationType { fields { name args { name type { name kind ofType { name kind } } } } }
  types { name inputFields { name type { name } } }
} }";

/// The mutations of the schema, each with whether its arguments or its input have the field `idempotency_key`.
pub(super) async fn mutations(shop: &TestShop) -> Vec<(String, bool)> {
    let answer = shop.ask(MUTATIONS).send().await;
    let schema = answer.data("/__schema");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let has_key = |fields: &Value| {
        list(fields)
            .iter()
            .any(|field| field["name"] == "idempotency_key" && field["type"]["name"] == "String")
    };
    let types = list(&schema["types"]);
    let mut found = Vec::new();
    for mutation in list(&schema["mutationType"]["fields"]) {
        let inputs: Vec<Value> = list(&mutation["args"])
            .iter()
            .map(|argument| argument["type"]["ofType"]["name"].clone())
            .collect();
        let in_input = types
            .iter()
            .any(|it| inputs.contains(&it["name"]) && has_key(&it["inputFields"]));
        let name = mutation["name"].as_str().expect("a name").to_owned();
        found.push((name, in_input || has_key(&mutation["args"])));
    }
    found
}

on_sqlite!(
    every_mutation_that_changes_something_takes_a_key,
    |shop| async move {
        let exceptions: BTreeSet<&str> = EXCEPTIONS.iter().map(|(name, _)| *name).collect();
        let mutations = mutations(&shop).await;
        assert!(mutations.len() > 50, "{}", mutations.len());
        for (name, takes_key) in &mutations {
            assert_eq!(*takes_key, !exceptions.contains(name.as_str()), "{name}");
        }
        for name in exceptions {
            assert!(
                mutations.iter().any(|(known, _)| known == name),
                "{name} is no mutation"
            );
        }
    }
);

on_sqlite!(the_header_counts_for_the_same_mutations, |shop| async move {
    for (name, takes_key) in mutations(&shop).await {
        // A key that is none is refused before the input is looked at.
        let document = format!("mutation {{ {name} }}");
        let answer = shop
            .ask(&document)
            .header(super::KEY, "k".repeat(256).as_str())
            .send()
            .await;
        let code = answer.body.pointer("/errors/0/extensions/code");
        let is_refused = code == Some(&json!("IDEMPOTENCY_KEY_INVALID"));
        assert_eq!(is_refused, takes_key, "{name}: {:#}", answer.body);
    }
});
