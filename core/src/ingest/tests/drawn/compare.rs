//! One file as both interpreters read it.

use crate::ingest::{Drawing, IngestOptions, Pages, read_drawing};
use crate::plan::{Point, TextRun};
use crate::watch::Unwatched;

use super::grid::Grid;
use super::shown::Shown;

/// How far a point may be from where the oracle has it. It reads numbers as 32-bit floats.
pub(crate) const NEAR_PT: f64 = 0.05;

/// How far a flattened curve may be from the true one: ours and the oracle's are both flattened.
const FLAT_PT: f64 = 0.25;

fn our_pieces(drawing: &Drawing) -> Vec<[Point; 2]> {
    drawing
        .paths()
        .flat_map(|path| path.subpaths())
        .flat_map(|subpath| subpath.segments())
        .map(|segment| [segment.a, segment.b])
        .collect()
}

/// Share of `points` for which `test` fails, with the first of them.
fn failing(
    points: impl Iterator<Item = [Point; 2]>,
    test: impl Fn([Point; 2]) -> bool,
) -> (f64, Option<[Point; 2]>) {
    let (mut all, mut failed, mut first) = (0_usize, 0_usize, None);
    for piece in points {
        all += 1;
        if !test(piece) {
            failed += 1;
            first.get_or_insert(piece);
        }
    }
    (failed as f64 / all.max(1) as f64, first)
}

fn holds(run: &TextRun, letter: char, at: Point) -> bool {
    let (sin, cos) = run.angle_deg.to_radians().sin_cos();
    let (dx, dy) = (at.x - run.x, at.y - run.y);
    let (along, across) = (dx * cos + dy * sin, (dy * cos - dx * sin).abs());
    let size = run.height_pt;
    run.text.contains(letter)
        && across <= 0.25 * size
        && along >= -0.5 * size
        && along <= run.width_pt + 0.5 * size
}

/// Compares the pages of a file with what another interpreter showed, and says what is wrong.
pub(crate) fn differences(bytes: &[u8], shown: &[Shown]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, seen) in shown.iter().enumerate() {
        let options = IngestOptions {
            pages: Pages::One(index),
            ..IngestOptions::default()
        };
        let (page, drawing) = match read_drawing(bytes, &options, &Unwatched) {
            Ok(drawn) => drawn,
            Err(error) => {
                wrong.push(format!("page {index}: {error}"));
                continue;
            }
        };
        let [width, height] = seen.size;
        let off = (width - page.width_pt)
            .abs()
            .max((height - page.height_pt).abs());
        if off > 0.5 {
            wrong.push(format!(
                "page {index}: its size is {width} by {height}, not {page:?}"
            ));
        }
        let ours = our_pieces(&drawing);
        let theirs = [seen.visible.as_slice(), seen.others.as_slice()].concat();
        let (ours_at, theirs_at) = (Grid::new(&ours), Grid::new(&theirs));
        let both_ends = |grid: &Grid<'_>, [a, b]: [Point; 2], within: f64| {
            [a, a.towards(b, 0.5), b]
                .into_iter()
                .all(|at| grid.covers(at, within))
        };
        let (missing, first) = failing(seen.visible.iter().copied(), |piece| {
            both_ends(&ours_at, piece, NEAR_PT)
        });
        if missing > 0.0 {
            let share = 100.0 * missing;
            wrong.push(format!(
                "page {index}: {share:.2} % of lines are missing, first {first:?}"
            ));
        }
        let (added, first) = failing(ours.iter().copied(), |[a, b]| {
            // The edge of a clip may close a filled area anywhere; its corners lie on it.
            theirs_at.covers(a, FLAT_PT) || theirs_at.covers(b, FLAT_PT)
        });
        if added > 0.0 {
            let share = 100.0 * added;
            wrong.push(format!(
                "page {index}: {share:.2} % of lines are not there, first {first:?}"
            ));
        }
        let lost: Vec<_> = seen
            .letters
            .iter()
            .filter(|(_, at)| {
                at.x >= 0.0 && at.y >= 0.0 && at.x <= page.width_pt && at.y <= page.height_pt
            })
            .filter(|(letter, at)| !drawing.texts().iter().any(|run| holds(run, *letter, *at)))
            .collect();
        if !lost.is_empty() {
            let (lost, all, first) = (lost.len(), seen.letters.len(), lost[0]);
            wrong.push(format!(
                "page {index}: {lost} of {all} letters are lost, first {first:?}"
            ));
        }
        let mut ours: Vec<f64> = drawing
            .paths()
            .filter_map(|path| path.paint().stroke)
            .map(|stroke| stroke.width_pt)
            .collect();
        let mut theirs = seen.widths.clone();
        for widths in [&mut ours, &mut theirs] {
            widths.sort_by(f64::total_cmp);
            widths.dedup_by(|a, b| (*a - *b).abs() < 0.01);
        }
        let unknown: Vec<_> = ours
            .iter()
            .filter(|ours| !theirs.iter().any(|theirs| (*theirs - **ours).abs() < 0.02))
            .collect();
        if !unknown.is_empty() {
            wrong.push(format!(
                "page {index}: widths {unknown:?} are not among {theirs:?}"
            ));
        }
    }
    wrong
}
