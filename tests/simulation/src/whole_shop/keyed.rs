//! Commands with an idempotency key. The key is claimed before the command runs, and its answer is kept, as the API
//! does.

use countermand_app::idempotency::{HeldKey, KeyedRequest, KeyedStart};
use countermand_app::{AppError, Caller, Viewer};
use countermand_domain::IdempotencyKey;

use super::act::{Act, Answer, Callers, Desk};

/// The refusal of a key that belongs to a command with another input.
pub(super) const REUSED: &str = "IDEMPOTENCY_KEY_REUSED";
/// The refusal of a key whose command runs at the moment.
const IN_USE: &str = "IDEMPOTENCY_KEY_IN_USE";
/// A refusal that passes by itself, so it is not kept.
const IN_PROGRESS: &str = "IN_PROGRESS";
/// The name under which keys of all commands are kept.
const OPERATION: &str = "command";

/// A command with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keyed {
    /// Which of the requests of the history it is.
    pub(super) number: usize,
    pub(super) key: String,
    pub(super) act: Act,
    /// Whether the key comes with another input than before.
    pub(super) is_other: bool,
}

/// Whether a command is told that another attempt uses its key.
pub(super) fn is_in_use(outcome: &Result<Answer, AppError>) -> bool {
    matches!(outcome, Ok(Answer::Refused(code)) if code == IN_USE)
}

impl Keyed {
    /// The input as text.
    fn text(&self) -> String {
        format!("{:?}, another input: {}", self.act, self.is_other)
    }
}

impl Callers {
    /// The same callers in a request that holds `key`.
    fn with_key(&self, key: &HeldKey) -> Self {
        let with_key = |viewer: &Viewer| Viewer {
            key: Some(key.clone()),
            ..viewer.clone()
        };
        Self {
            staff: with_key(&self.staff),
            buyer: with_key(&self.buyer),
        }
    }

    /// Who sends the command `act`.
    fn sender_of(&self, act: &Act) -> &Viewer {
        match act {
            Act::CancelAsBuyer { .. } | Act::Withdraw | Act::Request { by_staff: false, .. } => &self.buyer,
            _ => &self.staff,
        }
    }
}

impl Desk {
    /// Sends a command with a key.
    pub(super) async fn keyed(&self, sent: &Keyed) -> Result<Answer, AppError> {
        let key = IdempotencyKey::new(&sent.key).expect("a key");
        let sender = self.callers.sender_of(&sent.act);
        let is_guest = matches!(sender.caller, Caller::Anonymous);
        let asked = KeyedRequest {
            key: &key,
            operation: OPERATION,
            proof: is_guest.then_some(self.token.as_str()),
            text: &sent.text(),
        };
        match self.app.begin_keyed(sender, &asked).await? {
            KeyedStart::Run(key) => self.run_held(&key, &sent.act).await,
            KeyedStart::Repeat(answer) => Ok(Answer::Kept(answer)),
            KeyedStart::Reused => Ok(Answer::Refused(REUSED.to_owned())),
            KeyedStart::InUse => Ok(Answer::Refused(IN_USE.to_owned())),
        }
    }

    /// Runs a command that holds its key. Its refusal may come from the change of the attempt before, which then is the
    /// answer.
    async fn run_held(&self, key: &HeldKey, act: &Act) -> Result<Answer, AppError> {
        let mut outcome = self.command(act, &self.callers.with_key(key)).await;
        if key.is_taken_over()
            && matches!(outcome, Ok(Answer::Refused(_)))
            && let Some(changed) = self.app.changed_meanwhile(key).await?
        {
            outcome = self.command(act, &self.callers.with_key(&changed)).await;
        }
        match outcome {
            Ok(answer) if answer != Answer::Refused(IN_PROGRESS.to_owned()) => self.keep(key, &answer).await,
            passing => {
                // A key that cannot be given back stays held until its lease ends.
                let _ = self.app.release_key(key).await;
                passing
            }
        }
    }

    /// Keeps an answer with a number of its own, so that a second answer to the same request differs from the first
    /// one.
    async fn keep(&self, key: &HeldKey, answer: &Answer) -> Result<Answer, AppError> {
        let number = self.kept_answers.get() + 1;
        self.kept_answers.set(number);
        let kept = self
            .app
            .keep_answer(key, format!("{answer:?} in answer {number}"));
        Ok(match kept.await? {
            Some(text) => Answer::Kept(text),
            None => Answer::Refused(IN_USE.to_owned()),
        })
    }
}
