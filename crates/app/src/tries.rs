//! What may be tried how often: counted in the database, so that replicas and aliases do not help.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use countermand_domain::{OrderId, WebsiteNumber};
use countermand_persistence::RateLimit;

use crate::App;
use crate::access_token::hash_token;
use crate::error::AppError;

/// Wrong confirmation keys for an order, and from an address, in an hour.
const MOST_KEYS: i64 = 10;
/// Mails with a confirmation key for an order in an hour.
const MOST_KEY_MAILS: i64 = 3;
/// Links to a new password for an account in an hour.
const MOST_RESET_MAILS: i64 = 3;
/// Tokens for a new password tried for an account in an hour.
const MOST_RESETS: i64 = 10;
/// Of each of the two from a network in an hour: a shop's own server may speak for many.
const MOST_RESETS_FROM: i64 = 100;
/// Addresses looked up from a network in an hour.
const MOST_ADDRESS_CHECKS: i64 = 300;
const HOUR: TimeDelta = TimeDelta::hours(1);

impl App {
    /// Counts a try before it is made; [`AppError::RateLimited`] when there was one too many. Limits of 0 are none.
    ///
    /// First comes the limit of whoever tries: once it is reached, the others are left alone, so that nobody can use
    /// them up for somebody else.
    pub(crate) async fn count_try(&self, limits: &[RateLimit]) -> Result<(), AppError> {
        let now = self.now();
        for limit in limits.iter().filter(|limit| limit.most > 0) {
            if let Some(until) = self.store().count_try(std::slice::from_ref(limit), now).await? {
                return Err(AppError::RateLimited {
                    retry_after: until - now,
                });
            }
        }
        Ok(())
    }

    /// Throws away tries that no longer count, tokens that are no longer good, and jobs that were met long ago; says
    /// how many.
    pub async fn tidy(&self) -> Result<u64, AppError> {
        let tries = self.store().forget_old_tries(self.now()).await?;
        let resets = self.store().forget_old_password_resets(self.now()).await?;
        Ok(tries + resets + self.forget_met_obligations().await?)
    }

    /// Failed sign-ins of an account, whether it exists or not.
    pub(crate) fn sign_ins_of(&self, website: WebsiteNumber, email: &str) -> RateLimit {
        let lockout = self.settings().lockout;
        RateLimit {
            name: format!("sign_in:{}", account(website, email)),
            most: lockout.attempts.into(),
            window: lockout.wait,
        }
    }

    /// Failed sign-ins from a network, whatever the account.
    pub(crate) fn sign_ins_from(&self, origin: &str) -> RateLimit {
        let lockout = self.settings().lockout;
        RateLimit {
            name: format!("sign_in_from:{}", network_of(origin)),
            most: lockout.attempts_per_address.into(),
            window: lockout.wait,
        }
    }
}

/// A name of limited length for an account, from which nobody reads an address.
fn account(website: WebsiteNumber, email: &str) -> String {
    URL_SAFE_NO_PAD.encode(hash_token(&format!("{}:{email}", website.0)))
}

/// Links to a new password asked for: from a network, and for an account, whether it exists or not.
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

/// Tokens for a new password tried: from a network, and for an account, whether it exists or not.
pub(crate) fn resets(website: WebsiteNumber, email: &str, origin: &str) -> [RateLimit; 2] {
    let account = account(website, email);
    [
        limit(format!("reset_from:{}", network_of(origin)), MOST_RESETS_FROM),
        limit(format!("reset:{account}"), MOST_RESETS),
    ]
}

/// Addresses looked up from a network.
pub(crate) fn address_checks_from(origin: &str) -> RateLimit {
    limit(
        format!("email_check_from:{}", network_of(origin)),
        MOST_ADDRESS_CHECKS,
    )
}

/// Confirmation keys tried for an order.
pub(crate) fn keys_of(order: OrderId) -> RateLimit {
    limit(format!("guest_key:{}", order.number()), MOST_KEYS)
}

/// Confirmation keys tried from a network.
pub(crate) fn keys_from(origin: &str) -> RateLimit {
    limit(format!("guest_key_from:{}", network_of(origin)), MOST_KEYS)
}

/// Mails with a confirmation key for an order.
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

/// The network that `origin` is one of: the address itself, or the 64 bits before an IPv6 host, of which anybody has
/// as many as they like.
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
