//! Keeps binding quotes of cancellations until they are stale.

use countermand_domain::{
    CancellationQuote, ItemPosition, Money, OrderId, Quantity, QuotedItem, QuotedMoney,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::cancellation_quote::{Column, Entity, Model};
use crate::rows::json_column;
use crate::rows::order::order_id;
use crate::rows::time::{from_micros, to_micros};
use crate::sql::rows::insert;
use crate::sql::script::Script;

/// The quantities and the money of a quote, as the column `terms` holds them.
#[derive(Serialize, Deserialize)]
pub(crate) struct TermsDoc {
    currency: String,
    /// Position, canceled units and refunded units of each item.
    items: Vec<(i32, i64, i64)>,
    canceled: i64,
    refund: i64,
    credits: i64,
    fee: i64,
}

impl Database {
    /// Stores `quote` under `id`.
    pub async fn keep_quote(&self, id: Uuid, quote: &CancellationQuote) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        insert(&mut script, [row(id, quote)?]);
        match script.commit().await {
            // The quote was stored before, and the answer was lost: no other quote has the id.
            Err(DatabaseError::Duplicate) => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    /// The quote with `id`, stale or not.
    pub async fn quote(&self, id: Uuid) -> Result<Option<CancellationQuote>, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(Entity::find().filter(Column::Id.eq(id.to_string())));
        let row = script.fetch().await?.first(found)?;
        row.map(CancellationQuote::try_from).transpose()
    }

    /// Deletes the quotes that were stale before `until`, and returns nothing about them.
    pub async fn forget_quotes(&self, until: chrono::DateTime<chrono::Utc>) -> Result<(), DatabaseError> {
        let mut delete = Query::delete();
        delete
            .from_table(Entity)
            .and_where(Expr::col(Column::ExpiresAt).lt(to_micros(until)));
        let mut script = Script::write(self);
        script.add(&delete);
        script.commit().await.map(|_| ())
    }
}

fn row(id: Uuid, quote: &CancellationQuote) -> Result<Model, DatabaseError> {
    Ok(Model {
        id: id.to_string(),
        order_id: OrderId::number(quote.order),
        order_version: quote.order_version,
        actor: quote.actor.clone(),
        terms: json_column::write(&TermsDoc::of(quote))?,
        expires_at: to_micros(quote.expires_at),
    })
}

impl TermsDoc {
    pub(crate) fn of(quote: &CancellationQuote) -> Self {
        let item = |it: &QuotedItem| (it.item.0, it.canceled.scaled(), it.refunded.scaled());
        let money = quote.money;
        Self {
            currency: money.refund_total.currency().code().into(),
            items: quote.items.iter().map(item).collect(),
            canceled: money.canceled_total.minor(),
            refund: money.refund_total.minor(),
            credits: money.credits.minor(),
            fee: money.fee.minor(),
        }
    }

    pub(crate) fn read(self) -> Result<(Vec<QuotedItem>, QuotedMoney), DatabaseError> {
        let currency = self
            .currency
            .parse()
            .map_err(|_| DatabaseError::Corrupt(format!("currency `{}`", self.currency)))?;
        let money = |minor| Money::new(minor, currency);
        let item = |(position, canceled, refunded)| QuotedItem {
            item: ItemPosition(position),
            canceled: Quantity::from_scaled(canceled),
            refunded: Quantity::from_scaled(refunded),
        };
        let sums = QuotedMoney {
            canceled_total: money(self.canceled),
            refund_total: money(self.refund),
            credits: money(self.credits),
            fee: money(self.fee),
        };
        Ok((self.items.into_iter().map(item).collect(), sums))
    }
}

impl TryFrom<Model> for CancellationQuote {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        let (items, money) = json_column::read::<TermsDoc>(&row.terms)?.read()?;
        Ok(Self {
            order: order_id(row.order_id)?,
            order_version: row.order_version,
            actor: row.actor,
            items,
            money,
            expires_at: from_micros(row.expires_at)?,
        })
    }
}
