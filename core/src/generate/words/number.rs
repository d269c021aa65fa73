//! Numbers in figures and in words, exact to a millionth.

/// A number in millionths, so that `2.5` and `½` are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number(pub(super) i64);

/// Millionths in one.
pub(super) const ONE: i64 = 1_000_000;

/// Numbers beyond this are read as this: nothing that is built has as many of anything, and the
/// arithmetic that follows stays far from its limits.
const MOST: i64 = 1_000_000_000;

impl Number {
    pub(super) const fn whole(value: i64) -> Number {
        Number(value * ONE)
    }

    /// The number as a count, if it is a whole one.
    pub(super) fn count(self) -> Option<u32> {
        (self.0 % ONE == 0)
            .then(|| u32::try_from(self.0 / ONE).ok())
            .flatten()
    }
}

/// Reads figures at the head of `rest`, and how many characters they take.
///
/// Commas group figures as in `1,200` and `1,20,000`; anything else after a comma is a new
/// number. A vulgar fraction may stand alone or follow a whole number.
pub(super) fn read_digits(rest: &[(char, usize)]) -> Option<(Number, usize)> {
    let at = |n: usize| rest.get(n).map(|&(c, _)| c);
    let digit = |n: usize| at(n).and_then(|c| c.to_digit(10));
    if let Some(part) = at(0).and_then(vulgar) {
        return Some((Number(part), 1));
    }
    digit(0)?;
    let mut taken = 0;
    let mut whole: i64 = 0;
    loop {
        if let Some(value) = digit(taken) {
            whole = (whole * 10 + i64::from(value)).min(MOST);
            taken += 1;
        } else if at(taken) == Some(',') && taken <= 12 && groups_after(rest, taken) {
            taken += 1;
        } else {
            break;
        }
    }
    let mut value = whole * ONE;
    if at(taken) == Some('.') && digit(taken + 1).is_some() {
        taken += 1;
        let mut unit = ONE;
        while let Some(figure) = digit(taken) {
            unit /= 10;
            value += i64::from(figure) * unit;
            taken += 1;
        }
    } else if let Some(part) = at(taken).and_then(vulgar) {
        value += part;
        taken += 1;
    }
    Some((Number(value), taken))
}

/// Whether the comma at `comma` groups figures: two or three follow, and the last group has three.
fn groups_after(rest: &[(char, usize)], comma: usize) -> bool {
    let mut from = comma + 1;
    loop {
        let run = rest
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|(c, _)| c.is_ascii_digit())
            .count();
        let next = rest.get(from + run).map(|&(c, _)| c);
        match run {
            3 if next != Some(',') => return true,
            2 | 3 if next == Some(',') => from += run + 1,
            3 => return true,
            _ => return false,
        }
    }
}

fn vulgar(c: char) -> Option<i64> {
    match c {
        '½' => Some(ONE / 2),
        '¼' => Some(ONE / 4),
        '¾' => Some(ONE / 4 * 3),
        _ => None,
    }
}

/// The value of one word of a number, and how it joins others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberWord {
    /// One to nineteen.
    Small(i64),
    /// Twenty, thirty, …
    Ten(i64),
    /// Hundred, thousand, lakh: multiplies what stands before it.
    Times(i64),
    /// Dozen, pair, couple: a number by itself or multiplied by what stands before it.
    Group(i64),
    /// Half, which joins with dozen only.
    Half,
}

pub(super) fn number_word(word: &str) -> Option<NumberWord> {
    const SMALL: [&str; 20] = [
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
    const TENS: [&str; 8] = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    let place = |list: &[&str]| {
        list.iter()
            .position(|name| *name == word)
            .and_then(|n| i64::try_from(n).ok())
    };
    if let Some(value) = place(&SMALL) {
        return Some(NumberWord::Small(value));
    }
    if let Some(value) = place(&TENS) {
        return Some(NumberWord::Ten((value + 2) * 10));
    }
    match word {
        "fourty" => Some(NumberWord::Ten(40)),
        "hundred" => Some(NumberWord::Times(100)),
        "thousand" => Some(NumberWord::Times(1000)),
        "lakh" | "lac" => Some(NumberWord::Times(100_000)),
        "dozen" => Some(NumberWord::Group(12)),
        "pair" | "couple" => Some(NumberWord::Group(2)),
        "trio" => Some(NumberWord::Group(3)),
        "half" => Some(NumberWord::Half),
        _ => None,
    }
}

/// Reads as many of `words` as make one number; `None` if the first makes none.
///
/// `twenty five` is 25, `one hundred and ten` 110, `two dozen` 24, `half a dozen` 6. `and` joins
/// only after a hundred or a thousand, or `six and two` would be eight.
pub(super) fn read_words(words: &[&str]) -> Option<(Number, usize)> {
    let mut taken = 0;
    let mut total = 0_i64;
    let mut last: Option<NumberWord> = None;
    let mut sum = 0_i64;
    while let Some(&word) = words.get(taken) {
        let joined = matches!(last, Some(NumberWord::Times(_)))
            && word == "and"
            && words.get(taken + 1).is_some_and(|next| {
                matches!(
                    number_word(next),
                    Some(NumberWord::Small(_) | NumberWord::Ten(_))
                )
            });
        if joined {
            taken += 1;
            continue;
        }
        if word == "a"
            && last == Some(NumberWord::Half)
            && words.get(taken + 1).is_some_and(|next| *next == "dozen")
        {
            taken += 1;
            continue;
        }
        let Some(next) = number_word(word) else { break };
        match (last, next) {
            (
                None | Some(NumberWord::Times(_)),
                NumberWord::Small(value) | NumberWord::Ten(value),
            ) => {
                sum += value;
            }
            (Some(NumberWord::Ten(_)), NumberWord::Small(value)) if value > 0 && value < 10 => {
                sum += value;
            }
            (None, NumberWord::Group(value)) => sum = value,
            (Some(NumberWord::Small(_) | NumberWord::Ten(_)), NumberWord::Group(value)) => {
                sum *= value;
            }
            (Some(NumberWord::Half), NumberWord::Group(value)) => sum = value / 2,
            (None, NumberWord::Half) if words.get(taken + 1..).is_some_and(starts_a_dozen) => {}
            (Some(NumberWord::Small(_) | NumberWord::Ten(_)), NumberWord::Times(times)) => {
                if times == 100 {
                    sum *= times;
                } else {
                    total += sum * times;
                    sum = 0;
                }
            }
            (None, NumberWord::Times(times)) => sum = times,
            (Some(NumberWord::Times(100)), NumberWord::Times(times)) if times > 100 => {
                total += sum * times;
                sum = 0;
            }
            _ => break,
        }
        last = Some(next);
        taken += 1;
    }
    let whole = Number::whole((total + sum).min(MOST));
    let half = match words.get(taken..) {
        Some(["and", "a", "half", ..]) => 3,
        Some(["and", "half", ..]) => 2,
        _ => 0,
    };
    // `two and a half`, not `two and half a dozen`.
    let half = half * usize::from(!words.get(taken + half..).is_some_and(starts_a_dozen));
    last.map(|_| match half {
        0 => (whole, taken),
        _ => (Number(whole.0 + ONE / 2), taken + half),
    })
}

fn starts_a_dozen(words: &[&str]) -> bool {
    matches!(words, ["dozen", ..] | ["a", "dozen", ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(text: &str) -> Option<(i64, usize)> {
        let rest: Vec<(char, usize)> = text.chars().enumerate().map(|(n, c)| (c, n)).collect();
        read_digits(&rest).map(|(number, taken)| (number.0, taken))
    }

    fn spoken(text: &str) -> Option<(i64, usize)> {
        let words: Vec<&str> = text.split(' ').collect();
        read_words(&words).map(|(number, taken)| (number.0 / ONE, taken))
    }

    #[test]
    fn figures_are_exact() {
        assert_eq!(figures("6 x"), Some((6 * ONE, 1)));
        assert_eq!(figures("1,200 sq"), Some((1200 * ONE, 5)));
        assert_eq!(figures("1,20,000"), Some((120_000 * ONE, 8)));
        assert_eq!(figures("1,2,3"), Some((ONE, 1)));
        assert_eq!(figures("10,12"), Some((10 * ONE, 2)));
        assert_eq!(figures("2.75m"), Some((2_750_000, 4)));
        assert_eq!(figures("2."), Some((2 * ONE, 1)));
        assert_eq!(figures("3½"), Some((3_500_000, 2)));
        assert_eq!(figures("¾"), Some((750_000, 1)));
        assert_eq!(figures("x1"), None);
        assert_eq!(figures("99999999999999999999"), Some((MOST * ONE, 20)));
    }

    #[test]
    fn numbers_in_words_join_as_they_are_spoken() {
        assert_eq!(spoken("six operatories"), Some((6, 1)));
        assert_eq!(spoken("twenty five desks"), Some((25, 2)));
        assert_eq!(spoken("one hundred and ten seats"), Some((110, 4)));
        assert_eq!(spoken("two thousand five hundred"), Some((2500, 4)));
        assert_eq!(spoken("half a dozen rooms"), Some((6, 3)));
        assert_eq!(spoken("two dozen"), Some((24, 2)));
        assert_eq!(spoken("six and two"), Some((6, 1)));
        assert_eq!(spoken("two three"), Some((2, 1)));
        assert_eq!(spoken("half bath"), None);
        let words = ["two", "and", "a", "half", "baths"];
        assert_eq!(read_words(&words), Some((Number(2_500_000), 4)));
        let words = ["two", "and", "half", "a", "dozen"];
        assert_eq!(read_words(&words), Some((Number::whole(2), 1)));
        assert_eq!(spoken("room"), None);
    }
}
