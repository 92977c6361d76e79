//! One mail and one server: encryption and login before the mail is sent, and mails with hostile names.

use chrono::DateTime;
use countermand_app::ports::{Mail, MailError, MailMessage, Mailer};
use countermand_integrations::mail::{MailTemplates, SmtpMailer};
use countermand_tests::smtp_sink::{Fault, Offer, SmtpSink};

use super::{FROM, SERVER, mailer};

pub(super) fn mail(to_name: &str, locale: &str) -> Mail {
    Mail {
        id: "0199f3a0-0000-7000-8000-000000000001".into(),
        to: "ada@example.com".into(),
        to_name: to_name.into(),
        locale: locale.into(),
        store_name: "Main Store".into(),
        contact: None,
        message: MailMessage::OrderCanceled {
            order_number: "000000012".into(),
            items: Vec::new(),
            refused_items: Vec::new(),
            new_total: None,
            refund: None,
            credit: None,
            is_free: false,
            link: None,
            order: None,
        },
        caused_at: DateTime::from_timestamp(1_772_884_800, 0).expect("an instant"),
    }
}

pub(super) fn plain(sink: &SmtpSink, login: &str, query: &str) -> SmtpMailer {
    SmtpMailer::new(&sink.url(login, query), FROM, MailTemplates::built_in()).expect("a mailer")
}

#[tokio::test]
async fn mails_in_other_languages_are_sent_to_any_server() {
    let sink = SmtpSink::open(Offer::default()).await;
    let swedish = mail("Åsa Öberg", "sv_SE");
    plain(&sink, "", "").send(&swedish).await.expect("sent");
    let kept = sink.accepted().remove(0);
    assert!(kept.content.is_ascii() && !kept.encrypted);
    assert!(kept.readable().contains("Hej Åsa Öberg!"), "{}", kept.readable());
}

#[tokio::test]
async fn an_address_with_other_letters_needs_a_server_that_accepts_it() {
    let mut foreign = mail("Åsa", "sv_SE");
    foreign.to = "åsa@example.com".into();
    let sink = SmtpSink::open(SERVER).await;
    mailer(&sink).send(&foreign).await.expect("sent");
    assert_eq!(sink.accepted().remove(0).to, ["åsa@example.com"]);

    let ascii_only = SmtpSink::open(Offer::default()).await;
    let refused = plain(&ascii_only, "", "")
        .send(&foreign)
        .await
        .expect_err("no SMTPUTF8");
    assert!(matches!(refused, MailError::Temporary(_)), "{refused}");
    assert!(ascii_only.accepted().is_empty());
}

#[tokio::test]
async fn hostile_names_add_no_headers_receivers_or_paragraphs() {
    let sink = SmtpSink::open(SERVER).await;
    let long = "x".repeat(20_000);
    let names = [
        "Ada\r\nBcc: all@example.com\r\n\r\nPay here",
        "Ada\nBcc: all@example.com",
        "Ada\rBcc: all@example.com",
        "Ada\0\u{b}\u{c}\u{85}Bcc: all@example.com",
        "Ada\u{2028}Bcc: all@example.com\u{2029}",
        "Eve\" <eve@example.com>, \"Ada",
        "=?utf-8?q?Ada=0D=0ABcc:_all@example.com?=",
        "Ada\u{202e}moc.elpmaxe@live\u{202c}",
        "Ada\r\n.\r\nMAIL FROM:<eve@example.com>",
        "Åsa\r\nBcc: all@example.com",
        &long,
    ];
    for name in names {
        let mut hostile = mail(name, "en_US");
        hostile.store_name = name.into();
        hostile.message = MailMessage::ConfirmCancellation {
            order_number: name.chars().take(60).collect::<String>().into(),
            items: Vec::new(),
            link: "https://shop.example/view?orderRef=x".into(),
            order: None,
        };
        mailer(&sink).send(&hostile).await.expect("sent");
        let kept = sink.accepted().pop().expect("a mail");
        assert_eq!(kept.to, ["ada@example.com"], "{name:?}");
        let text = String::from_utf8(kept.content.clone()).expect("ASCII");
        let (headers, _) = text.split_once("\r\n\r\n").expect("a body");
        let mut names: Vec<_> = headers
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap_or_default())
            .collect();
        names.sort_unstable();
        let expected = [
            "Auto-Submitted",
            "Content-Type",
            "Date",
            "From",
            "MIME-Version",
            "Message-ID",
            "Subject",
            "To",
        ];
        assert_eq!(names, expected, "{name:?}: {headers}");
        assert!(kept.header("To").ends_with("<ada@example.com>"), "{headers}");
        let read = kept.readable();
        assert!(!read.contains(['\u{202e}', '\u{2028}', '\0', '\u{85}']), "{read}");
        assert!(
            read.lines()
                .all(|line| !line.starts_with("Bcc") && !line.starts_with("Pay")),
            "{read}"
        );
    }
    assert_eq!(sink.accepted().len(), names.len(), "one mail each");
}

#[tokio::test]
async fn a_refused_mail_is_given_up_and_other_failures_are_tried_again() {
    let sink = SmtpSink::open(SERVER).await;
    let outcome = async |fault| {
        sink.fails(fault);
        let sent = mailer(&sink).send(&mail("Ada", "en_US")).await;
        sent.expect_err("refused")
    };
    for (command, answer) in [("RCPT", "550 no such box"), ("DATA", "554 spam")] {
        let refused = outcome(Fault::Answer(command, answer)).await;
        assert!(matches!(refused, MailError::Permanent(_)), "{refused}");
    }
    for (command, answer) in [("RCPT", "450 later"), ("DATA", "451 busy")] {
        let refused = outcome(Fault::Answer(command, answer)).await;
        assert!(matches!(refused, MailError::Temporary(_)), "{refused}");
    }
    for fault in [
        Fault::Answer("AUTH", "535 wrong password"),
        Fault::Answer("MAIL", "421 going down"),
        Fault::Unavailable,
        Fault::HangsUpAfterData,
    ] {
        let refused = outcome(fault).await;
        assert!(matches!(refused, MailError::Unavailable(_)), "{refused}");
        assert!(!refused.to_string().contains("s3cret"), "{refused}");
    }
}

#[tokio::test]
async fn a_mail_without_an_address_is_no_answer_of_a_server_that_is_away() {
    let mut sink = SmtpSink::open(SERVER).await;
    let mailer = mailer(&sink);
    let mut lost = mail("Ada", "en_US");
    lost.to = "ada@".into();
    sink.stop().await;
    let refused = mailer.send(&lost).await.expect_err("no server");
    assert!(matches!(refused, MailError::Unavailable(_)), "{refused}");
    sink.start().await;
    let refused = mailer.send(&lost).await.expect_err("no address");
    assert!(matches!(refused, MailError::Permanent(_)), "{refused}");
    mailer.send(&mail("Ada", "en_US")).await.expect("sent");
    assert_eq!(sink.accepted().len(), 1);
}

#[tokio::test]
async fn no_mail_and_no_password_is_sent_to_a_server_without_a_trusted_certificate() {
    let sink = SmtpSink::open(SERVER).await;
    let stranger = plain(&sink, "shop%40example.com:s3cret%2Fpass", "?tls=required");
    let refused = stranger
        .send(&mail("Ada", "en_US"))
        .await
        .expect_err("an unknown authority");
    assert!(matches!(refused, MailError::Unavailable(_)), "{refused}");
    let heard = sink.heard();
    assert!(
        heard
            .iter()
            .all(|it| !it.starts_with("AUTH") && !it.starts_with("MAIL")),
        "{heard:?}"
    );

    let plain_only = SmtpSink::open(Offer::default()).await;
    let refused = mailer(&plain_only)
        .send(&mail("Ada", "en_US"))
        .await
        .expect_err("no STARTTLS");
    assert!(matches!(refused, MailError::Unavailable(_)), "{refused}");
    assert!(plain_only.accepted().is_empty());
}

#[tokio::test]
async fn a_server_without_encryption_is_used_where_the_url_allows_it() {
    let offer = Offer {
        login: Some(("ada", "pass")),
        ..Offer::default()
    };
    let sink = SmtpSink::open(offer).await;
    plain(&sink, "ada:pass", "")
        .send(&mail("Ada", "en_US"))
        .await
        .expect("sent");
    let kept = sink.accepted().remove(0);
    assert_eq!((kept.user.as_deref(), kept.encrypted), (Some("ada"), false));
    let query = "?tls=opportunistic";
    plain(&sink, "ada:pass", query)
        .send(&mail("Ada", "en_US"))
        .await
        .expect("sent");
    assert_eq!(sink.accepted().len(), 2);
}

#[test]
fn a_certificate_authority_without_encryption_is_refused() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sink = runtime.block_on(SmtpSink::open(SERVER));
    let trusting = |query: &str| {
        let url = sink.url("ada:s3cret", query);
        SmtpMailer::trusting(
            sink.certificate().as_bytes(),
            &url,
            FROM,
            MailTemplates::built_in(),
        )
    };
    let refused = trusting("").expect_err("no encryption").to_string();
    assert!(
        refused.contains("asks for no TLS") && !refused.contains("s3cret"),
        "{refused}"
    );
    assert!(trusting("?tls=required").is_ok() && trusting("?tls=opportunistic").is_ok());
}
