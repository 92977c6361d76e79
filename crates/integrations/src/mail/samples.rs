//! Mails with example values, for the check of templates and for previews.

use chrono::{DateTime, Utc};
use countermand_app::ports::{
    CanceledBy, CanceledLine, Mail, MailMessage, OrderLine, OrderSummary, SubscriptionChange,
};

const LINK: &str = "https://shop.example/sales/guest/view?order_id=MTAwMDAwMDAwMDE%3D\
                    &confirmation_key=4f8d1e2a6c7e5b4f9a2d3e0f1c5a747d&orderRef=c2FtcGxl&action=cancel";
const ORDER_LINK: &str = "https://shop.example/sales/guest/view?orderRef=c2FtcGxl";

/// Every mail for a reader of `locale`. A mail with optional values comes a second time without them.
pub(super) fn samples(locale: &str) -> Vec<Mail> {
    let full = messages().into_iter().map(|message| full_sample(locale, message));
    let sparse = sparse_messages()
        .into_iter()
        .map(|message| sample(locale, "", message));
    full.chain(sparse).collect()
}

/// Every mail once, with all optional values.
pub(super) fn full_samples(locale: &str) -> Vec<Mail> {
    let mails = messages().into_iter();
    mails.map(|message| full_sample(locale, message)).collect()
}

fn full_sample(locale: &str, message: MailMessage) -> Mail {
    // The shop need not tell itself whom to ask.
    let has_contact = !matches!(
        message,
        MailMessage::MerchantNotice { .. }
            | MailMessage::MerchantRefundFailed { .. }
            | MailMessage::MerchantRequest { .. }
            | MailMessage::MerchantRequestOverdue { .. }
    );
    Mail {
        contact: has_contact.then(|| "help@shop.example".into()),
        ..sample(locale, "Ada Lovelace", message)
    }
}

fn sample(locale: &str, to_name: &str, message: MailMessage) -> Mail {
    Mail {
        id: "0199f3a0-0000-7000-8000-000000000001".into(),
        to: "ada@example.com".into(),
        to_name: to_name.into(),
        locale: locale.into(),
        store_name: "Example Store".into(),
        contact: None,
        message,
        caused_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn messages() -> Vec<MailMessage> {
    vec![
        confirmation(Some(order())),
        requested(vec![bag()], Some(ORDER_LINK)),
        refused_request(false, Some("The parcel is packed."), Some(ORDER_LINK)),
        withdrawn(vec![bag()], Some(ORDER_LINK)),
        merchant_request(CanceledBy::Customer, None, Some("Too big.")),
        merchant_request_overdue(Some("Too big.")),
        notice(CanceledBy::Staff, Some("anna"), Some("€15.00"), false),
        MailMessage::OrderCanceled {
            order_number: "000000012".into(),
            items: Vec::new(),
            refused_items: Vec::new(),
            new_total: None,
            refund: Some("€88.80".into()),
            credit: Some("€11.20".into()),
            is_free: false,
            link: Some(ORDER_LINK.into()),
            order: Some(order()),
        },
        order_confirmation(ORDER_LINK, Some(order())),
        refund_paid(Some("Card"), Some(ORDER_LINK)),
        refund_failed(Some("Card"), Some(ORDER_LINK)),
        merchant_refund_failed("failed", Some("The account is closed.")),
        subscription(SubscriptionChange::Ended, Some("€81.91"), Some(ORDER_LINK)),
        MailMessage::ResetPassword {
            link: "https://shop.example/customer/create-password?email=ada%40example.com&token=c2FtcGxl"
                .into(),
        },
    ]
}

fn sparse_messages() -> Vec<MailMessage> {
    let least = OrderSummary {
        items: Vec::new(),
        more_items: 0,
        shipping: None,
        discount: None,
        tax: None,
        credits: None,
        other_charges: None,
        ..order()
    };
    vec![
        confirmation(None),
        confirmation(Some(least)),
        canceled_without_values(Vec::new()),
        canceled_without_values(vec![bag()]),
        canceled_in_part(),
        order_confirmation(ORDER_LINK, None),
        // Of a website that is disabled.
        order_confirmation("", None),
        requested(Vec::new(), None),
        withdrawn(Vec::new(), None),
        refused_request(false, None, None),
        refused_request(true, None, Some(ORDER_LINK)),
        refund_paid(None, None),
        refund_failed(None, None),
        merchant_refund_failed("unknown_payment", None),
        merchant_refund_failed("nothing_left", None),
        merchant_refund_failed("disputed", None),
        merchant_refund_failed("refused", None),
        merchant_refund_failed("canceled", None),
        subscription(SubscriptionChange::Ended, None, None),
        subscription(SubscriptionChange::Ending, None, Some(ORDER_LINK)),
        subscription(SubscriptionChange::Resumed, None, None),
        merchant_request(CanceledBy::Guest, None, None),
        merchant_request_overdue(None),
        merchant_request(CanceledBy::Staff, Some("anna"), None),
        notice(CanceledBy::Customer, None, None, false),
        notice(CanceledBy::Guest, None, None, true),
        notice(CanceledBy::System, None, None, false),
    ]
}

fn confirmation(order: Option<OrderSummary>) -> MailMessage {
    MailMessage::ConfirmCancellation {
        order_number: "000000012".into(),
        items: Vec::new(),
        link: LINK.into(),
        order,
    }
}

fn order_confirmation(link: &str, order: Option<OrderSummary>) -> MailMessage {
    MailMessage::OrderConfirmation {
        order_number: "000000012".into(),
        link: link.into(),
        order,
    }
}

fn requested(items: Vec<CanceledLine>, link: Option<&str>) -> MailMessage {
    MailMessage::CancellationRequested {
        order_number: "000000012".into(),
        items,
        link: link.map(Into::into),
    }
}

fn withdrawn(items: Vec<CanceledLine>, link: Option<&str>) -> MailMessage {
    MailMessage::RequestWithdrawn {
        order_number: "000000012".into(),
        items,
        link: link.map(Into::into),
    }
}

fn refused_request(is_too_late: bool, reason: Option<&str>, link: Option<&str>) -> MailMessage {
    MailMessage::RequestRefused {
        order_number: "000000012".into(),
        items: if link.is_some() { vec![bag()] } else { Vec::new() },
        total: link.map(|_| "€88.80".into()),
        is_too_late,
        reason: reason.map(Into::into),
        link: link.map(Into::into),
    }
}

fn refund_paid(payment_method: Option<&str>, link: Option<&str>) -> MailMessage {
    MailMessage::RefundPaid {
        order_number: "000000012".into(),
        refund: "€88.80".into(),
        payment_method: payment_method.map(Into::into),
        link: link.map(Into::into),
    }
}

fn refund_failed(payment_method: Option<&str>, link: Option<&str>) -> MailMessage {
    MailMessage::RefundFailed {
        order_number: "000000012".into(),
        refund: "€88.80".into(),
        payment_method: payment_method.map(Into::into),
        link: link.map(Into::into),
    }
}

/// The mail about a failure with this code: of a refund that counted as paid back, or of a void where nothing more is
/// known.
pub(super) fn merchant_refund_failed(reason: &str, detail: Option<&str>) -> MailMessage {
    MailMessage::MerchantRefundFailed {
        order_number: "000000012".into(),
        amount: "€88.80".into(),
        is_refund: detail.is_some(),
        was_refunded: detail.is_some(),
        is_by_others: false,
        reason: reason.into(),
        detail: detail.map(Into::into),
        payment_provider: "main".into(),
        payment: detail.map(|_| "pi_12".into()),
        reference: detail.map(|_| "re_12".into()),
        obligation: "0199f3a0-0000-7000-8000-000000000002".into(),
    }
}

fn subscription(change: SubscriptionChange, refund: Option<&str>, link: Option<&str>) -> MailMessage {
    let goes_on = change == SubscriptionChange::Resumed;
    MailMessage::SubscriptionChanged {
        order_number: "000000012".into(),
        product: "Magazine, one year".into(),
        change,
        ends_on: (!goes_on).then(|| "2027-01-01".into()),
        refund: refund.map(Into::into),
        link: link.map(Into::into),
    }
}

fn merchant_request(
    requested_by: CanceledBy,
    staff_name: Option<&str>,
    comment: Option<&str>,
) -> MailMessage {
    MailMessage::MerchantRequest {
        order_number: "000000012".into(),
        buyer: "Ada Lovelace".into(),
        requested_by,
        staff_name: staff_name.map(Into::into),
        reason: comment.map(|_| "Other".into()),
        comment: comment.map(Into::into),
        due_at: comment.map(|_| "2026-01-02T12:00:00Z".into()),
        items: vec![bag()],
    }
}

fn merchant_request_overdue(comment: Option<&str>) -> MailMessage {
    MailMessage::MerchantRequestOverdue {
        order_number: "000000012".into(),
        buyer: "Ada Lovelace".into(),
        requested_by: CanceledBy::Customer,
        staff_name: None,
        reason: comment.map(|_| "Other".into()),
        comment: comment.map(Into::into),
        requested_at: "2026-01-01T12:00:00Z".into(),
        due_at: comment.map(|_| "2026-01-02T12:00:00Z".into()),
        items: vec![bag()],
    }
}

fn canceled_without_values(items: Vec<CanceledLine>) -> MailMessage {
    MailMessage::OrderCanceled {
        order_number: "000000012".into(),
        items,
        refused_items: Vec::new(),
        new_total: None,
        refund: None,
        credit: None,
        is_free: false,
        link: None,
        order: None,
    }
}

/// The mail about a part of a request that the shop approved.
pub(super) fn canceled_in_part() -> MailMessage {
    MailMessage::OrderCanceled {
        order_number: "000000012".into(),
        items: vec![bag()],
        refused_items: vec![CanceledLine {
            sku: "24-WG085".into(),
            name: "Sprite Yoga Strap, 6 foot".into(),
            quantity: "1".into(),
        }],
        new_total: Some("€20.80".into()),
        refund: Some("€68.00".into()),
        credit: None,
        is_free: false,
        link: Some(ORDER_LINK.into()),
        order: None,
    }
}

/// An order with every kind of amount.
fn order() -> OrderSummary {
    let line = |sku: &str, name: &str, quantity: &str, amount: &str| OrderLine {
        sku: sku.into(),
        name: name.into(),
        quantity: quantity.into(),
        amount: amount.into(),
    };
    OrderSummary {
        items: vec![
            line("24-MB01", "Joust Duffle Bag", "2", "€68.00"),
            line("24-WG085", "Sprite Yoga Strap, 6 foot", "1", "€14.00"),
        ],
        more_items: 1,
        subtotal: "€82.00".into(),
        discount: Some("-€8.20".into()),
        shipping: Some("€5.00".into()),
        tax: Some("€17.50".into()),
        other_charges: Some("€2.50".into()),
        credits: Some("-€10.00".into()),
        total: "€88.80".into(),
    }
}

fn bag() -> CanceledLine {
    CanceledLine {
        sku: "24-MB01".into(),
        name: "Joust Duffle Bag".into(),
        quantity: "2".into(),
    }
}

fn notice(
    canceled_by: CanceledBy,
    staff_name: Option<&str>,
    refund: Option<&str>,
    is_partial: bool,
) -> MailMessage {
    MailMessage::MerchantNotice {
        order_number: "000000012".into(),
        buyer: "Ada Lovelace".into(),
        canceled_by,
        staff_name: staff_name.map(Into::into),
        reason: "The order was placed by mistake".into(),
        comment: staff_name.map(|_| "The buyer called.".into()),
        is_partial,
        refund: refund.map(Into::into),
        items: vec![bag()],
    }
}
