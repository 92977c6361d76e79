//! `recaptchaV3Config`: whether forms ask for proof that a person fills them in.

use async_graphql::Object;

use crate::adobe::ReCaptchaConfigurationV3;

#[derive(Default)]
pub(crate) struct RecaptchaConfigQuery;

#[Object]
impl RecaptchaConfigQuery {
    /// They do not.
    #[graphql(name = "recaptchaV3Config")]
    async fn recaptcha_config(&self) -> Option<ReCaptchaConfigurationV3> {
        Some(ReCaptchaConfigurationV3)
    }
}
