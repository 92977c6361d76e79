//! Looks at all secrets that the shop keeps sealed, seals them anew with the newest key, and refuses to keep new ones
//! without a key from outside the database.

use chrono::{DateTime, Utc};
use countermand_persistence::{PaymentAccount, WebhookEndpoint};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::payments::account::{context_of as key_context, webhook_context_of};
use crate::rights::StaffOperation;
use crate::vault::{Kept, Vault};
use crate::viewer::Viewer;
use crate::webhooks::endpoint::context_of as endpoint_context;

/// The action in the audit log.
const SEALED_ANEW: &str = "sealSecretsAnew";

/// Why no new secret is kept.
const NO_KEY: &str = "SECRET_KEYS is not set, so the secret would be sealed with one that lies in the same database: \
                      set SECRET_KEYS for all servers and workers, and try again (docs/operations.md, `Keys that \
                      seal secrets`)";

/// What became of the secrets when they were sealed anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealedSecrets {
    /// How many accounts and endpoints have secrets that the newest key sealed now.
    pub sealed_anew: usize,
    /// How many had only secrets that the newest key had sealed before.
    pub unchanged: usize,
    /// The accounts and endpoints of which a secret cannot be opened, in words.
    pub lost: Vec<String>,
}

impl App {
    /// Refuses a new secret, which the input has in `field`, while no key from outside the database would seal it.
    pub(crate) fn check_key_for_secrets(&self, field: Option<&str>) -> Result<(), UserError> {
        let refused = || UserError {
            code: UserErrorCode::Invalid,
            message: NO_KEY.to_owned(),
            field: field.map(str::to_owned),
        };
        self.vault().has_keys().then_some(()).ok_or_else(refused)
    }

    /// The accounts and endpoints of which this program cannot open a secret, in words. What they owe cannot be sent.
    pub async fn lost_secrets(&self) -> Result<Vec<String>, AppError> {
        self.names_of(|secrets| kept(self.vault(), secrets) == Kept::Lost)
            .await
    }

    /// The accounts and endpoints of which a reader of the database can open a secret, in words: it is sealed with the
    /// installation's secret.
    pub async fn open_secrets(&self) -> Result<Vec<String>, AppError> {
        let vault = self.vault();
        self.names_of(|secrets| {
            let mut secrets = secrets.iter();
            secrets.any(|(sealed, context)| vault.is_open_to_readers(sealed, context))
        })
        .await
    }

    /// The names of the accounts and endpoints whose secrets are wanted.
    async fn names_of(&self, are_wanted: impl Fn(&[Sealed<'_>]) -> bool) -> Result<Vec<String>, AppError> {
        let accounts = self.database().payment_accounts().await?;
        let endpoints = self.database().webhook_endpoints().await?;
        let accounts = accounts
            .iter()
            .filter(|it| are_wanted(&sealed_of_account(it)))
            .map(name_of_account);
        let endpoints = endpoints
            .iter()
            .filter(|it| are_wanted(&sealed_of_endpoint(it)))
            .map(name_of_endpoint);
        Ok(accounts.chain(endpoints).collect())
    }

    /// Seals every secret with the newest key that another key sealed. The secrets themselves stay.
    pub async fn seal_secrets_anew(&self, viewer: &Viewer) -> Result<SealedSecrets, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::ChangePaymentProvider)?;
        if staff.store.is_some() {
            return Err(AppError::Forbidden.into());
        }
        let mut sealed = SealedSecrets::default();
        for account in self.database().payment_accounts().await? {
            let kept = self.seal_account_anew(viewer, &account.name).await?;
            sealed.count(kept, || name_of_account(&account));
        }
        for endpoint in self.database().webhook_endpoints().await? {
            let kept = self.seal_endpoint_anew(viewer, &endpoint.id).await?;
            sealed.count(kept, || name_of_endpoint(&endpoint));
        }
        Ok(sealed)
    }

    /// Seals the secrets of an account anew; the result says how they were kept before.
    async fn seal_account_anew(&self, viewer: &Viewer, name: &str) -> Result<Kept, Failure<UserError>> {
        self.retry_on_conflict(AppError::ShopContended, || async {
            let Some(account) = self.database().payment_account(name).await? else {
                return Ok(Kept::Current);
            };
            let kept = kept(self.vault(), &sealed_of_account(&account));
            if kept != Kept::Old {
                return Ok(kept);
            }
            let anew = |sealed: String, context: &str| self.anew(sealed, context);
            let webhooks = webhook_context_of(name);
            let after = PaymentAccount {
                secret: anew(account.secret, &key_context(name)),
                webhook_secret: account.webhook_secret.map(|it| anew(it, &webhooks)),
                old_webhook_secret: account
                    .old_webhook_secret
                    .map(|(it, until)| (anew(it, &webhooks), until)),
                version: account.version + 1,
                ..account
            };
            let audit = self.trail_of(viewer, SEALED_ANEW, name, "payment provider");
            self.database().update_payment_account(&after, &audit).await?;
            Ok(kept)
        })
        .await
    }

    /// Seals the secrets of an endpoint anew; the result says how they were kept before.
    async fn seal_endpoint_anew(&self, viewer: &Viewer, id: &str) -> Result<Kept, Failure<UserError>> {
        self.retry_on_conflict(AppError::ShopContended, || async {
            let Some(endpoint) = self.database().webhook_endpoint(id).await? else {
                return Ok(Kept::Current);
            };
            let kept = kept(self.vault(), &sealed_of_endpoint(&endpoint));
            if kept != Kept::Old {
                return Ok(kept);
            }
            let context = endpoint_context(id);
            let after = WebhookEndpoint {
                secret: self.anew(endpoint.secret, &context),
                old_secret: endpoint
                    .old_secret
                    .map(|(it, until)| (self.anew(it, &context), until)),
                version: endpoint.version + 1,
                ..endpoint
            };
            let audit = self.trail_of(viewer, SEALED_ANEW, id, "webhook endpoint");
            self.database().update_webhook_endpoint(&after, &audit).await?;
            Ok(kept)
        })
        .await
    }

    fn anew(&self, sealed: String, context: &str) -> String {
        self.vault().sealed_anew(&sealed, context).unwrap_or(sealed)
    }
}

impl SealedSecrets {
    fn count(&mut self, kept: Kept, name: impl Fn() -> String) {
        match kept {
            Kept::Current => self.unchanged += 1,
            Kept::Old => self.sealed_anew += 1,
            Kept::Lost => self.lost.push(name()),
        }
    }
}

/// A sealed text with the context that it was sealed for.
type Sealed<'a> = (&'a str, String);

fn sealed_of_account(account: &PaymentAccount) -> Vec<Sealed<'_>> {
    let webhooks = account
        .webhook_secret
        .iter()
        .chain(first(account.old_webhook_secret.as_ref()));
    let webhooks = webhooks.map(|it| (it.as_str(), webhook_context_of(&account.name)));
    let key = (account.secret.as_str(), key_context(&account.name));
    std::iter::once(key).chain(webhooks).collect()
}

fn sealed_of_endpoint(endpoint: &WebhookEndpoint) -> Vec<Sealed<'_>> {
    let secrets = std::iter::once(&endpoint.secret).chain(first(endpoint.old_secret.as_ref()));
    secrets
        .map(|it| (it.as_str(), endpoint_context(&endpoint.id)))
        .collect()
}

fn first(old: Option<&(String, DateTime<Utc>)>) -> Option<&String> {
    old.map(|(secret, _)| secret)
}

/// How the worst kept one of `secrets` is kept.
fn kept(vault: &Vault, secrets: &[Sealed<'_>]) -> Kept {
    let kept = secrets
        .iter()
        .map(|(sealed, context)| vault.kept(sealed, context));
    kept.max().unwrap_or(Kept::Current)
}

fn name_of_account(account: &PaymentAccount) -> String {
    format!("the payment provider {}", account.name)
}

fn name_of_endpoint(endpoint: &WebhookEndpoint) -> String {
    format!("the webhook endpoint {}", endpoint.id)
}
