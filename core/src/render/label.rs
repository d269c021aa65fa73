//! Where a label fits best into a room, and how large its letters may be.

use std::ops::Range;

/// What is to be written: a name, and an area below it in letters of [`SECOND`] of its size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) name: &'a str,
    pub(super) area: &'a str,
}

/// The place of a label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    /// The middle of its two lines.
    pub(super) x: f64,
    pub(super) y: f64,
    /// The size of the letters of the name.
    pub(super) size: f64,
    /// Whether it reads from below.
    pub(super) upright: bool,
}

impl Spot {
    /// The heights of the lines on which the name and the area stand.
    pub(super) fn baselines(&self) -> (f64, f64) {
        (self.y - 0.25 * self.size, self.y + 0.85 * self.size)
    }
}

/// The size of the area's letters over that of the name's.
pub(super) const SECOND: f64 = 0.85;

/// Both lines with what stands out above and below, in letters of the name.
const HEIGHT: f64 = 2.3;

/// Nobody likes to turn the head: it has to be worth that much larger letters.
const WORTH_TURNING: f64 = 1.5;

/// The places across a room, each way, that are tried.
const PLACES: u32 = 24;

/// Letters that are smaller by so little look the same.
const AS_GOOD: f64 = 0.97;

/// The spot in a room where `words` can be largest without touching an edge of it, and at most
/// `most` large. `rings` are the outline and the holes. `None` where the room has no inside.
pub(super) fn spot(rings: &[Vec<[f64; 2]>], words: Words<'_>, most: f64) -> Option<Spot> {
    let width = width_of(words.name).max(SECOND * width_of(words.area));
    let lying = roomiest(rings, [width / 2.0, HEIGHT / 2.0], 0.0..most)?;
    let worth = WORTH_TURNING * lying.1;
    let standing = match worth < most {
        true => roomiest(rings, [HEIGHT / 2.0, width / 2.0], worth..most),
        false => None,
    };
    let standing = standing.filter(|(_, size)| *size > worth);
    let upright = standing.is_some();
    let ([x, y], size) = standing.unwrap_or(lying);
    Some(Spot {
        x,
        y,
        size,
        upright,
    })
}

/// How wide a line is in letters of size 1: sans serif letters, some of them bold, are about 0.6
/// wide on the average, and those of East Asia are square.
fn width_of(text: &str) -> f64 {
    let width = |c: char| if c >= '\u{2e80}' { 1.0 } else { 0.62 };
    text.chars().map(width).sum::<f64>().max(1.0)
}

/// How wide a line is at the most in letters of size 1, for letters of other fonts to be squeezed
/// into: those of Helvetica Bold, rounded up. Where its font is not there, another may be a fifth
/// wider.
pub(super) fn widest(text: &str) -> f64 {
    let width = |c: char| match c {
        c if c >= '\u{2e80}' => 1.0,
        'f' | 'i' | 'j' | 'l' | 't' | 'I' | ' ' | '.' | ',' | ':' | '\'' => 0.34,
        'r' | '-' | '(' | ')' | '/' => 0.39,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.95,
        c if c.is_uppercase() => 0.75,
        _ => 0.61,
    };
    text.chars().map(width).sum::<f64>().min(width_of(text))
}

/// The place of a grid around which the largest box of this shape fits, and how many times the
/// half sides in `half` it is large, which is at most the end of `sizes`. Where it is less than the
/// start, nothing or anything less is told.
///
/// Many places are as good or nearly so, as all along a narrow room: of these the one that is
/// farthest from the edges.
fn roomiest(rings: &[Vec<[f64; 2]>], half: [f64; 2], sizes: Range<f64>) -> Option<([f64; 2], f64)> {
    let places = places(rings.first()?);
    let Range {
        start: mut largest,
        end: most,
    } = sizes;
    let mut sizes: Vec<Span> = Vec::with_capacity(places.len());
    for place in &places {
        // Nothing is as good that is less than this now.
        let least = AS_GOOD * largest;
        let mut size = place.within(&places, &sizes, half);
        if size.least < most && size.most >= least {
            size = Span::of(room_around(place.at, rings, half, least), least);
        }
        largest = largest.max(size.least.min(most));
        sizes.push(size);
    }
    let mut best: Option<([f64; 2], f64)> = None;
    let mut space = 0.0;
    let mut spaces: Vec<Span> = Vec::with_capacity(places.len());
    for (place, size) in places.iter().zip(sizes) {
        let size = size.least.min(most);
        let least = space * (1.0 + 1e-9);
        let mut around = place.within(&places, &spaces, [1.0, 1.0]);
        if size >= AS_GOOD * largest && around.most > least {
            around = Span::of(room_around(place.at, rings, [1.0, 1.0], least), least);
            if around.least > least {
                (best, space) = (Some((place.at, size)), around.least);
            }
        }
        spaces.push(around);
    }
    best
}

/// Between what a size is known to lie.
#[derive(Debug, Clone, Copy)]
struct Span {
    least: f64,
    most: f64,
}

impl Span {
    /// What was measured, which may be less than that if it is less than `least`.
    fn of(size: f64, least: f64) -> Span {
        Span {
            least: if size < least { 0.0 } else { size },
            most: size,
        }
    }
}

/// A place of the grid.
struct Place {
    at: [f64; 2],
    /// The one beside it on the way to the middle, which comes before it.
    inner: Option<usize>,
}

impl Place {
    /// How large a box may be here, if `known` tells as much of the places before: as beside it but
    /// for the way from there, by which edges are nearer or farther.
    fn within(&self, places: &[Place], known: &[Span], half: [f64; 2]) -> Span {
        let inner = self.inner.and_then(|at| places.get(at).zip(known.get(at)));
        let Some((inner, size)) = inner else {
            return Span {
                least: 0.0,
                most: f64::INFINITY,
            };
        };
        let way = [0, 1].map(|axis| (self.at[axis] - inner.at[axis]).abs() / half[axis]);
        let way = way[0].max(way[1]);
        // Rounding makes nothing certain that is not.
        Span {
            least: (size.least - way) * (1.0 - 1e-9),
            most: (size.most + way) * (1.0 + 1e-9),
        }
    }
}

/// The places of a grid over the box around a ring, beginning at its middle.
fn places(ring: &[[f64; 2]]) -> Vec<Place> {
    let [mut low, mut high] = [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
    for [x, y] in ring {
        low = [low[0].min(*x), low[1].min(*y)];
        high = [high[0].max(*x), high[1].max(*y)];
    }
    let at = |axis: usize, step: u32| {
        let (low, high) = (low[axis], high[axis]);
        low + (high - low) * f64::from(step) / f64::from(PLACES)
    };
    let mut steps: Vec<u32> = (1..PLACES).collect();
    steps.sort_by_key(|step| step.abs_diff(PLACES / 2));
    // Steps to both sides take turns.
    let inner = |step: usize| step.saturating_sub(2);
    let mut places = Vec::with_capacity(steps.len() * steps.len());
    for (row, y) in steps.iter().enumerate() {
        for (column, x) in steps.iter().enumerate() {
            places.push(Place {
                at: [at(0, *x), at(1, *y)],
                inner: match (row, column) {
                    (0, 0) => None,
                    (row, 0) => Some(inner(row) * steps.len()),
                    (row, column) => Some(row * steps.len() + inner(column)),
                },
            });
        }
    }
    places
}

/// How many times the box can be as large before it touches an edge; 0 outside. A ray to the
/// right crosses the edges an odd number of times from inside.
///
/// Where it is less than `least`, anything between the two is told.
fn room_around(place: [f64; 2], rings: &[Vec<[f64; 2]>], half: [f64; 2], least: f64) -> f64 {
    let (mut inside, mut nearest) = (false, f64::INFINITY);
    for ring in rings {
        let seen = |corner: &[f64; 2]| [0, 1].map(|axis| (corner[axis] - place[axis]) / half[axis]);
        let mut corners = ring.iter().map(seen);
        let Some(first) = corners.next() else {
            continue;
        };
        let mut a = first;
        for b in corners.chain([first]) {
            if may_reach(a, b, nearest) {
                nearest = nearest.min(reach(a, b));
                if nearest < least {
                    return nearest;
                }
            }
            if (a[1] > 0.0) != (b[1] > 0.0) {
                inside ^= a[0] + (0.0 - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) > 0.0;
            }
            a = b;
        }
    }
    if inside { nearest } else { 0.0 }
}

/// Whether a square around the origin that is smaller than `size` may touch the segment, by the
/// box around it, which is much sooner told than [`reach`].
fn may_reach(a: [f64; 2], b: [f64; 2], size: f64) -> bool {
    let away = |one: f64, two: f64| one.min(two).max(-one.max(two));
    // Rounding adds nothing that would count against the numbers themselves.
    let slack = 1e-9 * (a[0].abs() + a[1].abs() + b[0].abs() + b[1].abs());
    away(a[0], b[0]).max(away(a[1], b[1])) - slack <= size
}

/// How large a square around the origin is when it first touches the segment: the least of
/// `max(|x|, |y|)` on it, which is at an end, where one of them is 0, or where they are the same.
fn reach(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let zeros = [
        (a[0], dx),
        (a[1], dy),
        (a[0] - a[1], dx - dy),
        (a[0] + a[1], dx + dy),
    ];
    let inner = zeros.iter().map(|(from, by)| -from / by);
    let inner = inner.filter(|share| (0.0..=1.0).contains(share));
    [0.0, 1.0]
        .into_iter()
        .chain(inner)
        .map(|share| (a[0] + share * dx).abs().max((a[1] + share * dy).abs()))
        .fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALL: Words<'_> = Words {
        name: "Hall",
        area: "12.0 m²",
    };

    fn of(corners: &[[f64; 2]]) -> Vec<Vec<[f64; 2]>> {
        vec![corners.to_vec()]
    }

    fn rectangle(width: f64, height: f64) -> Vec<Vec<[f64; 2]>> {
        of(&[[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]])
    }

    #[test]
    fn it_stands_in_the_thick_arm_of_an_l() {
        let room = of(&[
            [0.0, 0.0],
            [200.0, 0.0],
            [200.0, 20.0],
            [80.0, 20.0],
            [80.0, 100.0],
            [0.0, 100.0],
        ]);
        let spot = spot(&room, HALL, 100.0).unwrap();
        assert!((30.0..50.0).contains(&spot.x) && !spot.upright, "{spot:?}");
        let half = 0.5 * spot.size * SECOND * width_of(HALL.area);
        assert!(half > 30.0 && spot.x - half > -1e-6 && spot.x + half < 80.0 + 1e-6);
    }

    #[test]
    fn it_is_in_the_middle_and_no_larger_than_asked_for() {
        let spot = spot(&rectangle(400.0, 300.0), HALL, 14.0).unwrap();
        assert_eq!((spot.size, spot.upright), (14.0, false));
        assert!(
            (spot.x - 200.0).abs() < 1e-6 && (spot.y - 150.0).abs() < 60.0,
            "{spot:?}"
        );
    }

    #[test]
    fn it_stands_up_in_a_room_too_narrow_to_lie() {
        assert!(spot(&rectangle(20.0, 200.0), HALL, 14.0).unwrap().upright);
        assert!(!spot(&rectangle(40.0, 45.0), HALL, 14.0).unwrap().upright);
    }

    #[test]
    fn it_keeps_off_a_hole() {
        let mut room = rectangle(100.0, 60.0);
        room.push(vec![[40.0, 0.1], [60.0, 0.1], [60.0, 59.9], [40.0, 59.9]]);
        let spot = spot(&room, HALL, 14.0).unwrap();
        assert!(!(30.0..70.0).contains(&spot.x), "{spot:?}");
    }

    #[test]
    fn a_room_without_an_inside_has_none() {
        assert_eq!(spot(&[], HALL, 14.0), None);
        assert_eq!(spot(&of(&[[0.0, 0.0], [5.0, 0.0]]), HALL, 14.0), None);
    }

    /// The same as [`roomiest`] without leaving anything out.
    fn slowly(rings: &[Vec<[f64; 2]>], half: [f64; 2], most: f64) -> Option<([f64; 2], f64)> {
        let around = |place: &[f64; 2], half: [f64; 2]| {
            let (mut inside, mut nearest) = (false, f64::INFINITY);
            for ring in rings {
                for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                    let seen = |corner: &[f64; 2]| {
                        [0, 1].map(|axis| (corner[axis] - place[axis]) / half[axis])
                    };
                    let (a, b) = (seen(a), seen(b));
                    nearest = nearest.min(reach(a, b));
                    if (a[1] > 0.0) != (b[1] > 0.0) {
                        inside ^= a[0] + (0.0 - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) > 0.0;
                    }
                }
            }
            if inside { nearest } else { 0.0 }
        };
        let places: Vec<_> = places(rings.first()?)
            .iter()
            .map(|place| place.at)
            .collect();
        let size = |place: &[f64; 2]| around(place, half).min(most);
        let largest = places.iter().map(size).fold(0.0, f64::max);
        let mut best: Option<([f64; 2], f64)> = None;
        for place in places
            .iter()
            .filter(|place| size(place) >= AS_GOOD * largest)
        {
            let space = around(place, [1.0, 1.0]);
            if space > best.map_or(0.0, |(_, most)| most * (1.0 + 1e-9)) {
                best = Some((*place, space));
            }
        }
        best.map(|(place, _)| (place, size(&place)))
    }

    #[test]
    fn what_is_left_out_makes_no_difference() {
        let mut state = 1_u64;
        let mut next = move |below: f64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / (1_u64 << 24) as f64 * below
        };
        for round in 0..200 {
            // Corners anywhere, or on whole numbers, as most rooms have them.
            let whole = round % 2 == 0;
            let mut ring = |count: usize| -> Vec<[f64; 2]> {
                let mut corner =
                    || [next(200.0), next(90.0)].map(|at| if whole { at.round() } else { at });
                (0..count).map(|_| corner()).collect()
            };
            let rings = vec![ring(3 + round % 9), ring(round % 4)];
            for half in [[12.0, 1.15], [1.15, 12.0]] {
                let known = slowly(&rings, half, 14.0);
                assert_eq!(roomiest(&rings, half, 0.0..14.0), known);
                // Told that much is wanted, it tells the same if there is so much.
                let wanted = known.map_or(0.0, |(_, size)| 0.9 * size);
                assert_eq!(roomiest(&rings, half, wanted..14.0), known);
            }
        }
    }
}
