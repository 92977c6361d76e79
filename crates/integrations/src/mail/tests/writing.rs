//! Tests of subjects, languages, greetings and headers.

use countermand_app::ports::{MailError, MailMessage};
use lettre::message::Body;

use super::{LINK, canceled, confirmation, formatted, full, letter, mail, sender};
use crate::mail::MailTemplates;
use crate::mail::built_in::BUILT_IN;
use crate::mail::letter::Letter;
use crate::mail::samples::full_samples;

#[test]
fn a_guest_is_asked_in_the_language_of_the_store() {
    let english = letter(&mail("en_US", confirmation()));
    assert_eq!(english.subject, "Confirm Your Main Store Order Cancellation");
    let dutch = letter(&mail("nl_NL", confirmation()));
    assert_eq!(
        dutch.subject,
        "Bevestig de annulering van je bestelling bij Main Store"
    );
    let swedish = letter(&mail("sv_SE", confirmation()));
    assert_eq!(
        swedish.subject,
        "Bekräfta annulleringen av din order hos Main Store"
    );
    for letter in [english, dutch, swedish] {
        assert!(letter.text.contains("Ada Lovelace"));
        assert!(letter.text.contains("000000012"));
        assert!(letter.text.lines().any(|line| line == LINK), "{}", letter.text);
        assert!(letter.html.contains("000000012"));
    }
}

#[test]
fn an_unknown_locale_is_answered_in_english() {
    for locale in ["", "fr_FR", "nlx", "\u{1f600}"] {
        let subject = letter(&mail(locale, confirmation())).subject;
        assert_eq!(subject, "Confirm Your Main Store Order Cancellation");
    }
}

#[test]
fn a_buyer_without_a_name_is_greeted_all_the_same() {
    let mut nameless = mail("en_US", canceled(None));
    nameless.to_name = String::new();
    assert!(letter(&nameless).text.starts_with("Hello,\n"));
    assert!(formatted(&nameless).contains("To: ada@example.com\r\n"));
}

#[test]
fn answers_go_to_the_contact() {
    assert!(formatted(&full()).contains("Reply-To: help@shop.example\r\n"));
    assert!(!formatted(&mail("en_US", canceled(None))).contains("Reply-To"));
}

#[test]
fn names_make_no_headers_and_no_paragraphs() {
    let mut evil = mail("en_US", confirmation());
    evil.to_name = "Ada\r\nBcc: all@example.com\r\n\r\nPay here".into();
    evil.store_name = "Shop\nBcc: all@example.com\u{2028}x\0".into();
    let text = formatted(&evil);
    let (headers, _) = text.split_once("\r\n\r\n").expect("a body");
    assert!(
        headers
            .lines()
            .all(|line| !line.to_lowercase().starts_with("bcc")),
        "{headers}"
    );
    assert_eq!(
        headers
            .lines()
            .filter(|line| line.starts_with("Subject: "))
            .count(),
        1
    );
    let letter = letter(&evil);
    assert!(!letter.subject.contains(char::is_control), "{:?}", letter.subject);
    assert!(
        letter
            .text
            .starts_with("Hello Ada  Bcc: all@example.com    Pay here,\n"),
        "{}",
        letter.text
    );
}

#[test]
fn a_name_cannot_become_another_receiver() {
    let mut evil = mail("en_US", confirmation());
    evil.to_name = "Eve\" <eve@example.com>, \"Ada".into();
    let message = sender().message(&evil, Body::new);
    let envelope = message.expect("a mail").envelope().clone();
    assert_eq!(
        envelope.to().iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["ada@example.com"]
    );
}

#[test]
fn a_mail_keeps_its_id_and_date_and_asks_for_no_answer() {
    let text = formatted(&mail("en_US", confirmation()));
    assert!(
        text.contains("Message-ID: <0199f3a0-0000-7000-8000-000000000001@shop.example>\r\n"),
        "{text}"
    );
    assert!(text.contains("Auto-Submitted: auto-generated\r\n"));
    assert!(
        text.contains("Date: Sat, 07 Mar 2026 12:00:00 +0000\r\n"),
        "{text}"
    );
    assert!(text.contains("MIME-Version: 1.0\r\n"));
    assert!(!text.contains("List-Unsubscribe"));
    assert!(
        text.contains("From: Countermand <no-reply@shop.example>\r\n"),
        "{text}"
    );
}

#[test]
fn what_can_never_be_sent_is_not_tried_again() {
    let sender = sender();
    for to in [
        "",
        "ada",
        "ada@",
        "a b@example.com",
        "a@example.com\r\nRCPT TO:<b@example.com>",
    ] {
        let mut lost = mail("en_US", confirmation());
        lost.to = to.into();
        assert!(
            matches!(sender.message(&lost, Body::new), Err(MailError::Permanent(_))),
            "{to:?}"
        );
    }
    for id in ["", "../../etc/passwd", "a\r\nb"] {
        let mut strange = mail("en_US", confirmation());
        strange.id = id.into();
        assert!(
            matches!(sender.message(&strange, Body::new), Err(MailError::Permanent(_))),
            "{id:?}"
        );
    }
}

#[test]
fn a_name_neither_turns_nor_fills_a_mail() {
    let mut evil = mail("en_US", confirmation());
    evil.to_name = format!("Ada\u{202e}nimda\u{2066}\u{200b}{}", "x".repeat(5000));
    let letter = letter(&evil);
    assert!(letter.text.starts_with("Hello Adanimdaxxx"), "{}", letter.text);
    assert!(letter.text.chars().count() < 700, "{}", letter.text);
    assert!(letter.text.contains("x…,"), "{}", letter.text);
    evil.store_name = "S".repeat(100_000);
    assert!(formatted(&evil).lines().all(|line| line.len() <= 998));
}

#[test]
fn a_clock_that_is_far_off_still_dates_a_mail() {
    for (at, year) in [(i64::MIN / 2_000_000, "1970"), (300_000_000_000, "9999")] {
        let mut odd = mail("en_US", confirmation());
        odd.caused_at = chrono::DateTime::from_timestamp(at, 0).expect("an instant");
        assert!(formatted(&odd).contains(&format!(" {year} ")), "{year}");
    }
}

#[test]
fn each_mail_speaks_each_language() {
    let templates = MailTemplates::built_in();
    let mut subjects = std::collections::BTreeSet::new();
    for locale in templates.locales() {
        for mail in full_samples(&locale) {
            let letter = Letter::write(&mail, &templates).expect("written");
            // The mail about an account is the only one without an order number.
            let order = !matches!(mail.message, MailMessage::ResetPassword { .. });
            assert_eq!(
                [&letter.text, &letter.html].map(|it| it.contains("000000012")),
                [order; 2]
            );
            assert!(letter.html.contains(&format!("<html lang=\"{locale}\">")));
            assert!(
                subjects.insert(letter.subject.clone()),
                "{} twice",
                letter.subject
            );
        }
    }
    assert_eq!(
        subjects.len(),
        3 * BUILT_IN[0].mails.len(),
        "a sample of every mail"
    );
}
