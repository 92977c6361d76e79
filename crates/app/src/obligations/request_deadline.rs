//! The obligation to decide a request for a cancellation at its deadline: by the setting of the store view, or by
//! staff.

use std::sync::Arc;

use countermand_domain::{
    CancellationRequest, ConfigScope, EventData, OrderId, RequestRefusal, RequestRuling, Shop,
};
use countermand_persistence::{NewObligation, deadline_key};
use serde::{Deserialize, Serialize};

use super::request_ruling::DecisionWithoutStaff;
use super::{Attempt, CausingChange, Obligation, Outcome, Ports, Receipt};
use crate::App;
use crate::error::AppError;
use crate::failure::Failure;
use crate::order_command::OrderCommand;
use crate::viewer::Viewer;

/// The text that the buyer reads when the deadline declines a request.
const NOT_DECIDED_IN_TIME: &str = "The shop could not stop the order in time.";

/// The name of the operation in the history.
const OPERATION: &str = "requestDeadline";

/// The request that must be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RequestDeadline {
    /// The number of the request in its order.
    pub(crate) number: i32,
}

impl Obligation for RequestDeadline {
    const IS_BOOKED: bool = true;

    fn owed_by(app: &App, change: &CausingChange<'_>) -> Result<Vec<NewObligation>, AppError> {
        let transition = change.transition;
        let EventData::CancellationRequested(facts) = &transition.event.data else {
            return Ok(Vec::new());
        };
        let Some(due_at) = facts.due_at else {
            return Ok(Vec::new());
        };
        let order = transition.after.id;
        let deadline = Self { number: facts.number };
        let row = app.owe(&deadline, app.env().next_id(), Some(order), transition.event.at)?;
        Ok(vec![NewObligation {
            unique_key: deadline_key(order.number(), facts.number),
            due_at: Some(due_at),
            ..row
        }])
    }

    async fn meet(&self, app: &App, _: &Ports<'_>, attempt: &Attempt) -> Outcome {
        match app.decide_at_deadline(*self, attempt).await {
            Ok(outcome) => outcome,
            Err(problem) => Outcome::Later {
                why: problem.to_string(),
            },
        }
    }
}

impl App {
    async fn decide_at_deadline(
        &self,
        deadline: RequestDeadline,
        attempt: &Attempt,
    ) -> Result<Outcome, AppError> {
        let met = Outcome::Met(Receipt::default());
        let Some(id) = attempt.order else { return Ok(met) };
        let Some(loaded) = self.database().order(id).await? else {
            return Ok(met);
        };
        let request = loaded.order.open_request();
        let Some(request) = request.filter(|request| request.number == deadline.number) else {
            return Ok(met);
        };
        let settings = loaded.shop.settings_at(ConfigScope::Store(id.store()));
        let rules = loaded.shop.cancellation_policy(id.store()).rules;
        let by_rule = rules.ruling(&loaded.order, request, self.now());
        let by_setting = match settings.request_after_deadline.value.as_str() {
            "APPROVE" if request.is_confirmed => Ok(RequestRuling::Approve),
            "DECLINE" => Ok(RequestRuling::Decline),
            "APPROVE" => {
                Err("the deadline of the request is over, and no mail has confirmed the guest who asked")
            }
            _ => Err("the deadline of the request is over: staff must decide"),
        };
        let ruling = match by_rule.map_or(by_setting, Ok) {
            Ok(ruling) => ruling,
            Err(why) => {
                return self.leave_to_staff(id, &loaded.shop, deadline, why.into()).await;
            }
        };
        let at_deadline = DecisionWithoutStaff {
            operation: OPERATION,
            declines_with: NOT_DECIDED_IN_TIME,
        };
        let problem = self
            .decide_without_staff(id, &loaded.shop, deadline.number, at_deadline, |_, _, _| {
                Some(ruling)
            })
            .await?;
        match problem {
            None => Ok(met),
            Some(problem) => {
                let why = format!("the request could not be decided at its deadline: {problem}");
                self.leave_to_staff(id, &loaded.shop, deadline, why).await
            }
        }
    }

    /// Tells the shop once that staff must decide, and keeps the obligation for `needsAttention`.
    async fn leave_to_staff(
        &self,
        id: OrderId,
        shop: &Arc<Shop>,
        deadline: RequestDeadline,
        why: String,
    ) -> Result<Outcome, AppError> {
        let needs_attention = Outcome::NeedsAttention { why };
        let Some(viewer) = Viewer::of_system(shop, id) else {
            return Ok(needs_attention);
        };
        let command = OrderCommand::of_system(&viewer, OPERATION);
        let told = self
            .change_order_as_staff::<RequestRefusal>(&command, id, |subject, now| {
                // The request may have been decided, or staff may have been told of it before.
                let open = subject.order.open_request();
                let is_news = |it: &&_| is_to_escalate(it, deadline.number);
                open.filter(is_news).ok_or(RequestRefusal::NoOpenRequest)?;
                subject.order.escalate_cancellation_request(&command.actor, now)
            })
            .await;
        match told {
            Ok(_) | Err(Failure::Refused(_)) => Ok(needs_attention),
            Err(Failure::App(problem)) => Err(problem),
        }
    }
}

fn is_to_escalate(request: &CancellationRequest, number: i32) -> bool {
    request.number == number && request.escalated_at.is_none()
}
