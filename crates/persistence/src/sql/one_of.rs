//! The condition that a column has one of several values.

use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait, Value, ValueType};
use sea_orm::{ColumnTrait, DatabaseBackend};

/// Whether `column` has one of `values`, in a form with few different texts, so that statements stay prepared.
pub(crate) fn one_of<V>(column: impl ColumnTrait, values: Vec<V>, backend: DatabaseBackend) -> Expr
where
    V: Into<Value> + ValueType + Clone,
    Vec<V>: Into<Value>,
{
    if backend == DatabaseBackend::Postgres {
        // One array, so that the text does not depend on the number of values.
        return column.into_expr().eq(PgFunc::any(values));
    }
    // The number of values is a power of two: the last value is repeated.
    let more = values.len().next_power_of_two() - values.len();
    let last = values.last().cloned().into_iter().cycle().take(more);
    column.is_in(last.chain(values.iter().cloned()).collect::<Vec<_>>())
}
