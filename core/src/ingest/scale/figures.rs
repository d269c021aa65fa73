//! Figures of dimensions as lengths: `3600`, `3,60`, `12'-6 1/2"`, `5 m`.
//!
//! A bare figure does not say its unit. Every unit that drafters leave out is offered, with how
//! likely it is; the lengths on the page decide.

/// Millimetres of an inch, and of a foot.
const INCH: f64 = 25.4;
const FOOT: f64 = 304.8;

/// One way to read a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Length {
    /// The length in the building, in millimetres.
    pub(super) mm: f64,
    /// What one step of the last digit is, in millimetres: how exact the figure is.
    pub(super) step_mm: f64,
    /// How likely it is meant so, in 0..=1; 1 when the unit is written.
    pub(super) likelihood: f64,
    /// Whether the unit is written.
    pub(super) has_unit: bool,
}

/// Every way to read `text` as a length; none when it says something else.
pub(super) fn lengths(text: &str) -> Vec<Length> {
    let plain = plain(text);
    let trimmed = unwrapped(&plain);
    if trimmed.is_empty() || trimmed.len() > 24 || !trimmed.contains(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    if let Some(length) = feet_and_inches(trimmed) {
        return vec![length];
    }
    let Some((number, rest)) = leading_number(trimmed) else {
        return Vec::new();
    };
    match unit_mm(rest.trim()) {
        Some(unit) => vec![number.in_unit(unit, 1.0, true)],
        None if rest.trim().is_empty() => bare(&number),
        None => Vec::new(),
    }
}

/// Typographic signs as the ASCII that drawings mean by them.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\u{201c}' | '\u{201d}' | '\u{2033}' | '\u{02ba}' | '\u{201e}' => out.push('"'),
            '\u{2018}' | '\u{2019}' | '\u{2032}' | '\u{02b9}' | '`' | '\u{b4}' => out.push('\''),
            '\u{2013}' | '\u{2014}' | '\u{2010}' | '\u{2011}' | '\u{2212}' => out.push('-'),
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}' => out.push(' '),
            '\u{2044}' | '\u{2215}' => out.push('/'),
            '\u{ff1a}' | '\u{2236}' => out.push(':'),
            '\u{bd}' => out.push_str(" 1/2"),
            '\u{bc}' => out.push_str(" 1/4"),
            '\u{be}' => out.push_str(" 3/4"),
            '\u{215b}' => out.push_str(" 1/8"),
            '\u{215c}' => out.push_str(" 3/8"),
            '\u{215d}' => out.push_str(" 5/8"),
            '\u{215e}' => out.push_str(" 7/8"),
            other => out.push(other),
        }
    }
    // Two single marks are how some keyboards write the mark of inches.
    out.replace("''", "\"")
}

/// Without what stands around a figure and does not change it: brackets and `typ.`.
fn unwrapped(text: &str) -> &str {
    let mut rest = text.trim().trim_matches(['(', ')', '[', ']']).trim();
    for tail in ["typ.", "typ", "t.y.p.", "clr.", "clr", "c/c", "o.c."] {
        let Some(at) = rest.len().checked_sub(tail.len()) else {
            continue;
        };
        if rest
            .get(at..)
            .is_some_and(|end| end.eq_ignore_ascii_case(tail))
        {
            rest = rest.get(..at).unwrap_or_default().trim_end();
        }
    }
    rest
}

/// A decimal number as written.
struct Number {
    value: f64,
    decimals: u32,
    /// Whether spaces or apostrophes part the thousands.
    grouped: bool,
    digits: usize,
}

impl Number {
    fn in_unit(&self, unit_mm: f64, likelihood: f64, has_unit: bool) -> Length {
        Length {
            mm: self.value * unit_mm,
            step_mm: unit_mm * 0.1_f64.powi(i32::try_from(self.decimals).unwrap_or(0)),
            likelihood,
            has_unit,
        }
    }
}

/// The number that `text` starts with, and what follows.
///
/// Point and comma both part decimals; a comma or point before exactly three digits may also
/// part thousands, which is the same length: `3.600` metres are `3,600` millimetres.
fn leading_number(text: &str) -> Option<(Number, &str)> {
    let mut digits = String::new();
    let (mut decimals, mut in_decimals, mut grouped) = (0_u32, false, false);
    let mut end = 0;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let digit_at = |index: usize| chars.get(index).is_some_and(|(_, c)| c.is_ascii_digit());
    let mut index = 0;
    while let Some(&(at, c)) = chars.get(index) {
        if c.is_ascii_digit() {
            digits.push(c);
            decimals += u32::from(in_decimals);
        } else if let Some(raised) = raised_digit(c).filter(|_| !digits.is_empty()) {
            // `36⁵` centimetres and `3,62⁵` metres: halves of a centimetre, raised by custom.
            if !in_decimals {
                in_decimals = true;
                digits.push('.');
            }
            digits.push(raised);
            decimals += 1;
        } else if matches!(c, '.' | ',') && !in_decimals && digit_at(index + 1) {
            in_decimals = true;
            if digits.is_empty() {
                digits.push('0');
            }
            digits.push('.');
        } else if c == ' '
            && !in_decimals
            && !digits.is_empty()
            && (1..=3).all(|ahead| digit_at(index + ahead))
            && !digit_at(index + 4)
        {
            grouped = true;
        } else {
            break;
        }
        end = at + c.len_utf8();
        index += 1;
    }
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    if count == 0 || count > 7 {
        return None;
    }
    let number = Number {
        value: digits.parse().ok()?,
        decimals,
        grouped,
        digits: count,
    };
    Some((number, text.get(end..).unwrap_or_default()))
}

fn raised_digit(c: char) -> Option<char> {
    Some(match c {
        '\u{2070}' => '0',
        '\u{b9}' => '1',
        '\u{b2}' => '2',
        '\u{b3}' => '3',
        '\u{2074}' => '4',
        '\u{2075}' => '5',
        '\u{2076}' => '6',
        '\u{2077}' => '7',
        '\u{2078}' => '8',
        '\u{2079}' => '9',
        _ => return None,
    })
}

/// Millimetres of a written unit.
pub(super) fn unit_mm(word: &str) -> Option<f64> {
    let lower = word.trim_end_matches('.').to_lowercase();
    Some(match lower.as_str() {
        "mm" | "\u{43c}\u{43c}" => 1.0,
        "cm" | "\u{441}\u{43c}" => 10.0,
        "m" | "mt" | "mts" | "mtr" | "mtrs" | "metre" | "metres" | "meter" | "meters" | "metro"
        | "metros" | "metri" | "m\u{e8}tre" | "m\u{e8}tres" | "\u{43c}" => 1_000.0,
        "ft" | "feet" | "foot" | "'" => FOOT,
        "in" | "inch" | "inches" | "\"" => INCH,
        "yd" | "yds" | "yards" => 3.0 * FOOT,
        _ => return None,
    })
}

/// The units that a bare figure may be in.
fn bare(number: &Number) -> Vec<Length> {
    let value = number.value;
    let mut found = Vec::new();
    let mut offer = |unit: f64, likelihood: f64| {
        // What dimensions measure: from the thickness of a board to the length of a hall.
        if (30.0..=500_000.0).contains(&(value * unit)) {
            found.push(number.in_unit(unit, likelihood, false));
        }
    };
    match number.decimals {
        // Millimetres are drawn without decimals; centimetres by custom of some countries.
        0 if number.grouped => offer(1.0, 1.0),
        0 => {
            // A figure of five digits is never in centimetres, one of two hardly in millimetres.
            offer(1.0, if number.digits >= 3 { 1.0 } else { 0.4 });
            if number.digits <= 4 {
                offer(10.0, 0.5);
            }
            if number.digits <= 2 {
                offer(1_000.0, 0.15);
            }
        }
        // `36.5` is centimetres with a half, or metres.
        1 => {
            offer(1_000.0, 0.5);
            offer(10.0, 0.5);
            offer(FOOT, 0.2);
        }
        2 | 3 => {
            offer(1_000.0, 1.0);
            offer(FOOT, 0.2);
        }
        _ => {}
    }
    found
}

/// `12'-6 1/2"`, `12' 6"`, `12.5'`, `6 1/2"`, `12 ft 6 in`.
fn feet_and_inches(text: &str) -> Option<Length> {
    let words = text
        .replace("feet", "'")
        .replace("ft.", "'")
        .replace("ft", "'")
        .replace("inches", "\"")
        .replace("in.", "\"")
        .replace("in", "\"");
    let text = words.trim();
    if !text.contains(['\'', '"']) {
        return None;
    }
    let (feet, inches) = match text.split_once('\'') {
        Some((feet, inches)) => (feet.trim(), inches.trim_matches([' ', '-'])),
        None => ("", text),
    };
    let whole_feet = if feet.is_empty() {
        0.0
    } else {
        mixed_number(feet)?
    };
    let inches = match inches.strip_suffix('"') {
        Some(inches) => mixed_number(&inches.replace('-', " "))?,
        None if inches.is_empty() => 0.0,
        // The mark of inches is left out now and then, as in `12'-6`.
        None if !feet.is_empty() => mixed_number(inches)?,
        None => return None,
    };
    // More than a foot of inches beside feet is another figure that came too near.
    if inches >= 12.0 && whole_feet > 0.0 {
        return None;
    }
    let mm = whole_feet * FOOT + inches * INCH;
    (mm > 0.0).then_some(Length {
        mm,
        // Halves of an inch are the coarsest steps on plans.
        step_mm: 0.5 * INCH,
        likelihood: 1.0,
        has_unit: true,
    })
}

/// `3`, `3.5`, `3/16` or `1 1/2`.
pub(super) fn mixed_number(text: &str) -> Option<f64> {
    let number = |text: &str| {
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        (plain && !text.is_empty())
            .then(|| text.parse::<f64>().ok())
            .flatten()
    };
    let mut sum = 0.0;
    let mut parts = 0;
    for part in text.split_whitespace() {
        sum += match part.split_once('/') {
            None => number(part)?,
            Some((over, under)) => number(over)? / number(under).filter(|under| *under > 0.0)?,
        };
        parts += 1;
    }
    ((1..=2).contains(&parts) && sum.is_finite()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeliest(text: &str) -> Option<f64> {
        lengths(text)
            .into_iter()
            .max_by(|a, b| a.likelihood.total_cmp(&b.likelihood))
            .map(|length| (length.mm * 10.0).round() / 10.0)
    }

    #[test]
    fn figures_are_lengths_in_the_units_of_drafters() {
        for (text, mm) in [
            ("3600", Some(3600.0)),
            ("12 500", Some(12_500.0)),
            ("3.600", Some(3600.0)),
            ("3,60", Some(3600.0)),
            ("3.60", Some(3600.0)),
            ("5 m", Some(5000.0)),
            ("360 cm", Some(3600.0)),
            ("3600mm", Some(3600.0)),
            ("3,62\u{2075}", Some(3625.0)),
            ("(2400)", Some(2400.0)),
            ("2400 TYP.", Some(2400.0)),
            ("12'-6\"", Some(3810.0)),
            ("12'-6 1/2\"", Some(3822.7)),
            ("12\u{2032} 6\u{bd}\u{2033}", Some(3822.7)),
            ("12.5'", Some(3810.0)),
            ("12' - 0\"", Some(3657.6)),
            ("6\"", Some(152.4)),
            ("4'", Some(1219.2)),
            ("20 ft", Some(6096.0)),
            ("2021-03-21", None),
            ("1:100", None),
            ("A-101", None),
            ("19.4 m\u{b2}", None),
            ("5.01 x 5.01", None),
            ("+3.00", None),
            ("R 500", None),
            ("Room 101", None),
        ] {
            assert_eq!(likeliest(text), mm, "{text}");
        }
    }

    #[test]
    fn a_bare_figure_may_be_in_centimetres_too() {
        let mm: Vec<f64> = lengths("360").iter().map(|length| length.mm).collect();
        assert_eq!(mm, [360.0, 3600.0]);
    }
}
