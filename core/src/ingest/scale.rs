//! The printed scale, as `1:100` or `1/4" = 1'-0"`.

use crate::plan::{Finding, Scale, ScaleProvenance, TextRun};

/// Words that stand beside a scale, in the languages of most drawings met so far.
const SCALE_WORDS: [&str; 7] = [
    "scale", "maßstab", "massstab", "schaal", "échelle", "escala", "scala",
];

/// Ratios that buildings are drawn at; others are mixtures, times or dates.
const RATIOS: std::ops::RangeInclusive<f64> = 5.0..=2_000.0;

/// The scale that the texts name, if they agree on one.
///
/// A text that is nothing but a scale counts, or one that says that it is; `see 1:20 drawing`
/// does not. Printed scales are wrong on sheets printed at another size, so confidence is half.
pub(super) fn printed_scale(texts: &[TextRun], findings: &mut Vec<Finding>) -> Option<Scale> {
    let mut found: Vec<(f64, &str)> = Vec::new();
    for run in texts {
        if let Some(ratio) = ratio_in(&run.text)
            && !found
                .iter()
                .any(|(known, _)| (known - ratio).abs() < 1e-6 * ratio)
        {
            found.push((ratio, &run.text));
        }
    }
    match found.as_slice() {
        [(ratio, text)] => Some(Scale {
            text: Some((*text).to_owned()),
            ..Scale::from_ratio(*ratio, ScaleProvenance::PrintedText)
        }),
        [] => {
            findings.push(Finding::new("scale_unknown", "no printed scale was found"));
            None
        }
        several => {
            let texts: Vec<_> = several
                .iter()
                .map(|(_, text)| format!("`{text}`"))
                .collect();
            let message = format!("the page names several scales: {}", texts.join(", "));
            findings.push(Finding::new("scale_unknown", message));
            None
        }
    }
}

fn ratio_in(text: &str) -> Option<f64> {
    let lower = text.trim().to_lowercase();
    let rest = SCALE_WORDS
        .iter()
        .find_map(|word| lower.split_once(word).map(|(_, rest)| rest))
        .unwrap_or(&lower)
        .trim_start_matches([':', '.', ' ', '=']);
    // What follows the figures may only be a paper size, as in `1:50 @ A3`.
    let figures = rest
        .split_once('@')
        .map_or(rest, |(figures, _)| figures)
        .trim();
    metric(figures)
        .or_else(|| imperial(figures))
        .filter(|ratio| RATIOS.contains(ratio))
}

fn metric(figures: &str) -> Option<f64> {
    let (one, ratio) = figures.split_once([':', '/'])?;
    if one.trim() != "1" {
        return None;
    }
    let ratio = ratio.trim();
    let plain = !ratio.is_empty() && ratio.bytes().all(|byte| byte.is_ascii_digit());
    if plain { ratio.parse().ok() } else { None }
}

/// `1/4" = 1'-0"`: inches on paper for feet of the building.
fn imperial(figures: &str) -> Option<f64> {
    let plain: String = figures
        .chars()
        .map(|c| match c {
            '\u{201d}' | '\u{2033}' => '"',
            '\u{2019}' | '\u{2032}' => '\'',
            other => other,
        })
        .collect();
    let (paper, building) = plain.split_once('=')?;
    let inches = mixed_number(paper.trim().strip_suffix('"')?)?;
    let (feet, rest) = building.trim().split_once('\'')?;
    let rest = rest.trim_matches([' ', '-', '"']);
    let more = if rest.is_empty() {
        0.0
    } else {
        mixed_number(rest)?
    };
    let total = mixed_number(feet)? * 12.0 + more;
    (inches > 0.0).then(|| total / inches)
}

/// `3`, `3/16` or `1 1/2`.
fn mixed_number(text: &str) -> Option<f64> {
    let mut sum = 0.0;
    for part in text.split_whitespace() {
        sum += match part.split_once('/') {
            None => part.parse::<f64>().ok()?,
            Some((over, under)) => over.parse::<f64>().ok()? / under.parse::<f64>().ok()?,
        };
    }
    (!text.trim().is_empty() && sum.is_finite()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_read_as_drawings_print_them() {
        for (text, ratio) in [
            ("1:100", Some(100.0)),
            ("1 : 50", Some(50.0)),
            ("SCALE 1:75", Some(75.0)),
            ("Scale 1:200 @ A3", Some(200.0)),
            ("1/4\" = 1'-0\"", Some(48.0)),
            ("SCALE: 1/8\" = 1'-0\"", Some(96.0)),
            ("1 1/2\" = 1'-0\"", Some(8.0)),
            ("3. Details see 1:20 drawing A-501.", None),
            ("12:30", None),
            ("1:0", None),
            ("2021-03-21", None),
        ] {
            assert_eq!(ratio_in(text), ratio, "{text}");
        }
    }
}
