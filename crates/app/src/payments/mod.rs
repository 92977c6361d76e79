//! Payment providers: staff connects accounts, and the worker lets them release authorizations and pay money back.

pub mod account;
mod balance;
mod booking;
mod check;
mod check_before;
mod check_case;
mod difference;
mod early;
mod failed_reversal;
mod late_capture;
mod look_up;
mod recovery;
mod refunds_of_others;
mod refused_account;
mod reported;
pub mod retry_by_staff;
mod returned;
mod reversal;
mod reversal_case;
pub mod take_message;
mod told;

pub(crate) use check::PaymentCheckError;
pub(crate) use look_up::is_with_provider;
pub(crate) use recovery::failure_of;
pub(crate) use retry_by_staff::check_money;

/// What the last attempt says while a payment provider has accepted a void or a refund and works on it.
pub(crate) const UNDER_WAY: &str = "the payment provider works on it";
/// Why staff must move money by itself.
pub(crate) const BY_HAND: &str = "staff must carry this out: no payment provider is connected";
/// Why staff must move the money of a payment at which the payment provider cannot be asked.
pub(crate) const WITHOUT_REFERENCE: &str = "the payment has no reference of the payment provider";
/// What staff reads about a refund that the keeper of a balance was told of.
pub(crate) const BY_KEEPER: &str =
    "the keeper of the balance was told: settle the refund when the balance has it";
