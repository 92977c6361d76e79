//! Cancels orders: which items may be canceled, what a cancellation changes, and why an order cannot be canceled.

mod cancel;
mod eligibility;
mod guest_key;
mod plan;
mod policy;
mod reason;
mod reason_edit;
mod refusal;
mod request;
mod selection;
mod terms;

pub use cancel::{Cancel, CanceledItem, Cancellation};
pub use guest_key::{
    ConfirmationKey, GUEST_KEY_LENGTH, GuestKey, GuestKeyChange, GuestKeyRefusal, MOST_GUEST_KEY_MAILS,
    MOST_WRONG_GUEST_KEYS,
};
pub use policy::CancellationPolicy;
pub use reason::{CancellationReason, ReasonList, ReasonListError};
pub use reason_edit::{ReasonEdit, ReasonEditRefusal};
pub use refusal::CancellationRefusal;
pub use request::{CancellationRequest, ConfirmationRefusal};
pub use selection::Selection;
pub use terms::{CancellationAction, CancellationTerms, ItemTerms};
