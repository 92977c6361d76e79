//! Canceling an order: what may be canceled, what that changes, and why not.

mod cancel;
mod plan;
mod policy;
mod reason;
mod request;
mod terms;

pub use cancel::{CancelRequest, CanceledItem, Cancellation};
pub use policy::CancellationPolicy;
pub use reason::{CancellationReason, ReasonCatalog, ReasonCatalogError};
pub use request::{GUEST_KEY_LENGTH, GuestKey, GuestKeyRefusal};
pub use terms::{CancellationAction, CancellationRefusal, CancellationTerms, ItemTerms};
