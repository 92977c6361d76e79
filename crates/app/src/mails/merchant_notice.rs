//! The mail that tells the shop itself about a canceled order, if the shop has set an address for that.

use countermand_domain::{Actor, Cancellation, ConfigScope, Order, OrderEvent, OrderItem, Quantity, Shop};
use countermand_persistence::NewObligation;

use crate::App;
use crate::error::AppError;
use crate::mails::notice::{locale_of, refund_text};
use crate::ports::{CanceledBy, CanceledLine, MailMessage};

/// The mail to the shop's own address; none where no address is set.
pub(crate) fn merchant_notice(
    app: &App,
    order: &Order,
    shop: &Shop,
    event: &OrderEvent,
    cancellation: &Cancellation,
) -> Result<Option<NewObligation>, AppError> {
    let settings = shop.settings_at(ConfigScope::Store(order.id.store()));
    let email = settings.merchant_notice_email.value;
    if email.is_empty() {
        return Ok(None);
    }
    let (canceled_by, staff_name) = who(&event.actor);
    let notice = app.mail_to_shop(
        email,
        order,
        shop,
        MailMessage::MerchantNotice {
            order_number: order.number.clone(),
            buyer: order.customer.full_name(),
            canceled_by,
            staff_name,
            reason: reason_text(order, shop, cancellation),
            comment: cancellation.comment.clone(),
            is_partial: cancellation.is_partial,
            refund: refund_text(cancellation, locale_of(order, shop)),
            items: canceled_lines(order, cancellation),
        },
        event.at,
    );
    app.owe_mail(Some(order.id), &notice).map(Some)
}

pub(super) fn who(actor: &Actor) -> (CanceledBy, Option<String>) {
    match actor {
        Actor::Customer(_) => (CanceledBy::Customer, None),
        Actor::Guest => (CanceledBy::Guest, None),
        Actor::Staff { name } => (CanceledBy::Staff, Some(name.clone())),
        Actor::System => (CanceledBy::System, None),
    }
}

/// The reason as the store view shows it, even if the request spelled it otherwise.
fn reason_text(order: &Order, shop: &Shop, cancellation: &Cancellation) -> String {
    let store = order.id.store();
    let reasons = shop.cancellation_policy(store).reasons;
    let known = reasons
        .reasons()
        .iter()
        .find(|it| it.code == cancellation.reason_code);
    known.map_or_else(
        || cancellation.reason.clone(),
        |reason| reason.description_for(store).to_owned(),
    )
}

/// The items that will not be shipped; a set stands for its parts, unless they were canceled by themselves.
pub(crate) fn canceled_lines(order: &Order, cancellation: &Cancellation) -> Vec<CanceledLine> {
    let named = cancellation.named_units(order).into_iter();
    let line = |(item, quantity): (&OrderItem, Quantity)| CanceledLine {
        sku: item.sku.clone(),
        name: item.name.clone(),
        quantity: quantity.to_string(),
    };
    named.map(line).collect()
}
