//! The cancellation of a guest, with a real mail server between request and confirmation.

use countermand_app::obligations::Settlement;
use countermand_integrations::mail::MailTemplates;
use countermand_tests::smtp_sink::SmtpSink;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::json;

use super::{GUEST, SERVER, mailer, mailer_with, parameter, requested};

on_every_database!(
    a_guest_confirms_with_the_key_from_the_mail_server,
    |shop| async move {
        let sink = SmtpSink::open(SERVER).await;
        let id = requested(&shop).await;
        assert_eq!(shop.run_jobs_with(&mailer(&sink)).await, [Settlement::Met]);

        let mails = sink.accepted();
        let [mail] = mails.as_slice() else {
            panic!("{} mails", mails.len())
        };
        assert!(mail.encrypted);
        assert_eq!(mail.user.as_deref(), Some("shop@example.com"));
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("no-reply@shop.example", [GUEST.into()].as_slice())
        );
        assert_eq!(mail.header("To"), format!("\"Anna Larsen\" <{GUEST}>"));
        assert_eq!(mail.header("Date"), "Sat, 07 Mar 2026 12:00:00 +0000");
        assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
        assert!(mail.header("Message-ID").ends_with("@shop.example>"));
        assert!(mail.header("Content-Type").starts_with("multipart/alternative"));

        let text = mail.readable();
        assert_eq!(parameter(&text, "order_id").as_ref(), Some(&id));
        assert_eq!(parameter(&text, "action").as_deref(), Some("cancel"));
        let key = parameter(&text, "confirmation_key").expect("a key");
        let done = shop.confirm_cancel(&id, &key).send().await;
        assert_eq!(done.order()["status"], "Canceled");
        assert_eq!(shop.run_jobs_with(&mailer(&sink)).await, [Settlement::Met]);
        let told = sink.accepted().pop().expect("a second mail").readable();
        assert!(told.contains("Order 000000042 was canceled."), "{told}");
    }
);

on_every_database!(
    the_link_leads_to_the_page_in_the_settings_of_the_store_view,
    |shop| async move {
        let set = json!({
            "scope": "STORE", "code": "default",
            "storefront_url": "https://shop.example/nl/", "guest_order_path": "/account?view=guest",
        });
        shop.configure(set).await;
        let id = requested(&shop).await;
        shop.run_jobs().await;
        let mail = shop.mail().mails().pop().expect("a mail");
        let start = "https://shop.example/nl/account?view=guest&order_id=";
        assert!(mail.contains(start), "{mail}");
        assert_eq!(parameter(&mail, "order_id"), Some(id));
    }
);

on_every_database!(a_mail_is_in_the_language_of_the_store_view, |shop| async move {
    let sink = SmtpSink::open(SERVER).await;
    let id = order_of_a_dutch_guest(&shop).await;
    let token = shop.order_token(&id).await;
    shop.request_guest_cancel(&token, "Other")
        .store("nl")
        .send()
        .await
        .works();
    shop.run_jobs_with(&mailer(&sink)).await;
    let mail = sink.accepted().pop().expect("a mail");
    assert_eq!(
        mail.header("Subject"),
        "Bevestig de annulering van je bestelling bij Winkel"
    );
    assert!(mail.readable().contains("Er is nog niets geannuleerd."));
});

on_every_database!(a_shop_can_replace_a_template, |shop| async move {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("nl")).expect("made");
    let text = "Bestelling {{ order_number }}: {{ link }}\n.een regel met een punt\n";
    std::fs::write(folder.path().join("nl/confirm_cancellation.txt"), text).expect("written");
    let templates = MailTemplates::with_overrides(folder.path()).expect("sound");
    let sink = SmtpSink::open(SERVER).await;
    let id = order_of_a_dutch_guest(&shop).await;
    let token = shop.order_token(&id).await;
    shop.request_guest_cancel(&token, "Other")
        .store("nl")
        .send()
        .await
        .works();
    shop.run_jobs_with(&mailer_with(&sink, templates)).await;
    let mail = sink.accepted().pop().expect("a mail");
    let read = mail.readable();
    assert!(read.contains("Bestelling 7: http"), "{read}");
    assert!(
        read.contains("\n.een regel met een punt"),
        "dots are not eaten: {read}"
    );
    assert!(
        read.contains("Er is nog niets geannuleerd."),
        "the HTML is the delivered one"
    );
    assert_eq!(parameter(&read, "order_id"), Some(id));
});

async fn order_of_a_dutch_guest(shop: &TestShop) -> String {
    shop.enable_cancellation().await;
    let view = json!({
        "code": "nl", "name": "Winkel", "website_code": "base", "currency": "EUR", "locale": "nl_NL",
    });
    let payload = shop.owner_does("createStore", view, "").await;
    assert_eq!(payload["user_errors"], json!([]));
    let order = OrderJson::new("7")
        .by_guest(GUEST)
        .in_store(2)
        .line("a", 1000, 1, 0, 0);
    shop.import(&[order.json()]).await.remove(0)
}
