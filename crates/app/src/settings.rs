//! The settings of an installation, and the value of each in an installation that sets none.

use chrono::TimeDelta;

use crate::accounts::access_token::CUSTOMER_TOKEN_HOURS;
use crate::accounts::lockout::Lockout;
use crate::accounts::password_hashing::PasswordCost;
use crate::accounts::request_limit::RequestLimits;
use crate::tidy::MET_JOBS_KEPT_DAYS;

/// The settings of an installation, which hold for all its stores.
#[derive(Debug, Clone, Copy)]
pub struct AppSettings {
    /// How long a customer stays signed in.
    pub customer_token_lifetime: TimeDelta,
    /// How many failed sign-ins lock an account or an address.
    pub lockout: Lockout,
    /// The cost of hashing a new password.
    pub password_cost: PasswordCost,
    /// How many requests each caller may send.
    pub request_limits: RequestLimits,
    /// Whether the API hides which addresses have accounts, also from a storefront's form for new accounts.
    pub hides_accounts: bool,
    /// How long a job is kept after its effect has happened.
    pub met_jobs_kept: TimeDelta,
}

impl Default for AppSettings {
    /// Customers stay signed in for [`CUSTOMER_TOKEN_HOURS`], requests are not limited, and finished jobs are kept for
    /// [`MET_JOBS_KEPT_DAYS`].
    fn default() -> Self {
        Self {
            customer_token_lifetime: TimeDelta::hours(CUSTOMER_TOKEN_HOURS.into()),
            lockout: Lockout::default(),
            password_cost: PasswordCost::default(),
            request_limits: RequestLimits::default(),
            hides_accounts: false,
            met_jobs_kept: TimeDelta::days(MET_JOBS_KEPT_DAYS.into()),
        }
    }
}
