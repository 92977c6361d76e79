//! `recaptchaV3Config`: the configuration of Google's reCAPTCHA, which is switched off.

use async_graphql::Object;

use crate::adobe::ReCaptchaConfigurationV3;

#[derive(Default)]
pub(crate) struct RecaptchaConfigQuery;

#[Object]
impl RecaptchaConfigQuery {
    /// The configuration of Google's reCAPTCHA for forms. It is switched off: `is_enabled` is false. Never null.
    #[graphql(name = "recaptchaV3Config")]
    async fn recaptcha_config(&self) -> Option<ReCaptchaConfigurationV3> {
        Some(ReCaptchaConfigurationV3)
    }
}
