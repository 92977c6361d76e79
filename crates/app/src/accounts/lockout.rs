//! How many failed sign-ins lock an account, or the sign-ins from a network. `sign_in.rs` counts them, and refuses
//! further ones. For how long a sign-in is valid stands in `access_token.rs`.

use chrono::TimeDelta;
use countermand_domain::WebsiteNumber;
use countermand_persistence::RateLimit;

use crate::App;
use crate::accounts::network::network_of;
use crate::accounts::tries::account_name;

/// How many sign-ins may fail, counted over all replicas (`docs/contract.md` section 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lockout {
    /// How many sign-ins may fail for one account; 0 means any number.
    pub attempts: u32,
    /// How many sign-ins may fail from one network address, for all accounts together; 0 means any number.
    pub attempts_per_address: u32,
    /// How long failed sign-ins are counted, and how long sign-ins are locked after too many of them.
    pub wait: TimeDelta,
}

impl Default for Lockout {
    /// 10 failures lock sign-ins for 10 minutes, as by Adobe's default.
    fn default() -> Self {
        Self {
            attempts: 10,
            attempts_per_address: 100,
            wait: TimeDelta::minutes(10),
        }
    }
}

impl App {
    /// The limit of failed sign-ins of an account, whether the account exists or not.
    pub(crate) fn sign_ins_of(&self, website: WebsiteNumber, email: &str) -> RateLimit {
        let lockout = self.settings().lockout;
        RateLimit {
            name: format!("sign_in:{}", account_name(website, email)),
            most: lockout.attempts.into(),
            window: lockout.wait,
        }
    }

    /// The limit of failed sign-ins from a network, for all accounts together.
    pub(crate) fn sign_ins_from(&self, origin: &str) -> RateLimit {
        let lockout = self.settings().lockout;
        RateLimit {
            name: format!("sign_in_from:{}", network_of(origin)),
            most: lockout.attempts_per_address.into(),
            window: lockout.wait,
        }
    }
}
