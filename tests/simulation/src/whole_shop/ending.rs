//! The end of a history: all faults stop, and everything that is owed must be settled.

use chrono::TimeDelta;
use countermand_app::Clock;

use super::act::Act;
use super::books::OwedMoney;
use super::choice::Course;
use super::history::History;
use super::judge::{self, Known};
use crate::ledger::FIRST_KEY;

/// How often the worker comes back at the end. Staff lets it try again before the round `BY_HAND`, and pays by hand from
/// then on; what no provider can be asked for is paid by hand at once.
const ROUNDS: usize = 14;
const BY_HAND: usize = 9;
/// The time between two of these rounds: longer than a provider's hour, shorter than its day.
const ROUND: TimeDelta = TimeDelta::hours(30);
/// More events than a history has.
const MOST_EVENTS: u64 = 1_000;

impl History<'_> {
    /// Faults stop, time passes, and the worker and staff end what is open. All that is owed must be settled then.
    pub(super) async fn end(&mut self) {
        self.story.push("all faults end".to_owned());
        self.desk.mailer.calm();
        self.receiver.calm();
        self.providers.ledger().calm();
        self.restore_account().await;
        for round in 0..ROUNDS {
            self.clock.advance(ROUND);
            let now = self.clock.now();
            {
                let mut ledger = self.providers.ledger();
                ledger.arrive(now);
                ledger.end_pending(100, now);
            }
            if round == 0 {
                self.repeat_unanswered().await;
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
        if self.broken.is_empty() {
            self.repeat_answered().await;
        }
        self.judge_end().await;
    }

    /// Staff gives the account its first key again, which it has at the beginning of the next history, and lets it go
    /// on.
    async fn restore_account(&mut self) {
        if self.has_changed_account || self.books.account.is_paused {
            let act = Act::ChangeAccount {
                is_paused: Some(false),
                key: Some(FIRST_KEY.to_owned()),
            };
            self.take(&act, Course::Plain).await;
            self.look().await;
        }
    }

    /// The senders of commands with a key that got no answer send them again. No key is in use any more.
    async fn repeat_unanswered(&mut self) {
        for act in self.requests.unanswered() {
            self.take(&act, Course::Plain).await;
            self.look().await;
        }
        self.broken.extend(self.requests.in_use());
    }

    /// All commands with a key are sent once more, and change nothing.
    async fn repeat_answered(&mut self) {
        let answered = self.requests.answered();
        if answered.is_empty() {
            return;
        }
        for act in answered {
            self.take(&act, Course::Plain).await;
        }
        self.look().await;
    }

    async fn judge_end(&mut self) {
        let known = Known {
            has_kept_money: self.has_kept_money,
            by_hand: &self.by_hand,
            unseen: &self.unseen,
            mails: self.desk.mailer.canceled(),
        };
        let broken = judge::broken_at_end(&self.books, &self.providers.ledger(), &known);
        self.broken.extend(broken);
        let events = self.database.published_events(self.desk.order, 0, MOST_EVENTS);
        let events = events.await.expect("events");
        self.broken.extend(self.receiver.broken(&events));
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
}
