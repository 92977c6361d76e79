//! Obligations: effects outside the database. A kind is one type in a file of its own, and one line of the registry.

mod abandon_obligation;
mod attempts;
mod attention;
mod attention_action;
mod channel_canceled;
mod channel_problem;
mod event_publication;
mod jobs;
mod lease;
mod mail;
mod owed;
mod password_reset;
mod payload;
mod payment_check;
mod payment_problem;
mod registry;
mod request_deadline;
mod request_ruling;
mod reversal;
mod settle_obligation;
mod upstream_change;
mod webhook_delivery;
mod worker;

use std::time::Duration;

use chrono::{DateTime, Utc};
use countermand_domain::{OrderId, Shop, Transition};
use countermand_persistence::{NewObligation, NewReversalEntry};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::App;
use crate::error::AppError;
use crate::ports::Mailer;

pub use abandon_obligation::AbandonObligation;
pub use attention::AttentionReason;
pub use attention_action::AttentionAction;
pub(crate) use channel_canceled::ChannelCanceled;
pub(crate) use channel_problem::{ChannelMatter, ChannelProblem};
pub(crate) use event_publication::{EventPublication, publication_key};
pub use jobs::{JobPage, JobState, ListedJob, Waiting};
pub(crate) use lease::LEASE;
pub use owed::{FindObligations, OwedObligation, OwedPage, OwedState, ReversalStep};
pub(crate) use password_reset::PasswordResetRequest;
pub(crate) use payment_check::PaymentCheck;
pub(crate) use payment_problem::{BookedRefund, PaymentMatter, PaymentProblem};
pub use registry::ObligationKind;
pub(crate) use reversal::Refund;
pub use settle_obligation::SettleObligation;
pub(crate) use settle_obligation::{ending_of_met, reference, settled_by_hand};
pub(crate) use upstream_change::ChangedUpstream;
pub(crate) use webhook_delivery::{WebhookDelivery, delivery_key};
pub use worker::{Attempted, Settlement};

/// An effect outside the database that is owed: its fields are the payload of its row.
///
/// A row may have been written by an older version, so a field that is added later needs a default.
pub(crate) trait Obligation:
    Registered + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Whether it belongs to the books of its order: shown with the order, never forgotten, its payload readable. The
    /// others are shown to staff as jobs and forgotten some time after they are met; their payloads are sealed.
    const IS_BOOKED: bool = false;

    /// Whether only a person can meet it: a worker leaves it to staff.
    const IS_MET_BY_STAFF: bool = false;

    /// The obligations of this kind that a change of an order causes. They are written with the change, once.
    fn owed_by(_app: &App, _change: &CausingChange<'_>) -> Result<Vec<NewObligation>, AppError> {
        Ok(Vec::new())
    }

    /// Makes the effect happen, or says why it has not. An attempt whose worker dies is repeated.
    fn meet(&self, app: &App, ports: &Ports<'_>, attempt: &Attempt) -> impl Future<Output = Outcome> + Send;
}

/// The place of an obligation in the registry, which implements this trait.
pub(crate) trait Registered {
    /// The kind that the registry gives to the obligation.
    const KIND: ObligationKind;
}

/// A change of an order that may cause obligations.
#[derive(Clone, Copy)]
pub(crate) struct CausingChange<'a> {
    /// The order after the change, and what happened.
    pub(crate) transition: &'a Transition,
    /// The shop to which the order belongs.
    pub(crate) shop: &'a Shop,
    /// The state of a void or a refund at its payment provider that the change tells of; none for other changes.
    pub(crate) provider_state: Option<&'a NewReversalEntry>,
}

/// The interfaces through which obligations are met.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// Sends mails.
    pub mailer: &'a dyn Mailer,
}

/// The facts of its row that an obligation may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The obligation's id: the same in every attempt, so that the other side can tell a repetition.
    pub id: String,
    /// Which attempt this one is, from 1. The outcome of an earlier attempt may be unknown.
    pub number: i32,
    /// The order that the obligation is about.
    pub order: Option<OrderId>,
    /// When the obligation was caused, however late it is met.
    pub caused_at: DateTime<Utc>,
    /// What went wrong in the attempt before, or what was waited for; empty where there is nothing.
    pub problem: String,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The effect has happened.
    Met(Receipt),
    /// The effect has happened, and its change of the order has settled the obligation.
    Booked,
    /// The effect has not happened, and may later.
    Later {
        /// What went wrong.
        why: String,
    },
    /// The effect is under way, or held up on purpose: it is looked at again, as often as it takes.
    Waiting {
        /// What is waited for.
        why: String,
        /// Before when it is not looked at again; none for the usual time.
        until: Option<DateTime<Utc>>,
    },
    /// Calls at an account of a payment provider fail. The effect has not happened, or it is not known whether it has: it
    /// is tried again within a minute, and soon after a call at the account is answered.
    Failing {
        /// The name of the account.
        account: String,
        /// What went wrong.
        why: String,
        /// Whether a request was sent; it was not while nothing is sent to the account.
        was_sent: bool,
    },
    /// The effect has not happened, and is tried again after exactly this time, as often as the obligation decides.
    Again {
        /// What went wrong, or what is waited for.
        why: String,
        /// How long to wait.
        wait: Duration,
        /// Whether the attempt counts; one that had to wait for its turn does not.
        is_counted: bool,
    },
    /// Whether the effect has happened is not known: the answer got lost.
    Unknown {
        /// What went wrong.
        why: String,
    },
    /// The effect has not happened and will not without a person.
    NeedsAttention {
        /// What the person must know.
        why: String,
    },
}

/// The proof that an effect has happened: the reference that the other side gave; empty where it gives none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt(pub String);
