//! The rules for the values of settings: which values each accepts, and the text that describes them.

use std::fmt;

use super::value::SettingValue;
use crate::account::is_email;
use crate::cancellation::{
    Audiences, FeeRule, LONGEST_CHANNEL_CODES, LONGEST_ORDER_RULES, ModeRules, OrderRuleError, ReasonList,
    RequestRules, are_channel_codes,
};
use crate::payment::method_name::{LONGEST_METHOD_NAMES, are_method_names};
use crate::payment::provider_account::{LONGEST_PROVIDERS, are_providers};

/// The longest address or path, in bytes.
const LONGEST_ADDRESS: usize = 255;

/// The values that a setting accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// On or off.
    Switch,
    /// A whole number within bounds that belong to it.
    Number {
        /// The smallest number.
        least: i64,
        /// The largest number.
        most: i64,
    },
    /// A duration in hours, within bounds that belong to it.
    Hours {
        /// The shortest duration.
        least: i64,
        /// The longest duration.
        most: i64,
    },
    /// A duration in minutes; zero for none.
    MinutesOrNone {
        /// The longest duration.
        most: i64,
    },
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Rules that choose a mode, see [`ModeRules`], or an empty text.
    ModeRules,
    /// Rules that decide requests, see [`RequestRules`], or an empty text.
    RequestRules,
    /// An amount or a percentage, see [`FeeRule`], or an empty text.
    Fee,
    /// Audiences with commas between them, see [`Audiences`], or an empty text.
    Audiences,
    /// A list of reasons; [`ReasonList::new`] checks it.
    Reasons,
    /// An `http` or `https` address without a query.
    WebAddress,
    /// A path below the storefront's address: it leads to no other host and not up. It may have a query.
    PathBelowStorefront,
    /// An e-mail address, or an empty text.
    EmailOrEmpty,
    /// Payment methods with their names, `code = name; code = name`, or an empty text.
    PaymentMethodNames,
    /// Accounts at payment providers for payment methods, `method = account; method = account`, or an empty text.
    PaymentProviders,
    /// Codes of channels for reasons, `reason channel market way = code; ...`, or an empty text.
    ChannelCodes,
}

/// How the values of a setting are stored and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettingKind {
    /// [`SettingValue::Switch`].
    Switch,
    /// [`SettingValue::Number`].
    Number,
    /// [`SettingValue::Duration`] in whole hours.
    Hours,
    /// [`SettingValue::Duration`] in whole minutes.
    Minutes,
    /// [`SettingValue::Text`].
    Text,
    /// [`SettingValue::Reasons`].
    Reasons,
}

impl Rule {
    /// The kind of the values.
    #[must_use]
    pub fn kind(self) -> SettingKind {
        match self {
            Self::Switch => SettingKind::Switch,
            Self::Number { .. } => SettingKind::Number,
            Self::Hours { .. } => SettingKind::Hours,
            Self::MinutesOrNone { .. } => SettingKind::Minutes,
            Self::Reasons => SettingKind::Reasons,
            Self::OneOf(_)
            | Self::ModeRules
            | Self::RequestRules
            | Self::Fee
            | Self::Audiences
            | Self::WebAddress
            | Self::PathBelowStorefront
            | Self::EmailOrEmpty
            | Self::PaymentMethodNames
            | Self::PaymentProviders
            | Self::ChannelCodes => SettingKind::Text,
        }
    }

    /// What is wrong with `value`; the text stands after "must be".
    #[must_use]
    pub fn problem_with(self, value: &SettingValue) -> String {
        match (self, value) {
            (Self::ModeRules, SettingValue::Text(text)) => self.with(ModeRules::parse(text).err()),
            (Self::RequestRules, SettingValue::Text(text)) => self.with(RequestRules::parse(text).err()),
            _ => self.to_string(),
        }
    }

    /// The accepted values, and the rule that is not one of them.
    fn with(self, problem: Option<OrderRuleError>) -> String {
        problem.map_or_else(|| self.to_string(), |problem| format!("{self}. {problem}"))
    }

    /// Whether the rule allows `value`.
    #[must_use]
    pub fn allows(self, value: &SettingValue) -> bool {
        match (self, value) {
            (Self::Switch, SettingValue::Switch(_)) | (Self::Reasons, SettingValue::Reasons(_)) => true,
            (Self::Number { least, most }, SettingValue::Number(number)) => (least..=most).contains(number),
            (Self::Hours { least, most }, SettingValue::Duration(duration)) => {
                (least..=most).contains(&duration.num_hours())
            }
            (Self::MinutesOrNone { most }, SettingValue::Duration(duration)) => {
                (0..=most).contains(&duration.num_minutes())
            }
            (Self::OneOf(words), SettingValue::Text(text)) => words.contains(&text.as_str()),
            (Self::ModeRules, SettingValue::Text(text)) => {
                text.len() <= LONGEST_ORDER_RULES && ModeRules::parse(text).is_ok()
            }
            (Self::RequestRules, SettingValue::Text(text)) => {
                text.len() <= LONGEST_ORDER_RULES && RequestRules::parse(text).is_ok()
            }
            (Self::Fee, SettingValue::Text(text)) => FeeRule::parse(text).is_some(),
            (Self::Audiences, SettingValue::Text(text)) => Audiences::parse(text).is_some(),
            (Self::WebAddress, SettingValue::Text(text)) => is_web_address(text),
            (Self::PathBelowStorefront, SettingValue::Text(text)) => is_path(text),
            (Self::EmailOrEmpty, SettingValue::Text(text)) => {
                text.is_empty() || (text.trim() == text && is_email(text))
            }
            (Self::PaymentMethodNames, SettingValue::Text(text)) => are_method_names(text),
            (Self::PaymentProviders, SettingValue::Text(text)) => are_providers(text),
            (Self::ChannelCodes, SettingValue::Text(text)) => are_channel_codes(text),
            (
                Self::Switch
                | Self::Number { .. }
                | Self::Hours { .. }
                | Self::MinutesOrNone { .. }
                | Self::OneOf(_)
                | Self::ModeRules
                | Self::RequestRules
                | Self::Fee
                | Self::Audiences
                | Self::Reasons
                | Self::WebAddress
                | Self::PathBelowStorefront
                | Self::EmailOrEmpty
                | Self::PaymentMethodNames
                | Self::PaymentProviders
                | Self::ChannelCodes,
                _,
            ) => false,
        }
    }
}

/// Writes the accepted values; the text stands after "must be".
impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch => out.write_str("true or false"),
            Self::Number { least, most } => write!(out, "a whole number from {least} to {most}"),
            Self::Hours { least: 1, most } => write!(out, "1 hour to {most} hours"),
            Self::Hours { least, most } => write!(out, "{least} hours to {most} hours"),
            Self::MinutesOrNone { most } => write!(out, "1 minute to {most} minutes, or 0 for none"),
            Self::OneOf(words) => write!(out, "one of {}", words.join(", ")),
            Self::ModeRules => write!(
                out,
                "rules such as `when total >= 500 then REQUEST; when actor is guest then OFF`, \
                 {LONGEST_ORDER_RULES} bytes at most; or empty for none"
            ),
            Self::RequestRules => write!(
                out,
                "rules such as `when total <= 20 then APPROVE; when minutes >= 1440 then DECLINE`, \
                 {LONGEST_ORDER_RULES} bytes at most; or empty for none"
            ),
            Self::Fee => out.write_str("an amount such as 5.00, a percentage such as 10%, or empty for none"),
            Self::Audiences => {
                out.write_str("`customer`, `guest` and `staff` with commas between them, or empty for none")
            }
            Self::Reasons => {
                let most = ReasonList::MAX;
                write!(
                    out,
                    "a list of 1 to {most} reasons that differ in code and description"
                )
            }
            Self::WebAddress => write!(
                out,
                "an http:// or https:// address without query, {LONGEST_ADDRESS} characters at most"
            ),
            Self::PathBelowStorefront => write!(
                out,
                "a path below the storefront's address, {LONGEST_ADDRESS} plain characters at most; \
                 it may have a query, and no fragment"
            ),
            Self::EmailOrEmpty => out.write_str("an e-mail address, or empty for none"),
            Self::PaymentMethodNames => write!(
                out,
                "codes of payment methods with their names, as in `stripe = Card; mollie = iDEAL`, each code once, \
                 {LONGEST_METHOD_NAMES} bytes at most; or empty for none"
            ),
            Self::PaymentProviders => write!(
                out,
                "codes of payment methods with accounts at payment providers, as in `stripe = main; * = other`, where \
                 `*` is every other online method, each code once, {LONGEST_PROVIDERS} bytes at most; or empty for none"
            ),
            Self::ChannelCodes => write!(
                out,
                "codes of channels as in `late amazon * feed = NoInventory; late ebay US seller = -`, where `*` is \
                 every market or way and `-` is no code, each reason once at a place, {LONGEST_CHANNEL_CODES} bytes at \
                 most; or empty for none"
            ),
        }
    }
}

fn is_web_address(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let plain = url
        .chars()
        .all(|it| it.is_ascii_graphic() && !matches!(it, '"' | '<' | '>' | '?' | '#'));
    url.len() <= LONGEST_ADDRESS
        && plain
        && rest.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
}

fn is_path(path: &str) -> bool {
    let plain = path
        .chars()
        .all(|it| it.is_ascii_graphic() && !matches!(it, '"' | '<' | '>' | '#' | '\\'));
    let (place, _) = path.split_once('?').unwrap_or((path, ""));
    let below = !place.trim_start_matches('/').is_empty()
        && !place.starts_with("//")
        && !place.contains("://")
        && place.split('/').all(|part| part != "..");
    path.len() <= LONGEST_ADDRESS && plain && below
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_duration_is_accepted_up_to_both_bounds() {
        let rule = Rule::Hours { least: 1, most: 48 };
        let accepted = |hours| rule.allows(&TimeDelta::hours(hours).into());
        assert!(accepted(1) && accepted(48));
        assert!(!accepted(0) && !accepted(49) && !accepted(-1));
    }

    #[test]
    fn a_number_is_accepted_up_to_both_bounds() {
        let rule = Rule::Number { least: 1, most: 100 };
        for (number, is_accepted) in [(0, false), (1, true), (100, true), (101, false)] {
            assert_eq!(
                rule.allows(&SettingValue::Number(number)),
                is_accepted,
                "{number}"
            );
        }
    }

    #[test]
    fn a_value_of_another_kind_is_not_accepted() {
        assert!(!Rule::Switch.allows(&SettingValue::Text("true".into())));
        assert!(!Rule::EmailOrEmpty.allows(&SettingValue::Switch(true)));
        assert!(
            !Rule::Hours {
                least: 0,
                most: 9_999
            }
            .allows(&SettingValue::Text("24".into()))
        );
    }

    #[test]
    fn a_path_stays_below_the_storefront() {
        for path in ["sales/guest/view", "/orders?as=guest", "a/..b"] {
            assert!(
                Rule::PathBelowStorefront.allows(&path.to_owned().into()),
                "{path}"
            );
        }
        for path in [
            "",
            "/",
            "//evil.example/x",
            "https://evil.example",
            "a/../b",
            "a\\b",
        ] {
            assert!(
                !Rule::PathBelowStorefront.allows(&path.to_owned().into()),
                "{path}"
            );
        }
    }
}
