//! Where exactly a piece of ink lies: its edges to a fraction of a pixel.

use super::gray::Gray;
use super::strips::Strip;

/// From this thickness on a piece has an inside, whose darkness tells where its edges are; the
/// whole of a thinner one is edge.
const THICK_PX: f64 = 3.5;

/// The share of a bar's columns that must have straight edges; where others meet it, it has not.
const STRAIGHT: f64 = 0.4;

/// From this darkness on the average over five pixels shows ink that one of them holds.
const DARK: f64 = 0.55;

/// Columns that are measured, evenly over the piece. More make it no better.
const MAX_COLUMNS: usize = 600;

/// A straight piece as it was measured, in pixels of its plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    pub(super) from: f64,
    pub(super) to: f64,
    /// Its centre line at the middle of its length.
    pub(super) across: f64,
    /// How much the centre line rises over one pixel of length.
    pub(super) slope: f64,
    /// Distance between its edges; for a thin line the width of a black line of as much ink.
    pub(super) thickness: f64,
    /// How dark it is inside, 0..=1.
    pub(super) darkness: f64,
    /// Whether darker outlines run along both sides of it, as faces along a wall.
    pub(super) outlined: bool,
}

impl Piece {
    pub(super) fn length(&self) -> f64 {
        self.to - self.from
    }
}

/// Measures `strip`; `None` when there is hardly any ink in it.
pub(super) fn fitted(plane: &Gray, strip: &Strip) -> Option<Piece> {
    let thick = f64::from(strip.bottom - strip.top) >= THICK_PX;
    let step = (strip.to - strip.from).div_ceil(MAX_COLUMNS).max(1);
    let columns = || (strip.from..strip.to).step_by(step);
    let mut is_outlined = false;
    let measured: Vec<[f64; 4]> = if thick {
        let bars: Vec<Bar> = columns().filter_map(|x| edges(plane, strip, x)).collect();
        let outlined: Vec<[f64; 4]> = bars.iter().filter_map(|bar| bar.outlined).collect();
        is_outlined = outlined.len() as f64 >= OUTLINED * bars.len() as f64;
        if is_outlined {
            outlined
        } else {
            bars.iter().map(|bar| bar.dark).collect()
        }
    } else {
        columns().filter_map(|x| ridge(plane, strip, x)).collect()
    };
    if measured.len() < 3 {
        return None;
    }
    let (slope, middle) = line_through(&measured)?;
    let median = |index: usize| {
        let mut values: Vec<f64> = measured
            .iter()
            .filter_map(|sample| sample.get(index).copied())
            .collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    if thick && !is_straight(&measured, strip, step, (slope, middle), median(2)) {
        return None;
    }
    // Crossing lines only add ink, and noise takes it away: the median minds neither. A thin
    // line that is partly lost has its mean.
    let thickness = if thick {
        median(2)
    } else {
        let sum: f64 = measured.iter().filter_map(|sample| sample.get(2)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred columns")]
        let mean = sum / measured.len() as f64;
        median(2).max(0.7 * mean)
    };
    let darkness = median(3);
    // Averaging along the row has drawn both ends out.
    let drawn_out = if darkness > DARK { 2.0 } else { 1.0 };
    #[expect(clippy::cast_precision_loss, reason = "columns of a plane")]
    let (from, to) = (strip.from as f64 + drawn_out, strip.to as f64 - drawn_out);
    (thickness > 0.0 && to > from).then_some(Piece {
        from,
        to,
        across: middle + slope * (from + to) / 2.0,
        slope,
        thickness,
        darkness,
        outlined: is_outlined,
    })
}

/// Whether most columns of a bar have its edges where the fitted line has them. Lettering that ran
/// together has not.
#[expect(clippy::cast_precision_loss, reason = "columns of a plane")]
fn is_straight(
    measured: &[[f64; 4]],
    strip: &Strip,
    step: usize,
    (slope, middle): (f64, f64),
    thickness: f64,
) -> bool {
    let reach = (0.08 * thickness).max(0.8);
    let straight = measured
        .iter()
        .filter(|[x, y, own, _]| {
            (slope * x + middle - y).abs() <= reach && (own - thickness).abs() <= 2.0 * reach
        })
        .count();
    let columns = (strip.to - strip.from).div_ceil(step);
    straight as f64 >= STRAIGHT * columns as f64
}

fn pixel(plane: &Gray, x: usize, y: i64) -> f64 {
    usize::try_from(y)
        .ok()
        .filter(|&y| y < plane.height)
        .and_then(|y| plane.pixels.get(y * plane.width + x))
        .map_or(0.0, |&ink| f64::from(ink))
}

#[expect(clippy::cast_possible_truncation, reason = "rows of a plane")]
fn rows(strip: &Strip) -> (i64, i64) {
    (strip.top.round() as i64, strip.bottom.round() as i64)
}

/// An outline is darker than what it is drawn around by this share, and by so much at least.
const OUTLINE_DARKER: f64 = 1.35;
const OUTLINE_MORE: f64 = 30.0;

/// A bar is outlined if this share of its columns shows it on both sides.
const OUTLINED: f64 = 0.6;

/// What is measured in a column of a bar: its column, centre, thickness and darkness.
struct Bar {
    /// Between the edges, where the ink is half of that inside.
    dark: [f64; 4],
    /// Between the middles of the outlines that are drawn around it. Where walls are thin, a scan
    /// runs both faces and what is between them together.
    outlined: Option<[f64; 4]>,
}

/// Measures a bar at `x`.
#[expect(clippy::cast_precision_loss, reason = "rows and columns of a plane")]
fn edges(plane: &Gray, strip: &Strip, x: usize) -> Option<Bar> {
    let (top, bottom) = rows(strip);
    let third = (bottom - top) / 4;
    let mut inside: Vec<f64> = (top + third..bottom - third)
        .map(|y| pixel(plane, x, y))
        .collect();
    inside.sort_by(f64::total_cmp);
    let level = *inside.get(inside.len() / 2)?;
    if level <= 0.0 {
        return None;
    }
    // From two pixels outside towards the middle: how many of them lie outside.
    let reach = (bottom - top) / 2 + 4;
    let outside = |start: i64, step: i64| -> Option<i64> {
        let dark = |count: &i64| pixel(plane, x, start + step * count) >= level / 2.0;
        (0..=reach).find(dark).filter(|&count| count > 0)
    };
    let (starts, steps) = ([top - 3, bottom + 2], [1, -1]);
    let counts = [outside(starts[0], steps[0])?, outside(starts[1], steps[1])?];
    // A pixel's value stands at its middle.
    let edge = |side: usize| {
        let (start, step, count) = (starts[side], steps[side], counts[side]);
        let before = pixel(plane, x, start + step * (count - 1));
        let here = pixel(plane, x, start + step * count);
        let share = (level / 2.0 - before) / (here - before).max(1e-6);
        (start + step * (count - 1)) as f64 + step as f64 * share + 0.5
    };
    // Of two faces that run together the inside is hardly a few pixels.
    let hollow = *inside.get(inside.len() / 4)?;
    let outline = |side: usize| {
        let (start, step) = (starts[side] + steps[side] * counts[side], steps[side]);
        middle_of_outline(
            |count| pixel(plane, x, start + step * count),
            hollow,
            (bottom - top) / 2,
        )
        .map(|middle| start as f64 + step as f64 * middle + 0.5)
    };
    let between = |upper: f64, lower: f64| {
        (lower > upper).then_some([
            x as f64 + 0.5,
            f64::midpoint(upper, lower),
            lower - upper,
            level / 255.0,
        ])
    };
    Some(Bar {
        dark: between(edge(0), edge(1))?,
        outlined: outline(0)
            .zip(outline(1))
            .and_then(|(upper, lower)| between(upper, lower)),
    })
}

/// How many pixels from the edge of a bar the middle of its outline lies, if the ink grows so much
/// darker there than the `hollow` between both outlines.
#[expect(clippy::cast_precision_loss, reason = "rows of a plane")]
fn middle_of_outline(ink: impl Fn(i64) -> f64, hollow: f64, farthest: i64) -> Option<f64> {
    let mut peak = 0;
    while peak < farthest && ink(peak + 1) >= ink(peak) {
        peak += 1;
    }
    let darkest = ink(peak);
    if darkest < (OUTLINE_DARKER * hollow).max(hollow + OUTLINE_MORE) {
        return None;
    }
    let half = f64::midpoint(darkest, hollow);
    let back = (-1..=peak).rev().take_while(|&count| ink(count) > half);
    let on = (peak + 1..=farthest).take_while(|&count| ink(count) > half);
    let (mut mass, mut moment) = (0.0, 0.0);
    for count in back.chain(on) {
        let more = ink(count) - half;
        mass += more;
        moment += more * count as f64;
    }
    (mass > 0.0).then(|| moment / mass)
}

/// Column, centre of mass, amount of ink and greatest darkness of a thin line at `x`.
#[expect(clippy::cast_precision_loss, reason = "rows and columns of a plane")]
fn ridge(plane: &Gray, strip: &Strip, x: usize) -> Option<[f64; 4]> {
    let (top, bottom) = rows(strip);
    let (first, last) = (top - 2, bottom + 1);
    // What lies beyond is no part of the line.
    let outside = pixel(plane, x, first - 1).min(pixel(plane, x, last + 1));
    let (mut mass, mut moment, mut peak) = (0.0, 0.0, 0.0_f64);
    for y in first..=last {
        let ink = (pixel(plane, x, y) - outside).max(0.0);
        mass += ink;
        moment += ink * (y as f64 + 0.5);
        peak = peak.max(ink);
    }
    (mass > 12.0).then_some([x as f64 + 0.5, moment / mass, mass / 255.0, peak / 255.0])
}

/// Slope and height of the line through the centres of `measured`, which is fitted again
/// without what lies off it.
#[expect(clippy::cast_precision_loss, reason = "a few hundred columns")]
fn line_through(measured: &[[f64; 4]]) -> Option<(f64, f64)> {
    let mut heights: Vec<f64> = measured.iter().map(|sample| sample[1]).collect();
    heights.sort_by(f64::total_cmp);
    let mut line = (0.0, *heights.get(heights.len() / 2)?);
    for reach in [2.0, 1.0, 0.6] {
        let near = || {
            measured.iter().filter_map(|sample| {
                let (x, y) = (sample[0], sample[1]);
                ((line.0 * x + line.1 - y).abs() <= reach).then_some((x, y))
            })
        };
        let count = near().count() as f64;
        if count < 3.0 {
            break;
        }
        let (sum_x, sum_y) = near().fold((0.0, 0.0), |sum, (x, y)| (sum.0 + x, sum.1 + y));
        let (mean_x, mean_y) = (sum_x / count, sum_y / count);
        let (xx, xy) = near().fold((0.0, 0.0), |sum, (x, y)| {
            (
                sum.0 + (x - mean_x).powi(2),
                sum.1 + (x - mean_x) * (y - mean_y),
            )
        });
        let slope = if xx > 0.0 { xy / xx } else { 0.0 };
        line = (slope, mean_y - slope * mean_x);
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bar from `upper` to `lower` over 200 columns, with partly covered pixels at its edges.
    fn bar(upper: f64, lower: f64, slope: f64) -> Gray {
        let mut plane = Gray::filled(200, 100, 0);
        for x in 0..200 {
            let shift = slope * (x as f64 + 0.5);
            for y in 0..100 {
                let (top, bottom) = (upper + shift, lower + shift);
                let cover = (bottom.min(y as f64 + 1.0) - top.max(y as f64)).clamp(0.0, 1.0);
                plane.pixels[y * 200 + x] = (cover * 255.0).round() as u8;
            }
        }
        plane
    }

    fn strip(top: f32, bottom: f32) -> Strip {
        Strip {
            from: 0,
            to: 200,
            top,
            bottom,
        }
    }

    #[test]
    fn the_edges_of_a_bar_are_told_between_pixels() {
        let piece = fitted(&bar(40.3, 49.8, 0.004), &strip(41.0, 50.0)).unwrap();
        assert!((piece.across - (45.05 + 0.4)).abs() < 0.1, "{piece:?}");
        assert!((piece.thickness - 9.5).abs() < 0.2, "{piece:?}");
        assert!((piece.slope - 0.004).abs() < 0.0005, "{piece:?}");
    }

    #[test]
    fn a_thin_line_is_told_by_its_ink() {
        let piece = fitted(&bar(40.6, 41.4, 0.0), &strip(40.0, 42.0)).unwrap();
        assert!((piece.across - 41.0).abs() < 0.02, "{piece:?}");
        assert!((piece.thickness - 0.8).abs() < 0.02, "{piece:?}");
    }

    #[test]
    fn the_edges_of_an_outlined_bar_are_the_middles_of_its_outlines() {
        // Outlines of two pixels around an inside that is as dark as `fill`; ink spreads by one.
        let measured = |fill: u8, last: usize| {
            let mut plane = Gray::filled(200, 100, 0);
            let tones = [60, 255, 255, fill, fill, fill, fill, 255, 255, 60];
            for (y, tone) in tones.into_iter().enumerate() {
                plane.pixels[(40 + y) * 200..][..200].fill(tone);
            }
            // Elsewhere the bar is dark all over.
            for y in 41..49 {
                plane.pixels[y * 200 + last..(y + 1) * 200].fill(255);
            }
            fitted(&plane, &strip(40.0, 50.0)).unwrap()
        };
        let hollow = measured(70, 200);
        assert!(
            hollow.outlined && (hollow.across - 45.0).abs() < 0.1,
            "{hollow:?}"
        );
        assert!((hollow.thickness - 6.0).abs() < 0.4, "{hollow:?}");
        for solid in [measured(240, 200), measured(70, 100)] {
            assert!(!solid.outlined && solid.thickness > 7.5, "{solid:?}");
        }
    }
}
