//! Reads orders in one round trip, regardless of their number and size.

use std::sync::Arc;

use countermand_domain::{GuestKey, Order, OrderId, Shop, StoreNumber};
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::{
    credit_memo, guest_key, invoice, order, order_comment, order_item, payment_transaction, shipment,
};
use crate::rows::order::{ChildRows, assemble};
use crate::shop::structure::{AskedVersion, ShopVersion};
use crate::sql::answers::Answers;
use crate::sql::script::{Rows, Script};

/// An order and its shop, both read in the same round trip.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The order.
    pub order: Order,
    /// The shop, whose settings decide which actions are allowed.
    pub shop: Arc<Shop>,
}

impl Database {
    /// The order with `id`.
    pub async fn order(&self, id: OrderId) -> Result<Option<Loaded>, DatabaseError> {
        Ok(self.load(by_id(id), false).await?.map(|(loaded, _)| loaded))
    }

    /// The order with `id` and the current confirmation key for it.
    pub async fn order_with_guest_key(
        &self,
        id: OrderId,
    ) -> Result<Option<(Loaded, Option<GuestKey>)>, DatabaseError> {
        self.load(by_id(id), true).await
    }

    /// The order with `number` in `store`.
    pub async fn order_by_number(
        &self,
        store: StoreNumber,
        number: &str,
    ) -> Result<Option<Loaded>, DatabaseError> {
        let wanted = by_number(store, number);
        Ok(self.load(wanted, false).await?.map(|(loaded, _)| loaded))
    }

    /// The script that reads an order in one round trip. It finds
    /// the rows of the order's parts with the order's condition.
    pub(crate) fn order_script(&self, wanted: Expr, with_key: bool) -> (Script<'_>, AskedOrder) {
        let mut script = Script::read(self);
        let version = ShopVersion::add_to(&mut script);
        let order = script.select(order::Entity::find().filter(wanted.clone()));
        let ids = Query::select()
            .column(order::Column::Id)
            .from(order::Entity)
            .and_where(wanted)
            .to_owned();
        let ids = OrderIds::Selected(Box::new(ids));
        let children = add_children(&mut script, &ids);
        let key = with_key.then(|| {
            script.select(
                guest_key::Entity::find().filter(ids.contain(guest_key::Column::OrderId, self.backend())),
            )
        });
        let asked = AskedOrder {
            version,
            order,
            children,
            key,
        };
        (script, asked)
    }

    async fn load(
        &self,
        wanted: Expr,
        with_key: bool,
    ) -> Result<Option<(Loaded, Option<GuestKey>)>, DatabaseError> {
        let (script, asked) = self.order_script(wanted, with_key);
        let answers = script.fetch().await?;
        let shop = asked.version.read_from(&answers)?.shop(self).await?;
        let key = asked.key.map(|key| answers.first(key)).transpose()?.flatten();
        let key = key.map(GuestKey::try_from).transpose()?;
        let order = assemble(answers.take(asked.order)?, asked.children.read_from(&answers)?)?;
        let order = order.into_iter().next();
        Ok(order.map(|order| (Loaded { order, shop }, key)))
    }

    /// At most `limit` orders with ids greater than `after`, sorted by id, for callers that read all orders.
    pub async fn scan_orders(&self, after: Option<OrderId>, limit: u64) -> Result<Vec<Order>, DatabaseError> {
        let after = after.map_or(0, OrderId::number);
        let mut script = Script::read(self);
        let page = order::Entity::find()
            .filter(order::Column::Id.gt(after))
            .order_by_asc(order::Column::Id);
        let rows = script.select(page.limit(limit));
        let rows = script.fetch().await?.take(rows)?;
        self.with_children(rows).await
    }

    /// Completes order rows with the rows of their parts in one more round trip, regardless of the number of orders.
    pub(crate) async fn with_children(&self, rows: Vec<order::Model>) -> Result<Vec<Order>, DatabaseError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut script = Script::read(self);
        let ids = OrderIds::These(rows.iter().map(|row| row.id).collect());
        let children = add_children(&mut script, &ids);
        assemble(rows, children.read_from(&script.fetch().await?)?)
    }
}

pub(crate) fn by_id(id: OrderId) -> Expr {
    order::Column::Id.eq(id.number())
}

pub(crate) fn by_number(store: StoreNumber, number: &str) -> Expr {
    let in_store = order::Column::StoreNumber.eq(store.0);
    in_store.and(order::Column::Number.eq(number))
}

/// The orders whose parts are read.
pub(crate) enum OrderIds {
    These(Vec<i64>),
    Selected(Box<SelectStatement>),
}

impl OrderIds {
    fn contain(&self, column: impl ColumnTrait, backend: DatabaseBackend) -> Expr {
        match self {
            // One array, so that the text and the kept plan of the statement do not depend on the number of ids.
            Self::These(ids) if backend == DatabaseBackend::Postgres => {
                column.into_expr().eq(PgFunc::any(ids.clone()))
            }
            Self::These(ids) => column.is_in(ids.iter().copied()),
            Self::Selected(ids) => column.in_subquery((**ids).clone()),
        }
    }
}

/// The positions of an order and its parts in the answers.
pub(crate) struct AskedOrder {
    version: AskedVersion,
    order: Rows<order::Model>,
    children: AskedChildren,
    key: Option<Rows<guest_key::Model>>,
}

/// The positions of the parts of orders in the answers.
pub(crate) struct AskedChildren {
    items: Rows<order_item::Model>,
    transactions: Rows<payment_transaction::Model>,
    invoices: Rows<invoice::Model>,
    shipments: Rows<shipment::Model>,
    credit_memos: Rows<credit_memo::Model>,
    comments: Rows<order_comment::Model>,
}

impl AskedChildren {
    fn read_from(self, answers: &Answers) -> Result<ChildRows, DatabaseError> {
        Ok(ChildRows {
            items: answers.take(self.items)?,
            transactions: answers.take(self.transactions)?,
            invoices: answers.take(self.invoices)?,
            shipments: answers.take(self.shipments)?,
            credit_memos: answers.take(self.credit_memos)?,
            comments: answers.take(self.comments)?,
        })
    }
}

/// Adds reads of the parts of the orders that `ids` names.
pub(crate) fn add_children(script: &mut Script<'_>, ids: &OrderIds) -> AskedChildren {
    AskedChildren {
        items: add_parts::<order_item::Entity>(
            script,
            ids,
            order_item::Column::OrderId,
            order_item::Column::Position,
        ),
        transactions: add_parts::<payment_transaction::Entity>(
            script,
            ids,
            payment_transaction::Column::OrderId,
            payment_transaction::Column::Position,
        ),
        invoices: add_parts::<invoice::Entity>(
            script,
            ids,
            invoice::Column::OrderId,
            invoice::Column::Position,
        ),
        shipments: add_parts::<shipment::Entity>(
            script,
            ids,
            shipment::Column::OrderId,
            shipment::Column::Position,
        ),
        credit_memos: add_parts::<credit_memo::Entity>(
            script,
            ids,
            credit_memo::Column::OrderId,
            credit_memo::Column::Position,
        ),
        comments: add_parts::<order_comment::Entity>(
            script,
            ids,
            order_comment::Column::OrderId,
            order_comment::Column::Position,
        ),
    }
}

/// Adds a read of one kind of part, in the sequence of `order_id` and `position`.
fn add_parts<E: EntityTrait>(
    script: &mut Script<'_>,
    ids: &OrderIds,
    order_id: E::Column,
    position: E::Column,
) -> Rows<E::Model> {
    let of_orders = E::find().filter(ids.contain(order_id, script.backend()));
    script.select(of_orders.order_by_asc(order_id).order_by_asc(position))
}
