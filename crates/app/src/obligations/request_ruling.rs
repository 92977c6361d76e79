//! The obligation to decide a request for a cancellation by a rule of the store view, right after it was made.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{
    ApproveRequest, CancellationRequest, EventData, OrderId, RequestRefusal, RequestRuling, Shop,
};
use countermand_persistence::NewObligation;
use serde::{Deserialize, Serialize};

use super::{Attempt, CausingChange, Obligation, Outcome, Ports, Receipt};
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::order_command::{OrderCommand, Subject};
use crate::viewer::Viewer;

/// The text that the buyer reads when a rule declines a request.
const DECLINED_BY_RULE: &str = "The shop cannot cancel this order any more.";

/// The request that a rule decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RuledRequest {
    /// The number of the request in its order.
    pub(crate) number: i32,
}

impl Obligation for RuledRequest {
    fn owed_by(app: &App, change: &CausingChange<'_>) -> Result<Vec<NewObligation>, AppError> {
        let transition = change.transition;
        let EventData::CancellationRequested(facts) = &transition.event.data else {
            return Ok(Vec::new());
        };
        let order = &transition.after;
        let rules = change.shop.cancellation_policy(order.id.store()).rules;
        let request = order.open_request();
        let ruling = request.and_then(|request| rules.ruling(order, request, transition.event.at));
        if ruling.is_none() {
            return Ok(Vec::new());
        }
        let owed = Self { number: facts.number };
        let row = app.owe(&owed, app.env().next_id(), Some(order.id), transition.event.at)?;
        Ok(vec![row])
    }

    async fn meet(&self, app: &App, _: &Ports<'_>, attempt: &Attempt) -> Outcome {
        let met = Outcome::Met(Receipt::default());
        let later = |problem: AppError| Outcome::Later {
            why: problem.to_string(),
        };
        let Some(id) = attempt.order else { return met };
        let loaded = match app.database().order(id).await {
            Ok(Some(loaded)) => loaded,
            Ok(None) => return met,
            Err(problem) => return later(problem.into()),
        };
        let by_rule = DecisionWithoutStaff {
            operation: "requestRules",
            declines_with: DECLINED_BY_RULE,
        };
        let rule = |subject: &Subject, request: &CancellationRequest, now| {
            subject.policy().rules.ruling(&subject.order, request, now)
        };
        match app
            .decide_without_staff(id, &loaded.shop, self.number, by_rule, rule)
            .await
        {
            // Where the rule does not hold any more, or cannot be carried out, staff or the deadline decides.
            Ok(_) => met,
            Err(problem) => later(problem),
        }
    }
}

/// How the program decides a request by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct DecisionWithoutStaff {
    /// The name of the operation in the history.
    pub(super) operation: &'static str,
    /// The text that the buyer reads when the request is declined.
    pub(super) declines_with: &'static str,
}

impl App {
    /// Decides the request `number` of an order by `rule`, if it is still open. The result is the reason why the
    /// decision could not be carried out; none if it was, or if there was nothing to decide.
    pub(super) async fn decide_without_staff(
        &self,
        id: OrderId,
        shop: &Arc<Shop>,
        number: i32,
        decision: DecisionWithoutStaff,
        rule: impl Fn(&Subject, &CancellationRequest, DateTime<Utc>) -> Option<RequestRuling> + Send + Sync,
    ) -> Result<Option<String>, AppError> {
        let Some(viewer) = Viewer::of_system(shop, id) else {
            let why = "the store view of the order does not exist any more";
            return Ok(Some(why.into()));
        };
        let command = OrderCommand::of_system(&viewer, decision.operation);
        let decided = self
            .change_order_as_staff::<RequestRefusal>(&command, id, |subject, now| {
                // Another request may be open by now.
                let open = subject.order.open_request();
                let request = open.filter(|request| request.number == number);
                let ruling = request.and_then(|request| rule(subject, request, now));
                match ruling.ok_or(RequestRefusal::NoOpenRequest)? {
                    RequestRuling::Approve => {
                        let approve = ApproveRequest {
                            actor: command.actor.clone(),
                            items: None,
                            reason: None,
                            notifies_customer: None,
                            refund: None,
                        };
                        let policy = subject.policy();
                        subject.order.approve_cancellation_request(&approve, &policy, now)
                    }
                    RequestRuling::Decline => {
                        let text = decision.declines_with;
                        subject
                            .order
                            .decline_cancellation_request(text, &command.actor, now)
                    }
                }
            })
            .await;
        match decided {
            Ok(_)
            | Err(Failure::Refused(UserError {
                code: UserErrorCode::NoOpenRequest | UserErrorCode::TooLate,
                ..
            })) => Ok(None),
            Err(Failure::App(problem)) => Err(problem),
            Err(Failure::Refused(refusal)) => Ok(Some(refusal.message)),
        }
    }
}
