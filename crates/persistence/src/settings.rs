//! Settings to rows and back: one row a value that is set, JSON inside.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use countermand_domain::{
    CancellationReason, ConfigScope, ReasonCatalog, ScopedSettings, StoreNumber, WebsiteNumber,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};

use crate::audit::AuditEntry;
use crate::catalog::raise_version;
use crate::document;
use crate::entity::setting;
use crate::error::StoreError;
use crate::sql::rows::{insert, upsert};
use crate::sql::script::Script;
use crate::store::Store;

/// The settings there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// The switch.
    CancellationEnabled,
    /// The reasons.
    CancellationReasons,
    /// How long a guest's key lives.
    GuestKeyLifetime,
    /// Whether storefronts offer to order again.
    ReorderAllowed,
    /// Whether a canceled order is announced by mail.
    CancellationMailEnabled,
    /// The storefront's address.
    StorefrontUrl,
    /// The storefront's page for guests' orders.
    GuestOrderPath,
    /// Where canceled orders are announced to the shop itself.
    MerchantNoticeEmail,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::CancellationEnabled,
        Self::CancellationReasons,
        Self::GuestKeyLifetime,
        Self::ReorderAllowed,
        Self::CancellationMailEnabled,
        Self::StorefrontUrl,
        Self::GuestOrderPath,
        Self::MerchantNoticeEmail,
    ];

    /// Adobe's configuration path where there is one (contract section 11).
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::CancellationEnabled => "sales/cancellation/enabled",
            Self::CancellationReasons => "sales/cancellation/reasons",
            Self::GuestKeyLifetime => "sales/cancellation/guest_key_lifetime",
            Self::ReorderAllowed => "sales/reorder/allow",
            Self::CancellationMailEnabled => "sales_email/order_comment/enabled",
            Self::StorefrontUrl => "web/secure/base_link_url",
            Self::GuestOrderPath => "sales/cancellation/guest_order_path",
            Self::MerchantNoticeEmail => "sales_email/order_comment/copy_to",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct ReasonDoc {
    code: String,
    description: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    translations: BTreeMap<i32, String>,
}

impl Store {
    /// Sets the values that `set` holds and takes back those that `reset` names, at one scope, with its trail.
    pub async fn change_settings(
        &self,
        scope: ConfigScope,
        set: &ScopedSettings,
        reset: &[Setting],
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let rows = rows_of(scope, set)?;
        let mut script = Script::write(self);
        // First the row that every such change touches: it makes writers queue instead of clash.
        script.add(&raise_version());
        let (name, number) = scope_key(scope);
        if !reset.is_empty() {
            let gone = reset.iter().map(|it| it.path());
            let mut delete = Query::delete();
            delete
                .from_table(setting::Entity)
                .and_where(Expr::col(setting::Column::Scope).eq(name))
                .and_where(Expr::col(setting::Column::ScopeNumber).eq(number))
                .and_where(Expr::col(setting::Column::Setting).is_in(gone));
            script.add(&delete);
        }
        use setting::Column as C;
        upsert(
            &mut script,
            rows,
            &[C::Scope, C::ScopeNumber, C::Setting],
            &[C::Value],
        );
        insert(&mut script, [audit.row()]);
        match script.commit().await {
            // Only the trail's entry can be there already: the change landed, and its answer was lost.
            Ok(_) | Err(StoreError::Duplicate) => Ok(()),
            Err(problem) => Err(problem),
        }
    }
}

fn scope_key(scope: ConfigScope) -> (&'static str, i32) {
    match scope {
        ConfigScope::Default => ("default", 0),
        ConfigScope::Website(WebsiteNumber(number)) => ("website", number),
        ConfigScope::Store(StoreNumber(number)) => ("store", number),
    }
}

fn rows_of(scope: ConfigScope, set: &ScopedSettings) -> Result<Vec<setting::Model>, StoreError> {
    let mut values = Vec::new();
    if let Some(enabled) = set.cancellation_enabled {
        values.push((Setting::CancellationEnabled, document::write(&enabled)?));
    }
    if let Some(reasons) = &set.cancellation_reasons {
        let docs: Vec<_> = reasons.reasons().iter().map(reason_doc).collect();
        values.push((Setting::CancellationReasons, document::write(&docs)?));
    }
    if let Some(lifetime) = set.guest_key_lifetime {
        values.push((
            Setting::GuestKeyLifetime,
            document::write(&lifetime.num_seconds())?,
        ));
    }
    if let Some(allowed) = set.reorder_allowed {
        values.push((Setting::ReorderAllowed, document::write(&allowed)?));
    }
    if let Some(enabled) = set.cancellation_mail_enabled {
        values.push((Setting::CancellationMailEnabled, document::write(&enabled)?));
    }
    if let Some(url) = &set.storefront_url {
        values.push((Setting::StorefrontUrl, document::write(url)?));
    }
    if let Some(path) = &set.guest_order_path {
        values.push((Setting::GuestOrderPath, document::write(path)?));
    }
    if let Some(email) = &set.merchant_notice_email {
        values.push((Setting::MerchantNoticeEmail, document::write(email)?));
    }
    let (name, scope_number) = scope_key(scope);
    let row = |(setting, value): (Setting, String)| setting::Model {
        scope: name.into(),
        scope_number,
        setting: setting.path().into(),
        value,
    };
    Ok(values.into_iter().map(row).collect())
}

pub(crate) fn scoped_settings(
    rows: Vec<setting::Model>,
) -> Result<HashMap<ConfigScope, ScopedSettings>, StoreError> {
    let mut scopes: HashMap<ConfigScope, ScopedSettings> = HashMap::new();
    for row in rows {
        let scope = match row.scope.as_str() {
            "default" => ConfigScope::Default,
            "website" => ConfigScope::Website(WebsiteNumber(row.scope_number)),
            "store" => ConfigScope::Store(StoreNumber(row.scope_number)),
            other => return Err(StoreError::Corrupt(format!("scope `{other}`"))),
        };
        let settings = scopes.entry(scope).or_default();
        let Some(setting) = Setting::ALL.into_iter().find(|it| it.path() == row.setting) else {
            // Written by a newer version of the program that shares this database.
            continue;
        };
        match setting {
            Setting::CancellationEnabled => settings.cancellation_enabled = Some(document::read(&row.value)?),
            Setting::CancellationReasons => settings.cancellation_reasons = Some(reasons_of(&row.value)?),
            Setting::GuestKeyLifetime => {
                settings.guest_key_lifetime = TimeDelta::try_seconds(document::read(&row.value)?);
            }
            Setting::ReorderAllowed => settings.reorder_allowed = Some(document::read(&row.value)?),
            Setting::CancellationMailEnabled => {
                settings.cancellation_mail_enabled = Some(document::read(&row.value)?);
            }
            Setting::StorefrontUrl => settings.storefront_url = Some(document::read(&row.value)?),
            Setting::GuestOrderPath => settings.guest_order_path = Some(document::read(&row.value)?),
            Setting::MerchantNoticeEmail => {
                settings.merchant_notice_email = Some(document::read(&row.value)?);
            }
        }
    }
    Ok(scopes)
}

fn reason_doc(reason: &CancellationReason) -> ReasonDoc {
    ReasonDoc {
        code: reason.code.clone(),
        description: reason.description.clone(),
        translations: reason
            .translations
            .iter()
            .map(|(store, text)| (store.0, text.clone()))
            .collect(),
    }
}

fn reasons_of(text: &str) -> Result<ReasonCatalog, StoreError> {
    let docs: Vec<ReasonDoc> = document::read(text)?;
    let reason = |doc: ReasonDoc| CancellationReason {
        code: doc.code,
        description: doc.description,
        translations: doc
            .translations
            .into_iter()
            .map(|(store, text)| (StoreNumber(store), text))
            .collect(),
    };
    ReasonCatalog::new(docs.into_iter().map(reason).collect())
        .map_err(|problem| StoreError::Corrupt(problem.to_string()))
}
