//! The window: the time after an order was placed in which buyers may cancel it at once, and what they can do after it.
//! Whether it is over is compared in `mode.rs`.

use chrono::{DateTime, Utc};
use strum::EnumString;

use crate::cancellation::{CancellationMode, CancellationRules};
use crate::order::Order;

/// What a buyer can do once the window is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AfterWindow {
    /// The buyer can ask for the cancellation.
    #[default]
    Request,
    /// The buyer can neither cancel nor ask.
    None,
}

impl AfterWindow {
    pub(super) fn at_most(self) -> CancellationMode {
        match self {
            Self::Request => CancellationMode::Request,
            Self::None => CancellationMode::Off,
        }
    }
}

impl CancellationRules {
    /// When the window of `order` ends; none without a window.
    pub(super) fn window_end(&self, order: &Order) -> Option<DateTime<Utc>> {
        order.placed_at.checked_add_signed(self.window?)
    }
}
