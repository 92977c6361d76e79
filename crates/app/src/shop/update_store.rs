//! An owner changes a store view: its name, its language, its time zone, its currency, and the address of its
//! storefront.

use std::sync::Arc;

use countermand_domain::{ConfigScope, Currency, ScopedSettings, Setting, Shop, StoreView};
use countermand_persistence::ShopEdit;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::code_and_name::name_error;
use crate::shop::edit_shop::{Editor, ReplacedValues, ShopChange};
use crate::shop::locale_and_timezone::{locale_error, timezone_error};
use crate::viewer::Viewer;

/// New values of a store view; a value that is none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct StoreUpdate {
    /// The name of the store view.
    pub name: Option<String>,
    /// The name of the group that the store view belongs to. Other store views of the group show it too.
    pub group_name: Option<String>,
    /// The locale, such as `nl_NL`.
    pub locale: Option<String>,
    /// The IANA name of the time zone.
    pub timezone: Option<String>,
    /// The currency of its prices. Orders keep the currency in which they were placed.
    pub currency: Option<Currency>,
    /// The position of the store view in lists.
    pub sort_order: Option<i32>,
    /// The address of its storefront.
    pub storefront_url: Option<String>,
}

impl App {
    /// Changes the store view with the code `code`, and answers the shop afterwards.
    ///
    /// A token for one store view changes that store view only, and neither the group that others share nor the address
    /// of the storefront, with which links for new passwords of the website's customers begin.
    pub async fn update_store(
        &self,
        viewer: &Viewer,
        code: &str,
        update: &StoreUpdate,
    ) -> Result<Arc<Shop>, Failure<UserError>> {
        let operation = StaffOperation::UpdateStore;
        let staff = viewer.staff(operation)?;
        if let Some(only) = staff.store {
            let own = viewer.shop.store(only).filter(|store| store.code == code);
            let leads_others =
                |website| update.storefront_url.is_some() && !staff.covers_website(&viewer.shop, website);
            if update.group_name.is_some() || own.is_none_or(|store| leads_others(store.website)) {
                return Err(AppError::Forbidden.into());
            }
        }
        self.edit_shop(&Editor::staff(viewer, operation), |shop| {
            let store = shop.store_by_code(code);
            let store = store
                .ok_or_else(|| UserError::about("code", UserErrorCode::NotFound, "no such store view"))?;
            updated(shop, store, update)
        })
        .await
    }
}

/// The change that gives `store` the values of `update`, or why a value is refused.
pub(crate) fn updated(shop: &Shop, store: &StoreView, update: &StoreUpdate) -> Result<ShopChange, UserError> {
    if let Some(refusal) = value_error(store, update) {
        return Err(refusal);
    }
    let trimmed = |name: &Option<String>| name.as_deref().map(|name| name.trim().to_owned());
    let mut edits = Vec::new();
    let mut replaced = ReplacedValues::default();
    let mut new = store.clone();
    replaced.replace("name", &mut new.name, trimmed(&update.name).as_ref());
    replaced.replace("locale", &mut new.locale, update.locale.as_ref());
    replaced.replace("timezone", &mut new.timezone, update.timezone.as_ref());
    replaced.replace("currency", &mut new.currency, update.currency.as_ref());
    replaced.replace("sort order", &mut new.sort_order, update.sort_order.as_ref());
    if new != *store {
        edits.push(ShopEdit::Store(new));
    }
    if let Some(group) = shop.groups.iter().find(|group| group.code == store.group) {
        let mut group = group.clone();
        let before = group.name.clone();
        replaced.replace(
            "group name",
            &mut group.name,
            trimmed(&update.group_name).as_ref(),
        );
        if group.name != before {
            edits.push(ShopEdit::Group(group));
        }
    }
    let scope = ConfigScope::Store(store.number);
    let mut url = shop.settings_at(scope).storefront_url.value;
    let before = url.clone();
    replaced.replace("storefront url", &mut url, update.storefront_url.as_ref());
    if url != before {
        let set = ScopedSettings {
            storefront_url: Some(url),
            ..ScopedSettings::default()
        };
        edits.push(ShopEdit::Settings(scope, Box::new(set)));
    }
    Ok(ShopChange {
        edits,
        target: store.code.clone(),
        details: replaced.words(),
    })
}

fn value_error(store: &StoreView, update: &StoreUpdate) -> Option<UserError> {
    let checked = |value: &Option<String>, check: fn(&str, &str) -> Option<UserError>, field: &str| {
        value.as_deref().and_then(|value| check(field, value))
    };
    checked(&update.name, name_error, "name")
        .or_else(|| checked(&update.group_name, name_error, "group_name"))
        .or_else(|| checked(&update.locale, locale_error, "locale"))
        .or_else(|| checked(&update.timezone, timezone_error, "timezone"))
        .or_else(|| {
            let url = update.storefront_url.clone()?;
            let check = Setting::storefront_url().check(ConfigScope::Store(store.number), &url.into());
            let refusal = check.err()?;
            let code = UserErrorCode::Invalid;
            Some(UserError::about("storefront_url", code, refusal.to_string()))
        })
}
