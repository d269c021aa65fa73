//! Doors that slide in walls whose faces are drawn on across them, as thresholds are.
//!
//! Lines on both faces of a wall are a window at first sight. Panels between them tell of a door:
//! one that goes on into the wall, where it is pushed to, or two that pass each other.

use crate::error::Result;
use crate::watch::Watch;

use super::bodies::Bodies;
use super::candidate::{Candidate, Symbol};
use super::sticks::{Sticks, unit};

/// A panel is at most so thick, as a share of the width of its opening.
const THICKEST: f64 = 0.09;

/// Panels stand in the middle of the wall, within this share of its thickness.
const IN_WALL: f64 = 0.4;

/// The sides of a panel begin and end together but for this share of the width.
const TOGETHER: f64 = 0.02;

/// A panel pushed into the wall goes on so far beyond the opening, as shares of its width...
const INTO_WALL: std::ops::RangeInclusive<f64> = 0.15..=1.1;

/// ...and leaves so much of it free. What covers none of it is a layer of the wall.
const LEFT_FREE: std::ops::RangeInclusive<f64> = 0.15..=0.75;

/// Panels that pass each other are this long, as shares of the width.
const HALF: std::ops::RangeInclusive<f64> = 0.49..=0.65;

/// What the panels in an opening are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slides {
    IntoWall,
    Past,
}

/// A panel by its two sides, or a line: where it begins and ends along the opening, and how far off
/// the axis they are.
#[derive(Clone, Copy)]
struct Panel {
    from: f64,
    to: f64,
    near: f64,
    far: f64,
}

/// Makes doors of those of `others` that look like windows but have panels that slide. Where most
/// windows have panes that pass each other, they are windows.
pub(super) fn that_slide(
    others: &mut [Candidate],
    usual: f64,
    sticks: &Sticks,
    bodies: &Bodies<'_>,
    watch: &dyn Watch,
) -> Result<()> {
    let (mut windows, mut past) = (0, Vec::new());
    for (count, other) in others.iter_mut().enumerate() {
        if count % 16 == 0 {
            watch.check()?;
        }
        if other.symbol != Symbol::Glazing {
            continue;
        }
        windows += 1;
        match slides(other, usual, sticks, bodies) {
            Some(Slides::IntoWall) => other.symbol = Symbol::Panels,
            Some(Slides::Past) => past.push(count),
            None => {}
        }
    }
    // One alone may well be the door.
    if past.len() == 1 || 2 * past.len() <= windows {
        for index in past {
            if let Some(other) = others.get_mut(index) {
                other.symbol = Symbol::Panels;
            }
        }
    }
    Ok(())
}

/// Makes doors of those of `gaps` in which nothing is drawn but two panels that pass each other, and
/// windows where the plan has fewer `windows` of any other kind.
pub(super) fn that_pass(
    gaps: &mut [Candidate],
    windows: usize,
    usual: f64,
    sticks: &Sticks,
    bodies: &Bodies<'_>,
    watch: &dyn Watch,
) -> Result<()> {
    let mut past = Vec::new();
    for (count, gap) in gaps.iter().enumerate() {
        if count % 16 == 0 {
            watch.check()?;
        }
        let is_empty = gap.symbol == Symbol::Gap;
        if is_empty && slides(gap, usual, sticks, bodies) == Some(Slides::Past) {
            past.push(count);
        }
    }
    let symbol = if past.len() <= windows {
        Symbol::Panels
    } else {
        Symbol::Glazing
    };
    for index in past {
        if let Some(gap) = gaps.get_mut(index) {
            gap.symbol = symbol;
            gap.misfit = 0.9;
        }
    }
    Ok(())
}

/// How the panels in `opening` slide, if there are any that do.
fn slides(opening: &Candidate, usual: f64, sticks: &Sticks, bodies: &Bodies<'_>) -> Option<Slides> {
    let width = opening.width().max(1e-9);
    let middle = opening.axis.a.towards(opening.axis.b, 0.5);
    if !opening.is_closed() || sticks.is_crowded(middle, 0.5 * width) {
        return None;
    }
    let wall = opening.meets[0].and_then(|end| bodies.wall(end.wall));
    let thick = wall.map_or(usual, |wall| wall.thickness_pt);
    let lines = lines_along(opening, thick, sticks);
    let panels = panels_of(&lines, width);
    let goes_in = |panel: &Panel| {
        let (before, behind) = (-panel.from / width, panel.to / width - 1.0);
        let (into, free, end) = if before > behind {
            (before, 1.0 - panel.to / width, panel.from)
        } else {
            (behind, panel.from / width, panel.to)
        };
        // Glass that goes on beyond this part of it lies in no wall.
        INTO_WALL.contains(&into)
            && LEFT_FREE.contains(&free)
            && bodies.hold(opening.axis.a.towards(opening.axis.b, end / width))
    };
    let is_half = |panel: &&Panel| HALF.contains(&((panel.to - panel.from) / width));
    // Thin panels are drawn as one line each.
    let halves: Vec<&Panel> = if panels.is_empty() {
        lines.iter().filter(is_half).collect()
    } else {
        panels.iter().filter(is_half).collect()
    };
    let pass = |one: &Panel, two: &Panel| {
        let ends = one.from.abs().max((two.to - width).abs()) <= 0.05 * width;
        let beside = one.far <= two.near + 0.1 || two.far <= one.near + 0.1;
        // Panes that lie in one line do not pass each other.
        ends && beside && (one.near - two.near).abs() > 0.1
    };
    if panels.iter().any(goes_in) {
        Some(Slides::IntoWall)
    } else if halves
        .iter()
        .any(|one| halves.iter().any(|two| pass(one, two)))
    {
        Some(Slides::Past)
    } else {
        None
    }
}

/// The panels that `lines` make in an opening of this `width`: two close beside each other.
fn panels_of(lines: &[Panel], width: f64) -> Vec<Panel> {
    let mut panels = Vec::new();
    for (index, one) in lines.iter().enumerate() {
        // Only with the next line of its kind: the sides of two panels make no third.
        let mate = lines.iter().skip(index + 1).find(|two| {
            two.near - one.near > 0.1
                && (one.from - two.from).abs() <= TOGETHER * width
                && (one.to - two.to).abs() <= TOGETHER * width
        });
        if let Some(mate) = mate.filter(|mate| mate.near - one.near <= THICKEST * width) {
            panels.push(Panel {
                far: mate.near,
                ..*one
            });
        }
    }
    panels
}

/// The lines along `opening` in the middle of a wall that is so `thick`, in order across it.
fn lines_along(opening: &Candidate, thick: f64, sticks: &Sticks) -> Vec<Panel> {
    let width = opening.width();
    let (dx, dy) = unit(opening.axis);
    let middle = opening.axis.a.towards(opening.axis.b, 0.5);
    let at = |point: crate::plan::Point| {
        let (x, y) = (point.x - opening.axis.a.x, point.y - opening.axis.a.y);
        (x * dx + y * dy, y * dx - x * dy)
    };
    let lines = sticks.near(middle, 0.5 * width);
    let mut lines: Vec<Panel> = lines
        .filter_map(|line| {
            let ((one, off), (two, other)) = (at(line.a), at(line.b));
            let (from, to) = (one.min(two), one.max(two));
            let fits = (off - other).abs() <= TOGETHER * (to - from)
                && off.abs() <= IN_WALL * thick
                && to - from >= 0.3 * width;
            fits.then_some(Panel {
                from,
                to,
                near: off,
                far: off,
            })
        })
        .collect();
    lines.sort_by(|one, two| one.near.total_cmp(&two.near));
    lines
}
