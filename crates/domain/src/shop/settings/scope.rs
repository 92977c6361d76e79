//! Where settings are set, and where a value comes from: the store view, else its website, else the default.

use super::registry::{ScopedSettings, Settings};
use crate::shop::Shop;
use crate::{StoreNumber, WebsiteNumber};

/// A place where values are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConfigScope {
    /// The whole shop.
    Default,
    /// The store views of one website.
    Website(WebsiteNumber),
    /// One store view.
    Store(StoreNumber),
}

/// A kind of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScopeLevel {
    /// The whole shop.
    Default,
    /// A website.
    Website,
    /// A store view.
    StoreView,
}

/// A value with the scope that sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// The scope that sets the value; none for the default that the setting declares.
    pub source: Option<ConfigScope>,
}

impl ConfigScope {
    /// The kind of this scope.
    #[must_use]
    pub fn level(self) -> ScopeLevel {
        match self {
            Self::Default => ScopeLevel::Default,
            Self::Website(_) => ScopeLevel::Website,
            Self::Store(_) => ScopeLevel::StoreView,
        }
    }
}

impl Shop {
    /// The settings that hold at `scope`, each value with the scope that it comes from.
    #[must_use]
    pub fn settings_at(&self, scope: ConfigScope) -> Settings {
        let chain = match scope {
            ConfigScope::Default => vec![ConfigScope::Default],
            ConfigScope::Website(_) => vec![scope, ConfigScope::Default],
            ConfigScope::Store(number) => {
                let website = self
                    .store(number)
                    .map(|store| ConfigScope::Website(store.website));
                std::iter::once(scope)
                    .chain(website)
                    .chain([ConfigScope::Default])
                    .collect()
            }
        };
        let layers: Vec<_> = chain
            .iter()
            .filter_map(|scope| self.settings.get(scope).map(|set| (*scope, set)))
            .collect();
        Settings::resolve(&layers)
    }
}

impl ScopeLevel {
    /// All kinds of scopes: the usual choice for a setting.
    pub const EVERY: &'static [Self] = &[Self::Default, Self::Website, Self::StoreView];

    /// The name that people read: `store view`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Website => "website",
            Self::StoreView => "store view",
        }
    }
}

impl<T: Clone> Sourced<T> {
    /// The value of the first of `layers` that has one, or the default.
    pub(super) fn nearest(
        layers: &[(ConfigScope, &ScopedSettings)],
        value_in: impl Fn(&ScopedSettings) -> Option<&T>,
        default: impl FnOnce() -> T,
    ) -> Self {
        let found = layers
            .iter()
            .find_map(|(scope, set)| value_in(set).map(|value| (value, *scope)));
        match found {
            Some((value, scope)) => Self {
                value: value.clone(),
                source: Some(scope),
            },
            None => Self {
                value: default(),
                source: None,
            },
        }
    }
}

impl<T> Sourced<T> {
    /// The same source with another value.
    pub(super) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced {
            value: convert(self.value),
            source: self.source,
        }
    }
}
