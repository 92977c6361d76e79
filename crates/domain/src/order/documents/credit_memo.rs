//! Credit memos, the documents of what the shop gives back.

use chrono::{DateTime, Utc};

use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::documents::LineRefusal;
use crate::order::{
    Actor, BrokenUnits, ChargeShare, Command, DocumentRefusal, ItemPosition, Order, OrderItem,
    WithOrderCharges,
};
use crate::payment::refund_split::RefundOrder;
use crate::transition::Transition;

/// The document of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditMemo {
    /// The number, which is unique in the store view.
    pub number: String,
    /// The refunded items.
    pub lines: Vec<CreditMemoLine>,
    /// The refunded shipping.
    pub shipping: RowMoney,
    /// The refunded parts of other charges.
    pub other_charges: Vec<ChargeShare>,
    /// The amount that staff gave on top or that was paid without an invoice (positive), or that staff kept (negative).
    pub adjustment: Money,
    /// The money that flows back.
    pub grand_total: Money,
    /// The part of `grand_total` that was paid without an invoice.
    pub prepaid: Money,
    /// Gift cards, store credit and points that come back instead.
    pub credits: Money,
    /// The part of the money that the shop kept as a fee for canceling, which makes `adjustment` less; none where no
    /// rule about fees held.
    pub fee: Option<Money>,
    /// When the credit memo was made.
    pub created_at: DateTime<Utc>,
}

/// A refunded item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditMemoLine {
    /// The position of the item in the order.
    pub item: ItemPosition,
    /// How many units are refunded.
    pub quantity: Quantity,
    /// The money of these units; zero for items whose money does not count.
    pub money: RowMoney,
}

/// The credit memo that staff asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditMemoRequest {
    /// Quantities of top-level items; none for all that is left, overpaid money included, and an empty list for no
    /// item. A quantity of zero stands for none of the item.
    pub lines: Option<Vec<(ItemPosition, Quantity)>>,
    /// Whether the shipping is refunded too.
    pub refund_shipping: bool,
    /// The amount that staff gives on top (positive) or keeps (negative), in the order's currency.
    pub adjustment: Money,
    /// In which order the tenders of the order are paid back.
    pub refund_order: RefundOrder,
}

impl CreditMemo {
    /// The next credit memo of `order` as an adjustment refund: `amount` alone, without items, shipping and charges.
    /// `prepaid` is the part of it that was paid without an invoice.
    pub(crate) fn adjustment_refund(
        order: &Order,
        amount: Money,
        prepaid: Money,
        now: DateTime<Utc>,
    ) -> Self {
        let currency = order.currency();
        Self {
            number: order.document_number(order.credit_memos.len()),
            lines: Vec::new(),
            shipping: RowMoney::zero(currency),
            other_charges: Vec::new(),
            adjustment: amount,
            grand_total: amount,
            prepaid,
            credits: Money::zero(currency),
            fee: None,
            created_at: now,
        }
    }
}

impl Order {
    /// Refunds what `request` names, as far as it was paid: items, the shipping alone, or an amount alone.
    ///
    /// An order that is closed or canceled stays so: a credit memo gives back what was left of its money. An order that
    /// its sales channel canceled has none, because the channel pays the money back.
    pub fn credit(
        &self,
        request: &CreditMemoRequest,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, DocumentRefusal> {
        if self.is_canceled_at_channel() {
            return Err(DocumentRefusal::ChannelManaged);
        }
        if !self.state.allows(Command::Credit) || self.totals.paid.is_none() {
            return Err(DocumentRefusal::State(self.state));
        }
        if self.state.is_over() {
            let left = self.remaining()?;
            if !left.refundable.is_positive() && !left.credits.is_positive() {
                return Err(DocumentRefusal::State(self.state));
            }
        } else if self.has_open_invoice()? {
            return Err(DocumentRefusal::OpenInvoice);
        }
        let memo = self.planned_credit_memo(request, now)?;
        let refunds = self.payment.refund(memo.grand_total, request.refund_order)?;
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::CreditMemoCreated {
                number: memo.number.clone(),
                items: memo.lines.iter().map(|line| (line.item, line.quantity)).collect(),
                grand_total: memo.grand_total,
                credits: memo.credits,
                adjustment: memo.adjustment,
            },
        };
        let mut after = self.clone();
        after.book_credit_memo(memo)?;
        after.payment = after.payment.after(&refunds)?;
        if !self.state.is_over() {
            after.settle_state(now)?;
        }
        Ok(Transition::new(after, event).owing(refunds))
    }

    fn planned_credit_memo(
        &self,
        request: &CreditMemoRequest,
        now: DateTime<Utc>,
    ) -> Result<CreditMemo, DocumentRefusal> {
        let named = self.credited_quantities(request.lines.as_deref())?;
        let is_last = self.is_last_refund(&named, request.lines.is_none());
        let money = self.money_to_refund(&named, is_last)?;
        let lines = named.iter().zip(money.rows);
        let lines: Vec<_> = lines
            .map(|(&(item, quantity), money)| CreditMemoLine {
                item,
                quantity,
                money,
            })
            .collect();
        let other_charges = money.charges;
        let shipping = if request.refund_shipping {
            self.shipping.invoiced.checked_sub(self.shipping.refunded)?
        } else {
            RowMoney::zero(self.currency())
        };
        let rows = RowMoney::sum(self.currency(), lines.iter().map(|line| line.money))?;
        let value = rows
            .checked_add(shipping)?
            .payable()?
            .checked_add(self.sum_of_shares(&other_charges)?)?
            .checked_add(request.adjustment)?;
        if value.minor() < 0 {
            return Err(DocumentRefusal::NegativeTotal);
        }
        let overpaid = self.overpaid()?;
        // All that is left takes the overpaid money too. An amount on top may name this money already.
        let left_over = if request.lines.is_none() {
            overpaid.checked_sub(request.adjustment.or_zero())?.or_zero()
        } else {
            Money::zero(self.currency())
        };
        if !self.has_counting_line(&lines) && value.is_zero() && left_over.is_zero() {
            return Err(if request.lines.is_none() && request.adjustment.is_zero() {
                LineRefusal::NothingLeft.into()
            } else {
                DocumentRefusal::RefundsNothing
            });
        }
        let available = self.refundable_of_invoices()?;
        // An amount on top is paid from overpaid money last. Money that a later invoice can take stays, because the
        // order can still be invoiced or canceled.
        let on_top = request.adjustment.or_zero().checked_min(overpaid)?;
        let prepaid = value.checked_sub(available)?.or_zero().checked_min(on_top)?;
        let refund = self.refund_from(value.checked_sub(prepaid)?, available)?;
        let gives_goodwill = request.adjustment.is_positive() && self.goodwill_with(request)?.is_positive();
        // Goodwill is paid in money: it must not raise the credits above the used amount.
        if refund.missing.is_positive() || (gives_goodwill && refund.credits.is_positive()) {
            return Err(DocumentRefusal::TooMuch(
                available.checked_add(overpaid)?.or_zero(),
            ));
        }
        let prepaid = prepaid.checked_add(left_over)?;
        Ok(CreditMemo {
            number: self.document_number(self.credit_memos.len()),
            lines,
            shipping,
            other_charges,
            adjustment: request.adjustment.checked_add(left_over)?,
            grand_total: refund.money.checked_add(prepaid)?,
            prepaid,
            credits: refund.credits,
            fee: None,
            created_at: now,
        })
    }

    /// Whether a memo with `lines` is the last one that refunds units: the charges on the whole order go back with it.
    /// `asks_for_all` says that the memo takes all that is left, of which units may be none.
    fn is_last_refund(&self, lines: &[(ItemPosition, Quantity)], asks_for_all: bool) -> WithOrderCharges {
        let is_left = |item: &OrderItem| {
            let line = lines.iter().find(|line| line.0 == item.position);
            let refunded = line.map_or(Quantity::ZERO, |line| line.1);
            let q = item.quantities;
            q.to_invoice().is_positive() || q.to_refund().minus(refunded).is_positive()
        };
        if (asks_for_all || !lines.is_empty()) && !self.counting_items().any(is_left) {
            WithOrderCharges::Yes
        } else {
            WithOrderCharges::No
        }
    }

    /// Whether a line is about an item whose money counts. A line of an item that only describes others refunds
    /// nothing.
    fn has_counting_line(&self, lines: &[CreditMemoLine]) -> bool {
        let mut items = lines.iter().filter_map(|line| self.item(line.item));
        items.any(|item| item.counts)
    }

    /// The quantities that `asked` names with those of their parts, or all that is left to refund.
    fn credited_quantities(
        &self,
        asked: Option<&[(ItemPosition, Quantity)]>,
    ) -> Result<Vec<(ItemPosition, Quantity)>, LineRefusal> {
        let left = |item: &OrderItem| item.quantities.to_refund();
        let Some(asked) = asked else {
            return Ok(self.lines_left(left, |item| item.counts));
        };
        for &(position, _) in asked {
            self.check_top_level(position)?;
        }
        let named = asked.iter().copied().filter(|line| line.1 != Quantity::ZERO);
        let lines = self.checked_lines(&named.collect::<Vec<_>>(), left)?;
        Ok(self.with_children(&lines, left, BrokenUnits::First))
    }

    /// The amount that staff gave on top of all credit memos, `request` included. A fee that staff kept before and
    /// gives back now is no goodwill.
    fn goodwill_with(&self, request: &CreditMemoRequest) -> Result<Money, MoneyError> {
        let before = self.credit_memos.iter();
        let before = before.map(|memo| memo.adjustment.checked_sub(memo.prepaid));
        let before = before.collect::<Result<Vec<_>, _>>()?;
        Money::sum(self.currency(), before)?.checked_add(request.adjustment)
    }

    /// Books `memo` on items, shipping and totals, for a refund and for a cancellation. Effects book the transactions.
    pub(crate) fn book_credit_memo(&mut self, memo: CreditMemo) -> Result<(), MoneyError> {
        for line in &memo.lines {
            if let Some(item) = self.item_mut(line.item) {
                item.quantities.refunded = item.quantities.refunded.plus(line.quantity);
                item.refunded = item.refunded.checked_add(line.money)?;
            }
        }
        self.shipping.refunded = self.shipping.refunded.checked_add(memo.shipping)?;
        self.book_charges(&memo.other_charges, |charge| &mut charge.refunded)?;
        self.totals.refunded = self.totals.refunded.checked_add(memo.grand_total)?;
        self.credit_memos.push(memo);
        Ok(())
    }
}
