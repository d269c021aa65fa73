//! What a line of text in a room is: words, an area, dimensions, or some other figure.

/// Square metres in a square foot: 0.3048 m, squared.
const SQUARE_FOOT_M2: f64 = 0.092_903_04;

/// Areas of rooms, in square metres; what lies outside is something else with the same unit.
const AREAS_M2: std::ops::RangeInclusive<f64> = 0.1..=100_000.0;

/// What one line of text says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line {
    /// Words, and the area that stands behind them, if any.
    Words(String, Option<f64>),
    /// An area in square metres.
    Area(f64),
    /// Length by width, as `4.71 x 2.30` or `12'-6" x 10'-0"`.
    Dimensions,
    /// The number of a room, as `101`, `1.05` or `A12`.
    Number(String),
    /// A small number that may go on with a name, as the `2` of `Bedroom 2`.
    Ordinal(String),
    /// Another figure: a dimension, a level, a scale.
    Figure,
}

/// Tells what `text` says.
pub(super) fn read(text: &str) -> Line {
    let text = text.trim();
    if let Some((before, area)) = area_in(text) {
        let words = before
            .trim()
            .trim_end_matches([':', '=', '-', '–', ',', ';', '(', '~', '≈', '|', '/'])
            .trim();
        return if letters(words) >= 2 && !announces_area(words) {
            Line::Words(words.to_owned(), Some(area))
        } else {
            Line::Area(area)
        };
    }
    if is_dimensions(text) {
        return Line::Dimensions;
    }
    if text.chars().count() <= 2 && text.chars().all(|c| c.is_ascii_digit()) {
        return Line::Ordinal(text.to_owned());
    }
    if is_number(text) {
        return Line::Number(text.to_owned());
    }
    if is_figure(text) {
        return Line::Figure;
    }
    Line::Words(text.to_owned(), None)
}

/// The decimal number that `text` ends with, and what stands before it: `Bath 5,40` or `5.40`.
pub(super) fn bare_area(text: &str) -> Option<(String, f64)> {
    let (words, figures) = match text.trim().rsplit_once(char::is_whitespace) {
        Some((words, figures)) => (words.trim(), figures),
        None => ("", text.trim()),
    };
    let (whole, decimals) = figures.split_once(['.', ','])?;
    let all_digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    let fits = (1..=4).contains(&whole.len())
        && (1..=2).contains(&decimals.len())
        && all_digits(whole)
        && all_digits(decimals);
    // Words with figures of their own are heights and levels: `h = 2.60`.
    if !fits || (!words.is_empty() && (letters(words) < 2 || words.contains(['=', '+', '±']))) {
        return None;
    }
    let area: f64 = format!("{whole}.{decimals}").parse().ok()?;
    let words = words.trim_end_matches([':', '-', '–', ',', ';', '|', '/']);
    AREAS_M2
        .contains(&area)
        .then(|| (words.trim().to_owned(), area))
}

/// How many letters there are.
pub(super) fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// Words that stand before an area and name no room.
fn announces_area(words: &str) -> bool {
    const WORDS: [&str; 24] = [
        "area",
        "areas",
        "fläche",
        "flaeche",
        "fl",
        "nf",
        "nuf",
        "wf",
        "wfl",
        "ngf",
        "ca",
        "approx",
        "surface",
        "surf",
        "superficie",
        "sup",
        "opp",
        "oppervlakte",
        "pow",
        "пл",
        "площадь",
        "net",
        "gia",
        "面积",
    ];
    let lower = words.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .all(|word| WORDS.contains(&word) || word.chars().count() == 1)
}

/// The first number with a unit of area: what stands before it, and the square metres.
fn area_in(text: &str) -> Option<(&str, f64)> {
    let mut from = 0;
    while let Some(offset) = text.get(from..)?.find(|c: char| c.is_ascii_digit()) {
        let start = from + offset;
        let rest = text.get(start..)?;
        let length = rest
            .find(|c: char| {
                !(c.is_ascii_digit()
                    || matches!(
                        c,
                        '.' | ',' | '\'' | '\u{2019}' | ' ' | '\u{a0}' | '\u{202f}'
                    ))
            })
            .unwrap_or(rest.len());
        let (figures, unit) = rest.split_at(length);
        // A space stands between thousands, which have three figures, or before another number,
        // as that of a room: `Exam 2 155 sq ft`.
        let before = text.get(..start)?.trim_end();
        let is_named = letters(before) >= 2
            && before.ends_with(|c: char| c.is_alphabetic() || c == '.')
            && !announces_area(before);
        let is_ordinal =
            |head: &str| is_named && head.len() <= 2 && head.chars().all(|c| c.is_ascii_digit());
        let skipped = figures
            .char_indices()
            .filter(|(_, c)| c.is_whitespace())
            .filter_map(|(at, c)| {
                let next = figures.get(at + c.len_utf8()..)?;
                let whole = next
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(next.len());
                let is_group = whole == 3 && !is_ordinal(figures.get(..at)?);
                (!is_group && whole > 0).then_some(at + c.len_utf8())
            });
        let skipped = skipped.max().unwrap_or(0);
        let (start, figures) = (start + skipped, figures.get(skipped..)?);
        if let (Some(square), Some(value)) = (unit_of_area(unit), number(figures)) {
            let area = value * square;
            if AREAS_M2.contains(&area) {
                return Some((text.get(..start)?, area));
            }
        }
        from = start + figures.len().max(1);
    }
    None
}

/// The square metres in the unit that `text` begins with.
fn unit_of_area(text: &str) -> Option<f64> {
    let unit: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '.')
        .take(12)
        .flat_map(char::to_lowercase)
        .collect();
    // The longer of two units with one beginning comes first.
    const UNITS: [(&str, f64); 27] = [
        ("m²", 1.0),
        ("m2", 1.0),
        ("m^2", 1.0),
        ("㎡", 1.0),
        ("sqm", 1.0),
        ("qm", 1.0),
        ("mq", 1.0),
        ("м²", 1.0),
        ("м2", 1.0),
        ("квм", 1.0),
        ("平方米", 1.0),
        ("平米", 1.0),
        ("平方メートル", 1.0),
        ("제곱미터", 1.0),
        ("م²", 1.0),
        ("م2", 1.0),
        ("squaremet", 1.0),
        ("ft²", SQUARE_FOOT_M2),
        ("ft2", SQUARE_FOOT_M2),
        ("sqft", SQUARE_FOOT_M2),
        ("sqfeet", SQUARE_FOOT_M2),
        ("squarefe", SQUARE_FOOT_M2),
        ("pi²", SQUARE_FOOT_M2),
        ("pi2", SQUARE_FOOT_M2),
        ("sf", SQUARE_FOOT_M2),
        ("☐'", SQUARE_FOOT_M2),
        ("□'", SQUARE_FOOT_M2),
    ];
    let (name, square) = UNITS.iter().find(|(name, _)| unit.starts_with(name))?;
    // `12 sfoo` is no area.
    let after = unit.chars().nth(name.chars().count());
    let whole_word =
        matches!(*name, "squaremet" | "squarefe") || after.is_none_or(|c| !c.is_alphanumeric());
    whole_word.then_some(*square)
}

/// A number with a comma or a point before its decimals, and marks between its thousands.
fn number(figures: &str) -> Option<f64> {
    let plain: String = figures
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        .collect();
    let plain = plain.trim_end_matches(['.', ',']);
    let decimals = plain.rfind(['.', ',']);
    let marks = plain.chars().filter(|c| matches!(c, '.' | ',')).count();
    let value = match decimals {
        None => plain.parse().ok()?,
        Some(at) => {
            let (whole, rest) = plain.split_at(at);
            let rest = rest.get(1..)?;
            let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
            // `1,234` is more than a thousand; `12,345` would be an odd way to print an area.
            let thousands = rest.len() == 3 && (marks > 1 || plain.get(at..=at) == Some(","));
            if thousands {
                format!("{whole}{rest}").parse().ok()?
            } else {
                format!("{whole}.{rest}").parse().ok()?
            }
        }
    };
    Some(value).filter(|value: &f64| value.is_finite())
}

/// Whether `text` gives a length and a width.
fn is_dimensions(text: &str) -> bool {
    let lower = text.to_lowercase();
    let parts: Vec<&str> = lower.split(['x', '×', '*', '✕', 'х']).collect();
    parts.len() >= 2 && parts.iter().all(|part| is_length(part))
}

/// Whether `text` is figures with, at most, a unit of length.
fn is_length(text: &str) -> bool {
    let rest = text.trim();
    rest.contains(|c: char| c.is_ascii_digit())
        && rest.split(|c: char| !c.is_alphabetic()).all(|word| {
            matches!(
                word,
                "" | "m" | "mm" | "cm" | "ft" | "in" | "w" | "l" | "d" | "h" | "м"
            )
        })
        && rest.chars().all(|c| {
            c.is_ascii_digit()
                || c.is_alphabetic()
                || c.is_whitespace()
                || matches!(
                    c,
                    '.' | ','
                        | '\''
                        | '"'
                        | '-'
                        | '/'
                        | '\u{2019}'
                        | '\u{201d}'
                        | '\u{2032}'
                        | '\u{2033}'
                        | '½'
                        | '¼'
                        | '¾'
                        | '⅛'
                        | '⅜'
                        | '⅝'
                        | '⅞'
                        | '('
                        | ')'
                )
        })
}

/// Whether `text` looks like the number of a room.
fn is_number(text: &str) -> bool {
    let count = text.chars().count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let capitals = text.chars().filter(|c| c.is_alphabetic()).count();
    (2..=6).contains(&count)
        && (1..=4).contains(&digits)
        && capitals <= 2
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_uppercase() || matches!(c, '.' | '-'))
        && text.chars().next_back().is_some_and(char::is_alphanumeric)
        && text.chars().next().is_some_and(char::is_alphanumeric)
}

/// Whether there is nothing in `text` that could be a name.
fn is_figure(text: &str) -> bool {
    letters(text) == 0
        || is_length(text)
        || text.starts_with(['+', '±', '-'])
        || (text.contains(|c: char| c.is_ascii_digit())
            && letters(text) <= 2
            && text.contains([':', '=', '±', '+']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_read_in_the_ways_they_are_printed() {
        for (text, area) in [
            ("19.6 m²", 19.6),
            ("19,6 m2", 19.6),
            ("A = 19,60 m²", 19.6),
            ("19.6m^2", 19.6),
            ("19.6 sq.m.", 19.6),
            ("NF: 1.234,50 qm", 1234.5),
            ("1,234.5 m²", 1234.5),
            ("1 234,5 м²", 1234.5),
            ("211 sq ft", 211.0 * 0.092_903_04),
            ("211 SF", 211.0 * 0.092_903_04),
            ("1,200 SQ. FT.", 1200.0 * 0.092_903_04),
            ("(12 ㎡)", 12.0),
        ] {
            match read(text) {
                Line::Area(value) => assert!((value - area).abs() < 1e-6, "{text}: {value}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert_eq!(
            read("Küche: 12,5 m²"),
            Line::Words("Küche".to_owned(), Some(12.5))
        );
        // A space may stand between thousands, and between two numbers.
        assert_eq!(
            read("Bedroom 2 12.5 m²"),
            Line::Words("Bedroom 2".to_owned(), Some(12.5))
        );
        assert_eq!(
            read("Exam 2 155 m²"),
            Line::Words("Exam 2".to_owned(), Some(155.0))
        );
        assert_eq!(read("Area 2 155 m²"), Line::Area(2155.0));
    }

    #[test]
    fn figures_without_a_unit_may_be_areas() {
        assert_eq!(bare_area("5,40"), Some((String::new(), 5.4)));
        assert_eq!(bare_area("Bath 2: 12.5"), Some(("Bath 2".to_owned(), 12.5)));
        for text in ["h = 2.60", "+2.50", "101", "Bath 2", "1.234,5", "CH 2.60 m"] {
            assert_eq!(bare_area(text), None, "{text}");
        }
    }

    #[test]
    fn names_numbers_and_dimensions_are_told_apart() {
        for text in [
            "4.71 x 2.30",
            "12'-6\" x 10'-0\"",
            "10' 8 1/2\" × 9'",
            "3.29m x 4.91m",
        ] {
            assert_eq!(read(text), Line::Dimensions, "{text}");
        }
        for text in ["101", "1.05", "A12", "B-104"] {
            assert_eq!(read(text), Line::Number(text.to_owned()), "{text}");
        }
        assert_eq!(read("2"), Line::Ordinal("2".to_owned()));
        for text in ["8'-0\"", "+2.50", "2440 mm", "±0.00", "1:100", "h=2.5"] {
            assert_eq!(read(text), Line::Figure, "{text}");
        }
        for text in [
            "Kitchen",
            "WC",
            "居間",
            "Bedroom 2",
            "Salle d'eau",
            "Chambre 1x",
        ] {
            assert_eq!(read(text), Line::Words(text.to_owned(), None), "{text}");
        }
    }
}
