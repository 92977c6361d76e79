//! Finds the accounts of imported orders by website and e-mail address, and makes missing accounts.

use std::collections::{HashMap, HashSet};

use countermand_domain::{Customer, CustomerId, Email, WebsiteNumber};
use countermand_persistence::{DatabaseError, NewCustomer};

use crate::App;
use crate::error::AppError;
use countermand_import::ExternalCustomer;

/// The most accounts that are remembered between batches. Beyond this number, accounts are looked up again.
const REMEMBERED: usize = 20_000;

/// The accounts that this import has found or made so far.
#[derive(Debug, Default)]
pub(crate) struct ImportedCustomers {
    ids: HashMap<(WebsiteNumber, Email), CustomerId>,
}

impl ImportedCustomers {
    pub(crate) fn id_of(&self, website: WebsiteNumber, email: &str) -> Option<CustomerId> {
        self.ids.get(&(website, Email::new(email))).copied()
    }

    /// Finds or makes the accounts of `buyers`. A new account has no password until staff or the customer sets one.
    pub(crate) async fn ensure<'a>(
        &mut self,
        app: &App,
        website: WebsiteNumber,
        buyers: impl Iterator<Item = &'a ExternalCustomer>,
    ) -> Result<(), AppError> {
        if self.ids.len() > REMEMBERED {
            self.ids.clear();
        }
        let mut seen = HashSet::new();
        let mut missing: Vec<NewCustomer> = Vec::new();
        for buyer in buyers {
            let email = Email::new(&buyer.email);
            if self.id_of(website, email.as_str()).is_none() && seen.insert(email.clone()) {
                missing.push(NewCustomer {
                    website,
                    email: email.into(),
                    firstname: buyer.firstname.clone(),
                    lastname: buyer.lastname.clone(),
                    password_hash: None,
                    created_at: app.now(),
                });
            }
        }
        while !missing.is_empty() {
            let emails: Vec<String> = missing.iter().map(|new| new.email.clone()).collect();
            for customer in app.database().customers_by_email(website, &emails).await? {
                self.remember(&customer);
            }
            missing.retain(|new| self.id_of(website, &new.email).is_none());
            match app.database().insert_customers(&missing, None).await {
                Ok(made) => {
                    for customer in made {
                        self.remember(&customer);
                    }
                    missing.clear();
                }
                // Another request made one of the accounts at the same moment, so the loop looks again.
                Err(DatabaseError::Duplicate) => {}
                Err(problem) => return Err(problem.into()),
            }
        }
        Ok(())
    }

    fn remember(&mut self, customer: &Customer) {
        let email = Email::new(&customer.email);
        self.ids.insert((customer.website, email), customer.id);
    }
}
