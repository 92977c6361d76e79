//! How the cancellation of an order is decided: not at all, on request, or at once.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::cancellation::CancellationRules;
use crate::order::{Actor, Order};

/// How a cancellation is decided. A later variant lets a buyer do more than an earlier one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum CancellationMode {
    /// Buyers cannot cancel.
    Off,
    /// Buyers ask for the cancellation, and staff decides.
    Request,
    /// A cancellation that the rules allow takes place at once.
    #[default]
    Automatic,
}

impl CancellationMode {
    /// All modes.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name in settings and rules, such as `AUTOMATIC`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// The mode for one order and one actor, and whether the window made it stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ResolvedMode {
    pub(crate) mode: CancellationMode,
    pub(crate) is_after_window: bool,
}

impl ResolvedMode {
    /// Cancellations take place at once.
    pub(crate) const AUTOMATIC: Self = Self {
        mode: CancellationMode::Automatic,
        is_after_window: false,
    };
}

impl CancellationRules {
    /// The mode that holds for `actor` at `now`. The mode of the store view and the window bind buyers
    /// alone; a rule binds staff if it names staff.
    pub(crate) fn resolve(&self, order: &Order, actor: &Actor, now: DateTime<Utc>) -> ResolvedMode {
        let is_buyer = actor.is_buyer();
        let general = if is_buyer {
            self.mode
        } else {
            CancellationMode::Automatic
        };
        let mode = self.mode_rules.outcome(order, actor, now).unwrap_or(general);
        let is_late = is_buyer && self.window_end(order).is_some_and(|end| now >= end);
        let mode_in_time = ResolvedMode {
            mode,
            is_after_window: false,
        };
        match (is_late, self.after_window.at_most()) {
            (true, most) if most < mode => ResolvedMode {
                mode: most,
                is_after_window: true,
            },
            (true | false, _) => mode_in_time,
        }
    }

    /// The moments at which the mode of `order` can change.
    pub(crate) fn turning_points(&self, order: &Order) -> impl Iterator<Item = DateTime<Utc>> {
        self.window_end(order)
            .into_iter()
            .chain(self.mode_rules.turning_points(order))
    }
}
