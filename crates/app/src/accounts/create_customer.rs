//! A manager makes an account, or gives a password to an account that an import made.

use countermand_domain::{Customer, Email, Website, check_password_strength, is_email};
use countermand_persistence::{DatabaseError, NewCustomer};

use crate::App;
use crate::accounts::password_hashing::hash_password;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::code_and_name::{name_error, taken};
use crate::viewer::Viewer;

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

impl App {
    /// Makes an account. An account that an import made without a password gets this password and keeps its orders.
    pub async fn create_customer(
        &self,
        viewer: &Viewer,
        input: CustomerInput,
    ) -> Result<Customer, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::CreateCustomer)?;
        let shop = self.database().shop().await?;
        let website = checked(shop.website_by_code(&input.website_code), &input)?.number;
        let covered = shop.stores_of(website).any(|store| staff.covers(store.number));
        if staff.store.is_some() && !covered {
            return Err(AppError::Forbidden.into());
        }
        let email = Email::new(&input.email);
        let hash = hash_password(input.password, self.settings().password_cost).await?;
        let audit = self.trail_of(viewer, "createCustomer", email.as_str(), &input.website_code);
        match self.database().customer_account(website, email.as_str()).await? {
            Some(account)
                if self
                    .database()
                    .set_first_password(account.customer.id, &hash, &audit)
                    .await? =>
            {
                Ok(account.customer)
            }
            Some(_) => Err(taken("email", email.as_str()).into()),
            None => {
                let new = NewCustomer {
                    website,
                    email: email.clone().into(),
                    firstname: input.firstname.trim().into(),
                    lastname: input.lastname.trim().into(),
                    password_hash: Some(hash),
                    created_at: self.now(),
                };
                match self.database().insert_customers(&[new], Some(&audit)).await {
                    Ok(kept) => kept
                        .into_iter()
                        .next()
                        .ok_or_else(|| AppError::Internal("no customer kept".into()).into()),
                    Err(DatabaseError::Duplicate) => Err(taken("email", email.as_str()).into()),
                    Err(problem) => Err(problem.into()),
                }
            }
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
