//! The voids and refunds that an order owes, and the worker and the staff that end them.

use countermand_app::ports::{ProviderAnswer, ProviderError, ReversalRequest};
use countermand_domain::{
    Actor, Effect, FailedReversal, FailureAudience, Money, Order, Reversal, ReversalCall, ReversalEntry,
    ReversalFailure, ReversalOperation, ReversalRefusal, ReversalState, ReversalStep, SettledMatter,
    Settlement, TransactionKind,
};

use super::History;
use crate::ledger::Ledger;

/// The most steps of one attempt.
const MOST_STEPS: usize = 8;
/// How often the worker comes back at the end, and the round from which staff pays by hand what is still open.
const ROUNDS: usize = 14;
const BY_HAND: usize = 9;

/// A void or a refund that the order owes, or owed.
#[derive(Debug, Clone)]
pub(super) struct Owed {
    pub(super) reversal: Reversal,
    pub(super) transaction: usize,
    pub(super) amount: Money,
    pub(super) ending: Ending,
    /// Whether staff must act first.
    needs_staff: bool,
}

/// How an obligation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Open,
    /// The provider moved the money.
    ByProvider,
    /// Staff moved the money by another way.
    ByHand,
    Abandoned,
}

impl Owed {
    pub(super) fn of(effect: &Effect, version: i64) -> Option<Self> {
        let (operation, transaction, amount) = match *effect {
            Effect::Void { transaction, amount } => (ReversalOperation::Void, transaction, amount),
            Effect::Refund { transaction, amount } => (ReversalOperation::Refund, transaction, amount),
            Effect::Notify(_) => return None,
        };
        let code = operation.code();
        Some(Self {
            reversal: Reversal {
                obligation: format!("{code}-{version}-{transaction}"),
                owed: operation,
                entries: Vec::new(),
            },
            transaction,
            amount,
            ending: Ending::Open,
            needs_staff: false,
        })
    }

    pub(super) fn is_open(&self) -> bool {
        self.ending == Ending::Open
    }
}

impl History {
    /// The worker tries all that is owed.
    pub(super) fn work_all(&mut self) {
        for index in 0..self.owed.len() {
            if self.owed[index].is_open() && !self.owed[index].needs_staff {
                self.work(index);
                let owed = &self.owed[index];
                let state = owed.reversal.state();
                let line = format!(
                    "worker: {} is {state:?}, {:?}",
                    owed.reversal.obligation, owed.ending
                );
                self.story.push(line);
            }
        }
    }

    fn work(&mut self, index: usize) {
        let capabilities = self.ledger.profile().capabilities();
        let mut next = None;
        for _ in 0..MOST_STEPS {
            let step = next.take().unwrap_or_else(|| {
                let step = self.owed[index].reversal.next_step(capabilities, self.now);
                step.in_one_call(capabilities, false)
            });
            let goes_on = match step {
                ReversalStep::Begin(call) => self.begin(index, call),
                ReversalStep::Repeat(call) => self.send(index, call),
                ReversalStep::LookUp(call) => match self.request(index, call) {
                    Some(request) => match self.ledger.look_up(&request, self.now) {
                        Ok(Some(answer)) => self.take(index, call, answer),
                        Ok(None) => {
                            let is_rest = !call.operation.is_refund()
                                || self.ledger.left(&request.payment) == request.amount.minor();
                            let reversal = &self.owed[index].reversal;
                            let step = reversal.after_nothing_found(call, capabilities, is_rest, self.now);
                            let is_known = reversal.state() != Some(ReversalState::Requested);
                            self.owed[index].needs_staff |= is_known;
                            next = Some(step);
                            !is_known
                        }
                        Err(_) => false,
                    },
                    None => false,
                },
                ReversalStep::Await => false,
                ReversalStep::Book => {
                    self.book(index, Ending::ByProvider);
                    false
                }
                ReversalStep::AskPerson => {
                    self.owed[index].needs_staff = true;
                    false
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    /// The request of `call`; none where the payment has no reference, so that staff moves the money.
    fn request(&mut self, index: usize, call: ReversalCall) -> Option<ReversalRequest> {
        let owed = &mut self.owed[index];
        let transaction = self.order.payment.transactions.get(owed.transaction)?;
        let Some(payment) = transaction.reference.clone() else {
            owed.needs_staff = true;
            return None;
        };
        Some(ReversalRequest {
            key: owed.reversal.key(call),
            operation: call.operation,
            payment,
            amount: owed.amount,
            order: self.order.number.clone(),
            reference: owed.reversal.reference_of(call).map(str::to_owned),
        })
    }

    fn begin(&mut self, index: usize, call: ReversalCall) -> bool {
        if self.request(index, call).is_none() {
            return false;
        }
        let requested = self.entry(call, ReversalState::Requested);
        self.owed[index].reversal.entries.push(requested);
        self.send(index, call)
    }

    fn send(&mut self, index: usize, call: ReversalCall) -> bool {
        let Some(request) = self.request(index, call) else {
            return false;
        };
        match self.ledger.reverse(&request, self.now) {
            Ok(answer) => self.take(index, call, answer),
            Err(ProviderError::KeyMisused(why)) => {
                self.broken.push(why);
                false
            }
            Err(_) => false,
        }
    }

    fn entry(&self, call: ReversalCall, state: ReversalState) -> ReversalEntry {
        ReversalEntry {
            at: self.now,
            call,
            state,
            reference: None,
            refusal: None,
            detail: String::new(),
        }
    }

    /// Takes an answer down; whether another step follows at once.
    fn take(&mut self, index: usize, call: ReversalCall, answer: ProviderAnswer) -> bool {
        let new = match answer {
            ProviderAnswer::Accepted { state, reference, .. } => ReversalEntry {
                reference,
                ..self.entry(call, state)
            },
            ProviderAnswer::Refused { refusal, .. } => ReversalEntry {
                refusal: Some(refusal),
                ..self.entry(call, ReversalState::Failed)
            },
        };
        let turns = new.refusal == Some(ReversalRefusal::AlreadyCaptured) && !call.operation.is_refund();
        let state = new.state;
        let owed = &mut self.owed[index];
        owed.reversal.entries.push(new);
        let has_failed = matches!(state, ReversalState::Failed | ReversalState::Canceled);
        owed.needs_staff |= has_failed && !turns;
        state == ReversalState::Succeeded || turns
    }

    /// The order's change that ends the obligation.
    fn book(&mut self, index: usize, ending: Ending) {
        let owed = &mut self.owed[index];
        owed.ending = ending;
        owed.needs_staff = false;
        let (transaction, amount, reversal) = (owed.transaction, owed.amount, owed.reversal.owed);
        let matter = match (ending, reversal) {
            (Ending::Abandoned, _) => SettledMatter::Abandoned {
                reversal,
                transaction,
                amount,
            },
            (_, ReversalOperation::Refund) => SettledMatter::Refund { transaction, amount },
            (_, _) => SettledMatter::Void { transaction, amount },
        };
        self.settle(&format!("{ending:?}"), matter);
    }

    fn settle(&mut self, name: &str, matter: SettledMatter) {
        let settlement = Settlement {
            matter,
            note: name.to_owned(),
            reference: None,
        };
        match self.order.settle(settlement, &Actor::System, self.now) {
            Ok(change) => self.apply(name, change),
            Err(problem) => self.broken.push(format!("{name}: {problem}")),
        }
    }

    /// Staff tries one obligation again, pays it by hand or ends it; the two latter only where the provider has nothing
    /// of it.
    pub(super) fn staff_decides(&mut self) {
        let waiting: Vec<usize> = (0..self.owed.len())
            .filter(|index| self.owed[*index].is_open() && self.owed[*index].needs_staff)
            .collect();
        let Some(index) = self.dice.any(&waiting) else {
            return;
        };
        match self.dice.below(3) {
            0 => self.retry(index),
            1 => self.by_hand(index, Ending::ByHand),
            _ => self.by_hand(index, Ending::Abandoned),
        }
    }

    fn retry(&mut self, index: usize) {
        self.owed[index].needs_staff = false;
        let obligation = &self.owed[index].reversal.obligation;
        self.story.push(format!("staff: {obligation} is tried again"));
    }

    fn by_hand(&mut self, index: usize, ending: Ending) {
        let reversal = self.owed[index].reversal.clone();
        if !reversal.is_at_provider() {
            self.story
                .push(format!("staff: {} is {ending:?}", reversal.obligation));
            self.book(index, ending);
        }
    }

    /// The bank returns the newest refund, and the books owe it again.
    pub(super) fn bank_returns(&mut self) {
        if !self.ledger.fail_late(self.now) {
            return;
        }
        self.story.push("the bank returns the newest refund".to_owned());
        for index in 0..self.owed.len() {
            let owed = &self.owed[index];
            let obligation = owed.reversal.obligation.as_str();
            let has_moved = self.ledger.moved_for(obligation).next().is_some();
            let last = owed.reversal.entries.last();
            let Some(last) =
                last.filter(|last| last.state == ReversalState::Succeeded && last.call.operation.is_refund())
            else {
                continue;
            };
            if has_moved {
                continue;
            }
            let failed = self.entry(last.call, ReversalState::Failed);
            let was_booked = owed.ending == Ending::ByProvider;
            let (transaction, amount) = (owed.transaction, owed.amount);
            let owed = &mut self.owed[index];
            owed.reversal.entries.push(failed);
            owed.needs_staff = true;
            if was_booked {
                owed.ending = Ending::Open;
                let failed = FailedReversal {
                    obligation: owed.reversal.obligation.clone(),
                    is_refund: true,
                    tender: 0,
                    account: "main".to_owned(),
                    amount,
                    reason: ReversalFailure::Failed,
                    was_refunded: true,
                    is_by_others: false,
                    audience: FailureAudience::Shop,
                };
                match self.order.fail_reversal(transaction, failed, self.now) {
                    Ok(change) => self.apply("returned", change),
                    Err(problem) => self.broken.push(format!("returned: {problem}")),
                }
            }
        }
    }

    /// Faults stop, time passes, and the worker and staff end what is open.
    pub(super) fn end(&mut self) {
        self.ledger.calm();
        self.story.push("all faults end".to_owned());
        for round in 0..ROUNDS {
            self.now += chrono::TimeDelta::hours(30);
            self.ledger.arrive(self.now);
            self.ledger.end_pending(100, self.now);
            self.work_all();
            for index in 0..self.owed.len() {
                if self.owed[index].is_open() && self.owed[index].needs_staff {
                    if round < BY_HAND {
                        self.retry(index);
                    } else {
                        self.by_hand(index, Ending::ByHand);
                    }
                }
            }
        }
    }
}

/// What does not agree: the obligations with the order's transactions, and the provider's ledger with the obligations.
pub(super) fn broken(order: &Order, owed: &[Owed], ledger: &Ledger) -> Vec<String> {
    let mut broken = Vec::new();
    for (position, transaction) in order.payment.transactions.iter().enumerate() {
        let of = |wanted: &dyn Fn(&Owed) -> bool| -> i64 {
            let found = owed.iter().filter(|it| it.transaction == position && wanted(it));
            found.map(|it| it.amount.minor()).sum()
        };
        if of(&Owed::is_open) != transaction.owed.minor() {
            broken.push(format!(
                "transaction {position} owes something else than its obligations"
            ));
        }
        if of(&|it| it.ending == Ending::Abandoned) != transaction.abandoned.minor() {
            broken.push(format!(
                "transaction {position} abandoned something else than its obligations"
            ));
        }
        let decided = transaction.used.minor() - transaction.outside.minor();
        if transaction.kind == TransactionKind::Capture && of(&|_| true) != decided {
            broken.push(format!(
                "transaction {position} pays back something else than its obligations"
            ));
        }
    }
    for it in owed {
        let refunds = ledger.moved_for(&it.reversal.obligation);
        let refunds: Vec<_> = refunds.filter(|kept| kept.did.is_refund()).collect();
        if refunds.len() > 1 || refunds.iter().any(|kept| kept.amount != it.amount) {
            broken.push(format!(
                "{} was paid back twice, or with another amount",
                it.reversal.obligation
            ));
        }
    }
    broken
}

/// What is wrong once nothing is under way any more.
pub(super) fn broken_at_end(order: &Order, owed: &[Owed], ledger: &Ledger) -> Vec<String> {
    let mut broken = Vec::new();
    for it in owed {
        let obligation = &it.reversal.obligation;
        let has_moved = ledger.moved_for(obligation).next().is_some();
        let payment = order.payment.transactions.get(it.transaction);
        let reference = payment.and_then(|payment| payment.reference.as_deref());
        let is_moved = match it.ending {
            Ending::Open => {
                broken.push(format!("{obligation} is still open"));
                continue;
            }
            Ending::ByProvider => has_moved || reference.is_some_and(|payment| ledger.is_voided(payment)),
            Ending::ByHand | Ending::Abandoned => !has_moved,
        };
        if !is_moved {
            broken.push(format!(
                "{obligation} is {:?}, and the provider says otherwise",
                it.ending
            ));
        }
    }
    broken
}
