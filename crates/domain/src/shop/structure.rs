//! The shop's structure: websites, store groups, store views, and the settings and labels of each.

use std::collections::HashMap;

use crate::cancellation::{CancellationPolicy, CancellationRules};
use crate::event_filter::EventSubscriber;
use crate::id::{StoreNumber, WebsiteNumber};
use crate::money::Currency;
use crate::order::{StatusLabels, SubscriptionPolicy};
use crate::shop::settings::{ConfigScope, ScopedSettings};

/// A website, which the accounts of customers belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Website {
    /// The number of the website.
    pub number: WebsiteNumber,
    /// The code of the website, such as `base`.
    pub code: String,
    /// The name that people read.
    pub name: String,
}

/// A group of store views of one website (Adobe's "store").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreGroup {
    /// The unique code of the group.
    pub code: String,
    /// The name that people read.
    pub name: String,
    /// The website that it belongs to.
    pub website: WebsiteNumber,
}

/// A store view, which a storefront names in its `Store` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreView {
    /// The number of the store view, with which the ids of its orders begin.
    pub number: StoreNumber,
    /// The code of the store view, such as `default`.
    pub code: String,
    /// The name that people read.
    pub name: String,
    /// The website that it belongs to.
    pub website: WebsiteNumber,
    /// The code of the group of the store view.
    pub group: String,
    /// The locale, such as `en_US`.
    pub locale: String,
    /// The IANA name of the time zone, such as `Europe/Amsterdam`.
    pub timezone: String,
    /// The currency of its prices.
    pub currency: Currency,
    /// The position of the store view in lists.
    pub sort_order: i32,
    /// Whether storefronts may use the store view.
    pub is_active: bool,
}

/// All data of the shop except orders and accounts, at one version.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Raised by every change to the shop's structure or settings.
    pub version: i64,
    /// Websites by number; the first is the default one.
    pub websites: Vec<Website>,
    /// The store groups.
    pub groups: Vec<StoreGroup>,
    /// Store views by their position in lists, then by number; the first active one is the default one.
    pub stores: Vec<StoreView>,
    /// The values that are set at each scope.
    pub settings: HashMap<ConfigScope, ScopedSettings>,
    /// The labels of statuses.
    pub labels: StatusLabels,
    /// The endpoints that are told of events. A change of an order is decided with them at hand, so that what they are
    /// owed is written with the change, and no round trip is needed for it.
    pub subscribers: Vec<EventSubscriber>,
    /// Whether each event is published to a stream, too.
    pub is_streamed: bool,
}

impl Shop {
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
                    // A disabled store view with this code, in any case, is answered by no other one.
                    let is_disabled =
                        |store: &StoreView| !store.is_active && store.code.eq_ignore_ascii_case(code);
                    let is_alias =
                        code.eq_ignore_ascii_case("default") && !self.stores.iter().any(is_disabled);
                    if is_alias { active.next() } else { None }
                })
            }
        }
    }

    /// The store view through which buyers reach the orders of `store`: `store` itself, or the first active one of its
    /// website while `store` is disabled. None while the whole website is disabled.
    #[must_use]
    pub fn store_that_shows(&self, store: StoreNumber) -> Option<&StoreView> {
        let own = self.store(store)?;
        if own.is_active {
            return Some(own);
        }
        self.stores_of(own.website).find(|other| other.is_active)
    }

    /// Whether buyers reach the orders of `store` through the store view `through`: it is `store` itself, or one of the
    /// same website while `store` is disabled.
    #[must_use]
    pub fn shows(&self, through: &StoreView, store: StoreNumber) -> bool {
        through.number == store
            || self
                .store(store)
                .is_some_and(|own| !own.is_active && own.website == through.website)
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

    /// The rules of `store` for cancellations; its reasons are in the language of the store view.
    #[must_use]
    pub fn cancellation_policy(&self, store: StoreNumber) -> CancellationPolicy {
        let settings = self.settings_at(ConfigScope::Store(store));
        let locale = self.store(store).map_or("", |store| store.locale.as_str());
        CancellationPolicy {
            rules: CancellationRules::of(&settings),
            enabled: settings.cancellation_enabled.value,
            reasons: settings.cancellation_reasons.value.in_language_of(locale),
            notifies_customer: settings.cancellation_mail_enabled.value,
        }
    }

    /// The rules of `store` for subscriptions.
    #[must_use]
    pub fn subscription_policy(&self, store: StoreNumber) -> SubscriptionPolicy {
        let settings = self.settings_at(ConfigScope::Store(store));
        SubscriptionPolicy::new(&settings, self.cancellation_policy(store))
    }
}
