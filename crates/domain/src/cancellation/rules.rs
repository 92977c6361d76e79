//! The rules of a store view beside its switch and its reasons. The defaults are Adobe's behavior.

use chrono::{DateTime, TimeDelta, Utc};
use strum::EnumString;

use crate::cancellation::restoration::AppliedRestoreRules;
use crate::cancellation::{
    AfterWindow, Audiences, CancellationMode, CancellationReason, FeeRule, ModeRules, RequestRules,
    RestoreRules,
};
use crate::payment::refund_split::RefundOrder;
use crate::shop::settings::Settings;

/// When a buyer cancels at once, when a buyer can only ask, and when neither is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationRules {
    /// The mode for buyers while the switch of the store view is on.
    pub mode: CancellationMode,
    /// Rules that choose another mode for some orders.
    pub mode_rules: ModeRules,
    /// How long after the order was placed the mode holds; none for as long as the order can be canceled.
    pub window: Option<TimeDelta>,
    /// What buyers can do after the window: at most this.
    pub after_window: AfterWindow,
    /// Whether the units of a partly shipped order that are not shipped can be canceled.
    pub takes_unshipped_rest: bool,
    /// The shipping that comes back.
    pub shipping_refund: ShippingRefund,
    /// Whether parts of bundles can be canceled by themselves.
    pub bundle_parts: BundleParts,
    /// The fee for buyers.
    pub fee: FeeRule,
    /// In which order the tenders of an order are paid back.
    pub refund_order: RefundOrder,
    /// When stock, coupons, credits and points come back.
    pub restore: RestoreRules,
    /// Rules that decide some requests for a cancellation without staff.
    pub request_rules: RequestRules,
    /// How long staff has to decide a request for a cancellation; none without a deadline.
    pub request_deadline: Option<TimeDelta>,
    /// Who must give a reason.
    pub reason_required: Audiences,
    /// Who must write a comment.
    pub comment_required: Audiences,
}

impl Default for CancellationRules {
    fn default() -> Self {
        Self {
            mode: CancellationMode::default(),
            mode_rules: ModeRules::default(),
            window: None,
            after_window: AfterWindow::default(),
            takes_unshipped_rest: false,
            shipping_refund: ShippingRefund::default(),
            bundle_parts: BundleParts::default(),
            fee: FeeRule::default(),
            refund_order: RefundOrder::default(),
            restore: RestoreRules::default(),
            request_rules: RequestRules::default(),
            request_deadline: None,
            reason_required: Audiences::all(),
            comment_required: Audiences::default(),
        }
    }
}

/// The shipping that comes back, where it was paid. Shipping that was never billed is not billed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ShippingRefund {
    /// All of it with the first part that is canceled.
    All,
    /// None of it.
    None,
    /// With each part a share by the price of the items.
    InProportion,
    /// All of it once all of the order is canceled.
    #[default]
    OnlyWhenEverything,
}

/// How bundles are canceled whose price is that of their parts and whose parts may ship one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum BundleParts {
    /// A bundle is canceled as a unit, with its parts.
    #[default]
    Unit,
    /// A part can be canceled by itself too.
    Parts,
}

impl CancellationRules {
    /// The rules that `settings` write. A value that is not known counts as its default.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self {
            mode: settings.cancellation_mode.value.parse().unwrap_or_default(),
            window: Some(settings.cancellation_window.value).filter(|window| *window > TimeDelta::zero()),
            after_window: settings
                .cancellation_after_window
                .value
                .parse()
                .unwrap_or_default(),
            mode_rules: ModeRules::parse(&settings.cancellation_mode_rules.value).unwrap_or_default(),
            takes_unshipped_rest: settings.cancellation_of_unshipped_rest.value,
            shipping_refund: settings
                .cancellation_shipping_refund
                .value
                .parse()
                .unwrap_or_default(),
            bundle_parts: settings
                .cancellation_bundle_parts
                .value
                .parse()
                .unwrap_or_default(),
            fee: FeeRule::parse(&settings.cancellation_fee.value).unwrap_or_default(),
            refund_order: RefundOrder::of(settings),
            restore: RestoreRules::of(settings),
            request_rules: RequestRules::parse(&settings.request_rules.value).unwrap_or_default(),
            request_deadline: Some(settings.request_deadline.value).filter(|time| *time > TimeDelta::zero()),
            reason_required: Audiences::parse(&settings.cancellation_reason_required.value)
                .unwrap_or_else(Audiences::all),
            comment_required: Audiences::parse(&settings.cancellation_comment_required.value)
                .unwrap_or_default(),
        }
    }

    /// Whether these rules let some buyer cancel, or ask for it. The mode `OFF` does not, unless a rule chooses another
    /// mode for some orders.
    #[must_use]
    pub fn are_open_to_buyers(&self) -> bool {
        self.mode != CancellationMode::Off
            || self.mode_rules.decide_otherwise_for_buyers(CancellationMode::Off)
    }

    /// The rules by which stock, coupons, credits and points come back, for a cancellation at `now` for `reason`.
    pub(crate) fn restore_for(
        &self,
        reason: Option<&CancellationReason>,
        now: DateTime<Utc>,
    ) -> AppliedRestoreRules {
        self.restore
            .applied(reason.is_some_and(|it| it.rules.sellers_fault), now)
    }
}
