//! One history: an order, the steps that chance takes with it, and its end.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::Utc;
use countermand_app::viewer::Caller;
use countermand_app::{App, AppError, AppSettings, Clock, Viewer};
use countermand_domain::{Customer, Order, RefundShare, StoreNumber, TransactionKind};
use countermand_persistence::Database;

use super::account::AccountStep;
use super::act::{Act, Answer, Callers, Desk};
use super::books::Books;
use super::choice::Course;
use super::judge;
use super::keyed::is_in_use;
use super::lost::{Loss, LostAnswers};
use super::mailer::SimulatedMailer;
use super::moments::{Calls, Moments};
use super::provider::SimulatedProviders;
use super::receiver::SimulatedReceiver;
use super::requests::Requests;
use super::shop::{ORIGIN, SimulatedShop, in_time_of, start_of_time};
use super::step::{Ran, Step};
use crate::basket::Basket;
use crate::dice::Dice;
use crate::fixed_clock::FixedClock;
use crate::ledger::{KeyUse, Ledger, Profile};
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
    pub(super) database: Database,
    moments: Moments,
    lost_answers: LostAnswers,
    pub(super) desk: Desk,
    pub(super) providers: SimulatedProviders,
    pub(super) receiver: SimulatedReceiver,
    pub(super) books: Books,
    /// The commands that were sent with an idempotency key.
    pub(super) requests: Requests,
    /// The messages of the provider that were delivered at the end.
    pub(super) delivered: BTreeSet<String>,
    pub(super) has_kept_money: bool,
    /// Whether staff changed the account at the provider.
    pub(super) has_changed_account: bool,
    /// The calls of the provider until the books were read.
    key_use: KeyUse,
    step: Step,
    /// The obligations that staff tried to settle by hand.
    pub(super) by_hand: BTreeSet<String>,
    /// The obligations that staff tried to end while the account may have been paused. Then the provider is not asked,
    /// so that the money may move there, too.
    pub(super) unseen: BTreeSet<String>,
    pub(super) story: Vec<String>,
    pub(super) broken: Vec<String>,
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
        let receiver = SimulatedReceiver::new(seed, calls.clone());
        let env = seeded_env(seed, clock.clone());
        let app = App::new(database.clone(), env, AppSettings::default()).await;
        let app = app
            .expect("an app")
            .with_payment_providers(Arc::new(providers.clone()))
            .with_webhook_sender(Arc::new(receiver.clone()))
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
            books: Box::pin(Books::read(shop, &database, order.id, profile.code())).await,
            database,
            desk,
            providers,
            receiver,
            requests: Requests::default(),
            delivered: BTreeSet::new(),
            has_kept_money: false,
            has_changed_account: false,
            key_use: KeyUse::default(),
            step: Step::default(),
            by_hand: BTreeSet::new(),
            unseen: BTreeSet::new(),
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
        if self.dice.percent(30) {
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
        let (before, account) = (self.books.order.clone(), self.books.account);
        let (order, name) = (self.desk.order, self.desk.account);
        self.books = Box::pin(Books::read(self.shop, &self.database, order, name)).await;
        self.judge(&before);
        let step = std::mem::take(&mut self.step);
        let changes = self.books.order.version - before.version;
        self.broken.extend(step.broken(changes));
        if let Ran::Request(alone) = step.ran {
            self.broken.extend(self.requests.count(alone, changes));
        }
        let key_use = self.providers.ledger().key_use();
        let account = AccountStep {
            before: account,
            after: self.books.account,
            sent: key_use.since(self.key_use),
            is_work: matches!(step.ran, Ran::Work),
            is_changed: step.changes_account,
        };
        self.key_use = key_use;
        self.broken.extend(account.broken());
    }

    /// Checks the books after a step. `before` is the order before it.
    fn judge(&mut self, before: &Order) {
        self.sync_payments();
        let broken = judge::broken(before, &self.books, &self.providers.ledger(), &self.unseen);
        self.broken.extend(broken);
    }

    /// Carries an act out in its course.
    pub(super) async fn take(&mut self, act: &Act, course: Course) {
        self.story.push(format!("{act:?}{course}"));
        self.step.ran = Ran::of(act, self.requests.alone(act, &course), &course);
        self.step.changes_account |= course.acts(act).any(|it| matches!(it, Act::ChangeAccount { .. }));
        self.has_changed_account |= self.step.changes_account;
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
                let is_over = early.is_some();
                let first = if let Some(first) = early {
                    drop(step);
                    first
                } else {
                    step.await
                };
                // Of two attempts under one key, one may be told that the other one uses it: this was before the answer.
                if is_over || is_in_use(&first) {
                    self.note(act, first, false);
                    self.note(&other, second, false);
                } else {
                    self.note(&other, second, false);
                    self.note(act, first, false);
                }
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
                self.prepare_to_end(obligation);
            }
            Act::Abandon { obligation } => self.prepare_to_end(obligation),
            _ => {}
        }
    }

    fn prepare_to_end(&mut self, obligation: &str) {
        let is_refused = self.providers.ledger().has_other_key();
        if self.books.account.is_paused || self.step.changes_account || is_refused {
            self.unseen.insert(obligation.to_owned());
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
                let is_alone = matches!(self.step.ran, Ran::Request(_));
                let noted = self.requests.note(sent, &outcome, is_alone);
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
            Err(
                problem @ (AppError::OrderContended | AppError::ShopContended | AppError::RateLimited { .. }),
            ) => {
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
