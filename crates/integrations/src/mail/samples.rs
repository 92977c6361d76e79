//! Mails with example values, for the check of templates and for previews.

use chrono::{DateTime, Utc};
use countermand_app::ports::{CanceledBy, CanceledLine, Mail, MailMessage};

const LINK: &str = "https://shop.example/sales/guest/view?order_id=MTAwMDAwMDAwMDE%3D\
                    &confirmation_key=4f8d1e2a6c7e5b4f9a2d3e0f1c5a747d&orderRef=c2FtcGxl&action=cancel";

/// Every mail for a reader of `locale`. A mail with optional values comes a second time without them.
pub(super) fn samples(locale: &str) -> Vec<Mail> {
    let full = messages()
        .into_iter()
        .map(|message| sample(locale, "Ada Lovelace", message));
    let sparse = sparse_messages()
        .into_iter()
        .map(|message| sample(locale, "", message));
    full.chain(sparse).collect()
}

/// Every mail once, with all optional values.
pub(super) fn full_samples(locale: &str) -> Vec<Mail> {
    let mails = messages().into_iter();
    mails
        .map(|message| sample(locale, "Ada Lovelace", message))
        .collect()
}

fn sample(locale: &str, to_name: &str, message: MailMessage) -> Mail {
    Mail {
        id: "0199f3a0-0000-7000-8000-000000000001".into(),
        to: "ada@example.com".into(),
        to_name: to_name.into(),
        locale: locale.into(),
        store_name: "Example Store".into(),
        message,
        caused_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn messages() -> Vec<MailMessage> {
    vec![
        MailMessage::ConfirmCancellation {
            order_number: "000000012".into(),
            link: LINK.into(),
        },
        notice(CanceledBy::Staff, Some("anna"), Some("€15.00")),
        canceled(Some("€15.00")),
        MailMessage::OrderConfirmation {
            order_number: "000000012".into(),
            link: "https://shop.example/sales/guest/view?orderRef=c2FtcGxl".into(),
        },
        MailMessage::ResetPassword {
            link: "https://shop.example/customer/create-password?email=ada%40example.com&token=c2FtcGxl"
                .into(),
        },
    ]
}

fn sparse_messages() -> Vec<MailMessage> {
    vec![
        canceled(None),
        notice(CanceledBy::Customer, None, None),
        notice(CanceledBy::Guest, None, None),
        notice(CanceledBy::System, None, None),
    ]
}

fn canceled(refund: Option<&str>) -> MailMessage {
    MailMessage::OrderCanceled {
        order_number: "000000012".into(),
        refund: refund.map(Into::into),
    }
}

fn notice(canceled_by: CanceledBy, staff_name: Option<&str>, refund: Option<&str>) -> MailMessage {
    MailMessage::MerchantNotice {
        order_number: "000000012".into(),
        buyer: "Ada Lovelace".into(),
        canceled_by,
        staff_name: staff_name.map(Into::into),
        reason: "The order was placed by mistake".into(),
        refund: refund.map(Into::into),
        items: vec![CanceledLine {
            sku: "24-MB01".into(),
            name: "Joust Duffle Bag".into(),
            quantity: "2".into(),
        }],
    }
}
