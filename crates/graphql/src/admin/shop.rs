//! `createWebsite`, `createStore`, `createCustomer`: staff extends the shop's structure and makes accounts.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use countermand_app::accounts::create_customer::CustomerInput;
use countermand_app::shop::create_store::NewStore;
use countermand_domain::ConfigScope;

use super::shop_change::read_currency;
use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::CurrencyEnum;
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::internal;
use crate::types::Customer;
use crate::types::StoreConfig;

/// Staff's mutations of the shop's structure and of customers' accounts.
#[derive(Default)]
pub(crate) struct AdminShopMutation;

#[Object]
impl AdminShopMutation {
    /// Creates a website. The caller needs the role `owner` for all store views.
    async fn create_website(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The properties of the new website.")] input: CreateWebsiteInput,
    ) -> Result<CreateWebsitePayload> {
        let viewer = staff(context)?;
        let asked = app(context)?
            .create_website(viewer, &input.code, &input.name)
            .await;
        let (website, user_errors) = done_or_user_errors(asked)?;
        Ok(CreateWebsitePayload {
            website_code: website.map(|website| website.code),
            user_errors,
        })
    }

    /// Creates a store view, which is active at once. The caller needs the role `owner` for all store views.
    async fn create_store(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The properties of the new store view.")] input: CreateStoreInput,
    ) -> Result<CreateStorePayload> {
        let viewer = staff(context)?;
        let app = app(context)?;
        let asked = match input.read() {
            Ok(new) => app.create_store(viewer, &new).await,
            Err(refusal) => Err(refusal.into()),
        };
        let (store, user_errors) = done_or_user_errors(asked)?;
        let Some(store) = store else {
            return Ok(CreateStorePayload {
                store: None,
                user_errors,
            });
        };
        // The viewer's copy of the shop's structure does not hold the new store view, so it is read anew.
        let scope = ConfigScope::Store(store.number);
        let shop = app
            .cancellation_config(viewer, scope)
            .await
            .map_err(internal)?
            .shop;
        Ok(CreateStorePayload {
            store: Some(StoreConfig::new(&shop, &store)),
            user_errors,
        })
    }

    /// Creates an account for a customer. A buyer whose account an import created without a password gets a mail with a
    /// link to choose one instead, at most three in an hour. The caller needs the role `manager`.
    async fn create_customer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The properties of the customer's account.")] input: CreateCustomerInput,
    ) -> Result<CreateCustomerPayload> {
        let viewer = staff(context)?;
        let (created, user_errors) =
            done_or_user_errors(app(context)?.create_customer(viewer, input.into()).await)?;
        Ok(CreateCustomerPayload {
            link_sent: created.as_ref().is_some_and(|created| created.link_sent),
            customer: created.map(|created| Customer::new(created.customer)),
            user_errors,
        })
    }
}

/// The properties of a new website.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateWebsiteInput {
    /// The code of the website, unique: a letter, followed by letters, digits and `_`, at most 32 characters.
    code: String,
    /// The name of the website: one line of 1 to 255 characters.
    name: String,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The properties of a new store view.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateStoreInput {
    /// The code of the store view, unique: a letter, followed by letters, digits and `_`, at most 32 characters.
    code: String,
    /// The name of the store view: one line of 1 to 255 characters.
    name: String,
    /// The code of the website to which the store view belongs.
    website_code: String,
    /// The code of the store group to which the store view belongs; a group that does not exist is created. Null
    /// stands for the first group of the website, or for a new group if the website has none.
    group_code: Option<String>,
    /// The name of the store group, used only when the group is created; null for the name of the website.
    group_name: Option<String>,
    /// The locale of the store view: a language and a country that exist, such as `en_US`, the default. It decides the
    /// language of mails and of names of countries.
    #[graphql(default_with = "Some(DEFAULT_LOCALE.to_owned())")]
    locale: Option<String>,
    /// The IANA name of the time zone in which the dates of orders are shown, such as `Europe/Amsterdam`. The default
    /// is `UTC`.
    #[graphql(default_with = "Some(DEFAULT_TIMEZONE.to_owned())")]
    timezone: Option<String>,
    /// The currency in which the store view sells.
    currency: CurrencyEnum,
    /// The position of the store view in `availableStores`, the smallest first. The default is 0.
    #[graphql(default_with = "Some(0)")]
    sort_order: Option<i32>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The properties of a customer's account.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateCustomerInput {
    /// The code of the website on which the customer signs in.
    website_code: String,
    /// The e-mail address with which the customer signs in. It is kept in lower case.
    email: String,
    /// The password: at least 8 characters and at most 256 bytes, of at least three of these kinds of characters: lower
    /// case, upper case, digits, others. It neither begins nor ends with a space. It is not used for an account that an
    /// import created.
    #[graphql(secret)]
    password: String,
    /// The customer's first name: one line of 1 to 255 characters.
    firstname: String,
    /// The customer's last name: one line of 1 to 255 characters.
    lastname: String,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The result of `createWebsite`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateWebsitePayload {
    /// The code of the new website; null when the mutation was refused.
    website_code: Option<String>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

/// The result of `createStore`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateStorePayload {
    /// The new store view; null when the mutation was refused.
    store: Option<StoreConfig>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

/// The result of `createCustomer`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateCustomerPayload {
    /// The customer with the account; null when the mutation was refused.
    customer: Option<Customer>,
    /// Whether the customer gets a mail with a link to choose a password. The account came with an import then, and the
    /// password of the input is not used.
    link_sent: bool,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

const DEFAULT_LOCALE: &str = "en_US";
const DEFAULT_TIMEZONE: &str = "UTC";

impl CreateStoreInput {
    fn read(self) -> Result<NewStore, countermand_app::UserError> {
        Ok(NewStore {
            code: self.code,
            name: self.name,
            website_code: self.website_code,
            group_code: self.group_code,
            group_name: self.group_name,
            locale: self.locale.unwrap_or_else(|| DEFAULT_LOCALE.into()),
            timezone: self.timezone.unwrap_or_else(|| DEFAULT_TIMEZONE.into()),
            currency: read_currency(self.currency)?,
            sort_order: self.sort_order.unwrap_or(0),
        })
    }
}

impl From<CreateCustomerInput> for CustomerInput {
    fn from(input: CreateCustomerInput) -> Self {
        Self {
            website_code: input.website_code,
            email: input.email,
            password: input.password,
            firstname: input.firstname,
            lastname: input.lastname,
        }
    }
}
