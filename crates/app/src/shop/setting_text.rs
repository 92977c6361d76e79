//! The values of settings as text, as the admin API carries them.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use countermand_domain::{
    CancellationReason, ReasonAudience, ReasonList, ReasonRules, Setting, SettingKind, SettingValue, Shop,
    StoreNumber,
};
use serde::Deserialize;
use serde_json::json;

use crate::error::{UserError, UserErrorCode};
use crate::shop::reason_rules_text::{ReasonRulesText, rules_json};

/// A reason as staff writes it: store views by their codes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonText {
    /// The code of the reason.
    pub code: String,
    /// The text that store views without a text of their own show.
    pub description: String,
    /// The texts of store views.
    #[serde(default)]
    pub translations: Vec<ReasonTranslationText>,
    /// The codes of those who may choose the reason; none for everyone.
    #[serde(default)]
    pub audience: Option<Vec<String>>,
    /// The moment or day from which the reason is offered; none for always.
    #[serde(default)]
    pub valid_from: Option<String>,
    /// The moment from which, or the day after which, the reason is offered no more; none for never.
    #[serde(default)]
    pub valid_until: Option<String>,
    /// Whether a cancellation for the reason needs a comment.
    #[serde(default)]
    pub needs_comment: bool,
    /// Whether the reason says that the seller caused the cancellation.
    #[serde(default)]
    pub sellers_fault: bool,
}

/// The text that one store view shows for a reason.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonTranslationText {
    /// The code of the store view.
    pub store_code: String,
    /// The text.
    pub description: String,
}

/// Why a text is no value of a setting: for programs, and for people.
pub(crate) struct TextRefusal(pub(crate) UserErrorCode, pub(crate) String);

/// `value` of `setting` as text: `true`, `24` for hours, `30` for minutes, the text itself, reasons as a JSON array of
/// [`ReasonText`].
#[must_use]
pub fn value_text(setting: &Setting, value: &SettingValue, shop: &Shop) -> String {
    match value {
        SettingValue::Switch(on) => on.to_string(),
        SettingValue::Number(number) => number.to_string(),
        SettingValue::Duration(duration) => match setting.accepts.kind() {
            SettingKind::Minutes => duration.num_minutes().to_string(),
            _ => duration.num_hours().to_string(),
        },
        SettingValue::Text(text) => text.clone(),
        SettingValue::Reasons(reasons) => reasons_json(reasons, shop),
    }
}

/// The value that `text` writes; whether the setting accepts the value is checked later.
pub(crate) fn read_value(setting: &Setting, text: &str, shop: &Shop) -> Result<SettingValue, TextRefusal> {
    let value = match setting.accepts.kind() {
        SettingKind::Switch => text.parse().ok().map(SettingValue::Switch),
        SettingKind::Number => text.parse().ok().map(SettingValue::Number),
        SettingKind::Hours => text
            .parse()
            .ok()
            .and_then(TimeDelta::try_hours)
            .map(SettingValue::Duration),
        SettingKind::Minutes => text
            .parse()
            .ok()
            .and_then(TimeDelta::try_minutes)
            .map(SettingValue::Duration),
        SettingKind::Text => Some(SettingValue::Text(text.into())),
        SettingKind::Reasons => match serde_json::from_str(text) {
            Ok(reasons) => Some(SettingValue::Reasons(read_reasons(shop, reasons)?)),
            Err(_) => None,
        },
    };
    value.ok_or_else(|| TextRefusal(UserErrorCode::Invalid, format!("must be {}", setting.accepts)))
}

/// The list of reasons that staff wrote; a refusal is about the field `reasons`.
pub fn reason_list(shop: &Shop, reasons: Vec<ReasonText>) -> Result<ReasonList, UserError> {
    read_reasons(shop, reasons)
        .map_err(|TextRefusal(code, message)| UserError::about("reasons", code, message))
}

fn read_reasons(shop: &Shop, reasons: Vec<ReasonText>) -> Result<ReasonList, TextRefusal> {
    let reasons = reasons
        .into_iter()
        .map(|reason| read_reason(shop, reason))
        .collect::<Result<_, _>>()?;
    ReasonList::new(reasons).map_err(|refusal| TextRefusal(UserErrorCode::Invalid, refusal.to_string()))
}

/// The reason that staff wrote.
pub(crate) fn read_reason(shop: &Shop, reason: ReasonText) -> Result<CancellationReason, TextRefusal> {
    let rules = read_rules(&reason)?;
    let mut translations = BTreeMap::new();
    for it in reason.translations {
        let Some(store) = shop.store_by_code(&it.store_code) else {
            let message = format!("no store view `{}`", it.store_code);
            return Err(TextRefusal(UserErrorCode::NotFound, message));
        };
        if translations.insert(store.number, it.description).is_some() {
            let message = format!(
                "reason `{}` has two texts for store view `{}`",
                reason.code, it.store_code
            );
            return Err(TextRefusal(UserErrorCode::Invalid, message));
        }
    }
    Ok(CancellationReason {
        code: reason.code,
        description: reason.description,
        translations,
        label: None,
        rules,
    })
}

fn read_rules(reason: &ReasonText) -> Result<ReasonRules, TextRefusal> {
    let audience = |code: &String| {
        ReasonAudience::from_code(code)
            .ok_or_else(|| TextRefusal(UserErrorCode::Invalid, format!("no audience `{code}`")))
    };
    let audiences = reason
        .audience
        .as_ref()
        .map(|codes| codes.iter().map(audience).collect());
    let text = ReasonRulesText {
        audience: audiences.transpose()?,
        valid_from: Some(reason.valid_from.clone()),
        valid_until: Some(reason.valid_until.clone()),
        needs_comment: Some(reason.needs_comment),
        sellers_fault: Some(reason.sellers_fault),
    };
    let edit = text.read().map_err(|refusal| {
        let field = refusal.field.unwrap_or_default();
        let message = format!("{field} of reason `{}` {}", reason.code, refusal.message);
        TextRefusal(refusal.code, message)
    })?;
    Ok(ReasonRules::default().edited(&edit))
}

fn reasons_json(reasons: &ReasonList, shop: &Shop) -> String {
    let translation = |(store, description): (&StoreNumber, &String)| {
        let store_code = &shop.store(*store)?.code;
        Some(json!({ "description": description, "store_code": store_code }))
    };
    let reasons = reasons.reasons().iter().map(|reason| {
        let translations: Vec<_> = reason.translations.iter().filter_map(translation).collect();
        let mut fields = rules_json(&reason.rules);
        fields.insert("code".into(), json!(reason.code));
        fields.insert("description".into(), json!(reason.description));
        fields.insert("translations".into(), json!(translations));
        serde_json::Value::Object(fields)
    });
    reasons.collect::<serde_json::Value>().to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use countermand_domain::{StatusLabels, StoreView, WebsiteNumber};

    use super::*;

    #[test]
    fn every_default_reads_back_from_its_text() {
        let shop = shop();
        for setting in Setting::ALL {
            let text = value_text(setting, &setting.default(), &shop);
            let value = read_value(setting, &text, &shop).ok();
            assert_eq!(value, Some(setting.default()), "{}: {text}", setting.key);
        }
    }

    #[test]
    fn a_translated_reason_reads_back_from_its_text() {
        let shop = shop();
        let text = r#"[{"code":"late","description":"Too late","translations":[{"description":"Te laat","store_code":"nl"}]}]"#;
        let value = read_value(Setting::cancellation_reasons(), text, &shop).ok();
        let value = value.expect("a list of reasons");
        assert_eq!(value_text(Setting::cancellation_reasons(), &value, &shop), text);
        let text = r#"[{"code":"other","description":"Other","translations":[]},{"audience":["merchant","channel"],"code":"late","description":"Too late","needs_comment":true,"sellers_fault":true,"translations":[],"valid_from":"2026-01-01T00:00:00Z","valid_until":"2026-02-01T00:00:00Z"}]"#;
        let value = read_value(Setting::cancellation_reasons(), text, &shop).ok();
        assert_eq!(
            value_text(
                Setting::cancellation_reasons(),
                &value.expect("a list of reasons"),
                &shop
            ),
            text
        );
        let days = text
            .replace("2026-01-01T00:00:00Z", "2026-01-01")
            .replace("2026-02-01T00:00:00Z", "2026-01-31");
        let value = read_value(Setting::cancellation_reasons(), &days, &shop).ok();
        assert_eq!(
            value_text(
                Setting::cancellation_reasons(),
                &value.expect("a list of reasons"),
                &shop
            ),
            text
        );
    }

    #[test]
    fn a_text_of_another_kind_is_refused() {
        let message = |setting, text| match read_value(setting, text, &shop()) {
            Ok(value) => panic!("{value:?}"),
            Err(TextRefusal(_, message)) => message,
        };
        assert_eq!(
            message(Setting::cancellation_enabled(), "yes"),
            "must be true or false"
        );
        let hours = "must be 1 hour to 8760 hours";
        assert_eq!(message(Setting::guest_key_lifetime(), "1.5"), hours);
        assert_eq!(
            message(Setting::guest_key_lifetime(), "9223372036854775807"),
            hours
        );
        assert_eq!(
            message(Setting::cancellation_reasons(), "[]"),
            "At least one reason value is required"
        );
    }

    fn shop() -> Shop {
        let store = StoreView {
            number: StoreNumber(1),
            code: "nl".into(),
            name: "Nederland".into(),
            website: WebsiteNumber(1),
            group: "main".into(),
            locale: "nl_NL".into(),
            timezone: "Europe/Amsterdam".into(),
            currency: "EUR".parse().expect("a currency"),
            sort_order: 0,
            is_active: true,
        };
        Shop {
            version: 1,
            websites: Vec::new(),
            groups: Vec::new(),
            stores: vec![store],
            settings: HashMap::new(),
            labels: StatusLabels::default(),
            subscribers: Vec::new(),
            is_streamed: false,
        }
    }
}
