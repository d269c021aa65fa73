//! Telling dashed lines from lines that noise or crossing walls have cut.

use super::lines::Line;

/// Dashes that make a line, at the least.
const FEWEST: usize = 5;

/// Dashes are this much alike in length, and their gaps too.
const ALIKE: f64 = 0.35;

/// This share of the dashes and of the gaps must be alike: where a dashed line meets others, a
/// dash is longer or missing.
const MOSTLY: f64 = 0.6;

/// Longest dash and gap, in pixels to a point times these points.
const LONGEST_DASH_PT: f64 = 45.0;
const LONGEST_GAP_PT: f64 = 16.0;

/// A gap that noise does not make, in pixels.
const CLEAR_GAP_PX: f64 = 3.0;

/// Marks the pieces of dashed lines among `lines`, which lie on one offset and go from left to
/// right; `scale` is in pixels to the point.
pub(super) fn mark_dashed(lines: &mut [Line], scale: f64) {
    let mut start = 0;
    while start < lines.len() {
        let rest = lines.get(start..).unwrap_or_default();
        let reach = rest
            .iter()
            .zip(rest.iter().skip(1))
            .take_while(|(one, two)| {
                let gap = two.from - one.to;
                (CLEAR_GAP_PX..=LONGEST_GAP_PT * scale).contains(&gap)
            })
            .count();
        let end = start + reach + 1;
        if let Some(chain) = lines.get_mut(start..end)
            && is_dashed(chain, scale)
        {
            for line in chain {
                line.dashed |= line.length() <= LONGEST_DASH_PT * scale;
            }
        }
        start = end;
    }
}

fn is_dashed(chain: &[Line], scale: f64) -> bool {
    if chain.len() < FEWEST {
        return false;
    }
    let lengths: Vec<f64> = chain.iter().map(Line::length).collect();
    let gaps: Vec<f64> = chain
        .iter()
        .zip(chain.iter().skip(1))
        .map(|(one, two)| two.from - one.to)
        .collect();
    let (dash, dashes_alike) = usual(&lengths);
    let (_, gaps_alike) = usual(&gaps);
    dash <= LONGEST_DASH_PT * scale && dashes_alike >= MOSTLY && gaps_alike >= MOSTLY
}

/// The median, and the share of the values that are close to it.
#[expect(clippy::cast_precision_loss, reason = "a few dashes")]
fn usual(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    // A pixel more or less is no difference.
    let reach = (ALIKE * median).max(1.5);
    let alike = values
        .iter()
        .filter(|value| (**value - median).abs() <= reach)
        .count();
    (median, alike as f64 / values.len().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[(f64, f64)]) -> Vec<Line> {
        let line = |&(from, to): &(f64, f64)| Line {
            from,
            to,
            ink: [from, to],
            across: 10.0,
            thickness: 1.0,
            dashed: false,
            outlined: false,
        };
        pieces.iter().map(line).collect()
    }

    #[test]
    fn even_dashes_are_a_dashed_line_and_a_cut_wall_is_not() {
        let dashes: Vec<(f64, f64)> = (0..9)
            .map(|n| (40.0 * f64::from(n), 40.0 * f64::from(n) + 24.0))
            .collect();
        let mut dashed = lines(&dashes);
        mark_dashed(&mut dashed, 2.0);
        assert!(dashed.iter().all(|line| line.dashed));
        let mut wall = lines(&[
            (0.0, 90.0),
            (95.0, 180.0),
            (184.0, 300.0),
            (310.0, 322.0),
            (340.0, 500.0),
            (504.0, 540.0),
        ]);
        mark_dashed(&mut wall, 2.0);
        assert!(wall.iter().all(|line| !line.dashed));
    }
}
