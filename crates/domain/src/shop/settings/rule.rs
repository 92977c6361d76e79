//! The rules for the values of settings: which values each accepts, and the text that describes them.

use std::fmt;

use super::value::SettingValue;
use crate::ReasonList;
use crate::account::is_email;
use crate::payment::method_name::{LONGEST_METHOD_NAMES, are_method_names};

/// The longest address or path, in bytes.
const LONGEST_ADDRESS: usize = 255;

/// The values that a setting accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// On or off.
    Switch,
    /// A duration in hours, within bounds that belong to it.
    Hours {
        /// The shortest duration.
        least: i64,
        /// The longest duration.
        most: i64,
    },
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
}

/// How the values of a setting are stored and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettingKind {
    /// [`SettingValue::Switch`].
    Switch,
    /// [`SettingValue::Duration`] in whole hours.
    Hours,
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
            Self::Hours { .. } => SettingKind::Hours,
            Self::Reasons => SettingKind::Reasons,
            Self::WebAddress | Self::PathBelowStorefront | Self::EmailOrEmpty | Self::PaymentMethodNames => {
                SettingKind::Text
            }
        }
    }

    /// Whether the rule allows `value`.
    #[must_use]
    pub fn allows(self, value: &SettingValue) -> bool {
        match (self, value) {
            (Self::Switch, SettingValue::Switch(_)) | (Self::Reasons, SettingValue::Reasons(_)) => true,
            (Self::Hours { least, most }, SettingValue::Duration(duration)) => {
                (least..=most).contains(&duration.num_hours())
            }
            (Self::WebAddress, SettingValue::Text(text)) => is_web_address(text),
            (Self::PathBelowStorefront, SettingValue::Text(text)) => is_path(text),
            (Self::EmailOrEmpty, SettingValue::Text(text)) => {
                text.is_empty() || (text.trim() == text && is_email(text))
            }
            (Self::PaymentMethodNames, SettingValue::Text(text)) => are_method_names(text),
            (
                Self::Switch
                | Self::Hours { .. }
                | Self::Reasons
                | Self::WebAddress
                | Self::PathBelowStorefront
                | Self::EmailOrEmpty
                | Self::PaymentMethodNames,
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
            Self::Hours { least: 1, most } => write!(out, "1 hour to {most} hours"),
            Self::Hours { least, most } => write!(out, "{least} hours to {most} hours"),
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
