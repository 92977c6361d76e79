//! A connection that is kept from one mail to the next, and what must not be kept with it.

use std::time::Duration;

use countermand_app::ports::{MailError, Mailer};
use countermand_integrations::mail::SmtpMailer;
use countermand_tests::smtp_sink::{Fault, Offer, SmtpSink};
use tokio::time::timeout;

use super::delivery::{mail, plain};
use super::{SERVER, mailer};

async fn send(mailer: &SmtpMailer, name: &str) -> Result<(), MailError> {
    mailer.send(&mail(name, "en_US")).await
}

/// The names of those who were mailed, in order.
fn mailed(sink: &SmtpSink) -> Vec<String> {
    let mails = sink.accepted();
    let names = mails.iter().map(|mail| mail.header("To"));
    names
        .filter_map(|to| Some(to.split_once(" <")?.0.trim_matches('"').to_owned()))
        .collect()
}

#[tokio::test]
async fn mails_one_after_the_other_use_one_connection() {
    let sink = SmtpSink::open(SERVER).await;
    let mailer = mailer(&sink);
    for name in ["Ada", "Berta", "Carla"] {
        send(&mailer, name).await.expect("sent");
    }
    assert_eq!(mailed(&sink), ["Ada", "Berta", "Carla"]);
    assert_eq!(sink.connections(), 1);
    let signed_in = sink.heard().iter().filter(|it| it.starts_with("AUTH")).count();
    assert_eq!(signed_in, 1, "{:?}", sink.heard());
}

#[tokio::test]
async fn mails_at_the_same_time_use_connections_of_their_own() {
    let sink = SmtpSink::open(Offer::default()).await;
    let mailer = plain(&sink, "", "");
    for _ in 0..2 {
        let (ada, berta) = tokio::join!(send(&mailer, "Ada"), send(&mailer, "Berta"));
        ada.and(berta).expect("both sent");
    }
    assert_eq!(sink.accepted().len(), 4);
    assert_eq!(sink.connections(), 2);
}

#[tokio::test]
async fn a_server_that_hangs_up_between_two_mails_loses_none() {
    let sink = SmtpSink::open(SERVER).await;
    let mailer = mailer(&sink);
    sink.fails(Fault::HangsUpAfterMail);
    for name in ["Ada", "Berta", "Carla"] {
        send(&mailer, name).await.expect("sent");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(mailed(&sink), ["Ada", "Berta", "Carla"]);
    assert_eq!(sink.connections(), 3);
}

#[tokio::test]
async fn a_server_that_was_started_anew_gets_the_next_mail() {
    let mut sink = SmtpSink::open(Offer::default()).await;
    let mailer = plain(&sink, "", "");
    sink.fails(Fault::HangsUpAfterMail);
    send(&mailer, "Ada").await.expect("sent");
    sink.stop().await;
    let refused = send(&mailer, "Berta").await.expect_err("no server");
    assert!(matches!(refused, MailError::Unavailable(_)), "{refused}");
    sink.start().await;
    send(&mailer, "Berta").await.expect("sent");
    assert_eq!(mailed(&sink), ["Ada", "Berta"]);
}

#[tokio::test]
async fn a_mail_that_fails_does_not_spoil_the_next() {
    let sink = SmtpSink::open(SERVER).await;
    let mailer = mailer(&sink);
    let faults = [
        Fault::Answer("MAIL", "451 busy"),
        Fault::Answer("RCPT", "550 no such box"),
        Fault::Answer("DATA", "554 spam"),
        Fault::HangsUpAfterData,
    ];
    for fault in faults {
        send(&mailer, "Ada").await.expect("sent");
        sink.fails(fault);
        let failed = send(&mailer, "Berta").await;
        failed.expect_err("refused, or not known to be taken");
        sink.fails(Fault::None);
    }
    send(&mailer, "Ada").await.expect("sent");
    let mut expected = vec!["Ada"; faults.len()];
    // The server had taken the mail before it hung up.
    expected.extend(["Berta", "Ada"]);
    assert_eq!(mailed(&sink), expected);
}

#[tokio::test]
async fn a_mail_that_is_broken_off_takes_its_connection_with_it() {
    let sink = SmtpSink::open(Offer::default()).await;
    let mailer = plain(&sink, "", "");
    send(&mailer, "Ada").await.expect("sent");
    // Broken off at different places of the conversation.
    for wait in [10, 150, 250, 350, 450] {
        sink.fails(Fault::Slow(Duration::from_millis(100)));
        let sending = timeout(Duration::from_millis(wait), send(&mailer, "Berta"));
        assert!(sending.await.is_err(), "too slow");
        sink.fails(Fault::None);
        send(&mailer, "Carla").await.expect("sent");
    }
    let carlas = mailed(&sink).iter().filter(|name| *name == "Carla").count();
    assert_eq!(carlas, 5, "{:?}", mailed(&sink));
}

#[tokio::test]
async fn a_connection_is_left_after_a_hundred_mails() {
    let sink = SmtpSink::open(Offer::default()).await;
    let mailer = plain(&sink, "", "");
    for _ in 0..101 {
        send(&mailer, "Ada").await.expect("sent");
    }
    assert_eq!((sink.accepted().len(), sink.connections()), (101, 2));
}
