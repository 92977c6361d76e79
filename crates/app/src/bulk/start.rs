//! Staff begins a job that cancels many orders. Its orders are chosen once, when it begins.

use std::collections::HashSet;

use countermand_domain::{BulkPace, ConfigScope, MOST_BULK_ORDERS_PER_SECOND, OrderId, OrderNumber};
use countermand_persistence::{BulkCancellation, NewBulkCancellation, OrderSearch};

use crate::App;
use crate::bulk::input_hash::hash_of;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::orders::find_orders::{reached_search, unless_too_many};
use crate::rights::StaffOperation;
use crate::viewer::{Staff, Viewer};

/// The most orders that one job cancels.
const MOST_BULK_ORDERS: usize = 10_000;
/// The longest idempotency key, in characters.
pub const LONGEST_IDEMPOTENCY_KEY: usize = 128;
/// The longest reason, in characters.
const LONGEST_REASON: usize = 255;
/// The longest comment, in characters.
const LONGEST_COMMENT: usize = 2_000;
/// The most order numbers of one statement.
const NUMBERS_AT_ONCE: usize = 500;

/// The cancellations that staff asks for.
#[derive(Debug, Clone)]
pub struct BulkCancelOrders {
    /// The orders.
    pub selection: BulkSelection,
    /// The reason of all of them: a description or a code of a reason for staff.
    pub reason: String,
    /// The comment of all of them; none without one.
    pub comment: Option<String>,
    /// Whether the buyers are told by mail; none where the store view's setting decides.
    pub notifies_customer: Option<bool>,
}

/// Which orders a job cancels.
#[derive(Debug, Clone)]
pub enum BulkSelection {
    /// The orders with these ids.
    Ids(Vec<OrderId>),
    /// The orders with these numbers.
    Numbers(Vec<OrderNumber>),
    /// The orders that a search finds when the job begins.
    Search(Box<OrderSearch>),
}

impl App {
    /// Begins a job that cancels orders, at most `per_second` in a second, or as many as the setting says. The same key
    /// with the same input gives the same job again; with another input, it is refused.
    pub async fn bulk_cancel_orders(
        &self,
        viewer: &Viewer,
        command: &BulkCancelOrders,
        idempotency_key: &str,
        per_second: Option<i32>,
    ) -> Result<BulkCancellation, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::BulkCancelOrders)?;
        check_key(idempotency_key)?;
        let usual = viewer
            .shop
            .settings_at(ConfigScope::Default)
            .bulk_orders_per_second;
        let pace = per_second.map_or(usual.value, i64::from);
        let Some(pace) = i32::try_from(pace).ok().filter(|it| BulkPace::new(*it).is_some()) else {
            let message = format!("must be 1 to {MOST_BULK_ORDERS_PER_SECOND}");
            return Err(invalid("orders_per_second", message).into());
        };
        // The setting may change between two requests with the same key, so the pace counts as it was sent.
        let input_hash = hash_of(staff, command, per_second)?;
        if let Some(known) = self.begun(idempotency_key, &input_hash).await? {
            return Ok(known);
        }
        let orders = self.selected_orders(viewer, staff, command).await?;
        let new = NewBulkCancellation {
            id: self.env().next_id(),
            idempotency_key: idempotency_key.to_owned(),
            input_hash: input_hash.clone(),
            actor: staff.name.clone(),
            store: staff.store,
            origin: viewer.origin.clone(),
            reason: command.reason.clone(),
            comment: command.comment.clone(),
            notifies_customer: command.notifies_customer,
            per_second: pace,
            created_at: self.now(),
            orders,
        };
        let details = format!(
            "{} orders, reason {}, {pace} orders per second",
            new.orders.len(),
            command.reason
        );
        let operation = StaffOperation::BulkCancelOrders.name();
        let audit = self.trail_of(viewer, operation, &new.id.to_string(), &details);
        if !self.database().insert_bulk_cancellation(&new, &audit).await? {
            // Another request with the same key came first.
            let known = self.begun(idempotency_key, &input_hash).await?;
            return known.ok_or_else(|| lost(idempotency_key).into());
        }
        tracing::info!(job = %new.id, orders = new.orders.len(), "a bulk cancellation was begun");
        let begun = self.database().bulk_cancellation(&new.id.to_string()).await?;
        Ok(begun.ok_or_else(|| lost(idempotency_key))?)
    }

    /// The job that was begun with this key before; none if the key is new.
    async fn begun(
        &self,
        key: &str,
        input_hash: &str,
    ) -> Result<Option<BulkCancellation>, Failure<UserError>> {
        let Some(known) = self.database().bulk_cancellation_of_key(key).await? else {
            return Ok(None);
        };
        if known.input_hash != input_hash {
            let message = "this key began a bulk cancellation with another input";
            return Err(UserError::about("idempotency_key", UserErrorCode::Taken, message).into());
        }
        Ok(self.database().bulk_cancellation(&known.id).await?)
    }

    /// The orders of the selection, each once.
    pub(crate) async fn selected_orders(
        &self,
        viewer: &Viewer,
        staff: &Staff,
        command: &BulkCancelOrders,
    ) -> Result<Vec<OrderId>, Failure<UserError>> {
        check_texts(command)?;
        let (field, mut orders) = match &command.selection {
            BulkSelection::Ids(ids) => ("order_ids", ids.clone()),
            BulkSelection::Numbers(numbers) => (
                "order_numbers",
                self.numbered_orders(viewer, staff, numbers).await?,
            ),
            BulkSelection::Search(search) => ("filter", self.found_orders(viewer, search).await?),
        };
        let mut known = HashSet::new();
        orders.retain(|order| known.insert(*order));
        if orders.is_empty() || orders.len() > MOST_BULK_ORDERS {
            let message = format!(
                "must select 1 to {MOST_BULK_ORDERS} orders, and selects {}",
                orders.len()
            );
            return Err(invalid(field, message).into());
        }
        Ok(orders)
    }

    async fn found_orders(
        &self,
        viewer: &Viewer,
        search: &OrderSearch,
    ) -> Result<Vec<OrderId>, Failure<UserError>> {
        if !narrows(search) {
            let message = "must have at least one condition: an empty filter selects all orders of the shop";
            return Err(invalid("filter", message).into());
        }
        let most = u64::try_from(MOST_BULK_ORDERS).unwrap_or(u64::MAX);
        let search = OrderSearch {
            limit: most,
            ..reached_search(viewer, search)?
        };
        let count = unless_too_many(self.database().count_orders(&search).await?)?;
        if !count.is_exact || count.count > most {
            let message = format!("selects too many orders: narrow it to {MOST_BULK_ORDERS} at most");
            return Err(invalid("filter", message).into());
        }
        unless_too_many(self.database().search_order_ids(&search).await?)
    }

    async fn numbered_orders(
        &self,
        viewer: &Viewer,
        staff: &Staff,
        numbers: &[OrderNumber],
    ) -> Result<Vec<OrderId>, Failure<UserError>> {
        if numbers.len() > MOST_BULK_ORDERS {
            let message = format!("must name 1 to {MOST_BULK_ORDERS} orders");
            return Err(invalid("order_numbers", message).into());
        }
        let mut orders = Vec::with_capacity(numbers.len());
        for numbers in numbers.chunks(NUMBERS_AT_ONCE) {
            let mut found: Vec<Vec<OrderId>> = vec![Vec::new(); numbers.len()];
            for store in viewer
                .shop
                .stores
                .iter()
                .filter(|store| staff.covers(store.number))
            {
                let known = self.database().known_orders(store.number, numbers).await?;
                for (number, found) in numbers.iter().zip(&mut found) {
                    found.extend(known.get(number).map(|known| known.id));
                }
            }
            for (number, found) in numbers.iter().zip(found) {
                match found.as_slice() {
                    [order] => orders.push(*order),
                    [] => {
                        let message = format!("there is no order {number}");
                        let code = UserErrorCode::NotFound;
                        return Err(UserError::about("order_numbers", code, message).into());
                    }
                    _ => {
                        let message = format!("several store views have an order {number}: use its id");
                        return Err(invalid("order_numbers", message).into());
                    }
                }
            }
        }
        Ok(orders)
    }
}

/// Whether the search leaves out any order.
fn narrows(search: &OrderSearch) -> bool {
    let shape = |search: &OrderSearch| format!("{search:?}");
    let plain = OrderSearch {
        limit: search.limit,
        most_looked_at: search.most_looked_at,
        after: search.after,
        ..OrderSearch::default()
    };
    shape(search) != shape(&plain)
}

fn check_key(key: &str) -> Result<(), UserError> {
    let length = key.chars().count();
    if (1..=LONGEST_IDEMPOTENCY_KEY).contains(&length) && !key.chars().any(char::is_control) {
        return Ok(());
    }
    let message = format!("must be a text of 1 to {LONGEST_IDEMPOTENCY_KEY} characters");
    Err(invalid("idempotency_key", message))
}

/// Whether the texts fit into their rows. The rules for reasons and comments decide at each order.
fn check_texts(command: &BulkCancelOrders) -> Result<(), UserError> {
    let is_bad = |text: &str, most: usize| text.chars().count() > most || text.contains('\0');
    if command.reason.trim().is_empty() || is_bad(&command.reason, LONGEST_REASON) {
        let message = format!("must be a text of 1 to {LONGEST_REASON} characters");
        return Err(invalid("reason", message));
    }
    if command
        .comment
        .as_deref()
        .is_some_and(|text| is_bad(text, LONGEST_COMMENT))
    {
        let message = format!("must be a text of at most {LONGEST_COMMENT} characters");
        return Err(invalid("comment", message));
    }
    Ok(())
}

fn invalid(field: &str, message: impl Into<String>) -> UserError {
    UserError::about(field, UserErrorCode::Invalid, message)
}

fn lost(key: &str) -> AppError {
    AppError::Internal(format!("the bulk cancellation with the key `{key}` is gone"))
}
