//! Customers and how they sign in.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{Customer, CustomerId, Shop, WebsiteNumber};
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::{customer, website};
use crate::rows::time::{from_micros, to_micros};
use crate::shop::structure::{AskedVersion, ShopVersion};
use crate::sql::rows::insert;
use crate::sql::script::{Rows, Script};

/// A customer with the hash of the password.
#[derive(Debug, Clone)]
pub struct CustomerAccount {
    /// The customer.
    pub customer: Customer,
    /// The Argon2id hash in the usual text form; none if the customer has never set a password.
    pub password_hash: Option<String>,
}

/// The key by which a caller names an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountKey {
    /// The e-mail address with which the customer signs in, in lower case.
    Email(String),
    /// The customer's id in this program.
    Id(CustomerId),
}

/// A customer to be stored.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// The website of the account.
    pub website: WebsiteNumber,
    /// The e-mail address with which the customer signs in, in lower case.
    pub email: String,
    /// The first name.
    pub firstname: String,
    /// The last name.
    pub lastname: String,
    /// The Argon2id hash in the usual text form; none if the customer has no password yet.
    pub password_hash: Option<String>,
    /// The time when the account was created.
    pub created_at: DateTime<Utc>,
}

impl Database {
    /// Reads the shop and the accounts that `key` names, at most one on each website, in one round trip.
    pub async fn session_of_account(
        &self,
        key: &AccountKey,
    ) -> Result<(Arc<Shop>, Vec<Customer>), DatabaseError> {
        let (script, version, accounts) = self.session_of_account_script(key);
        let answers = script.fetch().await?;
        let shop = version.read_from(&answers)?.shop(self).await?;
        let rows = answers.take(accounts)?;
        let customers = rows.into_iter().map(Customer::try_from);
        Ok((shop, customers.collect::<Result<_, _>>()?))
    }

    pub(crate) fn session_of_account_script(
        &self,
        key: &AccountKey,
    ) -> (Script<'_>, AskedVersion, Rows<customer::Model>) {
        let mut script = Script::read(self);
        let version = ShopVersion::add_to(&mut script);
        let accounts = script.select(customer::Entity::find().filter(match key {
            AccountKey::Id(id) => customer::Column::Id.eq(id.number()),
            AccountKey::Email(email) => {
                // The index holds the website before the address, so the condition includes all websites.
                let mut websites = Query::select();
                websites.column(website::Column::Number).from(website::Entity);
                let of_one = customer::Column::WebsiteNumber.in_subquery(websites);
                of_one.and(customer::Column::Email.eq(email.as_str()))
            }
        }));
        (script, version, accounts)
    }

    /// The account of `email` on `website`.
    pub async fn customer_account(
        &self,
        website: WebsiteNumber,
        email: &str,
    ) -> Result<Option<CustomerAccount>, DatabaseError> {
        let mut script = Script::read(self);
        let account = script.select(
            customer::Entity::find()
                .filter(customer::Column::WebsiteNumber.eq(website.0))
                .filter(customer::Column::Email.eq(email)),
        );
        let row = script.fetch().await?.first(account)?;
        row.map(|row| {
            let password_hash = row.password_hash.clone();
            Ok(CustomerAccount {
                customer: Customer::try_from(row)?,
                password_hash,
            })
        })
        .transpose()
    }

    /// The addresses among `emails` that have accounts on `website`.
    pub async fn customers_by_email(
        &self,
        website: WebsiteNumber,
        emails: &[String],
    ) -> Result<Vec<Customer>, DatabaseError> {
        let mut script = Script::read(self).planned_each_time();
        let accounts = script.select(
            customer::Entity::find()
                .filter(customer::Column::WebsiteNumber.eq(website.0))
                .filter(customer::Column::Email.is_in(emails)),
        );
        let rows = script.fetch().await?.take(accounts)?;
        rows.into_iter().map(Customer::try_from).collect()
    }

    /// Stores new customers. If one of the e-mail addresses is taken, no
    /// customer is stored and the result is [`DatabaseError::Duplicate`].
    pub async fn insert_customers(
        &self,
        customers: &[NewCustomer],
        audit: Option<&AuditEntry>,
    ) -> Result<Vec<Customer>, DatabaseError> {
        let Some(first) = customers.first() else {
            return Ok(Vec::new());
        };
        let count = i64::try_from(customers.len()).unwrap_or(i64::MAX);
        let begin = self
            .reserve(&format!("customers:{}", first.website.0), count)
            .await?;
        let mut kept = Vec::with_capacity(customers.len());
        let mut rows = Vec::with_capacity(customers.len());
        for (new, counter) in customers.iter().zip(begin..) {
            let id =
                CustomerId::new(new.website, counter).map_err(|it| DatabaseError::Failed(it.to_string()))?;
            let customer = Customer {
                id,
                website: new.website,
                email: new.email.clone(),
                firstname: new.firstname.clone(),
                lastname: new.lastname.clone(),
                created_at: new.created_at,
            };
            rows.push(row_of(&customer, new.password_hash.clone()));
            kept.push(customer);
        }
        let mut script = Script::write(self);
        insert(&mut script, rows.iter().cloned());
        if let Some(audit) = audit {
            audit.add_to(&mut script);
        }
        match script.commit().await {
            Err(DatabaseError::Duplicate) if self.has_customers(&rows).await? => Ok(kept),
            outcome => outcome.map(|_| kept),
        }
    }

    /// Whether exactly these rows are stored. After a lost answer, this tells whether the write was committed: another
    /// account with the same id or address differs in at least one column.
    async fn has_customers(&self, rows: &[customer::Model]) -> Result<bool, DatabaseError> {
        let ids = rows.iter().map(|row| row.id);
        let mut script = Script::read(self);
        let found = script.select(
            customer::Entity::find()
                .filter(customer::Column::Id.is_in(ids))
                .order_by_asc(customer::Column::Id),
        );
        Ok(script.fetch().await?.take(found)? == rows)
    }
}

fn row_of(customer: &Customer, password_hash: Option<String>) -> customer::Model {
    customer::Model {
        id: customer.id.number(),
        website_number: customer.website.0,
        email: customer.email.clone(),
        firstname: customer.firstname.clone(),
        lastname: customer.lastname.clone(),
        password_hash,
        created_at: to_micros(customer.created_at),
    }
}

impl TryFrom<customer::Model> for Customer {
    type Error = DatabaseError;

    fn try_from(row: customer::Model) -> Result<Self, DatabaseError> {
        Ok(Self {
            id: CustomerId::from_number(row.id),
            website: WebsiteNumber(row.website_number),
            created_at: from_micros(row.created_at)?,
            email: row.email,
            firstname: row.firstname,
            lastname: row.lastname,
        })
    }
}
