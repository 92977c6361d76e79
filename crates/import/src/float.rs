//! Reads decimals with more than four digits after the point: floats as the amounts that they stand for, because PHP
//! writes 75.65 as `75.650000000000006` in some configurations, and numbers that are only shown as rounded ones.

/// The digits after the point that an amount has.
const DIGITS: usize = 4;
/// The digits behind them that tell a float from an amount that is more precise.
const NOISE: usize = 4;
/// The fewest significant digits with which a large float is written.
const FEWEST_SIGNIFICANT: usize = 16;

/// The ten-thousandths that a decimal with more than four digits after the point stands for. `None` where the number
/// is more precise, so that rounding would change its sense.
///
/// A number stands for an amount when the fifth to the eighth digit after the point are all 0 or all 9. A float of a
/// billion or more has fewer digits there, and may differ by one in its last digit.
pub(super) fn amount_of_float(text: &str) -> Option<i64> {
    let long = LongDecimal::of(text)?;
    long.rounded(rounds_up(&long.rest, long.significant)?)
}

/// A decimal with more than four digits after the point in ten-thousandths, rounded half up.
pub(super) fn rounded_decimal(text: &str) -> Option<i64> {
    let long = LongDecimal::of(text)?;
    long.rounded(long.rest.first().is_some_and(|digit| *digit >= b'5'))
}

/// A decimal with more than four digits after the point.
struct LongDecimal {
    negative: bool,
    /// The digits up to the fourth after the point.
    kept: Vec<u8>,
    /// At least one digit: those behind the kept ones.
    rest: Vec<u8>,
    /// The number of significant digits.
    significant: usize,
}

impl LongDecimal {
    fn of(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent: isize = exponent.parse().ok()?;
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let kept = isize::try_from(whole.len()).ok()? + exponent + isize::try_from(DIGITS).ok()?;
        let (kept, rest) = match usize::try_from(kept) {
            Ok(kept) if kept < digits.len() => (digits[..kept].to_vec(), digits[kept..].to_vec()),
            Ok(_) => return None,
            Err(_) => {
                let zeros = vec![b'0'; kept.unsigned_abs().min(NOISE)];
                (Vec::new(), [zeros, digits.clone()].concat())
            }
        };
        let significant = digits.iter().skip_while(|digit| **digit == b'0').count();
        Some(Self {
            negative,
            kept,
            rest,
            significant,
        })
    }

    /// The kept digits as ten-thousandths, and one more when the number is rounded `up`, away from zero.
    fn rounded(&self, up: bool) -> Option<i64> {
        let kept = self.kept.iter().try_fold(0_i64, |value, digit| {
            value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
        })?;
        let value = kept.checked_add(i64::from(up))?;
        Some(if self.negative { -value } else { value })
    }
}

/// Whether the digits behind an amount round it up; `None` where they are more than noise.
fn rounds_up(noise: &[u8], significant: usize) -> Option<bool> {
    if noise.len() >= NOISE {
        let first = &noise[..NOISE];
        return match (
            first.iter().all(|it| *it == b'0'),
            first.iter().all(|it| *it == b'9'),
        ) {
            (true, _) => Some(false),
            (_, true) => Some(true),
            _ => None,
        };
    }
    let (last, before) = noise.split_last()?;
    if significant < FEWEST_SIGNIFICANT {
        None
    } else if before.iter().all(|it| *it == b'0') && *last <= b'1' {
        Some(false)
    } else if noise.iter().all(|it| *it == b'9') {
        Some(true)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_is_read_as_the_amount_that_it_stands_for() {
        for (text, amount) in [
            ("75.650000000000006", 756_500),
            ("15.890000000000001", 158_900),
            ("91.540000000000006", 915_400),
            ("0.30000000000000004", 3_000),
            ("0.28999999999999998", 2_900),
            ("19.989999999999998", 199_900),
            ("12.345599999999999", 123_456),
            ("99.999999999999986", 1_000_000),
            ("0.010000000009313226", 100),
            ("-0.10000000000000001", -1_000),
            ("2.8421709430404007e-14", 0),
            ("-1.4210854715202004e-14", 0),
            ("1.0000000000000002e1", 100_000),
            ("1234567890.1199999", 12_345_678_901_200),
            ("12345678901.120001", 123_456_789_011_200),
        ] {
            assert_eq!(amount_of_float(text), Some(amount), "{text}");
        }
    }

    #[test]
    fn a_number_that_is_only_shown_is_rounded_half_up() {
        for (text, amount) in [
            ("8.403361344537815", Some(84_034)),
            ("8.40335", Some(84_034)),
            ("8.40334999999999999999999999999999999999", Some(84_033)),
            ("19.99999", Some(200_000)),
            ("0.00005", Some(1)),
            ("5e-5", Some(1)),
            ("9e-6", Some(0)),
            ("9e-30", Some(0)),
            ("-0.00004", Some(0)),
            ("-8.40335", Some(-84_034)),
            ("1e30", None),
            ("8.4033x", None),
            (".", None),
        ] {
            assert_eq!(rounded_decimal(text), amount, "{text}");
        }
    }

    #[test]
    fn a_number_that_is_more_precise_stands_for_no_amount() {
        for text in [
            "0.12345",
            "0.00001",
            "12.34567890123456",
            "1.33333333333333326",
            "0.99990",
            "1e-5",
            "5.00005",
            "x.99999",
            "",
            ".",
            "1.00000001e99",
            "1234567890.1199",
        ] {
            assert_eq!(amount_of_float(text), None, "{text}");
        }
    }
}
