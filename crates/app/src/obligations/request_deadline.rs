//! The obligation to decide a request for a cancellation at its deadline: by the setting of the store view, or by
//! staff.

use countermand_domain::{ConfigScope, EventData, RequestRuling};
use countermand_persistence::{NewObligation, deadline_key};
use serde::{Deserialize, Serialize};

use super::request_ruling::DecisionWithoutStaff;
use super::{Attempt, CausingChange, Obligation, Outcome, Ports, Receipt};
use crate::App;
use crate::error::AppError;

/// The text that the buyer reads when the deadline declines a request.
const NOT_DECIDED_IN_TIME: &str = "The shop could not stop the order in time.";

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
        let action = settings.request_after_deadline.value.as_str();
        let ruling = match action {
            _ if by_rule.is_some() => by_rule,
            "APPROVE" if request.is_confirmed => Some(RequestRuling::Approve),
            "DECLINE" => Some(RequestRuling::Decline),
            "APPROVE" => {
                let why =
                    "the deadline of the request is over, and no mail has confirmed the guest who asked";
                return Ok(Outcome::NeedsAttention { why: why.into() });
            }
            _ => {
                let why = "the deadline of the request is over: staff must decide";
                return Ok(Outcome::NeedsAttention { why: why.into() });
            }
        };
        let at_deadline = DecisionWithoutStaff {
            operation: "requestDeadline",
            declines_with: NOT_DECIDED_IN_TIME,
        };
        let problem = self
            .decide_without_staff(id, &loaded.shop, deadline.number, at_deadline, |_, _, _| ruling)
            .await?;
        Ok(problem.map_or(met, |problem| Outcome::NeedsAttention {
            why: format!("the request could not be decided at its deadline: {problem}"),
        }))
    }
}
