//! A request as a text that is equal for equal requests: the fields of input objects are sorted, and values of
//! variables and fragments stand where they are used. Its form is kept in the database as a hash, so it must stay as it
//! is in later versions.

use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value};

use super::given_variables::GivenVariables;

/// The text of a request while it is written. The guard has bounded the document, with its fragments unfolded.
pub(super) struct RequestText<'a> {
    document: &'a ExecutableDocument,
    given: &'a GivenVariables,
    text: String,
}

impl<'a> RequestText<'a> {
    /// An empty text about a request with `document` and the variables `given`.
    pub(super) fn new(document: &'a ExecutableDocument, given: &'a GivenVariables) -> Self {
        Self {
            document,
            given,
            text: String::new(),
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// Adds a field with these arguments and everything below it.
    pub(super) fn push_field(&mut self, field: &Field, arguments: &[(Name, Value)]) {
        let key = &field.response_key().node;
        let name = &field.name.node;
        if key != name {
            self.text.push_str(key);
            self.text.push(':');
        }
        self.text.push_str(name);
        self.push_arguments(arguments);
        self.push_directives(&field.directives);
        self.push_selections(&field.selection_set.node);
    }

    fn push_selections(&mut self, selections: &SelectionSet) {
        self.text.push('{');
        for (index, selection) in selections.items.iter().enumerate() {
            if index > 0 {
                self.text.push(' ');
            }
            match &selection.node {
                Selection::Field(field) => {
                    let arguments = self.given.of_field(&field.node);
                    self.push_field(&field.node, &arguments);
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    self.text.push_str("...");
                    self.text.push_str(on.map_or("", |on| on.node.on.node.as_str()));
                    self.push_directives(&inline.node.directives);
                    self.push_selections(&inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        self.text.push_str("...");
                        self.text.push_str(&fragment.node.type_condition.node.on.node);
                        self.push_directives(&spread.node.directives);
                        self.push_selections(&fragment.node.selection_set.node);
                    }
                }
            }
        }
        self.text.push('}');
    }

    fn push_directives(&mut self, directives: &[Positioned<Directive>]) {
        for directive in directives {
            self.text.push('@');
            self.text.push_str(&directive.node.name.node);
            let arguments = self.given.of_directive(directive.node.clone());
            self.push_arguments(&arguments);
        }
    }

    fn push_arguments(&mut self, arguments: &[(Name, Value)]) {
        if !arguments.is_empty() {
            let fields = arguments.iter().map(|(name, value)| (name, value));
            push_object(&mut self.text, fields);
        }
    }
}

fn push_object<'v>(text: &mut String, fields: impl Iterator<Item = (&'v Name, &'v Value)>) {
    let mut fields: Vec<_> = fields.collect();
    fields.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
    text.push('(');
    for (index, (name, value)) in fields.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(name);
        text.push('=');
        push_value(text, value);
    }
    text.push(')');
}

/// Adds a value. A value of an enumeration is a text in variables and a name in a document, so both are the same here.
fn push_value(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Number(number) => text.push_str(&number.to_string()),
        Value::String(it) => push_quoted(text, it),
        Value::Enum(name) => push_quoted(text, name),
        Value::Boolean(it) => text.push_str(if *it { "true" } else { "false" }),
        Value::Binary(bytes) => push_quoted(text, &String::from_utf8_lossy(bytes)),
        Value::List(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                push_value(text, element);
            }
            text.push(']');
        }
        Value::Object(fields) => push_object(text, fields.iter()),
    }
}

/// Adds a text between quotes, so that no text can look like another part of the request.
fn push_quoted(text: &mut String, it: &str) {
    text.push('"');
    for character in it.chars() {
        if matches!(character, '"' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use crate::request::idempotency_key::keyed_mutation;

    /// The database keeps a hash of the text of each request with a key. A client may send a request before an upgrade
    /// of this program and repeat it afterwards. If the later version writes the same request as another text, the
    /// repetition is refused with `IDEMPOTENCY_KEY_REUSED`. So these texts are written down here, and none of them may
    /// change: neither by this code nor by a new version of the parser.
    #[test]
    fn a_request_has_the_same_text_in_each_version_of_the_program() {
        let texts = [
            (
                r#"mutation($id: ID!) { cancelOrder(input: { reason: "Other", order_id: $id }) { error order { id } } }"#,
                json!({ "id": "MTAwMDAwMDAwMDE=" }),
                r#"cancelOrder(input=(order_id="MTAwMDAwMDAwMDE=",reason="Other")){error{} order{id{}}}"#,
            ),
            (
                r#"mutation { held: holdOrder(input: { order_id: 17, idempotency_key: "k" }) { order { version } } }"#,
                json!({}),
                "held:holdOrder(input=(order_id=17)){order{version{}}}",
            ),
            (
                r#"mutation { syncSalesChannel(name: "amazon", idempotency_key: "k") { channel { name } } }"#,
                json!(null),
                r#"syncSalesChannel(name="amazon"){channel{name{}}}"#,
            ),
            (
                r#"mutation { createCreditMemo(input: { text: "ä \"b\" \\ {c}", none: [], empty: {}, numbers: [0, -2.5, 0.10],
                     others: [true, false, null, RED] }) { order { id } } }"#,
                json!({}),
                r#"createCreditMemo(input=(empty=(),none=[],numbers=[0,-2.5,0.1],others=[true,false,null,"RED"],text="ä \"b\" \\ {c}")){order{id{}}}"#,
            ),
            (
                "mutation Set($scope: ConfigScope! = DEFAULT, $code: String, $values: [SettingInput!]!) {
                   updateSettings(input: { values: $values, scope: $scope, code: $code }) { ...Payload }
                 }
                 fragment Payload on UpdateSettingsPayload {
                   settings @include(if: true) { key } ... { user_errors { code } } ... on X @skip(if: false) { y }
                 }",
                json!({ "values": [{ "value": null, "key": "web/a" }], "unused": 1 }),
                r#"updateSettings(input=(code="__not_given",scope="DEFAULT",values=[(key="web/a",value=null)])){...UpdateSettingsPayload{settings@include(if=true){key{}} ...{user_errors{code{}}} ...X@skip(if=false){y{}}}}"#,
            ),
        ];
        for (query, variables, text) in texts {
            let document = parse_query(query).expect("a document");
            let keyed = keyed_mutation(&document, None, &variables, &["k".to_owned()]);
            let keyed = keyed.expect("accepted").expect("a key");
            assert_eq!(keyed.text, text, "{query}");
        }
    }
}
