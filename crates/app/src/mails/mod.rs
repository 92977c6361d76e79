//! The mails that a change of an order causes.

pub(crate) mod merchant_notice;
pub(crate) mod notice;
