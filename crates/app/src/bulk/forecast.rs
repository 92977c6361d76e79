//! Staff asks what a job would do with each order. No order changes.

use std::sync::Arc;

use countermand_domain::{CancellationIntent, Money};
use tokio::task::JoinSet;

use crate::App;
use crate::bulk::start::BulkCancelOrders;
use crate::cancel::cancel_orders_as_admin::{CancelOrders, OrderOutcome};
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// How many orders are looked at together.
const AT_ONCE: usize = 32;

/// What a job would do.
#[derive(Debug, Clone)]
pub struct BulkForecast {
    /// The outcome of each order, in the sequence in which the job cancels them.
    pub outcomes: Vec<OrderOutcome>,
}

impl App {
    /// Decides the cancellation of each selected order as the job does, and changes none.
    pub async fn forecast_bulk_cancellation(
        &self,
        viewer: &Viewer,
        command: &BulkCancelOrders,
    ) -> Result<BulkForecast, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::BulkCancelOrders)?;
        let orders = self.selected_orders(viewer, staff, command).await?;
        let mut outcomes = Vec::with_capacity(orders.len());
        let asked = Arc::new((viewer.clone(), staff.clone(), intended(command)));
        for orders in orders.chunks(AT_ONCE) {
            let mut looking = JoinSet::new();
            for (index, order) in orders.iter().copied().enumerate() {
                let (app, asked) = (self.clone(), asked.clone());
                looking.spawn(async move {
                    let (viewer, staff, command) = &*asked;
                    (index, app.would_cancel(viewer, staff, order, command).await)
                });
            }
            let mut looked_at = Vec::with_capacity(orders.len());
            while let Some(outcome) = looking.join_next().await {
                looked_at.push(outcome.map_err(|problem| AppError::Internal(problem.to_string()))?);
            }
            looked_at.sort_by_key(|(index, _)| *index);
            for ((_, outcome), order) in looked_at.into_iter().zip(orders) {
                let outcome = match outcome {
                    Ok(refund) => Ok(refund),
                    Err(Failure::Refused(refusal)) => Err(refusal),
                    Err(failure) => return Err(failure),
                };
                outcomes.push(OrderOutcome {
                    order: *order,
                    outcome,
                });
            }
        }
        Ok(BulkForecast { outcomes })
    }
}

impl BulkForecast {
    /// The number of orders that would be canceled.
    #[must_use]
    pub fn canceled(&self) -> usize {
        self.outcomes.iter().filter(|it| it.outcome.is_ok()).count()
    }

    /// The money that would flow back, one sum for each currency, in the sequence in which they are met.
    ///
    /// # Errors
    /// Fails if a sum is too large.
    pub fn refunds(&self) -> Result<Vec<Money>, AppError> {
        let mut sums: Vec<Money> = Vec::new();
        for refund in self.outcomes.iter().filter_map(|it| it.outcome.as_ref().ok()) {
            match sums.iter_mut().find(|sum| sum.currency() == refund.currency()) {
                Some(sum) => {
                    let added = sum.checked_add(*refund);
                    *sum = added.map_err(|problem| AppError::Internal(problem.to_string()))?;
                }
                None => sums.push(*refund),
            }
        }
        Ok(sums)
    }
}

/// What is asked for each order, for the decision of a single cancellation.
fn intended(command: &BulkCancelOrders) -> CancelOrders {
    CancelOrders {
        orders: Vec::new(),
        intent: CancellationIntent {
            comment: command.comment.clone(),
            ..CancellationIntent::all(&command.reason)
        },
        notifies_customer: command.notifies_customer,
        is_dry_run: true,
    }
}
