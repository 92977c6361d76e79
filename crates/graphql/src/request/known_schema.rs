//! The schema with what its text says of input types and root fields.

use std::sync::LazyLock;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

use super::input_types::InputTypes;
use crate::schema::{ShopSchema, build};

/// The schema and what its text says. All servers of a process share it, because it is the same for each and takes long
/// to make.
pub(super) struct KnownSchema {
    pub(super) schema: ShopSchema,
    pub(super) input_types: InputTypes,
    /// The names of the fields of `Query` and `Mutation`.
    pub(super) root_fields: Vec<String>,
}

impl KnownSchema {
    /// The schema with introspection or without.
    pub(super) fn get(introspection: bool) -> &'static Self {
        static WITH: LazyLock<KnownSchema> = LazyLock::new(|| KnownSchema::of(build(true)));
        static WITHOUT: LazyLock<KnownSchema> = LazyLock::new(|| KnownSchema::of(build(false)));
        if introspection { &WITH } else { &WITHOUT }
    }

    fn of(schema: ShopSchema) -> Self {
        let text = parse_schema(schema.sdl());
        let definitions = text.map_or_else(|_| Vec::new(), |text| text.definitions);
        Self {
            input_types: InputTypes::of(&definitions),
            root_fields: root_fields(&definitions),
            schema,
        }
    }
}

fn root_fields(definitions: &[TypeSystemDefinition]) -> Vec<String> {
    let mut names = Vec::new();
    for definition in definitions {
        if let TypeSystemDefinition::Type(definition) = definition
            && let TypeKind::Object(object) = &definition.node.kind
            && ["Query", "Mutation"].contains(&definition.node.name.node.as_str())
        {
            names.extend(object.fields.iter().map(|field| field.node.name.node.to_string()));
        }
    }
    names
}
