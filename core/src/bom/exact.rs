//! Exact quantities: fractions of integers, rounded once, at the end.
//!
//! Geometry is in whole millimetres, so every area is a whole number of square millimetres and
//! every unit a fraction of it: a foot is 304.8 mm exactly (international foot, 1959), so a
//! square foot is 92,903.04 mm². Nothing is rounded before a line's quantity is.

use rust_decimal::{Decimal, RoundingStrategy};

/// A fraction, kept in lowest terms with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exact {
    num: i128,
    den: i128,
}

impl Exact {
    pub(crate) const ZERO: Exact = Exact { num: 0, den: 1 };

    /// A whole number.
    pub(crate) const fn whole(value: i128) -> Exact {
        Exact { num: value, den: 1 }
    }

    /// `num` / `den`; a denominator of zero gives zero, since nothing here divides by data.
    pub(crate) fn ratio(num: i128, den: i128) -> Exact {
        if den == 0 {
            return Exact::ZERO;
        }
        let divisor = gcd(num.unsigned_abs(), den.unsigned_abs()).max(1);
        let divisor = i128::try_from(divisor).unwrap_or(1);
        let sign = den.signum();
        Exact {
            num: sign * num / divisor,
            den: sign * den / divisor,
        }
    }

    /// A decimal as the fraction it is.
    pub(crate) fn from_decimal(value: Decimal) -> Exact {
        let value = value.normalize();
        // A scale is at most 28, so the power fits.
        Exact::ratio(value.mantissa(), 10_i128.pow(value.scale()))
    }

    pub(crate) fn plus(self, other: Exact) -> Exact {
        if self.den == other.den {
            return Exact::ratio(self.num.saturating_add(other.num), self.den);
        }
        Exact::ratio(
            self.num
                .saturating_mul(other.den)
                .saturating_add(other.num.saturating_mul(self.den)),
            self.den.saturating_mul(other.den),
        )
    }

    pub(crate) fn times(self, other: Exact) -> Exact {
        // Crosswise first, so that the products stay small.
        let left = Exact::ratio(self.num, other.den);
        let right = Exact::ratio(other.num, self.den);
        Exact::ratio(
            left.num.saturating_mul(right.num),
            left.den.saturating_mul(right.den),
        )
    }

    pub(crate) const fn is_positive(self) -> bool {
        self.num > 0
    }

    /// Rounded to `places` decimals, half away from zero.
    ///
    /// # Errors
    /// `None` when the result has more digits than a decimal of 96 bits holds.
    pub(crate) fn rounded(self, places: u32) -> Option<Decimal> {
        let scaled = self.num.checked_mul(10_i128.checked_pow(places)?)?;
        let doubled = scaled
            .checked_mul(2)?
            .checked_add(self.den * scaled.signum())?;
        decimal(doubled / self.den.checked_mul(2)?, places)
    }

    /// The least whole multiple of `step` that is not less; `step` is positive.
    pub(crate) fn up_to_multiple_of(self, step: Exact) -> Exact {
        let steps = Exact::ratio(
            self.num.saturating_mul(step.den),
            self.den.saturating_mul(step.num),
        );
        let whole =
            steps.num.div_euclid(steps.den) + i128::from(steps.num.rem_euclid(steps.den) != 0);
        Exact::whole(whole).times(step)
    }

    /// The whole part, for numbers of pieces, which are far from the limits.
    pub(crate) fn to_i64(self) -> i64 {
        i64::try_from(self.num / self.den).unwrap_or(i64::MAX)
    }

    /// The least whole number that is not less.
    pub(crate) fn ceiling(self) -> Exact {
        self.up_to_multiple_of(Exact::whole(1))
    }
}

fn decimal(mantissa: i128, places: u32) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(mantissa, places).ok()
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// `value` to `places` decimals, half away from zero, showing all of them.
pub(crate) fn round_decimal(value: Decimal, places: u32) -> Decimal {
    let mut rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(places);
    rounded
}

/// Length of the straight line `(dx, dy)` to the nearest millimetre.
///
/// Exact for lines along the axes; the root of an oblique one is irrational and is rounded here,
/// which is the only place where geometry is.
pub(crate) fn length_mm(dx: i64, dy: i64) -> i64 {
    if dx == 0 || dy == 0 {
        return (dx + dy).abs();
    }
    let square = u128::from(dx.unsigned_abs()).pow(2) + u128::from(dy.unsigned_abs()).pow(2);
    let root = square.isqrt();
    // Nearer to the next one when the square lies beyond root * (root + 1) = (root + 1/2)² - 1/4.
    let nearest = root + u128::from(square > root * (root + 1));
    i64::try_from(nearest).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(exact: Exact, places: u32) -> String {
        exact.rounded(places).unwrap().to_string()
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!(text(Exact::ratio(2675, 1000), 2), "2.68");
        assert_eq!(text(Exact::ratio(-2675, 1000), 2), "-2.68");
        assert_eq!(text(Exact::ratio(1, 3), 2), "0.33");
        assert_eq!(text(Exact::ratio(5, 1), 2), "5.00");
        assert_eq!(round_decimal(Decimal::new(1005, 3), 2).to_string(), "1.01");
    }

    #[test]
    fn packs_are_rounded_up() {
        let up = |num, den, step| text(Exact::ratio(num, den).up_to_multiple_of(step), 2);
        assert_eq!(up(101, 10, Exact::whole(4)), "12.00");
        assert_eq!(up(12, 1, Exact::whole(4)), "12.00");
        assert_eq!(up(1, 1000, Exact::ratio(144, 100)), "1.44");
        assert_eq!(up(0, 1, Exact::whole(4)), "0.00");
    }

    #[test]
    fn lengths_are_to_the_nearest_millimetre() {
        assert_eq!(length_mm(0, -3000), 3000);
        assert_eq!(length_mm(3000, 4000), 5000);
        assert_eq!(length_mm(1000, 1000), 1414);
        assert_eq!(length_mm(1000, 1001), 1415);
    }

    proptest! {
        #[test]
        fn rounding_is_within_half_a_unit(num in -1_000_000_000_000_i64..1_000_000_000_000, den in 1_i64..1_000_000) {
            let rounded = Exact::ratio(i128::from(num), i128::from(den)).rounded(2).unwrap();
            let off = rounded.mantissa() * i128::from(den) - i128::from(num) * 100;
            prop_assert!(off.abs() * 2 <= i128::from(den));
        }

        #[test]
        fn sums_and_products_are_exact(a in -9999_i128..9999, b in 1_i128..999, c in -9999_i128..9999, d in 1_i128..999) {
            let (x, y) = (Exact::ratio(a, b), Exact::ratio(c, d));
            prop_assert_eq!(x.plus(y), Exact::ratio(a * d + c * b, b * d));
            prop_assert_eq!(x.times(y), Exact::ratio(a * c, b * d));
        }
    }
}
