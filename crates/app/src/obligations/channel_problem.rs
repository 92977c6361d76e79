//! The obligation to look at a sales channel: a cancellation did not succeed there, the buyer asked for one, or the
//! channel refuses the credentials.

use serde::{Deserialize, Serialize};

use super::{Attempt, Obligation, Outcome, Ports};
use crate::App;

/// What staff must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChannelProblem {
    /// The name of the channel.
    pub(crate) channel: String,
    /// The channel's number of the order; none where the problem is about the channel as a whole.
    pub(crate) number: Option<String>,
    /// What happened.
    pub(crate) matter: ChannelMatter,
    /// The channel's words; empty where it gave none.
    pub(crate) problem: String,
}

/// What happened at a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChannelMatter {
    /// The channel refused to cancel.
    Refused,
    /// The order was shipped before the channel could cancel it.
    TooLate,
    /// It is not known whether the channel cancels.
    Uncertain,
    /// The cancellation waits to be sent or to be decided for too long.
    Undecided,
    /// The buyer asked at the channel to cancel the order.
    Request,
    /// The channel canceled the order, and the shop has shipped it.
    ShippedHere,
    /// The channel shows the order in a way that cannot be read.
    Unreadable,
    /// The channel refuses the credentials.
    Access,
}

impl ChannelProblem {
    /// The problem in words.
    pub(crate) fn text(&self) -> String {
        let place = match &self.number {
            Some(number) => format!("order {number} of {}", self.channel),
            None => self.channel.clone(),
        };
        let what = match self.matter {
            ChannelMatter::Refused => "the channel refused to cancel it",
            ChannelMatter::TooLate => "it was shipped before the channel could cancel it",
            ChannelMatter::Uncertain => "it is not known whether the channel cancels it: look there",
            ChannelMatter::Undecided => "the channel has not decided about its cancellation for a while",
            ChannelMatter::Request => "the buyer asked at the channel to cancel it",
            ChannelMatter::ShippedHere => "the channel canceled it, and a parcel of it leaves here",
            ChannelMatter::Unreadable => "it cannot be read, so its changes are not known here",
            ChannelMatter::Access => "the channel refuses the credentials",
        };
        match self.problem.as_str() {
            "" => format!("{place}: {what}"),
            problem => format!("{place}: {what} ({problem})"),
        }
    }
}

impl Obligation for ChannelProblem {
    const IS_BOOKED: bool = true;
    const IS_MET_BY_STAFF: bool = true;

    async fn meet(&self, _: &App, _: &Ports<'_>, _: &Attempt) -> Outcome {
        Outcome::NeedsAttention { why: self.text() }
    }
}
