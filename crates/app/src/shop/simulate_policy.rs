//! Staff asks what a draft of settings would have done with the orders of a time; no data changes.

use std::collections::HashMap;
use std::mem::discriminant;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{
    CancellationAction, CancellationPolicy, CancellationRefusal, ConfigScope, Money, MoneyError, PastAttempt,
    PastOrder, Shop, SimulatedOutcome, StoreNumber,
};
use countermand_persistence::{PastOrderPlace, PastOrdersQuery};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::shop_settings::{SettingChange, allow_scope, checked_draft};
use crate::viewer::Viewer;

/// The most orders that a simulation looks at.
pub const MOST_SIMULATED: u64 = 10_000;
/// How long a simulation looks at orders before it stops: shorter than a request may take.
const LONGEST_RUN: Duration = Duration::from_secs(5);

/// The most minutes after an order was placed at which a simulation lets its buyer cancel: a year.
pub const MOST_SIMULATED_MINUTES: i64 = 525_600;

/// The orders that are read at once.
const PAGE: u64 = 200;

/// The settings of a draft, and the orders that it is tried on.
#[derive(Debug, Clone)]
pub struct PolicyDraft {
    /// The scope at which the values would be set.
    pub scope: ConfigScope,
    /// The values that would be set or taken back.
    pub values: Vec<SettingChange>,
    /// The first instant at which the orders were placed.
    pub from: DateTime<Utc>,
    /// The instant after the last one.
    pub until: DateTime<Utc>,
    /// The minutes after an order was placed at which its buyer cancels, where no cancellation was asked for.
    pub minutes: i64,
}

/// What two policies would have done with the same orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicySimulation {
    /// The orders that were looked at.
    pub looked_at: u64,
    /// When the last order that was looked at was placed, where the time holds more orders than a simulation looks at;
    /// none where all were looked at.
    pub cut_off_at: Option<DateTime<Utc>>,
    /// The orders that were left out, because no events tell them as they were then.
    pub not_judged: u64,
    /// The money that flowed back with the first cancellation of the orders that were canceled, by currency.
    pub refunded_then: Vec<Money>,
    /// What the draft would have done.
    pub draft: SimulatedPolicy,
    /// What the settings as they stand now would have done.
    pub today: SimulatedPolicy,
}

/// What one policy would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimulatedPolicy {
    /// Orders of which a cancellation took place or was asked for.
    pub real: SimulatedOutcomes,
    /// The other orders.
    pub supposed: SimulatedOutcomes,
}

/// The outcomes of some orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimulatedOutcomes {
    /// The number of orders.
    pub orders: u64,
    /// Cancellations that would have taken place at once.
    pub automatic: u64,
    /// Cancellations that the buyer would have had to ask for.
    pub requested: u64,
    /// Cancellations that would have been refused.
    pub refused: u64,
    /// The first refusals of those, each kind once, with their numbers.
    pub refusals: Vec<(CancellationRefusal, u64)>,
    /// The money that would have flowed back, without the fees: a sum for each currency, in the sequence in which the
    /// currencies were met.
    pub refunded: Vec<Money>,
    /// The fees that the shop would have kept: a sum for each currency, in the sequence of `refunded`.
    pub fees: Vec<Money>,
}

impl App {
    /// Tries `draft`, and the settings as they stand now, on the orders of its time and scope, at most
    /// [`MOST_SIMULATED`] of them, the earliest ones first.
    ///
    /// The orders are read page by page, each page in a read of its own, so nothing is locked meanwhile.
    pub async fn simulate_cancellation_policy(
        &self,
        viewer: &Viewer,
        draft: &PolicyDraft,
    ) -> Result<PolicySimulation, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::SimulateCancellationPolicy)?;
        allow_scope(staff, draft.scope)?;
        check_times(draft)?;
        let shop = self.database().shop().await?;
        let drafted = drafted_shop(&shop, draft)?;
        let views = shop.stores.iter().map(|view| view.number);
        let stores: Vec<_> = views
            .filter(|store| is_in_scope(&shop, draft.scope, *store))
            .collect();
        let policies = stores.iter().map(|store| {
            let [drafted, today] = [&drafted, &*shop].map(|shop| shop.cancellation_policy(*store));
            (*store, ComparedPolicies { drafted, today })
        });
        let policies: HashMap<_, _> = policies.collect();
        let (mut simulation, began) = (PolicySimulation::default(), Instant::now());
        let mut query = PastOrdersQuery {
            stores,
            from: draft.from,
            until: draft.until,
            after: None,
            limit: PAGE,
        };
        loop {
            let mut places = self.database().past_order_places(&query).await?;
            let is_late = began.elapsed() > LONGEST_RUN;
            let Some(last) = simulation.cut(&mut places, query.after, is_late) else {
                return Ok(simulation);
            };
            self.simulate(&places, &policies, draft.minutes, &mut simulation)
                .await?;
            query.after = Some(last);
        }
    }

    /// Tries the policies on one page of orders.
    async fn simulate(
        &self,
        places: &[PastOrderPlace],
        policies: &HashMap<StoreNumber, ComparedPolicies>,
        minutes: i64,
        simulation: &mut PolicySimulation,
    ) -> Result<(), AppError> {
        let now = self.now();
        for past in self.database().past_orders(places).await? {
            simulation.looked_at += 1;
            let judged = policies
                .get(&past.order.id.store())
                .map(|policies| policies.judge(&past, TimeDelta::minutes(minutes), now));
            // Amounts that do not fit are none that an order can have.
            let Some(Ok(Some(judged))) = judged else {
                simulation.not_judged += 1;
                continue;
            };
            let sums = simulation.add(&judged);
            sums.map_err(|problem| AppError::Internal(problem.to_string()))?;
        }
        Ok(())
    }
}

/// The policies of one store view.
struct ComparedPolicies {
    drafted: CancellationPolicy,
    today: CancellationPolicy,
}

/// An attempt, and what the policies would have done with it.
struct Judged {
    attempt: PastAttempt,
    drafted: SimulatedOutcome,
    today: SimulatedOutcome,
}

impl ComparedPolicies {
    fn judge(
        &self,
        past: &PastOrder,
        after: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Option<Judged>, MoneyError> {
        let Some(attempt) = past.attempt(after, now)? else {
            return Ok(None);
        };
        Ok(Some(Judged {
            drafted: attempt.outcome(&self.drafted)?,
            today: attempt.outcome(&self.today)?,
            attempt,
        }))
    }
}

impl PolicySimulation {
    /// Keeps the orders of a page that may still be looked at, and tells the last one; none at the end. `before` is the
    /// last order of the page before.
    fn cut(
        &mut self,
        places: &mut Vec<PastOrderPlace>,
        before: Option<PastOrderPlace>,
        is_late: bool,
    ) -> Option<PastOrderPlace> {
        let is_full = self.looked_at >= MOST_SIMULATED || (is_late && self.looked_at > 0);
        if is_full && !places.is_empty() {
            self.cut_off_at = before.map(|last| last.placed_at);
            return None;
        }
        let left = MOST_SIMULATED.saturating_sub(self.looked_at);
        places.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        places.last().copied()
    }

    fn add(&mut self, judged: &Judged) -> Result<(), MoneyError> {
        let attempt = &judged.attempt;
        if attempt.refunded.is_positive() {
            add_to(&mut self.refunded_then, attempt.refunded)?;
        }
        for (policy, outcome) in [
            (&mut self.draft, &judged.drafted),
            (&mut self.today, &judged.today),
        ] {
            let outcomes = if attempt.is_real {
                &mut policy.real
            } else {
                &mut policy.supposed
            };
            outcomes.add(outcome)?;
        }
        Ok(())
    }
}

impl SimulatedOutcomes {
    fn add(&mut self, outcome: &SimulatedOutcome) -> Result<(), MoneyError> {
        self.orders += 1;
        match outcome.action {
            CancellationAction::Cancel => self.automatic += 1,
            CancellationAction::Request => self.requested += 1,
            CancellationAction::None => self.refused += 1,
        }
        if let Some(refusal) = &outcome.refusal {
            let is_same = |it: &&mut (CancellationRefusal, u64)| discriminant(&it.0) == discriminant(refusal);
            match self.refusals.iter_mut().find(is_same) {
                Some((_, count)) => *count += 1,
                None => self.refusals.push((refusal.clone(), 1)),
            }
        }
        add_to(&mut self.refunded, outcome.refund)?;
        add_to(&mut self.fees, outcome.fee)
    }
}

/// Adds `amount` to the sum of its currency among `sums`.
fn add_to(sums: &mut Vec<Money>, amount: Money) -> Result<(), MoneyError> {
    match sums.iter_mut().find(|sum| sum.currency() == amount.currency()) {
        Some(sum) => *sum = sum.checked_add(amount)?,
        None => sums.push(amount),
    }
    Ok(())
}

fn check_times(draft: &PolicyDraft) -> Result<(), UserError> {
    let invalid = |field, message: &str| Err(UserError::about(field, UserErrorCode::Invalid, message));
    if draft.from >= draft.until {
        return invalid("from", "must be before `until`");
    }
    if !(0..=MOST_SIMULATED_MINUTES).contains(&draft.minutes) {
        let message = format!("must be from 0 to {MOST_SIMULATED_MINUTES}");
        return invalid("minutes_after_placing", &message);
    }
    Ok(())
}

/// The shop as it would be with the draft.
fn drafted_shop(shop: &Shop, draft: &PolicyDraft) -> Result<Shop, UserError> {
    let change = checked_draft(shop, draft.scope, &draft.values)?;
    let mut drafted = shop.clone();
    let settings = drafted.settings.entry(draft.scope).or_default();
    for setting in countermand_domain::Setting::ALL {
        if let Some(value) = setting.set_in(&change.set) {
            setting.put(settings, Some(value));
        }
    }
    for setting in change.reset {
        setting.put(settings, None);
    }
    Ok(drafted)
}

fn is_in_scope(shop: &Shop, scope: ConfigScope, store: StoreNumber) -> bool {
    match scope {
        ConfigScope::Default => true,
        ConfigScope::Website(website) => shop.store(store).is_some_and(|it| it.website == website),
        ConfigScope::Store(only) => only == store,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `number` orders, each placed a second after the one before.
    fn places(number: i64) -> Vec<PastOrderPlace> {
        let place = |order| PastOrderPlace {
            placed_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(order),
            order,
        };
        (1..=number).map(place).collect()
    }

    #[test]
    fn a_simulation_that_looked_at_as_many_orders_as_it_may_says_where_it_stopped() {
        let mut simulation = PolicySimulation {
            looked_at: MOST_SIMULATED - 2,
            ..PolicySimulation::default()
        };
        let mut page = places(3);
        let last = simulation.cut(&mut page, None, false);
        assert_eq!((page.len(), last), (2, Some(places(2)[1])));
        simulation.looked_at = MOST_SIMULATED;
        assert_eq!(simulation.cut(&mut places(1), last, false), None);
        assert_eq!(simulation.cut_off_at, last.map(|it| it.placed_at));
        let mut slow = PolicySimulation {
            looked_at: 200,
            ..PolicySimulation::default()
        };
        assert_eq!(slow.cut(&mut places(1), last, true), None);
        assert_eq!(slow.cut_off_at, last.map(|it| it.placed_at));
    }

    #[test]
    fn a_simulation_of_exactly_as_many_orders_as_it_may_look_at_is_not_cut_off() {
        let mut simulation = PolicySimulation {
            looked_at: MOST_SIMULATED,
            ..PolicySimulation::default()
        };
        let last = places(1).pop();
        assert_eq!(simulation.cut(&mut Vec::new(), last, false), None);
        assert_eq!(simulation.cut_off_at, None);
    }
}
