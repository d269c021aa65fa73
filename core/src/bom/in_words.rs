//! Amounts in words, as bills in India give them: crore, lakh, thousand, hundred.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// `Rupees one lakh twenty-three thousand … and fifty paise only`.
///
/// Empty for amounts that are negative or beyond 10^15 rupees.
pub(crate) fn rupees(amount: Decimal) -> String {
    let paise = (amount * Decimal::ONE_HUNDRED).to_u64();
    let Some(paise) = paise.filter(|paise| *paise < 100_000_000_000_000_000) else {
        return String::new();
    };
    let (whole, rest) = (paise / 100, paise % 100);
    let mut text = format!("Rupees {}", number(whole));
    if rest > 0 {
        text.push_str(&format!(" and {} paise", number(rest)));
    }
    text + " only"
}

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

fn number(value: u64) -> String {
    let word = |list: &[&'static str], n: u64| {
        usize::try_from(n)
            .ok()
            .and_then(|n| list.get(n).copied())
            .unwrap_or_default()
    };
    if value < 20 {
        return word(&UNITS, value).to_owned();
    }
    if value < 100 {
        let ten = word(&TENS, value / 10);
        return match value % 10 {
            0 => ten.to_owned(),
            unit => format!("{ten}-{}", word(&UNITS, unit)),
        };
    }
    let (size, name) = match value {
        0..1_000 => (100, "hundred"),
        1_000..100_000 => (1_000, "thousand"),
        100_000..10_000_000 => (100_000, "lakh"),
        _ => (10_000_000, "crore"),
    };
    let head = format!("{} {name}", number(value / size));
    match value % size {
        0 => head,
        rest => format!("{head} {}", number(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_in_lakh_and_crore() {
        let said = |text: &str| rupees(text.parse().unwrap());
        assert_eq!(said("0.00"), "Rupees zero only");
        assert_eq!(said("100"), "Rupees one hundred only");
        assert_eq!(
            said("432531.38"),
            "Rupees four lakh thirty-two thousand five hundred thirty-one and thirty-eight paise only"
        );
        assert_eq!(said("10000000.05"), "Rupees one crore and five paise only");
        assert_eq!(said("-1"), "");
    }
}
