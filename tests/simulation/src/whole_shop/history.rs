//! One history: an order, the steps that chance takes with it, and its end.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use countermand_app::viewer::Caller;
use countermand_app::{App, AppError, AppSettings, Clock, Viewer};
use countermand_domain::{Customer, Order, RefundShare, StoreNumber, TransactionKind};
use countermand_persistence::Database;

use super::act::{Act, Answer, Desk};
use super::books::{Books, OwedMoney};
use super::choice::Course;
use super::judge::{self, Known};
use super::mailer::SimulatedMailer;
use super::moments::{Calls, Moments};
use super::provider::SimulatedProviders;
use super::shop::{ORIGIN, SimulatedShop, in_time_of, start_of_time};
use crate::basket::Basket;
use crate::dice::Dice;
use crate::fixed_clock::FixedClock;
use crate::ledger::{Ledger, Profile};
use crate::plan::Failure;
use crate::secret_keys::{SECRET_KEYS, secret_keys};
use crate::seeded_env::seeded_env;

/// The most steps of a history before its end.
const STEPS: i64 = 14;
/// How often the worker comes back at the end. Staff lets it try again before the round `BY_HAND`, and pays by hand from
/// then on; what no provider can be asked for is paid by hand at once.
const ROUNDS: usize = 14;
const BY_HAND: usize = 9;
/// In which order the tenders of an order can be paid back.
const REFUND_ORDERS: [&str; 2] = ["LAST_CAPTURED_FIRST", "IN_PROPORTION"];
/// The time between two of these rounds: longer than a provider's hour, shorter than its day.
const ROUND: TimeDelta = TimeDelta::hours(30);

/// A history under way.
pub(super) struct History<'a> {
    shop: &'a SimulatedShop,
    seed: u64,
    pub(super) dice: Dice,
    pub(super) clock: Arc<FixedClock>,
    database: Database,
    moments: Moments,
    desk: Desk,
    pub(super) providers: SimulatedProviders,
    pub(super) books: Books,
    /// The messages of the provider that were delivered at the end.
    delivered: BTreeSet<String>,
    has_kept_money: bool,
    /// How many changes of the order were answered as done since the books were read.
    acknowledged: i64,
    /// The obligations that staff tried to settle by hand.
    by_hand: BTreeSet<String>,
    pub(super) story: Vec<String>,
    broken: Vec<String>,
}

impl<'a> History<'a> {
    /// Imports the order of the history with this seed.
    pub(super) async fn begin(shop: &'a SimulatedShop, seed: u64) -> Self {
        let mut dice = Dice::seeded(seed);
        let profile = dice.one_of(&Profile::ALL);
        let basket = Basket::drawn(&mut dice, &format!("{seed:09}"), &profile.method());
        let basket = basket.with_tenders(&mut dice, &profile.gift_card_method());
        let clock = Arc::new(FixedClock::at(start_of_time()));
        let calls = Calls::default();
        let database = in_time_of(shop.database(), &clock);
        let providers = SimulatedProviders::new(Ledger::new(seed, profile), clock.clone(), calls.clone());
        let env = seeded_env(seed, clock.clone());
        let app = App::new(database.clone(), env, AppSettings::default()).await;
        let app = app
            .expect("an app")
            .with_payment_providers(Arc::new(providers.clone()))
            .with_secret_keys(&secret_keys(SECRET_KEYS))
            .expect("keys");
        let staff = app
            .viewer(None, Some(&shop.owner), ORIGIN)
            .await
            .expect("an owner");
        shop.set_refund_order(&app, &staff, dice.one_of(&REFUND_ORDERS))
            .await;
        let text = serde_json::Value::from(vec![basket.json()]).to_string();
        let imported = app.import_orders_as_admin(&staff, &text, None, false).await;
        let imported = imported.expect("an import");
        assert_eq!(imported.imported, 1, "{}: {imported}", basket.story());
        let number = basket.number.as_str().into();
        let loaded = database
            .order_by_number(StoreNumber(1), &number)
            .await
            .expect("a readable order");
        let order = loaded.expect("the imported order").order;
        let view = app.order_as_admin(&staff, order.id).await.expect("an order");
        let desk = Desk {
            buyer: buyer_of(&order, &staff),
            staff,
            order: order.id,
            token: view.expect("the order").token,
            mailer: SimulatedMailer::new(seed, calls.clone()),
            account: profile.code(),
            app,
        };
        let mut history = Self {
            shop,
            seed,
            dice,
            clock,
            moments: Moments::new(database.clone(), calls),
            books: Books::read(shop, &database, order.id).await,
            database,
            desk,
            providers,
            delivered: BTreeSet::new(),
            has_kept_money: false,
            acknowledged: 0,
            by_hand: BTreeSet::new(),
            story: vec![basket.story()],
            broken: Vec::new(),
        };
        history.sync_payments();
        history
    }

    /// Takes all steps. The error is the first one that breaks a promise.
    pub(super) async fn run(mut self) -> Result<(), Failure> {
        for _ in 0..self.dice.between(4, STEPS) {
            self.take_step().await;
            if !self.broken.is_empty() {
                return Err(self.failure());
            }
        }
        self.end().await;
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

    async fn take_step(&mut self) {
        if self.dice.percent(25) {
            self.something_outside();
            // Nothing was written, so the books are as they were read.
            let order = self.books.order.clone();
            self.judge(&order);
            return;
        }
        let act = self.next_act();
        let course = self.next_course(&act);
        self.take(&act, course).await;
        self.look().await;
    }

    /// Reads the books after a step, and checks them.
    async fn look(&mut self) {
        let before = self.books.order.clone();
        self.books = Books::read(self.shop, &self.database, self.desk.order).await;
        self.judge(&before);
        let changes = self.books.order.version - before.version;
        if changes < std::mem::take(&mut self.acknowledged) {
            self.broken
                .push("a change was answered as done, and is not there".to_owned());
        }
    }

    /// Checks the books after a step. `before` is the order before it.
    fn judge(&mut self, before: &Order) {
        self.sync_payments();
        let broken = judge::broken(before, &self.books, &self.providers.ledger());
        self.broken.extend(broken);
    }

    /// Carries an act out in its course.
    async fn take(&mut self, act: &Act, course: Course) {
        self.story.push(format!("{act:?}{course}"));
        self.prepare(act);
        match course {
            Course::Plain => {
                let outcome = self.desk.begin(act).await;
                self.note(act, outcome, false);
            }
            Course::Faulty(table) => {
                self.shop.break_table(table).await;
                let outcome = self.desk.begin(act).await;
                self.shop.mend().await;
                self.note(act, outcome, true);
            }
            Course::Dies(after) => {
                let mut step = self.desk.begin(act);
                let outcome = self.moments.until(&mut step, after).await;
                drop(step);
                self.settle_down().await;
                match outcome {
                    Some(outcome) => self.note(act, outcome, false),
                    None => self.story.push("  the process died".to_owned()),
                }
            }
            Course::Races { other, after, pause } => {
                self.prepare(&other);
                let mut step = self.desk.begin(act);
                let early = self.moments.until(&mut step, after).await;
                self.settle_down().await;
                self.clock.advance(pause);
                let second = self.desk.begin(&other).await;
                let first = match early {
                    Some(outcome) => {
                        drop(step);
                        outcome
                    }
                    None => step.await,
                };
                self.note(act, first, false);
                self.note(&other, second, false);
            }
        }
    }

    /// Notes what an act may cause before it is begun, because it may die after that.
    fn prepare(&mut self, act: &Act) {
        match act {
            Act::CancelAsStaff { share, .. } if *share != RefundShare::Full => self.has_kept_money = true,
            Act::Credit { .. } => self.has_kept_money = true,
            Act::Settle { obligation } => {
                self.by_hand.insert(obligation.clone());
            }
            _ => {}
        }
    }

    /// Waits until the database has done what was sent to it.
    async fn settle_down(&self) {
        let order = self.database.order(self.desk.order).await;
        order.expect("a readable order");
        // One connection writes, one script after the other.
        let written = self.database.wake_reversals(self.desk.order).await;
        written.expect("a write");
    }

    /// Notes what became of an act. A failure of the program needs a fault of the database.
    fn note(&mut self, act: &Act, outcome: Result<Answer, AppError>, is_faulty: bool) {
        if act.changes_order() && matches!(outcome, Ok(Answer::Done)) {
            self.acknowledged += 1;
        }
        let line = match outcome {
            Ok(Answer::Done) => "  done".to_owned(),
            Ok(Answer::Refused(code)) => format!("  refused: {code}"),
            Err(problem @ (AppError::OrderContended | AppError::RateLimited { .. })) => {
                format!("  not now: {problem}")
            }
            Err(problem) => {
                if !is_faulty {
                    self.broken.push(format!("the program failed: {problem}"));
                }
                format!("  failed: {problem}")
            }
        };
        self.story.push(line);
    }

    /// What the books say was paid or captured is at the provider, too.
    fn sync_payments(&mut self) {
        let zero = self.books.money(0);
        let mut ledger = self.providers.ledger();
        for transaction in &self.books.order.payment.transactions {
            let Some(reference) = transaction.reference.as_deref() else {
                continue;
            };
            if !ledger.knows(reference) {
                let captured = match transaction.kind {
                    TransactionKind::Capture => transaction.amount,
                    TransactionKind::Authorization => zero,
                };
                ledger.pay(reference, transaction.amount, captured);
            }
        }
        for reference in self.books.references() {
            let captures = self.books.order.payment.transactions.iter();
            let captures = captures.filter(|it| it.is_capture_of(&reference));
            let sum: i64 = captures.map(|it| it.amount.minor()).sum();
            ledger.capture(&reference, self.books.money(sum));
        }
    }

    /// Faults stop, time passes, and the worker and staff end what is open. All that is owed must be settled then.
    async fn end(&mut self) {
        self.story.push("all faults end".to_owned());
        self.desk.mailer.calm();
        self.providers.ledger().calm();
        for round in 0..ROUNDS {
            self.clock.advance(ROUND);
            let now = self.clock.now();
            {
                let mut ledger = self.providers.ledger();
                ledger.arrive(now);
                ledger.end_pending(100, now);
            }
            for message in self.undelivered() {
                self.delivered.insert(message.clone());
                self.take(&Act::Deliver { message }, Course::Plain).await;
            }
            self.take(&Act::Work, Course::Plain).await;
            self.look().await;
            let waiting = self.books.owed.iter().filter(|it| it.is_left_to_staff());
            let waiting = waiting.map(|it| (it.row.id.clone(), self.books.has_provider(it)));
            let waiting: Vec<_> = waiting.collect();
            if !waiting.is_empty() {
                for (obligation, has_provider) in waiting {
                    let act = if has_provider && round < BY_HAND {
                        Act::Retry { obligation }
                    } else {
                        Act::Settle { obligation }
                    };
                    self.take(&act, Course::Plain).await;
                }
                self.look().await;
            }
            let is_over = !self.books.owed.iter().any(OwedMoney::is_open)
                && self.undelivered().is_empty()
                && self.pending().await == 0;
            if !self.broken.is_empty() || (is_over && round > 1) {
                break;
            }
        }
        self.judge_end().await;
    }

    async fn judge_end(&mut self) {
        let known = Known {
            has_kept_money: self.has_kept_money,
            by_hand: &self.by_hand,
            mails: self.desk.mailer.canceled(),
        };
        let broken = judge::broken_at_end(&self.books, &self.providers.ledger(), &known);
        self.broken.extend(broken);
        let left = self.pending().await;
        if left > 0 {
            self.broken
                .push(format!("{left} obligations still wait for the worker"));
        }
    }

    /// How many obligations wait for the worker. Those of earlier histories are all settled.
    async fn pending(&self) -> i64 {
        let query = "SELECT COUNT(*) FROM obligations WHERE state = 'pending'";
        let [left] = self.shop.numbers(query).await;
        left
    }

    /// The ids of the messages that were not delivered at the end yet.
    fn undelivered(&self) -> Vec<String> {
        let ledger = self.providers.ledger();
        let messages = ledger.messages().iter().map(|message| message.id.clone());
        messages.filter(|id| !self.delivered.contains(id)).collect()
    }

    /// The time of the history.
    pub(super) fn now(&self) -> chrono::DateTime<Utc> {
        self.clock.now()
    }
}

/// The buyer of the order: its customer, signed in, or a guest.
fn buyer_of(order: &Order, staff: &Viewer) -> Viewer {
    let caller = match order.customer.id {
        None => Caller::Anonymous,
        Some(id) => Caller::Customer(Customer {
            id,
            website: staff.store.website,
            email: order.customer.email.clone(),
            firstname: order.customer.firstname.clone(),
            lastname: order.customer.lastname.clone(),
            created_at: order.placed_at,
        }),
    };
    Viewer {
        caller,
        ..staff.clone()
    }
}
