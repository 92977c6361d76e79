//! Macros for objects that no answer contains and for objects whose fields are constant.

/// Declares objects that no answer contains, by the types of their fields: Rust cannot make a value of an empty enum.
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

/// Declares an object whose fields always have the same values.
macro_rules! constant_object {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty = $value:expr),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, Default)]
        pub(crate) struct $name;

        $(#[doc = $doc])*
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
