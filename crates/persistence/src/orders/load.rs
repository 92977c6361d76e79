//! Reads orders in one round trip, regardless of their number and size.

use std::collections::HashMap;
use std::sync::Arc;

use countermand_domain::{GuestKey, Order, OrderId, OrderNumber, Shop, StoreNumber};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::orders::history_chain::HistoryHead;
use crate::payments::{AskedSeries, ReversalSeries, ReversalsOfOrders, add_series};
use crate::rows::entity::{
    credit_memo, guest_key, invoice, obligation, order, order_comment, order_item, payment_transaction,
    shipment,
};
use crate::rows::order::{ChildRows, assemble};
use crate::shop::structure::{AskedVersion, ShopVersion};
use crate::sql::answers::Answers;
use crate::sql::batches::Batches;
use crate::sql::one_of::one_of;
use crate::sql::script::{Rows, Script};

/// An order and its shop, both read in the same round trip.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The order.
    pub order: Arc<Order>,
    /// The shop, whose settings decide which actions are allowed.
    pub shop: Arc<Shop>,
    /// The end of the order's history, to which the event of a change is tied.
    pub head: HistoryHead,
    /// The voids and refunds of the order, those of the oldest change first; none where they were not read.
    pub reversals: Option<Vec<ReversalSeries>>,
}

/// The orders that requests wait for, to be read together.
pub(crate) type OrderReads = Batches<WantedOrder, Option<FoundOrder>>;

/// An order that a request needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WantedOrder {
    id: OrderId,
    /// Whether the request needs the current confirmation key, too.
    with_key: bool,
    /// Whether the request needs the voids and refunds, too.
    with_reversals: bool,
}

/// An order, and the current confirmation key for it.
type FoundOrder = (Loaded, Option<GuestKey>);

impl Database {
    /// The order with `id`.
    pub async fn order(&self, id: OrderId) -> Result<Option<Loaded>, DatabaseError> {
        Ok(self.find(id, false).await?.map(|(loaded, _)| loaded))
    }

    /// The order with `id` and the current confirmation key for it.
    pub async fn order_with_guest_key(&self, id: OrderId) -> Result<Option<FoundOrder>, DatabaseError> {
        self.find(id, true).await
    }

    /// Reads an order together with the orders that other requests need at the same time.
    async fn find(&self, id: OrderId, with_key: bool) -> Result<Option<FoundOrder>, DatabaseError> {
        let database = self.clone();
        let work = move |wanted| database.clone().find_all(wanted);
        let wanted = WantedOrder {
            id,
            with_key,
            with_reversals: self.reads_reversals,
        };
        self.order_reads.ask(wanted, work).await
    }

    /// Reads orders in one round trip, and gives them in the sequence of `wanted`.
    async fn find_all(self, wanted: Vec<WantedOrder>) -> Result<Vec<Option<FoundOrder>>, DatabaseError> {
        let ids = OrderIds::These(wanted.iter().map(|it| it.id.number()).collect());
        let with_keys = wanted.iter().any(|it| it.with_key);
        let with_reversals = wanted.iter().any(|it| it.with_reversals);
        let found = self.load(ids, with_keys, with_reversals).await?;
        let found: HashMap<_, _> = found.into_iter().map(|it| (it.0.order.id, it)).collect();
        Ok(wanted.iter().map(|it| found.get(&it.id).cloned()).collect())
    }

    /// The order with `number` in `store`.
    pub async fn order_by_number(
        &self,
        store: StoreNumber,
        number: &OrderNumber,
    ) -> Result<Option<Loaded>, DatabaseError> {
        let ids = OrderIds::with_number(store, number);
        let found = self.load(ids, false, self.reads_reversals).await?;
        Ok(found.into_iter().next().map(|(loaded, _)| loaded))
    }

    /// The script that reads orders with their parts, with their confirmation keys if `with_keys`, and with their voids
    /// and refunds if `with_reversals`.
    pub(crate) fn orders_script(
        &self,
        ids: &OrderIds,
        with_keys: bool,
        with_reversals: bool,
    ) -> (Script<'_>, AskedOrders) {
        let mut script = Script::read(self);
        let contain = |column: guest_key::Column| ids.contain(column, self.backend());
        let asked = AskedOrders {
            version: ShopVersion::add_to(&mut script),
            orders: script
                .select(order::Entity::find().filter(ids.contain(order::Column::Id, self.backend()))),
            children: add_children(&mut script, ids),
            keys: with_keys.then(|| {
                script.select(guest_key::Entity::find().filter(contain(guest_key::Column::OrderId)))
            }),
            reversals: with_reversals.then(|| add_reversals(&mut script, ids)),
        };
        (script, asked)
    }

    async fn load(
        &self,
        ids: OrderIds,
        with_keys: bool,
        with_reversals: bool,
    ) -> Result<Vec<FoundOrder>, DatabaseError> {
        let (script, asked) = self.orders_script(&ids, with_keys, with_reversals);
        let answers = script.fetch().await?;
        let shop = asked.version.read_from(&answers)?.shop(self).await?;
        let mut keys = HashMap::new();
        for row in asked
            .keys
            .map(|keys| answers.take(keys))
            .transpose()?
            .unwrap_or_default()
        {
            keys.insert(row.order_id, GuestKey::try_from(row)?);
        }
        let mut reversals = read_reversals(asked.reversals, &answers)?;
        let rows = answers.take(asked.orders)?;
        let head = |row: &order::Model| HistoryHead::from_column(row.history_hash.as_deref());
        let heads: Vec<_> = rows.iter().map(head).collect();
        let orders = assemble(rows, asked.children.read_from(&answers)?)?;
        let found = |(order, head): (Order, HistoryHead)| {
            let key = keys.remove(&order.id.number());
            let reversals = reversals
                .as_mut()
                .map(|all| all.remove(&order.id).unwrap_or_default());
            let loaded = Loaded {
                order: Arc::new(order),
                shop: shop.clone(),
                head,
                reversals,
            };
            (loaded, key)
        };
        Ok(orders.into_iter().zip(heads).map(found).collect())
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
        Ok(self.with_children(rows).await?.0)
    }

    /// The orders with these ids as they are now, with their parts, in one round trip.
    pub(crate) async fn read_orders(&self, ids: Vec<i64>) -> Result<Vec<Order>, DatabaseError> {
        Ok(self.read_page(ids, Vec::new()).await?.0)
    }

    /// The orders with the ids `missing` as they are now, with their parts, and the voids and refunds of the orders with
    /// the ids `all` where this handle reads them: together in one round trip, or in none if there is nothing to read.
    pub(crate) async fn read_page(
        &self,
        missing: Vec<i64>,
        all: Vec<i64>,
    ) -> Result<ReadOrders, DatabaseError> {
        let reads_reversals = self.reads_reversals && !all.is_empty();
        if missing.is_empty() && !reads_reversals {
            return Ok(ReadOrders::default());
        }
        let mut script = Script::read(self);
        let orders = (!missing.is_empty()).then(|| {
            let ids = OrderIds::These(missing);
            let contained = ids.contain(order::Column::Id, self.backend());
            let rows = script.select(order::Entity::find().filter(contained));
            (rows, add_children(&mut script, &ids))
        });
        let reversals = reads_reversals.then(|| add_reversals(&mut script, &OrderIds::These(all)));
        let answers = script.fetch().await?;
        let orders = match orders {
            Some((rows, children)) => assemble(answers.take(rows)?, children.read_from(&answers)?)?,
            None => Vec::new(),
        };
        Ok((orders, read_reversals(reversals, &answers)?))
    }

    /// Completes order rows with the rows of their parts in one more round trip, regardless of the number of orders, and
    /// reads the voids and refunds of the orders with them where this handle reads them.
    pub(crate) async fn with_children(&self, rows: Vec<order::Model>) -> Result<ReadOrders, DatabaseError> {
        if rows.is_empty() {
            return Ok(ReadOrders::default());
        }
        let mut script = Script::read(self);
        let ids = OrderIds::These(rows.iter().map(|row| row.id).collect());
        let children = add_children(&mut script, &ids);
        let reversals = self.reads_reversals.then(|| add_reversals(&mut script, &ids));
        let answers = script.fetch().await?;
        let orders = assemble(rows, children.read_from(&answers)?)?;
        Ok((orders, read_reversals(reversals, &answers)?))
    }
}

/// Orders, and their voids and refunds where they were read.
pub(crate) type ReadOrders = (Vec<Order>, Option<ReversalsOfOrders>);

/// Adds reads of the voids and refunds of the orders that `ids` names.
fn add_reversals(script: &mut Script<'_>, ids: &OrderIds) -> AskedSeries {
    let of_orders = ids.contain(obligation::Column::OrderId, script.backend());
    add_series(script, &of_orders)
}

fn read_reversals(
    asked: Option<AskedSeries>,
    answers: &Answers,
) -> Result<Option<ReversalsOfOrders>, DatabaseError> {
    asked.map(|asked| asked.read_from(answers)).transpose()
}

/// The orders that are read, with their parts.
pub(crate) enum OrderIds {
    These(Vec<i64>),
    Selected(Box<SelectStatement>),
}

impl OrderIds {
    /// The order with `number` in `store`.
    pub(crate) fn with_number(store: StoreNumber, number: &OrderNumber) -> Self {
        let ids = Query::select()
            .column(order::Column::Id)
            .from(order::Entity)
            .and_where(order::Column::StoreNumber.eq(store.0))
            .and_where(order::Column::Number.eq(number.as_str()))
            .to_owned();
        Self::Selected(Box::new(ids))
    }

    fn contain(&self, column: impl ColumnTrait, backend: DatabaseBackend) -> Expr {
        match self {
            Self::These(ids) => one_of(column, ids.clone(), backend),
            Self::Selected(ids) => column.in_subquery((**ids).clone()),
        }
    }
}

/// The positions of orders and their parts in the answers.
pub(crate) struct AskedOrders {
    version: AskedVersion,
    orders: Rows<order::Model>,
    children: AskedChildren,
    keys: Option<Rows<guest_key::Model>>,
    reversals: Option<AskedSeries>,
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
    pub(crate) fn read_from(self, answers: &Answers) -> Result<ChildRows, DatabaseError> {
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
