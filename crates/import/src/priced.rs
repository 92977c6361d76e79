//! Reads all parts of an order that have a price, and checks that the parts agree with the totals.

use countermand_domain::{
    Coupon, Discount, GiftCardsUsed, Money, MoneyError, OrderItem, OrderState, PointsUsed, RowMoney,
    Shipping, Subscription, TaxLine, Totals,
};

use super::balance::{Balance, check_invoiced};
use super::breakdown::{read_discounts, read_gift_cards, read_points, read_taxes};
use super::charges::OtherAmounts;
use super::exact::decimal_of;
use super::field_name;
use super::items::{finish_rows, read_rows};
use super::notes::Notes;
use super::other_fields::OtherField;
use super::raw::Raw;
use super::refused_field::OrderRefusal;
use super::remainder::{Remainder, counting};
use super::shape::{ExtensionShape, OrderShape, ShippingShape};
use super::shipping::{read_price, read_shipping};
use super::subscriptions::read_subscriptions;
use super::totals::StatedTotals;

/// Items, shipping and totals, with the taxes, discounts and coupons that a shopper saw, and the points and gift cards
/// used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Priced {
    pub(super) items: Vec<OrderItem>,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) shipping: Shipping,
    pub(super) others: OtherAmounts,
    pub(super) totals: Totals,
    pub(super) taxes: Vec<TaxLine>,
    pub(super) discounts: Vec<Discount>,
    pub(super) coupons: Vec<Coupon>,
    pub(super) points: Option<PointsUsed>,
    pub(super) gift_cards: Option<GiftCardsUsed>,
}

impl Priced {
    /// Reads the parts; `notes` tells which totals were rounded.
    pub(super) fn read(
        (json, shape): (Raw<'_>, &OrderShape<'_>),
        extension: &ExtensionShape<'_>,
        assigned: &ShippingShape<'_>,
        state: OrderState,
        notes: &mut Notes,
    ) -> Result<Self, OrderRefusal> {
        let stated = StatedTotals::read(shape, extension, state, notes)?;
        let mut rows = read_rows(shape.items, state, notes)?;
        let price = read_price(shape, notes)?;
        let remainder = Remainder {
            json,
            shape,
            extension,
            stated: &stated,
            price,
        };
        let fields = remainder.explained(&mut rows, notes)?;
        let others: Vec<_> = fields.iter().flat_map(OtherField::signed).collect();
        let balance = Balance::of(
            stated.grand_total,
            &counting(&rows),
            price,
            stated.credits,
            &others,
            stated.currency,
        )?;
        let items = finish_rows(&rows, balance.rows, stated.currency, notes)?;
        let subscriptions = read_subscriptions(&rows, &items, notes)?;
        let anything_invoiced =
            stated.invoiced > 0 || items.iter().any(|item| item.quantities.invoiced.is_positive());
        let whole_shipping = (balance.shipping, price.net);
        let shipping = read_shipping(shape, assigned, whole_shipping, anything_invoiced, state, notes)?;
        let mut others = OtherAmounts::of(&fields, balance.others);
        let credits = others.credits.iter().map(|credit| credit.amount);
        let credits = Money::sum(stated.currency, credits.chain([balance.credits]))?;
        let mut totals = stated.rounded(credits, anything_invoiced, notes)?;
        others.settle(&totals, &items, &shipping, state, anything_invoiced)?;
        if let Err(refusal) = check_invoiced(&totals, &items, &shipping, &others.charges, balance.rounded) {
            notes.tolerate(refusal)?;
        }
        note_money_kept(&totals, state, notes)?;

        let counted = items.iter().filter(|item| item.counts).map(|item| item.ordered);
        let whole = RowMoney::sum(stated.currency, counted.chain([shipping.ordered]))?;
        let (coupons, discounts) = read_discounts(shape, extension, whole.discount, notes)?;
        let taxes = read_taxes(extension, &rows, whole.tax, notes)?;
        let points = read_points(extension, notes)?;
        let credits = if points.is_some() {
            totals.stored_value
        } else {
            // Without the number of points, their worth is all that can be given back.
            balance.credits
        };
        let stored_value = with_credits_of_extensions(credits, &others, field_name::is_stored_value)?;
        totals.stored_value = stored_value.checked_min(totals.credits)?;
        let cards = with_credits_of_extensions(stated.gift_cards(), &others, field_name::is_gift_card)?;
        let gift_cards = read_gift_cards(extension, cards.checked_min(totals.stored_value)?, notes)?;
        Ok(Self {
            items,
            subscriptions,
            shipping,
            others,
            totals,
            taxes,
            discounts,
            coupons,
            points,
            gift_cards,
        })
    }
}

/// `credits`, and the credits of extensions whose name is `wanted`.
fn with_credits_of_extensions(
    credits: Money,
    others: &OtherAmounts,
    wanted: fn(&str) -> bool,
) -> Result<Money, MoneyError> {
    let of_extensions = others.credits.iter().filter(|it| wanted(&it.code));
    let amounts = of_extensions.map(|it| it.amount).chain([credits]);
    Money::sum(credits.currency(), amounts)
}

/// Notes money of a canceled or closed order that was never paid back. Of a closed order the shop
/// may have kept a part as a fee, so this order gets a note only when no money at all came back.
fn note_money_kept(totals: &Totals, state: OrderState, notes: &mut Notes) -> Result<(), OrderRefusal> {
    let paid = totals.paid.unwrap_or(Money::zero(totals.grand_total.currency()));
    let contradicts = match state {
        OrderState::Canceled => {
            paid.checked_sub(totals.refunded)?.is_positive()
                || totals.invoiced.checked_sub(paid)?.is_positive()
        }
        OrderState::Closed => {
            totals.invoiced.is_positive() && paid.is_positive() && !totals.refunded.is_positive()
        }
        _ => false,
    };
    if contradicts {
        let [invoiced, paid, refunded] = [totals.invoiced, paid, totals.refunded].map(decimal_of);
        notes.push(format!(
            "state is {state}, although {invoiced} is invoiced, {paid} paid and {refunded} refunded"
        ));
    }
    Ok(())
}
