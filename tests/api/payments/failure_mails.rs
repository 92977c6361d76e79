//! The shop is told by mail of each refund that fails at its payment provider, and a buyer only of one that counted as paid
//! back.

use countermand_app::obligations::Settlement;
use countermand_tests::payment_contract::ContractProvider;
use countermand_tests::payment_server::PaymentServer;
use countermand_tests::smtp_sink::SmtpSink;
use countermand_tests::stripe_server::StripeServer;
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use serde_json::json;

use super::contract::{begin, carried_out, delivered, paid_and_canceled};
use super::failed_refunds::{failed_before_it_is_booked, try_again};
use super::refund_mail::refund_mails;
use super::{authorized_with, cancel, connected, of_others, paid, refunds, work};
use crate::mail::{SERVER, mailer};

contract!(
    a_refund_that_fails_after_it_was_told_is_told_to_the_shop_and_to_the_buyer_once,
    a_refund_that_fails_before_it_is_booked_is_told_to_the_shop_alone,
);

const SHOP: &str = "orders@shop.example";

/// The shop wants to be told by mail.
async fn wants_notices(shop: &TestShop) {
    shop.configure(json!({ "merchant_notice_email": SHOP })).await;
}

/// Switches the mails about refunds on or off.
async fn mails_about_refunds(shop: &TestShop, value: &str) {
    let values = json!([{ "key": "sales_email/refund/enabled", "value": value }]);
    let input = json!({ "scope": "DEFAULT", "values": values });
    let set = shop.owner_does("updateSettings", input, "").await;
    assert_eq!(set["user_errors"], json!([]));
}

/// The mails to the shop about a refund or a void of order 1 that failed.
fn to_shop(shop: &TestShop) -> Vec<String> {
    let mut mails = shop.mail().mails();
    mails.retain(|mail| mail.contains(SHOP) && mail.contains(" for Order 1 Failed\r\n"));
    mails
}

/// The mails to the buyer about the refund of order 1 that failed.
fn to_buyer(shop: &TestShop) -> Vec<String> {
    let mut mails = shop.mail().mails();
    mails.retain(|mail| mail.contains("Our refund of $15.00 for order 1 did not reach you"));
    mails
}

fn says(mail: &str, line: &str) -> bool {
    mail.lines().any(|it| it == line)
}

/// Staff lets the provider try the open refund again.
async fn retried(shop: &TestShop) {
    let open = refunds(shop, "OPEN").await;
    let input = json!({ "id": open[0]["id"] });
    let done = shop.owner_does("retryObligation", input, "").await;
    assert_eq!(done["user_errors"], json!([]));
}

async fn a_refund_that_fails_after_it_was_told_is_told_to_the_shop_and_to_the_buyer_once<
    P: ContractProvider,
>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    wants_notices(shop).await;
    paid_and_canceled(shop, &provider).await;
    carried_out(shop, &provider, "").await;
    assert_eq!((to_shop(shop).len(), to_buyer(shop).len()), (0, 0));
    provider.fails_late("pi_1").await;
    delivered(shop, &provider).await;
    let mails = to_shop(shop);
    let [mail] = &mails[..] else {
        panic!("{mails:?}");
    };
    let id = refunds(shop, "OPEN").await[0]["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let obligation = format!("Id of the obligation: {id}");
    for line in ["Payment provider: main", "Payment: pi_1", &obligation] {
        assert!(says(mail, line), "{line}: {mail}");
    }
    assert!(
        mail.contains(
            "The refund of $15.00 for order 1 at Default Store View failed after it counted as paid back."
        ),
        "{mail}"
    );
    assert!(mail.contains("retryObligation"), "{mail}");
    let mails = to_buyer(shop);
    let [mail] = &mails[..] else {
        panic!("{mails:?}");
    };
    assert!(
        mail.contains("guest@example.com") && mail.contains("orderRef="),
        "{mail}"
    );
    assert!(!mail.contains(SHOP), "{mail}");
    // The provider says the same again.
    delivered(shop, &provider).await;
    assert_eq!((to_shop(shop).len(), to_buyer(shop).len()), (1, 1));
    assert_eq!(refund_mails(shop).len(), 1);
    // The buyer, who was told of the failure, is told once the money goes back.
    retried(shop).await;
    carried_out(shop, &provider, "again").await;
    assert_eq!(refund_mails(shop).len(), 2);
    delivered(shop, &provider).await;
    assert_eq!((to_shop(shop).len(), to_buyer(shop).len()), (1, 1));
    assert_eq!(refund_mails(shop).len(), 2);
}

async fn a_refund_that_fails_before_it_is_booked_is_told_to_the_shop_alone<P: ContractProvider>(
    shop: &TestShop,
) {
    let Some(provider) = begin::<P>(shop).await else {
        return;
    };
    wants_notices(shop).await;
    failed_before_it_is_booked(shop, &provider).await;
    let mails = to_shop(shop);
    let [mail] = &mails[..] else {
        panic!("{mails:?}");
    };
    assert!(mail.contains("The buyer has not got the money."), "{mail}");
    delivered(shop, &provider).await;
    assert_eq!((to_shop(shop).len(), to_buyer(shop).len()), (1, 0));
}

on_every_database!(each_failed_attempt_is_told_to_the_shop, |shop| async move {
    let Some(provider) = connected(&shop).await else {
        return;
    };
    wants_notices(&shop).await;
    let id = paid(&shop, "1").await;
    provider.paid("tx-1", 1500).await;
    cancel(&shop, &id).await;
    provider.goes_wrong(&["fail"]).await;
    work(&shop).await;
    let mails = to_shop(&shop);
    assert_eq!(mails.len(), 1);
    assert!(says(&mails[0], "Details: The bank refused."), "{}", mails[0]);
    try_again(&shop, &provider, Some("fail")).await;
    assert_eq!(to_shop(&shop).len(), 2);
    assert_eq!(try_again(&shop, &provider, None).await, [Settlement::Met]);
    assert_eq!((to_shop(&shop).len(), to_buyer(&shop).len()), (2, 0));
    assert_eq!(refund_mails(&shop).len(), 1);
});

on_sqlite!(a_void_that_fails_is_told_to_the_shop_alone, |shop| async move {
    let Some(provider) = connected(&shop).await else {
        return;
    };
    wants_notices(&shop).await;
    let id = authorized_with(&shop, "1", "tx-1").await;
    let reserved = json!({ "reference": "tx-1", "authorized": 1500, "captured": 0 });
    provider.play("payments", &reserved).await;
    cancel(&shop, &id).await;
    provider.goes_wrong(&["fail"]).await;
    work(&shop).await;
    let mails = to_shop(&shop);
    let [mail] = &mails[..] else {
        panic!("{mails:?}");
    };
    assert!(
        mail.contains("The reserved $15.00 of order 1 at Default Store View were not released."),
        "{mail}"
    );
    assert_eq!(to_buyer(&shop).len(), 0);
});

on_sqlite!(
    a_refund_of_others_that_fails_is_told_to_the_shop_alone,
    |shop| async move {
        let Some(provider) = begin::<StripeServer>(&shop).await else {
            return;
        };
        wants_notices(&shop).await;
        of_others::failed(&shop, &provider).await;
        let mails = to_shop(&shop);
        let [mail] = &mails[..] else {
            panic!("{mails:?}");
        };
        assert!(
            mail.contains("which others made at the payment provider"),
            "{mail}"
        );
        let others = shop
            .mail()
            .mails()
            .into_iter()
            .filter(|it| it.contains("did not reach you"));
        assert_eq!(others.count(), 0);
    }
);

on_sqlite!(
    a_shop_without_an_address_for_notices_gets_no_mail,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        paid_and_canceled(&shop, &provider).await;
        carried_out(&shop, &provider, "").await;
        provider.fails_late("pi_1").await;
        delivered(&shop, &provider).await;
        assert_eq!(refunds(&shop, "OPEN").await.len(), 1);
        let mails = shop.mail().mails();
        let about_failure = mails.iter().filter(|mail| mail.contains(" for Order 1 Failed"));
        assert_eq!(about_failure.count(), 0);
        assert_eq!(to_buyer(&shop).len(), 1);
    }
);

on_sqlite!(
    a_buyer_who_was_not_told_of_the_failure_is_not_told_of_the_refund_again,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        wants_notices(&shop).await;
        paid_and_canceled(&shop, &provider).await;
        carried_out(&shop, &provider, "").await;
        assert_eq!(refund_mails(&shop).len(), 1);
        mails_about_refunds(&shop, "false").await;
        provider.fails_late("pi_1").await;
        delivered(&shop, &provider).await;
        assert_eq!((to_shop(&shop).len(), to_buyer(&shop).len()), (1, 0));
        mails_about_refunds(&shop, "true").await;
        retried(&shop).await;
        carried_out(&shop, &provider, "again").await;
        assert_eq!(refunds(&shop, "SETTLED").await.len(), 1);
        assert_eq!(refund_mails(&shop).len(), 1);
    }
);

on_sqlite!(
    mails_about_a_refund_that_failed_are_in_the_language_of_the_store_view,
    |shop| async move {
        let Some(provider) = begin::<PaymentServer>(&shop).await else {
            return;
        };
        wants_notices(&shop).await;
        let view = json!({
            "code": "nl", "name": "Winkel", "website_code": "base", "currency": "USD", "locale": "nl_NL",
        });
        let made = shop.owner_does("createStore", view, "").await;
        assert_eq!(made["user_errors"], json!([]));
        let order = OrderJson::new("1")
            .in_store(2)
            .paid_with("stripe_payments")
            .line("A", 1000, 1, 1, 0);
        let mut order = order.json();
        order["payment"]["last_trans_id"] = json!("pi_1");
        let id = shop.import(&[order]).await.remove(0);
        provider.pays("pi_1", "USD", 1500, 1500).await;
        cancel(&shop, &id).await;
        carried_out(&shop, &provider, "").await;
        provider.fails_late("pi_1").await;
        // The mails go to a real server.
        let sink = SmtpSink::open(SERVER).await;
        let smtp = mailer(&sink);
        provider.delivers(shop.now().timestamp()).await;
        shop.meet_obligations(&smtp).await;
        shop.meet_obligations(&smtp).await;
        let sent = sink.accepted();
        assert_eq!(sent.len(), 2);
        for (receiver, told) in [
            (
                SHOP,
                "voor bestelling 1 bij Winkel is mislukt nadat ze als betaald gold.",
            ),
            ("guest@example.com", "voor bestelling 1 heeft je niet bereikt"),
        ] {
            let mail = sent.iter().find(|it| it.to == [receiver]).expect("a mail");
            let text = mail.readable();
            assert!(text.contains(told) && text.contains("15,00"), "{text}");
        }
    }
);
