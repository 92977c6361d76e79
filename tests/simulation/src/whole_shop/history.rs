//! One history: an order, the steps that chance takes with it, and its end.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use countermand_app::viewer::Caller;
use countermand_app::{App, AppError, AppSettings, Clock, Viewer};
use countermand_domain::{Customer, Order, RefundShare, StoreNumber, TransactionKind};
use countermand_persistence::Database;

use super::act::{Act, Answer, Desk};
use super::books::Books;
use super::choice::Course;
use super::judge;
use super::mailer::SimulatedMailer;
use super::moments::{Calls, Moments};
use super::provider::SimulatedProviders;
use super::shop::{ORIGIN, SimulatedShop, in_time_of, start_of_time};
use crate::basket::Basket;
use crate::dice::Dice;
use crate::fixed_clock::FixedClock;
use crate::ledger::{Ledger, Profile};
use crate::plan::Failure;
use crate::seeded_env::seeded_env;

/// The most steps of a history before its end.
const STEPS: i64 = 14;
/// How often the worker comes back at the end; staff tries again before the round `BY_HAND`, and pays by hand from then
/// on.
const ROUNDS: usize = 14;
const BY_HAND: usize = 9;
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
    /// The messages of the provider that were taken at least once.
    pub(super) delivered: BTreeSet<String>,
    has_kept_money: bool,
    pub(super) story: Vec<String>,
    broken: Vec<String>,
}

impl<'a> History<'a> {
    /// Imports the order of the history with this seed.
    pub(super) async fn begin(shop: &'a SimulatedShop, seed: u64) -> Self {
        let mut dice = Dice::seeded(seed);
        let profile = dice.one_of(&Profile::ALL);
        let basket = Basket::drawn(&mut dice, &format!("{seed:09}"), &profile.method());
        let clock = Arc::new(FixedClock::at(start_of_time()));
        let calls = Calls::default();
        let database = in_time_of(shop.database(), &clock);
        let providers = SimulatedProviders::new(Ledger::new(seed, profile), clock.clone(), calls.clone());
        let env = seeded_env(seed, clock.clone());
        let app = App::new(database.clone(), env, AppSettings::default()).await;
        let app = app
            .expect("an app")
            .with_payment_providers(Arc::new(providers.clone()));
        let staff = app
            .viewer(None, Some(&shop.owner), ORIGIN)
            .await
            .expect("an owner");
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
            self.look().await;
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
            return;
        }
        let act = self.next_act();
        let course = self.next_course(&act);
        self.take(act, course).await;
    }

    /// Reads the books after a step, and checks them.
    async fn look(&mut self) {
        let before = self.books.order.clone();
        self.books = Books::read(self.shop, &self.database, self.desk.order).await;
        self.sync_payments();
        let ledger = self.providers.ledger();
        let broken = judge::broken(&before, &self.books, &ledger);
        drop(ledger);
        self.broken.extend(broken);
    }

    /// Carries an act out in its course.
    async fn take(&mut self, act: Act, course: Course) {
        self.story.push(format!("{act:?}{course}"));
        self.has_kept_money |= match &act {
            Act::CancelAsStaff { share, .. } => *share != RefundShare::Full,
            Act::Credit { .. } => true,
            _ => false,
        };
        match course {
            Course::Plain => {
                let outcome = self.desk.begin(&act).await;
                self.note(outcome, false);
            }
            Course::Faulty(table) => {
                self.shop.break_table(table).await;
                let outcome = self.desk.begin(&act).await;
                self.shop.mend().await;
                self.note(outcome, true);
            }
            Course::Dies(after) => {
                let mut step = self.desk.begin(&act);
                let outcome = self.moments.until(&mut step, after).await;
                drop(step);
                self.settle_down().await;
                match outcome {
                    Some(outcome) => self.note(outcome, false),
                    None => self.story.push("  the process died".to_owned()),
                }
            }
            Course::Races { other, after, pause } => {
                let mut step = self.desk.begin(&act);
                let early = self.moments.until(&mut step, after).await;
                self.settle_down().await;
                self.clock.advance(pause);
                let second = self.desk.begin(&other).await;
                let first = match early {
                    Some(outcome) => outcome,
                    None => step.await,
                };
                self.has_kept_money |= matches!(other, Act::Credit { .. });
                self.note(first, false);
                self.note(second, false);
            }
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
    fn note(&mut self, outcome: Result<Answer, AppError>, is_faulty: bool) {
        let line = match outcome {
            Ok(Answer::Done) => "  done".to_owned(),
            Ok(Answer::Refused(code)) => format!("  refused: {code}"),
            Err(AppError::OrderContended) => "  contended".to_owned(),
            Err(problem) => {
                if !is_faulty {
                    self.broken.push(format!("the program failed: {problem}"));
                }
                format!("  failed: {problem}")
            }
        };
        self.story.push(line);
    }

    /// What the books say was paid is at the provider, too: a buyer paid it there.
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
                self.take(Act::Deliver { message }, Course::Plain).await;
            }
            self.take(Act::Work, Course::Plain).await;
            self.look().await;
            let waiting = self.books.owed.iter().filter(|it| it.is_left_to_staff());
            let waiting: Vec<String> = waiting.map(|it| it.row.id.clone()).collect();
            for obligation in waiting {
                let act = if round < BY_HAND {
                    Act::Retry { obligation }
                } else {
                    Act::Settle { obligation }
                };
                self.take(act, Course::Plain).await;
            }
            self.look().await;
            let is_over = !self.books.owed.iter().any(|it| it.is_open());
            if !self.broken.is_empty() || (is_over && self.undelivered().is_empty() && round > 1) {
                break;
            }
        }
        self.judge_end().await;
    }

    async fn judge_end(&mut self) {
        let mails = self.desk.mailer.canceled();
        let ledger = self.providers.ledger();
        let broken = judge::broken_at_end(&self.books, &ledger, self.has_kept_money, mails);
        drop(ledger);
        self.broken.extend(broken);
        // Nothing of this history may be left for the worker, which would do it in the time of the next one.
        let left = "SELECT COUNT(*) FROM obligations WHERE state = 'pending'";
        let left = self.shop.number(left).await;
        if left > 0 {
            self.broken
                .push(format!("{left} obligations still wait for the worker"));
        }
    }

    /// The ids of the messages that the shop has not taken yet.
    pub(super) fn undelivered(&self) -> Vec<String> {
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
