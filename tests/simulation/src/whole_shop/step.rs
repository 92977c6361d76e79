//! What was done since the books were read.

use super::act::Act;
use super::choice::Course;
use super::requests::Alone;

/// What was done since the books were read.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) ran: Ran,
    /// How many changes of the order were answered as done.
    pub(super) acknowledged: i64,
    pub(super) has_refusal: bool,
    /// Whether staff changed the account at the provider.
    pub(super) changes_account: bool,
}

/// What ran.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Ran {
    /// Anything else, or several acts.
    #[default]
    Other,
    /// One command without a key, which changes the order once or not at all.
    Command,
    /// One command with an idempotency key.
    Request(Alone),
    /// A worker to its end.
    Work,
}

impl Ran {
    /// What runs where `act`, with the key of the request `alone`, takes this course.
    pub(super) fn of(act: &Act, alone: Option<Alone>, course: &Course) -> Self {
        match alone {
            Some(alone) => Self::Request(alone),
            None if *act == Act::Work && *course == Course::Plain => Self::Work,
            None if act.is_one_change() && !matches!(course, Course::Races { .. }) => Self::Command,
            None => Self::Other,
        }
    }
}

impl Step {
    /// What does not hold where the order has changed so often.
    pub(super) fn broken(&self, changes: i64) -> Option<String> {
        let (acknowledged, has_refusal) = (self.acknowledged, self.has_refusal);
        if changes < acknowledged {
            return Some(format!(
                "{acknowledged} changes were answered as done, and {changes} are there"
            ));
        }
        let most = i64::from(!has_refusal);
        let is_too_much = matches!(self.ran, Ran::Command) && changes > most;
        is_too_much
            .then(|| format!("a command changed the order {changes} times, and was refused: {has_refusal}"))
    }
}
