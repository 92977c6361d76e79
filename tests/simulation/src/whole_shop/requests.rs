//! The commands that were sent with an idempotency key. A repetition changes nothing again and gets the same answer,
//! and another input under the key is refused.

use countermand_app::AppError;

use super::act::{Act, Answer};
use super::choice::Course;
use super::keyed::{Keyed, REUSED, is_in_use};
use crate::dice::Dice;

/// How often a known request is sent with another input, in percent.
const OTHER_INPUT: u32 = 25;

/// The requests of a history, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Requests(Vec<Request>);

#[derive(Debug)]
struct Request {
    key: String,
    act: Act,
    /// The answer that the sender got; none so far.
    answer: Option<String>,
    /// How many changes of the order it made, as far as that is known.
    changes: i64,
    /// Whether the key was said to be in use when the request was sent last.
    is_in_use: bool,
}

/// The only request that runs in a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alone {
    number: usize,
    /// Whether it may change nothing: it was answered before.
    is_repetition: bool,
}

/// What an outcome says about a request.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// Whether a change was answered as done that was not counted before.
    pub(super) is_new_change: bool,
    pub(super) broken: Option<String>,
}

impl Requests {
    /// The command `act` with a key of its own.
    pub(super) fn begin(&mut self, seed: u64, act: Act) -> Act {
        let number = self.0.len();
        self.0.push(Request {
            key: format!("{seed}-{number}"),
            act,
            answer: None,
            changes: 0,
            is_in_use: false,
        });
        self.sent(number, false)
    }

    /// A known request again, now and then with another input; none before the first one. Only an answer keeps a key
    /// for sure, so before it no other input is sent.
    pub(super) fn again(&self, dice: &mut Dice) -> Option<Act> {
        let numbers: Vec<usize> = (0..self.0.len()).collect();
        let number = dice.any(&numbers)?;
        let is_other = dice.percent(OTHER_INPUT) && self.0[number].answer.is_some();
        Some(self.sent(number, is_other))
    }

    /// The requests that have no answer, to be sent again.
    pub(super) fn unanswered(&self) -> Vec<Act> {
        self.sent_where(|request| request.answer.is_none())
    }

    /// The requests that have an answer, to be sent again.
    pub(super) fn answered(&self) -> Vec<Act> {
        self.sent_where(|request| request.answer.is_some())
    }

    fn sent_where(&self, is_wanted: impl Fn(&Request) -> bool) -> Vec<Act> {
        let numbers = (0..self.0.len()).filter(|number| is_wanted(&self.0[*number]));
        numbers.map(|number| self.sent(number, false)).collect()
    }

    fn sent(&self, number: usize, is_other: bool) -> Act {
        let request = &self.0[number];
        Act::Keyed(Box::new(Keyed {
            number,
            key: request.key.clone(),
            act: request.act.clone(),
            is_other,
        }))
    }

    /// The request that runs alone where `act` takes this course; none where something else runs.
    pub(super) fn alone(&self, act: &Act, course: &Course) -> Option<Alone> {
        let Act::Keyed(sent) = act else {
            return None;
        };
        if let Course::Races { other, .. } = course
            && !matches!(other, Act::Keyed(other) if other.number == sent.number)
        {
            return None;
        }
        Some(Alone {
            number: sent.number,
            is_repetition: self.0[sent.number].answer.is_some(),
        })
    }

    /// Records what became of a request. `is_alone` says that nothing else runs in the step.
    pub(super) fn note(&mut self, sent: &Keyed, outcome: &Result<Answer, AppError>, is_alone: bool) -> Noted {
        let request = &mut self.0[sent.number];
        request.is_in_use = is_in_use(outcome);
        let is_reused = matches!(outcome, Ok(Answer::Refused(code)) if code == REUSED);
        let Ok(answer) = outcome else {
            return Noted::default();
        };
        if is_reused != sent.is_other || (request.is_in_use && request.answer.is_some()) {
            return Noted::broken(format!("the key {} got {answer:?}", sent.key));
        }
        let Answer::Kept(text) = answer else {
            return Noted::default();
        };
        if let Some(first) = request.answer.as_ref().filter(|first| *first != text) {
            return Noted::broken(format!(
                "the key {} got the answers `{first}` and `{text}`",
                sent.key
            ));
        }
        let is_first = request.answer.is_none();
        request.answer = Some(text.clone());
        let is_new_change =
            is_first && answer.is_done() && request.act.is_one_change() && request.changes == 0;
        if is_new_change && !is_alone {
            request.changes = 1;
        }
        Noted {
            is_new_change,
            broken: None,
        }
    }

    /// Counts the `changes` of the order in a step in which one request ran; gives what does not hold.
    pub(super) fn count(&mut self, alone: Alone, changes: i64) -> Option<String> {
        let request = &mut self.0[alone.number];
        let key = &request.key;
        if alone.is_repetition && changes > 0 {
            return Some(format!("a repetition with the key {key} changed the order"));
        }
        request.changes += changes;
        if !request.act.is_one_change() {
            return None;
        }
        let made = request.changes;
        if made > 1 {
            return Some(format!("the order was changed {made} times with the key {key}"));
        }
        let answer = request.answer.as_deref().filter(|text| !is_done(text));
        let refused = answer.filter(|_| made > 0);
        refused.map(|text| format!("the order was changed with the key {key}, which is answered with {text}"))
    }

    /// The requests whose keys are still said to be in use.
    pub(super) fn in_use(&self) -> impl Iterator<Item = String> {
        let in_use = self.0.iter().filter(|request| request.is_in_use);
        in_use.map(|request| format!("the key {} is still in use", request.key))
    }
}

impl Noted {
    fn broken(problem: String) -> Self {
        Self {
            is_new_change: false,
            broken: Some(problem),
        }
    }
}

impl Answer {
    /// Whether the command was carried out.
    fn is_done(&self) -> bool {
        match self {
            Self::Done => true,
            Self::Refused(_) => false,
            Self::Kept(text) => is_done(text),
        }
    }
}

/// Whether this is the kept answer to a command that was carried out.
fn is_done(text: &str) -> bool {
    text.starts_with("Done")
}
