//! Keeps what payment providers told of payments that cannot be read. A report is added once, and is never changed.

use countermand_domain::{Currency, Money, ProviderReport};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::provider_report::{Column, Entity, Model};
use crate::rows::time::{from_micros, to_micros};
use crate::sql::rows::insert;
use crate::sql::script::{Rows, Script};

/// The longest texts that are kept of a provider, in characters.
const LONGEST: usize = 255;

/// A report, with the account and the payment that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProviderReport {
    /// The name of the account at the provider.
    pub account: String,
    /// The id of the message: at most 80 characters.
    pub id: String,
    /// The provider's reference of the payment.
    pub payment: String,
    /// The report.
    pub report: ProviderReport,
}

impl Database {
    /// Adds a report; one with the same account and id that is kept already stays as it is.
    pub async fn insert_provider_report(&self, new: &KeptProviderReport) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        insert(&mut script, [new.row()]);
        match script.commit().await {
            Ok(_) | Err(DatabaseError::Duplicate) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    /// What the provider of `account` told of `payment`, oldest first.
    pub async fn provider_reports(
        &self,
        account: &str,
        payment: &str,
    ) -> Result<Vec<ProviderReport>, DatabaseError> {
        let (script, found) = self.provider_reports_script(account, payment);
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(ProviderReport::try_from).collect()
    }

    /// The script that finds the reports of a payment.
    pub(crate) fn provider_reports_script(&self, account: &str, payment: &str) -> (Script<'_>, Rows<Model>) {
        let mut script = Script::read(self);
        let found = script.select(
            Entity::find()
                .filter(Column::Account.eq(account))
                .filter(Column::Payment.eq(payment))
                .order_by_asc(Column::At)
                .order_by_asc(Column::Id),
        );
        (script, found)
    }
}

impl KeptProviderReport {
    pub(super) fn row(&self) -> Model {
        let report = &self.report;
        Model {
            account: self.account.clone(),
            id: self.id.clone(),
            payment: self.payment.clone(),
            matter: report.matter.code().into(),
            state: report.state.code().into(),
            request_key: cut(&report.key),
            reference: cut(&report.reference),
            amount: report.amount.minor(),
            currency: report.amount.currency().code().into(),
            detail: cut(&report.detail),
            at: to_micros(report.at),
        }
    }
}

/// The first characters of a provider's text, without NUL characters, which not every database can store.
fn cut(text: &str) -> String {
    text.replace('\0', "\u{fffd}").chars().take(LONGEST).collect()
}

impl TryFrom<Model> for ProviderReport {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        let unknown = |what: &str| DatabaseError::Corrupt(format!("report {}: {what}", row.id));
        let currency: Currency = row.currency.parse().map_err(|_| unknown("currency"))?;
        Ok(Self {
            matter: row.matter.parse().map_err(|_| unknown("matter"))?,
            state: row.state.parse().map_err(|_| unknown("state"))?,
            amount: Money::new(row.amount, currency),
            at: from_micros(row.at)?,
            key: row.request_key,
            reference: row.reference,
            detail: row.detail,
        })
    }
}
