//! The person whose data are exported or erased: an account, and the orders of a guest with the same address.

use countermand_domain::{Customer, Email, OrderId, StoreNumber, is_email};
use countermand_persistence::{AuditEntry, Buyer};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The entries of the audit log that are looked through at once for an address.
const AUDIT_PAGE: u64 = 1_000;

/// How staff names a person.
#[derive(Debug, Clone)]
pub struct PersonInput {
    /// The code of the website of the account.
    pub website_code: String,
    /// The e-mail address.
    pub email: String,
    /// Whether the orders that a guest placed with this address are meant, too.
    pub with_guest_orders: bool,
}

/// A person with an account, with orders as a guest, or with both.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) account: Option<Customer>,
    /// The address, its letters from A to Z in lower case.
    pub(crate) email: String,
    buyers: Vec<Buyer>,
}

impl App {
    /// Refuses callers without the right, and tokens for one store view: an account belongs to a whole website.
    pub(crate) fn check_may_handle_persons(
        viewer: &Viewer,
        operation: StaffOperation,
    ) -> Result<(), AppError> {
        let staff = viewer.staff(operation)?;
        if staff.store.is_some() {
            return Err(AppError::Forbidden);
        }
        Ok(())
    }

    /// The person that `input` names; a refusal if there is neither an account nor an order.
    pub(crate) async fn person(&self, input: &PersonInput) -> Result<Person, Failure<UserError>> {
        let shop = self.database().shop().await?;
        let website = shop
            .website_by_code(&input.website_code)
            .ok_or_else(|| UserError::about("website_code", UserErrorCode::NotFound, "no such website"))?;
        if !is_email(&input.email) {
            let message = "must be an e-mail address";
            return Err(UserError::about("email", UserErrorCode::Invalid, message).into());
        }
        let email: String = Email::new(&input.email).into();
        let account = self.database().customer_account(website.number, &email).await?;
        let account = account.map(|account| account.customer);
        let mut buyers = Vec::new();
        if let Some(account) = &account {
            buyers.push(Buyer::Account(account.id.number()));
        }
        if input.with_guest_orders {
            let stores = shop.stores_of(website.number).map(|store| store.number);
            let stores: Vec<i32> = stores.map(|StoreNumber(number)| number).collect();
            let emails = self.database().spellings_of_guest(&email, &stores).await?;
            buyers.push(Buyer::Guest { emails, stores });
        }
        let person = Person {
            account,
            email,
            buyers,
        };
        if person.account.is_none() && self.orders_of(&person, 1).await?.is_empty() {
            let message = "there is no account with this address, and no order of a guest that was asked for";
            return Err(UserError::about("email", UserErrorCode::NotFound, message).into());
        }
        Ok(person)
    }

    /// At most `limit` orders of a person.
    pub(crate) async fn orders_of(&self, person: &Person, limit: u64) -> Result<Vec<OrderId>, AppError> {
        let mut ids = Vec::new();
        for buyer in &person.buyers {
            let left = limit.saturating_sub(u64::try_from(ids.len()).unwrap_or(u64::MAX));
            if left > 0 {
                ids.extend(self.database().orders_of_buyer(buyer, left).await?);
            }
        }
        let id = |number| {
            let problem = || AppError::Internal(format!("order id {number}"));
            OrderId::from_number(number).ok_or_else(problem)
        };
        ids.into_iter().map(id).collect()
    }

    /// The entries of the audit log that name the address of a person, oldest first.
    pub(crate) async fn audit_entries_of(&self, person: &Person) -> Result<Vec<AuditEntry>, AppError> {
        let email = &person.email;
        let mut entries = Vec::new();
        let mut after = String::new();
        loop {
            let page = self
                .database()
                .audit_entries_about(email, &after, AUDIT_PAGE)
                .await?;
            let Some(last) = page.last() else {
                return Ok(entries);
            };
            after.clone_from(&last.id);
            entries.extend(page.into_iter().filter(|entry| {
                entry.target.eq_ignore_ascii_case(email) || names_address(&entry.details, email)
            }));
        }
    }
}

/// Whether `text` holds the address `email` as a whole, in any case of the letters A to Z. An address that is a part of
/// a longer one is not meant: `a@example.com` does not stand in `anna@example.com`.
pub(crate) fn names_address(text: &str, email: &str) -> bool {
    let (text, email) = (text.to_ascii_lowercase(), email.to_ascii_lowercase());
    let is_of_address = |it: char| it.is_alphanumeric() || matches!(it, '.' | '_' | '%' | '+' | '-' | '@');
    !email.is_empty()
        && text.match_indices(&email).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let mut after = text[at + email.len()..].chars();
            let follows = after.next();
            // A dot that ends a sentence belongs to no address.
            let ends = follows == Some('.') && !after.next().is_some_and(char::is_alphanumeric);
            !before.is_some_and(is_of_address) && (ends || !follows.is_some_and(is_of_address))
        })
}

#[cfg(test)]
mod tests {
    use super::names_address;

    #[test]
    fn an_address_is_not_found_inside_of_a_longer_one() {
        let named = |text| names_address(text, "a@example.com");
        for text in [
            "a@example.com",
            "to A@Example.com.",
            r#"{"email":"a@example.com"}"#,
            "<a@example.com>, b",
        ] {
            assert!(named(text), "{text}");
        }
        for text in [
            "anna@example.com",
            "x.a@example.com",
            "a@example.community",
            "a@example.com.au",
            "",
        ] {
            assert!(!named(text), "{text}");
        }
        assert!(!names_address("anything", ""));
    }
}
