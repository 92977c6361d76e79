//! The mails that a change of an order causes.

mod amount_text;
mod breaker;
mod failure_mail;
pub(crate) mod merchant_notice;
pub(crate) mod notice;
pub(crate) mod order_summary;
pub(crate) mod refund_mail;
mod request_mail;
mod subscription_mail;

pub(crate) use breaker::MailBreaker;
