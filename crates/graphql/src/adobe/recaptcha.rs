//! Google's reCAPTCHA: switched off, so that storefronts send no answer to it.

use async_graphql::Enum;

use super::nothing::constant_object;
use crate::types::List;

/// A form that could ask for it.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReCaptchaFormEnum {
    /// Placing an order.
    PlaceOrder,
    /// Writing to the shop.
    Contact,
    /// Signing in.
    CustomerLogin,
    /// Having forgotten the password.
    CustomerForgotPassword,
    /// Making an account.
    CustomerCreate,
    /// Changing an account.
    CustomerEdit,
    /// Subscribing to the newsletter.
    Newsletter,
    /// Reviewing a product.
    ProductReview,
    /// Telling a friend.
    #[graphql(name = "SENDFRIEND")]
    SendFriend,
    /// Paying with Braintree.
    Braintree,
    /// Having the confirmation sent again.
    ResendConfirmationEmail,
}

constant_object! {
    /// Whether forms ask for proof that a person fills them in: they do not.
    ReCaptchaConfigurationV3 {
        badge_position: String = "bottomright".to_owned(),
        failure_message: String = "reCAPTCHA verification failed.".to_owned(),
        forms: List<ReCaptchaFormEnum> = List::empty(),
        is_enabled: bool = false,
        language_code: Option<String> = None,
        minimum_score: f64 = 0.5,
        theme: String = "light".to_owned(),
        website_key: String = String::new(),
    }
}
