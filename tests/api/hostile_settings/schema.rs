//! The schema as introspection tells it: what there is to ask for, and what each argument takes.

use std::collections::BTreeMap;

use countermand_tests::TestShop;
use serde_json::Value;

const QUERY: &str = "{ __schema {
  queryType { name } mutationType { name }
  types {
    kind name enumValues { name }
    fields(includeDeprecated: true) { name args { name type { ...T } } type { ...T } }
    inputFields { name type { ...T } }
  }
} }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// All types, by name.
pub(super) struct Schema {
    types: BTreeMap<String, Value>,
    /// The names of the types of queries and mutations.
    pub(super) roots: [String; 2],
}

/// An argument, or a field of an input.
pub(super) struct Input<'a> {
    pub(super) name: &'a str,
    /// As the schema writes it, `[String!]!`.
    pub(super) type_text: String,
    /// Without lists and exclamation marks.
    pub(super) type_name: &'a str,
    pub(super) is_list: bool,
    pub(super) is_required: bool,
}

/// A field of an output.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) type_name: &'a str,
    pub(super) inputs: Vec<Input<'a>>,
}

impl Schema {
    pub(super) async fn of(shop: &TestShop) -> Self {
        let answer = shop.ask(QUERY).send().await;
        let types = answer.data("/__schema/types").as_array().expect("types");
        let root = |pointer: &str| answer.data(pointer).as_str().expect("a name").to_owned();
        Self {
            types: types.iter().map(|it| (name(it).to_owned(), it.clone())).collect(),
            roots: [
                root("/__schema/queryType/name"),
                root("/__schema/mutationType/name"),
            ],
        }
    }

    /// The fields of an object or interface; none of anything else.
    pub(super) fn fields(&self, type_name: &str) -> Vec<Field<'_>> {
        let fields = self.types[type_name]["fields"].as_array();
        let read = |field| Field {
            name: name(field),
            type_name: innermost(&field["type"]),
            inputs: field["args"]
                .as_array()
                .into_iter()
                .flatten()
                .map(input)
                .collect(),
        };
        fields.into_iter().flatten().map(read).collect()
    }

    /// The fields of an input object; none of anything else.
    pub(super) fn input_fields(&self, type_name: &str) -> Vec<Input<'_>> {
        let fields = self.types[type_name]["inputFields"].as_array();
        fields.into_iter().flatten().map(input).collect()
    }

    /// The first value of an enum; none of anything else.
    pub(super) fn first_value(&self, type_name: &str) -> Option<&str> {
        self.types[type_name].pointer("/enumValues/0/name")?.as_str()
    }

    /// Whether an object, an interface or an input has fields, so that a text is not given for it.
    pub(super) fn has_fields(&self, type_name: &str) -> bool {
        let kind = &self.types[type_name]["kind"];
        ["OBJECT", "INTERFACE", "INPUT_OBJECT", "UNION"]
            .iter()
            .any(|it| kind == it)
    }
}

fn input(field: &Value) -> Input<'_> {
    let type_text = written(&field["type"]);
    Input {
        name: name(field),
        type_name: innermost(&field["type"]),
        is_list: type_text.starts_with('['),
        is_required: type_text.ends_with('!'),
        type_text,
    }
}

fn name(value: &Value) -> &str {
    value["name"].as_str().expect("a name")
}

fn innermost(type_value: &Value) -> &str {
    match &type_value["ofType"] {
        Value::Null => name(type_value),
        inner => innermost(inner),
    }
}

fn written(type_value: &Value) -> String {
    let inner = || written(&type_value["ofType"]);
    match type_value["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", inner()),
        Some("LIST") => format!("[{}]", inner()),
        _ => name(type_value).to_owned(),
    }
}
