//! Limits how often callers may try. Tries are counted in the database,
//! so replicas and GraphQL aliases do not raise the limits.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use countermand_domain::{OrderId, WebsiteNumber};
use countermand_persistence::RateLimit;

use crate::App;
use crate::accounts::access_token::hash_token;
use crate::error::AppError;

/// The most wrong confirmation keys for an order, and from a network address, in an hour.
const MOST_KEYS: i64 = 10;
/// The most mails with a confirmation key for an order in an hour.
const MOST_KEY_MAILS: i64 = 3;
/// The most links to a new password for an account in an hour.
const MOST_RESET_MAILS: i64 = 3;
/// The most tokens for a new password that may be tried for an account in an hour.
const MOST_RESETS: i64 = 10;
/// The most links and the most tokens from a network in an hour: a
/// shop's own server may send requests for many customers.
const MOST_RESETS_FROM: i64 = 100;
/// The most e-mail addresses that a network may look up in an hour.
const MOST_ADDRESS_CHECKS: i64 = 300;
const HOUR: TimeDelta = TimeDelta::hours(1);

impl App {
    /// Counts a try before it is made; fails with [`AppError::RateLimited`]
    /// when the limit is passed. A limit of 0 means any number.
    ///
    /// The caller's own limit comes first. Once it is reached, the other limits
    /// are not counted, so a caller cannot use up the tries of another person.
    pub(crate) async fn count_try(&self, limits: &[RateLimit]) -> Result<(), AppError> {
        let now = self.now();
        for limit in limits.iter().filter(|limit| limit.most > 0) {
            if let Some(until) = self
                .database()
                .count_try(std::slice::from_ref(limit), now)
                .await?
            {
                return Err(AppError::RateLimited {
                    retry_after: until - now,
                });
            }
        }
        Ok(())
    }

    /// Deletes tries that no longer count, expired tokens, and jobs
    /// that were met long ago. Returns how many it deleted.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let tries = self.database().forget_old_tries(self.now()).await?;
        let resets = self.database().forget_old_password_resets(self.now()).await?;
        Ok(tries + resets + self.forget_met_obligations().await?)
    }

    /// The limit of failed sign-ins of an account, whether the account exists or not.
    pub(crate) fn sign_ins_of(&self, website: WebsiteNumber, email: &str) -> RateLimit {
        let lockout = self.settings().lockout;
        RateLimit {
            name: format!("sign_in:{}", account(website, email)),
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

/// A name of limited length for an account, which does not reveal the e-mail address.
fn account(website: WebsiteNumber, email: &str) -> String {
    URL_SAFE_NO_PAD.encode(hash_token(&format!("{}:{email}", website.0)))
}

/// The limits of links to a new password: from a network, and for an account, whether the account exists or not.
pub(crate) fn reset_mails(website: WebsiteNumber, email: &str, origin: &str) -> [RateLimit; 2] {
    let account = account(website, email);
    [
        limit(
            format!("reset_mail_from:{}", network_of(origin)),
            MOST_RESETS_FROM,
        ),
        limit(format!("reset_mail:{account}"), MOST_RESET_MAILS),
    ]
}

/// The limits of tried tokens for a new password: from a network, and for an account, whether it exists or not.
pub(crate) fn resets(website: WebsiteNumber, email: &str, origin: &str) -> [RateLimit; 2] {
    let account = account(website, email);
    [
        limit(format!("reset_from:{}", network_of(origin)), MOST_RESETS_FROM),
        limit(format!("reset:{account}"), MOST_RESETS),
    ]
}

/// The limit of looked-up e-mail addresses from a network.
pub(crate) fn address_checks_from(origin: &str) -> RateLimit {
    limit(
        format!("email_check_from:{}", network_of(origin)),
        MOST_ADDRESS_CHECKS,
    )
}

/// The limit of confirmation keys tried for an order.
pub(crate) fn keys_of(order: OrderId) -> RateLimit {
    limit(format!("guest_key:{}", order.number()), MOST_KEYS)
}

/// The limit of confirmation keys tried from a network.
pub(crate) fn keys_from(origin: &str) -> RateLimit {
    limit(format!("guest_key_from:{}", network_of(origin)), MOST_KEYS)
}

/// The limit of mails with a confirmation key for an order.
pub(crate) fn key_mails_of(order: OrderId) -> RateLimit {
    limit(format!("guest_key_mail:{}", order.number()), MOST_KEY_MAILS)
}

fn limit(name: String, most: i64) -> RateLimit {
    RateLimit {
        name,
        most,
        window: HOUR,
    }
}

/// The network of `origin`: the address itself, or the first 64 bits of an
/// IPv6 address, because one caller can use any number of IPv6 addresses.
pub(crate) fn network_of(origin: &str) -> String {
    match origin.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => origin.chars().take(64).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_and_a_v6_host_is_its_network() {
        assert_eq!(network_of("192.0.2.7"), "192.0.2.7");
        assert_eq!(network_of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:2::8"));
        assert_ne!(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:3::9"));
        assert_eq!(network_of(&"x".repeat(1000)).len(), 64);
    }
}
