//! The mail to the buyer about a refund that a payment provider has carried out.

use countermand_domain::{ConfigScope, Money, Order, Shop};
use countermand_persistence::NewObligation;

use crate::App;
use crate::error::AppError;
use crate::mails::amount_text::amount_text;
use crate::mails::notice::locale_of;
use crate::order_command::Subject;
use crate::orders::order_link::{order_link, storefront_settings};
use crate::ports::MailMessage;

impl App {
    /// The mail about `amount`, which went back by the tender of the capture at index `transaction`; none where the
    /// store view sends no such mails, and where the order has no address of a buyer.
    pub(crate) fn refund_mail(
        &self,
        subject: &Subject,
        transaction: usize,
        amount: Money,
    ) -> Result<Option<NewObligation>, AppError> {
        let (order, shop) = (subject.order.as_ref(), subject.shop.as_ref());
        if !is_told_of_refunds(order, shop) {
            return Ok(None);
        }
        let storefront = storefront_settings(shop, order.id.store());
        let message = MailMessage::RefundPaid {
            order_number: order.number.clone(),
            refund: amount_text(amount, locale_of(order, shop)),
            payment_method: shown_tender(order, shop, transaction),
            link: storefront.map(|it| order_link(&it, &self.tokens().seal(order.id))),
        };
        let mail = self.mail_to_buyer(order, shop, message, self.now());
        self.owe_mail(Some(order.id), &mail).map(Some)
    }
}

/// Whether mails tell the buyer of `order` of refunds: the store view sends them, and the order has an address of a buyer.
pub(crate) fn is_told_of_refunds(order: &Order, shop: &Shop) -> bool {
    let settings = shop.settings_at(ConfigScope::Store(order.id.store()));
    let is_reached = !order.customer.email.is_empty() && !order.is_erased();
    settings.refund_mail_enabled.value && is_reached
}

/// The name of the tender of the transaction at index `transaction`, as the buyer knows it; none where the order names
/// none.
pub(super) fn shown_tender(order: &Order, shop: &Shop, transaction: usize) -> Option<String> {
    let settings = shop.settings_at(ConfigScope::Store(order.id.store()));
    let tender = order.payment.tender_of(transaction);
    let name = tender.map(|it| it.shown_name(&settings.payment_method_names.value).to_owned());
    name.filter(|name| !name.is_empty())
}
