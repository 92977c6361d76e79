//! What goes wrong with the provider's calls, by chance.

use chrono::TimeDelta;
use countermand_app::ports::ProviderError;

use super::{Ledger, Profile};
use crate::dice::Dice;

/// The share of the provider's calls that go wrong, in percent.
pub(super) const FAULTS: u32 = 30;
/// The share of the histories with a slow network, in percent.
const SLOW: u32 = 25;
/// The longest way of a late request, in minutes: more than a day, and less than an hour more.
const LATEST: i64 = 1_470;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing was sent.
    Unavailable,
    /// The provider asks for patience.
    Throttle,
    /// The connection ends before the provider acts.
    LoseRequest,
    /// The connection ends after the provider acted.
    LoseAnswer,
    /// The request arrives minutes or a day after the connection ended.
    ArriveLate,
    /// The provider keeps a failure of its own under the key, and does not act.
    StoreFailureBefore,
    /// The provider acts, and keeps a failure of its own under the key.
    StoreFailureAfter,
}

/// Whether the network is slow in a history. Then all that goes wrong with requests is that they arrive a day late, so
/// that a look-up a day after the request finds nothing. A provider that keeps its keys for longer recognizes a request
/// however late it is.
pub(super) fn is_slow(profile: Profile, dice: &mut Dice) -> bool {
    profile == Profile::Likely && dice.percent(SLOW)
}

impl Ledger {
    /// What goes wrong with the next request; none in most cases.
    pub(super) fn fault(&mut self) -> Option<Fault> {
        if !self.dice.percent(self.faults) {
            return None;
        }
        if self.is_slow {
            return Some(Fault::ArriveLate);
        }
        let fault = self.dice.one_of(&[
            Fault::Unavailable,
            Fault::Throttle,
            Fault::LoseRequest,
            Fault::LoseRequest,
            Fault::LoseAnswer,
            Fault::LoseAnswer,
            Fault::ArriveLate,
            Fault::StoreFailureBefore,
            Fault::StoreFailureAfter,
        ]);
        let is_stored = matches!(fault, Fault::StoreFailureBefore | Fault::StoreFailureAfter);
        // Only some providers keep their failures.
        let is_played = !is_stored || self.profile == Profile::Likely;
        Some(if is_played { fault } else { Fault::LoseAnswer })
    }

    /// How long a late request is on its way.
    pub(super) fn way(&mut self) -> TimeDelta {
        let minutes = match self.profile {
            Profile::Likely if self.is_slow => LATEST,
            Profile::Likely => self.dice.one_of(&[5, 40, LATEST]),
            Profile::Certain | Profile::Told => self.dice.one_of(&[5, 40]),
        };
        TimeDelta::minutes(minutes)
    }

    /// Lets a call that only reads go wrong now and then.
    pub(super) fn fail_to_read(&mut self) -> Result<(), ProviderError> {
        if !self.dice.percent(self.faults / 3) {
            return Ok(());
        }
        Err(if self.dice.percent(50) {
            ProviderError::Unavailable("no connection".to_owned())
        } else {
            ProviderError::Unknown("the answer cannot be read".to_owned())
        })
    }
}
