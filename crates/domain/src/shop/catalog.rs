//! The shop's structure: websites, store groups, store views, and the settings and labels of each.

use std::collections::HashMap;

use crate::cancellation::CancellationPolicy;
use crate::id::{StoreNumber, WebsiteNumber};
use crate::money::Currency;
use crate::order::StatusLabels;
use crate::shop::settings::{ConfigScope, ScopedSettings, Settings};

/// A website: customers' accounts live here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Website {
    /// Its number.
    pub number: WebsiteNumber,
    /// Its code, `base`.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A group of store views of one website (Adobe's "store").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreGroup {
    /// Its code, unique.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its website.
    pub website: WebsiteNumber,
}

/// A store view: what a storefront names in its `Store` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreView {
    /// Its number: the leading digits of its orders' ids.
    pub number: StoreNumber,
    /// Its code, `default`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its website.
    pub website: WebsiteNumber,
    /// Its group's code.
    pub group: String,
    /// `en_US`.
    pub locale: String,
    /// IANA name, `Europe/Amsterdam`.
    pub timezone: String,
    /// What it sells in.
    pub currency: Currency,
    /// Position in lists.
    pub sort_order: i32,
    /// Whether storefronts may use it.
    pub is_active: bool,
}

/// Everything about the shop that is not an order, at one version of it.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// Raised by every change to the shop's structure or settings.
    pub version: i64,
    /// Websites by number; the first is the default one.
    pub websites: Vec<Website>,
    /// Groups.
    pub groups: Vec<StoreGroup>,
    /// Store views by number; the first active one is the default one.
    pub stores: Vec<StoreView>,
    /// What is set where.
    pub settings: HashMap<ConfigScope, ScopedSettings>,
    /// What statuses are called.
    pub labels: StatusLabels,
}

impl Catalog {
    /// The store view with `number`.
    #[must_use]
    pub fn store(&self, number: StoreNumber) -> Option<&StoreView> {
        self.stores.iter().find(|store| store.number == number)
    }

    /// The active store view that a `Store` header names; `default` in any case is the default one
    /// (`docs/contract.md` section 10).
    #[must_use]
    pub fn store_by_header(&self, header: Option<&str>) -> Option<&StoreView> {
        let code = header.map(str::trim).filter(|code| !code.is_empty());
        let mut active = self.stores.iter().filter(|store| store.is_active);
        match code {
            None => active.next(),
            Some(code) => {
                let exact = self
                    .stores
                    .iter()
                    .find(|store| store.is_active && store.code == code);
                exact.or_else(|| {
                    if code.eq_ignore_ascii_case("default") {
                        active.next()
                    } else {
                        None
                    }
                })
            }
        }
    }

    /// The store view with `code`, active or not.
    #[must_use]
    pub fn store_by_code(&self, code: &str) -> Option<&StoreView> {
        self.stores.iter().find(|store| store.code == code)
    }

    /// The website with `number`.
    #[must_use]
    pub fn website(&self, number: WebsiteNumber) -> Option<&Website> {
        self.websites.iter().find(|website| website.number == number)
    }

    /// The website with `code`.
    #[must_use]
    pub fn website_by_code(&self, code: &str) -> Option<&Website> {
        self.websites.iter().find(|website| website.code == code)
    }

    /// Store views of `website`.
    pub fn stores_of(&self, website: WebsiteNumber) -> impl Iterator<Item = &StoreView> {
        self.stores.iter().filter(move |store| store.website == website)
    }

    /// What holds at `scope`, each value with where it comes from.
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

    /// What `store` allows.
    #[must_use]
    pub fn cancellation_policy(&self, store: StoreNumber) -> CancellationPolicy {
        let settings = self.settings_at(ConfigScope::Store(store));
        CancellationPolicy {
            enabled: settings.cancellation_enabled.value,
            reasons: settings.cancellation_reasons.value,
            notifies_customer: settings.cancellation_mail_enabled.value,
        }
    }
}
