//! Quantities in ten-thousandths of a unit. Adobe's API allows decimals, and floats would lose precision.

use std::fmt;

use crate::money::decimal::{DecimalError, divide_half_up, parse_scaled};

const UNIT: i64 = 10_000;

/// How many units of an item, in ten-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(i64);

impl Quantity {
    /// No units.
    pub const ZERO: Self = Self(0);

    /// `units` whole units.
    #[must_use]
    pub const fn whole(units: i64) -> Self {
        Self(units.saturating_mul(UNIT))
    }

    /// Makes a quantity from ten-thousandths of a unit.
    #[must_use]
    pub const fn from_scaled(scaled: i64) -> Self {
        Self(scaled)
    }

    /// Reads `"2"` or `"2.5000"`.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        parse_scaled(text, 4).map(Self)
    }

    /// The quantity in ten-thousandths of a unit.
    #[must_use]
    pub const fn scaled(self) -> i64 {
        self.0
    }

    /// The quantity without a part of a unit.
    #[must_use]
    pub const fn whole_units(self) -> Self {
        Self(self.0 - self.0 % UNIT)
    }

    /// Whether there is no part of a unit beside whole units.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.0 % UNIT == 0
    }

    /// Whether there is at least a part of a unit.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The part of this quantity that goes with `taken` of `whole` other units, rounded half up.
    #[must_use]
    pub fn part(self, taken: Self, whole: Self) -> Self {
        if taken >= whole {
            return self;
        }
        let exact = i128::from(self.0) * i128::from(taken.0);
        let scaled = divide_half_up(exact, i128::from(whole.0));
        i64::try_from(scaled).map_or(self, Self)
    }

    /// The sum of both quantities.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// How many wholes hold this quantity of a part, where `wholes` hold `parts`: rounded up, and never more than
    /// `wholes`. Where `wholes` has no part of a unit, the result has none.
    #[must_use]
    pub(crate) fn wholes(self, parts: Self, wholes: Self) -> Self {
        if self >= parts {
            return if self.is_positive() { wholes } else { Self::ZERO };
        }
        let step = if wholes.is_whole() { UNIT } else { 1 };
        let exact = i128::from(self.0) * i128::from(wholes.0);
        let per_step = i128::from(parts.0) * i128::from(step);
        let steps = (exact + per_step - 1) / per_step;
        let scaled = i64::try_from(steps).map_or(wholes.0, |steps| steps.saturating_mul(step));
        Self(scaled.min(wholes.0))
    }

    /// The quantity that is left after `other` is taken away; never less than zero.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        let left = self.0.saturating_sub(other.0);
        Self(if left > 0 { left } else { 0 })
    }
}

/// Writes the quantity without trailing zeros: `2` or `2.5`.
impl fmt::Display for Quantity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:04}", self.0.unsigned_abs() % 10_000);
        let fraction = fraction.trim_end_matches('0');
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(out, "{sign}{}", self.0.unsigned_abs() / 10_000)?;
        if fraction.is_empty() {
            Ok(())
        } else {
            write!(out, ".{fraction}")
        }
    }
}
