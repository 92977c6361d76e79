//! A guest asks to cancel and confirms.

use countermand_tests::refusal::Refusal;

use super::case::{confirm, fails, refused, request, shows};
use super::cases;
use super::sold::{PAID, THREE_UNPAID, UNPAID};

const INPUT: &str = "graphql-input";
const NOT_LOCATED: &str = "We couldn't locate an order with the information provided.";
const OTHER: &str = r#"token: $token, reason: "Other""#;
/// A key of the right length that was never mailed.
const SOME_KEY: &str = r#"order_id: $id, confirmation_key: "nobodyWasEverSentThisConfirmKey1""#;

cases! {
    a_request_without_a_token_is_invalid:
        PAID.to_a_guest(), request(r#"reason: "Just because""#)
        => fails(INPUT, "Field GuestOrderCancelInput.token of required type String! was not provided.");
    an_order_is_not_found_with_a_forged_token:
        PAID.to_a_guest(), request(r#"token: "TestToken", reason: "Just because""#)
        => fails("graphql-no-such-entity", NOT_LOCATED);
    a_token_is_valid_in_the_orders_store_view_only:
        UNPAID.to_a_guest().in_second_store(), request(OTHER)
        => fails("graphql-no-such-entity", NOT_LOCATED);
    the_buyer_with_an_account_must_sign_in:
        THREE_UNPAID, request(OTHER)
        => fails("graphql-authorization", "Please login to view the order.");
    no_key_is_mailed_for_a_canceled_order:
        PAID.to_a_guest().in_state("canceled"), request(OTHER)
        => shows(Refusal::STATUS, "Canceled");
    no_key_is_mailed_for_a_complete_order:
        PAID.to_a_guest().in_state("complete"), request(OTHER)
        => shows(Refusal::STATUS, "Complete");
    no_key_is_mailed_for_a_refunded_order:
        PAID.to_a_guest().refunded_before(), request(OTHER)
        => shows(Refusal::STATUS, "Closed");

    a_confirmation_without_an_order_id_is_invalid:
        PAID.to_a_guest(), confirm(r#"confirmation_key: "nobodyWasEverSentThisConfirmKey1""#)
        => fails(INPUT, "Field ConfirmCancelOrderInput.order_id of required type ID! was not provided.");
    a_confirmation_without_a_key_is_invalid:
        PAID.to_a_guest(), confirm("order_id: $id")
        => fails(
            INPUT,
            "Field ConfirmCancelOrderInput.confirmation_key of required type String! was not provided.",
        );
    a_key_of_the_wrong_length_is_invalid:
        UNPAID.to_a_guest(), confirm(r#"order_id: $id, confirmation_key: "nobodyWasEverSentThisConfirmKey""#)
        => fails(INPUT, r#"Required parameter "confirmation_key" is missing or incorrect."#);
    the_order_of_an_account_cannot_be_confirmed:
        UNPAID, confirm(SOME_KEY)
        => refused(Refusal::UNAUTHORISED);
    a_canceled_order_cannot_be_confirmed:
        PAID.to_a_guest().in_state("canceled"), confirm(SOME_KEY)
        => shows(Refusal::STATUS, "Canceled");
    a_complete_order_cannot_be_confirmed:
        PAID.to_a_guest().in_state("complete"), confirm(SOME_KEY)
        => shows(Refusal::STATUS, "Complete");
    a_refunded_order_cannot_be_confirmed:
        PAID.to_a_guest().refunded_before(), confirm(SOME_KEY)
        => shows(Refusal::STATUS, "Closed");
}
