//! The simulated mail server, which fails by chance.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use countermand_app::ports::{Mail, MailError, MailMessage, Mailer};

use super::moments::Calls;
use crate::dice::Dice;

/// Takes mails, and remembers what they were about.
#[derive(Debug)]
pub(super) struct SimulatedMailer {
    calls: Calls,
    taken: Mutex<Taken>,
}

#[derive(Debug)]
struct Taken {
    dice: Dice,
    faults: u32,
    /// The ids of the mails that told a buyer of a cancellation.
    canceled: BTreeSet<String>,
}

impl SimulatedMailer {
    pub(super) fn new(seed: u64, calls: Calls) -> Self {
        Self {
            calls,
            taken: Mutex::new(Taken {
                dice: Dice::seeded(seed ^ 0x6d61_696c),
                faults: 20,
                canceled: BTreeSet::new(),
            }),
        }
    }

    /// Ends all faults.
    pub(super) fn calm(&self) {
        self.taken().faults = 0;
    }

    /// How many mails about a cancellation buyers got; one that was sent twice counts once.
    pub(super) fn canceled(&self) -> usize {
        self.taken().canceled.len()
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, mail: &Mail) -> Result<(), MailError> {
        let mut taken = self.taken();
        let share = taken.faults;
        let fails = taken.dice.percent(share);
        let is_lost = fails && taken.dice.percent(50);
        // The server took the mail, and its answer got lost.
        if (!fails || is_lost) && matches!(mail.message, MailMessage::OrderCanceled { .. }) {
            taken.canceled.insert(mail.id.clone());
        }
        if is_lost {
            return Err(MailError::Unavailable("no answer".to_owned()));
        }
        if fails {
            return Err(MailError::Temporary("busy".to_owned()));
        }
        Ok(())
    }
}

#[async_trait]
impl Mailer for SimulatedMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.calls.pass().await;
        let taken = self.take(mail);
        self.calls.pass().await;
        taken
    }
}
