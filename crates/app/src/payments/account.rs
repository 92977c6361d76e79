//! Staff connects accounts at payment providers, changes their keys, and pauses them.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{LONGEST_ACCOUNT_NAME, ProviderCapabilities, is_account_name};
pub use countermand_persistence::PaymentAccount;
use countermand_persistence::{AuditEntry, DatabaseError};

use super::recovery::KINDS;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::idempotency::READ_THE_CHANGE;
use crate::ports::{AccountAccess, MerchantAccountUse, PaymentProvider};
use crate::rights::StaffOperation;
use crate::viewer::{Staff, Viewer};

/// How long the secret of webhooks before the newest one counts.
const SECRETS_OVERLAP: TimeDelta = TimeDelta::days(1);
/// The most requests a second that staff can allow for an account: Stripe takes no more from a live account.
const MOST_REQUESTS_PER_SECOND: i32 = 100;
/// How many requests a second an account gets at most where staff says nothing: Stripe takes 25 in a sandbox.
const USUAL_REQUESTS_PER_SECOND: i32 = 20;

/// A new account at a payment provider.
#[derive(Clone)]
pub struct ConnectPaymentProvider {
    /// The name of the account: 1 to 32 lower-case letters, digits and hyphens.
    pub name: String,
    /// The code of the adapter.
    pub adapter: String,
    /// The base address of the provider; none for the usual one of the adapter.
    pub address: Option<String>,
    /// The key to the account.
    pub secret: String,
    /// The secret with which the provider signs its webhooks; none where it sends none.
    pub webhook_secret: Option<String>,
    /// The merchant account at the provider; none where the provider knows it by the key.
    pub merchant_account: Option<String>,
    /// How many requests each process sends in a second at most, 1 to 100; none for 20.
    pub requests_per_second: Option<i32>,
}

/// A change of an account; what is none stays.
#[derive(Clone, Default)]
pub struct ChangePaymentProvider {
    /// The new base address.
    pub address: Option<String>,
    /// The new key to the account. It resumes an account that paused itself, unless `is_paused` says something else.
    pub secret: Option<String>,
    /// The new secret of webhooks; the one before it counts for a day more.
    pub webhook_secret: Option<String>,
    /// Whether nothing is sent to the provider for now.
    pub is_paused: Option<bool>,
    /// How many requests each process sends in a second at most, 1 to 100.
    pub requests_per_second: Option<i32>,
}

impl App {
    /// All accounts, by name.
    pub async fn payment_accounts(&self, viewer: &Viewer) -> Result<Vec<PaymentAccount>, AppError> {
        of_whole_shop(viewer, StaffOperation::PaymentProviders)?;
        Ok(self.database().payment_accounts().await?)
    }

    /// Connects an account. The setting `payment_providers` says which payment methods it serves.
    pub async fn connect_payment_provider(
        &self,
        viewer: &Viewer,
        asked: &ConnectPaymentProvider,
    ) -> Result<PaymentAccount, Failure<UserError>> {
        of_whole_shop(viewer, StaffOperation::ConnectPaymentProvider)?;
        if viewer.is_carried_out() {
            let made = self.database().payment_account(&asked.name).await?;
            return Ok(made.ok_or(AppError::AnswerLost(READ_THE_CHANGE))?);
        }
        if !is_account_name(&asked.name) {
            let message = format!(
                "must have 1 to {LONGEST_ACCOUNT_NAME} lower-case letters, digits and hyphens, and no other characters"
            );
            return Err(UserError::about("name", UserErrorCode::Invalid, message).into());
        }
        if !self
            .payment_providers()
            .adapters()
            .contains(&asked.adapter.as_str())
        {
            let known = self.payment_providers().adapters().join(", ");
            let message = format!("there is no such adapter: {known}");
            return Err(UserError::about("adapter", UserErrorCode::Invalid, message).into());
        }
        let usual = self.payment_providers().usual_address(&asked.adapter);
        let Some(address) = asked.address.as_deref().or(usual) else {
            let message = "the adapter needs the base address of the provider";
            return Err(UserError::about("address", UserErrorCode::Invalid, message).into());
        };
        self.check_merchant_account(asked)?;
        let requests_per_second = rate(asked.requests_per_second, USUAL_REQUESTS_PER_SECOND)?;
        let capabilities = self.check_account(AccountAccess {
            name: &asked.name,
            adapter: &asked.adapter,
            address,
            secret: &asked.secret,
            merchant_account: asked.merchant_account.as_deref(),
            requests_per_second,
        })?;
        match &asked.webhook_secret {
            Some(secret) => self.check_webhook_secret(&asked.adapter, secret)?,
            None if capabilities.answers_at_once => {}
            None => {
                let message =
                    "the adapter needs the secret of the provider's webhooks: only they tell outcomes";
                return Err(UserError::about("webhook_secret", UserErrorCode::Invalid, message).into());
            }
        }
        let account = PaymentAccount {
            webhook_secret: asked
                .webhook_secret
                .as_deref()
                .map(|secret| self.sealed_webhook_secret(&asked.name, secret)),
            old_webhook_secret: None,
            merchant_account: asked.merchant_account.clone(),
            requests_per_second,
            secret: self.sealed_secret(&asked.name, &asked.secret),
            name: asked.name.clone(),
            adapter: asked.adapter.clone(),
            address: address.to_owned(),
            is_paused: false,
            problem: String::new(),
            version: 1,
            created_at: self.now(),
        };
        let details = format!(
            "{} at {}, {requests_per_second} requests a second",
            account.adapter, account.address
        );
        let audit = self.trail_of(viewer, "connectPaymentProvider", &account.name, &details);
        match self.database().insert_payment_account(&account, &audit).await {
            Ok(()) => Ok(account),
            Err(DatabaseError::Duplicate) => {
                let message = "another account has this name: `changePaymentProvider` changes its key";
                Err(UserError::about("name", UserErrorCode::Taken, message).into())
            }
            Err(problem) => Err(problem.into()),
        }
    }

    /// Changes an account, pauses it or resumes it. A new key resumes an account that paused itself because the
    /// provider refused the one before; an account that staff paused stays paused.
    pub async fn change_payment_provider(
        &self,
        viewer: &Viewer,
        name: &str,
        asked: &ChangePaymentProvider,
    ) -> Result<PaymentAccount, Failure<UserError>> {
        of_whole_shop(viewer, StaffOperation::ChangePaymentProvider)?;
        self.retry_on_conflict(AppError::ShopContended, || async {
            let account = self.database().payment_account(name).await?;
            let account = account.ok_or_else(|| {
                UserError::about(
                    "name",
                    UserErrorCode::NotFound,
                    "there is no account with this name",
                )
            })?;
            if viewer.is_carried_out() {
                return Ok(account);
            }
            let address = asked.address.as_ref().unwrap_or(&account.address);
            let requests_per_second = rate(asked.requests_per_second, account.requests_per_second)?;
            let secret = match &asked.secret {
                Some(secret) => {
                    self.check_account(AccountAccess {
                        name,
                        adapter: &account.adapter,
                        address,
                        secret,
                        merchant_account: account.merchant_account.as_deref(),
                        requests_per_second,
                    })?;
                    self.sealed_secret(name, secret)
                }
                None if *address != account.address => {
                    let message =
                        "another address needs the key again, so that the kept one is sent nowhere else";
                    return Err(UserError::about("secret", UserErrorCode::Invalid, message).into());
                }
                None => account.secret.clone(),
            };
            let current = account.webhook_secret.as_ref();
            let current = current.and_then(|sealed| self.opened_webhook_secret(name, sealed));
            let (webhook_secret, old_webhook_secret) = match &asked.webhook_secret {
                Some(new) if current.as_ref() != Some(new) => {
                    self.check_webhook_secret(&account.adapter, new)?;
                    let until = self.now() + SECRETS_OVERLAP;
                    let old = account.webhook_secret.clone().map(|old| (old, until));
                    (Some(self.sealed_webhook_secret(name, new)), old)
                }
                // The same secret again is no change, so the one before it counts for as long as it did.
                Some(_) | None => (account.webhook_secret.clone(), account.old_webhook_secret.clone()),
            };
            // A problem says that the account paused itself, because the provider refused its key.
            let has_new_key = asked.secret.is_some() && !account.problem.is_empty();
            let is_paused = asked.is_paused.unwrap_or(account.is_paused && !has_new_key);
            let stays_as_it_is = is_paused && asked.is_paused.is_none();
            let after = PaymentAccount {
                webhook_secret,
                old_webhook_secret,
                address: address.clone(),
                secret,
                // An account that staff pauses is paused for staff's reason, so that only staff resumes it.
                problem: if stays_as_it_is {
                    account.problem
                } else {
                    String::new()
                },
                is_paused,
                requests_per_second,
                version: account.version + 1,
                ..account
            };
            let audit = self.trail_of(viewer, "changePaymentProvider", name, &asked.details());
            if after.is_paused {
                self.database().update_payment_account(&after, &audit).await?;
            } else {
                let settles = self.settled_by_resuming(name);
                let resumed = self.database().resume_payment_account(&after, &audit, &settles);
                resumed.await?;
                self.database().make_due(&KINDS).await?;
            }
            Ok(after)
        })
        .await
    }

    /// The adapter of an account; an error in words when it cannot be used.
    pub(super) fn provider_of(&self, account: &PaymentAccount) -> Result<Box<dyn PaymentProvider>, String> {
        let secret = self
            .opened_secret(account)
            .map_err(|problem| problem.to_string())?;
        self.payment_providers().open(AccountAccess {
            name: &account.name,
            adapter: &account.adapter,
            address: &account.address,
            secret: &secret,
            merchant_account: account.merchant_account.as_deref(),
            requests_per_second: account.requests_per_second,
        })
    }

    /// Until when nothing is sent to an account, because the provider did not answer; none while requests pass.
    #[must_use]
    pub fn payment_account_suspended_until(&self, name: &str) -> Option<DateTime<Utc>> {
        self.payment_providers().suspended_until(name)
    }

    /// The abilities of the provider of an account that can be used, and whose key can be kept.
    fn check_account(&self, access: AccountAccess<'_>) -> Result<ProviderCapabilities, UserError> {
        self.check_key_for_secrets(Some("secret"))?;
        let opened = self.payment_providers().open(access);
        let refused = |problem| UserError::about("address", UserErrorCode::Invalid, problem);
        let provider = opened.map_err(refused)?;
        Ok(provider.capabilities())
    }

    /// Refuses an account without the merchant account that requests must name, and one that is not used.
    fn check_merchant_account(&self, asked: &ConnectPaymentProvider) -> Result<(), UserError> {
        let account_use = self.payment_providers().merchant_account_use(&asked.adapter);
        let message = match (&asked.merchant_account, account_use) {
            (None, MerchantAccountUse::Required) => "the adapter needs the merchant account at the provider",
            (Some(_), MerchantAccountUse::Never) => "the adapter has no merchant accounts",
            _ => return Ok(()),
        };
        Err(UserError::about(
            "merchant_account",
            UserErrorCode::Invalid,
            message,
        ))
    }

    fn check_webhook_secret(&self, adapter: &str, secret: &str) -> Result<(), UserError> {
        self.check_key_for_secrets(Some("webhook_secret"))?;
        let problem = self.payment_providers().webhook_secret_problem(adapter, secret);
        let refused = |problem| UserError::about("webhook_secret", UserErrorCode::Invalid, problem);
        problem.map_or(Ok(()), |problem| Err(refused(problem)))
    }

    /// The secrets with which messages of the account may be signed now.
    pub(super) fn webhook_secrets(&self, account: &PaymentAccount) -> Vec<String> {
        let old = account.old_webhook_secret.as_ref();
        let old = old.filter(|(_, until)| self.now() < *until).map(|(old, _)| old);
        let sealed = account.webhook_secret.iter().chain(old);
        sealed
            .filter_map(|sealed| self.opened_webhook_secret(&account.name, sealed))
            .collect()
    }

    /// The secret of webhooks in plain text; none where no key of this program opens it.
    fn opened_webhook_secret(&self, name: &str, sealed: &str) -> Option<String> {
        let bytes = self.vault().open(sealed, &webhook_context_of(name))?;
        String::from_utf8(bytes).ok()
    }

    fn sealed_webhook_secret(&self, name: &str, secret: &str) -> String {
        self.vault().seal(secret.as_bytes(), &webhook_context_of(name))
    }

    fn sealed_secret(&self, name: &str, secret: &str) -> String {
        self.vault().seal(secret.as_bytes(), &context_of(name))
    }

    fn opened_secret(&self, account: &PaymentAccount) -> Result<String, AppError> {
        let opened = self.vault().open(&account.secret, &context_of(&account.name));
        let secret = opened.and_then(|bytes| String::from_utf8(bytes).ok());
        secret.ok_or_else(|| {
            let why =
                "is sealed with a key that this program does not have: set SECRET_KEYS, or give it again";
            AppError::Internal(format!("the key of the payment provider {} {why}", account.name))
        })
    }

    pub(super) fn system_trail(&self, action: &str, target: &str, details: &str) -> AuditEntry {
        self.trail(&countermand_domain::Actor::System, "", action, target, details)
    }
}

impl fmt::Debug for ConnectPaymentProvider {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ConnectPaymentProvider")
            .field("name", &self.name)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ChangePaymentProvider {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ChangePaymentProvider")
            .field("address", &self.address)
            .field("is_paused", &self.is_paused)
            .field("requests_per_second", &self.requests_per_second)
            .finish_non_exhaustive()
    }
}

impl ChangePaymentProvider {
    /// What changes, for the audit log; a key is not shown.
    fn details(&self) -> String {
        let mut changed = Vec::new();
        if let Some(address) = &self.address {
            changed.push(format!("address {address}"));
        }
        if self.secret.is_some() {
            changed.push("another key".to_owned());
        }
        if self.webhook_secret.is_some() {
            changed.push("another secret of webhooks".to_owned());
        }
        match self.is_paused {
            Some(true) => changed.push("paused".to_owned()),
            Some(false) => changed.push("resumed".to_owned()),
            None => {}
        }
        if let Some(rate) = self.requests_per_second {
            changed.push(format!("{rate} requests a second"));
        }
        changed.join(", ")
    }
}

/// How many requests a second are allowed from now on: as many as `asked`, or as many as `before`.
fn rate(asked: Option<i32>, before: i32) -> Result<i32, UserError> {
    let (field, rate) = ("requests_per_second", asked.unwrap_or(before));
    let message = || format!("must be 1 to {MOST_REQUESTS_PER_SECOND}");
    let refused = || UserError::about(field, UserErrorCode::Invalid, message());
    let is_fit = (1..=MOST_REQUESTS_PER_SECOND).contains(&rate);
    is_fit.then_some(rate).ok_or_else(refused)
}

/// The purpose for which a key is sealed, so that the key of one account opens no other.
pub(crate) fn context_of(name: &str) -> String {
    format!("payment account {name}")
}

/// The purpose for which a secret of webhooks is sealed.
pub(crate) fn webhook_context_of(name: &str) -> String {
    format!("webhooks of payment account {name}")
}

/// The member of staff who asks, if the role allows `operation` and the token is for the whole shop.
fn of_whole_shop(viewer: &Viewer, operation: StaffOperation) -> Result<&Staff, AppError> {
    let staff = viewer.staff(operation)?;
    if staff.store.is_some() {
        return Err(AppError::Forbidden);
    }
    Ok(staff)
}
