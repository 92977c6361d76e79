//! The value of any setting, for code that works on all settings alike.

use std::fmt;

use chrono::TimeDelta;

use crate::ReasonList;

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// On or off.
    Switch(bool),
    /// A whole number.
    Number(i64),
    /// A duration.
    Duration(TimeDelta),
    /// A text of one line.
    Text(String),
    /// A list of reasons.
    Reasons(ReasonList),
}

/// As the audit log shows the value: `true`, `10`, `24 h`, `30 min`, the text itself, the codes of the reasons.
impl fmt::Display for SettingValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(on) => write!(out, "{on}"),
            Self::Number(number) => write!(out, "{number}"),
            Self::Duration(duration) if duration.is_zero() => out.write_str("0"),
            Self::Duration(duration) if duration.num_minutes() % 60 == 0 => {
                write!(out, "{} h", duration.num_hours())
            }
            Self::Duration(duration) => write!(out, "{} min", duration.num_minutes()),
            Self::Text(text) => out.write_str(text),
            Self::Reasons(reasons) => {
                let codes: Vec<_> = reasons.reasons().iter().map(|it| it.code.as_str()).collect();
                out.write_str(&codes.join(", "))
            }
        }
    }
}

/// Converts between a Rust type and its variant; the way back fails with the value of another variant.
macro_rules! convert {
    ($type:ty, $variant:ident) => {
        impl From<$type> for SettingValue {
            fn from(value: $type) -> Self {
                Self::$variant(value)
            }
        }

        impl TryFrom<SettingValue> for $type {
            type Error = SettingValue;

            fn try_from(value: SettingValue) -> Result<Self, SettingValue> {
                match value {
                    SettingValue::$variant(value) => Ok(value),
                    other => Err(other),
                }
            }
        }
    };
}

convert!(bool, Switch);
convert!(i64, Number);
convert!(TimeDelta, Duration);
convert!(String, Text);
convert!(ReasonList, Reasons);
