//! Every setting of the shop, declared once.
//!
//! A declaration becomes a field of [`ScopedSettings`] and of [`Settings`], and an entry of [`Setting::ALL`]. The doc
//! comment of a declaration is the description that staff reads in the API and in `docs/configuration.md`.

use super::declare::declare_settings;
use super::rule::Rule;
use super::scope::ScopeLevel;
use crate::{ReasonList, StaffRole};
use chrono::TimeDelta;

declare_settings! {
    /// Whether buyers may cancel their orders.
    cancellation_enabled: bool {
        key: "sales/cancellation/enabled",
        name: "enabled",
        accepts: Rule::Switch,
        default: false,
        scopes: ScopeLevel::EVERY,
        changed_by: StaffRole::Manager,
        contract: Some("11"),
    }

    /// The reasons that buyers choose from, in the order in which storefronts show them.
    cancellation_reasons: ReasonList {
        key: "sales/cancellation/reasons",
        name: "reasons",
        accepts: Rule::Reasons,
        default: ReasonList::defaults(),
        scopes: ScopeLevel::EVERY,
        changed_by: StaffRole::Manager,
        contract: Some("4"),
    }

    /// How many hours the key in a guest's confirmation mail can be used.
    guest_key_lifetime: TimeDelta {
        key: "sales/cancellation/guest_key_lifetime",
        name: "guest_key_lifetime_hours",
        accepts: Rule::Hours { least: 1, most: 24 * 365 },
        default: TimeDelta::hours(24),
        scopes: ScopeLevel::EVERY,
        changed_by: StaffRole::Manager,
        contract: Some("5.4"),
    }

    /// Whether storefronts offer to order the same items again.
    reorder_allowed: bool {
        key: "sales/reorder/allow",
        name: "reorder_allowed",
        accepts: Rule::Switch,
        default: true,
        scopes: ScopeLevel::EVERY,
        changed_by: StaffRole::Manager,
        contract: Some("8"),
    }

    /// Whether a mail tells the buyer that the order is canceled.
    cancellation_mail_enabled: bool {
        key: "sales_email/order_comment/enabled",
        name: "cancellation_mail_enabled",
        accepts: Rule::Switch,
        default: true,
        scopes: ScopeLevel::EVERY,
        changed_by: StaffRole::Manager,
        contract: Some("5.3"),
    }

    /// The names of payment methods for orders that do not name theirs, as `code = name; code = name`.
    payment_method_names: String {
        key: "payment/method_names",
        name: "payment_method_names",
        accepts: Rule::PaymentMethodNames,
        default: String::new(),
        scopes: ScopeLevel::EVERY,
        changed_by: StaffRole::Manager,
        contract: None,
    }

    /// The address of the storefront. Links in mails begin with it.
    storefront_url: String {
        key: "web/secure/base_link_url",
        name: "storefront_url",
        accepts: Rule::WebAddress,
        default: "http://localhost:3000/".into(),
        scopes: ScopeLevel::EVERY,
        changed_by: StaffRole::Manager,
        contract: Some("1.6"),
    }

    /// The page of the storefront that shows a guest's order, as a path below the address of the storefront.
    guest_order_path: String {
        key: "sales/cancellation/guest_order_path",
        name: "guest_order_path",
        accepts: Rule::PathBelowStorefront,
        default: "sales/guest/view".into(),
        scopes: ScopeLevel::EVERY,
        changed_by: StaffRole::Manager,
        contract: Some("5.3"),
    }

    /// The e-mail address that answers the questions of buyers. Mails show it, and answers to a mail go to it. When it
    /// is empty, mails show none.
    contact_email: String {
        key: "trans_email/ident_support/email",
        name: "contact_email",
        accepts: Rule::EmailOrEmpty,
        default: String::new(),
        scopes: ScopeLevel::EVERY,
        changed_by: StaffRole::Manager,
        contract: None,
    }

    /// The shop's own e-mail address that gets a notice of each canceled order. When it is empty, no notice is sent.
    merchant_notice_email: String {
        key: "sales_email/order_comment/copy_to",
        name: "merchant_notice_email",
        accepts: Rule::EmailOrEmpty,
        default: String::new(),
        scopes: ScopeLevel::EVERY,
        changed_by: StaffRole::Manager,
        contract: None,
    }
}
