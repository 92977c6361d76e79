//! Enum types whose values are bare codes, such as currencies: a Rust variant for each of hundreds would say no more.

use async_graphql::registry::{Deprecation, MetaEnumValue, MetaType};

/// Declares `Name [codes, sorted]` as a GraphQL enum; `Name::from_code` is the only way to make a value.
macro_rules! code_enum {
    ($(#[doc = $doc:literal])* $name:ident [$($code:literal),* $(,)?]) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $name(usize);

        impl $name {
            pub(crate) const CODES: &[&'static str] = &[$($code),*];

            /// The value called `code`; none when no value has that name.
            pub(crate) fn from_code(code: &str) -> Option<Self> {
                Self::CODES.binary_search(&code).ok().map(Self)
            }

            /// The code of this value as a name of an answer.
            pub(crate) fn name(self) -> async_graphql::Name {
                /// The names are made once, because an answer may hold hundreds of them.
                static NAMES: std::sync::LazyLock<Vec<async_graphql::Name>> = std::sync::LazyLock::new(|| {
                    $name::CODES.iter().map(async_graphql::Name::new).collect()
                });
                NAMES[self.0].clone()
            }
        }

        impl async_graphql::OutputType for $name {
            fn type_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                let kind = async_graphql::registry::MetaTypeId::Enum;
                registry.create_output_type::<Self, _>(kind, |_| {
                    $crate::kit::code_enum::enum_type(
                        stringify!($name),
                        concat!($($doc),*),
                        Self::CODES,
                        std::any::type_name::<Self>(),
                    )
                })
            }

            async fn resolve(
                &self,
                _: &async_graphql::ContextSelectionSet<'_>,
                _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                Ok(async_graphql::Value::Enum(self.name()))
            }
        }

        impl async_graphql::InputType for $name {
            type RawValueType = Self;

            fn type_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                <Self as async_graphql::OutputType>::create_type_info(registry)
            }

            fn parse(value: Option<async_graphql::Value>) -> async_graphql::InputValueResult<Self> {
                let value = value.unwrap_or_default();
                let code = match &value {
                    async_graphql::Value::Enum(code) => code.as_str(),
                    async_graphql::Value::String(code) => code,
                    _ => "",
                };
                Self::from_code(code).ok_or_else(|| async_graphql::InputValueError::expected_type(value))
            }

            fn to_value(&self) -> async_graphql::Value {
                async_graphql::Value::Enum(self.name())
            }

            fn as_raw_value(&self) -> Option<&Self::RawValueType> {
                Some(self)
            }
        }
    };
}
pub(crate) use code_enum;

/// The schema's entry for an enum of bare codes.
pub(crate) fn enum_type(name: &str, description: &str, codes: &[&str], rust: &'static str) -> MetaType {
    MetaType::Enum {
        name: name.to_owned(),
        description: Some(description.trim().to_owned()),
        enum_values: codes
            .iter()
            .map(|&code| (code.to_owned(), member(code)))
            .collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: Some(rust),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn member(code: &str) -> MetaEnumValue {
    MetaEnumValue {
        name: code.to_owned(),
        description: None,
        deprecation: Deprecation::NoDeprecated,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        directive_invocations: Vec::new(),
    }
}
