//! How the cancellation of an order is decided: not at all, on request, or at once.

use strum::{EnumString, IntoStaticStr, VariantArray};

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
