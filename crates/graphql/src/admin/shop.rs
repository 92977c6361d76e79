//! The shop's structure and its customers' accounts.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use countermand_app::create_customer::CustomerInput;
use countermand_app::create_store::NewStore;
use countermand_domain::{ConfigScope, MoneyError, StaffRole};

use super::staff;
use super::user_error::{UserError, answer};
use crate::context::app;
use crate::error::internal;
use crate::types::{CurrencyEnum, Customer, StoreConfig};

/// Staff's changes to the shop.
#[derive(Default)]
pub(crate) struct AdminShopMutation;

#[Object]
impl AdminShopMutation {
    /// Adds a website. Needs the role `owner`.
    async fn create_website(
        &self,
        context: &Context<'_>,
        input: CreateWebsiteInput,
    ) -> Result<CreateWebsitePayload> {
        let viewer = staff(context, StaffRole::Owner)?;
        let asked = app(context)?
            .create_website(viewer, &input.code, &input.name)
            .await;
        let (website, user_errors) = answer(asked)?;
        Ok(CreateWebsitePayload {
            website_code: website.map(|website| website.code),
            user_errors,
        })
    }

    /// Adds a store view. Needs the role `owner`.
    async fn create_store(
        &self,
        context: &Context<'_>,
        input: CreateStoreInput,
    ) -> Result<CreateStorePayload> {
        let viewer = staff(context, StaffRole::Owner)?;
        let app = app(context)?;
        let asked = match input.read() {
            Ok(new) => app.create_store(viewer, &new).await,
            Err(refusal) => Ok(Err(refusal)),
        };
        let (store, user_errors) = answer(asked)?;
        let Some(store) = store else {
            return Ok(CreateStorePayload {
                store: None,
                user_errors,
            });
        };
        // The viewer's catalog is older than the store view.
        let scope = ConfigScope::Store(store.number);
        let catalog = app
            .cancellation_config(viewer, scope)
            .await
            .map_err(internal)?
            .catalog;
        Ok(CreateStorePayload {
            store: Some(StoreConfig::new(&catalog, &store)),
            user_errors,
        })
    }

    /// Makes a customer's account, or gives a password to one that an import brought. Needs the role `manager`.
    async fn create_customer(
        &self,
        context: &Context<'_>,
        input: CreateCustomerInput,
    ) -> Result<CreateCustomerPayload> {
        let viewer = staff(context, StaffRole::Manager)?;
        let (customer, user_errors) = answer(app(context)?.create_customer(viewer, input.into()).await)?;
        Ok(CreateCustomerPayload {
            customer: customer.map(Customer::new),
            user_errors,
        })
    }
}

/// What a website is made of.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateWebsiteInput {
    /// A letter, then letters, digits and `_`, at most 32.
    code: String,
    name: String,
}

/// What a store view is made of.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateStoreInput {
    /// A letter, then letters, digits and `_`, at most 32.
    code: String,
    name: String,
    website_code: String,
    /// The website's first group when absent; a new one if there is none of that code.
    group_code: Option<String>,
    /// The name of a new group.
    group_name: Option<String>,
    #[graphql(default_with = "Some(DEFAULT_LOCALE.to_owned())")]
    locale: Option<String>,
    /// IANA name: `Europe/Amsterdam`.
    #[graphql(default_with = "Some(DEFAULT_TIMEZONE.to_owned())")]
    timezone: Option<String>,
    /// What it sells in.
    currency: CurrencyEnum,
    /// Position in lists.
    #[graphql(default_with = "Some(0)")]
    sort_order: Option<i32>,
}

/// What an account is made of.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateCustomerInput {
    website_code: String,
    email: String,
    /// At least 8 characters of three kinds: lower case, upper case, digits, others.
    #[graphql(secret)]
    password: String,
    firstname: String,
    lastname: String,
}

/// The new website, or why there is none.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateWebsitePayload {
    website_code: Option<String>,
    user_errors: Vec<UserError>,
}

/// The new store view, or why there is none.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateStorePayload {
    store: Option<StoreConfig>,
    user_errors: Vec<UserError>,
}

/// The account, or why there is none.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CreateCustomerPayload {
    customer: Option<Customer>,
    user_errors: Vec<UserError>,
}

const DEFAULT_LOCALE: &str = "en_US";
const DEFAULT_TIMEZONE: &str = "UTC";

impl CreateStoreInput {
    fn read(self) -> Result<NewStore, countermand_app::UserError> {
        let currency = self.currency.code().parse().map_err(|problem: MoneyError| {
            countermand_app::UserError::about(
                "currency",
                countermand_app::UserErrorCode::Invalid,
                problem.to_string(),
            )
        })?;
        Ok(NewStore {
            code: self.code,
            name: self.name,
            website_code: self.website_code,
            group_code: self.group_code,
            group_name: self.group_name,
            locale: self.locale.unwrap_or_else(|| DEFAULT_LOCALE.into()),
            timezone: self.timezone.unwrap_or_else(|| DEFAULT_TIMEZONE.into()),
            currency,
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
