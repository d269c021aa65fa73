//! Printed scales: `1:100`, `Maßstab 1 : 50`, `1/8" = 1'-0"`.

use super::figures::{mixed_number, plain};
use super::words::{self, Kind};
use crate::plan::{Point, TextRun};

/// Ratios that buildings are drawn at; others are mixtures, times or dates.
const RATIOS: std::ops::RangeInclusive<f64> = 5.0..=2_500.0;

/// Longest text that may name a scale; longer ones are notes, which talk of other drawings.
const LONGEST: usize = 90;

/// A scale that a text names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Printed {
    /// The N of 1:N.
    pub(super) ratio: f64,
    /// The text as printed.
    pub(super) text: String,
    /// How much it looks like the scale of a plan; 1 for a text that is a scale and no more.
    pub(super) weight: f64,
    /// Where it stands.
    pub(super) at: Point,
    /// Whether it names the view that it stands under, rather than the sheet.
    pub(super) is_title: bool,
}

/// Every scale that `texts` name, in their order, on a page of the given size in points.
pub(super) fn printed_scales(texts: &[TextRun], page: (f64, f64)) -> Vec<Printed> {
    let labels: Vec<&TextRun> = texts
        .iter()
        .filter(|run| words::is_scale_label(&run.text))
        .collect();
    let mut found = Vec::new();
    for run in texts {
        let labelled = labels.iter().any(|label| is_label_of(label, run));
        for (ratio, weight, is_title) in scales_in(&run.text, labelled, page) {
            found.push(Printed {
                ratio,
                text: run.text.clone(),
                weight,
                at: Point::new(run.x, run.y),
                is_title,
            });
        }
    }
    found
}

/// Whether `label` stands in front of `run` or above it, as in the boxes of a title block.
fn is_label_of(label: &TextRun, run: &TextRun) -> bool {
    let (sin, cos) = run.angle_deg.to_radians().sin_cos();
    let (dx, dy) = (label.x - run.x, label.y - run.y);
    let (along, across) = (dx * cos + dy * sin, dy * cos - dx * sin);
    let size = run.height_pt.max(label.height_pt);
    let above = (-3.5 * size..=0.3 * size).contains(&across) && along.abs() <= 4.0 * size;
    let before =
        across.abs() <= 0.5 * size && (-8.0 * size..0.0).contains(&(along + label.width_pt));
    (above || before) && (label.angle_deg - run.angle_deg).abs() <= 2.0
}

/// The scales in one text: ratio, weight, and whether the text is the title of a view.
fn scales_in(text: &str, labelled: bool, page: (f64, f64)) -> Vec<(f64, f64, bool)> {
    let plain = plain(text);
    let lower = plain.to_lowercase();
    let mut found: Vec<Occurrence> = Vec::new();
    if lower.chars().count() > LONGEST {
        return Vec::new();
    }
    ratios(&lower, &mut found);
    imperial(&lower, &mut found);
    found.retain(|one| RATIOS.contains(&one.ratio));
    if found.is_empty() {
        return Vec::new();
    }
    let mut rest: Vec<char> = lower.chars().collect();
    for one in &found {
        if let Some(part) = rest.get_mut(one.start..one.end) {
            part.fill(' ');
        }
    }
    let rest: String = rest.into_iter().collect();
    let around = words::kind_of(&rest);
    let says_so = labelled || around.has_scale_word;
    let several = found.iter().filter(|one| one.sure).count() > 1;
    let weigh = |one: &Occurrence| {
        let kind = match around.kind {
            Kind::Nothing => 1.0,
            Kind::Plan => 1.0,
            Kind::OtherText => 0.7,
            // Details tell nothing of the plan; a section or an elevation mostly shares its scale.
            Kind::OtherView if one.ratio < 30.0 => 0.1,
            Kind::OtherView => 0.4,
            // A slope, a mixture or a reference to another drawing.
            Kind::Note => return 0.0,
        };
        // A bare `1/100` may be anything; beside the word it is a scale.
        if one.slash && !says_so && around.kind != Kind::Nothing {
            return 0.0;
        }
        let word = if says_so { 1.2 } else { 1.0 };
        let known = if is_standard(one.ratio) { 1.0 } else { 0.5 };
        // `1:50 @ A1, 1:100 @ A3`: the one for this paper holds.
        let paper = if several {
            paper_weight(&lower, one, page)
        } else {
            1.0
        };
        kind * word * known * paper * one.likelihood
    };
    found
        .iter()
        .map(|one| {
            (
                one.ratio,
                weigh(one),
                matches!(around.kind, Kind::Plan | Kind::OtherView),
            )
        })
        .filter(|(_, weight, _)| *weight > 0.0)
        .collect()
}

/// A scale within a text; positions count characters.
#[derive(Debug)]
struct Occurrence {
    ratio: f64,
    start: usize,
    end: usize,
    slash: bool,
    /// 1, or less for a second way to read the same characters.
    likelihood: f64,
    sure: bool,
}

/// `1:100`, `1 : 50`, `1/200`, `1:1,250`.
fn ratios(text: &str, found: &mut Vec<Occurrence>) {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied();
    let blank = |mut index: usize| {
        while at(index) == Some(' ') {
            index += 1;
        }
        index
    };
    for start in 0..chars.len() {
        let before = start.checked_sub(1).and_then(at);
        // `1` must stand alone: not the end of 11:00, 2.1:3 or 4:1:2.
        if at(start) != Some('1')
            || before
                .is_some_and(|c| c.is_ascii_digit() || matches!(c, ':' | '/' | '.' | ',' | '-'))
        {
            continue;
        }
        let sign = blank(start + 1);
        if !matches!(at(sign), Some(':' | '/')) {
            continue;
        }
        let first = blank(sign + 1);
        let mut end = first;
        let mut digits = String::new();
        while let Some(c) = at(end) {
            if c.is_ascii_digit() {
                digits.push(c);
            } else if !(matches!(c, ',' | '.' | ' ' | '\'')
                && (1..=3).all(|ahead| at(end + ahead).is_some_and(|c| c.is_ascii_digit()))
                && !at(end + 4).is_some_and(|c| c.is_ascii_digit())
                && digits == "1")
            {
                break;
            }
            end += 1;
        }
        // `1:2:4` is a mixture, `1/4"` a fraction, `1:100.5` nothing, `1/12/2020` a date.
        let tail = at(blank(end));
        let goes_on = matches!(at(end), Some(':' | '/' | '%' | '"' | '\'' | '-'))
            || (matches!(at(end), Some('.' | ','))
                && at(end + 1).is_some_and(|c| c.is_ascii_digit()))
            || matches!(tail, Some(':' | '"' | '\'' | '='))
            || at(end).is_some_and(char::is_alphabetic);
        if goes_on || digits.len() > 5 || digits.starts_with('0') {
            continue;
        }
        if let Ok(ratio) = digits.parse::<f64>() {
            found.push(Occurrence {
                ratio,
                start,
                end,
                slash: at(sign) == Some('/'),
                likelihood: 1.0,
                sure: true,
            });
        }
    }
}

/// `1/4" = 1'-0"`, `1" = 20'`: inches on paper for feet of the building.
fn imperial(text: &str, found: &mut Vec<Occurrence>) {
    let chars: Vec<char> = text.chars().collect();
    for (equals, _) in chars.iter().enumerate().filter(|(_, c)| **c == '=') {
        let part = |from: usize, to: usize| -> String {
            chars.get(from..to).unwrap_or_default().iter().collect()
        };
        // To the right: feet, and inches if any.
        let right = part(equals + 1, chars.len());
        let Some((feet, after)) = right.split_once('\'') else {
            continue;
        };
        let Some(feet) = mixed_number(feet.trim()) else {
            continue;
        };
        let figures: String = after
            .chars()
            .take_while(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '/' | '"'))
            .collect();
        let inches_text = figures.split('"').next().unwrap_or_default();
        let with_mark = figures.contains('"');
        let inches = mixed_number(inches_text.trim_matches([' ', '-'])).filter(|_| with_mark);
        let total = feet * 12.0 + inches.unwrap_or(0.0);
        let used = if with_mark {
            inches_text.chars().count() + 1
        } else {
            0
        };
        let end = equals + 1 + right.chars().position(|c| c == '\'').map_or(0, |at| at + 1) + used;
        // To the left: inches, which end with their mark and begin after other words.
        let left = part(0, equals);
        let Some(left) = left.trim_end().strip_suffix('"') else {
            continue;
        };
        let number: Vec<char> = left
            .chars()
            .rev()
            .take_while(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '/' | '.'))
            .collect();
        let number: String = number.into_iter().rev().collect();
        let parts: Vec<&str> = number
            .split([' ', '-'])
            .filter(|part| !part.is_empty())
            .collect();
        let Some((&last, earlier)) = parts.split_last() else {
            continue;
        };
        let start = left.chars().count() - last.chars().count();
        let mut push = |inches: f64, start: usize, likelihood: f64, sure: bool| {
            if inches > 0.0 {
                found.push(Occurrence {
                    ratio: total / inches,
                    start,
                    end,
                    slash: false,
                    likelihood,
                    sure,
                });
            }
        };
        let Some(fraction) = mixed_number(last) else {
            continue;
        };
        // `LEVEL 1 1/8" = 1'-0"` is an eighth after a title, `1 1/2" = 1'-0"` is one and a half.
        let whole = earlier.last().and_then(|whole| mixed_number(whole));
        match whole.filter(|_| last.contains('/')) {
            Some(whole) if is_standard(total / (whole + fraction)) => {
                let longer = start.saturating_sub(2);
                push(whole + fraction, longer, 1.0, true);
                push(fraction, start, 0.6, false);
            }
            _ => push(fraction, start, 1.0, true),
        }
    }
}

/// Scales that rulers have, by ISO 5455 and by custom.
const STANDARD: [f64; 37] = [
    8.0, 5.0, 10.0, 12.0, 16.0, 20.0, 24.0, 25.0, 30.0, 32.0, 33.0, 40.0, 48.0, 50.0, 60.0, 64.0,
    75.0, 96.0, 100.0, 120.0, 125.0, 128.0, 150.0, 192.0, 200.0, 240.0, 250.0, 300.0, 360.0, 384.0,
    400.0, 480.0, 500.0, 600.0, 720.0, 1000.0, 1200.0,
];

/// Whether a ruler has this scale: within what rounding does to a measured one.
pub(super) fn is_standard(ratio: f64) -> bool {
    nearest_standard(ratio).is_some_and(|standard| (standard / ratio - 1.0).abs() < 1e-6)
}

/// The scale of [`STANDARD`] that is nearest by ratio.
pub(super) fn nearest_standard(ratio: f64) -> Option<f64> {
    let off = |standard: f64| (standard / ratio).ln().abs();
    STANDARD
        .into_iter()
        .filter(|_| ratio > 0.0)
        .min_by(|a, b| off(*a).total_cmp(&off(*b)))
}

/// Longer sides of the papers of ISO 216 and of ANSI, in points.
const PAPERS: [(&str, f64); 8] = [
    ("a0", 3370.4),
    ("a1", 2383.9),
    ("a2", 1683.8),
    ("a3", 1190.6),
    ("a4", 841.9),
    ("tabloid", 1224.0),
    ("letter", 792.0),
    ("11x17", 1224.0),
];

/// How well the paper named behind (or else in front of) a scale suits the page.
fn paper_weight(text: &str, one: &Occurrence, page: (f64, f64)) -> f64 {
    let chars: Vec<char> = text.chars().collect();
    let behind: String = chars.iter().skip(one.end).take(10).collect();
    let named = PAPERS
        .iter()
        .filter_map(|paper| Some((behind.find(paper.0)?, paper)))
        .min_by_key(|(at, _)| *at);
    match named {
        Some((_, (_, longer))) if (page.0.max(page.1) / longer - 1.0).abs() < 0.03 => 1.2,
        Some(_) => 0.4,
        None => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(text: &str) -> Option<f64> {
        scales_in(text, false, (841.9, 595.3))
            .into_iter()
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(ratio, ..)| ratio)
    }

    #[test]
    fn scales_are_read_as_drawings_print_them() {
        for (text, ratio) in [
            ("1:100", Some(100.0)),
            ("1 : 50", Some(50.0)),
            ("SCALE 1:75", Some(75.0)),
            ("Scale 1:200 @ A3", Some(200.0)),
            ("M 1:100", Some(100.0)),
            ("Ma\u{df}stab 1:50", Some(50.0)),
            ("\u{c9}chelle 1/100", Some(100.0)),
            ("Esc. 1/75", Some(75.0)),
            (
                "\u{43c}\u{430}\u{441}\u{448}\u{442}\u{430}\u{431} 1:200",
                Some(200.0),
            ),
            ("1:1,250", Some(1250.0)),
            ("GROUND FLOOR PLAN 1:100", Some(100.0)),
            ("Grundriss EG 1 : 100", Some(100.0)),
            ("1/4\" = 1'-0\"", Some(48.0)),
            ("SCALE: 1/8\" = 1'-0\"", Some(96.0)),
            ("1 1/2\" = 1'-0\"", Some(8.0)),
            ("3/32\"=1'-0\"", Some(128.0)),
            ("1\" = 20'", Some(240.0)),
            ("1\u{2033} = 20\u{2032}-0\u{2033}", Some(240.0)),
            ("FLOOR PLAN - LEVEL 1 1/8\" = 1'-0\"", Some(96.0)),
            ("1:50 @ A2 / 1:100 @ A4", Some(100.0)),
            ("3. Details see 1:20 drawing A-501.", None),
            ("12:30", None),
            ("1:0", None),
            ("2021-03-21", None),
            ("concrete 1:2:4", None),
            ("ramp 1:12", None),
            ("Gef\u{e4}lle 1:40", None),
            ("1/12/2020", None),
            ("1/4\"", None),
            ("NTS", None),
        ] {
            assert_eq!(best(text), ratio, "{text}");
        }
    }

    #[test]
    fn a_plan_weighs_more_than_a_detail() {
        let weight = |text| {
            scales_in(text, false, (842.0, 595.0))
                .first()
                .map(|one| one.1)
        };
        assert!(weight("GROUND FLOOR PLAN 1:100") > weight("DETAIL 3 1:20"));
        assert!(weight("Scale 1:100") > weight("1:100"));
    }
}
