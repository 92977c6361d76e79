//! `paymentProviders`, `connectPaymentProvider`, `changePaymentProvider` and `retryObligation`: staff connects the
//! providers that pay money back, and lets them try again.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::App;
use countermand_app::payments::account::{ChangePaymentProvider, ConnectPaymentProvider, PaymentAccount};

use super::cursor::rfc3339;
use super::obligations::Obligation;
use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::internal;

/// Staff's query for payment providers.
#[derive(Default)]
pub(crate) struct AdminPaymentProviderQuery;

#[Object]
impl AdminPaymentProviderQuery {
    /// Lists the accounts at payment providers that are connected, by name. The setting `payment_providers` says which
    /// payment methods each of them serves. The caller needs the role `manager` and a token for all store views.
    async fn payment_providers(&self, context: &Context<'_>) -> Result<Vec<PaymentProvider>> {
        let viewer = staff(context)?;
        let accounts = app(context)?.payment_accounts(viewer).await.map_err(internal)?;
        let app = app(context)?;
        let shown = |account: PaymentAccount| PaymentProvider::of(app, account);
        Ok(accounts.into_iter().map(shown).collect())
    }
}

/// Staff's mutations of payment providers.
#[derive(Default)]
pub(crate) struct AdminPaymentProviderMutation;

#[Object]
impl AdminPaymentProviderMutation {
    /// Connects an account at a payment provider. Refunds and voids of the payment methods that the setting
    /// `payment_providers` gives to the account are then carried out there. The key is kept encrypted, and is never
    /// shown; a server without `SECRET_KEYS` refuses it. The caller needs the role `owner` and a token for all store
    /// views.
    async fn connect_payment_provider(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The account, and how to reach it.")] input: ConnectPaymentProviderInput,
    ) -> Result<PaymentProviderPayload> {
        let viewer = staff(context)?;
        let asked = ConnectPaymentProvider {
            name: input.name,
            adapter: match input.adapter {
                PaymentAdapter::Adyen => "adyen".to_owned(),
                PaymentAdapter::Http => "http".to_owned(),
                PaymentAdapter::Hyperswitch => "hyperswitch".to_owned(),
                PaymentAdapter::Stripe => "stripe".to_owned(),
            },
            address: input.address,
            secret: input.secret,
            webhook_secret: input.webhook_secret,
            merchant_account: input.merchant_account,
            requests_per_second: input.requests_per_second,
        };
        let app = app(context)?;
        payload(app, app.connect_payment_provider(viewer, &asked).await)
    }

    /// Changes the address, the key or the most requests a second of an account, pauses it, or resumes it. While an
    /// account is paused, nothing is sent there; what is owed waits. A server without `SECRET_KEYS` refuses a new key
    /// and a new secret of webhooks. The caller needs the role `owner` and a token for all store views.
    async fn change_payment_provider(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The account, and what changes; what is null stays.")]
        input: ChangePaymentProviderInput,
    ) -> Result<PaymentProviderPayload> {
        let viewer = staff(context)?;
        let asked = ChangePaymentProvider {
            address: input.address,
            secret: input.secret,
            webhook_secret: input.webhook_secret,
            is_paused: input.is_paused,
            requests_per_second: input.requests_per_second,
        };
        let app = app(context)?;
        payload(
            app,
            app.change_payment_provider(viewer, &input.name, &asked).await,
        )
    }

    /// Lets the payment provider try an open refund or void again, at once and with all its attempts. One that failed is
    /// `REQUESTED` from then on, and is sent under a new key; one whose outcome is not known keeps its key, so that money
    /// cannot go back twice. The caller needs the role `support`.
    async fn retry_obligation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The refund or the void to try again.")] input: RetryObligationInput,
    ) -> Result<RetryObligationPayload> {
        let viewer = staff(context)?;
        let done = app(context)?.retry_obligation(viewer, &input.id).await;
        let (obligation, user_errors) = done_or_user_errors(done)?;
        Ok(RetryObligationPayload {
            obligation: obligation.and_then(Obligation::of),
            user_errors,
        })
    }
}

fn payload(
    app: &App,
    done: Result<PaymentAccount, countermand_app::Failure<countermand_app::UserError>>,
) -> Result<PaymentProviderPayload> {
    let (account, user_errors) = done_or_user_errors(done)?;
    Ok(PaymentProviderPayload {
        payment_provider: account.map(|account| PaymentProvider::of(app, account)),
        user_errors,
    })
}

/// The protocol in which a payment provider is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum PaymentAdapter {
    /// The Checkout API of Adyen, with an API key, a merchant account and the HMAC key of a standard webhook.
    Adyen,
    /// The protocol of `docs/payment-protocol.md`, for a payment service of your own.
    Http,
    /// The API of Hyperswitch, hosted or run by the merchant, with an API key.
    Hyperswitch,
    /// The API of Stripe, with a secret or a restricted key.
    Stripe,
}

/// A new account at a payment provider.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConnectPaymentProviderInput {
    /// The name of the account: 1 to 32 lower-case letters, digits and hyphens.
    name: String,
    /// The protocol in which the provider is spoken to.
    adapter: PaymentAdapter,
    /// The base address of the provider, such as `https://pay.example/shop`: at most 255 characters. Null means the
    /// usual address of the provider, where the protocol has one: `https://api.stripe.com`,
    /// `https://api.hyperswitch.io`.
    address: Option<String>,
    /// The key to the account: 1 to 4,096 printable ASCII characters without spaces.
    secret: String,
    /// The secret with which the provider signs its webhooks; null where it sends none. It begins with `whsec_`; at
    /// Adyen it is the HMAC key, which is required, and at Hyperswitch the hash key of the profile. The webhooks go to
    /// `/webhooks/ADAPTER/NAME` of this server.
    webhook_secret: Option<String>,
    /// The account of the merchant that requests to Adyen name, or the connected account of Stripe (`acct_...`) to
    /// which the payments belong: 1 to 80 characters. Adyen needs one. Null at Stripe means the account of the key itself;
    /// the other adapters have none.
    merchant_account: Option<String>,
    /// The most requests that each server and each worker sends to the account in a second: 1 to 100. Null means 20.
    requests_per_second: Option<i32>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// A change of an account at a payment provider.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ChangePaymentProviderInput {
    /// The name of the account to change.
    name: String,
    /// The new base address; null leaves it as it is.
    address: Option<String>,
    /// The new key to the account; null leaves it as it is.
    secret: Option<String>,
    /// The new secret of webhooks; null leaves it as it is. The one before it counts for 24 hours more.
    webhook_secret: Option<String>,
    /// Whether nothing is sent to the provider for now; null leaves it as it is, but a new key resumes an account that
    /// paused itself because the provider refused the key before it.
    is_paused: Option<bool>,
    /// The most requests that each server and each worker sends to the account in a second: 1 to 100. Null leaves it as
    /// it is.
    requests_per_second: Option<i32>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// An account at a payment provider that is connected.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct PaymentProvider {
    /// The name of the account, which the setting `payment_providers` uses.
    name: String,
    /// The code of the adapter, such as `http`.
    adapter: String,
    /// The base address of the provider.
    address: String,
    /// The merchant account that requests name; null where the provider knows it by the key.
    merchant_account: Option<String>,
    /// Whether nothing is sent to the provider: staff paused it, or the provider refused the key.
    is_paused: bool,
    /// The reason why the account was paused by itself, in English; null when there is none.
    problem: Option<String>,
    /// Whether webhooks of the provider are taken: a secret of webhooks is set.
    takes_webhooks: bool,
    /// The most requests that each server and each worker sends to the account in a second.
    requests_per_second: i32,
    /// The time until which this server sends nothing, because the provider failed several times in a row: RFC 3339, in
    /// UTC. Null while requests pass. Each server counts for itself.
    suspended_until: Option<String>,
    /// The time at which the account was connected: RFC 3339, in UTC.
    created_at: String,
}

/// The account as it is now, or why it was not changed.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct PaymentProviderPayload {
    /// The account after the change; null when nothing was changed.
    payment_provider: Option<PaymentProvider>,
    /// The reasons why nothing was changed; empty after a change.
    user_errors: Vec<UserError>,
}

/// The refund or the void that the payment provider is to try again.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RetryObligationInput {
    /// The `Obligation.id` of an open refund or void.
    id: ID,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The obligation that is tried again, or why it is not.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RetryObligationPayload {
    /// The obligation as it was before the new attempt; null when nothing was changed.
    obligation: Option<Obligation>,
    /// The reasons why nothing was changed; empty after a change.
    user_errors: Vec<UserError>,
}

impl PaymentProvider {
    fn of(app: &App, account: PaymentAccount) -> Self {
        let suspended_until = app.payment_account_suspended_until(&account.name);
        Self {
            takes_webhooks: account.webhook_secret.is_some(),
            suspended_until: suspended_until.map(rfc3339),
            name: account.name,
            adapter: account.adapter,
            address: account.address,
            merchant_account: account.merchant_account,
            requests_per_second: account.requests_per_second,
            is_paused: account.is_paused,
            problem: Some(account.problem).filter(|problem| !problem.is_empty()),
            created_at: rfc3339(account.created_at),
        }
    }
}
