//! A customer cancels an order.

use countermand_tests::refusal::Refusal;

use super::case::{Effects, cancel, canceled, fails, refused, shows};
use super::cases;
use super::sold::{PAID, PARTLY_INVOICED, PARTLY_SHIPPED, UNPAID};

const INPUT: &str = "graphql-input";
const OTHER: &str = r#"order_id: $id, reason: "Other""#;
/// A text that is not one of the shop's reasons. Every fault of the order is answered before the reason.
const NO_REASON: &str = r#"order_id: $id, reason: "Just because""#;
const MAIL: &str = "Order cancellation notification email was sent.";

cases! {
    a_request_without_a_reason_is_invalid:
        PAID, cancel("order_id: 9999999")
        => fails(INPUT, "Field CancelOrderInput.reason of required type String! was not provided.");
    a_request_without_an_order_id_is_invalid:
        PAID, cancel(r#"reason: "Other""#)
        => fails(INPUT, "Field CancelOrderInput.order_id of required type ID! was not provided.");
    the_reason_zero_is_invalid:
        PAID, cancel(r#"order_id: $id, reason: "0""#)
        => fails(INPUT, r#"Required parameter "reason" is missing or incorrect."#);
    a_caller_who_is_not_signed_in_cannot_cancel:
        PAID, cancel(OTHER).anonymously()
        => fails("graphql-authorization", "The current customer isn't authorized.");
    a_get_request_cannot_cancel:
        UNPAID, cancel(OTHER).by_get()
        => fails(INPUT, "Mutation requests allowed only for POST requests");

    an_unknown_order_is_not_found:
        PAID, cancel(r#"order_id: "MTAwMDA=", reason: "Just because""#)
        => refused(Refusal::NOT_FOUND);
    the_switch_of_the_orders_store_view_decides:
        UNPAID.in_second_store().switched_off_there(), cancel(OTHER)
        => refused(Refusal::DISABLED);
    the_switch_is_checked_before_the_state:
        PAID.in_state("complete").switched_off(), cancel(OTHER)
        => refused(Refusal::DISABLED);

    an_order_on_hold_is_not_canceled:
        PAID.in_state("holded"), cancel(OTHER)
        => shows(Refusal::STATUS, "On Hold");
    a_closed_order_is_not_canceled:
        PAID.in_state("closed"), cancel(OTHER)
        => shows(Refusal::STATUS, "Closed");
    a_canceled_order_is_not_canceled_again:
        PAID.in_state("canceled"), cancel(NO_REASON)
        => shows(Refusal::STATUS, "Canceled");
    a_complete_order_is_not_canceled:
        PAID.in_state("complete"), cancel(NO_REASON)
        => shows(Refusal::STATUS, "Complete");
    an_order_with_a_shipped_unit_is_not_canceled:
        PARTLY_SHIPPED, cancel(OTHER)
        => shows(Refusal::SHIPPED, "Processing");
    a_script_is_not_accepted_as_a_reason:
        PAID, cancel(r#"order_id: $id, reason: "<script>while(true){alert(666);}</script>""#)
        => refused(Refusal::REASON);

    an_unpaid_order_is_canceled:
        UNPAID, cancel(OTHER)
        => canceled(Effects {
            status: "Canceled",
            comments: &[(MAIL, "canceled"), ("Other", "canceled")],
            quantities: &[(1, 0)],
            credit_memos: &[],
        });
    /// The reason matches in any case and with space around it. The history keeps it as it was sent.
    a_reason_is_kept_as_it_was_sent:
        UNPAID, cancel(r#"order_id: $id, reason: "  oTHER ""#)
        => canceled(Effects {
            status: "Canceled",
            comments: &[(MAIL, "canceled"), ("  oTHER ", "canceled")],
            quantities: &[(1, 0)],
            credit_memos: &[],
        });
    /// Adobe refunds the captured item and leaves the order `Processing` with the other item open, although the buyer
    /// was told that the order is canceled. Countermand cancels the rest too, for online as for offline payments. No
    /// other case differs in its status from Adobe's on purpose. Adobe's history says `We refunded $20.00 offline.`, as
    /// if the money had moved; Countermand's says what was decided.
    the_rest_of_a_partly_captured_order_is_canceled_too:
        PARTLY_INVOICED.paid_online(), cancel(OTHER)
        => canceled(Effects {
            status: "Canceled",
            comments: &[
                ("We will refund $20.00.", "canceled"),
                (MAIL, "canceled"),
                ("Other", "canceled"),
            ],
            quantities: &[(0, 1), (1, 0)],
            credit_memos: &[2000],
        });
}
