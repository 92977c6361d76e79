//! `addCancellationReason`, `updateCancellationReason`, `moveCancellationReason`, `removeCancellationReason`: a manager
//! edits one reason, and all others stay.

use async_graphql::{Context, InputObject, Object, Result};
use countermand_app::shop::one_reason::ReasonEditText;

use super::config::ConfigScope;
use super::config_change::{CancellationConfigPayload, ReasonInput};
use super::reason_rules::ReasonRulesInput;
use super::staff;
use crate::kit::RepeatInput;
use crate::kit::context::app;

/// Staff's mutations of one reason.
#[derive(Default)]
pub(crate) struct AdminReasonMutation;

#[Object]
impl AdminReasonMutation {
    /// Adds a reason for a cancellation to the list of a scope. A scope that inherits its list gets a list of its own:
    /// the inherited reasons and this one. The caller needs the role `manager`; a token for one store view changes that
    /// store view only.
    async fn add_cancellation_reason(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The scope, the new reason and its place.")] input: AddCancellationReasonInput,
    ) -> Result<CancellationConfigPayload> {
        let edit = ReasonEditText::Add {
            reason: input.reason.into(),
            before: input.before,
        };
        edit_reason(context, input.scope, input.code.as_deref(), &edit).await
    }

    /// Changes the texts and the rules of one reason at a scope; what is not given stays. A scope that inherits its
    /// list gets a list of its own. The caller needs the role `manager`; a token for one store view changes that store
    /// view only.
    async fn update_cancellation_reason(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The scope, the reason and its new texts and rules.")]
        input: UpdateCancellationReasonInput,
    ) -> Result<CancellationConfigPayload> {
        let translations = input.translations.unwrap_or_default();
        let edit = ReasonEditText::Update {
            code: input.reason_code,
            description: input.description,
            translations: translations
                .into_iter()
                .map(|it| (it.store_code, it.description))
                .collect(),
            rules: input.rules.unwrap_or_default().into(),
        };
        edit_reason(context, input.scope, input.code.as_deref(), &edit).await
    }

    /// Moves one reason to another place in the list of a scope. A scope that inherits its list gets a list of its own.
    /// The caller needs the role `manager`; a token for one store view changes that store view only.
    async fn move_cancellation_reason(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The scope, the reason and its new place.")] input: MoveCancellationReasonInput,
    ) -> Result<CancellationConfigPayload> {
        let edit = ReasonEditText::Move {
            code: input.reason_code,
            before: input.before,
        };
        edit_reason(context, input.scope, input.code.as_deref(), &edit).await
    }

    /// Removes one reason from the list of a scope; the last one cannot be removed. Cancellations for this reason keep
    /// its code and its text. A scope that inherits its list gets a list of its own. The caller needs the role
    /// `manager`; a token for one store view changes that store view only.
    async fn remove_cancellation_reason(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The scope and the reason to remove there.")] input: RemoveCancellationReasonInput,
    ) -> Result<CancellationConfigPayload> {
        let edit = ReasonEditText::Remove {
            code: input.reason_code,
        };
        edit_reason(context, input.scope, input.code.as_deref(), &edit).await
    }
}

async fn edit_reason(
    context: &Context<'_>,
    scope: ConfigScope,
    code: Option<&str>,
    edit: &ReasonEditText,
) -> Result<CancellationConfigPayload> {
    let viewer = staff(context)?;
    let outcome = match scope.of_code(&viewer.shop, code) {
        Ok(scope) => app(context)?.edit_reason(viewer, scope, edit).await,
        Err(refusal) => Err(refusal.into()),
    };
    CancellationConfigPayload::of(outcome)
}

/// A new reason for a cancellation, and its place in the list of a scope.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AddCancellationReasonInput {
    /// The scope whose list gets the reason.
    scope: ConfigScope,
    /// The code of the website or store view; null for the scope `DEFAULT`.
    code: Option<String>,
    /// The new reason with its texts.
    reason: ReasonInput,
    /// The code of the reason before which the new one stands; null for the end of the list.
    before: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// New texts and rules of one reason. What is not given stays as it is.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UpdateCancellationReasonInput {
    /// The scope at which the reason is changed.
    scope: ConfigScope,
    /// The code of the website or store view; null for the scope `DEFAULT`.
    code: Option<String>,
    /// The code of the reason to change, which stays.
    reason_code: String,
    /// The new text in store views without a translation: one line of 1 to 255 characters; null keeps the text.
    description: Option<String>,
    /// The new texts of single store views, each at most once; null or an empty list keeps all texts.
    translations: Option<Vec<ReasonTranslationUpdateInput>>,
    /// The new rules: who may choose the reason, when, and what it says; null keeps all rules.
    rules: Option<ReasonRulesInput>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The new text of a reason in one store view.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReasonTranslationUpdateInput {
    /// The code of the store view that shows the text.
    store_code: String,
    /// The text: one line of 1 to 255 characters. Null takes the store view's own text back.
    description: Option<String>,
}

/// A reason and its new place in the list of a scope.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct MoveCancellationReasonInput {
    /// The scope at which the reason is moved.
    scope: ConfigScope,
    /// The code of the website or store view; null for the scope `DEFAULT`.
    code: Option<String>,
    /// The code of the reason to move.
    reason_code: String,
    /// The code of the reason before which it stands then; null for the end of the list.
    before: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// A reason to remove from the list of a scope.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RemoveCancellationReasonInput {
    /// The scope from whose list the reason is removed.
    scope: ConfigScope,
    /// The code of the website or store view; null for the scope `DEFAULT`.
    code: Option<String>,
    /// The code of the reason to remove.
    reason_code: String,
    #[graphql(flatten)]
    repeat: RepeatInput,
}
