//! The values of an operation's variables, and arguments with these values in them.

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::parser::types::{Directive, Field, OperationDefinition};
use async_graphql::{Name, Value, Variables};

/// The values of an operation's variables: those that the request gives, and the defaults of the others.
pub(super) struct GivenVariables(HashMap<Name, Value>);

/// The arguments of a field or of a directive.
pub(super) type Arguments = Vec<(Name, Value)>;

/// Stands for a variable that is not given: that is not the same as null.
const NOT_GIVEN: &str = "__not_given";

impl GivenVariables {
    /// The values for `operation` in a request with `variables`.
    pub(super) fn of(operation: &OperationDefinition, variables: &serde_json::Value) -> Self {
        let mut values = HashMap::new();
        for definition in &operation.variable_definitions {
            if let Some(default) = &definition.node.default_value {
                values.insert(definition.node.name.node.clone(), default.node.clone());
            }
        }
        let given = Variables::from_json(variables.clone());
        values.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
        Self(values)
    }

    /// The arguments of `field`.
    pub(super) fn of_field(&self, field: &Field) -> Arguments {
        // The type of their values has no public name, and the arguments of a directive are of the same type.
        self.of_directive(Directive {
            name: field.name.clone(),
            arguments: field.arguments.clone(),
        })
    }

    /// The arguments of `directive`.
    pub(super) fn of_directive(&self, directive: Directive) -> Arguments {
        let arguments = directive.arguments.into_iter().map(|(name, value)| {
            let given = |name: Name| Ok::<_, Infallible>(self.value_of(&name));
            let Ok(value) = value.node.into_const_with(given);
            (name.node, value)
        });
        arguments.collect()
    }

    fn value_of(&self, name: &Name) -> Value {
        let value = self.0.get(name).cloned();
        value.unwrap_or_else(|| Value::Enum(Name::new(NOT_GIVEN)))
    }
}
