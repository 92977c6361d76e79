//! `simulateCancellationPolicy`: what other settings would have done with the orders of a time.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDateTime;
use countermand_app::shop::simulate_policy::{
    PolicyDraft, PolicySimulation as Simulation, SimulatedOutcomes as Outcomes, SimulatedPolicy as Policy,
};
use countermand_app::{UserError, UserErrorCode};

use super::config::ConfigScope;
use super::settings::SettingInput;
use super::staff;
use super::user_error::query_error;
use crate::kit::context::app;
use crate::kit::error::answered;
use crate::kit::{Money, time};
use crate::types::CancellationRefusalCode;

/// Staff's query about a policy that does not hold yet.
#[derive(Default)]
pub(crate) struct AdminPolicyQuery;

#[Object]
impl AdminPolicyQuery {
    /// Tries settings on the orders that were placed in a time: how many cancellations would have taken place at once,
    /// on request or not at all, how much would have come back and which fees would have been kept. The answer has the
    /// same figures for the settings as they stand now. No data changes. It looks at the first 10,000 orders of the
    /// time. Needs the role `manager`; a token for one store view simulates for that store view only.
    async fn simulate_cancellation_policy(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The scope, the settings to try there, and the time.")]
        draft: CancellationPolicyDraft,
    ) -> Result<PolicySimulation> {
        let viewer = staff(context)?;
        let scope = draft
            .scope
            .of_code(&viewer.shop, draft.code.as_deref())
            .map_err(query_error)?;
        let draft = PolicyDraft {
            scope,
            from: instant("from", &draft.from).map_err(query_error)?,
            until: instant("until", &draft.until).map_err(query_error)?,
            values: draft.values.into_iter().map(Into::into).collect(),
            minutes: draft.minutes_after_placing.into(),
        };
        let simulated = app(context)?.simulate_cancellation_policy(viewer, &draft).await;
        Ok(answered(simulated)?.map_err(query_error)?.into())
    }
}

/// Settings that do not hold yet, and the time whose orders they are tried on.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct CancellationPolicyDraft {
    /// The kind of scope at which the settings would be set, and whose orders they are tried on.
    scope: ConfigScope,
    /// The code of the website or store view; null for the default scope.
    code: Option<String>,
    /// The settings to try, each key at most once; a null value takes the value of the scope back.
    values: Vec<SettingInput>,
    /// The first instant at which the orders were placed, in the format `YYYY-MM-DD hh:mm:ss` in UTC.
    from: String,
    /// The instant after the last one, in the format `YYYY-MM-DD hh:mm:ss` in UTC.
    until: String,
    /// How many minutes after it was placed the buyer of an order is supposed to cancel all of it, where no
    /// cancellation was asked for: from 0 to 525,600. An order that is younger is judged as it is now.
    #[graphql(default = 60)]
    minutes_after_placing: i32,
}

/// What the settings of a draft and the settings as they stand now would have done with the same orders.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
struct PolicySimulation {
    /// The number of orders in the scope that were looked at, at most 10,000.
    orders: i32,
    /// Whether the time holds more orders than 10,000, or than five seconds suffice for, so that the later ones were not
    /// looked at.
    cut_off: bool,
    /// Time at which the last order that was looked at was placed, in the format `YYYY-MM-DD hh:mm:ss` in UTC; null
    /// when all orders of the time were looked at.
    cut_off_at: Option<String>,
    /// The number of orders that were left out: an import brought what happened to them, and does not tell when.
    not_judged: i32,
    /// The money that was paid back with the first cancellation of each order that was canceled, one sum for each
    /// currency; empty when none was paid back.
    refunded_then: Vec<Money>,
    /// What the settings of the draft would have done.
    draft: SimulatedPolicy,
    /// What the settings as they stand now would have done.
    today: SimulatedPolicy,
}

/// What one set of settings would have done.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
struct SimulatedPolicy {
    /// Orders of which a cancellation took place or was asked for, each judged by the first of these, with its items,
    /// its actor and its reason, at its own time.
    with_cancellation: SimulatedOutcomes,
    /// The other orders, each judged as if its buyer had canceled all of it without a reason at the supposed time.
    without_cancellation: SimulatedOutcomes,
}

/// The outcomes of the cancellations of some orders.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
struct SimulatedOutcomes {
    /// The number of orders, one cancellation each.
    orders: i32,
    /// The number of cancellations that would have taken place at once.
    automatic: i32,
    /// The number of cancellations that the buyer would have had to request.
    requested: i32,
    /// The number of cancellations that would have been refused.
    refused: i32,
    /// Why cancellations would have been refused, by the first reason of each; empty when none would have been.
    refusals: Vec<SimulatedRefusal>,
    /// The money that would have been paid back, the fee taken off, one sum for each currency; a request counts as one
    /// that staff approves. Money that is authorized and not paid is not part of it.
    refunded: Vec<Money>,
    /// The fees that the shop would have kept, one sum for each currency.
    fees: Vec<Money>,
}

/// How often a simulation met a reason why an order cannot be canceled.
#[derive(SimpleObject)]
struct SimulatedRefusal {
    /// Why the order could not have been canceled, as a code for programs.
    code: CancellationRefusalCode,
    /// The number of orders that would have been refused for this reason.
    orders: i32,
}

impl From<Simulation> for PolicySimulation {
    fn from(it: Simulation) -> Self {
        Self {
            orders: count(it.looked_at),
            cut_off: it.cut_off_at.is_some(),
            cut_off_at: it.cut_off_at.map(time::utc),
            not_judged: count(it.not_judged),
            refunded_then: it.refunded_then.into_iter().map(Into::into).collect(),
            draft: it.draft.into(),
            today: it.today.into(),
        }
    }
}

impl From<Policy> for SimulatedPolicy {
    fn from(it: Policy) -> Self {
        Self {
            with_cancellation: it.real.into(),
            without_cancellation: it.supposed.into(),
        }
    }
}

impl From<Outcomes> for SimulatedOutcomes {
    fn from(it: Outcomes) -> Self {
        let refusal = |(refusal, orders): &(_, u64)| SimulatedRefusal {
            code: CancellationRefusalCode::from(refusal),
            orders: count(*orders),
        };
        Self {
            orders: count(it.orders),
            automatic: count(it.automatic),
            requested: count(it.requested),
            refused: count(it.refused),
            refusals: it.refusals.iter().map(refusal).collect(),
            refunded: it.refunded.into_iter().map(Into::into).collect(),
            fees: it.fees.into_iter().map(Into::into).collect(),
        }
    }
}

fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn instant(field: &str, text: &str) -> Result<chrono::DateTime<chrono::Utc>, UserError> {
    let read = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S");
    let message = "must be a time in the format `YYYY-MM-DD hh:mm:ss`";
    read.map(|at| at.and_utc())
        .map_err(|_| UserError::about(field, UserErrorCode::Invalid, message))
}
