//! `endSubscription` and `resumeSubscription`: one command for a customer, a guest and staff.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use countermand_app::orders::subscriptions::SubscriptionView;
use countermand_app::{Failure, UserError as AppUserError};
use countermand_domain::EndSubscription;

use crate::kit::RepeatInput;
use crate::kit::context::{app, viewer};
use crate::types::subscription::{OrderSubscription, SubscriptionEndTime};
use crate::types::user_error::{UserError, done_or_user_errors};

#[derive(Default)]
pub(crate) struct SubscriptionMutation;

/// The subscription that ends, when it ends, and why.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct EndSubscriptionInput {
    /// The id of the subscription, as `OrderSubscription.subscription_id` has it.
    subscription_id: String,
    /// The `CustomerOrder.token` of an order that pays the subscription, for a guest; null for a signed-in customer and
    /// for staff.
    token: Option<String>,
    /// When the subscription ends, one of `OrderSubscription.end_options`; null for the time that the store view
    /// states, and for the end of the paid period where the buyer chooses.
    when: Option<SubscriptionEndTime>,
    /// The reason: the description or the code of a cancellation reason that the order's store view offers; null for
    /// none.
    reason: Option<String>,
    /// A comment for the shop, at most 2,000 characters without HTML; null for none.
    comment: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The subscription that goes on although it was to end with the paid period.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
struct ResumeSubscriptionInput {
    /// The id of the subscription, as `OrderSubscription.subscription_id` has it.
    subscription_id: String,
    /// The `CustomerOrder.token` of an order that pays the subscription, for a guest; null for a signed-in customer and
    /// for staff.
    token: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The answer to a change of a subscription.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
struct SubscriptionPayload {
    /// The subscription after the mutation; null when the mutation was refused.
    subscription: Option<OrderSubscription>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

#[Object]
impl SubscriptionMutation {
    /// Ends a subscription with the paid period, or at once with a share of the price back. A customer ends an own
    /// subscription where the store view allows it, a guest with the token of the order and only with the paid period,
    /// staff with the role `support` any subscription.
    async fn end_subscription(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The subscription, when it ends, and why.")] input: EndSubscriptionInput,
    ) -> Result<SubscriptionPayload> {
        let end = EndSubscription {
            subscription: input.subscription_id,
            when: input.when.map(Into::into),
            reason: input.reason,
            comment: input.comment,
        };
        let token = input.token.as_deref();
        SubscriptionPayload::of(
            app(context)?
                .end_subscription(viewer(context)?, token, &end)
                .await,
        )
    }

    /// Lets a subscription go on that was to end with the paid period, while this period lasts. A customer resumes an
    /// own subscription where the store view allows it, a guest with the token of the order, staff with the role
    /// `support` any subscription.
    async fn resume_subscription(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The subscription that goes on.")] input: ResumeSubscriptionInput,
    ) -> Result<SubscriptionPayload> {
        let (id, token) = (&input.subscription_id, input.token.as_deref());
        SubscriptionPayload::of(
            app(context)?
                .resume_subscription(viewer(context)?, token, id)
                .await,
        )
    }
}

impl SubscriptionPayload {
    fn of(outcome: Result<SubscriptionView, Failure<AppUserError>>) -> Result<Self> {
        let (view, user_errors) = done_or_user_errors(outcome)?;
        Ok(Self {
            subscription: view.map(Into::into),
            user_errors,
        })
    }
}
