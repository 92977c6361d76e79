//! What becomes of a cancellation at a channel: how its record changes with the channel's answers, and with looks at the
//! order.

use chrono::{DateTime, Utc};

use super::cancellation::ChannelAnswer;
use super::order::{ChannelOrder, ChannelStatus};
use super::record::{ChannelCancellationState, ChannelRecord};

impl ChannelRecord {
    /// The record whose cancellation is in `state`; the same record where there is no cancellation.
    #[must_use]
    pub fn with_cancellation(
        &self,
        state: ChannelCancellationState,
        problem: Option<String>,
        now: DateTime<Utc>,
    ) -> Self {
        let mut after = self.next();
        if let Some(it) = &mut after.cancellation {
            it.state = state;
            it.changed_at = now;
            it.problem.clone_from(&problem);
        }
        let why = problem.map(|why| format!(": {why}")).unwrap_or_default();
        after.write_down("system", format!("cancellation {}{why}", state.code()), now);
        after
    }

    /// The record after the channel answered to the cancellation with the id `cancellation`. `shown` is the order as it
    /// was read after the answer: only an order that says so is canceled. None where the answer says nothing new:
    /// another cancellation took the place of this one, its outcome is known, or it waits to be sent. So an answer that
    /// comes late contradicts nothing that was found out in the meantime.
    #[must_use]
    pub fn answered(
        &self,
        cancellation: &str,
        answer: &ChannelAnswer,
        shown: Option<&ChannelOrder>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        use ChannelCancellationState::{Accepted, Sent, Unknown};
        let it = self.cancellation.as_ref().filter(|it| it.id == cancellation)?;
        let is_news = match (it.state, answer) {
            (Accepted, ChannelAnswer::Accepted { reference }) => it.reference.as_ref() != Some(reference),
            (Unknown, ChannelAnswer::Unknown { .. }) => false,
            (state, _) => matches!(state, Sent | Accepted | Unknown),
        };
        is_news.then(|| self.decided(answer, shown, now))
    }

    /// The record whose cancellation waits again, because the call that sent `cancellation` did not reach the channel,
    /// as `why` tells. None where another cancellation took its place, or where its outcome is known.
    #[must_use]
    pub fn not_sent(&self, cancellation: &str, why: String, now: DateTime<Utc>) -> Option<Self> {
        use ChannelCancellationState::{Requested, Sent, Unknown};
        let it = self.cancellation.as_ref().filter(|it| it.id == cancellation)?;
        let was_unknown = it.state == Unknown;
        matches!(it.state, Sent | Unknown).then(|| {
            let mut after = self.with_cancellation(Requested, Some(why), now);
            if let Some(it) = after.cancellation.as_mut().filter(|_| was_unknown) {
                it.put_back += 1;
            }
            after
        })
    }

    /// The record after the channel decided about the cancellation as `answer` tells.
    fn decided(&self, answer: &ChannelAnswer, shown: Option<&ChannelOrder>, now: DateTime<Utc>) -> Self {
        use ChannelCancellationState::{Accepted, Canceled, Rejected, TooLate, Unknown};
        let seen = shown.and_then(|order| self.seen(order.clone(), now));
        let current = seen.as_ref().unwrap_or(self);
        let mut after = match answer {
            ChannelAnswer::Canceled if current.order.status == ChannelStatus::Canceled => {
                current.with_cancellation(Canceled, None, now)
            }
            ChannelAnswer::Canceled => {
                let why = "the channel says canceled, and the order does not say so yet";
                current.with_cancellation(Unknown, Some(why.into()), now)
            }
            ChannelAnswer::Accepted { reference } => {
                let mut after = current.with_cancellation(Accepted, None, now);
                if let Some(it) = &mut after.cancellation {
                    it.reference = Some(reference.clone());
                }
                after
            }
            ChannelAnswer::Rejected { code, text } => {
                current.with_cancellation(Rejected, Some(format!("{code}: {text}")), now)
            }
            ChannelAnswer::TooLate => current.with_cancellation(TooLate, None, now),
            ChannelAnswer::Unknown { why } => current.with_cancellation(Unknown, Some(why.clone()), now),
        };
        after.version = self.version + 1;
        after
    }

    /// The record after an order whose answer is not known was looked up; none while the order tells nothing new.
    #[must_use]
    pub fn looked_up(&self, shown: &ChannelOrder, now: DateTime<Utc>) -> Option<Self> {
        let answer = match shown.status {
            ChannelStatus::Canceled => ChannelAnswer::Canceled,
            ChannelStatus::Shipped | ChannelStatus::PartlyShipped => ChannelAnswer::TooLate,
            ChannelStatus::Pending
            | ChannelStatus::Unshipped
            | ChannelStatus::Unfulfillable
            | ChannelStatus::Other(_) => return None,
        };
        Some(self.decided(&answer, Some(shown), now))
    }
}
