//! Plans the orders: how many there are of each situation, and their buyers, store views and dates.

use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};

use super::draft::{Basket, Coupon, Draft};
use super::people::{Person, people};
use super::shop::{SHOPS, Shop};
use super::situation::Situation;
use super::{ANNA_EMAIL, GUEST_EMAIL};

/// The number of orders of each store view, without the four known orders.
const ORDERS_PER_SHOP: [usize; 4] = [80, 38, 42, 36];

/// The least age of the planned orders in the store view `default`. The known orders are younger, so that their
/// numbers are always the same.
const DEFAULT_SHOP_MIN_AGE: TimeDelta = TimeDelta::hours(28);

/// The number of orders of each situation and basket, 196 in all.
const PLAN: [(Situation, &[(Basket, usize)]); 19] = {
    use Basket::{
        Bundle, Configurable, Downloadable, FixedBundle, GiftCard, Mixed, Several, Single, Virtual,
    };
    [
        (
            Situation::Unpaid,
            &[
                (Several, 12),
                (Single, 6),
                (Configurable, 4),
                (Bundle, 3),
                (FixedBundle, 2),
                (Virtual, 2),
                (Downloadable, 2),
                (GiftCard, 2),
                (Mixed, 2),
            ],
        ),
        (
            Situation::PaidOffline,
            &[
                (Several, 8),
                (Configurable, 3),
                (Bundle, 2),
                (FixedBundle, 1),
                (Mixed, 2),
            ],
        ),
        (
            Situation::PaidOnline,
            &[
                (Several, 10),
                (Single, 6),
                (Configurable, 4),
                (Bundle, 2),
                (FixedBundle, 1),
                (Mixed, 1),
            ],
        ),
        (Situation::PartlyInvoiced, &[(Several, 6), (Bundle, 1)]),
        (Situation::PartlyCaptured, &[(Several, 4)]),
        (Situation::OpenInvoice, &[(Several, 4)]),
        (Situation::PartlyRefunded, &[(Several, 6)]),
        (
            Situation::Refunded,
            &[(Several, 6), (Single, 3), (Configurable, 2), (Virtual, 1)],
        ),
        (Situation::PartlyShipped, &[(Several, 8)]),
        (Situation::ShippedUnpaid, &[(Several, 2), (Single, 2)]),
        (
            Situation::Complete,
            &[
                (Several, 14),
                (Single, 8),
                (Configurable, 5),
                (Bundle, 3),
                (FixedBundle, 2),
                (Virtual, 2),
                (Downloadable, 3),
                (GiftCard, 2),
                (Mixed, 2),
            ],
        ),
        (Situation::OnHold, &[(Several, 3), (Single, 2)]),
        (Situation::PaidOnHold, &[(Several, 2)]),
        (Situation::PendingPayment, &[(Several, 4), (Single, 2)]),
        (Situation::PaymentReview, &[(Several, 2)]),
        (Situation::SuspectedFraud, &[(Several, 1), (Single, 1)]),
        (Situation::Authorized, &[(Several, 4), (Single, 2)]),
        (
            Situation::Canceled,
            &[(Several, 4), (Single, 3), (Configurable, 1)],
        ),
        (Situation::Free, &[(Single, 3), (Downloadable, 1)]),
    ]
};

/// The planned orders in a random sequence, and the four known orders.
pub(super) fn drafts(rng: &mut StdRng, now: DateTime<Utc>) -> Vec<Draft> {
    let people = people();
    let mut shops: Vec<&'static Shop> = SHOPS
        .iter()
        .zip(ORDERS_PER_SHOP)
        .flat_map(|(shop, count)| std::iter::repeat_n(shop, count))
        .collect();
    shops.shuffle(rng);

    let baskets = PLAN
        .iter()
        .flat_map(|(situation, baskets)| baskets.iter().map(move |basket| (*situation, *basket)))
        .flat_map(|(situation, (basket, count))| std::iter::repeat_n((situation, basket), count));
    let mut drafts = Vec::new();
    for (nth, ((situation, basket), shop)) in baskets.zip(shops).enumerate() {
        let is_guest = nth % 4 == 3;
        let candidates: Vec<&Person> = people
            .iter()
            .filter(|person| person.store == shop.store && person.account.is_none() == is_guest)
            .collect();
        let Some(&&buyer) = candidates.choose(rng) else {
            continue;
        };
        drafts.push(Draft {
            shop,
            buyer,
            situation,
            basket,
            coupon: coupon(nth, situation, basket),
            uses_gift_card: nth % 7 == 2 && takes_gift_cards(situation),
            placed_at: placed_at(situation, shop, rng, now),
        });
    }
    drafts.extend(known(&people, now));
    drafts
}

/// The coupon of the `nth` order. Every fifth order has one, if it fits the basket.
fn coupon(nth: usize, situation: Situation, basket: Basket) -> Option<Coupon> {
    if situation == Situation::Free {
        return Some(Coupon::Everything);
    }
    let common = Coupon::COMMON[nth / 5 % Coupon::COMMON.len()];
    let fits = basket.may_be_discounted() && (basket.is_shipped() || common != Coupon::FreeShipping);
    (nth % 5 == 1 && fits).then_some(common)
}

/// Whether a gift card may pay a part of the order. The order must be invoiced as a whole or not at all, and not be
/// refunded, so that the part of the gift card is never split.
fn takes_gift_cards(situation: Situation) -> bool {
    matches!(
        situation,
        Situation::Unpaid | Situation::PaidOffline | Situation::PaidOnline | Situation::Complete
    )
}

fn placed_at(situation: Situation, shop: &Shop, rng: &mut StdRng, now: DateTime<Utc>) -> DateTime<Utc> {
    let (least, most) = situation.age_in_hours();
    let youngest = if shop.store == 1 {
        TimeDelta::hours(least).max(DEFAULT_SHOP_MIN_AGE)
    } else {
        TimeDelta::hours(least)
    };
    let seconds = rng.random_range(youngest.num_seconds()..=most * 3600);
    before(now, TimeDelta::seconds(seconds))
}

/// The four known orders, whose numbers the demo prints. They are the youngest of the store view `default`.
fn known(people: &[Person], now: DateTime<Utc>) -> Vec<Draft> {
    let minutes_ago = [
        (1629, ANNA_EMAIL, Situation::PartlyShipped),
        (1215, ANNA_EMAIL, Situation::PaidOffline),
        (418, GUEST_EMAIL, Situation::Unpaid),
        (127, ANNA_EMAIL, Situation::Unpaid),
    ];
    minutes_ago
        .into_iter()
        .filter_map(|(minutes, email, situation)| {
            let buyer = people.iter().find(|person| person.email == email)?;
            Some(Draft {
                shop: &SHOPS[0],
                buyer: *buyer,
                situation,
                basket: Basket::Several,
                coupon: None,
                uses_gift_card: false,
                placed_at: before(now, TimeDelta::minutes(minutes)),
            })
        })
        .collect()
}

fn before(now: DateTime<Utc>, age: TimeDelta) -> DateTime<Utc> {
    now.checked_sub_signed(age).unwrap_or(now)
}
