//! Tests of the mails about a refund that failed: to the shop and to the buyer.

use countermand_app::ports::MailMessage;

use super::{letter, mail};
use crate::mail::MailTemplates;
use crate::mail::letter::Letter;
use crate::mail::samples::merchant_refund_failed;

fn to_buyer(payment_method: Option<&str>) -> MailMessage {
    MailMessage::RefundFailed {
        order_number: "000000012".into(),
        refund: "€88.80".into(),
        payment_method: payment_method.map(Into::into),
        link: None,
    }
}

#[test]
fn the_buyer_is_told_that_the_money_did_not_arrive_in_each_language() {
    for (locale, subject, told) in [
        (
            "en_US",
            "Your Refund for Main Store Order 000000012 Did Not Arrive",
            "Our refund of €88.80 for order 000000012 did not reach you: the money came back to us. It was to go back \
             the way you paid: Card. We know about this. We will try again, or get in touch with you.",
        ),
        (
            "nl_NL",
            "Je terugbetaling voor bestelling 000000012 bij Main Store is niet aangekomen",
            "Onze terugbetaling van €88.80 voor bestelling 000000012 heeft je niet bereikt",
        ),
        (
            "sv_SE",
            "Din återbetalning för order 000000012 hos Main Store kom inte fram",
            "Vår återbetalning av €88.80 för order 000000012 nådde dig inte",
        ),
    ] {
        let written = letter(&mail(locale, to_buyer(Some("Card"))));
        assert_eq!(written.subject, subject);
        assert!(written.text.contains(told), "{}", written.text);
        assert!(written.html.contains(told), "{}", written.html);
    }
    let without_name = letter(&mail("en_US", to_buyer(None)));
    assert!(!without_name.text.contains("the way you paid"));
}

#[test]
fn the_shop_reads_what_failed_why_and_what_to_do_next() {
    let written = letter(&mail(
        "en_US",
        merchant_refund_failed("failed", Some("The account is closed.")),
    ));
    assert_eq!(written.subject, "Main Store: Refund for Order 000000012 Failed");
    let expected =
        "The refund of €88.80 for order 000000012 at Main Store failed after it counted as paid back. \
        The money is owed to the buyer again. Nothing is tried again by itself.

Reason: the payment provider did not carry it out, or the money came back
Details: The account is closed.
Payment provider: main
Payment: pi_12
Id at the payment provider: re_12
Id of the obligation: 0199f3a0-0000-7000-8000-000000000002

Find it with the query needsAttention.";
    assert!(written.text.starts_with(expected), "{}", written.text);
    for mutation in ["retryObligation", "settleObligation", "abandonObligation"] {
        assert!(written.text.contains(mutation), "{mutation}: {}", written.text);
        assert!(written.html.contains(mutation), "{mutation}: {}", written.html);
    }
    assert!(!written.text.contains("Items:"), "{}", written.text);
    let void = letter(&mail("en_US", merchant_refund_failed("refused", None)));
    assert_eq!(void.subject, "Main Store: Void for Order 000000012 Failed");
    assert!(void.text.contains("Reason: the payment provider refused it"));
    assert!(!void.text.contains("Details:"), "{}", void.text);
}

#[test]
fn the_words_of_a_payment_provider_are_text_on_one_line() {
    let words = "<script>alert(1)</script>\r\nBcc: all@example.com {{ store }}";
    let written = letter(&mail("en_US", merchant_refund_failed("failed", Some(words))));
    assert!(!written.html.contains("<script"), "{}", written.html);
    assert!(
        written
            .text
            .contains("Details: <script>alert(1)</script>  Bcc: all@example.com {{ store }}\n"),
        "{}",
        written.text
    );
}

#[test]
fn every_reason_has_words_in_each_language() {
    let templates = MailTemplates::built_in();
    for reason in [
        "unknown_payment",
        "nothing_left",
        "disputed",
        "refused",
        "failed",
        "canceled",
    ] {
        let mut texts = Vec::new();
        for locale in ["en", "nl", "sv"] {
            let mail = mail(locale, merchant_refund_failed(reason, Some("No.")));
            let text = Letter::write(&mail, &templates).expect("written").text;
            let line = text.lines().nth(2).expect("the reason").to_owned();
            let (_, words) = line.split_once(": ").expect("words");
            texts.push(words.to_owned());
        }
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), 3, "{reason}: {texts:?}");
    }
}
