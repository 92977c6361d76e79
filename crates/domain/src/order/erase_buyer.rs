//! Erases the buyer of an order: what the law wants kept stays (amounts, items, documents, numbers, dates and the
//! countries, on which taxes depend), and everything else about the person is replaced.

use chrono::{DateTime, Utc};

use crate::cancellation::CancellationRequest;
use crate::event::{EventData, OrderEvent};
use crate::order::{Actor, Address, GiftCardDetail, Order, OrderCustomer};
use crate::transition::Transition;

/// The text in the place of an erased one.
pub const ERASED: &str = "Erased";
/// The end of the address of an erased buyer.
const ERASED_DOMAIN: &str = "@erased.invalid";

impl Order {
    /// Whether the buyer was erased. Such an order belongs to no person: only staff sees it, and no mail about it is sent
    /// to a buyer.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.customer.email.ends_with(ERASED_DOMAIN)
    }

    /// Replaces what the order says about its buyer. The order belongs to no account afterwards.
    ///
    /// Each order gets an address of its own, so that erased orders do not tell that one person placed them. The domain
    /// `invalid` never receives mail.
    #[must_use]
    pub fn erase_buyer(&self, actor: &Actor, now: DateTime<Utc>) -> Transition {
        let mut after = self.clone();
        after.customer = OrderCustomer {
            id: None,
            email: format!("erased-{}{ERASED_DOMAIN}", self.id.number()),
            firstname: ERASED.into(),
            lastname: ERASED.into(),
            middlename: None,
            prefix: None,
            suffix: None,
            group: None,
        };
        after.billing_address = erased_address(&self.billing_address);
        after.shipping_address = self.shipping_address.as_ref().map(erased_address);
        // The values may name a card, a bank account or a person.
        after.payment.additional_data.clear();
        after.payment.title.clone_from(&after.payment.method);
        for tender in &mut after.payment.tenders {
            tender.title.clone_from(&tender.method);
        }
        // Codes and labels may be made for one person, and points have no owner any more. The amounts of the discounts
        // stay.
        after.coupons.clear();
        after.points = None;
        for discount in &mut after.discounts {
            discount.coupon = None;
            discount.label = ERASED.into();
        }
        for item in &mut after.items {
            // Adobe does not always tell which options were typed.
            for option in item.entered_options.iter_mut().chain(&mut item.selected_options) {
                option.value = ERASED.into();
            }
            if item.gift_card.is_some() {
                item.gift_card = Some(GiftCardDetail {
                    sender_name: None,
                    sender_email: None,
                    recipient_name: None,
                    recipient_email: None,
                    message: None,
                });
            }
        }
        for shipment in &mut after.shipments {
            // A carrier tells the address for the number of a parcel.
            shipment.tracking.clear();
        }
        let request = after.cancellation_request.take();
        after.cancellation_request = request.map(CancellationRequest::without_buyer);
        for end in after.subscriptions.iter_mut().filter_map(|it| it.end.as_mut()) {
            end.comment = end.comment.as_ref().map(|_| ERASED.into());
        }
        // Any line may hold what the buyer wrote or what staff wrote about the buyer. The events keep what was done.
        for comment in &mut after.comments {
            comment.text = ERASED.into();
        }
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::BuyerErased,
        };
        Transition::new(after, event)
    }
}

/// Only the country stays of an address.
fn erased_address(address: &Address) -> Address {
    Address {
        firstname: ERASED.into(),
        lastname: ERASED.into(),
        street: vec![ERASED.into()],
        city: ERASED.into(),
        country: address.country.clone(),
        ..Address::default()
    }
}
