//! Reading orders: one round trip whatever their number and size.

use std::sync::Arc;

use countermand_domain::{Catalog, GuestKey, Order, OrderId, StoreNumber};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::catalog::CatalogVersion;
use crate::entity::{
    credit_memo, guest_key, invoice, order, order_comment, order_item, payment_transaction, shipment,
};
use crate::error::StoreError;
use crate::order_row::{ChildRows, assemble};
use crate::script::{Answers, Script};
use crate::store::Store;

/// An order with the shop it belongs to, both read in the same round trip.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The order.
    pub order: Order,
    /// The shop: its settings decide what may be done.
    pub catalog: Arc<Catalog>,
}

impl Store {
    /// The order with `id`.
    pub async fn order(&self, id: OrderId) -> Result<Option<Loaded>, StoreError> {
        Ok(self.load(by_id(id), false).await?.map(|(loaded, _)| loaded))
    }

    /// The order with `id` and the current confirmation key for it.
    pub async fn order_with_guest_key(
        &self,
        id: OrderId,
    ) -> Result<Option<(Loaded, Option<GuestKey>)>, StoreError> {
        self.load(by_id(id), true).await
    }

    /// The order with `number` in `store`.
    pub async fn order_by_number(
        &self,
        store: StoreNumber,
        number: &str,
    ) -> Result<Option<Loaded>, StoreError> {
        let wanted = by_number(store, number);
        Ok(self.load(wanted, false).await?.map(|(loaded, _)| loaded))
    }

    /// One round trip: children are found through the same condition as the order.
    pub(crate) fn order_script(&self, wanted: Expr, with_key: bool) -> Script<'_> {
        let mut script = Script::read(self);
        CatalogVersion::add_to(&mut script);
        script.select(order::Entity::find().filter(wanted.clone()));
        let ids = Query::select()
            .column(order::Column::Id)
            .from(order::Entity)
            .and_where(wanted)
            .to_owned();
        let ids = OrderIds::Selected(Box::new(ids));
        add_children(&mut script, &ids);
        if with_key {
            script.select(guest_key::Entity::find().filter(ids.contain(guest_key::Column::OrderId)));
        }
        script
    }

    async fn load(
        &self,
        wanted: Expr,
        with_key: bool,
    ) -> Result<Option<(Loaded, Option<GuestKey>)>, StoreError> {
        let mut answers = self.order_script(wanted, with_key).fetch_at_once().await?;
        let catalog = CatalogVersion::read_from(&mut answers)?.catalog(self).await?;
        let orders: Vec<order::Model> = answers.models()?;
        let children = read_children(&mut answers)?;
        let key = if with_key {
            answers
                .model::<guest_key::Model>()?
                .map(GuestKey::try_from)
                .transpose()?
        } else {
            None
        };
        let order = assemble(orders, children)?.into_iter().next();
        Ok(order.map(|order| (Loaded { order, catalog }, key)))
    }

    /// At most `limit` orders after `after` by id: for whoever must see them all.
    pub async fn scan_orders(&self, after: Option<OrderId>, limit: u64) -> Result<Vec<Order>, StoreError> {
        let after = after.map_or(0, OrderId::number);
        let mut script = Script::read(self);
        let page = order::Entity::find()
            .filter(order::Column::Id.gt(after))
            .order_by_asc(order::Column::Id);
        script.select(page.limit(limit));
        let rows = script.fetch().await?.models()?;
        self.with_children(rows).await
    }

    /// Completes order rows with their children: one more round trip, whatever their number.
    pub(crate) async fn with_children(&self, rows: Vec<order::Model>) -> Result<Vec<Order>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut script = Script::read(self);
        add_children(
            &mut script,
            &OrderIds::These(rows.iter().map(|row| row.id).collect()),
        );
        let children = read_children(&mut script.fetch().await?)?;
        assemble(rows, children)
    }
}

pub(crate) fn by_id(id: OrderId) -> Expr {
    order::Column::Id.eq(id.number())
}

pub(crate) fn by_number(store: StoreNumber, number: &str) -> Expr {
    let in_store = order::Column::StoreNumber.eq(store.0);
    in_store.and(order::Column::Number.eq(number))
}

/// Whose children are asked for.
pub(crate) enum OrderIds {
    These(Vec<i64>),
    Selected(Box<SelectStatement>),
}

impl OrderIds {
    fn contain(&self, column: impl ColumnTrait) -> Expr {
        match self {
            Self::These(ids) => column.is_in(ids.iter().copied()),
            Self::Selected(ids) => column.in_subquery((**ids).clone()),
        }
    }
}

/// Adds the children of the orders that `ids` names.
pub(crate) fn add_children(script: &mut Script<'_>, ids: &OrderIds) {
    script.select(
        order_item::Entity::find()
            .filter(ids.contain(order_item::Column::OrderId))
            .order_by_asc(order_item::Column::OrderId)
            .order_by_asc(order_item::Column::Position),
    );
    script.select(
        payment_transaction::Entity::find()
            .filter(ids.contain(payment_transaction::Column::OrderId))
            .order_by_asc(payment_transaction::Column::OrderId)
            .order_by_asc(payment_transaction::Column::Position),
    );
    script.select(
        invoice::Entity::find()
            .filter(ids.contain(invoice::Column::OrderId))
            .order_by_asc(invoice::Column::OrderId)
            .order_by_asc(invoice::Column::Position),
    );
    script.select(
        shipment::Entity::find()
            .filter(ids.contain(shipment::Column::OrderId))
            .order_by_asc(shipment::Column::OrderId)
            .order_by_asc(shipment::Column::Position),
    );
    script.select(
        credit_memo::Entity::find()
            .filter(ids.contain(credit_memo::Column::OrderId))
            .order_by_asc(credit_memo::Column::OrderId)
            .order_by_asc(credit_memo::Column::Position),
    );
    script.select(
        order_comment::Entity::find()
            .filter(ids.contain(order_comment::Column::OrderId))
            .order_by_asc(order_comment::Column::OrderId)
            .order_by_asc(order_comment::Column::Position),
    );
}

/// Reads what [`add_children`] asked for.
pub(crate) fn read_children(answers: &mut Answers) -> Result<ChildRows, StoreError> {
    Ok(ChildRows {
        items: answers.models()?,
        transactions: answers.models()?,
        invoices: answers.models()?,
        shipments: answers.models()?,
        credit_memos: answers.models()?,
        comments: answers.models()?,
    })
}
