//! The mails about a void or a refund that failed at its payment provider: to the shop itself, and to the buyer to whom the
//! refund counted as paid back.

use countermand_domain::{ConfigScope, EventData, FailedReversal, Order, OrderEvent, Shop};
use countermand_persistence::NewObligation;

use crate::App;
use crate::error::AppError;
use crate::mails::amount_text::amount_text;
use crate::mails::notice::locale_of;
use crate::mails::refund_mail::shown_tender;
use crate::obligations::CausingChange;
use crate::orders::order_link::{order_link, storefront_settings};
use crate::ports::MailMessage;

/// The most characters of what is known of a failure that a mail shows. `needsAttention` shows all of them.
const LONGEST_DETAIL: usize = 300;

impl App {
    /// What the buyer is told about the refund whose failure `event` tells. It was to go back by the tender of the capture at
    /// index `transaction`.
    pub(super) fn failed_refund_message(
        &self,
        transaction: usize,
        order: &Order,
        shop: &Shop,
        event: &OrderEvent,
    ) -> Result<MailMessage, AppError> {
        let failed = failure(order, event)?;
        let storefront = storefront_settings(shop, order.id.store());
        Ok(MailMessage::RefundFailed {
            order_number: order.number.clone(),
            refund: amount_text(failed.amount, locale_of(order, shop)),
            payment_method: shown_tender(order, shop, transaction),
            link: storefront.map(|it| order_link(&it, &self.tokens().seal(order.id))),
        })
    }

    /// The mail to the shop's own address about the void or the refund of the transaction at index `transaction`; none where
    /// no address is set.
    pub(super) fn merchant_failure_notice(
        &self,
        transaction: usize,
        change: &CausingChange<'_>,
    ) -> Result<Option<NewObligation>, AppError> {
        let (order, shop, event) = (&change.transition.after, change.shop, &change.transition.event);
        let settings = shop.settings_at(ConfigScope::Store(order.id.store()));
        let email = settings.merchant_notice_email.value.clone();
        if email.is_empty() {
            return Ok(None);
        }
        let failed = failure(order, event)?;
        let state = change.provider_state.map(|state| &state.kept.entry);
        let detail = state.map(|entry| entry.detail.chars().take(LONGEST_DETAIL).collect::<String>());
        let payment = order.payment.transactions.get(transaction);
        let message = MailMessage::MerchantRefundFailed {
            order_number: order.number.clone(),
            amount: amount_text(failed.amount, locale_of(order, shop)),
            is_refund: failed.is_refund,
            was_refunded: failed.was_refunded,
            is_by_others: failed.is_by_others,
            reason: failed.reason.code().to_owned(),
            detail: detail.filter(|detail| !detail.is_empty()),
            payment_provider: failed.account.clone(),
            payment: payment.and_then(|it| it.reference.clone()),
            reference: state.and_then(|entry| entry.reference.clone()),
            obligation: failed.obligation.clone(),
        };
        let mail = self.mail_to_shop(email, order, shop, message, event.at);
        self.owe_mail(Some(order.id), &mail).map(Some)
    }
}

/// The failure that `event` tells.
fn failure<'a>(order: &Order, event: &'a OrderEvent) -> Result<&'a FailedReversal, AppError> {
    let EventData::ReversalFailed(failed) = &event.data else {
        return Err(AppError::Internal(format!(
            "order {} has a notice of no failed refund",
            order.id
        )));
    };
    Ok(failed)
}
