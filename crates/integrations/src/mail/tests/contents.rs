//! Tests of bodies: what a mail says about an order, its links and its amounts.

use countermand_app::ports::{CanceledLine, Mail, MailMessage};

use super::{LINK, canceled, confirmation, formatted, full, letter, mail};
use crate::mail::MailTemplates;
use crate::mail::letter::Letter;
use crate::mail::samples::{canceled_in_part, full_samples};

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
fn a_mail_about_a_part_names_the_items_and_says_that_the_others_stay_ordered() {
    let mut part = mail("en_US", canceled(Some("15.00 EUR")));
    let MailMessage::OrderCanceled { items, .. } = &mut part.message else {
        panic!("another mail")
    };
    items.push(CanceledLine {
        sku: "TEA".into(),
        name: "Tea & Co".into(),
        quantity: "2".into(),
    });
    let written = letter(&part);
    assert_eq!(
        written.text,
        "Hello Ada Lovelace,\n\nThese items of order 000000012 were canceled:\n- 2 x Tea & Co (TEA)\n\n\
         The other items of the order stay ordered.\n\nYou will be refunded 15.00 EUR.\n\nMain Store"
    );
    assert!(written.html.contains("<li>2 &times; Tea &amp; Co (TEA)</li>"));
    assert_eq!(
        written.subject,
        "Items of Your Main Store Order 000000012 Were Canceled"
    );
    for (locale, others) in [
        ("nl", "De andere artikelen van de bestelling blijven besteld."),
        ("sv", "De övriga artiklarna i ordern är fortfarande beställda."),
    ] {
        let message = part.message.clone();
        assert!(letter(&mail(locale, message)).text.contains(others));
    }
}

#[test]
fn a_mail_about_a_part_of_a_request_names_what_was_refused_and_the_new_total() {
    for (locale, refused, total) in [
        (
            "en_US",
            "These items of your request were not canceled:\n- 1 x Sprite Yoga Strap, 6 foot (24-WG085)",
            "The new total of the order is €20.80.",
        ),
        (
            "nl_NL",
            "Deze artikelen van je aanvraag zijn niet geannuleerd:\n- 1 x Sprite Yoga Strap, 6 foot (24-WG085)",
            "Het nieuwe totaal van de bestelling is €20.80.",
        ),
        (
            "sv_SE",
            "Dessa artiklar i din begäran har inte annullerats:\n- 1 x Sprite Yoga Strap, 6 foot (24-WG085)",
            "Den nya summan för ordern är €20.80.",
        ),
    ] {
        let written = letter(&mail(locale, canceled_in_part()));
        assert!(written.text.contains(refused), "{}", written.text);
        assert!(written.text.contains(total), "{}", written.text);
        assert!(
            written.html.contains(&format!("<p>{total}</p>")),
            "{}",
            written.html
        );
        assert!(
            written
                .html
                .contains("<li>1 &times; Sprite Yoga Strap, 6 foot (24-WG085)</li>")
        );
    }
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
fn a_free_order_refunds_nothing_and_says_so() {
    let mut free = mail("en_US", canceled(None));
    let MailMessage::OrderCanceled { is_free, .. } = &mut free.message else {
        panic!("another mail")
    };
    *is_free = true;
    let letter = letter(&free);
    let told = "The order was free of charge, so nothing is refunded.";
    assert!(letter.text.contains(told) && letter.html.contains(told));
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

#[test]
fn a_canceled_order_is_listed_with_its_amounts_its_link_and_the_contact() {
    let letter = letter(&full());
    let expected = "Hello Ada Lovelace,

Order 000000012 was canceled.

You will be refunded €88.80.

You get back €11.20 of gift cards and store credit.

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
