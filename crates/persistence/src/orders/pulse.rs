//! Tells how far orders are, for readers who wait for the next change: one read for many orders.

use std::collections::HashMap;

use countermand_domain::OrderId;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{NEEDS_ATTENTION, REFUND, VOID};
use crate::rows::entity::{obligation, order, reversal_entry};
use crate::sql::one_of::one_of;
use crate::sql::script::{Rows, Script};

/// How far an order and the money that it pays back are. The first two numbers only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrderPulse {
    /// The version of the order; 0 as long as it was not read.
    pub version: i64,
    /// The number of states in which the voids and refunds of the order were at payment providers.
    pub reversal_entries: i64,
    /// The number of voids and refunds of the order that wait for staff.
    pub left_to_staff: i64,
}

/// Pairs of an order and a number.
type Numbers = Rows<(i64, i64)>;

/// Pairs of an order and the state of one of its voids and refunds.
type States = Rows<(i64, String)>;

impl Database {
    /// How far each of `orders` is, in one round trip. An order that does not exist is left out.
    pub async fn order_pulses(
        &self,
        orders: &[OrderId],
    ) -> Result<HashMap<OrderId, OrderPulse>, DatabaseError> {
        let (script, versions, entries, states) = self.pulses_script(orders);
        let answers = script.fetch().await?;
        let mut left_to_staff: HashMap<i64, i64> = HashMap::new();
        for (order, state) in answers.take(states)? {
            if state == NEEDS_ATTENTION {
                *left_to_staff.entry(order).or_default() += 1;
            }
        }
        let entries: HashMap<i64, i64> = answers.take(entries)?.into_iter().collect();
        let pulse = |(order, version): (i64, i64)| {
            let reversal_entries = entries.get(&order).copied().unwrap_or_default();
            let pulse = OrderPulse {
                version,
                reversal_entries,
                left_to_staff: left_to_staff.get(&order).copied().unwrap_or_default(),
            };
            Some((OrderId::from_number(order)?, pulse))
        };
        Ok(answers.take(versions)?.into_iter().filter_map(pulse).collect())
    }

    /// The script that reads versions of orders, counts the states of their voids and refunds at providers, and reads the
    /// states of these obligations.
    pub(crate) fn pulses_script(&self, orders: &[OrderId]) -> (Script<'_>, Numbers, Numbers, States) {
        let ids: Vec<i64> = orders.iter().map(|order| order.number()).collect();
        let mut versions = Query::select();
        versions
            .columns([order::Column::Id, order::Column::Version])
            .from(order::Entity)
            .and_where(one_of(order::Column::Id, ids.clone(), self.backend()));
        let of_obligation = (reversal_entry::Entity, reversal_entry::Column::ObligationId);
        let mut entries = Query::select();
        entries
            .column((obligation::Entity, obligation::Column::OrderId))
            .expr_as(
                Expr::col((reversal_entry::Entity, reversal_entry::Column::Position)).count(),
                "entries",
            )
            .from(obligation::Entity)
            .inner_join(
                reversal_entry::Entity,
                Expr::col(of_obligation).equals((obligation::Entity, obligation::Column::Id)),
            )
            .and_where(one_of(obligation::Column::OrderId, ids.clone(), self.backend()))
            .and_where(obligation::Column::Kind.is_in([VOID, REFUND]))
            .group_by_col((obligation::Entity, obligation::Column::OrderId));
        // The states are not a condition: another index than that of the orders would be of use for it.
        let mut states = Query::select();
        states
            .columns([obligation::Column::OrderId, obligation::Column::State])
            .from(obligation::Entity)
            .and_where(one_of(obligation::Column::OrderId, ids, self.backend()))
            .and_where(obligation::Column::Kind.is_in([VOID, REFUND]));
        let mut script = Script::read(self);
        let versions = script.rows(&versions);
        let entries = script.rows(&entries);
        let states = script.rows(&states);
        (script, versions, entries, states)
    }
}
