//! The mail to the buyer about a refund that a payment provider has carried out.

use countermand_domain::{ConfigScope, Money};
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
        let store = order.id.store();
        let settings = shop.settings_at(ConfigScope::Store(store));
        let is_reached = !order.customer.email.is_empty() && !order.is_erased();
        if !settings.refund_mail_enabled.value || !is_reached {
            return Ok(None);
        }
        let tender = order.payment.tender_of(transaction);
        let name = tender.map(|it| it.shown_name(&settings.payment_method_names.value).to_owned());
        let storefront = storefront_settings(shop, store);
        let message = MailMessage::RefundPaid {
            order_number: order.number.clone(),
            refund: amount_text(amount, locale_of(order, shop)),
            payment_method: name.filter(|name| !name.is_empty()),
            link: storefront.map(|it| order_link(&it, &self.tokens().seal(order.id))),
        };
        let mail = self.mail_to_buyer(order, shop, message, self.now());
        self.owe_mail(Some(order.id), &mail).map(Some)
    }
}
