//! Chance: the next step, and what happens in the middle of it.

use std::fmt;
use std::iter;

use chrono::TimeDelta;
use countermand_domain::{ItemPosition, Quantity, RefundShare, Selection};

use super::act::{Act, Lines};
use super::history::History;
use super::lost::Loss;
use super::shop::FaultyTable;

/// How a step goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Course {
    /// Nothing happens in between.
    Plain,
    /// The database fails.
    Faulty(FaultyTable),
    /// The answer of the commit with this number gets lost.
    Loses(u64, Loss),
    /// The process dies after this many moments.
    Dies(u64),
    /// The step stands still after this many moments while another one is taken, and goes on then.
    Races {
        other: Act,
        after: u64,
        /// The time that passes meanwhile: maybe more than a lease.
        pause: TimeDelta,
    },
}

impl fmt::Display for Course {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain => Ok(()),
            Self::Faulty(table) => write!(out, ", while the database does not write {table:?}"),
            Self::Loses(number, loss) => write!(out, ", and the answer of commit {number} is lost: {loss:?}"),
            Self::Dies(after) => write!(out, ", and the process dies after {after} moments"),
            Self::Races { other, after, pause } => {
                let seconds = pause.num_seconds();
                write!(
                    out,
                    ", and after {after} moments and {seconds} s meanwhile {other:?}"
                )
            }
        }
    }
}

impl Course {
    /// The acts of a step that begins with `act`.
    pub(super) fn acts<'a>(&'a self, act: &'a Act) -> impl Iterator<Item = &'a Act> {
        let other = match self {
            Self::Races { other, .. } => Some(other),
            _ => None,
        };
        iter::once(act).chain(other)
    }
}

impl History<'_> {
    /// What happens to the step `act`.
    pub(super) fn next_course(&mut self, act: &Act) -> Course {
        match self.dice.below(11) {
            10 => Course::Loses(self.commit_of(act), self.dice.one_of(&Loss::ALL)),
            0 => Course::Faulty(self.dice.one_of(&FaultyTable::ALL)),
            1 | 2 => Course::Dies(self.moments_of(act)),
            3 | 4 => {
                let after = self.moments_of(act);
                // The sender of a command with a key does not wait for the answer, and sends it again.
                let is_sent_again = matches!(act, Act::Keyed(_)) && self.dice.percent(30);
                let other = if is_sent_again {
                    act.clone()
                } else {
                    self.next_act()
                };
                let seconds = self.dice.one_of(&[0, 0, 130]);
                Course::Races {
                    other,
                    after,
                    pause: TimeDelta::seconds(seconds),
                }
            }
            _ => Course::Plain,
        }
    }

    /// A moment in the step: most steps have three, two more with a key, and a worker has many.
    fn moments_of(&mut self, act: &Act) -> u64 {
        let most = match act {
            Act::Work => 24,
            Act::Keyed(_) => 6,
            _ => 4,
        };
        u64::try_from(self.dice.between(1, most)).unwrap_or(1)
    }

    /// A commit in the step: most steps have one, two more with a key, and a worker has many.
    fn commit_of(&mut self, act: &Act) -> u64 {
        let most = match act {
            Act::Work => 10,
            Act::Keyed(_) => 3,
            _ => 1,
        };
        u64::try_from(self.dice.between(1, most)).unwrap_or(1)
    }

    /// The next act of buyers, staff, the worker or the provider's messages. Some commands have a key, and some of
    /// these are sent again later.
    pub(super) fn next_act(&mut self) -> Act {
        if self.dice.percent(8)
            && let Some(again) = self.requests.again(&mut self.dice)
        {
            return again;
        }
        let act = self.next_call();
        if act.is_command() && self.dice.percent(30) {
            return self.requests.begin(self.seed, act);
        }
        act
    }

    fn next_call(&mut self) -> Act {
        // Nothing passes at the provider until staff acts.
        if self.books.account.is_paused && self.dice.percent(30) {
            return self.change_account();
        }
        match self.dice.below(31) {
            0 | 1 => Act::Invoice {
                lines: self.lines_or_all(),
                unpaid: self.dice.percent(60),
            },
            2 | 3 => self.pay_invoice(),
            4 => Act::WithdrawInvoice,
            5 => Act::Ship {
                lines: self.lines_or_all(),
                overrides_request: self.dice.percent(50),
            },
            6..=8 => Act::CancelAsStaff {
                selection: self.selection(),
                share: RefundShare::Full,
            },
            9 => Act::CancelAsStaff {
                selection: self.selection(),
                share: self.share(),
            },
            10 | 11 => Act::CancelAsBuyer {
                selection: self.selection(),
            },
            12 => Act::Request {
                selection: self.selection(),
                by_staff: self.dice.percent(30),
            },
            13 => Act::Approve,
            14 => self
                .dice
                .one_of(&[Act::Decline, Act::Withdraw, Act::Hold, Act::Unhold]),
            15 => Act::Credit {
                lines: self.dice.percent(70).then(|| self.lines()),
                shipping: self.dice.percent(50),
            },
            16 | 17 => self.staff_decides(),
            18..=21 => self.message(),
            22 => self.change_account(),
            _ => Act::Work,
        }
    }

    /// Something that happens at the provider or in the world, and not in the shop.
    pub(super) fn something_outside(&mut self) {
        let now = self.now();
        let references = self.providers.ledger().references();
        let line = match self.dice.below(10) {
            0..=2 => {
                let minutes = self.dice.one_of(&[1, 3, 50, 400, 1_430, 3_000]);
                self.clock.advance(TimeDelta::minutes(minutes));
                format!("{minutes} minutes pass")
            }
            3 => {
                self.providers.ledger().end_pending(70, now);
                "the provider ends what is under way".to_owned()
            }
            4 => {
                let failed = {
                    let mut ledger = self.providers.ledger();
                    // Where the program has no refund that can fail, one of others does.
                    ledger.fail_late(now) || ledger.fail_outside(now)
                };
                format!("the bank returns the newest refund: {failed}")
            }
            5 | 6 => {
                let Some(reference) = self.dice.any(&references) else {
                    return;
                };
                let share = self.dice.between(1, 100);
                let paid = self.providers.ledger().refund_outside(&reference, share, now);
                format!("others pay {share} % of what is left of {reference} back: {paid}")
            }
            7 => {
                self.providers.ledger().change_key();
                "the provider accepts another key to the account only".to_owned()
            }
            8 => {
                let Some(reference) = self.dice.any(&references) else {
                    return;
                };
                let freezes = self.dice.percent(50);
                let disputed = self.providers.ledger().dispute(&reference, freezes, now);
                format!("the buyer disputes {reference}, its refunds wait: {freezes}: {disputed}")
            }
            _ => {
                let Some(reference) = self.dice.any(&references) else {
                    return;
                };
                let captured = self.providers.ledger().capture_outside(&reference, now);
                format!("the provider captures {reference}: {captured}")
            }
        };
        self.story.push(line);
    }

    /// Staff pauses the account, lets it go on, or gives it the key that the provider accepts.
    fn change_account(&mut self) -> Act {
        let key = self.providers.ledger().key();
        match self.dice.below(4) {
            0 => Act::ChangeAccount {
                is_paused: Some(true),
                key: None,
            },
            1 => Act::ChangeAccount {
                is_paused: Some(false),
                key: None,
            },
            2 => Act::ChangeAccount {
                is_paused: None,
                key: Some(key),
            },
            _ => Act::ChangeAccount {
                is_paused: Some(false),
                key: Some(key),
            },
        }
    }

    /// The payment of an open invoice, with a reference of its own.
    fn pay_invoice(&mut self) -> Act {
        let number = &self.books.order.number;
        let version = self.books.order.version;
        let chance = self.dice.below(1_000_000);
        Act::PayInvoice {
            reference: format!("pi-{number}-{version}-{chance}"),
        }
    }

    /// What staff does with an obligation of the order; the worker goes on where there is none.
    fn staff_decides(&mut self) -> Act {
        let open = self.books.owed.iter().filter(|it| it.is_open());
        let open: Vec<String> = open.map(|it| it.row.id.clone()).collect();
        let Some(obligation) = self.dice.any(&open) else {
            return Act::Work;
        };
        match self.dice.below(4) {
            0 => Act::Settle { obligation },
            1 => Act::Abandon { obligation },
            _ => Act::Retry { obligation },
        }
    }

    /// A message of the provider: in any sequence, and now and then one that arrived before. At the end all of them are
    /// delivered once more.
    fn message(&mut self) -> Act {
        let sent: Vec<String> = {
            let ledger = self.providers.ledger();
            ledger
                .messages()
                .iter()
                .map(|message| message.id.clone())
                .collect()
        };
        let newest = sent.last().filter(|_| self.dice.percent(50)).cloned();
        let chosen = newest.or_else(|| self.dice.any(&sent));
        chosen.map_or(Act::Work, |message| Act::Deliver { message })
    }

    fn share(&mut self) -> RefundShare {
        let cents = self.dice.between(1, 3_000);
        let text = format!("{}.{:02}", cents / 100, cents % 100);
        self.dice.one_of(&[
            RefundShare::Nothing,
            RefundShare::Amount(text.clone()),
            RefundShare::AllBut(text),
        ])
    }

    fn selection(&mut self) -> Selection {
        if self.dice.percent(35) {
            Selection::All
        } else {
            Selection::Items(self.lines())
        }
    }

    /// Quantities of some items; no quantity at all stands for all that is left.
    fn lines_or_all(&mut self) -> Lines {
        if self.dice.percent(40) {
            Vec::new()
        } else {
            self.lines()
        }
    }

    /// Units of some items; now and then more than are left.
    fn lines(&mut self) -> Lines {
        let order = self.books.order.clone();
        let mut lines: Vec<(ItemPosition, Quantity)> = Vec::new();
        for item in &order.items {
            if item.parent.is_none() && (lines.is_empty() || self.dice.percent(50)) {
                let most = item.quantities.open().scaled() / Quantity::whole(1).scaled();
                let units = self.dice.between(1, most.max(1));
                lines.push((item.position, Quantity::whole(units)));
            }
        }
        lines
    }
}
