//! The file of the configuration that names the sales channels. Secrets stand elsewhere: the file names the variable or
//! the file that holds each one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use countermand_app::Env;
use countermand_app::channels::{Channels, ConfiguredChannel};
use countermand_app::ports::SalesChannel;
use countermand_domain::NO_CHANNEL;
use reqwest::Url;
use serde::Deserialize;
use thiserror::Error;

use super::amazon::{
    AmazonChannel, AmazonCredentials, AmazonRegion, AmazonSettings, AmazonSetupError, CancelBy, Secret,
    TOKEN_ADDRESS,
};
use super::buy_with_prime;
use super::buy_with_prime::{
    API_ADDRESS, BuyWithPrimeChannel, BuyWithPrimeCredentials, BuyWithPrimeSettings, WatchedOrders,
};
use super::http::{HttpChannel, HttpChannelSettings, HttpChannelSetupError};

/// The longest name of a channel.
const LONGEST_NAME: usize = 32;
/// The most minutes between two readings: a day.
const MOST_MINUTES: u32 = 24 * 60;
/// The most days that the first reading goes back.
const MOST_DAYS: u32 = 90;
/// How long an answer of a channel may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why the file of the sales channels cannot be used. No text holds a secret.
#[derive(Debug, Error)]
pub enum ChannelFileError {
    /// The file cannot be read.
    #[error("cannot read {}: {problem}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
    /// The file is not JSON of the documented form.
    #[error("not the JSON of docs/channels.md: {0}")]
    Form(#[from] serde_json::Error),
    /// A channel of the file cannot be used.
    #[error("channel `{name}`: {why}")]
    Channel {
        /// The name of the channel.
        name: String,
        /// What is wrong.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    channels: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default = "usual_minutes")]
    read_every_minutes: u32,
    #[serde(default = "usual_days")]
    first_reading_days: u32,
    amazon: Option<Amazon>,
    buy_with_prime: Option<BuyWithPrime>,
    http: Option<Http>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amazon {
    region: String,
    seller_id: String,
    client_id: String,
    client_secret: SecretPlace,
    refresh_token: SecretPlace,
    marketplaces: Vec<String>,
    #[serde(default)]
    cancel_by: Option<String>,
    #[serde(default)]
    api: Option<String>,
    #[serde(default)]
    token_address: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BuyWithPrime {
    client_id: String,
    client_secret: SecretPlace,
    target_id: String,
    #[serde(default)]
    api: Option<String>,
    #[serde(default)]
    token_address: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Http {
    address: String,
    token: SecretPlace,
}

/// Where a secret is: `{ "env": "NAME" }` or `{ "file": "/run/secrets/name" }`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SecretPlace {
    Env(String),
    File(PathBuf),
}

const fn usual_minutes() -> u32 {
    5
}

const fn usual_days() -> u32 {
    14
}

/// The channels that the file at `path` names. `watched` gives the orders of a channel that lists none by itself.
pub fn read_channels(
    path: &Path,
    env: &Env,
    watched: &dyn Fn(&str) -> Arc<dyn WatchedOrders>,
) -> Result<Channels, ChannelFileError> {
    let text = std::fs::read_to_string(path).map_err(|problem| ChannelFileError::Unreadable {
        path: path.to_owned(),
        problem,
    })?;
    channels_in(&text, env, watched)
}

fn channels_in(
    text: &str,
    env: &Env,
    watched: &dyn Fn(&str) -> Arc<dyn WatchedOrders>,
) -> Result<Channels, ChannelFileError> {
    let file: File = serde_json::from_str(text)?;
    let mut names = HashSet::new();
    let mut channels = Vec::with_capacity(file.channels.len());
    for entry in file.channels {
        let name = entry.name.clone();
        let unusable = |why: String| ChannelFileError::Channel {
            name: name.clone(),
            why,
        };
        if !names.insert(name.clone()) {
            return Err(unusable("another channel of the file has this name".into()));
        }
        channels.push(entry.open(env, watched(&name)).map_err(unusable)?);
    }
    Ok(Channels::new(channels))
}

impl Entry {
    fn open(self, env: &Env, watched: Arc<dyn WatchedOrders>) -> Result<ConfiguredChannel, String> {
        let is_plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
        if !(1..=LONGEST_NAME).contains(&self.name.len()) || !self.name.chars().all(is_plain) {
            return Err("a name has 1 to 32 lower case letters, digits and hyphens".into());
        }
        if self.name == NO_CHANNEL {
            return Err(format!(
                "`{NO_CHANNEL}` means no channel in the rules of a policy"
            ));
        }
        if !(1..=MOST_MINUTES).contains(&self.read_every_minutes) {
            return Err(format!("read_every_minutes must be 1 to {MOST_MINUTES}"));
        }
        if !(1..=MOST_DAYS).contains(&self.first_reading_days) {
            return Err(format!("first_reading_days must be 1 to {MOST_DAYS}"));
        }
        let (kind, adapter): (_, Arc<dyn SalesChannel>) = match (self.amazon, self.buy_with_prime, self.http)
        {
            (Some(amazon), None, None) => ("amazon", Arc::new(amazon.open(env)?)),
            (None, Some(prime), None) => ("buy_with_prime", Arc::new(prime.open(env, watched)?)),
            (None, None, Some(http)) => ("scx", Arc::new(http.open(env)?)),
            _ => return Err("needs one of `amazon`, `buy_with_prime` and `http`".into()),
        };
        Ok(ConfiguredChannel {
            name: self.name,
            kind,
            adapter,
            reads_every: TimeDelta::minutes(self.read_every_minutes.into()),
            first_reading: TimeDelta::days(self.first_reading_days.into()),
        })
    }
}

impl Amazon {
    fn open(self, env: &Env) -> Result<AmazonChannel, String> {
        let region: AmazonRegion = self
            .region
            .parse()
            .map_err(|_| format!("region `{}` is none of na, eu, fe", self.region))?;
        let cancel_by = match self.cancel_by.as_deref() {
            None => CancelBy::default(),
            Some(way) => way
                .parse()
                .map_err(|_| format!("cancel_by `{way}` is none of FEED, OPERATION"))?,
        };
        let settings = AmazonSettings {
            api: address(self.api.as_deref().unwrap_or(region.address()))?,
            token: address(self.token_address.as_deref().unwrap_or(TOKEN_ADDRESS))?,
            credentials: AmazonCredentials {
                seller_id: self.seller_id,
                client_id: self.client_id,
                client_secret: Secret::new(self.client_secret.read()?),
                refresh_token: Secret::new(self.refresh_token.read()?),
            },
            marketplaces: self.marketplaces,
            cancel_by,
            patience: PATIENCE,
        };
        AmazonChannel::new(settings, env.clone()).map_err(|problem: AmazonSetupError| problem.to_string())
    }
}

impl BuyWithPrime {
    fn open(self, env: &Env, watched: Arc<dyn WatchedOrders>) -> Result<BuyWithPrimeChannel, String> {
        let settings = BuyWithPrimeSettings {
            api: address(self.api.as_deref().unwrap_or(API_ADDRESS))?,
            token: address(
                self.token_address
                    .as_deref()
                    .unwrap_or(buy_with_prime::TOKEN_ADDRESS),
            )?,
            credentials: BuyWithPrimeCredentials {
                client_id: self.client_id,
                client_secret: Secret::new(self.client_secret.read()?),
                target_id: self.target_id,
            },
            patience: PATIENCE,
        };
        BuyWithPrimeChannel::new(settings, env.clock.clone(), watched).map_err(|problem| problem.to_string())
    }
}

impl Http {
    fn open(self, env: &Env) -> Result<HttpChannel, String> {
        let words = |problem: HttpChannelSetupError| problem.to_string();
        let settings = HttpChannelSettings::parse(&self.address, &self.token.read()?).map_err(words)?;
        HttpChannel::new(settings, env.clock.clone()).map_err(words)
    }
}

fn address(text: &str) -> Result<Url, String> {
    Url::parse(text).map_err(|problem| format!("`{text}` is no web address: {problem}"))
}

impl SecretPlace {
    fn read(&self) -> Result<String, String> {
        let text = match self {
            Self::Env(name) => {
                std::env::var(name).map_err(|_| format!("the variable {name} for a secret is not set"))?
            }
            Self::File(path) => std::fs::read_to_string(path)
                .map_err(|problem| format!("cannot read the secret in {}: {problem}", path.display()))?,
        };
        match text.trim() {
            "" => Err("a secret is empty".into()),
            secret => Ok(secret.to_owned()),
        }
    }
}
