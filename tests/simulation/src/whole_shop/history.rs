//! One history: an order, the steps that chance takes with it, and its end.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::Utc;
use countermand_app::viewer::Caller;
use countermand_app::{App, AppError, AppSettings, Clock, Viewer};
use countermand_domain::{Customer, Order, RefundShare, StoreNumber, TransactionKind};
use countermand_persistence::Database;

use super::act::{Act, Answer, Callers, Desk};
use super::books::Books;
use super::choice::Course;
use super::judge;
use super::lost::{Loss, LostAnswers};
use super::mailer::SimulatedMailer;
use super::moments::{Calls, Moments};
use super::provider::SimulatedProviders;
use super::requests::{Alone, Requests};
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
/// In which order the tenders of an order can be paid back.
const REFUND_ORDERS: [&str; 2] = ["LAST_CAPTURED_FIRST", "IN_PROPORTION"];

/// A history under way.
pub(super) struct History<'a> {
    pub(super) shop: &'a SimulatedShop,
    pub(super) seed: u64,
    pub(super) dice: Dice,
    pub(super) clock: Arc<FixedClock>,
    database: Database,
    moments: Moments,
    lost_answers: LostAnswers,
    pub(super) desk: Desk,
    pub(super) providers: SimulatedProviders,
    pub(super) books: Books,
    /// The commands that were sent with an idempotency key.
    pub(super) requests: Requests,
    /// The messages of the provider that were delivered at the end.
    pub(super) delivered: BTreeSet<String>,
    pub(super) has_kept_money: bool,
    step: Step,
    /// The obligations that staff tried to settle by hand.
    pub(super) by_hand: BTreeSet<String>,
    pub(super) story: Vec<String>,
    pub(super) broken: Vec<String>,
}

/// What was done since the books were read.
#[derive(Debug, Default)]
struct Step {
    /// How many changes of the order were answered as done.
    acknowledged: i64,
    /// The request with an idempotency key that ran and nothing else.
    alone: Option<Alone>,
    /// Whether a command without a key ran and nothing else, which changes the order once or not at all.
    is_one_command: bool,
    has_refusal: bool,
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
        let lost_answers = LostAnswers::default();
        let lost = lost_answers.clone();
        let database =
            in_time_of(shop.database(), &clock).with_lost_answers(move || lost.in_place_of_answer());
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
        let callers = Callers {
            buyer: buyer_of(&order, &staff),
            staff,
        };
        let desk = Desk {
            callers,
            order: order.id,
            token: view.expect("the order").token,
            mailer: SimulatedMailer::new(seed, calls.clone()),
            account: profile.code(),
            kept_answers: Cell::new(0),
            app,
        };
        let mut history = Self {
            shop,
            seed,
            dice,
            clock,
            moments: Moments::new(database.clone(), calls),
            lost_answers,
            books: Books::read(shop, &database, order.id).await,
            database,
            desk,
            providers,
            requests: Requests::default(),
            delivered: BTreeSet::new(),
            has_kept_money: false,
            step: Step::default(),
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
    pub(super) async fn look(&mut self) {
        let before = self.books.order.clone();
        self.books = Books::read(self.shop, &self.database, self.desk.order).await;
        self.judge(&before);
        let step = std::mem::take(&mut self.step);
        let changes = self.books.order.version - before.version;
        if changes < step.acknowledged {
            self.broken
                .push("a change was answered as done, and is not there".to_owned());
        }
        if let Some(alone) = step.alone {
            self.broken.extend(self.requests.count(alone, changes));
        }
        if step.is_one_command && changes > i64::from(!step.has_refusal) {
            let refused = step.has_refusal;
            self.broken.push(format!(
                "a command changed the order {changes} times, refused: {refused}"
            ));
        }
    }

    /// Checks the books after a step. `before` is the order before it.
    fn judge(&mut self, before: &Order) {
        self.sync_payments();
        let broken = judge::broken(before, &self.books, &self.providers.ledger());
        self.broken.extend(broken);
    }

    /// Carries an act out in its course.
    pub(super) async fn take(&mut self, act: &Act, course: Course) {
        self.story.push(format!("{act:?}{course}"));
        self.prepare(act);
        self.step.alone = self.requests.alone(act, &course);
        self.step.is_one_command = act.is_one_change() && !matches!(course, Course::Races { .. });
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
            Course::Loses(number, loss) => {
                self.lost_answers.lose(number, loss);
                let outcome = self.desk.begin(act).await;
                self.lost_answers.end();
                self.note(act, outcome, loss == Loss::Unreachable);
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
                let first = if let Some(first) = early {
                    drop(step);
                    first
                } else {
                    step.await
                };
                // The act began first: it may be told that the other one uses its key, which the answer to the other one
                // shows to be over.
                self.note(act, first, false);
                self.note(&other, second, false);
            }
        }
    }

    /// Notes what an act may cause before it is begun, because it may die after that.
    fn prepare(&mut self, act: &Act) {
        match act {
            Act::Keyed(sent) => self.prepare(&sent.act),
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
        let is_new_change = match act {
            Act::Keyed(sent) => {
                let noted = self.requests.note(sent, &outcome, self.step.alone.is_some());
                self.broken.extend(noted.broken);
                noted.is_new_change
            }
            _ => act.changes_order() && matches!(outcome, Ok(Answer::Done)),
        };
        self.step.acknowledged += i64::from(is_new_change);
        self.step.has_refusal |= matches!(outcome, Ok(Answer::Refused(_)));
        let line = match outcome {
            Ok(Answer::Done) => "  done".to_owned(),
            Ok(Answer::Kept(text)) => format!("  kept: {text}"),
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
