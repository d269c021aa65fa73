//! Sorting lines by their thickness, as they were drawn with a few pens.

/// Width of the window in which thicknesses vote, as a logarithm: a tenth.
const WINDOW: f64 = 0.1;

/// Steps of the thickness, as a logarithm.
const STEP: f64 = 0.02;

/// Between two pens fewer lines lie than this share of the lesser one.
const VALLEY: f64 = 0.6;

/// For each of `lines`, given by thickness and length, the usual thickness of its pen. Thicknesses
/// are known to about `blur`: differences of thin lines that are smaller do not count.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "steps between the thinnest and the thickest line"
)]
pub(super) fn pens(lines: &[(f64, f64)], blur: f64) -> Vec<f64> {
    let thin = lines
        .iter()
        .map(|line| line.0)
        .fold(f64::INFINITY, f64::min);
    let thick = lines.iter().map(|line| line.0).fold(0.0, f64::max);
    if !(thin > 0.0 && thick.is_finite() && thick >= thin) {
        return lines.iter().map(|line| line.0).collect();
    }
    let blur = blur.max(0.0);
    let start = (thin + blur).ln() - 3.0 * WINDOW;
    let step_of = |thickness: f64| (((thickness + blur).ln() - start) / STEP).round() as usize;
    let count = step_of(thick) + (3.0 * WINDOW / STEP) as usize + 1;
    let mut votes = vec![0.0; count];
    let reach = (3.0 * WINDOW / STEP) as usize;
    for &(thickness, length) in lines {
        let centre = step_of(thickness);
        for step in centre.saturating_sub(reach)..=centre + reach {
            let distance = step.abs_diff(centre) as f64 * STEP / WINDOW;
            if let Some(vote) = votes.get_mut(step) {
                *vote += length * (-0.5 * distance * distance).exp();
            }
        }
    }
    let borders = borders(&votes);
    let class_of = |thickness: f64| borders.partition_point(|&border| border < step_of(thickness));
    let mut sums = vec![(0.0, 0.0); borders.len() + 1];
    for &(thickness, length) in lines {
        if let Some((sum, weight)) = sums.get_mut(class_of(thickness)) {
            *sum += thickness * length;
            *weight += length;
        }
    }
    lines
        .iter()
        .map(|&(thickness, _)| match sums.get(class_of(thickness)) {
            Some(&(sum, weight)) if weight > 0.0 => sum / weight,
            _ => thickness,
        })
        .collect()
}

/// The valleys of `votes` that part two pens.
fn borders(votes: &[f64]) -> Vec<usize> {
    let mut found = Vec::new();
    // The highest vote of the pen in hand, and the lowest one since then.
    let mut peak = 0.0_f64;
    let mut valley = (0, f64::INFINITY);
    for (step, &vote) in votes.iter().enumerate() {
        if vote < valley.1 {
            valley = (step, vote);
        }
        if valley.1 < VALLEY * peak && vote * VALLEY > valley.1 {
            // It has fallen and risen enough.
            found.push(valley.0);
            peak = vote;
            valley = (step, vote);
        } else if vote > peak {
            peak = vote;
            valley = (step, vote);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_thicknesses_fall_together_by_pen() {
        let lines: Vec<(f64, f64)> = [0.48, 0.5, 0.53, 1.0, 1.05, 8.3, 8.5, 8.6]
            .into_iter()
            .map(|thickness| (thickness, 100.0))
            .collect();
        let pens = pens(&lines, 0.0);
        assert_eq!(pens[0], pens[2]);
        assert_eq!(pens[3], pens[4]);
        assert_eq!(pens[5], pens[7]);
        assert!((pens[3] - 1.025).abs() < 1e-9);
        assert!(pens[2] < pens[3] && pens[4] < pens[5]);
    }
}
