//! Which input type an argument has, and the parts of it: read from the schema's own text.

use std::collections::{BTreeSet, HashMap};

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, InputValueDefinition, Type, TypeKind, TypeSystemDefinition};

use crate::schema::ShopSchema;

/// The types of arguments, and of the fields of input types.
#[derive(Debug, Clone, Default)]
pub(crate) struct InputTypes {
    /// By field and argument: fields of different objects may have the same name.
    arguments: HashMap<(String, String), BTreeSet<String>>,
    /// By input type and field.
    fields: HashMap<(String, String), String>,
}

impl InputTypes {
    /// The types of `schema`.
    pub(crate) fn of(schema: &ShopSchema) -> Self {
        let mut types = Self::default();
        let Ok(document) = parse_schema(schema.sdl()) else {
            return types;
        };
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let owner = definition.node.name.node.to_string();
            match definition.node.kind {
                TypeKind::Object(object) => {
                    for field in object.fields {
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

    /// The input type at `path` (an argument of `owner`, then its fields and positions) that has `field`; none
    /// where it cannot be told.
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

/// The name of an input value, and of its type without lists.
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
