//! The mails about requests for a cancellation: to the buyer, and to the shop itself.

use chrono::{DateTime, SecondsFormat, Utc};
use countermand_domain::{
    Cancellation, CancellationRequest, ConfigScope, ItemPosition, Notice, Order, OrderEvent, OrderItem,
    Quantity, Shop,
};
use countermand_persistence::NewObligation;

use crate::App;
use crate::error::AppError;
use crate::mails::amount_text::amount_text;
use crate::mails::merchant_notice::who;
use crate::mails::notice::locale_of;
use crate::orders::order_link::{order_link, storefront_settings};
use crate::ports::{CanceledLine, MailMessage};

impl App {
    /// What the buyer is told about the request of `order`.
    pub(super) fn request_message(
        &self,
        notice: &Notice,
        order: &Order,
        shop: &Shop,
    ) -> Result<MailMessage, AppError> {
        let request = newest(order)?;
        let storefront = storefront_settings(shop, order.id.store());
        let link = storefront.map(|settings| order_link(&settings, &self.tokens().seal(order.id)));
        let order_number = order.number.clone();
        let items = if request.is_whole {
            Vec::new()
        } else {
            selected_lines(order, &request.items)
        };
        if *notice == Notice::CancellationRequested {
            return Ok(MailMessage::CancellationRequested {
                order_number,
                items,
                link,
            });
        }
        if *notice == Notice::RequestWithdrawn {
            return Ok(MailMessage::RequestWithdrawn {
                order_number,
                items,
                link,
            });
        }
        let decision = request.decision.as_ref();
        Ok(MailMessage::RequestRefused {
            order_number,
            items: selected_lines(order, &request.items),
            total: total_left(order, locale_of(order, shop)),
            is_too_late: *notice == Notice::RequestTooLate,
            reason: decision.and_then(|it| it.reason.clone()),
            link,
        })
    }

    /// The mail to the shop's own address; none where no address is set.
    pub(super) fn merchant_request_notice(
        &self,
        notice: &Notice,
        order: &Order,
        shop: &Shop,
        event: &OrderEvent,
    ) -> Result<Option<NewObligation>, AppError> {
        let settings = shop.settings_at(ConfigScope::Store(order.id.store()));
        let email = settings.merchant_notice_email.value.clone();
        if email.is_empty() {
            return Ok(None);
        }
        let request = newest(order)?;
        let (requested_by, staff_name) = who(&request.actor);
        let text_of = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let message = if *notice == Notice::MerchantRequestOverdue {
            MailMessage::MerchantRequestOverdue {
                order_number: order.number.clone(),
                buyer: order.customer.full_name(),
                requested_by,
                staff_name,
                reason: request.reason.clone(),
                comment: request.comment.clone(),
                requested_at: text_of(request.requested_at),
                due_at: request.due_at.map(text_of),
                items: selected_lines(order, &request.items),
            }
        } else {
            MailMessage::MerchantRequest {
                order_number: order.number.clone(),
                buyer: order.customer.full_name(),
                requested_by,
                staff_name,
                reason: request.reason.clone(),
                comment: request.comment.clone(),
                due_at: request.due_at.map(text_of),
                items: selected_lines(order, &request.items),
            }
        };
        let mail = self.mail_to_shop(email, order, shop, message, event.at);
        self.owe_mail(Some(order.id), &mail).map(Some)
    }
}

fn newest(order: &Order) -> Result<&CancellationRequest, AppError> {
    let request = order.cancellation_request.as_ref();
    request.ok_or_else(|| AppError::Internal(format!("order {} has a notice of no request", order.id)))
}

/// What the newest request of `order` asked for, and the cancellation `facts` does not take.
pub(super) fn refused_lines(order: &Order, facts: &Cancellation) -> Vec<CanceledLine> {
    let Some(request) = facts.request.as_ref().and(order.cancellation_request.as_ref()) else {
        return Vec::new();
    };
    let refused = request.items.iter().map(|&(position, asked)| {
        let taken = facts.items.iter().find(|row| row.item == position);
        let taken = taken.map_or(Quantity::ZERO, |row| row.canceled.plus(row.refunded));
        (position, asked.minus(taken))
    });
    let refused: Vec<_> = refused.filter(|line| line.1.is_positive()).collect();
    selected_lines(order, &refused)
}

/// What the buyer owes for `order` in all, after what is canceled and paid back; none where the amounts cannot be
/// added.
pub(super) fn total_left(order: &Order, locale: &str) -> Option<String> {
    let totals = order.totals;
    let billed = totals.grand_total.checked_sub(totals.canceled).ok()?;
    let left = billed.checked_sub(totals.refunded).ok()?;
    Some(amount_text(left, locale))
}

/// The items that were asked for; a set stands for its parts.
pub(super) fn selected_lines(order: &Order, selected: &[(ItemPosition, Quantity)]) -> Vec<CanceledLine> {
    let line = |item: &OrderItem| {
        let asked = selected.iter().find(|line| line.0 == item.position)?;
        Some(CanceledLine {
            sku: item.sku.clone(),
            name: item.name.clone(),
            quantity: asked.1.to_string(),
        })
    };
    order.items.iter().filter_map(line).collect()
}
