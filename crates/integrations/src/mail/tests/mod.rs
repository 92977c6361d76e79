//! Tests of mails as readers and mail servers see them.

mod contents;
mod delivery;
mod failures;
mod folder;
mod writing;

use chrono::DateTime;
use countermand_app::ports::{Mail, MailMessage};
use lettre::message::Body;

use super::MailTemplates;
use super::envelope::Sender;
use super::letter::Letter;
use super::samples::full_samples;

const FROM: &str = "Countermand <no-reply@shop.example>";
const LINK: &str =
    "https://shop.example/sales/guest/view?order_id=MTA%3D&confirmation_key=k3y&orderRef=a-b_c&action=cancel";

fn mail(locale: &str, message: MailMessage) -> Mail {
    Mail {
        id: "0199f3a0-0000-7000-8000-000000000001".into(),
        to: "ada@example.com".into(),
        to_name: "Ada Lovelace".into(),
        locale: locale.into(),
        store_name: "Main Store".into(),
        contact: None,
        message,
        caused_at: DateTime::from_timestamp(1_772_884_800, 0).expect("an instant"),
    }
}

fn confirmation() -> MailMessage {
    MailMessage::ConfirmCancellation {
        order_number: "000000012".into(),
        items: Vec::new(),
        link: LINK.into(),
        order: None,
    }
}

fn canceled(refund: Option<&str>) -> MailMessage {
    MailMessage::OrderCanceled {
        order_number: "000000012".into(),
        items: Vec::new(),
        refused_items: Vec::new(),
        new_total: None,
        refund: refund.map(Into::into),
        credit: None,
        is_free: false,
        link: None,
        order: None,
    }
}

/// The mail about a canceled order with every value that it can have.
fn full() -> Mail {
    let mut mails = full_samples("en").into_iter();
    let canceled = mails.find(|it| matches!(it.message, MailMessage::OrderCanceled { .. }));
    canceled.expect("a sample")
}

fn letter(mail: &Mail) -> Letter {
    Letter::write(mail, &MailTemplates::built_in()).expect("the templates are sound")
}

fn sender() -> Sender {
    Sender::new(FROM, MailTemplates::built_in()).expect("a sender")
}

fn formatted(mail: &Mail) -> String {
    let message = sender().message(mail, Body::new).expect("a mail");
    String::from_utf8(message.formatted()).expect("ASCII")
}
