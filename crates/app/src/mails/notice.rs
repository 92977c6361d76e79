//! The mails that a change of an order causes: a notice of the rules becomes a mail with links and addresses.

use countermand_domain::{
    Cancellation, ConfigScope, ConfirmationKey, Effect, GuestKeyChange, Notice, Order, Selection, Shop,
    Transition,
};
use countermand_persistence::NewObligation;

use crate::App;
use crate::error::AppError;
use crate::mails::amount_text::amount_text;
use crate::mails::merchant_notice::{canceled_lines, merchant_notice};
use crate::mails::order_summary::order_summary;
use crate::mails::request_mail::{refused_lines, selected_lines, total_left};
use crate::obligations::CausingChange;
use crate::orders::order_link::{confirmation_link, order_link, storefront_settings};
use crate::ports::MailMessage;

impl App {
    /// The mails that `change` causes, as obligations that are written with it.
    pub(crate) fn mails_of(&self, change: &CausingChange<'_>) -> Result<Vec<NewObligation>, AppError> {
        let mut mails = Vec::new();
        for effect in &change.transition.effects {
            match effect {
                Effect::Notify(notice) => mails.extend(self.mail_of(notice, change)?),
                Effect::Void { .. } | Effect::Refund { .. } => {}
            }
        }
        Ok(mails)
    }

    fn mail_of(
        &self,
        notice: &Notice,
        change: &CausingChange<'_>,
    ) -> Result<Option<NewObligation>, AppError> {
        let (transition, shop) = (change.transition, change.shop);
        let (order, event) = (&transition.after, &transition.event);
        let message = match (notice, transition.cancellation()) {
            (
                Notice::CancellationRequested
                | Notice::RequestDeclined
                | Notice::RequestTooLate
                | Notice::RequestWithdrawn,
                _,
            ) => self.request_message(notice, order, shop)?,
            (Notice::SubscriptionChanged, _) => self.subscription_message(order, shop, event)?,
            (Notice::MerchantRequestNotice | Notice::MerchantRequestOverdue, _) => {
                return self.merchant_request_notice(notice, order, shop, event);
            }
            (Notice::MerchantReversalFailed { transaction }, _) => {
                return self.merchant_failure_notice(*transaction, change);
            }
            (Notice::RefundFailed { transaction }, _) => {
                self.failed_refund_message(*transaction, order, shop, event)?
            }
            (Notice::ConfirmCancellation(key), _) => self.key_message(transition, shop, key),
            (Notice::OrderCanceled, Some(facts)) => self.canceled_message(order, shop, facts),
            (Notice::MerchantNotice, Some(facts)) => {
                return merchant_notice(self, order, shop, event, facts);
            }
            (Notice::OrderCanceled | Notice::MerchantNotice, None) => {
                let problem = format!("order {} has a notice of no cancellation", order.id);
                return Err(AppError::Internal(problem));
            }
        };
        if order.customer.email.is_empty() {
            return Ok(None);
        }
        let mail = self.mail_to_buyer(order, shop, message, event.at);
        self.owe_mail(Some(order.id), &mail).map(Some)
    }

    fn key_message(&self, transition: &Transition, shop: &Shop, key: &ConfirmationKey) -> MailMessage {
        let order = &transition.after;
        let store = order.id.store();
        let settings = storefront_settings(shop, store);
        // The request came through the website, so the website has no storefront only if it was disabled just now.
        let settings = settings.unwrap_or_else(|| shop.settings_at(ConfigScope::Store(store)));
        let token = self.tokens().seal(order.id);
        MailMessage::ConfirmCancellation {
            order_number: order.number.clone(),
            items: match &transition.guest_key {
                Some(GuestKeyChange::Replace(kept)) => match &kept.intent.selection {
                    Selection::All => Vec::new(),
                    Selection::Items(selected) => selected_lines(order, selected),
                },
                Some(GuestKeyChange::Use) | None => Vec::new(),
            },
            link: confirmation_link(&settings, order.id, &key.text, &token),
            order: order_summary(order, locale_of(order, shop)),
        }
    }

    fn canceled_message(&self, order: &Order, shop: &Shop, facts: &Cancellation) -> MailMessage {
        let storefront = storefront_settings(shop, order.id.store());
        let locale = locale_of(order, shop);
        let credit = Some(facts.restores.credits).filter(|it| it.is_positive());
        MailMessage::OrderCanceled {
            order_number: order.number.clone(),
            items: if facts.is_partial {
                canceled_lines(order, facts)
            } else {
                Vec::new()
            },
            refused_items: refused_lines(order, facts),
            new_total: if facts.is_partial {
                total_left(order, locale)
            } else {
                None
            },
            refund: refund_text(facts, locale),
            credit: credit.map(|credit| amount_text(credit, locale)),
            is_free: order.is_free(),
            link: storefront.map(|settings| order_link(&settings, &self.tokens().seal(order.id))),
            order: order_summary(order, locale),
        }
    }
}

/// The locale of the order's store view.
pub(crate) fn locale_of<'a>(order: &Order, shop: &'a Shop) -> &'a str {
    let store = shop.store(order.id.store());
    store.map_or("en_US", |store| &store.locale)
}

/// The money that flows back, as text for a mail to readers of `locale`; none when no money does.
pub(crate) fn refund_text(facts: &Cancellation, locale: &str) -> Option<String> {
    let refund = facts.refunded_total;
    refund.is_positive().then(|| amount_text(refund, locale))
}
