//! The buyer is told by mail of a refund that the payment provider has carried out, once for the success that holds.

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_tests::payment_contract::{ContractProvider, Fault};
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use serde_json::json;

use super::contract::{begin, carried_out, delivered, paid_and_canceled, told};
use super::failed_refunds::failed_before_it_is_booked;
use super::repeated::changed;
use super::{cancel, connected, paid, refunds, states, work};

contract!(
    a_refund_is_told_when_the_provider_has_carried_it_out_and_not_before,
    a_refund_that_the_bank_returned_is_told_again_once_it_is_carried_out,
    a_refund_that_failed_before_it_was_booked_is_told_when_it_is_carried_out,
);

/// Makes the one settlement of the program unreadable, as if another version had written it.
pub(super) const UNREADABLE: &str = "UPDATE order_events SET data = '{\"kind\": \"of_the_future\"}' \
                                     WHERE kind = 'order.settled' AND actor = 'system'";

/// The mails about refunds of $15.00.
pub(super) fn refund_mails(shop: &TestShop) -> Vec<String> {
    let mut mails = shop.mail().mails();
    mails.retain(|mail| mail.contains("We have paid $15.00 back to you for order 1."));
    mails
}

async fn a_refund_is_told_when_the_provider_has_carried_it_out_and_not_before<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_and_canceled(shop, &provider).await;
    provider.faults(&[Fault::Pending]).await;
    work(shop).await;
    assert!(!shop.mail().mails().is_empty(), "the mail about the cancellation");
    assert_eq!(refund_mails(shop), [""; 0]);
    shop.wait(TimeDelta::hours(30));
    provider.ends("pi_1", true).await;
    work(shop).await;
    told(shop, &provider).await;
    let mails = refund_mails(shop);
    let [mail] = &mails[..] else {
        panic!("{mails:?}");
    };
    for words in [
        "Subject: Your Refund for Default Store View Order 1",
        "It goes back the way you paid: A method.",
        "orderRef=",
    ] {
        assert!(mail.contains(words), "{words}: {mail}");
    }
}

async fn a_refund_that_the_bank_returned_is_told_again_once_it_is_carried_out<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    paid_and_canceled(shop, &provider).await;
    carried_out(shop, &provider, "").await;
    assert_eq!(refund_mails(shop).len(), 1);
    provider.fails_late("pi_1").await;
    delivered(shop, &provider).await;
    let open = refunds(shop, "OPEN").await;
    let input = json!({ "id": open[0]["id"] });
    let done = shop.owner_does("retryObligation", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
    carried_out(shop, &provider, "again").await;
    assert_eq!(refunds(shop, "SETTLED").await.len(), 1);
    // A mail told the buyer that the money did not arrive.
    assert_eq!(refund_mails(shop).len(), 2);
    delivered(shop, &provider).await;
    assert_eq!(refund_mails(shop).len(), 2);
}

async fn a_refund_that_failed_before_it_was_booked_is_told_when_it_is_carried_out<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    failed_before_it_is_booked(shop, &provider).await;
    assert_eq!(refund_mails(shop), [""; 0]);
    let open = refunds(shop, "OPEN").await;
    let input = json!({ "id": open[0]["id"] });
    let done = shop.owner_does("retryObligation", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
    carried_out(shop, &provider, "again").await;
    let settled = refunds(shop, "SETTLED").await;
    let seen = states(&settled[0]);
    let successes = seen.iter().filter(|state| **state == "SUCCEEDED");
    assert_eq!(successes.count(), 2, "{seen:?}");
    assert_eq!(refund_mails(shop).len(), 1);
    // Nothing that the provider says again is told again.
    delivered(shop, &provider).await;
    shop.wait(TimeDelta::days(1));
    work(shop).await;
    assert_eq!(refund_mails(shop).len(), 1);
}

on_sqlite!(
    a_refund_is_booked_and_told_although_its_first_settlement_cannot_be_read,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        paid_and_canceled(&shop, &provider).await;
        carried_out(&shop, &provider, "").await;
        assert_eq!(refund_mails(&shop).len(), 1);
        changed(&shop, UNREADABLE).await;
        provider.fails_late("pi_1").await;
        delivered(&shop, &provider).await;
        let open = refunds(&shop, "OPEN").await;
        let input = json!({ "id": open[0]["id"] });
        let done = shop.owner_does("retryObligation", input, "").await;
        assert_eq!(done["user_errors"], json!([]));
        carried_out(&shop, &provider, "again").await;
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 1);
        assert_eq!(refund_mails(&shop).len(), 2, "twice is better than not at all");
    }
);

on_every_database!(
    a_store_view_without_mails_about_refunds_sends_none,
    |shop| async move {
        let Some(provider) = connected(&shop).await else {
            return;
        };
        let values = json!([{ "key": "sales_email/refund/enabled", "value": "false" }]);
        let input = json!({ "scope": "STORE", "code": "default", "values": values });
        let set = shop.owner_does("updateSettings", input, "").await;
        assert_eq!(set["user_errors"], json!([]));
        let id = paid(&shop, "1").await;
        provider.paid("tx-1", 1500).await;
        cancel(&shop, &id).await;
        assert_eq!(work(&shop).await, [Settlement::Met]);
        assert_eq!(shop.mail().mails().len(), 1, "the mail about the cancellation");
        assert_eq!(refund_mails(&shop), [""; 0]);
    }
);

on_every_database!(
    a_refund_that_staff_settles_by_hand_is_told_by_no_mail,
    |shop| async move {
        shop.enable_cancellation().await;
        let order = OrderJson::new("1").line("A", 1000, 1, 1, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        cancel(&shop, &id).await;
        let open = refunds(&shop, "OPEN").await;
        let input = json!({ "id": open[0]["id"], "note": "Paid back by bank transfer." });
        let done = shop.owner_does("settleObligation", input, "").await;
        assert_eq!(done["user_errors"], json!([]));
        work(&shop).await;
        assert_eq!(shop.mail().mails().len(), 1, "the mail about the cancellation");
        assert_eq!(refund_mails(&shop), [""; 0]);
    }
);
