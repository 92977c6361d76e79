//! Google's reCAPTCHA is switched off: storefronts read this and send no reCAPTCHA token.

use async_graphql::Enum;

use crate::kit::List;
use crate::kit::nothing::constant_object;

/// A form that reCAPTCHA can protect. Never used: this shop has reCAPTCHA switched off.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReCaptchaFormEnum {
    /// The form that places an order.
    PlaceOrder,
    /// The form that sends a message to the shop.
    Contact,
    /// The form that signs a customer in.
    CustomerLogin,
    /// The form that asks for a new password.
    CustomerForgotPassword,
    /// The form that makes an account.
    CustomerCreate,
    /// The form that changes an account.
    CustomerEdit,
    /// The form that subscribes to the newsletter.
    Newsletter,
    /// The form that reviews a product.
    ProductReview,
    /// The form that sends a product to a friend.
    #[graphql(name = "SENDFRIEND")]
    SendFriend,
    /// The form that pays with Braintree.
    Braintree,
    /// The form that asks for the confirmation e-mail again.
    ResendConfirmationEmail,
}

constant_object! {
    /// Settings of Google's reCAPTCHA, version 3. This shop has reCAPTCHA switched off.
    ReCaptchaConfigurationV3 {
        /// Always `bottomright`: where a page would show the reCAPTCHA badge. This shop has reCAPTCHA switched off.
        badge_position: String = "bottomright".to_owned(),
        /// Always `reCAPTCHA verification failed.`: what a form would show after a
        /// failed check. This shop has reCAPTCHA switched off.
        failure_message: String = "reCAPTCHA verification failed.".to_owned(),
        /// Always empty: no form of this shop is protected by reCAPTCHA.
        forms: List<ReCaptchaFormEnum> = List::empty(),
        /// Always false: this shop has reCAPTCHA switched off.
        is_enabled: bool = false,
        /// Always null: this shop sets no language for reCAPTCHA.
        language_code: Option<String> = None,
        /// Always 0.5: the lowest score that would pass the check, from 0 to 1. This shop has reCAPTCHA switched off.
        minimum_score: f64 = 0.5,
        /// Always `light`: the colors of the reCAPTCHA badge. This shop has reCAPTCHA switched off.
        theme: String = "light".to_owned(),
        /// Always an empty text: this shop has no reCAPTCHA key.
        website_key: String = String::new(),
    }
}
