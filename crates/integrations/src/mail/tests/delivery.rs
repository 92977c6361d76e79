//! Files in a folder, talks with a server.

use countermand_app::ports::{MailError, Mailer};

use super::server::serve;
use super::{FROM, LINK, canceled, confirmation, mail};
use crate::mail::{FileMailer, MailSetupError, SmtpMailer};

#[tokio::test]
async fn a_mail_becomes_one_file_with_its_link_as_it_is() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("not/yet/there");
    let mailer = FileMailer::new(&folder, FROM).expect("a mailer");
    for locale in ["en_US", "sv_SE", "nl_NL"] {
        mailer.send(&mail(locale, confirmation())).await.expect("sent");
        let files: Vec<_> = std::fs::read_dir(&folder).expect("the folder").collect();
        assert_eq!(files.len(), 1, "the same mail is the same file");
        let text =
            std::fs::read_to_string(folder.join("0199f3a0-0000-7000-8000-000000000001.eml")).expect("a file");
        assert!(text.lines().any(|line| line == LINK), "{text}");
        assert!(text.contains("multipart/alternative"));
    }
}

#[tokio::test]
async fn a_folder_that_was_cleared_away_is_made_again() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("mail");
    let mailer = FileMailer::new(&folder, FROM).expect("a mailer");
    std::fs::remove_dir(&folder).expect("removed");
    mailer.send(&mail("en_US", canceled(None))).await.expect("sent");
}

#[tokio::test]
async fn a_full_disk_may_pass() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("mail");
    let mailer = FileMailer::new(&folder, FROM).expect("a mailer");
    std::fs::remove_dir(&folder).expect("removed");
    std::fs::write(&folder, "in the way").expect("written");
    let outcome = mailer.send(&mail("en_US", canceled(None))).await;
    assert!(matches!(outcome, Err(MailError::Temporary(_))));
}

#[test]
fn settings_that_cannot_be_used_say_what_to_do() {
    let place = tempfile::tempdir().expect("a folder");
    let file = place.path().join("file");
    std::fs::write(&file, "").expect("written");
    let refused = FileMailer::new(&file, FROM).expect_err("a file is no folder");
    assert!(refused.to_string().contains("MAIL_DIR"));
    let refused = FileMailer::new(place.path(), "nobody").expect_err("no address");
    assert!(refused.to_string().contains("MAIL_FROM"));
    for url in [
        "",
        "mail.example.com",
        "http://mail.example.com",
        "smtp://u:s3cret@h?tls=perhaps",
    ] {
        let refused = SmtpMailer::from_url(url, FROM).expect_err(url);
        assert!(matches!(refused, MailSetupError::BadUrl(_)));
        assert!(!refused.to_string().contains("s3cret"), "{refused}");
    }
}

#[tokio::test]
async fn a_server_gets_the_mail() {
    let (address, heard) = serve("", "").await;
    let mailer = SmtpMailer::from_url(&format!("smtp://user:secret@{address}"), FROM).expect("a mailer");
    mailer.send(&mail("en_US", confirmation())).await.expect("sent");
    let heard = heard.await.expect("a talk");
    assert!(heard.contains("RCPT TO:<ada@example.com>"), "{heard}");
    assert!(
        heard.contains("Subject: Confirm Your Main Store Order Cancellation\r\n"),
        "{heard}"
    );
    // Only the encoding of the body is between the link and the reader.
    let decoded = heard.replace("=\r\n", "").replace("=3D", "=");
    assert!(decoded.contains(&LINK.replace("=3D", "=")), "{heard}");
}

#[tokio::test]
async fn mails_in_other_languages_need_nothing_special_of_a_server() {
    let (address, heard) = serve("", "").await;
    let mailer = SmtpMailer::from_url(&format!("smtp://{address}"), FROM).expect("a mailer");
    let mut swedish = mail("sv_SE", confirmation());
    swedish.to_name = "Åsa Öberg".into();
    mailer.send(&swedish).await.expect("sent");
    assert!(heard.await.expect("a talk").is_ascii());
}

#[tokio::test]
async fn refusals_of_the_mail_are_for_good_and_others_are_not() {
    let outcome = |refused, answer| async move {
        let (address, _heard) = serve(refused, answer).await;
        let mailer = SmtpMailer::from_url(&format!("smtp://user:secret@{address}"), FROM).expect("a mailer");
        mailer
            .send(&mail("en_US", confirmation()))
            .await
            .expect_err("refused")
    };
    assert!(matches!(
        outcome("RCPT", "550 no such box").await,
        MailError::Permanent(_)
    ));
    assert!(matches!(
        outcome("RCPT", "450 later").await,
        MailError::Temporary(_)
    ));
    assert!(matches!(
        outcome("DATA", "554 spam").await,
        MailError::Permanent(_)
    ));
    assert!(matches!(
        outcome("AUTH", "535 wrong password").await,
        MailError::Temporary(_)
    ));
}

#[tokio::test]
async fn a_server_that_is_away_may_come_back() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let mailer = SmtpMailer::from_url(&format!("smtp://{address}"), FROM).expect("a mailer");
    let outcome = mailer.send(&mail("en_US", confirmation())).await;
    assert!(matches!(outcome, Err(MailError::Temporary(_))));
}
