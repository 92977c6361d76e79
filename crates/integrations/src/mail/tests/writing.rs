//! Tests of subjects, bodies and headers.

use countermand_app::ports::{Mail, MailError, MailMessage};
use lettre::message::Body;

use super::{LINK, canceled, confirmation, mail};
use crate::mail::MailTemplates;
use crate::mail::built_in::BUILT_IN;
use crate::mail::envelope::Sender;
use crate::mail::letter::Letter;
use crate::mail::samples::full_samples;

fn letter(mail: &Mail) -> Letter {
    Letter::write(mail, &MailTemplates::built_in()).expect("the templates are sound")
}

fn sender() -> Sender {
    Sender::new(super::FROM, MailTemplates::built_in()).expect("a sender")
}

fn formatted(mail: &Mail) -> String {
    let message = sender().message(mail, Body::new).expect("a mail");
    String::from_utf8(message.formatted()).expect("ASCII")
}

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
fn a_canceled_order_is_announced_with_what_flows_back() {
    let english = letter(&mail("en_GB", canceled(Some("15.00 EUR"))));
    assert_eq!(
        english.text,
        "Hello Ada Lovelace,\n\nOrder 000000012 was canceled.\n\nYou will be refunded 15.00 EUR.\n\nMain Store"
    );
    assert!(english.html.contains("<p>You will be refunded 15.00 EUR.</p>"));
    let dutch = letter(&mail("nl", canceled(Some("15.00 EUR"))));
    assert!(dutch.text.contains("Je krijgt 15.00 EUR terug."));
    let swedish = letter(&mail("sv-FI", canceled(Some("15.00 EUR"))));
    assert!(swedish.text.contains("Du får tillbaka 15.00 EUR."));
}

#[test]
fn nothing_paid_means_no_word_about_money() {
    let text = letter(&mail("en_US", canceled(None))).text;
    assert_eq!(
        text,
        "Hello Ada Lovelace,\n\nOrder 000000012 was canceled.\n\nMain Store"
    );
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
fn html_shows_names_as_text() {
    let mut marked = mail("en_US", canceled(None));
    marked.to_name = "<script>alert(1)</script>".into();
    marked.store_name = "Bits & \"Pieces\"".into();
    let letter = letter(&marked);
    assert!(!letter.html.contains("<script"));
    assert!(letter.html.contains("Bits &amp; "));
    assert!(letter.text.contains("Bits & \"Pieces\""));
}

#[test]
fn html_links_to_the_same_address() {
    let html = letter(&mail("en_US", confirmation())).html;
    let escaped = LINK.replace('&', "&amp;");
    assert_eq!(
        html.matches(&format!("href=\"{escaped}\"")).count(),
        2,
        "a button, and the address to copy: {html}"
    );
    assert!(html.contains(&format!(">{escaped}</a>")), "{html}");
}

/// The mail about a canceled order with every value that it can have.
fn full() -> Mail {
    let mut mails = full_samples("en").into_iter();
    let canceled = mails.find(|it| matches!(it.message, MailMessage::OrderCanceled { .. }));
    canceled.expect("a sample")
}

#[test]
fn a_canceled_order_is_listed_with_its_amounts_its_link_and_the_contact() {
    let letter = letter(&full());
    let expected = "Hello Ada Lovelace,

Order 000000012 was canceled.

You will be refunded €88.80.

View your order:

https://shop.example/sales/guest/view?orderRef=c2FtcGxl

Order 000000012

- 2 x Joust Duffle Bag (24-MB01): €68.00
- 1 x Sprite Yoga Strap, 6 foot (24-WG085): €14.00
- Items that are not listed here: 1

Subtotal: €82.00
Discount: -€8.20
Shipping: €5.00
Tax: €17.50
Other charges: €2.50
Gift cards and credit: -€10.00
Total: €88.80

Questions? Write to help@shop.example

Example Store";
    assert_eq!(letter.text, expected);
    for value in [
        "Joust Duffle Bag",
        "24-WG085",
        "-€8.20",
        ">€88.80<",
        "orderRef=c2FtcGxl\"",
    ] {
        assert!(letter.html.contains(value), "{value}: {}", letter.html);
    }
    assert!(letter.html.contains("href=\"mailto:help@shop.example\""));
}

#[test]
fn mails_load_nothing_and_need_no_style_sheet() {
    let templates = MailTemplates::built_in();
    for locale in templates.locales() {
        for mail in full_samples(&locale) {
            let html = Letter::write(&mail, &templates).expect("written").html;
            for loaded in [
                "<img",
                "<link",
                "<script",
                "src=",
                "url(",
                "@import",
                "@font-face",
            ] {
                assert!(!html.contains(loaded), "{loaded}: {html}");
            }
            let (_, body) = html.split_once("<body").expect("a body");
            assert!(
                body.contains("background:#ffffff") && body.contains("color:#1d2421"),
                "{body}"
            );
        }
    }
}

#[test]
fn items_are_text_and_one_line() {
    let mut evil = full();
    evil.contact = Some("x@example.com\"><script>alert(1)</script>\r\nBcc: all@example.com".into());
    let MailMessage::OrderCanceled { link, order, .. } = &mut evil.message else {
        panic!("another mail")
    };
    *link = Some("https://shop.example/\"><script>alert(2)</script>".into());
    let order = order.as_mut().expect("an order");
    order.items[0].name = "<img src=x onerror=alert(1)>\n\nPay here".into();
    order.items[0].sku = "{{ link }}\u{202e}".into();
    order.total = "</td><b>".into();
    let letter = letter(&evil);
    for markup in ["<script", "<img", "</td><b>", "\u{202e}"] {
        assert!(!letter.html.contains(markup), "{markup}: {}", letter.html);
    }
    assert!(letter.html.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assert!(
        letter
            .text
            .contains("- 2 x <img src=x onerror=alert(1)>  Pay here ({{ link }}): "),
        "{}",
        letter.text
    );
    let text = formatted(&evil);
    let (headers, _) = text.split_once("\r\n\r\n").expect("a body");
    assert!(
        !headers.contains("Bcc") && !headers.contains("Reply-To"),
        "{headers}"
    );
}

#[test]
fn answers_go_to_the_contact() {
    assert!(formatted(&full()).contains("Reply-To: help@shop.example\r\n"));
    assert!(!formatted(&mail("en_US", canceled(None))).contains("Reply-To"));
}

#[test]
fn the_longest_list_of_items_is_written() {
    let mut long = full();
    let MailMessage::OrderCanceled {
        order: Some(order), ..
    } = &mut long.message
    else {
        panic!("another mail")
    };
    order.items = vec![order.items[0].clone(); 50];
    assert_eq!(letter(&long).text.matches("Joust Duffle Bag").count(), 50);
}

#[test]
fn the_shop_reads_every_item_of_the_longest_order() {
    let mut mails = full_samples("en").into_iter();
    let notice = mails.find(|it| matches!(it.message, MailMessage::MerchantNotice { .. }));
    let mut notice = notice.expect("a sample");
    let MailMessage::MerchantNotice { items, .. } = &mut notice.message else {
        panic!("another mail")
    };
    *items = vec![items[0].clone(); 9_999];
    assert_eq!(letter(&notice).text.matches("Joust Duffle Bag").count(), 9_999);
}

#[test]
fn a_mail_that_an_older_version_wrote_is_sent() {
    let payload = serde_json::json!({
        "id": "0199f3a0-0000-7000-8000-000000000001", "to": "ada@example.com", "to_name": "Ada", "locale": "en_US",
        "store_name": "Main Store",
        "message": { "template": "order_canceled", "order_number": "000000012", "refund": "$15.00" },
    });
    let older: Mail = serde_json::from_value(payload).expect("a mail");
    let letter = letter(&older);
    assert_eq!(
        letter.text,
        "Hello Ada,\n\nOrder 000000012 was canceled.\n\nYou will be refunded $15.00.\n\nMain Store"
    );
    assert!(!letter.html.contains("href="), "{}", letter.html);
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
