//! The rules alone: histories of one order and of the voids and refunds that it owes, without a database.
//!
//! It calls the order's commands, and lets a worker do what `Reversal::next_step` says, with the simulated provider on
//! the other side.

mod money;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::invariants::broken_by;
use countermand_domain::{
    Actor, ApproveRequest, Cancel, CancellationIntent, CancellationPolicy, CancellationRules,
    CreditMemoRequest, Effect, InvoiceRequest, ItemPosition, Money, OpenInvoiceRequest, Order, OrderId,
    OutsideRefund, Quantity, ReasonList, RefundChoice, RefundOrder, RefundShare, RequestCancellation,
    Selection, ShipmentRequest, StoreNumber, TransactionKind, Transition,
};
use countermand_import::read_order;

use crate::basket::Basket;
use crate::dice::Dice;
use crate::ledger::{Ledger, Profile};
use crate::plan::Failure;
use money::Owed;

/// The most steps of a history.
const STEPS: i64 = 12;

/// Runs one history of each seed. The error is the first one that breaks.
///
/// # Errors
/// When an invariant does not hold.
pub fn run(seeds: &[u64]) -> Result<(), Failure> {
    seeds.iter().try_for_each(|seed| History::new(*seed).run())
}

/// One order, with what it owes.
struct History {
    seed: u64,
    dice: Dice,
    now: DateTime<Utc>,
    ledger: Ledger,
    order: Order,
    owed: Vec<Owed>,
    /// Whether staff decided how much goes back, so that money may be left of a canceled order.
    has_kept_money: bool,
    payments: usize,
    story: Vec<String>,
    broken: Vec<String>,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::seeded(seed);
        let profile = dice.one_of(&[Profile::Certain, Profile::Likely]);
        let basket = Basket::drawn(&mut dice, &format!("{seed:09}"), &profile.method());
        let read = read_order(&basket.json().to_string()).expect("an order that can be read");
        let id = OrderId::new(StoreNumber(1), 1).expect("in range");
        let mut history = Self {
            seed,
            dice,
            now: DateTime::from_timestamp(1_772_884_800, 0).expect("an instant"),
            ledger: Ledger::new(seed, profile),
            order: read.into_order(id, None),
            owed: Vec::new(),
            has_kept_money: false,
            payments: 0,
            story: vec![basket.story()],
            broken: Vec::new(),
        };
        history.sync_payments();
        history
    }

    fn run(mut self) -> Result<(), Failure> {
        for _ in 0..self.dice.between(3, STEPS) {
            self.take_step();
            self.judge();
            if !self.broken.is_empty() {
                return Err(self.failure());
            }
        }
        self.end();
        self.judge();
        self.judge_end();
        if self.broken.is_empty() {
            Ok(())
        } else {
            Err(self.failure())
        }
    }

    fn failure(self) -> Failure {
        Failure {
            seed: self.seed,
            story: self.story,
            broken: self.broken,
        }
    }

    fn take_step(&mut self) {
        match self.dice.below(21) {
            0..=11 => self.command(),
            12..=14 => self.work_all(),
            15 => {
                let hours = self.dice.one_of(&[1, 20, 24, 50]);
                self.now += TimeDelta::hours(hours);
                self.story.push(format!("{hours} hours pass"));
            }
            16 => self.staff_decides(),
            17 => {
                self.ledger.end_pending(70, self.now);
                self.story.push("the provider ends what was under way".to_owned());
            }
            18 if self.dice.percent(50) => self.refund_outside(),
            18 => self.capture_outside(),
            19 => self.bank_returns(),
            _ => self.wait_a_day(),
        }
    }

    /// A day passes between two attempts of the worker. At the second one, a late request is still on its way.
    fn wait_a_day(&mut self) {
        self.work_all();
        self.now += TimeDelta::hours(24);
        self.story.push("a day passes".to_owned());
        self.work_all();
    }

    /// One command on the order. A refusal changes nothing.
    fn command(&mut self) {
        let (order, now, policy) = (self.order.clone(), self.now, policy());
        let dice = &mut self.dice;
        let (name, change) = match dice.below(14) {
            0 | 1 => {
                let (lines, unpaid) = (some_or_all(dice, &order), dice.percent(50));
                let request = InvoiceRequest {
                    lines,
                    unpaid,
                    ..InvoiceRequest::default()
                };
                ("invoice", order.invoice(&request, &staff(), now).ok())
            }
            2 => {
                self.payments += 1;
                let reference = Some(format!("pi-{}-{}", order.number, self.payments));
                let request = OpenInvoiceRequest {
                    number: None,
                    reference,
                };
                ("pay invoice", order.pay_invoice(&request, &staff(), now).ok())
            }
            3 => {
                let withdrawn = order.cancel_invoice(&OpenInvoiceRequest::default(), &staff(), now);
                ("withdraw invoice", withdrawn.ok())
            }
            4 => {
                let request = ShipmentRequest {
                    lines: some_or_all(dice, &order),
                    tracking: Vec::new(),
                    overrides_request: dice.percent(50),
                };
                ("ship", order.ship(&request, &staff(), now).ok())
            }
            5 => ("hold", order.hold(&staff(), now).ok()),
            6 => ("unhold", order.unhold(&staff(), now).ok()),
            7 => {
                let request = CreditMemoRequest {
                    lines: dice.percent(70).then(|| picks(dice, &order)),
                    refund_shipping: dice.percent(50),
                    adjustment: Money::zero(order.currency()),
                    refund_order: RefundOrder::default(),
                };
                let credited = order.credit(&request, &staff(), now).ok();
                self.has_kept_money |= credited.is_some();
                ("credit memo", credited)
            }
            8 => {
                let command = RequestCancellation {
                    actor: staff(),
                    intent: CancellationIntent {
                        selection: selection(dice, &order),
                        ..CancellationIntent::all("Other")
                    },
                    is_confirmed: true,
                };
                ("request", order.request_cancellation(&command, &policy, now).ok())
            }
            9 => {
                let command = ApproveRequest {
                    actor: staff(),
                    items: None,
                    reason: None,
                    notifies_customer: None,
                    refund: None,
                };
                let approved = order.approve_cancellation_request(&command, &policy, now);
                ("approve", approved.ok())
            }
            10 => {
                let declined = order.decline_cancellation_request("Packed", &staff(), now);
                ("decline", declined.ok())
            }
            11 => {
                let command = Cancel {
                    selection: selection(dice, &order),
                    refund: RefundChoice {
                        share: dice.one_of(&[RefundShare::Nothing, RefundShare::AllBut("1.00".into())]),
                        note: Some("Agreed by telephone".into()),
                    },
                    ..Cancel::all(staff(), "Other")
                };
                let canceled = order.cancel(&command, &policy, now).ok();
                self.has_kept_money |= canceled.is_some();
                ("cancel, keeping money", canceled)
            }
            _ => {
                let selection = selection(dice, &order);
                let command = Cancel {
                    selection,
                    ..Cancel::all(staff(), "Other")
                };
                ("cancel", order.cancel(&command, &policy, now).ok())
            }
        };
        match change {
            Some(change) => self.apply(name, change),
            None => self.story.push(format!("{name}: refused")),
        }
    }

    /// Writes a change down as the program does: the order, and an obligation for each effect.
    fn apply(&mut self, name: &str, change: Transition) {
        if change.expected_version() != self.order.version {
            self.broken.push(format!("{name} was decided on another version"));
        }
        let before = self.order.state;
        for effect in &change.effects {
            if let Some(owed) = Owed::of(effect, change.after.version) {
                self.owed.push(owed);
            }
        }
        let effects = change
            .effects
            .iter()
            .filter(|it| !matches!(it, Effect::Notify(_)));
        let effects: Vec<_> = effects.cloned().collect();
        self.order = change.after;
        if before.is_over() && !self.order.state.is_over() {
            self.broken.push(format!("{name} opened an order that was over"));
        }
        let state = self.order.state;
        self.story.push(format!("{name}: {state}, owes {effects:?}"));
        self.sync_payments();
    }

    /// What the books say was paid is at the provider, too.
    fn sync_payments(&mut self) {
        let zero = Money::zero(self.order.currency());
        for transaction in &self.order.payment.transactions {
            let Some(reference) = transaction.reference.as_deref() else {
                continue;
            };
            if !self.ledger.knows(reference) {
                let captured = match transaction.kind {
                    TransactionKind::Capture => transaction.amount,
                    TransactionKind::Authorization => zero,
                };
                self.ledger.pay(reference, transaction.amount, captured);
            }
        }
    }

    /// The provider captures money that the books know as reserved.
    fn capture_outside(&mut self) {
        let references = self.ledger.references();
        if let Some(reference) = self.dice.any(&references) {
            let captured = self.ledger.capture_outside(&reference, self.now);
            self.story
                .push(format!("the provider captures {reference}: {captured}"));
        }
    }

    fn refund_outside(&mut self) {
        let references = self.ledger.references();
        let Some(reference) = self.dice.any(&references) else {
            return;
        };
        // The books hear of it at once, as far as no refund of the program is under way.
        if self.owed.iter().any(Owed::is_open) {
            return;
        }
        let share = self.dice.between(1, 100);
        let before = self.ledger.outside(&reference);
        if !self.ledger.refund_outside(&reference, share, self.now) {
            return;
        }
        let minor = self.ledger.outside(&reference) - before;
        let refund = OutsideRefund {
            payment: reference.clone(),
            amount: Money::new(minor, self.order.currency()),
            charged: None,
            note: "by others".into(),
            reference: None,
        };
        let bookable = self.order.bookable_outside_refund(&reference, refund.amount);
        if bookable.is_ok_and(Money::is_positive) {
            match self.order.book_outside_refund(&refund, &Actor::System, self.now) {
                Ok(change) => self.apply("refund by others", change),
                Err(problem) => self.broken.push(format!("a refund by others: {problem}")),
            }
        }
    }

    fn judge(&mut self) {
        let broken = broken_by(&self.order).map(|it| it.promise.to_owned());
        self.broken.extend(broken);
        self.broken.extend(self.ledger.broken());
        let broken = money::broken(&self.order, &self.owed, &self.ledger);
        self.broken.extend(broken);
    }

    fn judge_end(&mut self) {
        let broken = money::broken_at_end(&self.order, &self.owed, &self.ledger);
        self.broken.extend(broken);
        let mut items = self.order.items.iter().filter(|item| item.parent.is_none());
        let is_gone = items.all(|item| !item.quantities.kept_by_buyer().is_positive());
        if !is_gone || self.has_kept_money || !self.order.state.is_over() {
            return;
        }
        let left = self
            .order
            .payment
            .transactions
            .iter()
            .map(|it| it.amount.minor() - it.used.minor());
        let left: i64 = left.sum();
        if left != 0 {
            self.broken.push(format!(
                "{left} cents of a canceled order are neither paid back nor released"
            ));
        }
    }
}

/// The rules of a store view where all is on.
fn policy() -> CancellationPolicy {
    CancellationPolicy {
        enabled: true,
        reasons: ReasonList::defaults(),
        notifies_customer: true,
        rules: CancellationRules::default(),
    }
}

fn staff() -> Actor {
    Actor::Staff { name: "anna".into() }
}

/// Units of some items; now and then more than are left.
fn picks(dice: &mut Dice, order: &Order) -> Vec<(ItemPosition, Quantity)> {
    let mut lines = Vec::new();
    for item in &order.items {
        if item.parent.is_none() && (lines.is_empty() || dice.percent(50)) {
            let most = item.quantities.open().scaled() / 10_000;
            let units = dice.between(1, most.max(1));
            lines.push((item.position, Quantity::whole(units)));
        }
    }
    lines
}

fn some_or_all(dice: &mut Dice, order: &Order) -> Vec<(ItemPosition, Quantity)> {
    if dice.percent(40) {
        Vec::new()
    } else {
        picks(dice, order)
    }
}

fn selection(dice: &mut Dice, order: &Order) -> Selection {
    if dice.percent(30) {
        Selection::All
    } else {
        Selection::Items(picks(dice, order))
    }
}
