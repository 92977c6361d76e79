//! A customer cancels.

use countermand_tests::refusal::Refusal;

use super::case::{Effects, cancel, canceled, fails, refused, shows};
use super::cases;
use super::sold::{PAID, PARTLY_INVOICED, PARTLY_SHIPPED, UNPAID};

const INPUT: &str = "graphql-input";
const OTHER: &str = r#"order_id: $id, reason: "Other""#;
/// Not one of the shop's reasons: whatever is wrong with the order is answered first.
const NO_REASON: &str = r#"order_id: $id, reason: "Just because""#;
const MAIL: &str = "Order cancellation notification email was sent.";

cases! {
    a_reason_must_be_given:
        PAID, cancel("order_id: 9999999")
        => fails(INPUT, "Field CancelOrderInput.reason of required type String! was not provided.");
    an_order_must_be_named:
        PAID, cancel(r#"reason: "Other""#)
        => fails(INPUT, "Field CancelOrderInput.order_id of required type ID! was not provided.");
    zero_is_no_reason:
        PAID, cancel(r#"order_id: $id, reason: "0""#)
        => fails(INPUT, r#"Required parameter "reason" is missing or incorrect."#);
    nobody_cancels_without_signing_in:
        PAID, cancel(OTHER).anonymously()
        => fails("graphql-authorization", "The current customer isn't authorized.");
    nobody_cancels_by_following_a_link:
        UNPAID, cancel(OTHER).by_get()
        => fails(INPUT, "Mutation requests allowed only for POST requests");

    an_unknown_order_is_not_found:
        PAID, cancel(r#"order_id: "MTAwMDA=", reason: "Just because""#)
        => refused(Refusal::NOT_FOUND);
    the_store_that_sold_it_decides:
        UNPAID.in_second_store().switched_off_there(), cancel(OTHER)
        => refused(Refusal::DISABLED);
    the_switch_is_asked_before_the_state:
        PAID.in_state("complete").switched_off(), cancel(OTHER)
        => refused(Refusal::DISABLED);

    an_order_on_hold_stays:
        PAID.in_state("holded"), cancel(OTHER)
        => shows(Refusal::STATUS, "On Hold");
    a_closed_order_stays:
        PAID.in_state("closed"), cancel(OTHER)
        => shows(Refusal::STATUS, "Closed");
    a_canceled_order_stays:
        PAID.in_state("canceled"), cancel(NO_REASON)
        => shows(Refusal::STATUS, "Canceled");
    a_complete_order_stays:
        PAID.in_state("complete"), cancel(NO_REASON)
        => shows(Refusal::STATUS, "Complete");
    one_shipped_unit_keeps_the_order:
        PARTLY_SHIPPED, cancel(OTHER)
        => shows(Refusal::SHIPPED, "Processing");
    a_script_is_no_reason:
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
    /// The reason matches in any case and with space around it; the history keeps it as it was sent.
    a_reason_is_kept_as_it_was_sent:
        UNPAID, cancel(r#"order_id: $id, reason: "  oTHER ""#)
        => canceled(Effects {
            status: "Canceled",
            comments: &[(MAIL, "canceled"), ("  oTHER ", "canceled")],
            quantities: &[(1, 0)],
            credit_memos: &[],
        });
    /// Adobe refunds the captured row and leaves the order `Processing` with the other row open, to be
    /// shipped later although the buyer was told that it is canceled. Here the rest is canceled with it, online
    /// as offline: the one case that deliberately ends in another status than Adobe's.
    the_rest_of_a_partly_captured_order_is_canceled_too:
        PARTLY_INVOICED.paid_online(), cancel(OTHER)
        => canceled(Effects {
            status: "Canceled",
            comments: &[
                ("We refunded $20.00 offline.", "canceled"),
                (MAIL, "canceled"),
                ("Other", "canceled"),
            ],
            quantities: &[(0, 1), (1, 0)],
            credit_memos: &[2000],
        });
}
