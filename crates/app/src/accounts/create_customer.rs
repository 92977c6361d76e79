//! A manager makes an account, or has a link to a first password sent to a buyer whose account an import made.

use countermand_domain::{Customer, Email, Website, WebsiteNumber, check_password_strength, is_email};
use countermand_persistence::{AuditEntry, DatabaseError, NewCustomer};

use crate::App;
use crate::accounts::password_hashing::hash_password;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::idempotency::READ_THE_CHANGE;
use crate::rights::StaffOperation;
use crate::shop::code_and_name::{name_error, taken};
use crate::viewer::Viewer;

/// What a repetition is told: the account is new.
const ACCOUNT_MADE: &str = "account";
/// What a repetition is told: the account was there, and a link was mailed.
const LINK_SENT: &str = "link";

/// The values of a new account.
#[derive(Clone)]
pub struct CustomerInput {
    /// The website that the account belongs to.
    pub website_code: String,
    /// The e-mail address with which the customer signs in.
    pub email: String,
    /// The password: at least 8 characters of three kinds, at most 256 bytes.
    pub password: String,
    /// Given name.
    pub firstname: String,
    /// Family name.
    pub lastname: String,
}

/// An account that staff asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedCustomer {
    /// The customer with the account.
    pub customer: Customer,
    /// Whether a link to choose a password was mailed, because an import had made the account before.
    pub link_sent: bool,
}

impl App {
    /// Makes an account with a password.
    ///
    /// An account that an import made belongs to a buyer with orders, so staff cannot choose its first password: the
    /// buyer gets a link by mail, at most three in an hour.
    pub async fn create_customer(
        &self,
        viewer: &Viewer,
        input: CustomerInput,
    ) -> Result<CreatedCustomer, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::CreateCustomer)?;
        let shop = self.database().shop().await?;
        let website = checked(shop.website_by_code(&input.website_code), &input)?.number;
        if !staff.covers_website(&shop, website) {
            return Err(AppError::Forbidden.into());
        }
        // A disabled store view only if there is no other.
        let store = shop.stores_of(website).min_by_key(|store| !store.is_active);
        let email = Email::new(&input.email);
        let audit = self.trail_of(viewer, "createCustomer", email.as_str(), &input.website_code);
        let account = self.database().customer_account(website, email.as_str()).await?;
        if viewer.is_carried_out() {
            let account = account.ok_or(AppError::AnswerLost(READ_THE_CHANGE))?;
            let link_sent = viewer.left_result()? == LINK_SENT;
            return Ok(CreatedCustomer {
                customer: account.customer,
                link_sent,
            });
        }
        match (account, store) {
            (Some(account), Some(store)) if account.password_hash.is_none() => {
                let audit = viewer.leaving(audit, LINK_SENT);
                self.send_first_link(store, &email, &audit).await?;
                tracing::info!(
                    customer = account.customer.id.number(),
                    "a link to a first password was requested for an imported account"
                );
                Ok(CreatedCustomer {
                    customer: account.customer,
                    link_sent: true,
                })
            }
            (Some(_), _) => Err(taken("email", email.as_str()).into()),
            (None, _) => {
                let audit = viewer.leaving(audit, ACCOUNT_MADE);
                self.insert_customer(website, input, &audit).await
            }
        }
    }

    async fn insert_customer(
        &self,
        website: WebsiteNumber,
        input: CustomerInput,
        audit: &AuditEntry,
    ) -> Result<CreatedCustomer, Failure<UserError>> {
        let email = Email::new(&input.email);
        let new = NewCustomer {
            website,
            email: email.clone().into(),
            firstname: input.firstname.trim().into(),
            lastname: input.lastname.trim().into(),
            password_hash: Some(hash_password(input.password, self.settings().password_cost).await?),
            created_at: self.now(),
        };
        match self.database().insert_customers(&[new], Some(audit)).await {
            Ok(kept) => {
                let customer = kept.into_iter().next();
                let customer = customer.ok_or_else(|| AppError::Internal("no customer kept".into()))?;
                tracing::info!(customer = customer.id.number(), "an account was created");
                Ok(CreatedCustomer {
                    customer,
                    link_sent: false,
                })
            }
            Err(DatabaseError::Duplicate) => Err(taken("email", email.as_str()).into()),
            Err(problem) => Err(problem.into()),
        }
    }
}

fn checked<'a>(website: Option<&'a Website>, input: &CustomerInput) -> Result<&'a Website, UserError> {
    let website = website
        .ok_or_else(|| UserError::about("website_code", UserErrorCode::NotFound, "no such website"))?;
    if !is_email(&input.email) {
        return Err(UserError::about(
            "email",
            UserErrorCode::Invalid,
            "must be an e-mail address",
        ));
    }
    if let Err(weak) = check_password_strength(&input.password) {
        return Err(UserError::about(
            "password",
            UserErrorCode::Invalid,
            weak.to_string(),
        ));
    }
    let names = name_error("firstname", &input.firstname).or_else(|| name_error("lastname", &input.lastname));
    names.map_or(Ok(website), Err)
}

impl std::fmt::Debug for CustomerInput {
    /// Writes the input without the password.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("CustomerInput")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}
