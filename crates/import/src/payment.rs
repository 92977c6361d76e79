//! Reads how an order was paid, and makes the transactions that its totals imply.

use chrono::{DateTime, Utc};
use countermand_domain::{
    Charged, Currency, Money, OrderState, Payment, PaymentKind, PaymentTransaction, Totals, TransactionKind,
};

use super::charged::read_charged;
use super::exact::half_up;
use super::explanation::payment_fee;
use super::notes::{Notes, within};
use super::other_fields::OtherField;
use super::payment_title::payment_title;
use super::raw::{LINE, Raw};
use super::refused_field::OrderRefusal;
use super::shape::{ExtensionShape, OrderShape, PaymentExtensionShape, PaymentShape};
use super::tenders::read_tenders;

/// The method of an order that is history and does not tell how it was paid. A refund of it is paid by hand.
const UNKNOWN_METHOD: &str = "unknown";
/// Where the payment says what its provider charged in another currency.
const CHARGED: &str = "extension_attributes.charged";

/// Reads the payment: one capture of all that was paid, and an authorization when more money was authorized than paid.
pub(super) fn read_payment(
    order: &OrderShape<'_>,
    extension: &ExtensionShape<'_>,
    totals: &Totals,
    state: OrderState,
    at: DateTime<Utc>,
    notes: &mut Notes,
) -> Result<Payment, OrderRefusal> {
    let shape: Option<PaymentShape<'_>> = order.payment.object("payment")?;
    let is_told = shape.is_some();
    if !is_told {
        notes.tolerate(OrderRefusal::missing("payment"))?;
    }
    let shape = shape.unwrap_or_default();
    let method = within("payment", notes, |notes| shape.method.code("method", LINE, notes))?;
    if is_told && method.is_none() {
        notes.tolerate(OrderRefusal::missing("payment.method"))?;
    }
    let kind = match method.as_deref().map(PaymentKind::of_method) {
        None => PaymentKind::Offline,
        Some(PaymentKind::Free) if totals.grand_total.is_positive() => PaymentKind::Offline,
        Some(kind) => kind,
    };
    let method = method.unwrap_or_else(|| UNKNOWN_METHOD.into());
    let info = extension.payment_additional_info;
    let title = payment_title(&method, info, shape.additional_information);
    let several = read_tenders(extension, (&method, &title), totals, (state, at), notes)?;
    let (tenders, transactions) = if let Some(read) = several {
        if !charged_of(&shape).is_absent() {
            let problem = "belongs to one of the tenders";
            notes.tolerate(OrderRefusal::new(&format!("payment.{CHARGED}"), "", problem))?;
        }
        (read.tenders, read.transactions)
    } else {
        let amounts = within("payment", notes, |notes| amounts(&shape, kind, totals, notes))?;
        (Vec::new(), amounts.transactions(0, state, at).collect())
    };
    Ok(Payment {
        method,
        title,
        kind,
        additional_data: Vec::new(),
        tenders,
        transactions,
    })
}

/// The fee that the payment explains, if `missing` of the total may be one; `known` is the rest of the order, both in
/// ten-thousandths. The payment must not say that another amount was ordered.
pub(super) fn read_payment_fee(
    order: &OrderShape<'_>,
    extension: &ExtensionShape<'_>,
    (missing, known, grand_total): (i64, i64, i64),
    notes: &mut Notes,
) -> Result<Option<OtherField>, OrderRefusal> {
    let shape: PaymentShape<'_> = order.payment.object("payment")?.unwrap_or_default();
    // A method that cannot be read is refused or noted where the payment is read.
    let Ok(Some(method)) = shape.method.exact_code("payment.method", LINE) else {
        return Ok(None);
    };
    let ordered = shape.amount_ordered.amount("payment.amount_ordered", notes)?;
    if ordered.is_some_and(|ordered| ordered != grand_total) {
        return Ok(None);
    }
    let info = extension.payment_additional_info;
    let title = payment_title(&method, info, shape.additional_information);
    Ok(payment_fee(&method, &title, missing, known))
}

/// What the payment method moved, where it alone pays the order.
fn amounts(
    shape: &PaymentShape<'_>,
    kind: PaymentKind,
    totals: &Totals,
    notes: &mut Notes,
) -> Result<TenderAmounts, OrderRefusal> {
    let currency: Currency = totals.grand_total.currency();
    let reference = shape.last_trans_id.text("last_trans_id", LINE, notes)?;
    let authorized = shape
        .amount_authorized
        .amount("amount_authorized", notes)?
        .unwrap_or(0);
    let mut amounts = TenderAmounts {
        is_online: kind == PaymentKind::Online,
        authorized: half_up(authorized, currency),
        paid: totals.paid.unwrap_or(Money::zero(currency)),
        refunded: totals.refunded,
        charged: None,
        reference,
    };
    amounts.charged = read_charged(charged_of(shape), CHARGED, &amounts, notes)?;
    Ok(amounts)
}

/// The field that says what the payment provider charged in another currency. Extensions write what they like into
/// `extension_attributes`, so another shape of it says nothing.
fn charged_of<'a>(shape: &PaymentShape<'a>) -> Raw<'a> {
    let extension: Result<Option<PaymentExtensionShape<'a>>, _> =
        shape.extension_attributes.object("extension_attributes");
    extension.ok().flatten().unwrap_or_default().charged
}

/// What was moved by one tender.
pub(super) struct TenderAmounts {
    /// Whether a payment provider moves the money.
    pub(super) is_online: bool,
    pub(super) authorized: Money,
    pub(super) paid: Money,
    pub(super) refunded: Money,
    /// What the payment provider charged for all that was moved, where it is in another currency.
    pub(super) charged: Option<Money>,
    /// The provider's reference of the payment, of which the authorization and the capture are parts.
    pub(super) reference: Option<String>,
}

impl TenderAmounts {
    /// The amount that was moved: what was authorized, or what was paid where that is more.
    pub(super) fn moved(&self) -> Money {
        if self.authorized.minor() > self.paid.minor() {
            self.authorized
        } else {
            self.paid
        }
    }

    /// What `amount` of the payment is at the provider, of which `used` is used.
    fn charged_for(&self, amount: Money, used: Money) -> Option<Charged> {
        let zero = Money::zero(amount.currency());
        let whole = Charged::new(self.charged?);
        let of = Charged::new(whole.part(self.moved(), zero, amount));
        Some(Charged {
            used: of.part(amount, zero, used),
            ..of
        })
    }

    /// The transactions of the tender at `position`: an authorization when more money was authorized than paid, and one
    /// capture of all that was paid. A payment that has only its reference is an authorization of nothing: when its
    /// provider captures money after the order was canceled, the reference tells whose money it is.
    pub(super) fn transactions(
        &self,
        position: usize,
        state: OrderState,
        at: DateTime<Utc>,
    ) -> impl Iterator<Item = PaymentTransaction> + use<> {
        let zero = Money::zero(self.paid.currency());
        let transaction = |kind, amount, used, reference| PaymentTransaction {
            kind,
            tender: position,
            amount,
            charged: self.charged_for(amount, used),
            used,
            // What an import calls refunded was paid out by the shop that it comes from.
            owed: zero,
            abandoned: zero,
            outside: zero,
            reference,
            created_at: at,
        };
        let is_authorized = self.authorized.minor() > self.paid.minor();
        let is_begun = self.reference.is_some() && self.authorized.is_zero() && self.paid.is_zero();
        let authorization = (self.is_online && (is_authorized || is_begun)).then(|| {
            // No money is authorized any more for a canceled or closed order.
            let is_over = matches!(state, OrderState::Canceled | OrderState::Closed);
            let used = if is_over { self.authorized } else { self.paid };
            let reference = self.reference.clone();
            transaction(TransactionKind::Authorization, self.authorized, used, reference)
        });
        let capture = self.paid.is_positive().then(|| {
            transaction(
                TransactionKind::Capture,
                self.paid,
                self.refunded,
                self.reference.clone(),
            )
        });
        authorization.into_iter().chain(capture)
    }
}
