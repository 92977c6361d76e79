//! A manager switches cancellation on, edits the reasons, takes values back.

use countermand_domain::{Catalog, ConfigScope, ScopedSettings, Settings, StaffRole};
pub use countermand_persistence::Setting;

use crate::App;
use crate::create_customer::is_email;
use crate::error::{AppError, Asked, UserError, UserErrorCode};
use crate::viewer::{Staff, Viewer};
use std::sync::Arc;

/// What holds at a scope, each value with where it comes from.
#[derive(Debug, Clone)]
pub struct CancellationConfig {
    /// The scope.
    pub scope: ConfigScope,
    /// The values.
    pub settings: Settings,
    /// The shop they are of.
    pub catalog: Arc<Catalog>,
}

impl App {
    /// What holds at `scope`.
    pub async fn cancellation_config(
        &self,
        viewer: &Viewer,
        scope: ConfigScope,
    ) -> Result<CancellationConfig, AppError> {
        may_see(viewer.staff(StaffRole::Viewer)?, scope)?;
        let catalog = self.store().catalog().await?;
        Ok(CancellationConfig {
            scope,
            settings: catalog.settings_at(scope),
            catalog,
        })
    }

    /// Sets what `set` holds at `scope`. Once this is answered, no replica acts on the values before.
    pub async fn update_cancellation_config(
        &self,
        viewer: &Viewer,
        scope: ConfigScope,
        set: &ScopedSettings,
    ) -> Asked<CancellationConfig> {
        may_change(viewer.staff(StaffRole::Manager)?, scope)?;
        if let Some(refusal) = value_error(set) {
            return Ok(Err(refusal));
        }
        self.change_settings(viewer, "updateCancellationConfig", scope, set, &[])
            .await
            .map(Ok)
    }

    /// Takes values back at `scope`, so that the inherited ones hold; all of them when none is named.
    pub async fn reset_cancellation_config(
        &self,
        viewer: &Viewer,
        scope: ConfigScope,
        settings: Option<&[Setting]>,
    ) -> Asked<CancellationConfig> {
        may_change(viewer.staff(StaffRole::Manager)?, scope)?;
        let reset = settings.unwrap_or(&Setting::ALL);
        let nothing = ScopedSettings::default();
        self.change_settings(viewer, "resetCancellationConfig", scope, &nothing, reset)
            .await
            .map(Ok)
    }

    async fn change_settings(
        &self,
        viewer: &Viewer,
        action: &str,
        scope: ConfigScope,
        set: &ScopedSettings,
        reset: &[Setting],
    ) -> Result<CancellationConfig, AppError> {
        let catalog = self.store().catalog().await?;
        let target = scope_name(&catalog, scope);
        let details = if reset.is_empty() {
            describe(set)
        } else {
            format!("reset {reset:?}")
        };
        let audit = self.trail_of(viewer, action, &target, &details);
        self.store().change_settings(scope, set, reset, &audit).await?;
        let catalog = self.store().catalog().await?;
        Ok(CancellationConfig {
            scope,
            settings: catalog.settings_at(scope),
            catalog,
        })
    }
}

/// `default`, `website base` or `store nl`.
#[must_use]
pub fn scope_name(catalog: &Catalog, scope: ConfigScope) -> String {
    match scope {
        ConfigScope::Default => "default".into(),
        ConfigScope::Website(number) => {
            let code = catalog
                .website(number)
                .map_or("?", |website| website.code.as_str());
            format!("website {code}")
        }
        ConfigScope::Store(number) => {
            let code = catalog.store(number).map_or("?", |store| store.code.as_str());
            format!("store {code}")
        }
    }
}

/// A token for one store view sees that store view's values only.
fn may_see(staff: &Staff, scope: ConfigScope) -> Result<(), AppError> {
    may_change(staff, scope)
}

/// A token for one store view changes nothing that others inherit.
fn may_change(staff: &Staff, scope: ConfigScope) -> Result<(), AppError> {
    let allowed = match scope {
        ConfigScope::Store(store) => staff.covers(store),
        ConfigScope::Default | ConfigScope::Website(_) => staff.store.is_none(),
    };
    if allowed { Ok(()) } else { Err(AppError::Forbidden) }
}

fn value_error(set: &ScopedSettings) -> Option<UserError> {
    let lifetime = set
        .guest_key_lifetime
        .filter(|it| !(1..=24 * 365).contains(&it.num_hours()));
    if lifetime.is_some() {
        let message = "must be 1 hour to 8760 hours";
        return Some(UserError::about(
            "guest_key_lifetime_hours",
            UserErrorCode::Invalid,
            message,
        ));
    }
    let is_web_address = |url: &String| {
        let rest = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"));
        let plain = url
            .chars()
            .all(|it| it.is_ascii_graphic() && !matches!(it, '"' | '<' | '>' | '?' | '#'));
        url.len() <= 255 && plain && rest.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
    };
    let refused = |field: &str, message: &str| Some(UserError::about(field, UserErrorCode::Invalid, message));
    if set
        .storefront_url
        .as_ref()
        .is_some_and(|url| !is_web_address(url))
    {
        let message = "must be an http:// or https:// address without query, 255 characters at most";
        return refused("storefront_url", message);
    }
    if set.guest_order_path.as_ref().is_some_and(|path| !is_path(path)) {
        let message = "must be a path below the storefront's address, 255 plain characters at most; \
                       it may have a query, and no fragment";
        return refused("guest_order_path", message);
    }
    let email = set.merchant_notice_email.as_ref();
    if email.is_some_and(|it| !it.is_empty() && (it.trim() != it || !is_email(it))) {
        return refused(
            "merchant_notice_email",
            "must be an e-mail address, or empty for none",
        );
    }
    None
}

/// A path and perhaps a query: no way to another host and none up.
fn is_path(path: &str) -> bool {
    let plain = path
        .chars()
        .all(|it| it.is_ascii_graphic() && !matches!(it, '"' | '<' | '>' | '#' | '\\'));
    let (place, _) = path.split_once('?').unwrap_or((path, ""));
    let below = !place.trim_start_matches('/').is_empty()
        && !place.starts_with("//")
        && !place.contains("://")
        && place.split('/').all(|part| part != "..");
    path.len() <= 255 && plain && below
}

/// What was set, in words for the trail.
fn describe(set: &ScopedSettings) -> String {
    let mut parts = Vec::new();
    if let Some(enabled) = set.cancellation_enabled {
        parts.push(format!("enabled = {enabled}"));
    }
    if let Some(reasons) = &set.cancellation_reasons {
        let codes: Vec<_> = reasons
            .reasons()
            .iter()
            .map(|reason| reason.code.as_str())
            .collect();
        parts.push(format!("reasons = {}", codes.join(", ")));
    }
    if let Some(lifetime) = set.guest_key_lifetime {
        parts.push(format!("guest key lifetime = {} h", lifetime.num_hours()));
    }
    if let Some(allowed) = set.reorder_allowed {
        parts.push(format!("reorder allowed = {allowed}"));
    }
    if let Some(enabled) = set.cancellation_mail_enabled {
        parts.push(format!("cancellation mail = {enabled}"));
    }
    if let Some(url) = &set.storefront_url {
        parts.push(format!("storefront = {url}"));
    }
    if let Some(path) = &set.guest_order_path {
        parts.push(format!("guest order path = {path}"));
    }
    if let Some(email) = &set.merchant_notice_email {
        parts.push(format!("merchant notice to = {email}"));
    }
    parts.join("; ")
}
