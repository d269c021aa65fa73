//! Windows and sliding doors by the lines that are drawn across the gap.

use crate::error::Result;
use crate::parallel::in_pieces;
use crate::plan::{Leaf, Point, Segment, WallStyle};
use crate::watch::Watch;

use super::bodies::{Abutment, Bodies, direction, position};
use super::candidate::{Candidate, Symbol};
use super::doors::on_wall_line;
use super::glazing::Bundle;
use super::sticks::{Sticks, unit};

/// Lines no farther off a wall than this share of its usual thickness are those of its plaster.
const PLASTER: f64 = 0.2;

/// Lines over this share of the thickness of the wall are sills and glass; panels take less.
const OVER_THE_WALL: f64 = 0.6;

/// How thick the walls of a plan are, in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thickness {
    /// That of half of their length.
    pub(super) usual: f64,
    /// The most.
    pub(super) most: f64,
    /// What windows show where walls are drawn as single strokes; `None` if that is not known.
    pub(super) shown: Option<f64>,
    /// Whether the strokes may be thinner than the walls that they stand for.
    pub(super) is_nominal: bool,
    /// How wide panels may be that stand between the sides of two walls. Farther apart, two lines
    /// from wall to wall are a row of tiles beside a line of dimensions, or the edge of a floor.
    pub(super) widest_panels: f64,
}

impl Thickness {
    /// The widest that the lines across a wall may spread; `None` if that is not known yet.
    fn widest(&self) -> Option<f64> {
        let unknown = self.is_nominal && self.shown.is_none();
        (!unknown).then(|| 1.2 * self.most.max(self.shown.unwrap_or(0.0)) + 0.5)
    }
}

/// Lines as far apart as this share of the thickness are on both faces of the wall.
const BOTH_FACES: f64 = 0.8;

/// A line off the middle of the wall by these shares of its thickness is on a face.
const ON_FACE: f64 = 0.42;
const OFF_FACE: f64 = 0.58;

/// Beyond a window in unbroken faces the wall goes on by this share of its thickness or more.
const RESTS_ON: f64 = 0.25;

/// Glass ends so near to the face of a wall that crosses its own, as a share of the thickness.
const AT_CORNER: f64 = 0.3;

/// How much longer than thick a piece of wall must be to be seen as one.
const STUMP: f64 = 1.5;

/// What `bundles` show in gaps between walls.
pub(super) fn in_gaps(
    bundles: &[Bundle],
    thickness: Thickness,
    sticks: &Sticks,
    bodies: &Bodies<'_>,
    watch: &dyn Watch,
) -> Result<Vec<Candidate>> {
    of_bundles(bundles, watch, |bundle| {
        in_gap(bundle, thickness, sticks, bodies)
    })
}

/// What `find` makes of each of `bundles`.
pub(super) fn of_bundles(
    bundles: &[Bundle],
    watch: &dyn Watch,
    find: impl Fn(&Bundle) -> Option<Candidate> + Sync,
) -> Result<Vec<Candidate>> {
    in_pieces(bundles.len(), watch, |piece| {
        let mut found = Vec::new();
        let bundles = bundles.get(piece).unwrap_or_default();
        for (count, bundle) in bundles.iter().enumerate() {
            if count % 64 == 0 {
                watch.check()?;
            }
            found.extend(find(bundle));
        }
        Ok(found)
    })
}

/// How thick walls are by what fills gaps in them: the largest spread of lines that is shown at
/// least twice. `None` unless it is more than the strokes for the walls, of width `usual`, are.
pub(super) fn shown_thickness(found: &[Candidate], usual: f64) -> Option<f64> {
    let mut spreads: Vec<f64> = found
        .iter()
        .filter(|candidate| candidate.is_closed())
        .filter_map(|candidate| candidate.thickness)
        .collect();
    spreads.sort_by(f64::total_cmp);
    let twice = spreads.windows(2).rev().find_map(|two| match two {
        [one, two] if *two - *one <= 0.1 * two => Some(*one),
        _ => None,
    });
    twice.filter(|thickness| *thickness > 1.3 * usual)
}

/// The opening that `bundle` fills, if its ends are at walls and there is none between them.
fn in_gap(
    bundle: &Bundle,
    thickness: Thickness,
    sticks: &Sticks,
    bodies: &Bodies<'_>,
) -> Option<Candidate> {
    let axis = bundle.axis;
    let (dx, dy) = unit(axis);
    let widest = thickness.widest();
    // What lies in a wall is its hatching, a layer of it, or a window in unbroken faces; what lies
    // on its face is plaster.
    let middle = axis.a.towards(axis.b, 0.5);
    if widest.is_some_and(|widest| bundle.spread > widest)
        || bodies.hold(middle)
        || bodies
            .beside(middle, (dx, dy), PLASTER * thickness.usual)
            .is_some()
    {
        return None;
    }
    // Frames overlap the wall a little or leave a joint; both are less than a wall.
    let joint = (0.5 * thickness.usual).max(1.0);
    // Between a window and a corner there may be a piece of wall that is hardly longer than it
    // is thick, and is not seen as one.
    let piece = |thick: f64| (STUMP * thick).min(0.5 * axis.length()).max(joint);
    let may_be_stump = bundle.lines >= 2;
    let reach = match widest {
        Some(widest) if may_be_stump => piece(widest),
        _ => joint,
    };
    // Some draw glass on the outer face of the wall; a sill is centred.
    let aside = if bundle.lines == 1 {
        0.0
    } else {
        0.1 * thickness.usual
    };
    let one = bodies.abutment(axis.a, (-dx, -dy), reach, aside);
    // A single line is looked at only between walls that go on on both sides.
    if bundle.lines == 1 && !one.is_some_and(|one| one.goes_on) {
        return None;
    }
    let two = bodies.abutment(axis.b, (dx, dy), reach, aside);
    let ends = || [&one, &two].into_iter().flatten();
    let wall = ends().find(|end| end.goes_on).or(ends().next());
    let local = wall
        .and_then(|end| bodies.wall(end.wall))
        .map_or(thickness.usual, |wall| wall.thickness_pt);
    let local = thickness.shown.map_or(local, |shown| local.max(shown));
    let near = if may_be_stump {
        piece(local.max(bundle.spread))
    } else {
        joint
    };
    let [one, two] = [one, two].map(|end| end.filter(|end| end.distance <= near));
    let ends = || [&one, &two].into_iter().flatten();
    let goes_on = ends().filter(|end| end.goes_on).count();
    if ends().next().is_none() || (bundle.lines == 1 && goes_on < 2) {
        return None;
    }
    if goes_on == 0
        && bundle.lines >= 2
        && ((bundle.lines == 2 && axis.length() > thickness.widest_panels)
            || is_one_of_many(bundle, local, sticks)
            || stands_at_wall(bundle, thickness.usual, bodies))
    {
        return None;
    }
    // Panes and frames may be bundles apart from the sills on the faces of the wall.
    let spans = bundle.spread >= OVER_THE_WALL * local;
    // Some draw the sill on the outer face only, beside the glass in the middle.
    let middle = wall
        .and_then(|end| bodies.wall(end.wall))
        .map_or(0.0, |wall| position(wall, axis.a.towards(axis.b, 0.5)).1);
    let whole = wall.filter(|_| one.is_some() && two.is_some());
    let beside = across_wall(axis, whole, 0.6 * local, sticks, bodies);
    let spread = match beside.as_slice() {
        [first, .., last] => last - first,
        _ => 0.0,
    };
    let has_sill = one.is_some()
        && two.is_some()
        && bundle.lines > 2
        && (ON_FACE * local..=OFF_FACE * local).contains(&(middle.abs() + 0.5 * bundle.spread));
    let fills_wall = spans || has_sill || spread >= BOTH_FACES * local;
    let misfit = [&one, &two]
        .into_iter()
        .map(|end| {
            end.as_ref()
                .map_or(1.0, |end| end.distance.abs() / axis.length())
        })
        .sum();
    Some(Candidate {
        axis: on_wall_line(axis, &one, &two, bodies),
        meets: [one, two],
        thickness: spans.then_some(bundle.spread),
        symbol: if fills_wall || bundle.lines == 1 {
            Symbol::Glazing
        } else {
            Symbol::Panels
        },
        leaves: Vec::new(),
        misfit,
    })
}

/// How far off the middle of `wall` the lines along `axis` are that lie in an opening of it, within
/// `half` on either side. Two of its three lines may make up a bundle off the middle. Without a
/// wall that goes on, off the axis.
fn across_wall(
    axis: Segment,
    wall: Option<&Abutment>,
    half: f64,
    sticks: &Sticks,
    bodies: &Bodies<'_>,
) -> Vec<f64> {
    let along = wall.filter(|end| end.goes_on);
    let Some(wall) = along.and_then(|end| bodies.wall(end.wall)) else {
        return sticks.across(axis, half);
    };
    let foot = |point: Point| {
        let (s, _) = position(wall, point);
        wall.a.towards(wall.b, s / wall.length_pt().max(1e-9))
    };
    sticks.across(Segment::new(foot(axis.a), foot(axis.b)), half)
}

/// Beside two lines that are a door or a window there is no other as long within so many
/// thicknesses of the wall, or as far away as these are from each other; beside two rows of tiles
/// there is.
const FREE_BESIDE: f64 = 3.0;

/// Whether lines go on beside `bundle`, in a room rather than in an opening of walls as thick as
/// `local`. Beside glass there may be one more, of a sill.
fn is_one_of_many(bundle: &Bundle, local: f64, sticks: &Sticks) -> bool {
    let own = 0.5 * bundle.spread + 0.1;
    let free = (FREE_BESIDE * local).max(1.1 * bundle.spread);
    let beside = sticks.across(bundle.axis, own + free);
    let others = beside.iter().filter(|off| off.abs() > own).count();
    others > usize::from(bundle.lines > 2)
}

/// Whether a wall runs along `bundle`, as behind a wardrobe between two walls: on either side of an
/// opening there is room.
fn stands_at_wall(bundle: &Bundle, usual: f64, bodies: &Bodies<'_>) -> bool {
    let axis = bundle.axis;
    let (dx, dy) = unit(axis);
    let off = 0.5 * bundle.spread + 0.3 * usual;
    [0.25, 0.5, 0.75].into_iter().all(|share| {
        let at = axis.a.towards(axis.b, share);
        let beside = |off: f64| Point::new(at.x - dy * off, at.y + dx * off);
        bodies.hold(beside(off)) || bodies.hold(beside(-off))
    })
}

/// Makes glass of panels that are wider than `widest`: no door is, but a wall of glass is drawn with
/// no more than panes in the middle.
pub(super) fn glass_walls(others: &mut [Candidate], widest: f64) {
    for other in others {
        if other.symbol == Symbol::Panels && other.is_closed() && other.width() > widest {
            other.symbol = Symbol::Glazing;
        }
    }
}

/// A sash is drawn open by less than this, in radians; a door by a quarter of a turn.
const SASH_OPENS: f64 = 1.3;

/// Takes the sashes of windows out of `doors`: leaves that are hardly open, over one of `others`
/// with glass between its sills.
pub(super) fn with_casements(
    doors: &mut Vec<Candidate>,
    others: &[Candidate],
    usual: f64,
    sticks: &Sticks,
    watch: &dyn Watch,
) -> Result<()> {
    let mut glazed: Vec<&Candidate> = Vec::new();
    for (count, other) in others.iter().enumerate() {
        if count % 16 == 0 {
            watch.check()?;
        }
        let is_window = other.symbol == Symbol::Glazing && other.is_closed();
        if is_window && lines_in(other, usual, sticks).len() >= 3 {
            glazed.push(other);
        }
    }
    watch.check()?;
    doors.retain(|door| {
        let opens = |leaf: &Leaf| {
            let along = [door.axis.a, door.axis.b]
                .into_iter()
                .max_by(|one, two| {
                    let (one, two) = (one.distance(leaf.hinge), two.distance(leaf.hinge));
                    one.total_cmp(&two)
                })
                .unwrap_or(door.axis.b);
            let shut = (along.x - leaf.hinge.x, along.y - leaf.hinge.y);
            let open = (leaf.tip.x - leaf.hinge.x, leaf.tip.y - leaf.hinge.y);
            (shut.0 * open.1 - shut.1 * open.0)
                .atan2(shut.0 * open.0 + shut.1 * open.1)
                .abs()
        };
        let is_sash = door.leaves.iter().all(|leaf| opens(leaf) < SASH_OPENS);
        let in_glass = |window: &&Candidate| window.overlap(door, usual) > 0.5;
        // Two sashes that are wide open hang on the glass in the middle of the wall, while a
        // threshold has no line there.
        let on_glass = |window: &&Candidate| {
            let hangs = |leaf: &Leaf| window.axis.distance_to(leaf.hinge) <= ON_GLASS * usual;
            let has_glass = lines_in(window, usual, sticks)
                .iter()
                .any(|off| off.abs() <= ON_GLASS * usual);
            door.leaves.len() == 2 && door.leaves.iter().all(hangs) && has_glass
        };
        let opened = |window: &&Candidate| in_glass(window) && (is_sash || on_glass(window));
        !glazed.iter().any(opened)
    });
    watch.check()
}

/// Sashes and glass lie in the middle of the wall but for this share of its thickness.
const ON_GLASS: f64 = 0.15;

/// How far off its axis the lines are that are drawn along an opening, each once.
fn lines_in(opening: &Candidate, usual: f64, sticks: &Sticks) -> Vec<f64> {
    let half = IN_WALL * opening.thickness.unwrap_or(usual);
    let mut lines = sticks.across(opening.axis, half);
    lines.dedup_by(|one, two| (*one - *two).abs() < 0.1);
    lines
}

/// What is nearer to a right angle than this, as a cosine, is upright.
const UPRIGHT: f64 = 0.1;

/// What lies off the middle of a wall by no more than this share of its thickness is in it.
const IN_WALL: f64 = 0.6;

/// Makes doors of those of `others` that are nothing but the two edges of a threshold with a leaf
/// over them, and of those that a door rolls up from.
pub(super) fn over_thresholds(
    others: &mut [Candidate],
    usual: f64,
    sticks: &Sticks,
    bodies: &Bodies<'_>,
    watch: &dyn Watch,
) -> Result<()> {
    for (count, other) in others.iter_mut().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        if other.symbol != Symbol::Glazing || !other.is_closed() {
            continue;
        }
        if super::gaps::has_rails(other, sticks, bodies) {
            other.symbol = Symbol::Panels;
        } else if lines_in(other, usual, sticks).len() <= 2 {
            let before = other.clone();
            super::gaps::with_leaf(other, sticks, bodies);
            // Before a window furniture stands at a right angle to the wall.
            let (dx, dy) = unit(other.axis);
            let is_upright = |leaf: &Leaf| {
                let (x, y) = unit(Segment::new(leaf.hinge, leaf.tip));
                (dx * x + dy * y).abs() < UPRIGHT
            };
            if !other.leaves.is_empty()
                && other.leaves.iter().all(is_upright)
                && bodies.are_outside(other.axis, f64::INFINITY)
            {
                *other = before;
            }
        }
    }
    Ok(())
}

/// The window that `bundle` makes inside an unbroken wall: its faces go on, and between them
/// lines begin and end.
pub(super) fn in_wall(bundle: &Bundle, sticks: &Sticks, bodies: &Bodies<'_>) -> Option<Candidate> {
    let axis = bundle.axis;
    let middle = axis.a.towards(axis.b, 0.5);
    let index = bodies.along_at(middle, unit(axis))?;
    let wall = bodies.wall(index)?;
    let (wx, wy) = direction(wall);
    let (dx, dy) = unit(axis);
    let (_, off) = position(wall, middle);
    let has_jambs = || {
        let jamb = |end| sticks.has_jamb(end, (wx, wy), wall.thickness_pt);
        // A window beside a corner ends at the face of the other wall.
        let reach = AT_CORNER * wall.thickness_pt;
        let corner = |end, towards| {
            let other = bodies.abutment_but(Some(index), end, towards, reach, 0.0);
            other.is_some_and(|other| !other.goes_on && other.distance.abs() <= reach)
        };
        let (one, two) = (jamb(axis.a), jamb(axis.b));
        match (one, two) {
            (true, true) => true,
            (true, false) => corner(axis.b, (dx, dy)),
            (false, true) => corner(axis.a, (-dx, -dy)),
            (false, false) => false,
        }
    };
    let inside = || match bundle.lines {
        1 => has_jambs(),
        2 => bundle.spread < 0.8 * wall.thickness_pt,
        _ => true,
    };
    // Over a solid wall nothing can be seen.
    let fits = wall.style == WallStyle::Double
        && (dx * wy - dy * wx).abs() < 0.03
        && off.abs() <= 0.25 * wall.thickness_pt
        && bundle.spread <= 1.1 * wall.thickness_pt + 0.5
        && axis.length() < 0.9 * wall.length_pt();
    let (one, two) = (position(wall, axis.a).0, position(wall, axis.b).0);
    // What ends where the wall does is a layer of it, not a window that parts it.
    let (first, last, rest) = (one.min(two), one.max(two), RESTS_ON * wall.thickness_pt);
    let goes_on = bodies
        .stretches(index)
        .iter()
        .any(|(from, to)| from + rest <= first && last + rest <= *to);
    if !fits || !goes_on || !inside() {
        return None;
    }
    let at = |s: f64| wall.a.towards(wall.b, s / wall.length_pt().max(1e-9));
    Some(Candidate {
        axis: Segment::new(at(one), at(two)),
        meets: [None, None],
        thickness: None,
        symbol: Symbol::Glazing,
        leaves: Vec::new(),
        misfit: 0.2,
    })
}
