//! Tests of mails as files in a folder, and of settings that are refused before a mail is sent.

use countermand_app::ports::{MailError, Mailer};

use super::{FROM, LINK, canceled, confirmation, mail};
use crate::mail::{FileMailer, MailSetupError, MailTemplates, SmtpMailer};

#[tokio::test]
async fn a_mail_becomes_one_file_with_its_link_as_it_is() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("not/yet/there");
    let mailer = FileMailer::new(&folder, FROM, MailTemplates::built_in()).expect("a mailer");
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
    let mailer = FileMailer::new(&folder, FROM, MailTemplates::built_in()).expect("a mailer");
    std::fs::remove_dir(&folder).expect("removed");
    mailer.send(&mail("en_US", canceled(None))).await.expect("sent");
}

#[tokio::test]
async fn a_full_disk_may_pass() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("mail");
    let mailer = FileMailer::new(&folder, FROM, MailTemplates::built_in()).expect("a mailer");
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
    let refused = FileMailer::new(&file, FROM, MailTemplates::built_in()).expect_err("a file is no folder");
    assert!(refused.to_string().contains("MAIL_DIR"));
    let refused = FileMailer::new(place.path(), "nobody", MailTemplates::built_in()).expect_err("no address");
    assert!(refused.to_string().contains("MAIL_FROM"));
    for url in [
        "",
        "mail.example.com",
        "http://mail.example.com",
        "smtp://u:s3cret@h?tls=perhaps",
    ] {
        let refused = SmtpMailer::new(url, FROM, MailTemplates::built_in()).expect_err(url);
        assert!(matches!(refused, MailSetupError::BadUrl(_)));
        assert!(!refused.to_string().contains("s3cret"), "{refused}");
    }
}

#[test]
fn an_authority_that_cannot_be_used_is_explained() {
    let trusting = |authority: &str| {
        let url = "smtps://mail.example.com";
        let mailer = SmtpMailer::trusting(authority.as_bytes(), url, FROM, MailTemplates::built_in());
        mailer.expect_err("refused").to_string()
    };
    let cut = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for authority in ["", "no certificate", cut] {
        let refused = trusting(authority);
        assert!(refused.starts_with("SMTP_CA cannot be used: "), "{refused}");
    }
}
