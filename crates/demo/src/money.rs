//! Amounts in minor units: rounding, shares and their form in JSON.

use serde_json::Value;

/// `amount * part / whole`, rounded half up; 0 if `whole` is 0.
///
/// No amount may be negative.
pub(super) fn share(amount: i64, part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    (2 * amount * part + whole) / (2 * whole)
}

/// `minor` as a JSON number of major units. Every currency of the demo has two decimals.
pub(super) fn number(minor: i64) -> Value {
    let sign = if minor < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:02}", minor.abs() / 100, minor.abs() % 100);
    text.parse().map_or(Value::Null, Value::Number)
}
