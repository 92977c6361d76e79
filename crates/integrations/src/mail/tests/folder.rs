//! Tests of a folder whose files replace built-in templates.

use std::path::Path;

use super::{canceled, mail};
use crate::mail::MailTemplates;
use crate::mail::letter::Letter;

/// A folder with the files `files`: paths and texts.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("made");
        std::fs::write(path, text).expect("written");
    }
    folder
}

fn refusal(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let refused = MailTemplates::with_overrides(folder.path()).expect_err("a broken template");
    refused.to_string()
}

#[test]
fn a_locale_comes_before_its_language_and_that_before_what_is_delivered() {
    let folder = folder(&[
        ("nl/order_canceled.subject", "Weg: {{ order_number }}"),
        ("nl/order_canceled.txt", "van {{ store }}"),
        ("nl-BE/order_canceled.txt", "uit België"),
        ("fr/order_canceled.subject", "Commande annulée"),
    ]);
    let templates = MailTemplates::with_overrides(folder.path()).expect("sound");
    let letter = |locale| Letter::write(&mail(locale, canceled(None)), &templates).expect("written");
    let dutch = letter("nl_NL");
    assert_eq!(
        (dutch.subject.as_str(), dutch.text.as_str()),
        ("Weg: 000000012", "van Main Store")
    );
    assert!(dutch.html.contains("is geannuleerd"), "the built-in HTML stays");
    let belgian = letter("nl_BE");
    assert_eq!(
        (belgian.subject.as_str(), belgian.text.as_str()),
        ("Weg: 000000012", "uit België")
    );
    let french = letter("fr_FR");
    assert_eq!(french.subject, "Commande annulée");
    assert!(
        french.text.contains("was canceled"),
        "English where French is missing"
    );
    assert_eq!(
        letter("en_US").subject,
        "Your Main Store Order 000000012 Was Canceled"
    );
    assert_eq!(templates.locales(), ["en", "fr", "nl", "nl_be", "sv"]);
    assert!(templates.unknown_files().is_empty());
}

#[test]
fn a_broken_template_is_named_with_its_line() {
    let broken = [
        ("a\n\n{% if refund %}", "3", "syntax error"),
        ("a\n{{ order_nunber }}", "2", "undefined value"),
        ("{{ order_number|nosuch }}", "1", "unknown filter"),
        ("{% if refund %}\n{{ refnd }}{% endif %}", "2", "undefined value"),
        (
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
            "1",
            "fuel",
        ),
    ];
    for (text, line, problem) in broken {
        let refused = refusal(&[("nl/order_canceled.txt", text)]);
        assert!(
            refused.contains(&format!("nl/order_canceled.txt, line {line}: ")),
            "{refused}"
        );
        assert!(refused.contains(problem), "{refused}");
    }
    let refused = refusal(&[("sv/merchant_notice.subject", "  \n")]);
    assert!(
        refused.contains("sv/merchant_notice.subject, line 1: a mail needs a subject"),
        "{refused}"
    );
}

#[test]
fn a_template_reads_no_other_file() {
    for text in [
        "{% include 'order_canceled.txt' %}",
        "{% extends '/etc/passwd' %}",
        "{% import 'x' as y %}",
    ] {
        let refused = refusal(&[("en/order_canceled.html", text)]);
        assert!(refused.contains("en/order_canceled.html, line 1: "), "{refused}");
    }
}

#[test]
fn files_that_are_no_templates_are_named() {
    let folder = folder(&[
        ("README.md", "ours"),
        ("nl/order_cancelled.txt", "misspelled"),
        ("nl/order_canceled.text", "misspelled"),
        ("dutch/order_canceled.txt", "no language"),
        ("nl/.order_canceled.txt.swp", "hidden"),
    ]);
    let templates = MailTemplates::with_overrides(folder.path()).expect("nothing is broken");
    let unknown: Vec<_> = templates
        .unknown_files()
        .iter()
        .map(|it| it.strip_prefix(folder.path()).unwrap_or(it).display().to_string())
        .collect();
    assert_eq!(
        unknown,
        [
            "README.md",
            "dutch",
            "nl/order_canceled.text",
            "nl/order_cancelled.txt"
        ]
    );
}

#[test]
fn a_folder_that_is_not_there_is_an_error_and_so_is_text_that_is_none() {
    let missing = MailTemplates::with_overrides(Path::new("/no/such/folder")).expect_err("missing");
    assert!(
        missing.to_string().contains("/no/such/folder") && missing.to_string().contains("MAIL_TEMPLATES")
    );
    let folder = folder(&[]);
    std::fs::create_dir(folder.path().join("nl")).expect("made");
    std::fs::write(folder.path().join("nl/order_canceled.txt"), [0xff, 0xfe]).expect("written");
    let refused = MailTemplates::with_overrides(folder.path()).expect_err("not UTF-8");
    assert!(refused.to_string().contains("nl/order_canceled.txt"), "{refused}");
}
