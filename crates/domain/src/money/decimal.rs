//! Reads decimal text as scaled integers, exactly: money and quantities are never floats.

use thiserror::Error;

/// Why a decimal could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// The text is not an optional sign, digits and at most one point.
    #[error("not a decimal number")]
    Malformed,
    /// The text has more digits after the point than the scale holds, and they are not only zeros.
    #[error("more than {0} digits after the point")]
    TooPrecise(u32),
    /// The number does not fit 64 bits at this scale.
    #[error("too large")]
    TooLarge,
}

/// Reads `text` as an integer of `10^-scale` units, so `parse_scaled("2.5", 4)` is 25,000.
///
/// Accepts an exponent (`1e3`), because JSON writers may use one.
pub fn parse_scaled(text: &str, scale: u32) -> Result<i64, DecimalError> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = split_exponent(digits)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return Err(DecimalError::Malformed);
    }
    let mut value: i128 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        value = value * 10 + i128::from(byte - b'0');
        if value > i128::from(i64::MAX) * 10_000_000_000 {
            return Err(DecimalError::TooLarge);
        }
    }
    let fraction_digits = i32::try_from(fraction.len()).map_err(|_| DecimalError::TooLarge)?;
    let scale_digits = i32::try_from(scale).map_err(|_| DecimalError::TooLarge)?;
    let value = rescale(value, scale_digits - fraction_digits + exponent, scale)?;
    i64::try_from(if negative { -value } else { value }).map_err(|_| DecimalError::TooLarge)
}

fn split_exponent(digits: &str) -> Result<(&str, i32), DecimalError> {
    match digits.split_once(['e', 'E']) {
        None => Ok((digits, 0)),
        Some((mantissa, exponent)) => {
            let exponent: i32 = exponent.parse().map_err(|_| DecimalError::Malformed)?;
            if exponent.unsigned_abs() > 30 {
                Err(DecimalError::TooLarge)
            } else {
                Ok((mantissa, exponent))
            }
        }
    }
}

fn rescale(value: i128, shift: i32, scale: u32) -> Result<i128, DecimalError> {
    if value == 0 {
        return Ok(0);
    }
    if shift >= 0 {
        let factor = 10_i128
            .checked_pow(shift.unsigned_abs())
            .ok_or(DecimalError::TooLarge)?;
        value.checked_mul(factor).ok_or(DecimalError::TooLarge)
    } else {
        let divisor = 10_i128
            .checked_pow(shift.unsigned_abs())
            .ok_or(DecimalError::TooPrecise(scale))?;
        if value % divisor == 0 {
            Ok(value / divisor)
        } else {
            Err(DecimalError::TooPrecise(scale))
        }
    }
}

/// Divides and rounds half away from zero, the commercial rounding of prices.
///
/// # Panics
/// Never: a zero denominator gives zero.
#[must_use]
pub fn divide_half_up(numerator: i128, denominator: i128) -> i128 {
    if denominator == 0 {
        return 0;
    }
    let quotient = numerator / denominator;
    let remainder = numerator % denominator;
    if remainder.abs() * 2 >= denominator.abs() {
        quotient + (numerator.signum() * denominator.signum())
    } else {
        quotient
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly_or_refused() {
        assert_eq!(parse_scaled("1095.12", 2), Ok(109_512));
        assert_eq!(parse_scaled("10.0000", 2), Ok(1000));
        assert_eq!(parse_scaled("-0.5", 4), Ok(-5000));
        assert_eq!(parse_scaled("1e3", 2), Ok(100_000));
        assert_eq!(parse_scaled("25e-2", 2), Ok(25));
        assert_eq!(parse_scaled("0.001", 2), Err(DecimalError::TooPrecise(2)));
        assert_eq!(parse_scaled("1.2.3", 2), Err(DecimalError::Malformed));
        assert_eq!(parse_scaled("", 2), Err(DecimalError::Malformed));
        assert_eq!(parse_scaled(".", 2), Err(DecimalError::Malformed));
        assert_eq!(
            parse_scaled("99999999999999999999", 2),
            Err(DecimalError::TooLarge)
        );
        assert_eq!(parse_scaled("0e999", 2), Err(DecimalError::TooLarge));
        assert_eq!(parse_scaled("1e-2147483648", 2), Err(DecimalError::TooLarge));
    }

    #[test]
    fn halves_round_away_from_zero() {
        assert_eq!(divide_half_up(5, 10), 1);
        assert_eq!(divide_half_up(-5, 10), -1);
        assert_eq!(divide_half_up(4, 10), 0);
        assert_eq!(divide_half_up(7, 0), 0);
    }
}
