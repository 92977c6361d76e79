//! The types of arguments and of the fields of input types, read from the text of the schema.

use std::collections::{BTreeSet, HashMap};

use async_graphql::Positioned;
use async_graphql::parser::types::{BaseType, InputValueDefinition, Type, TypeKind, TypeSystemDefinition};

/// The types of all arguments, and of all fields of input types.
#[derive(Debug, Clone, Default)]
pub(crate) struct InputTypes {
    /// The types of each argument, by the names of its field and of the argument. There may be several, because fields
    /// of different objects may have the same name.
    arguments: HashMap<(String, String), BTreeSet<String>>,
    /// The type of each field of an input type, by the names of the input type and of the field.
    fields: HashMap<(String, String), String>,
}

impl InputTypes {
    /// The types that `definitions` define.
    pub(crate) fn of(definitions: &[TypeSystemDefinition]) -> Self {
        let mut types = Self::default();
        for definition in definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let owner = definition.node.name.node.to_string();
            match &definition.node.kind {
                TypeKind::Object(object) => {
                    for field in &object.fields {
                        for (argument, named) in field.node.arguments.iter().map(named) {
                            let key = (field.node.name.node.to_string(), argument);
                            types.arguments.entry(key).or_default().insert(named);
                        }
                    }
                }
                TypeKind::InputObject(input) => {
                    let fields = input.fields.iter().map(named);
                    types
                        .fields
                        .extend(fields.map(|(field, named)| ((owner.clone(), field), named)));
                }
                TypeKind::Scalar | TypeKind::Interface(_) | TypeKind::Union(_) | TypeKind::Enum(_) => {}
            }
        }
        types
    }

    /// The input type at `path` that has the field `field`; none if several types are possible. The path begins with
    /// an argument of the field `owner`; fields and positions in lists follow.
    pub(crate) fn input_at(&self, owner: &str, path: &str, field: &str) -> Option<&str> {
        let mut path = path.split('.');
        let argument = (owner.to_owned(), path.next()?.to_owned());
        let steps: Vec<&str> = path
            .filter(|step| !step.bytes().all(|byte| byte.is_ascii_digit()))
            .collect();
        let starts = self.arguments.get(&argument)?.iter();
        let mut ends = starts.filter_map(|start| {
            let step = |at: &str, step: &&str| self.fields.get(&(at.to_owned(), (*step).to_owned()));
            let end = steps.iter().try_fold(start, |at, next| step(at, next))?;
            step(end, &field).map(|_| end.as_str())
        });
        let end = ends.next()?;
        ends.all(|other| other == end).then_some(end)
    }
}

/// The name of an input value, and the name of its type without lists.
fn named(value: &Positioned<InputValueDefinition>) -> (String, String) {
    fn innermost(declared: &Type) -> &str {
        match &declared.base {
            BaseType::Named(name) => name,
            BaseType::List(items) => innermost(items),
        }
    }
    (
        value.node.name.node.to_string(),
        innermost(&value.node.ty.node).to_owned(),
    )
}
