//! Every setting of the shop, declared once.
//!
//! A declaration becomes a field of [`ScopedSettings`] and of [`Settings`], and an entry of [`Setting::ALL`]. The doc
//! comment of a declaration is the description that staff reads in the API and in `docs/configuration.md`.

use super::declare::declare_settings;
use super::rule::Rule;
use super::scope::ScopeLevel;
use crate::cancellation::{FEWEST_GUEST_KEY_HOURS, MOST_GUEST_KEY_HOURS, USUAL_GUEST_KEY_HOURS};
use crate::idempotency_key::{
    FEWEST_IDEMPOTENCY_KEY_DAYS, MOST_IDEMPOTENCY_KEY_DAYS, USUAL_IDEMPOTENCY_KEY_DAYS,
};
use crate::{ReasonList, StaffRole};
use chrono::TimeDelta;

declare_settings! {
    /// Whether buyers may cancel their orders.
    cancellation_enabled: bool {
        key: "sales/cancellation/enabled",
        name: "enabled",
        accepts: Rule::Switch,
        default: false,
        changed_by: StaffRole::Manager,
        contract: Some("11"),
    }

    /// How a cancellation by a buyer is decided while cancellation is on: `AUTOMATIC` at once, `REQUEST` by staff,
    /// `OFF` not at all. Staff cancels at once in each of these modes.
    cancellation_mode: String {
        key: "sales/cancellation/mode",
        name: "mode",
        accepts: Rule::OneOf(&["AUTOMATIC", "REQUEST", "OFF"]),
        default: "AUTOMATIC".into(),
        changed_by: StaffRole::Manager,
    }

    /// Rules that choose another mode for some orders, with semicolons between them; the first one that fits decides. A
    /// rule is `when CONDITION and CONDITION then MODE`; `docs/policy.md` lists the conditions.
    cancellation_mode_rules: String {
        key: "sales/cancellation/mode_rules",
        name: "mode_rules",
        accepts: Rule::ModeRules,
        default: String::new(),
        changed_by: StaffRole::Manager,
    }

    /// For how many minutes after the order was placed a buyer may cancel. When it is 0, time ends nothing.
    cancellation_window: TimeDelta {
        key: "sales/cancellation/window",
        name: "window_minutes",
        accepts: Rule::MinutesOrNone { most: 60 * 24 * 365 },
        default: TimeDelta::zero(),
        changed_by: StaffRole::Manager,
    }

    /// What a buyer can do after the window: `REQUEST` the cancellation, or `NONE` of both.
    cancellation_after_window: String {
        key: "sales/cancellation/after_window",
        name: "after_window",
        accepts: Rule::OneOf(&["REQUEST", "NONE"]),
        default: "REQUEST".into(),
        changed_by: StaffRole::Manager,
    }

    /// Whether the units of a partly shipped order that are not shipped can be canceled.
    cancellation_of_unshipped_rest: bool {
        key: "sales/cancellation/unshipped_rest",
        name: "unshipped_rest",
        accepts: Rule::Switch,
        default: false,
        changed_by: StaffRole::Manager,
    }

    /// The paid shipping that comes back: `ALL` with the first item, `IN_PROPORTION` to the price of the items,
    /// `ONLY_WHEN_EVERYTHING` with the last item, or `NONE`.
    cancellation_shipping_refund: String {
        key: "sales/cancellation/shipping_refund",
        name: "shipping_refund",
        accepts: Rule::OneOf(&["ALL", "NONE", "IN_PROPORTION", "ONLY_WHEN_EVERYTHING"]),
        default: "ONLY_WHEN_EVERYTHING".into(),
        changed_by: StaffRole::Manager,
    }

    /// Whether the parts of a bundle can be canceled by themselves, where the price of the bundle is that of its parts
    /// and its parts may ship one by one: `UNIT` for no, `PARTS` for yes.
    cancellation_bundle_parts: String {
        key: "sales/cancellation/bundle_parts",
        name: "bundle_parts",
        accepts: Rule::OneOf(&["UNIT", "PARTS"]),
        default: "UNIT".into(),
        changed_by: StaffRole::Manager,
    }

    /// The fee that the shop keeps when a buyer cancels, once for each order and never more than the money that comes
    /// back: an amount in the order's currency, or a percentage of the money that comes back.
    cancellation_fee: String {
        key: "sales/cancellation/fee",
        name: "fee",
        accepts: Rule::Fee,
        default: String::new(),
        changed_by: StaffRole::Manager,
    }

    /// When canceled units go back into stock: `ALWAYS`, `NEVER`, or `SELLER_AT_FAULT` for reasons that say so.
    restore_stock: String {
        key: "sales/cancellation/restore_stock",
        name: "restore_stock",
        accepts: Rule::OneOf(&["ALWAYS", "NEVER", "SELLER_AT_FAULT"]),
        default: "ALWAYS".into(),
        changed_by: StaffRole::Manager,
    }

    /// When the last part of an order brings its coupons back; `UNEXPIRED` is for coupons that are still valid.
    restore_coupons: String {
        key: "sales/cancellation/restore_coupons",
        name: "restore_coupons",
        accepts: Rule::OneOf(&["ALWAYS", "NEVER", "SELLER_AT_FAULT", "UNEXPIRED"]),
        default: "ALWAYS".into(),
        changed_by: StaffRole::Manager,
    }

    /// When each part of an order brings its gift cards and store credit back; `UNEXPIRED` is for gift cards that are
    /// still valid, and store credit does not expire.
    restore_credits: String {
        key: "sales/cancellation/restore_credits",
        name: "restore_credits",
        accepts: Rule::OneOf(&["ALWAYS", "NEVER", "SELLER_AT_FAULT", "UNEXPIRED"]),
        default: "ALWAYS".into(),
        changed_by: StaffRole::Manager,
    }

    /// When each part of an order brings its points back; `UNEXPIRED` is for points that are still valid.
    restore_points: String {
        key: "sales/cancellation/restore_points",
        name: "restore_points",
        accepts: Rule::OneOf(&["ALWAYS", "NEVER", "SELLER_AT_FAULT", "UNEXPIRED"]),
        default: "ALWAYS".into(),
        changed_by: StaffRole::Manager,
    }

    /// Who must give a reason.
    cancellation_reason_required: String {
        key: "sales/cancellation/reason_required",
        name: "reason_required",
        accepts: Rule::Audiences,
        default: "customer, guest, staff".into(),
        changed_by: StaffRole::Manager,
    }

    /// Who must write a comment.
    cancellation_comment_required: String {
        key: "sales/cancellation/comment_required",
        name: "comment_required",
        accepts: Rule::Audiences,
        default: String::new(),
        changed_by: StaffRole::Manager,
    }

    /// The reasons that buyers, staff and sales channels choose from, in the order in which they are shown.
    cancellation_reasons: ReasonList {
        key: "sales/cancellation/reasons",
        name: "reasons",
        accepts: Rule::Reasons,
        default: ReasonList::defaults(),
        changed_by: StaffRole::Manager,
        contract: Some("4"),
    }

    /// Rules that decide some requests for a cancellation without staff, when they are made and at their deadline. The
    /// first rule that fits decides; where none fits, staff or the deadline does.
    request_rules: String {
        key: "sales/cancellation/request_rules",
        name: "request_rules",
        accepts: Rule::RequestRules,
        default: String::new(),
        changed_by: StaffRole::Manager,
    }

    /// How many hours staff has to decide a request for a cancellation. When it is 0, there is no deadline.
    request_deadline: TimeDelta {
        key: "sales/cancellation/request_deadline",
        name: "request_deadline_hours",
        accepts: Rule::Hours { least: 0, most: 24 * 365 },
        default: TimeDelta::zero(),
        changed_by: StaffRole::Manager,
    }

    /// What happens to a request for a cancellation at its deadline: the program approves it with `APPROVE` or declines
    /// it with `DECLINE`, and `ESCALATE` leaves it to staff. A guest whom no mail confirmed is never approved so.
    request_after_deadline: String {
        key: "sales/cancellation/request_after_deadline",
        name: "request_after_deadline",
        accepts: Rule::OneOf(&["ESCALATE", "APPROVE", "DECLINE"]),
        default: "ESCALATE".into(),
        changed_by: StaffRole::Manager,
    }

    /// The merchant's codes of sales channels for reasons, in place of the built-in ones.
    channel_codes: String {
        key: "sales/cancellation/channel_codes",
        name: "channel_codes",
        accepts: Rule::ChannelCodes,
        default: String::new(),
        scopes: &[ScopeLevel::Default],
        changed_by: StaffRole::Manager,
    }

    /// How many orders a job that cancels many orders cancels in a second where the request does not say it.
    bulk_orders_per_second: i64 {
        key: "sales/cancellation/bulk_orders_per_second",
        name: "bulk_orders_per_second",
        accepts: Rule::Number { least: 1, most: 100 },
        default: 10,
        scopes: &[ScopeLevel::Default],
        changed_by: StaffRole::Manager,
    }

    /// For how many days after its end a job that canceled many orders is kept with its results. When it is 0, jobs are
    /// kept for ever.
    bulk_jobs_kept: i64 {
        key: "sales/cancellation/bulk_jobs_kept",
        name: "bulk_jobs_kept_days",
        accepts: Rule::Number { least: 0, most: 3_650 },
        default: 90,
        scopes: &[ScopeLevel::Default],
        changed_by: StaffRole::Manager,
    }

    /// For how many days the answer to a request with an idempotency key is kept: for so long a repetition of the
    /// request gets the same answer. Of callers who are not signed in, the newest 100,000 are kept, and all of the last
    /// day.
    idempotency_keys_kept: i64 {
        key: "web/api/idempotency_keys_kept",
        name: "idempotency_keys_kept_days",
        accepts: Rule::Number { least: FEWEST_IDEMPOTENCY_KEY_DAYS, most: MOST_IDEMPOTENCY_KEY_DAYS },
        default: USUAL_IDEMPOTENCY_KEY_DAYS,
        scopes: &[ScopeLevel::Default],
        changed_by: StaffRole::Manager,
    }

    /// Whether buyers may end their subscriptions and resume them. Staff always may.
    subscriptions_enabled: bool {
        key: "sales/subscriptions/enabled",
        name: "subscriptions_enabled",
        accepts: Rule::Switch,
        default: false,
        changed_by: StaffRole::Manager,
    }

    /// When a subscription that a customer ends ends: `PERIOD_END` with the paid period, `AT_ONCE` with a share of the
    /// price back, or `CHOICE` as the customer says. A guest's subscription always ends with the paid period.
    subscription_end: String {
        key: "sales/subscriptions/end",
        name: "subscription_end",
        accepts: Rule::OneOf(&["PERIOD_END", "AT_ONCE", "CHOICE"]),
        default: "PERIOD_END".into(),
        changed_by: StaffRole::Manager,
    }

    /// How many hours the key in a guest's confirmation mail can be used.
    guest_key_lifetime: TimeDelta {
        key: "sales/cancellation/guest_key_lifetime",
        name: "guest_key_lifetime_hours",
        accepts: Rule::Hours { least: FEWEST_GUEST_KEY_HOURS, most: MOST_GUEST_KEY_HOURS },
        default: TimeDelta::hours(USUAL_GUEST_KEY_HOURS),
        changed_by: StaffRole::Manager,
        contract: Some("5.4"),
    }

    /// Whether storefronts offer to order the same items again.
    reorder_allowed: bool {
        key: "sales/reorder/allow",
        name: "reorder_allowed",
        accepts: Rule::Switch,
        default: true,
        changed_by: StaffRole::Manager,
        contract: Some("8"),
    }

    /// Whether a mail tells the buyer that the order is canceled.
    cancellation_mail_enabled: bool {
        key: "sales_email/order_comment/enabled",
        name: "cancellation_mail_enabled",
        accepts: Rule::Switch,
        default: true,
        changed_by: StaffRole::Manager,
        contract: Some("5.3"),
    }

    /// Whether mails tell the buyer that a payment provider has carried out a refund of the order, and that such a refund
    /// failed afterwards.
    refund_mail_enabled: bool {
        key: "sales_email/refund/enabled",
        name: "refund_mail_enabled",
        accepts: Rule::Switch,
        default: true,
        changed_by: StaffRole::Manager,
    }

    /// The names of payment methods for orders that do not name theirs, as `code = name; code = name`.
    payment_method_names: String {
        key: "payment/method_names",
        name: "payment_method_names",
        accepts: Rule::PaymentMethodNames,
        default: String::new(),
        changed_by: StaffRole::Manager,
    }

    /// The accounts at payment providers that pay money back, as `method = account; method = account`. The method `*`
    /// stands for all online methods that have no entry; staff pays back by hand where no account is named.
    payment_providers: String {
        key: "payment/providers",
        name: "payment_providers",
        accepts: Rule::PaymentProviders,
        default: String::new(),
        changed_by: StaffRole::Owner,
    }

    /// In which order the tenders of an order are paid back: `LAST_CAPTURED_FIRST`, or `IN_PROPORTION` to what was
    /// captured of each. No tender gets more than was captured of it.
    payment_refund_order: String {
        key: "payment/refund_order",
        name: "payment_refund_order",
        accepts: Rule::OneOf(&["LAST_CAPTURED_FIRST", "IN_PROPORTION"]),
        default: "LAST_CAPTURED_FIRST".into(),
        changed_by: StaffRole::Manager,
    }

    /// For how many minutes a refund or a void may be owed to a payment provider that does not take it before
    /// `needsAttention` lists it. The program goes on trying. When it is 0, it is listed after three days, as is one that
    /// the provider has taken and works on.
    payment_attention_after: TimeDelta {
        key: "payment/attention_after",
        name: "payment_attention_after_minutes",
        accepts: Rule::MinutesOrNone { most: 60 * 24 * 3 },
        default: TimeDelta::hours(1),
        scopes: &[ScopeLevel::Default],
        changed_by: StaffRole::Manager,
    }

    /// The address of the storefront. Links in mails begin with it.
    storefront_url: String {
        key: "web/secure/base_link_url",
        name: "storefront_url",
        accepts: Rule::WebAddress,
        default: "http://localhost:3000/".into(),
        changed_by: StaffRole::Manager,
        contract: Some("1.6"),
    }

    /// The page of the storefront that shows a guest's order, as a path below the address of the storefront.
    guest_order_path: String {
        key: "sales/cancellation/guest_order_path",
        name: "guest_order_path",
        accepts: Rule::PathBelowStorefront,
        default: "sales/guest/view".into(),
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
        changed_by: StaffRole::Manager,
    }

    /// The shop's own e-mail address that gets a notice of each canceled order, of each request for a cancellation, and of
    /// each refund that fails at its payment provider. When it is empty, no notice is sent.
    merchant_notice_email: String {
        key: "sales_email/order_comment/copy_to",
        name: "merchant_notice_email",
        accepts: Rule::EmailOrEmpty,
        default: String::new(),
        changed_by: StaffRole::Manager,
    }
}
