//! The promises about the account at the provider: it pauses itself and staff is told when its key is refused, and
//! nothing is sent while it is paused.

use crate::ledger::KeyUse;

/// The account as the shop's database has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AccountState {
    pub(super) is_paused: bool,
    /// Whether it paused itself, because the provider refused its key.
    pub(super) is_refused: bool,
    /// How many open obligations tell staff of it.
    pub(super) told: i64,
}

/// What happened to the account in a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct AccountStep {
    pub(super) before: AccountState,
    pub(super) after: AccountState,
    /// What the provider got.
    pub(super) sent: KeyUse,
    /// Whether a worker ran to its end, and nothing else did.
    pub(super) is_work: bool,
    /// Whether staff changed the account.
    pub(super) is_changed: bool,
}

impl AccountStep {
    /// What does not hold.
    pub(super) fn broken(self) -> Vec<String> {
        let (after, sent) = (self.after, self.sent);
        let mut broken = Vec::new();
        if after.is_refused && (!after.is_paused || after.told == 0) {
            broken.push(format!("the key of the account is refused: {after:?}"));
        }
        if !after.is_paused && after.told > 0 {
            broken.push(format!(
                "staff is told of an account that is not paused: {after:?}"
            ));
        }
        if self.is_work && sent.refused > 0 && (sent.refused > 1 || !after.is_paused) {
            let refused = sent.refused;
            broken.push(format!("the key was refused {refused} times: {after:?}"));
        }
        if self.before.is_paused && after.is_paused && !self.is_changed && sent.calls > 0 {
            let calls = sent.calls;
            broken.push(format!("the account is paused, and {calls} calls were made"));
        }
        broken
    }
}
