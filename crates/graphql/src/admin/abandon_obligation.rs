//! `abandonObligation`: staff ends what nothing will meet.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::obligations::Obligation;
use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;

/// Staff's mutation of what nothing will meet.
#[derive(Default)]
pub(crate) struct AdminAbandonMutation;

#[Object]
impl AdminAbandonMutation {
    /// Ends a refund or a void that nothing will meet, or a job that failed for good. No money moves: the buyer sees a
    /// refund as not refunded. When its money moves after all, the program learns it from the payment provider and
    /// books it. The caller needs the role `manager`; for a refund, and for a void whose money was captured, the role
    /// `owner`, or the role `manager` and a token that was made with the permission to withhold refunds.
    async fn abandon_obligation(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The obligation, and why nothing will meet it.")] input: AbandonObligationInput,
    ) -> Result<AbandonObligationPayload> {
        let viewer = staff(context)?;
        let asked = countermand_app::obligations::AbandonObligation {
            id: input.id.to_string(),
            note: input.note,
        };
        let done = app(context)?.abandon_obligation(viewer, &asked).await;
        let (obligation, user_errors) = done_or_user_errors(done)?;
        Ok(AbandonObligationPayload {
            obligation: obligation.and_then(Obligation::of),
            user_errors,
        })
    }
}

/// The obligation that staff ends, and why.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AbandonObligationInput {
    /// The `Obligation.id` of an open refund or void, or the id of a failed job of `needsAttention`.
    id: ID,
    /// Why nothing will meet it, for the history and the audit log: 1 to 1,000 characters.
    note: String,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The result of `abandonObligation`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AbandonObligationPayload {
    /// The abandoned obligation; null for a job, and when the mutation was refused.
    obligation: Option<Obligation>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}
