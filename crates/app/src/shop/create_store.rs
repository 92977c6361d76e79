//! An owner adds a store view.

use countermand_domain::{Currency, Shop, StoreGroup, StoreNumber, StoreView, Website};
use countermand_persistence::DatabaseError;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::code_and_name::{code_error, name_error, taken};
use crate::shop::locale_and_timezone::{locale_error, timezone_error};
use crate::viewer::Viewer;

/// The values of a new store view.
#[derive(Debug, Clone)]
pub struct NewStore {
    /// The unique code of the store view.
    pub code: String,
    /// The name of the store view.
    pub name: String,
    /// The website that the store view belongs to.
    pub website_code: String,
    /// The code of its group. Without a code, the website's first group is used; an unknown code makes a new group.
    pub group_code: Option<String>,
    /// The name of a new group.
    pub group_name: Option<String>,
    /// The locale, such as `en_US`.
    pub locale: String,
    /// The IANA name of the time zone.
    pub timezone: String,
    /// The currency of its prices.
    pub currency: Currency,
    /// The position of the store view in lists.
    pub sort_order: i32,
}

impl App {
    /// Adds a store view. Its number follows the highest number so far; the ids of its orders begin with this number.
    pub async fn create_store(
        &self,
        viewer: &Viewer,
        new: &NewStore,
    ) -> Result<StoreView, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::CreateStore)?;
        if staff.store.is_some() {
            return Err(AppError::Forbidden.into());
        }
        self.retry_on_conflict(AppError::ShopContended, || self.add_store(viewer, new))
            .await
    }

    async fn add_store(&self, viewer: &Viewer, new: &NewStore) -> Result<StoreView, Failure<UserError>> {
        let shop = self.database().shop().await?;
        if let Some(made) = shop.store_by_code(&new.code).filter(|_| viewer.is_carried_out()) {
            return Ok(made.clone());
        }
        let (store, new_group) = planned(&shop, new)?;
        let details = format!("website {}, number {}", new.website_code, store.number.0);
        let audit = self.trail_of(viewer, "createStore", &store.code, &details);
        match self
            .database()
            .insert_store(&store, new_group.as_ref(), &audit)
            .await
        {
            Ok(()) => {
                tracing::info!(
                    store = store.number.0,
                    code = store.code,
                    "a store view was created"
                );
                Ok(store)
            }
            // Another request took the code or the number meanwhile. The
            // next attempt reads the shop again and tells which of them.
            Err(DatabaseError::Duplicate) => Err(DatabaseError::Conflict.into()),
            Err(problem) => Err(problem.into()),
        }
    }
}

fn planned(shop: &Shop, new: &NewStore) -> Result<(StoreView, Option<StoreGroup>), UserError> {
    let website = shop.website_by_code(&new.website_code);
    let website = website
        .ok_or_else(|| UserError::about("website_code", UserErrorCode::NotFound, "no such website"))?;
    if let Some(refusal) = text_error(new) {
        return Err(refusal);
    }
    if shop.store_by_code(&new.code).is_some() {
        return Err(taken("code", &new.code));
    }
    let last = shop.stores.iter().map(|it| it.number.0).max().unwrap_or(0);
    if last >= StoreNumber::MAX {
        return Err(UserError::about(
            "code",
            UserErrorCode::Invalid,
            "no more store views are possible",
        ));
    }
    let (group, new_group) = group(shop, website, new)?;
    let store = StoreView {
        number: StoreNumber(last + 1),
        code: new.code.clone(),
        name: new.name.trim().into(),
        website: website.number,
        group,
        locale: new.locale.clone(),
        timezone: new.timezone.clone(),
        currency: new.currency,
        sort_order: new.sort_order,
        is_active: true,
    };
    Ok((store, new_group))
}

fn text_error(new: &NewStore) -> Option<UserError> {
    code_error("code", &new.code)
        .or_else(|| name_error("name", &new.name))
        .or_else(|| {
            new.group_code
                .as_deref()
                .and_then(|code| code_error("group_code", code))
        })
        .or_else(|| {
            new.group_name
                .as_deref()
                .and_then(|name| name_error("group_name", name))
        })
        .or_else(|| locale_error("locale", &new.locale))
        .or_else(|| timezone_error("timezone", &new.timezone))
}

/// The group's code, and the group itself if it is new.
fn group(shop: &Shop, website: &Website, new: &NewStore) -> Result<(String, Option<StoreGroup>), UserError> {
    let mut of_website = shop.groups.iter().filter(|it| it.website == website.number);
    let code = match (&new.group_code, of_website.next()) {
        (Some(code), _) => code.clone(),
        (None, Some(first)) => first.code.clone(),
        (None, None) => format!("{}_store", website.code),
    };
    match shop.groups.iter().find(|it| it.code == code) {
        Some(group) if group.website != website.number => Err(UserError::about(
            "group_code",
            UserErrorCode::Taken,
            "this group belongs to another website",
        )),
        Some(_) => Ok((code, None)),
        None => {
            let name = new.group_name.clone().unwrap_or_else(|| website.name.clone());
            Ok((
                code.clone(),
                Some(StoreGroup {
                    code,
                    name,
                    website: website.number,
                }),
            ))
        }
    }
}
