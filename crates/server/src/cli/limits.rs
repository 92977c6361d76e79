//! The options that limit how many requests one caller may send.

use chrono::TimeDelta;
use clap::Args;
use countermand_app::{Lockout, RequestLimits};
use ipnet::IpNet;

#[derive(Debug, Args)]
pub(crate) struct LimitArgs {
    /// Largest number of requests per minute from one network address; 0 for no limit.
    #[arg(long, env = "RATE_LIMIT_PER_MINUTE", default_value_t = 1200)]
    rate_limit_per_minute: u32,
    /// Largest number of mutations per minute of one customer or member of staff, or of one network address without a
    /// sign-in, and of cancellations from one network address; 0 for no limit.
    #[arg(long, env = "RATE_LIMIT_MUTATIONS_PER_MINUTE", default_value_t = 120)]
    rate_limit_mutations_per_minute: u32,
    /// Addresses or networks of the proxies whose header `X-Forwarded-For` is trusted, separated by commas.
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Failed sign-ins after which an account is locked for a while; 0 for never.
    #[arg(long, env = "LOCKOUT_ATTEMPTS", default_value_t = Lockout::default().attempts)]
    lockout_attempts: u32,
    /// Failed sign-ins after which a network address is locked for a while; 0 for never.
    #[arg(long, env = "LOCKOUT_ADDRESS_ATTEMPTS", default_value_t = Lockout::default().attempts_per_address)]
    lockout_address_attempts: u32,
    /// Minutes for which failed sign-ins are counted, and for which a lock holds.
    #[arg(long, env = "LOCKOUT_MINUTES", default_value_t = Lockout::default().wait.num_minutes(), value_parser = clap::value_parser!(i64).range(1..=1440))]
    lockout_minutes: i64,
    /// Hide which e-mail addresses have accounts: `isEmailAvailable` is always true.
    #[arg(long, env = "HIDE_ACCOUNTS", value_parser = clap::builder::BoolishValueParser::new())]
    pub(crate) hide_accounts: bool,
}

impl LimitArgs {
    pub(crate) fn lockout(&self) -> Lockout {
        Lockout {
            attempts: self.lockout_attempts,
            attempts_per_address: self.lockout_address_attempts,
            wait: TimeDelta::minutes(self.lockout_minutes),
        }
    }

    pub(crate) fn request_limits(&self) -> RequestLimits {
        RequestLimits {
            per_address: self.rate_limit_per_minute,
            mutations_per_viewer: self.rate_limit_mutations_per_minute,
        }
    }
}

/// Reads a network such as `192.0.2.0/24`, or a single address.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = || text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| "use addresses or networks such as 192.0.2.7 and 10.0.0.0/8".into())
}
