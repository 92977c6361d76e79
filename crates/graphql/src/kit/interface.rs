//! Interfaces whose implementers share one set of fields and may have a few of their own.

/// Declares the interface `Name` with the fields of the object `Shared`, and lists the objects that implement it.
///
/// Each implementer must be an object merged from `Shared` and its own fields. The library's own derive would need
/// every field of the interface a second time, and a method for each field on every implementer.
macro_rules! interface {
    ($(#[doc = $doc:literal])* $name:ident of $shared:ident { $($variant:ident($object:ident)),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Clone)]
        pub(crate) enum $name {
            $(
                #[doc = concat!("The value is of type `", stringify!($object), "`.")]
                $variant($object),
            )*
        }

        $(
            impl From<$object> for $name {
                fn from(object: $object) -> Self {
                    Self::$variant(object)
                }
            }
        )*

        impl async_graphql::OutputType for $name {
            fn type_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn introspection_type_name(&self) -> std::borrow::Cow<'static, str> {
                match self {
                    $(Self::$variant(_) => <$object as async_graphql::OutputType>::type_name(),)*
                }
            }

            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                let kind = async_graphql::registry::MetaTypeId::Interface;
                registry.create_output_type::<Self, _>(kind, |registry| {
                    let name = stringify!($name);
                    let shared = registry.create_fake_output_type::<$shared>();
                    $(
                        <$object as async_graphql::OutputType>::create_type_info(registry);
                        registry.add_implements(stringify!($object), name);
                    )*
                    async_graphql::registry::MetaType::Interface {
                        name: name.to_owned(),
                        description: Some(concat!($($doc),*).trim().to_owned()),
                        fields: shared.fields().cloned().unwrap_or_default(),
                        possible_types: [$(stringify!($object).to_owned()),*].into_iter().collect(),
                        extends: false,
                        inaccessible: false,
                        tags: Vec::new(),
                        keys: None,
                        visible: None,
                        rust_typename: Some(std::any::type_name::<Self>()),
                        directive_invocations: Vec::new(),
                        requires_scopes: Vec::new(),
                    }
                })
            }

            async fn resolve(
                &self,
                context: &async_graphql::ContextSelectionSet<'_>,
                _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                async_graphql::resolver_utils::resolve_container_serial(context, self).await
            }
        }

        impl async_graphql::ContainerType for $name {
            async fn resolve_field(
                &self,
                context: &async_graphql::Context<'_>,
            ) -> async_graphql::ServerResult<Option<async_graphql::Value>> {
                match self {
                    $(Self::$variant(object) => object.resolve_field(context).await,)*
                }
            }

            fn collect_all_fields<'a>(
                &'a self,
                context: &async_graphql::ContextSelectionSet<'a>,
                fields: &mut async_graphql::resolver_utils::Fields<'a>,
            ) -> async_graphql::ServerResult<()> {
                match self {
                    $(Self::$variant(object) => object.collect_all_fields(context, fields),)*
                }
            }
        }

        impl async_graphql::InterfaceType for $name {}
    };
}
pub(crate) use interface;
