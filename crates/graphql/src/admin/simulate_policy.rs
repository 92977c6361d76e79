//! `simulateCancellationPolicy`: what other settings would have done with the cancellations of a time.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDateTime;
use countermand_app::shop::simulate_policy::{
    PolicyDraft, PolicySimulation as Simulation, SimulatedMoney as Sums,
};
use countermand_app::{UserError, UserErrorCode};

use super::config::ConfigScope;
use super::settings::SettingInput;
use super::staff;
use super::user_error::query_error;
use crate::kit::Money;
use crate::kit::context::app;
use crate::kit::error::answered;

/// Staff's query about a policy that does not hold yet.
#[derive(Default)]
pub(crate) struct AdminPolicyQuery;

#[Object]
impl AdminPolicyQuery {
    /// Tries settings on the cancellations that took place in a time: how many would have taken place at once, on
    /// request or not at all, and what would have come back. No data changes. It looks at the first 500 cancellations of
    /// the time. Needs the role `manager`; a token for one store view simulates for that store view only.
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
            from: time("from", &draft.from).map_err(query_error)?,
            until: time("until", &draft.until).map_err(query_error)?,
            values: draft.values.into_iter().map(Into::into).collect(),
        };
        let simulated = app(context)?.simulate_cancellation_policy(viewer, &draft).await;
        Ok(answered(simulated)?.map_err(query_error)?.into())
    }
}

/// Settings that do not hold yet, and the time whose cancellations they are tried on.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct CancellationPolicyDraft {
    /// The kind of scope at which the settings would be set.
    scope: ConfigScope,
    /// The code of the website or store view; null for the default scope.
    code: Option<String>,
    /// The settings to try, each key at most once; a null value takes the value of the scope back.
    values: Vec<SettingInput>,
    /// The first instant of the cancellations, in the format `YYYY-MM-DD hh:mm:ss` in UTC.
    from: String,
    /// The instant after the last cancellation, in the format `YYYY-MM-DD hh:mm:ss` in UTC.
    until: String,
}

/// What the settings of a draft would have done.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
struct PolicySimulation {
    /// The number of cancellations in the scope that were looked at.
    cancellations: i32,
    /// Whether the time holds more than 500 cancellations, so that the later ones were not looked at.
    cut_off: bool,
    /// The number of cancellations that would have taken place at once.
    automatic: i32,
    /// The number of cancellations that the buyer would have had to request.
    requested: i32,
    /// The number of cancellations that would have been refused.
    refused: i32,
    /// The sums of money, one for each currency; empty when no cancellation was looked at.
    money: Vec<SimulatedMoney>,
}

/// The money of a simulation in one currency.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
struct SimulatedMoney {
    /// The money that was paid back when the cancellations took place.
    refunded_then: Money,
    /// The money that would have been paid back; a request counts as one that staff approves.
    refunded: Money,
    /// The fees that the shop would have kept.
    fee: Money,
}

impl From<Simulation> for PolicySimulation {
    fn from(it: Simulation) -> Self {
        Self {
            cancellations: count(it.looked_at),
            cut_off: it.is_cut_off,
            automatic: count(it.automatic),
            requested: count(it.requested),
            refused: count(it.refused),
            money: it.money.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Sums> for SimulatedMoney {
    fn from(it: Sums) -> Self {
        Self {
            refunded_then: it.refunded_then.into(),
            refunded: it.refunded.into(),
            fee: it.fee.into(),
        }
    }
}

fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn time(field: &str, text: &str) -> Result<chrono::DateTime<chrono::Utc>, UserError> {
    let read = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S");
    let message = "must be a time in the format `YYYY-MM-DD hh:mm:ss`";
    read.map(|at| at.and_utc())
        .map_err(|_| UserError::about(field, UserErrorCode::Invalid, message))
}
