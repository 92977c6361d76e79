//! The rules of a reason as text: audiences by their codes, moments as RFC 3339 or as a day in UTC.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use countermand_domain::{ReasonAudience, ReasonRules, ReasonRulesEdit};
use serde_json::{Map, Value, json};

use crate::error::{UserError, UserErrorCode};

/// A change of a reason's rules as staff writes it. What is not given stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ReasonRulesText {
    /// The new audience.
    pub audience: Option<Vec<ReasonAudience>>,
    /// The new beginning; an inner none takes it away.
    pub valid_from: Option<Option<String>>,
    /// The new end; an inner none takes it away.
    pub valid_until: Option<Option<String>>,
    /// Whether a comment is needed.
    pub needs_comment: Option<bool>,
    /// Whether the seller caused the cancellation.
    pub sellers_fault: Option<bool>,
}

impl ReasonRulesText {
    /// The change that staff wrote; a refusal is about the field `valid_from` or `valid_until`.
    pub(crate) fn read(&self) -> Result<ReasonRulesEdit, UserError> {
        let moment = |field: &str, text: &Option<Option<String>>, read: fn(&str) -> Option<DateTime<Utc>>| {
            let Some(text) = text else { return Ok(None) };
            let Some(text) = text else { return Ok(Some(None)) };
            match read(text) {
                Some(at) => Ok(Some(Some(at))),
                None => Err(UserError::about(field, UserErrorCode::Invalid, NOT_A_MOMENT)),
            }
        };
        Ok(ReasonRulesEdit {
            audience: self.audience.as_ref().map(|it| it.iter().copied().collect()),
            valid_from: moment("valid_from", &self.valid_from, beginning)?,
            valid_until: moment("valid_until", &self.valid_until, end)?,
            needs_comment: self.needs_comment,
            sellers_fault: self.sellers_fault,
        })
    }
}

const NOT_A_MOMENT: &str = "must be a date and time like 2026-01-31T12:00:00Z, or a date";

/// The rules that are not the usual ones, as fields of a reason in JSON.
pub(crate) fn rules_json(rules: &ReasonRules) -> Map<String, Value> {
    let usual = ReasonRules::default();
    let mut fields = Map::new();
    if rules.audience != usual.audience {
        fields.insert("audience".into(), json!(audience_codes(&rules.audience)));
    }
    for (name, at) in [
        ("valid_from", rules.valid_from),
        ("valid_until", rules.valid_until),
    ] {
        if let Some(at) = at {
            fields.insert(name.into(), json!(moment_text(at)));
        }
    }
    for (name, is_set) in [
        ("needs_comment", rules.needs_comment),
        ("sellers_fault", rules.sellers_fault),
    ] {
        if is_set {
            fields.insert(name.into(), json!(true));
        }
    }
    fields
}

/// The rules that are not the usual ones in words, for the audit log: ` for customer, guest; needs a comment`.
pub(crate) fn rules_in_words(rules: &ReasonRules) -> String {
    let usual = ReasonRules::default();
    let audience = (rules.audience != usual.audience).then(|| audience_codes(&rules.audience).join(", "));
    let parts = [
        audience.map(|it| format!("for {it}")),
        rules.valid_from.map(|at| format!("from {}", moment_text(at))),
        rules.valid_until.map(|at| format!("until {}", moment_text(at))),
        rules.needs_comment.then(|| "needs a comment".into()),
        rules.sellers_fault.then(|| "seller's fault".into()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!(" {}", parts.join("; "))
    }
}

fn audience_codes(audience: &BTreeSet<ReasonAudience>) -> Vec<&'static str> {
    audience.iter().map(|it| it.code()).collect()
}

/// `at` as RFC 3339 in UTC: `2026-01-31T12:00:00Z`.
pub(crate) fn moment_text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The moment that `text` means as a beginning; a day begins with its first moment in UTC.
fn beginning(text: &str) -> Option<DateTime<Utc>> {
    moment(text).or_else(|| Some(day(text)?.and_time(NaiveTime::MIN).and_utc()))
}

/// The moment that `text` means as an end; a day ends with the first moment of the next day in UTC.
fn end(text: &str) -> Option<DateTime<Utc>> {
    moment(text).or_else(|| Some(day(text)?.succ_opt()?.and_time(NaiveTime::MIN).and_utc()))
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}
