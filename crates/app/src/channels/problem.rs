//! What staff must look at: cancellations that a channel refused or does not decide, that came too late or whose answer
//! got lost, and channels that refuse the credentials.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use countermand_domain::channel::{
    ChannelCancellation, ChannelCancellationState, ChannelOrderNumber, ChannelRecord, ChannelStatus,
    LONGEST_CHANNEL_ORDER_NUMBER,
};
use countermand_domain::{Order, OrderId};
use countermand_persistence::{ChannelChange, DatabaseError, NewObligation, SettledProblem};
use sha2::{Digest, Sha256};

use super::ConfiguredChannel;
use super::request_notice::settled_requests;
use crate::App;
use crate::error::AppError;
use crate::obligations::{ChannelCanceled, ChannelMatter, ChannelProblem, Obligation};
use crate::ports::ChannelError;

/// How long a cancellation may wait to be sent or decided, or its answer be unknown, before staff is told.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);
/// The largest number of characters of a problem that an entry keeps.
const LONGEST_PROBLEM: usize = 500;
/// What an entry says when the channel canceled the order all the same.
const CANCELED: &str = "the channel canceled the order";
/// What an entry says when a lost answer was found.
const KNOWN: &str = "it is known what became of the cancellation";

impl App {
    /// The change of an order to `after`, with the due time of a request that comes with it, what it owes, and what
    /// staff need not look at any more.
    pub(super) async fn change_to(&self, after: ChannelRecord) -> Result<ChannelChange, AppError> {
        let after = self.with_due_time(after).await?;
        Ok(ChannelChange {
            settles: settled_by(&after),
            owed: self.owed_by_channel(&after).await?,
            after,
            at: self.now(),
        })
    }

    /// What the change of an order owes: a look of staff, the completion of the shop's own order, and word of a buyer's
    /// request.
    async fn owed_by_channel(&self, after: &ChannelRecord) -> Result<Vec<NewObligation>, AppError> {
        let mut owed = Vec::new();
        owed.extend(self.owed_to_staff(after).await?);
        owed.extend(self.owed_completion(after).await?);
        owed.extend(self.owed_for_request(after).await?);
        Ok(owed)
    }

    /// Owes the completion of the shop's own order once more: it may have been imported while the channel's
    /// cancellation was written, and then neither write saw the other.
    pub(super) async fn owe_late_completion(&self, after: &ChannelRecord) -> Result<(), AppError> {
        let Some(owed) = self.owed_completion(after).await? else {
            return Ok(());
        };
        self.insert_once(&owed).await
    }

    /// Writes an obligation unless another server has written one with its key since it was looked for.
    pub(crate) async fn insert_once(&self, owed: &NewObligation) -> Result<(), AppError> {
        match self.database().insert_obligation(owed).await {
            Err(DatabaseError::Duplicate) => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    /// Owes the completion of those of the `orders`, which were just imported, that their channels have canceled
    /// before.
    pub(crate) async fn owe_completions_of(&self, orders: &[Order]) -> Result<(), AppError> {
        let mut of_channels: BTreeMap<&str, Vec<ChannelOrderNumber>> = BTreeMap::new();
        for channel in orders.iter().filter_map(|order| order.channel.as_ref()) {
            let numbers = of_channels.entry(&channel.name).or_default();
            numbers.push(channel.number.clone());
        }
        for (channel, numbers) in of_channels {
            for record in self.database().channel_records(channel, &numbers).await? {
                self.owe_late_completion(&record).await?;
            }
        }
        Ok(())
    }

    /// The completion of the shop's own order, once, when the channel has canceled it.
    async fn owed_completion(&self, after: &ChannelRecord) -> Result<Option<NewObligation>, AppError> {
        if after.order.status != ChannelStatus::Canceled {
            return Ok(None);
        }
        let number = &after.order.number;
        let Some(order) = self.database().order_of_channel(&after.channel, number).await? else {
            return Ok(None);
        };
        let key = format!("channel_canceled:{}", order.number());
        let owed = ChannelCanceled {
            channel: after.channel.clone(),
            number: number.as_str().into(),
        };
        self.owed_once(&owed, Some(order), key).await
    }

    async fn owed_to_staff(&self, after: &ChannelRecord) -> Result<Option<NewObligation>, AppError> {
        let Some(cancellation) = &after.cancellation else {
            return Ok(None);
        };
        let matter = match cancellation.state {
            ChannelCancellationState::Rejected => ChannelMatter::Refused,
            ChannelCancellationState::TooLate => ChannelMatter::TooLate,
            ChannelCancellationState::Requested
            | ChannelCancellationState::Sent
            | ChannelCancellationState::Accepted
            | ChannelCancellationState::Canceled
            | ChannelCancellationState::Unknown => return Ok(None),
        };
        // An order that the channel canceled all the same needs no look.
        if after.order.status == ChannelStatus::Canceled {
            return Ok(None);
        }
        self.cancellation_problem(after, cancellation, matter).await
    }

    /// Tells staff of a cancellation that is not sent, not decided or not known for a while.
    pub(super) async fn owe_doubt(&self, record: &ChannelRecord) -> Result<(), AppError> {
        let Some(cancellation) = &record.cancellation else {
            return Ok(());
        };
        let (matter, since) = match cancellation.state {
            ChannelCancellationState::Unknown => (ChannelMatter::Uncertain, cancellation.changed_at),
            ChannelCancellationState::Accepted => (ChannelMatter::Undecided, cancellation.changed_at),
            // Each attempt to send it changes the state.
            ChannelCancellationState::Requested | ChannelCancellationState::Sent => {
                (ChannelMatter::Undecided, cancellation.requested_at)
            }
            ChannelCancellationState::Canceled
            | ChannelCancellationState::Rejected
            | ChannelCancellationState::TooLate => return Ok(()),
        };
        if self.now() - since < PATIENCE {
            return Ok(());
        }
        if let Some(owed) = self.cancellation_problem(record, cancellation, matter).await? {
            self.insert_once(&owed).await?;
        }
        Ok(())
    }

    /// Tells staff, once a day, that the channel refuses the credentials.
    pub(super) async fn owe_access(
        &self,
        channel: &ConfiguredChannel,
        problem: &ChannelError,
    ) -> Result<(), AppError> {
        let key = format!("channel_access:{}:{}", channel.name, self.now().date_naive());
        let owed = ChannelProblem {
            channel: channel.name.clone(),
            number: None,
            matter: ChannelMatter::Access,
            problem: problem.to_string(),
        };
        if let Some(row) = self.owed_once(&owed, None, key).await? {
            self.insert_once(&row).await?;
        }
        Ok(())
    }

    /// Tells staff, once a day, that an order cannot be read, so that its changes are not known here.
    pub(super) async fn owe_unreadable(
        &self,
        channel: &ConfiguredChannel,
        number: &str,
        problem: &str,
    ) -> Result<(), AppError> {
        let number: String = number.chars().take(LONGEST_CHANNEL_ORDER_NUMBER).collect();
        let problem: String = problem.chars().take(LONGEST_PROBLEM).collect();
        let day = self.now().date_naive();
        // The key is a digest, because a number that cannot be read can be longer than the key.
        let key = Sha256::digest(format!("{}:{number}:{day}", channel.name));
        let key = format!("channel_unreadable:{}", URL_SAFE_NO_PAD.encode(key));
        let owed = ChannelProblem {
            channel: channel.name.clone(),
            number: (!number.is_empty()).then_some(number),
            matter: ChannelMatter::Unreadable,
            problem,
        };
        if let Some(row) = self.owed_once(&owed, None, key).await? {
            self.insert_once(&row).await?;
        }
        Ok(())
    }

    /// The obligation about a cancellation of `record`; none if staff was told of it before.
    async fn cancellation_problem(
        &self,
        record: &ChannelRecord,
        cancellation: &ChannelCancellation,
        matter: ChannelMatter,
    ) -> Result<Option<NewObligation>, AppError> {
        let key = match matter {
            ChannelMatter::Undecided => undecided_key(cancellation),
            ChannelMatter::Uncertain => uncertain_key(cancellation),
            _ => problem_key(&cancellation.id),
        };
        let owed = ChannelProblem {
            channel: record.channel.clone(),
            number: Some(record.order.number.as_str().into()),
            matter,
            problem: cancellation.problem.clone().unwrap_or_default(),
        };
        self.owed_once(&owed, None, key).await
    }

    /// The obligation with this unique key; none if it was written before.
    pub(crate) async fn owed_once<O: Obligation>(
        &self,
        owed: &O,
        order: Option<OrderId>,
        unique_key: String,
    ) -> Result<Option<NewObligation>, AppError> {
        if self.database().has_obligation(&unique_key).await? {
            return Ok(None);
        }
        let row = self.owe(owed, self.env().next_id(), order, self.now())?;
        Ok(Some(NewObligation { unique_key, ..row }))
    }
}

/// What staff need not look at any more after the order changed to `after`.
pub(super) fn settled_by(after: &ChannelRecord) -> Vec<SettledProblem> {
    let mut settled = Vec::new();
    let is_canceled = after.order.status == ChannelStatus::Canceled;
    if let Some(cancellation) = &after.cancellation {
        let waits = match cancellation.state {
            ChannelCancellationState::Requested
            | ChannelCancellationState::Sent
            | ChannelCancellationState::Accepted => true,
            ChannelCancellationState::Canceled
            | ChannelCancellationState::Rejected
            | ChannelCancellationState::TooLate
            | ChannelCancellationState::Unknown => false,
        };
        if is_canceled || waits {
            // Older versions of the program told of an unknown answer under this key, too.
            let why = if is_canceled { CANCELED } else { KNOWN };
            settled.push(over(problem_key(&cancellation.id), why));
        }
        if is_canceled || cancellation.state != ChannelCancellationState::Unknown {
            let why = if is_canceled { CANCELED } else { KNOWN };
            settled.extend(doubts(cancellation, uncertain_key, why));
        }
        if is_canceled || !waits {
            settled.extend(doubts(
                cancellation,
                undecided_key,
                "the cancellation waits no longer",
            ));
        }
    }
    settled.extend(settled_requests(after));
    settled
}

/// What staff need not look at any more after a member of staff changed `before` to `after`.
pub(super) fn settled_by_staff(before: &ChannelRecord, after: &ChannelRecord) -> Vec<SettledProblem> {
    let mut settled = settled_by(after);
    let id = |record: &ChannelRecord| record.cancellation.as_ref().map(|it| it.id.clone());
    if let Some(old) = id(before).filter(|old| id(after).as_ref() != Some(old)) {
        settled.push(over(problem_key(&old), "the order was canceled again"));
    }
    settled
}

/// A problem that is over, and why.
pub(super) fn over(unique_key: String, receipt: &str) -> SettledProblem {
    SettledProblem {
        unique_key,
        receipt: receipt.into(),
    }
}

fn problem_key(cancellation: &str) -> String {
    format!("channel_problem:{cancellation}")
}

/// The key of the entry about a cancellation that waits. A cancellation that waits again is told again.
fn undecided_key(cancellation: &ChannelCancellation) -> String {
    doubt_key("channel_undecided", cancellation)
}

/// The key of the entry about a cancellation whose answer is not known.
fn uncertain_key(cancellation: &ChannelCancellation) -> String {
    doubt_key("channel_uncertain", cancellation)
}

/// The key of what is told once in each round of sending the cancellation. It fits into its 128 characters.
fn doubt_key(matter: &str, cancellation: &ChannelCancellation) -> String {
    let id = &cancellation.id;
    match cancellation.put_back {
        0 => format!("{matter}:{id}"),
        rounds => format!("{matter}:{id}:{rounds}"),
    }
}

/// What was told about the cancellation in this round and in the one before.
fn doubts(
    cancellation: &ChannelCancellation,
    key: fn(&ChannelCancellation) -> String,
    why: &str,
) -> Vec<SettledProblem> {
    let mut before = cancellation.clone();
    before.put_back -= 1;
    let rounds = [
        Some(cancellation.clone()),
        (before.put_back >= 0).then_some(before),
    ];
    rounds.iter().flatten().map(|it| over(key(it), why)).collect()
}
