//! The plan of a cancellation: how it changes the items and the money of
//! an order. The actor and the reason do not change the plan.

use chrono::{DateTime, Utc};

use crate::cancellation::part_lines::lines_of_part;
use crate::cancellation::rules::{CancellationRules, ShippingRefund};
use crate::cancellation::shipping_share::shipping_of_part;
use crate::cancellation::{CanceledItem, CancellationRefusal, FeeRule, Selection};
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{
    ChargeShare, CreditMemo, CreditMemoLine, ItemPosition, Order, OrderItem, OrderState, OtherCharge,
    WithOrderCharges,
};
use crate::payment::PaymentKind;
use crate::payment::money_before_credits::Refund;

/// How a cancellation changes items and money; the terms and the transition are both made from this plan.
///
/// A cancellation of a part takes shares of the items' money. The last part is the plan
/// of all that is left, so it takes every remainder and every amount of the order as a
/// whole: the authorized money, and the shipping where the rules do not divide it. Hence the parts add up to the cent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CancellationPlan {
    /// Every item of the order, by position.
    items: Vec<CanceledItem>,
    shipping_canceled: RowMoney,
    shipping_refunded: RowMoney,
    charges_canceled: Vec<ChargeShare>,
    charges_refunded: Vec<ChargeShare>,
    /// What the refunded items, shipping and charges are worth.
    refund_value: Money,
    refund: Refund,
    /// Money that was paid without an invoice, and that no later invoice can take any more.
    prepaid_refund: Money,
    /// The part of the money that the shop keeps; none where no rule about fees holds.
    fee: Option<Money>,
    /// The money that flows back in all, without the fee.
    refund_total: Money,
    canceled_total: Money,
    takes_the_rest: bool,
    /// Whether invoiced units of a free order will not be shipped, although no quantity of them changes.
    withdraws_free_units: bool,
}

impl CancellationPlan {
    /// The plan for `selection`. Of a partly shipped or delivered order, all that is left is what the buyer has not.
    pub(crate) fn of(
        order: &Order,
        selection: &Selection,
        rules: &CancellationRules,
    ) -> Result<Self, CancellationRefusal> {
        let lines = match selection {
            Selection::All if !order.has_shipment() && !order.has_units_beyond() => {
                return Ok(Self::rest(order, rules)?);
            }
            Selection::All => order.all_to_give_up(rules.bundle_parts),
            Selection::Items(selected) => {
                order.checked_whole_lines(selected, rules.bundle_parts, |item| order.to_give_up(item))?
            }
        };
        if covers(order, &lines) {
            Ok(Self::rest(order, rules)?)
        } else {
            Ok(Self::part(order, &lines, rules)?)
        }
    }

    /// The plan for all that is left: units that were not invoiced are canceled, and invoiced
    /// (hence paid) units are refunded. In a free order, what is invoiced stays as it is.
    fn rest(order: &Order, rules: &CancellationRules) -> Result<Self, MoneyError> {
        let refunds = !order.is_free();
        let items = order
            .items
            .iter()
            .map(|item| CanceledItem::rest_of(item, refunds));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        let shipping = &order.shipping;
        let plan = Self {
            shipping_canceled: shipping
                .ordered
                .checked_sub(shipping.invoiced)?
                .checked_sub(shipping.canceled)?,
            shipping_refunded: if refunds && rules.shipping_refund != ShippingRefund::None {
                shipping.invoiced.checked_sub(shipping.refunded)?
            } else {
                RowMoney::zero(order.currency())
            },
            charges_canceled: order.charges_left(OtherCharge::left_to_invoice)?,
            charges_refunded: if refunds {
                order.charges_left(OtherCharge::left_to_refund)?
            } else {
                Vec::new()
            },
            canceled_total: order.left_to_bill()?,
            takes_the_rest: true,
            withdraws_free_units: order.is_free() && order.counting_items().any(is_invoiced),
            ..Self::empty(order, items)
        };
        plan.with_refund(order)
    }

    /// The plan for a part of the order: units that were not invoiced are canceled before paid units are refunded.
    fn part(
        order: &Order,
        lines: &[(ItemPosition, Quantity)],
        rules: &CancellationRules,
    ) -> Result<Self, MoneyError> {
        let [canceled, refunded] = lines_of_part(order, lines);
        let canceled_money = order.money_to_bill(&canceled, WithOrderCharges::No)?;
        let refunded_money = order.money_to_refund(&refunded, WithOrderCharges::No)?;
        let items = order.items.iter().map(|item| {
            let mut row = CanceledItem::none_of(item);
            if let Some((quantity, money)) = line_of(item, &canceled, &canceled_money.rows) {
                (row.canceled, row.canceled_money) = (quantity, money);
            }
            if let Some((quantity, money)) = line_of(item, &refunded, &refunded_money.rows) {
                (row.refunded, row.refunded_money) = (quantity, money);
            }
            row
        });
        let items: Vec<_> = items.collect();
        let charges_canceled = canceled_money.charges;
        let charges_refunded = refunded_money.charges;
        let currency = order.currency();
        let [shipping_canceled, shipping_refunded] = shipping_of_part(order, &items, rules.shipping_refund)?;
        let value = RowMoney::sum(currency, items.iter().map(|row| row.canceled_money))?
            .checked_add(shipping_canceled)?
            .payable()?
            .checked_add(order.sum_of_shares(&charges_canceled)?)?;
        let plan = Self {
            shipping_canceled,
            shipping_refunded,
            charges_canceled,
            charges_refunded,
            // Credits cover the money that is billed last, as they do on invoices.
            canceled_total: value.checked_min(order.left_to_bill()?)?.or_zero(),
            ..Self::empty(order, items)
        };
        plan.with_refund(order)
    }

    fn empty(order: &Order, items: Vec<CanceledItem>) -> Self {
        let zero = Money::zero(order.currency());
        Self {
            items,
            shipping_canceled: RowMoney::zero(order.currency()),
            shipping_refunded: RowMoney::zero(order.currency()),
            charges_canceled: Vec::new(),
            charges_refunded: Vec::new(),
            refund_value: zero,
            refund: Refund {
                money: zero,
                credits: zero,
                missing: zero,
            },
            prepaid_refund: zero,
            fee: None,
            refund_total: zero,
            canceled_total: zero,
            takes_the_rest: false,
            withdraws_free_units: false,
        }
    }

    /// Divides what comes back into money and credits, and adds the prepaid money that nothing is left to be paid with.
    fn with_refund(mut self, order: &Order) -> Result<Self, MoneyError> {
        let rows = RowMoney::sum(order.currency(), self.items.iter().map(|row| row.refunded_money))?;
        self.refund_value = rows
            .checked_add(self.shipping_refunded)?
            .payable()?
            .checked_add(order.sum_of_shares(&self.charges_refunded)?)?;
        let prepaid = order.prepaid()?;
        let available = order
            .refundable_of_invoices()?
            .checked_sub(order.fees_still_kept()?)?;
        self.refund = order.refund_from(self.refund_value, available)?;
        let still_to_bill = order.left_to_bill()?.checked_sub(self.canceled_total)?;
        self.prepaid_refund = prepaid.checked_sub(still_to_bill)?.or_zero();
        self.refund_total = self.refund.money.checked_add(self.prepaid_refund)?;
        if !self.needs_credit_memo(order) {
            // Without a credit memo, neither the shipping nor a unit of an item that only describes others goes back.
            self.shipping_refunded = RowMoney::zero(order.currency());
            for row in &mut self.items {
                row.refunded = Quantity::ZERO;
            }
        }
        Ok(self)
    }

    /// The same plan, of whose money the shop keeps a fee.
    pub(crate) fn keeping_fee(self, order: &Order, rule: FeeRule) -> Result<Self, MoneyError> {
        if rule == FeeRule::None {
            return Ok(self);
        }
        let fee = order.fee_kept_of(self.refund_total, rule)?;
        self.keeping(fee)
    }

    /// The same plan, of whose money the shop keeps `fee`.
    pub(crate) fn keeping(mut self, fee: Money) -> Result<Self, MoneyError> {
        self.refund_total = self.refund_total.checked_sub(fee)?;
        self.fee = Some(fee);
        Ok(self)
    }

    /// The fee that the shop keeps; zero where it keeps none.
    pub(crate) fn fee(&self, order: &Order) -> Money {
        self.fee.unwrap_or(Money::zero(order.currency()))
    }

    /// Gift cards, store credit and points that pay for nothing any more: those that the credit memo gives back, and
    /// those that would have paid for what is canceled before it is billed.
    pub(crate) fn freed_credits(&self, order: &Order) -> Result<Money, MoneyError> {
        RowMoney::sum(
            order.currency(),
            self.counting(order).map(|row| row.canceled_money),
        )?
        .checked_add(self.shipping_canceled)?
        .payable()?
        .checked_add(order.sum_of_shares(&self.charges_canceled)?)?
        .checked_sub(self.canceled_total)?
        .checked_add(self.refund.credits)
    }

    /// Each item of the order with what the plan takes of it, by position.
    pub(crate) fn items(&self) -> &[CanceledItem] {
        &self.items
    }

    /// Whether the plan takes no unit and no money. Units of items that only describe others are none.
    pub(crate) fn changes_nothing(&self, order: &Order) -> bool {
        let has_units = self.counting(order).any(CanceledItem::has_units);
        !has_units && !self.gives_back() && !self.withdraws_free_units
    }

    fn gives_back(&self) -> bool {
        self.refund_value.is_positive() || self.prepaid_refund.is_positive()
    }

    /// Whether money or units go back; each unit that goes back is on a credit memo, even if it is worth no money.
    fn needs_credit_memo(&self, order: &Order) -> bool {
        self.gives_back() || self.counting(order).any(|row| row.refunded.is_positive())
    }

    /// The items of the plan whose money counts. `items` has every item of the order, in the same order.
    fn counting<'a>(&'a self, order: &'a Order) -> impl Iterator<Item = &'a CanceledItem> {
        let rows = self.items.iter().zip(&order.items);
        rows.filter(|(_, item)| item.counts).map(|(row, _)| row)
    }

    /// The items of which something is canceled or refunded.
    pub(crate) fn changed_items(&self) -> Vec<CanceledItem> {
        let changes = |row: &&CanceledItem| row.has_units() || !row.canceled_money.is_zero();
        self.items.iter().filter(changes).copied().collect()
    }

    pub(crate) fn shipping_canceled(&self) -> RowMoney {
        self.shipping_canceled
    }

    pub(crate) fn shipping_refunded(&self) -> RowMoney {
        self.shipping_refunded
    }

    /// The parts of other charges that will never be billed.
    pub(crate) fn charges_canceled(&self) -> &[ChargeShare] {
        &self.charges_canceled
    }

    /// The parts of other charges that were paid and come back.
    pub(crate) fn charges_refunded(&self) -> &[ChargeShare] {
        &self.charges_refunded
    }

    pub(crate) fn canceled_total(&self) -> Money {
        self.canceled_total
    }

    pub(crate) fn refund_total(&self) -> Money {
        self.refund_total
    }

    /// Whether the plan takes all that is left to cancel or refund.
    pub(crate) fn takes_the_rest(&self) -> bool {
        self.takes_the_rest
    }

    /// The next state of the order: `before` is the order now, and `after` has the whole plan booked.
    pub(crate) fn next_state(&self, before: &Order, after: &Order) -> Result<OrderState, MoneyError> {
        // An order with shipped units goes on with them, although nothing else is left of it.
        if !self.takes_the_rest || before.has_shipment() {
            return Ok(before.state.after_part(&after.remaining()?));
        }
        let cancels = self.counting(before).any(|row| row.canceled.is_positive());
        let is_free = before.is_free() || before.payment.kind == PaymentKind::Free;
        let was_paid = before.totals.paid.is_some() && !is_free;
        Ok(OrderState::after_cancellation(cancels, was_paid))
    }

    /// The credit memo of the plan. A free order has one only for money that was paid without an invoice.
    ///
    /// The adjustment is the money that was paid without an invoice. It is less, or negative,
    /// when staff gave goodwill before: the shop now keeps the amount that it gave then. A fee makes it less too.
    pub(crate) fn credit_memo(
        &self,
        order: &Order,
        now: DateTime<Utc>,
    ) -> Result<Option<CreditMemo>, MoneyError> {
        if !self.needs_credit_memo(order) {
            return Ok(None);
        }
        let lines = self.items.iter().filter(|row| row.refunded.is_positive());
        let lines = lines.map(|row| CreditMemoLine {
            item: row.item,
            quantity: row.refunded,
            money: row.refunded_money,
        });
        Ok(Some(CreditMemo {
            number: order.document_number(order.credit_memos.len()),
            lines: lines.collect(),
            shipping: self.shipping_refunded,
            other_charges: self.charges_refunded.clone(),
            adjustment: self
                .prepaid_refund
                .checked_sub(self.refund.missing)?
                .checked_sub(self.fee(order))?,
            fee: self.fee,
            grand_total: self.refund_total,
            prepaid: self.prepaid_refund,
            credits: self.refund.credits,
            created_at: now,
        }))
    }
}

fn is_invoiced(item: &OrderItem) -> bool {
    item.quantities.to_refund().is_positive()
}

/// The quantity and the money that `lines` name of `item`.
fn line_of(
    item: &OrderItem,
    lines: &[(ItemPosition, Quantity)],
    money: &[RowMoney],
) -> Option<(Quantity, RowMoney)> {
    let at = lines.iter().position(|line| line.0 == item.position)?;
    Some((lines[at].1, *money.get(at)?))
}

/// Whether `lines` name all that is left of every top-level item. Invoiced units of a free order are left too, although
/// no line can name them: only a cancellation of the whole order withdraws them. Units that were shipped before their
/// invoice are left too, because they will be invoiced.
fn covers(order: &Order, lines: &[(ItemPosition, Quantity)]) -> bool {
    order.names_all(lines, |item| {
        item.quantities.to_invoice().plus(item.quantities.to_refund())
    })
}

impl CanceledItem {
    /// All that is left of `item`; invoiced units only if the order `refunds` them. An item whose money does not count
    /// has its money in other items.
    fn rest_of(item: &OrderItem, refunds: bool) -> Result<Self, MoneyError> {
        let mut row = Self::none_of(item);
        row.canceled = item.quantities.to_cancel();
        if refunds {
            row.refunded = item.quantities.to_refund();
        }
        if item.counts {
            let open = item.ordered.checked_sub(item.invoiced)?;
            row.canceled_money = open.checked_sub(item.canceled)?;
            // In an imported order, units may have gone back without a document; their money stays where it is.
            if row.refunded.is_positive() {
                row.refunded_money = item.invoiced.checked_sub(item.refunded)?;
            }
        }
        Ok(row)
    }

    fn none_of(item: &OrderItem) -> Self {
        let zero = RowMoney::zero(item.currency());
        Self {
            item: item.position,
            canceled: Quantity::ZERO,
            canceled_money: zero,
            refunded: Quantity::ZERO,
            refunded_money: zero,
        }
    }

    fn has_units(&self) -> bool {
        self.canceled.is_positive() || self.refunded.is_positive()
    }
}
