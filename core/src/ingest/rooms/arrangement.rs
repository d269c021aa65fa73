//! The centre lines of walls as a planar graph: cut where they meet, joined where they nearly do.

use std::collections::HashMap;

use crate::error::Result;
use crate::plan::{Point, Segment};
use crate::watch::Watch;

use super::joints;
use crate::ingest::cells::Cells;

/// A centre line that takes part: a wall, or what closes a gap beyond the end of one.
#[derive(Debug, Clone, Copy)]
pub(in crate::ingest) struct Line {
    pub(in crate::ingest) a: Point,
    pub(in crate::ingest) b: Point,
    /// Half of the thickness of the wall.
    pub(in crate::ingest) half: f64,
    /// The wall, as a position in the list of walls.
    pub(in crate::ingest) wall: Option<usize>,
}

impl Line {
    pub(super) fn segment(&self) -> Segment {
        Segment::new(self.a, self.b)
    }
}

/// A stretch of a line between two nodes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) half: f64,
    pub(super) wall: Option<usize>,
}

/// Nodes, and edges that meet at nodes only.
#[derive(Debug, Default)]
pub(super) struct Arrangement {
    pub(super) nodes: Vec<Point>,
    pub(super) edges: Vec<Edge>,
}

/// Meetings of lines, counted on both of them, with which they may enclose rooms. A wall of a plan
/// meets some four others, so that these are those of twenty thousand walls; lines at random all
/// over a page cross each other a million times.
const MOST_MEETINGS: usize = 160_000;

/// Lines between two looks at the watch.
pub(super) const BETWEEN_CHECKS: usize = 1_024;

impl Arrangement {
    /// Cuts `lines` where they cross or touch. Ends that just miss another line are joined to it,
    /// across gaps of up to `passage`; what hardly sticks out of a wall's body is taken away.
    ///
    /// `None` for lines that meet more often than [`MOST_MEETINGS`].
    pub(super) fn new(
        lines: &[Line],
        passage: f64,
        watch: &dyn Watch,
    ) -> Result<Option<Arrangement>> {
        let lines = joints::joined(lines, passage, watch)?;
        let snap = snap_distance(&lines);
        let cells = Cells::new(lines.iter().map(Line::segment));
        let mut cuts: Vec<Vec<f64>> = vec![vec![0.0, 1.0]; lines.len()];
        let mut meetings_left = MOST_MEETINGS;
        for (index, line) in lines.iter().enumerate() {
            if index % 32 == 0 {
                watch.check()?;
            }
            if meetings_left == 0 {
                return Ok(None);
            }
            for other in cells.along(line.segment(), snap) {
                if other > index
                    && let Some(neighbour) = lines.get(other)
                {
                    let (own, theirs) = meetings(line.segment(), neighbour.segment(), snap);
                    meetings_left = meetings_left.saturating_sub(own.len() + theirs.len());
                    for (slot, shares) in [(index, own), (other, theirs)] {
                        if let Some(list) = cuts.get_mut(slot) {
                            list.extend(shares);
                        }
                    }
                }
            }
        }
        let mut nodes = Nodes::new(snap);
        let mut edges: Vec<Edge> = Vec::new();
        let mut known: HashMap<(usize, usize), usize> = HashMap::new();
        // Ends first: they are exact, the crossings computed from them are not.
        for line in &lines {
            nodes.at(line.a);
            nodes.at(line.b);
        }
        for (count, (line, mut shares)) in lines.iter().zip(cuts).enumerate() {
            // A line may be cut some hundreds of times.
            if count % 32 == 0 {
                watch.check()?;
            }
            shares.sort_by(f64::total_cmp);
            let stops = shares.iter().map(|&share| match share {
                0.0 => line.a,
                1.0 => line.b,
                share => line.a.towards(line.b, share),
            });
            let stops: Vec<usize> = stops.map(|point| nodes.at(point)).collect();
            for (&from, &to) in stops.iter().zip(stops.iter().skip(1)) {
                if from == to {
                    continue;
                }
                let edge = Edge {
                    from,
                    to,
                    half: line.half,
                    wall: line.wall,
                };
                // Of two walls on one line the thicker one bounds the rooms beside it.
                match known.get(&(from.min(to), from.max(to))).copied() {
                    Some(at) => {
                        if let Some(present) = edges.get_mut(at)
                            && (present.half, present.wall.is_some())
                                < (edge.half, edge.wall.is_some())
                        {
                            *present = edge;
                        }
                    }
                    None => {
                        known.insert((from.min(to), from.max(to)), edges.len());
                        edges.push(edge);
                    }
                }
            }
        }
        let mut arrangement = Arrangement {
            nodes: nodes.points,
            edges,
        };
        watch.check()?;
        arrangement.drop_stubs(watch)?;
        Ok(Some(arrangement))
    }

    /// Takes away dead ends that do not reach out of the bodies of the walls they hang on.
    fn drop_stubs(&mut self, watch: &dyn Watch) -> Result<()> {
        loop {
            watch.check()?;
            let mut degree = vec![0_usize; self.nodes.len()];
            let mut thickest = vec![0.0_f64; self.nodes.len()];
            for edge in &self.edges {
                for end in [edge.from, edge.to] {
                    if let (Some(count), Some(half)) = (degree.get_mut(end), thickest.get_mut(end))
                    {
                        *count += 1;
                        *half = half.max(edge.half);
                    }
                }
            }
            let nodes = &self.nodes;
            let is_stub = |edge: &Edge| {
                let ends = |at: usize| {
                    let own = degree.get(at).copied().unwrap_or(0);
                    (own, thickest.get(at).copied().unwrap_or(0.0))
                };
                let (from, to) = (ends(edge.from), ends(edge.to));
                let body = match (from.0, to.0) {
                    (1, 1) => return edge.wall.is_none(),
                    (1, _) => to.1,
                    (_, 1) => from.1,
                    _ => return false,
                };
                let length = match (nodes.get(edge.from), nodes.get(edge.to)) {
                    (Some(a), Some(b)) => a.distance(*b),
                    _ => 0.0,
                };
                // What closes nothing is no wall either.
                edge.wall.is_none() || length <= 1.3 * body.max(edge.half)
            };
            let before = self.edges.len();
            let kept: Vec<Edge> = self
                .edges
                .iter()
                .filter(|edge| !is_stub(edge))
                .copied()
                .collect();
            self.edges = kept;
            if self.edges.len() == before {
                return Ok(());
            }
        }
    }
}

/// How near two points must be to be one: far less than a wall, and more than rounding.
fn snap_distance(lines: &[Line]) -> f64 {
    let mut halves: Vec<f64> = lines.iter().map(|line| line.half).collect();
    halves.sort_by(f64::total_cmp);
    let usual = halves.get(halves.len() / 2).copied().unwrap_or(1.0);
    (0.12 * usual).clamp(0.02, 0.4)
}

/// Where two segments meet, as shares of each: a crossing, or ends that touch the other.
fn meetings(one: Segment, two: Segment, snap: f64) -> (Vec<f64>, Vec<f64>) {
    let (mut own, mut theirs) = (Vec::new(), Vec::new());
    let share_of = |segment: Segment, point: Point| -> Option<f64> {
        let (dx, dy) = (segment.b.x - segment.a.x, segment.b.y - segment.a.y);
        let squared = dx * dx + dy * dy;
        if squared <= 0.0 || segment.distance_to(point) > snap {
            return None;
        }
        let share = ((point.x - segment.a.x) * dx + (point.y - segment.a.y) * dy) / squared;
        (share > 0.0 && share < 1.0).then_some(share)
    };
    own.extend(
        [two.a, two.b]
            .into_iter()
            .filter_map(|end| share_of(one, end)),
    );
    theirs.extend(
        [one.a, one.b]
            .into_iter()
            .filter_map(|end| share_of(two, end)),
    );
    let (r, s) = (
        (one.b.x - one.a.x, one.b.y - one.a.y),
        (two.b.x - two.a.x, two.b.y - two.a.y),
    );
    let cross = r.0 * s.1 - r.1 * s.0;
    // A crossing at a small angle is nowhere in particular; the ends tell where it is.
    if cross.abs() > 0.02 * one.length() * two.length() {
        let q = (two.a.x - one.a.x, two.a.y - one.a.y);
        let t = (q.0 * s.1 - q.1 * s.0) / cross;
        let u = (q.0 * r.1 - q.1 * r.0) / cross;
        if (0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u) {
            own.push(t);
            theirs.push(u);
        }
    }
    (own, theirs)
}

/// Points, each standing for all that are within `snap` of it.
struct Nodes {
    snap: f64,
    points: Vec<Point>,
    /// Looked up by key only; its order never shows.
    cells: HashMap<(i64, i64), Vec<usize>>,
}

impl Nodes {
    fn new(snap: f64) -> Nodes {
        Nodes {
            snap,
            points: Vec::new(),
            cells: HashMap::new(),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    fn key(&self, point: Point) -> (i64, i64) {
        let cell = |at: f64| (at / self.snap).floor() as i64;
        (cell(point.x), cell(point.y))
    }

    /// The node at `point`, a new one if there is none yet.
    fn at(&mut self, point: Point) -> usize {
        let (x, y) = self.key(point);
        let mut best: Option<(f64, usize)> = None;
        for dx in -1..=1 {
            for dy in -1..=1 {
                let key = (x.saturating_add(dx), y.saturating_add(dy));
                for &index in self.cells.get(&key).into_iter().flatten() {
                    let away = self
                        .points
                        .get(index)
                        .map_or(f64::MAX, |node| node.distance(point));
                    if away <= self.snap && best.is_none_or(|least| (away, index) < least) {
                        best = Some((away, index));
                    }
                }
            }
        }
        if let Some((_, index)) = best {
            return index;
        }
        let index = self.points.len();
        self.points.push(point);
        self.cells.entry((x, y)).or_default().push(index);
        index
    }
}
