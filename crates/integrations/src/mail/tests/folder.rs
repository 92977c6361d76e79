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

#[test]
fn a_shop_changes_the_frame_of_all_mails_in_one_file() {
    let frame =
        "<html lang=\"{{ words.language }}\"><b>Bags &amp; more</b>{% block text %}{% endblock %}</html>";
    let folder = folder(&[("layout.html", frame)]);
    let templates = MailTemplates::with_overrides(folder.path()).expect("sound");
    for (locale, told) in [
        ("en_US", "was canceled"),
        ("nl_NL", "is geannuleerd"),
        ("sv_SE", "har annullerats"),
    ] {
        let html = Letter::write(&mail(locale, canceled(None)), &templates)
            .expect("written")
            .html;
        assert!(
            html.contains("<b>Bags &amp; more</b>") && html.contains(told),
            "{html}"
        );
    }
    assert!(templates.unknown_files().is_empty());
    assert_eq!(templates.locales(), ["en", "nl", "sv"]);
}

#[test]
fn another_language_brings_the_words_of_the_shared_parts() {
    let folder = folder(&[
        ("de/words.json", r#"{ "language": "de", "questions": "Fragen?" }"#),
        ("de/order_canceled.txt", "Storniert{% include \"footer.txt\" %}"),
    ]);
    let templates = MailTemplates::with_overrides(folder.path()).expect("sound");
    let mut german = mail("de_AT", canceled(None));
    german.contact = Some("hilfe@shop.example".into());
    let letter = Letter::write(&german, &templates).expect("written");
    assert_eq!(
        letter.text,
        "Storniert\n\nFragen? hilfe@shop.example\n\nMain Store"
    );
    assert!(letter.html.contains("<html lang=\"de\">"));
}

#[test]
fn a_broken_part_is_named_with_its_line() {
    let refused = refusal(&[("layout.html", "<html>\n{{ nothing }}")]);
    assert!(
        refused.contains("layout.html, line 2: undefined value"),
        "{refused}"
    );
    let refused = refusal(&[("order.txt", "{% if %}")]);
    assert!(refused.contains("order.txt, line 1: syntax error"), "{refused}");
    let refused = refusal(&[("nl/words.json", "{\n\"item\": 1}")]);
    assert!(refused.contains("nl/words.json, line 2: "), "{refused}");
}

#[test]
fn a_page_that_a_shop_wrote_for_the_first_version_still_works() {
    let page = "<!doctype html>\n<p>{{ name }}, {{ order_number }}{% if refund %}: {{ refund }}{% endif %}, {{ store }}</p>";
    let folder = folder(&[
        ("en/order_canceled.html", page),
        (
            "en/confirm_cancellation.html",
            "<a href=\"{{ link|web_address }}\">{{ link }}</a>",
        ),
        (
            "en/merchant_notice.txt",
            "{% for item in items %}{{ item.quantity }} {{ item.sku }} {{ item.name }}{% endfor %}",
        ),
    ]);
    let templates = MailTemplates::with_overrides(folder.path()).expect("sound");
    let letter = Letter::write(&mail("en_US", canceled(Some("$15.00"))), &templates).expect("written");
    assert_eq!(
        letter.html,
        "<!doctype html>\n<p>Ada Lovelace, 000000012: $15.00, Main Store</p>"
    );
}
