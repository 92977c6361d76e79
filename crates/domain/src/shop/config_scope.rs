//! Settings and where they come from: store view, else website, else default, else built in.

use chrono::TimeDelta;

use crate::cancellation::ReasonCatalog;
use crate::id::{StoreNumber, WebsiteNumber};

/// Where a value is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConfigScope {
    /// Everywhere.
    Default,
    /// A website's store views.
    Website(WebsiteNumber),
    /// One store view.
    Store(StoreNumber),
}

/// What is set at one scope; what is not is inherited. A value overrides wholly: reasons are not merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScopedSettings {
    /// The switch (`sales/cancellation/enabled`).
    pub cancellation_enabled: Option<bool>,
    /// The reasons (`sales/cancellation/reasons`).
    pub cancellation_reasons: Option<ReasonCatalog>,
    /// How long a guest's key lives.
    pub guest_key_lifetime: Option<TimeDelta>,
    /// Whether storefronts offer to order again (`sales/reorder/allow`).
    pub reorder_allowed: Option<bool>,
    /// Whether a canceled order is announced by mail (`sales_email/order_comment/enabled`).
    pub cancellation_mail_enabled: Option<bool>,
    /// The storefront's address, for links in mails.
    pub storefront_url: Option<String>,
    /// The storefront's page for guests' orders, below its address.
    pub guest_order_path: Option<String>,
    /// Where canceled orders are announced to the shop itself; empty for nowhere.
    pub merchant_notice_email: Option<String>,
}

/// A value and where it was found; no scope means built in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it is set.
    pub source: Option<ConfigScope>,
}

/// What holds for one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The switch; off unless somebody switched it on.
    pub cancellation_enabled: Sourced<bool>,
    /// The reasons; the contract's five unless set.
    pub cancellation_reasons: Sourced<ReasonCatalog>,
    /// How long a guest's key lives; a day unless set.
    pub guest_key_lifetime: Sourced<TimeDelta>,
    /// Whether storefronts offer to order again; yes unless set.
    pub reorder_allowed: Sourced<bool>,
    /// Whether a canceled order is announced by mail; yes unless set.
    pub cancellation_mail_enabled: Sourced<bool>,
    /// The storefront's address; a local one unless set.
    pub storefront_url: Sourced<String>,
    /// The storefront's page for guests' orders; Adobe's unless set (contract section 5.3).
    pub guest_order_path: Sourced<String>,
    /// Where canceled orders are announced to the shop itself; nowhere unless set.
    pub merchant_notice_email: Sourced<Option<String>>,
}

impl Settings {
    /// What holds where `layers` are set, the nearest first.
    #[must_use]
    pub fn resolve(layers: &[(ConfigScope, &ScopedSettings)]) -> Self {
        Self {
            cancellation_enabled: pick(layers, |it| it.cancellation_enabled, || false),
            cancellation_reasons: pick(
                layers,
                |it| it.cancellation_reasons.clone(),
                ReasonCatalog::defaults,
            ),
            guest_key_lifetime: pick(layers, |it| it.guest_key_lifetime, || TimeDelta::hours(24)),
            reorder_allowed: pick(layers, |it| it.reorder_allowed, || true),
            cancellation_mail_enabled: pick(layers, |it| it.cancellation_mail_enabled, || true),
            storefront_url: pick(
                layers,
                |it| it.storefront_url.clone(),
                || "http://localhost:3000/".into(),
            ),
            guest_order_path: pick(
                layers,
                |it| it.guest_order_path.clone(),
                || "sales/guest/view".into(),
            ),
            merchant_notice_email: pick(
                layers,
                |it| {
                    it.merchant_notice_email
                        .clone()
                        .map(|email| Some(email).filter(|it| !it.is_empty()))
                },
                || None,
            ),
        }
    }
}

fn pick<T>(
    layers: &[(ConfigScope, &ScopedSettings)],
    get: impl Fn(&ScopedSettings) -> Option<T>,
    built_in: impl Fn() -> T,
) -> Sourced<T> {
    let found = layers
        .iter()
        .find_map(|(scope, settings)| get(settings).map(|value| (value, *scope)));
    match found {
        Some((value, scope)) => Sourced {
            value,
            source: Some(scope),
        },
        None => Sourced {
            value: built_in(),
            source: None,
        },
    }
}
