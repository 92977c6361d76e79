//! How much is taken from one caller.

use chrono::TimeDelta;
use clap::Args;
use countermand_app::{Lockout, RequestLimits};
use ipnet::IpNet;

#[derive(Debug, Args)]
pub(crate) struct LimitArgs {
    /// Requests a minute that are taken from one network address; 0 for any number.
    #[arg(long, env = "RATE_LIMIT_PER_MINUTE", default_value_t = 1200)]
    rate_limit_per_minute: u32,
    /// Mutations a minute that are taken from one customer or member of staff, or from one address of others, and
    /// cancellations from one address; 0 for any number.
    #[arg(long, env = "RATE_LIMIT_MUTATIONS_PER_MINUTE", default_value_t = 120)]
    rate_limit_mutations_per_minute: u32,
    /// Addresses or networks of proxies whose `X-Forwarded-For` is believed, with commas between them.
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Failed sign-ins that lock an account for a while; 0 for never.
    #[arg(long, env = "LOCKOUT_ATTEMPTS", default_value_t = 10)]
    lockout_attempts: u32,
    /// Failed sign-ins from one network address after which nobody signs in from there for a while; 0 for never.
    #[arg(long, env = "LOCKOUT_ADDRESS_ATTEMPTS", default_value_t = 100)]
    lockout_address_attempts: u32,
    /// Minutes that failed sign-ins are counted, and that an account stays locked.
    #[arg(long, env = "LOCKOUT_MINUTES", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1440))]
    lockout_minutes: u32,
    /// Tell nobody which addresses have accounts: `isEmailAvailable` is always true.
    #[arg(long, env = "HIDE_ACCOUNTS", value_parser = clap::builder::BoolishValueParser::new())]
    pub(crate) hide_accounts: bool,
}

impl LimitArgs {
    pub(crate) fn lockout(&self) -> Lockout {
        Lockout {
            attempts: self.lockout_attempts,
            attempts_per_address: self.lockout_address_attempts,
            wait: TimeDelta::minutes(self.lockout_minutes.into()),
        }
    }

    pub(crate) fn request_limits(&self) -> RequestLimits {
        RequestLimits {
            per_address: self.rate_limit_per_minute,
            mutations_per_viewer: self.rate_limit_mutations_per_minute,
        }
    }
}

/// `192.0.2.0/24`, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = || text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| "use addresses or networks such as 192.0.2.7 and 10.0.0.0/8".into())
}
