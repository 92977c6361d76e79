//! Objects that never come, and objects that always say the same.

/// Declares objects of which there is none, by the types of their fields: a Rust value cannot be made.
macro_rules! no_such_object {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? })*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, Copy)]
            pub(crate) enum $name {}

            impl $name {
                fn never<T>(self) -> T {
                    match self {}
                }
            }

            $(#[doc = $doc])*
            #[async_graphql::Object(rename_fields = "snake_case")]
            impl $name {
                $(
                    $(#[$meta])*
                    async fn $field(&self) -> $type {
                        self.never()
                    }
                )*
            }
        )*
    };
}
pub(crate) use no_such_object;

/// Declares an object whose fields always have the same value.
macro_rules! constant_object {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty = $value:expr),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, Default)]
        pub(crate) struct $name;

        #[async_graphql::Object(rename_fields = "snake_case")]
        impl $name {
            $(
                $(#[$meta])*
                async fn $field(&self) -> $type {
                    $value
                }
            )*
        }
    };
}
pub(crate) use constant_object;
