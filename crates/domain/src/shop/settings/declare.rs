//! The macro that turns the declarations of `registry` into types.

/// Declares all settings of the shop. A declaration without `scopes` can be set at every scope, and one without
/// `contract` has no section in `docs/contract.md`.
///
/// For each declaration it generates:
/// * a field of `ScopedSettings`: the value that is set at one scope, if any;
/// * a field of `Settings`: the value that holds for a scope, with its source;
/// * a function of `Setting` with the field's name, which describes the setting at run time;
/// * an entry of `Setting::ALL`.
macro_rules! declare_settings {
    (@scopes) => { $crate::shop::settings::ScopeLevel::EVERY };
    (@scopes $scopes:expr) => { $scopes };
    (@contract) => { None };
    (@contract $contract:expr) => { $contract };
    ($(
        $(#[doc = $description:literal])+
        $field:ident: $type:ty {
            key: $key:literal,
            name: $name:literal,
            accepts: $accepts:expr,
            default: $default:expr,
            $(scopes: $scopes:expr,)?
            changed_by: $changed_by:expr,
            $(contract: $contract:expr,)?
        }
    )+) => {
        /// The values that are set at one scope; a field is empty when the scope inherits the value.
        ///
        /// A value replaces the inherited one as a whole: lists of two scopes are not merged.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct ScopedSettings {
            $( $(#[doc = $description])+ pub $field: Option<$type>, )+
        }

        /// The values that hold for one scope, each with the scope that it comes from.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings {
            $( $(#[doc = $description])+ pub $field: $crate::shop::settings::Sourced<$type>, )+
        }

        impl Settings {
            /// The values that hold where `layers` are set; the nearest scope comes first.
            #[must_use]
            pub fn resolve(layers: &[($crate::shop::settings::ConfigScope, &ScopedSettings)]) -> Self {
                Self {
                    $( $field: $crate::shop::settings::Sourced::nearest(
                        layers,
                        |set| set.$field.as_ref(),
                        || $default,
                    ), )+
                }
            }
        }

        impl $crate::shop::settings::Setting {
            /// Every setting, in the order of the declarations.
            pub const ALL: &'static [&'static Self] = &[$( Self::$field() ),+];

            $(
                $(#[doc = $description])+
                #[must_use]
                pub const fn $field() -> &'static Self {
                    const DECLARED: &$crate::shop::settings::Setting = &$crate::shop::settings::Setting {
                        key: $key,
                        name: $name,
                        accepts: $accepts,
                        scopes: declare_settings!(@scopes $($scopes)?),
                        changed_by: $changed_by,
                        contract: declare_settings!(@contract $($contract)?),
                        description: &[$($description),+],
                        default: || {
                            let value: $type = $default;
                            value.into()
                        },
                        holding: |settings| settings.$field.clone().map(Into::into),
                        set_in: |set| set.$field.clone().map(Into::into),
                        put: |set, value| set.$field = value.and_then(|value| value.try_into().ok()),
                    };
                    DECLARED
                }
            )+
        }
    };
}

pub(super) use declare_settings;
