//! Converts settings to rows and back: one row for each setting and scope with a value. The value is a JSON column.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use countermand_domain::{
    CancellationReason, ConfigScope, ReasonAudience, ReasonList, ReasonRules, ScopedSettings, Setting,
    SettingKind, SettingValue, StoreNumber, TOO_SLOW, WebsiteNumber,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::setting;
use crate::rows::json_column;
use crate::rows::time::{from_micros, to_micros};
use crate::shop::structure::raise_version;
use crate::sql::rows::upsert;
use crate::sql::script::Script;

impl Database {
    /// Sets the values in `set` and removes the values of the settings
    /// in `reset`, all at one scope, with an entry in the audit log.
    pub async fn change_settings(
        &self,
        scope: ConfigScope,
        set: &ScopedSettings,
        reset: &[&Setting],
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        use setting::Column as C;

        let rows = rows_of(scope, set)?;
        let mut script = Script::write(self);
        // The first statement changes a row that every such change updates, so that writers wait instead of clash.
        script.add(&raise_version());
        let (name, number) = scope_key(scope);
        if !reset.is_empty() {
            let gone = reset.iter().map(|it| it.key);
            let mut delete = Query::delete();
            delete
                .from_table(setting::Entity)
                .and_where(Expr::col(setting::Column::Scope).eq(name))
                .and_where(Expr::col(setting::Column::ScopeNumber).eq(number))
                .and_where(Expr::col(setting::Column::Setting).is_in(gone));
            script.add(&delete);
        }
        upsert(
            &mut script,
            rows,
            &[C::Scope, C::ScopeNumber, C::Setting],
            &[C::Value],
        );
        audit.add_to(&mut script);
        let outcome = script.commit().await;
        self.unless_audited(audit, outcome).await
    }
}

/// The values of rows, by scope.
///
/// This function ignores the row of a setting that is unknown or not allowed at its scope, because another version of
/// the program may share the database. If a setting does not accept a stored value, the setting's default holds.
pub(crate) fn scoped_settings(
    rows: Vec<setting::Model>,
) -> Result<HashMap<ConfigScope, ScopedSettings>, DatabaseError> {
    let mut scopes: HashMap<ConfigScope, ScopedSettings> = HashMap::new();
    for row in rows {
        let scope = scope_of(&row)?;
        let known = Setting::by_key(&row.setting);
        let Some(setting) = known.filter(|it| it.scopes.contains(&scope.level())) else {
            tracing::info!(
                setting = row.setting,
                ?scope,
                "a stored setting is not known for its scope"
            );
            continue;
        };
        let value = accepted(setting, &row.value).unwrap_or_else(|problem| {
            tracing::warn!(
                setting = setting.key,
                ?scope,
                problem,
                "a stored value is not accepted, the default holds"
            );
            setting.default()
        });
        setting.put(scopes.entry(scope).or_default(), Some(value));
    }
    Ok(scopes)
}

/// The rows of the values that are set in `set`.
pub(super) fn rows_of(
    scope: ConfigScope,
    set: &ScopedSettings,
) -> Result<Vec<setting::Model>, DatabaseError> {
    let (name, scope_number) = scope_key(scope);
    let row = |(setting, value): (&Setting, SettingValue)| {
        Ok(setting::Model {
            scope: name.into(),
            scope_number,
            setting: setting.key.into(),
            value: json_of(&value)?,
        })
    };
    let values = Setting::ALL
        .iter()
        .filter_map(|setting| setting.set_in(set).map(|value| (*setting, value)));
    values.map(row).collect()
}

/// The name and the number with which rows tell the scope.
pub(super) fn scope_key(scope: ConfigScope) -> (&'static str, i32) {
    match scope {
        ConfigScope::Default => ("default", 0),
        ConfigScope::Website(WebsiteNumber(number)) => ("website", number),
        ConfigScope::Store(StoreNumber(number)) => ("store", number),
    }
}

fn scope_of(row: &setting::Model) -> Result<ConfigScope, DatabaseError> {
    match row.scope.as_str() {
        "default" => Ok(ConfigScope::Default),
        "website" => Ok(ConfigScope::Website(WebsiteNumber(row.scope_number))),
        "store" => Ok(ConfigScope::Store(StoreNumber(row.scope_number))),
        other => Err(DatabaseError::Corrupt(format!("scope `{other}`"))),
    }
}

/// The value of a row, if the setting accepts it.
fn accepted(setting: &Setting, json: &str) -> Result<SettingValue, String> {
    let value = value_of(setting.accepts.kind(), json).map_err(|problem| problem.to_string())?;
    if setting.accepts.allows(&value) {
        Ok(value)
    } else {
        Err(format!("it must be {}", setting.accepts))
    }
}

fn json_of(value: &SettingValue) -> Result<String, DatabaseError> {
    match value {
        SettingValue::Switch(on) => json_column::write(on),
        SettingValue::Number(number) => json_column::write(number),
        SettingValue::Duration(duration) => json_column::write(&duration.num_seconds()),
        SettingValue::Text(text) => json_column::write(text),
        SettingValue::Reasons(reasons) => {
            let docs: Vec<_> = reasons.reasons().iter().map(reason_doc).collect();
            json_column::write(&docs)
        }
    }
}

fn value_of(kind: SettingKind, json: &str) -> Result<SettingValue, DatabaseError> {
    match kind {
        SettingKind::Switch => json_column::read(json).map(SettingValue::Switch),
        SettingKind::Number => json_column::read(json).map(SettingValue::Number),
        SettingKind::Hours | SettingKind::Minutes => {
            let duration = TimeDelta::try_seconds(json_column::read(json)?);
            duration
                .map(SettingValue::Duration)
                .ok_or_else(|| DatabaseError::Corrupt("the duration is too long".into()))
        }
        SettingKind::Text => json_column::read(json).map(SettingValue::Text),
        SettingKind::Reasons => reasons_of(json).map(SettingValue::Reasons),
    }
}

#[derive(Serialize, Deserialize)]
struct ReasonDoc {
    code: String,
    description: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    translations: BTreeMap<i32, String>,
    /// The codes of the audiences; none for all of them, and in a list of an older version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audience: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_from: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_until: Option<i64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    needs_comment: bool,
    /// None for the usual answer, which is yes for `too_slow` alone. It is the answer in a list of an older version
    /// too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sellers_fault: Option<bool>,
}

fn reason_doc(reason: &CancellationReason) -> ReasonDoc {
    let rules = &reason.rules;
    let codes = || rules.audience.iter().map(|it| it.code().to_owned()).collect();
    ReasonDoc {
        audience: (rules.audience != ReasonRules::default().audience).then(codes),
        valid_from: rules.valid_from.map(to_micros),
        valid_until: rules.valid_until.map(to_micros),
        needs_comment: rules.needs_comment,
        sellers_fault: Some(rules.sellers_fault).filter(|it| *it != (reason.code == TOO_SLOW)),
        code: reason.code.clone(),
        description: reason.description.clone(),
        translations: reason
            .translations
            .iter()
            .map(|(store, text)| (store.0, text.clone()))
            .collect(),
    }
}

fn reasons_of(text: &str) -> Result<ReasonList, DatabaseError> {
    let docs: Vec<ReasonDoc> = json_column::read(text)?;
    let reasons = docs.into_iter().map(reason_of).collect::<Result<_, _>>()?;
    ReasonList::new(reasons).map_err(|problem| DatabaseError::Corrupt(problem.to_string()))
}

fn reason_of(doc: ReasonDoc) -> Result<CancellationReason, DatabaseError> {
    let usual = ReasonRules::default();
    // An audience of a newer version of the program is one that this version never asks for.
    let known = |codes: Vec<String>| {
        codes
            .iter()
            .filter_map(|it| ReasonAudience::from_code(it))
            .collect()
    };
    let sellers_fault = doc.sellers_fault.unwrap_or(doc.code == TOO_SLOW);
    Ok(CancellationReason {
        code: doc.code,
        description: doc.description,
        translations: doc
            .translations
            .into_iter()
            .map(|(store, text)| (StoreNumber(store), text))
            .collect(),
        label: None,
        rules: ReasonRules {
            audience: doc.audience.map_or(usual.audience, known),
            valid_from: doc.valid_from.map(from_micros).transpose()?,
            valid_until: doc.valid_until.map(from_micros).transpose()?,
            needs_comment: doc.needs_comment,
            sellers_fault,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_an_older_version_is_for_everyone_at_any_time() {
        let stored = r#"[{"code":"late","description":"Too late","translations":{"2":"Te laat"}}]"#;
        let list = reasons_of(stored).expect("a list");
        assert_eq!(list.reasons()[0].rules, ReasonRules::default());
        let again = json_of(&SettingValue::Reasons(list)).expect("JSON");
        assert_eq!(again, stored, "the usual rules are not written");
    }

    #[test]
    fn items_that_come_too_late_are_the_sellers_fault_in_a_list_of_an_older_version() {
        let stored =
            r#"[{"code":"too_slow","description":"Too slow"},{"code":"other","description":"Other"}]"#;
        let list = reasons_of(stored).expect("a list");
        let faults = |list: &ReasonList| {
            let faults = list.reasons().iter().map(|it| it.rules.sellers_fault);
            faults.collect::<Vec<_>>()
        };
        assert_eq!(faults(&list), [true, false]);
        let mut turned = list.reasons().to_vec();
        for reason in &mut turned {
            reason.rules.sellers_fault = !reason.rules.sellers_fault;
        }
        let turned = ReasonList::new(turned).expect("a list");
        let json = json_of(&SettingValue::Reasons(turned)).expect("JSON");
        assert_eq!(faults(&reasons_of(&json).expect("a list")), [false, true]);
    }

    #[test]
    fn the_rules_of_a_reason_come_back_as_they_went_in() {
        let mut reason = CancellationReason::new("late", "Too late");
        reason.rules = ReasonRules {
            audience: [ReasonAudience::Merchant].into(),
            valid_from: Some(chrono::DateTime::UNIX_EPOCH),
            valid_until: from_micros(1_700_000_000_000_001).ok(),
            needs_comment: true,
            sellers_fault: true,
        };
        let list = ReasonList::new(vec![reason, CancellationReason::new("other", "Other")]).expect("a list");
        let json = json_of(&SettingValue::Reasons(list.clone())).expect("JSON");
        assert_eq!(reasons_of(&json).expect("a list"), list);
        let newer = json.replace("merchant", "robot\",\"merchant");
        assert_eq!(
            reasons_of(&newer).expect("a list"),
            list,
            "an unknown audience is left out"
        );
    }
}
