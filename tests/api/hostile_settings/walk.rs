//! Every text argument of every operation, found in the schema, is given each text in turn while the rest is usable.
//!
//! The usable rest is such that nothing is kept: accounts and codes are taken, the website does not exist. What
//! happens to texts that are kept is tried elsewhere.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use super::schema::{Field, Input, Schema};
use super::{Attacker, BUYER};

/// Inputs are not nested deeper than this.
const DEEPEST_INPUT: usize = 5;
/// Objects below an operation are not looked at deeper than this.
const DEEPEST_PATH: usize = 4;
/// The code of the website that every shop has.
const TAKEN_WEBSITE: &str = "base";
/// Requests at a time.
const AT_ONCE: usize = 4;

/// A text argument of an operation.
#[derive(Clone)]
pub(super) struct Place {
    /// `createShipment /input/tracking/0/title`.
    name: String,
    document: String,
    variables: Value,
    /// Where the text goes within the variables.
    pointer: String,
}

/// All places; `order` is what operations that need an order work on.
pub(super) fn places(schema: &Schema, order: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let walker = Walker { schema, order };
    for (root, operation) in schema.roots.iter().zip(["query", "mutation"]) {
        let mut seen = BTreeSet::new();
        walker.object(root, operation, &[], &mut seen, &mut found);
    }
    found
}

struct Walker<'a> {
    schema: &'a Schema,
    order: &'a str,
}

impl Walker<'_> {
    /// The places at an object to which the fields of `path` lead, and below it.
    fn object(
        &self,
        type_name: &str,
        operation: &str,
        path: &[&str],
        seen: &mut BTreeSet<String>,
        found: &mut Vec<Place>,
    ) {
        for field in self.schema.fields(type_name) {
            if !seen.insert(format!("{type_name}.{}", field.name)) {
                continue;
            }
            for input in &field.inputs {
                for pointer in self.texts(input, DEEPEST_INPUT) {
                    found.push(self.place(operation, path, &field, input, &pointer));
                }
            }
            let goes_on = operation == "query" && !field.inputs.iter().any(|it| it.is_required);
            if goes_on && self.schema.has_fields(field.type_name) && path.len() < DEEPEST_PATH {
                let path = [path, &[field.name]].concat();
                self.object(field.type_name, operation, &path, seen, found);
            }
        }
    }

    /// Pointers to the texts within an input, the input's own name first.
    fn texts(&self, input: &Input<'_>, depth: usize) -> Vec<String> {
        let mut here = format!("/{}", input.name);
        if input.is_list {
            here += "/0";
        }
        if matches!(input.type_name, "String" | "ID") {
            return vec![here];
        }
        let fields = self.schema.input_fields(input.type_name);
        // A key is hashed and never kept as a text; with one of these texts, the usable rest of an input would be carried
        // out. `idempotency::hostile_keys_are_refused_before_anything_runs` tries such keys.
        let is_tried =
            |field: &Input<'_>| field.name != "idempotency_key" || input.type_name == "BulkCancelOrdersInput";
        let inner = fields.iter().filter(|field| depth > 0 && is_tried(field));
        inner
            .flat_map(|field| self.texts(field, depth - 1))
            .map(|below| format!("{here}{below}"))
            .collect()
    }

    fn place(
        &self,
        operation: &str,
        path: &[&str],
        field: &Field<'_>,
        attacked: &Input<'_>,
        pointer: &str,
    ) -> Place {
        let mut variables = Map::new();
        let mut declared = Vec::new();
        let mut given = Vec::new();
        for input in &field.inputs {
            if input.is_required || input.name == attacked.name || input.name == "code" {
                let below = (input.name == attacked.name).then_some(pointer);
                variables.insert(input.name.to_owned(), self.usable(input, below));
                declared.push(format!("${}: {}", input.name, input.type_text));
                given.push(format!("{0}: ${0}", input.name));
            }
        }
        let selection = if self.schema.has_fields(field.type_name) {
            " { __typename }"
        } else {
            ""
        };
        let open = path.iter().fold(String::new(), |open, name| open + name + " { ");
        Place {
            name: format!("{}{} {pointer}", open.replace("{ ", ""), field.name),
            document: format!(
                "{operation}({}) {{ {open}{}({}){selection} {}}}",
                declared.join(", "),
                field.name,
                given.join(", "),
                "} ".repeat(path.len())
            ),
            variables: Value::Object(variables),
            pointer: pointer.to_owned(),
        }
    }

    /// A usable value, with everything in it that `attacked`, a pointer which begins with the input's name, leads to.
    fn usable(&self, input: &Input<'_>, attacked: Option<&str>) -> Value {
        let below = attacked.and_then(|pointer| pointer.strip_prefix('/'));
        let below = below.and_then(|pointer| pointer.strip_prefix(input.name));
        let below = below.map(|pointer| pointer.strip_prefix("/0").unwrap_or(pointer));
        let one = if self.schema.has_fields(input.type_name) {
            let mut object = Map::new();
            for field in self.schema.input_fields(input.type_name) {
                let start = format!("/{}", field.name);
                let next = below.filter(|it| *it == start || it.starts_with(&format!("{start}/")));
                if input.type_name == "CreateWebsiteInput" && field.name == "code" {
                    object.insert("code".into(), json!(TAKEN_WEBSITE));
                } else if field.is_required || next.is_some() || field.name == "code" {
                    object.insert(field.name.to_owned(), self.usable(&field, next));
                }
            }
            Value::Object(object)
        } else {
            self.scalar(input)
        };
        if input.is_list { json!([one]) } else { one }
    }

    fn scalar(&self, input: &Input<'_>) -> Value {
        if let Some(first) = self.schema.first_value(input.type_name) {
            // Of one store view: what is reset there is reset nowhere else.
            return json!(if input.type_name == "ConfigScope" {
                "STORE"
            } else {
                first
            });
        }
        match (input.type_name, input.name) {
            ("Int", _) => json!(1),
            ("Float", _) => json!(1.0),
            ("Boolean", _) => json!(false),
            (_, "order_id" | "id") => json!(self.order),
            (_, "email") => json!(BUYER),
            (_, "code" | "store_code") => json!("default"),
            (_, "website_code") => json!("nowhere"),
            (_, "password" | "newPassword") => json!("Secret-123"),
            (_, "orders") => json!("[]"),
            (_, "reason") => json!("Other"),
            _ => json!("1"),
        }
    }
}

/// Sends `text` to every place; what went wrong.
pub(super) async fn try_all(attacker: &Attacker<'_>, places: &[Place], text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for places in places.chunks(AT_ONCE) {
        let mut asking = JoinSet::new();
        for place in places {
            let mut variables = place.variables.clone();
            let spot = variables.pointer_mut(&place.pointer);
            *spot.unwrap_or_else(|| panic!("no {}", place.name)) = json!(text);
            let ask = attacker.ask(&place.document, &variables);
            let (customer, owner) = (attacker.customer.clone(), attacker.shop.owner().to_owned());
            let name = place.name.clone();
            asking.spawn(async move {
                let answer = ask.clone().token(&customer).send().await;
                if code(&answer.body) == "FORBIDDEN" {
                    return fault(&name, &ask.token(&owner).send().await);
                }
                fault(&name, &answer)
            });
        }
        faults.extend(asking.join_all().await.into_iter().flatten());
    }
    faults
}

/// What is wrong with an answer: a failure of the program, or a document that this test made wrongly.
pub(super) fn fault(name: &str, answer: &countermand_tests::Answer) -> Option<String> {
    let errors = answer.body["errors"].as_array().into_iter().flatten();
    let codes: Vec<_> = errors.map(|error| &error["extensions"]["code"]).collect();
    let is_ours = codes.iter().any(|code| {
        ["INTERNAL_ERROR", "TRY_AGAIN", "GRAPHQL_VALIDATION_FAILED"]
            .iter()
            .any(|it| code == it)
    });
    let is_wrong = answer.status >= 500 || is_ours;
    is_wrong.then(|| format!("{name}: {} {}", answer.status, answer.body))
}

fn code(body: &Value) -> &str {
    let code = body.pointer("/errors/0/extensions/code");
    code.and_then(Value::as_str).unwrap_or_default()
}
