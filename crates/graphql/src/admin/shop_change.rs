//! `updateWebsite`, `updateStore`, `disableStore`, `enableStore`, `setStatusLabel`: staff makes the shop its own.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use countermand_app::Failure;
use countermand_app::shop::update_store::StoreUpdate;
use countermand_domain::{Currency, MoneyError, Shop};

use super::shop_structure::{AdminStore, AdminWebsite, StatusLabel};
use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::CurrencyEnum;
use crate::kit::RepeatInput;
use crate::kit::context::app;

/// Staff's mutations that change websites and store views.
#[derive(Default)]
pub(crate) struct AdminShopChangeMutation;

#[Object]
impl AdminShopChangeMutation {
    /// Renames a website. The caller needs the role `owner` for all store views.
    async fn update_website(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The website and its new name.")] input: UpdateWebsiteInput,
    ) -> Result<UpdateWebsitePayload> {
        let viewer = staff(context)?;
        let asked = app(context)?
            .update_website(viewer, &input.code, &input.name)
            .await;
        let (shop, user_errors) = done_or_user_errors(asked)?;
        Ok(UpdateWebsitePayload {
            website: shop.and_then(|shop| AdminWebsite::by_code(&shop, &input.code)),
            user_errors,
        })
    }

    /// Changes a store view; a value that is null stays as it is. Orders keep the currency in which they were placed.
    /// The caller needs the role `owner`; a token for one store view changes that store view only, without its group.
    async fn update_store(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The store view and its new values.")] input: UpdateStoreInput,
    ) -> Result<StorePayload> {
        let viewer = staff(context)?;
        let code = input.code.clone();
        let asked = match input.read() {
            Ok(update) => app(context)?.update_store(viewer, &code, &update).await,
            Err(refusal) => Err(refusal.into()),
        };
        StorePayload::of(asked, &code)
    }

    /// Disables a store view: requests of storefronts for it are answered as for an unknown store view. Its orders
    /// stay, and staff works on them as before. The last active store view cannot be disabled. The caller needs the
    /// role
    /// `owner` for all store views.
    async fn disable_store(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The store view to disable.")] input: DisableStoreInput,
    ) -> Result<StorePayload> {
        let viewer = staff(context)?;
        let asked = app(context)?.disable_store(viewer, &input.code).await;
        StorePayload::of(asked, &input.code)
    }

    /// Enables a store view that was disabled. The caller needs the role `owner` for all store views.
    async fn enable_store(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The store view to enable.")] input: EnableStoreInput,
    ) -> Result<StorePayload> {
        let viewer = staff(context)?;
        let asked = app(context)?.enable_store(viewer, &input.code).await;
        StorePayload::of(asked, &input.code)
    }

    /// Sets the label that buyers read for a status, in one store view or in all store views. The caller needs the role
    /// `manager`; a token for one store view sets labels of that store view only.
    async fn set_status_label(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The status, the store view and the label.")] input: SetStatusLabelInput,
    ) -> Result<SetStatusLabelPayload> {
        let viewer = staff(context)?;
        let store_code = input.store_code.as_deref();
        let asked = app(context)?
            .set_status_label(viewer, &input.status, store_code, input.label.as_deref())
            .await;
        let (shop, user_errors) = done_or_user_errors(asked)?;
        Ok(SetStatusLabelPayload {
            status_label: shop.and_then(|shop| StatusLabel::set(&shop, &input.status, store_code)),
            user_errors,
        })
    }
}

/// A website and its new name.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UpdateWebsiteInput {
    /// The code of the website to rename.
    code: String,
    /// The new name of the website: one line of 1 to 255 characters.
    name: String,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// A store view and its new values. A value that is null stays as it is.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UpdateStoreInput {
    /// The code of the store view to change.
    code: String,
    /// The new name of the store view: one line of 1 to 255 characters.
    name: Option<String>,
    /// The new name of the store group of the store view: one line of 1 to 255 characters. All store views of the group
    /// show it.
    group_name: Option<String>,
    /// The new locale: a language and a country that exist, such as `nl_NL`.
    locale: Option<String>,
    /// The new time zone: an IANA name, such as `Europe/Amsterdam`.
    timezone: Option<String>,
    /// The currency in which the store view sells from now on.
    currency: Option<CurrencyEnum>,
    /// The new position of the store view in lists, the smallest first. The first active store view answers requests
    /// without a `Store` header.
    sort_order: Option<i32>,
    /// The address of the storefront, with which links in mails begin: `http://` or `https://`, without a query, at
    /// most 255 characters. It is set at the store view, like the setting `web/secure/base_link_url`.
    storefront_url: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The store view to disable.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct DisableStoreInput {
    /// The code of the store view to disable.
    code: String,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The store view to enable again.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct EnableStoreInput {
    /// The code of the store view to enable.
    code: String,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// A status and the label that buyers read for it.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SetStatusLabelInput {
    /// The code of the status: one of Adobe's, such as `pending`, or one that the shop made; 1 to 32 characters.
    status: String,
    /// The code of the store view that shows the label; null for all store views without a label of their own.
    store_code: Option<String>,
    /// The label: one line of 1 to 128 characters. Null takes the set label back.
    label: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The result of `updateWebsite`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UpdateWebsitePayload {
    /// The website after the mutation; null when the mutation was refused.
    website: Option<AdminWebsite>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

/// The result of `updateStore`, `disableStore` and `enableStore`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct StorePayload {
    /// The store view after the mutation; null when the mutation was refused.
    store: Option<AdminStore>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

/// The result of `setStatusLabel`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SetStatusLabelPayload {
    /// The label that is set now; null when a label was taken back, or when the mutation was refused.
    status_label: Option<StatusLabel>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

impl StorePayload {
    fn of(asked: Result<Arc<Shop>, Failure<countermand_app::UserError>>, code: &str) -> Result<Self> {
        let (shop, user_errors) = done_or_user_errors(asked)?;
        Ok(Self {
            store: shop.and_then(|shop| AdminStore::by_code(&shop, code)),
            user_errors,
        })
    }
}

impl UpdateStoreInput {
    fn read(self) -> Result<StoreUpdate, countermand_app::UserError> {
        Ok(StoreUpdate {
            name: self.name,
            group_name: self.group_name,
            locale: self.locale,
            timezone: self.timezone,
            currency: self.currency.map(read_currency).transpose()?,
            sort_order: self.sort_order,
            storefront_url: self.storefront_url,
        })
    }
}

/// The currency that a client named; a refusal for a currency of Adobe's list that ISO 4217 no longer has.
pub(super) fn read_currency(currency: CurrencyEnum) -> Result<Currency, countermand_app::UserError> {
    currency.name().parse().map_err(|problem: MoneyError| {
        let code = countermand_app::UserErrorCode::Invalid;
        countermand_app::UserError::about("currency", code, problem.to_string())
    })
}
