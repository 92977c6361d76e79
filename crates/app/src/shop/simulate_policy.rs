//! Staff asks what a draft of settings would have done with the cancellations of a time; no data changes.

use chrono::{DateTime, Utc};
use countermand_domain::{
    Actor, CancellationMode, ConfigScope, CustomerId, Money, PastCancellation, Shop, StoreNumber,
};
use countermand_persistence::ReportedCancellation;

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::shop_settings::{SettingChange, allow_scope, checked_draft};
use crate::viewer::Viewer;

/// The most cancellations that a simulation looks at.
pub const MOST_SIMULATED: usize = 500;

/// The settings of a draft, and the cancellations that it is tried on.
#[derive(Debug, Clone)]
pub struct PolicyDraft {
    /// The scope at which the values would be set.
    pub scope: ConfigScope,
    /// The values that would be set or taken back.
    pub values: Vec<SettingChange>,
    /// The first instant of the cancellations.
    pub from: DateTime<Utc>,
    /// The instant after the last one.
    pub until: DateTime<Utc>,
}

/// What the draft would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicySimulation {
    /// The cancellations that were looked at.
    pub looked_at: u64,
    /// Whether the time holds more cancellations than a simulation looks at; the earliest ones count.
    pub is_cut_off: bool,
    /// Cancellations that would have taken place at once.
    pub automatic: u64,
    /// Cancellations that the buyer would have had to ask for.
    pub requested: u64,
    /// Cancellations that would have been refused.
    pub refused: u64,
    /// The sums, one for each currency, in the order in which the currencies were met.
    pub money: Vec<SimulatedMoney>,
}

/// The sums of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulatedMoney {
    /// The money that flowed back.
    pub refunded_then: Money,
    /// The money that would have flowed back.
    pub refunded: Money,
    /// The fees that the shop would have kept.
    pub fee: Money,
}

impl App {
    /// Tries `draft` on the cancellations of its time and scope, at most [`MOST_SIMULATED`] of them.
    pub async fn simulate_cancellation_policy(
        &self,
        viewer: &Viewer,
        draft: &PolicyDraft,
    ) -> Result<PolicySimulation, Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::SimulateCancellationPolicy)?;
        allow_scope(staff, draft.scope)?;
        if draft.from >= draft.until {
            let message = "must be before `until`";
            return Err(UserError::about("from", UserErrorCode::Invalid, message).into());
        }
        let shop = self.database().shop().await?;
        let drafted = drafted_shop(&shop, draft)?;
        let views = shop.stores.iter().map(|view| view.number);
        let stores: Vec<_> = views
            .filter(|store| is_in_scope(&shop, draft.scope, *store))
            .collect();
        let (from, until, limit) = (draft.from, draft.until, MOST_SIMULATED as u64 + 1);
        let read = self
            .database()
            .cancellations_between(from, until, Some(&stores), None, limit);
        let mut past = read.await?;
        let mut simulation = PolicySimulation {
            is_cut_off: past.len() > MOST_SIMULATED,
            ..PolicySimulation::default()
        };
        past.truncate(MOST_SIMULATED);
        for cancellation in &past {
            self.simulate(&drafted, cancellation, &mut simulation).await?;
        }
        Ok(simulation)
    }

    async fn simulate(
        &self,
        shop: &Shop,
        past: &ReportedCancellation,
        simulation: &mut PolicySimulation,
    ) -> Result<(), AppError> {
        let Some(loaded) = self.database().order(past.order).await? else {
            return Ok(());
        };
        let policy = shop.cancellation_policy(past.order.store());
        let simulated = policy.simulate(&PastCancellation {
            order: &loaded.order,
            actor: actor_of(&past.actor),
            at: past.at,
            reason_code: &past.reason_code,
            refunded: past.refunded,
        });
        // Amounts that do not fit are none that an order can have.
        let Ok(simulated) = simulated else { return Ok(()) };
        simulation.looked_at += 1;
        match simulated.mode {
            CancellationMode::Automatic => simulation.automatic += 1,
            CancellationMode::Request => simulation.requested += 1,
            CancellationMode::Off => simulation.refused += 1,
        }
        let zero = Money::zero(past.refunded.currency());
        let currency = zero.currency();
        let at = simulation
            .money
            .iter()
            .position(|it| it.fee.currency() == currency)
            .unwrap_or_else(|| {
                simulation.money.push(SimulatedMoney {
                    refunded_then: zero,
                    refunded: zero,
                    fee: zero,
                });
                simulation.money.len() - 1
            });
        let sums = &mut simulation.money[at];
        for (sum, amount) in [
            (&mut sums.refunded_then, past.refunded),
            (&mut sums.refunded, simulated.refunded),
            (&mut sums.fee, simulated.fee),
        ] {
            *sum = sum.checked_add(amount).unwrap_or(*sum);
        }
        Ok(())
    }
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

/// The actor that a label names: `customer:10000000001`, `guest`, `staff:anna`, `system`.
fn actor_of(label: &str) -> Actor {
    match label.split_once(':') {
        Some(("customer", number)) => number.parse().map_or(Actor::System, |number| {
            Actor::Customer(CustomerId::from_number(number))
        }),
        Some(("staff", name)) => Actor::Staff { name: name.into() },
        Some(_) | None if label == "guest" => Actor::Guest,
        Some(_) | None => Actor::System,
    }
}
