//! The registry: every kind of obligation, one line each.

use countermand_persistence::{ClaimedObligation, NewObligation, REFUND, VOID};

use super::{Attempt, CausingChange, Obligation, Outcome, Ports, Registered};
use crate::App;
use crate::error::AppError;

/// A line names the kind, the code in its rows (which never changes), what the kind is, and the type that meets it.
macro_rules! registry {
    ($($kind:ident = $code:expr, $about:literal => $obligation:ty;)+) => {
        /// The kinds of effects that can be owed outside the database.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ObligationKind {
            $(#[doc = $about] $kind,)+
        }

        impl ObligationKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The code in the rows of this kind.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)+ }
            }

            /// Whether staff sees obligations of this kind as jobs; the others are shown with their orders.
            #[must_use]
            pub const fn is_job(self) -> bool {
                match self { $(Self::$kind => !<$obligation as Obligation>::IS_BOOKED,)+ }
            }

            /// Whether only a person can meet obligations of this kind.
            #[must_use]
            pub const fn is_met_by_staff(self) -> bool {
                match self { $(Self::$kind => <$obligation as Obligation>::IS_MET_BY_STAFF,)+ }
            }

            /// The kind with this code; none for a kind of a newer version of the program.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.code() == code)
            }

            /// The obligations of every kind that a change of an order causes.
            pub(crate) fn owed_by(
                app: &App,
                change: &CausingChange<'_>,
            ) -> Result<Vec<NewObligation>, AppError> {
                let mut owed = Vec::new();
                $(owed.extend(<$obligation as Obligation>::owed_by(app, change)?);)+
                Ok(owed)
            }

            /// Meets an obligation of this kind.
            pub(super) async fn meet(self, app: &App, ports: &Ports<'_>, held: &ClaimedObligation) -> Outcome {
                match self {
                    $(Self::$kind => Box::pin(meet::<$obligation>(app, ports, held)).await,)+
                }
            }
        }

        $(impl Registered for $obligation {
            const KIND: ObligationKind = ObligationKind::$kind;
        })+
    };
}

registry! {
    Mail = "mail", "A mail that must be sent." => crate::ports::Mail;
    PasswordReset = "password_reset", "A request for a new password that must be answered." => super::PasswordResetRequest;
    Void = VOID, "Reserved money that must be released." => super::reversal::Void;
    Refund = REFUND, "Taken money that must be paid back." => super::reversal::Refund;
    RequestDeadline = "request_deadline", "A request for a cancellation that must be decided at its deadline." => super::request_deadline::RequestDeadline;
    RuledRequest = "ruled_request", "A request for a cancellation that a rule decides." => super::request_ruling::RuledRequest;
    ChannelCanceled = "channel_canceled", "An order of the shop whose sales channel canceled it, and which must be completed." => super::ChannelCanceled;
    ChannelProblem = "channel_problem", "A cancellation at a sales channel, or a channel, that staff must look at." => super::ChannelProblem;
    PaymentCheck = "payment_check", "A payment that must be compared with the books, because its provider sent a message." => super::PaymentCheck;
    PaymentProblem = "payment_problem", "Something that happened to a payment at its provider, or to the account there, and that staff must look at." => super::PaymentProblem;
    UpstreamChange = "upstream_change", "An order changed here, with which the shop that it came from went on." => super::ChangedUpstream;
    WebhookDelivery = "webhook_delivery", "An event that an endpoint of another system must be told of." => super::WebhookDelivery;
    EventPublication = "event_publication", "An event that must be published to NATS." => super::EventPublication;
}

impl AsRef<str> for ObligationKind {
    fn as_ref(&self) -> &str {
        self.code()
    }
}

async fn meet<O: Obligation>(app: &App, ports: &Ports<'_>, held: &ClaimedObligation) -> Outcome {
    let attempt = Attempt {
        id: held.id.clone(),
        number: held.attempt,
        order: held.order,
        caused_at: held.created_at,
        problem: held.problem.clone(),
    };
    match app.obligation_in::<O>(held) {
        Ok(obligation) => obligation.meet(app, ports, &attempt).await,
        Err(why) => Outcome::NeedsAttention { why },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_kinds_share_a_code() {
        let codes: std::collections::BTreeSet<_> =
            ObligationKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), ObligationKind::ALL.len());
    }
}
