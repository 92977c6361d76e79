//! Cancels orders: which items may be canceled, what a cancellation changes, and why an order cannot be canceled.

mod audience;
mod built_in_reason;
mod bulk;
mod cancel;
mod channel_code;
mod eligibility;
mod fee;
mod guest_key;
mod guest_key_request;
mod intent;
mod mode;
mod order_rule;
mod part_lines;
mod plan;
mod policy;
mod previewed_item;
mod quote;
mod reason;
mod reason_edit;
mod reason_rules;
mod refund_choice;
mod refusal;
mod request;
mod request_command;
mod request_decision;
mod request_refusal;
mod request_ruling;
mod restoration;
mod rules;
mod selection;
mod shipping_share;
mod simulation;
mod takeable;
mod terms;
mod window;

pub use audience::{Audience, Audiences};
pub use bulk::{BulkOrderState, BulkPace, BulkState, MOST_BULK_ORDERS, MOST_BULK_ORDERS_PER_SECOND};
pub(crate) use cancel::kept_comment;
pub use cancel::{BuyerMail, Cancel, CanceledItem, Cancellation, LONGEST_CANCELLATION_COMMENT, NO_REASON};
pub use channel_code::{
    ChannelCode, ChannelCodes, ChannelFact, ChannelWay, LONGEST_CHANNEL_CODES, ReasonMapping,
    ReasonNotForChannel, are_channel_codes,
};
pub use fee::FeeRule;
pub use guest_key::{
    ConfirmationKey, GUEST_KEY_LENGTH, GuestKey, GuestKeyChange, GuestKeyRefusal, MOST_GUEST_KEY_MAILS,
    MOST_WRONG_GUEST_KEYS,
};
pub(crate) use guest_key::{FEWEST_GUEST_KEY_HOURS, MOST_GUEST_KEY_HOURS, USUAL_GUEST_KEY_HOURS};
pub use guest_key_request::{ConfirmationRefusal, GuestKeyRequest};
pub use intent::CancellationIntent;
pub use mode::CancellationMode;
pub(crate) use order_rule::LONGEST_ORDER_RULES;
pub use order_rule::{ModeRules, OrderRuleError, OrderRules, RequestRules, RuleOutcome};
pub use policy::CancellationPolicy;
pub use previewed_item::PreviewedItem;
pub use quote::{CancellationPreview, CancellationQuote, QuotedItem, QuotedMoney, TenderRefund};
pub use reason::{CancellationReason, ReasonList, ReasonListError, TOO_SLOW};
pub use reason_edit::{ReasonEdit, ReasonEditRefusal};
pub use reason_rules::{ReasonAudience, ReasonRules, ReasonRulesEdit};
pub use refund_choice::{LONGEST_REFUND_NOTE, RefundChoice, RefundRefusal, RefundShare};
pub use refusal::CancellationRefusal;
pub use request::{CancellationRequest, RequestDecision, RequestStatus};
pub use request_command::{EndedRequest, RequestCancellation, RequestedCancellation};
pub use request_decision::{ApproveRequest, ApprovedRequest, LONGEST_DECISION_REASON};
pub use request_refusal::RequestRefusal;
pub use request_ruling::RequestRuling;
pub use restoration::{Restoration, RestoreRule, RestoreRules, RestoredStock};
pub use rules::{BundleParts, CancellationRules, ShippingRefund};
pub use selection::Selection;
pub use simulation::{PastAttempt, PastOrder, SimulatedOutcome};
pub use terms::{CancellationAction, CancellationTerms, ItemTerms};
pub use window::AfterWindow;
