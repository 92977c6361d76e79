//! The mail to the buyer about a subscription that ends, has ended or goes on.

use chrono_tz::Tz;
use countermand_domain::{EventData, ItemPosition, Order, OrderEvent, Shop};

use crate::App;
use crate::error::AppError;
use crate::mails::amount_text::amount_text;
use crate::mails::notice::locale_of;
use crate::orders::order_link::{order_link, storefront_settings};
use crate::ports::{MailMessage, SubscriptionChange};

impl App {
    /// What the buyer is told about the subscription that `event` changed.
    pub(super) fn subscription_message(
        &self,
        order: &Order,
        shop: &Shop,
        event: &OrderEvent,
    ) -> Result<MailMessage, AppError> {
        let storefront = storefront_settings(shop, order.id.store());
        let link = storefront.map(|settings| order_link(&settings, &self.tokens().seal(order.id)));
        let order_number = order.number.clone();
        let product = |item: ItemPosition| {
            order
                .item(item)
                .map_or_else(String::new, |item| item.name.clone())
        };
        match &event.data {
            EventData::SubscriptionEnded(ended) => {
                let zone = shop
                    .store(order.id.store())
                    .and_then(|store| store.timezone.parse().ok());
                let ends_on = ended.end.at.with_timezone(&zone.unwrap_or(Tz::UTC));
                let share = Some(ended.share).filter(|share| share.is_positive());
                Ok(MailMessage::SubscriptionChanged {
                    order_number,
                    product: product(ended.item),
                    change: if ended.end.at > event.at {
                        SubscriptionChange::Ending
                    } else {
                        SubscriptionChange::Ended
                    },
                    ends_on: Some(ends_on.format("%Y-%m-%d").to_string()),
                    refund: share.map(|share| amount_text(share, locale_of(order, shop))),
                    link,
                })
            }
            EventData::SubscriptionResumed { item, .. } => Ok(MailMessage::SubscriptionChanged {
                order_number,
                product: product(*item),
                change: SubscriptionChange::Resumed,
                ends_on: None,
                refund: None,
                link,
            }),
            _ => Err(AppError::Internal(format!(
                "order {} has a notice of no subscription",
                order.id
            ))),
        }
    }
}
