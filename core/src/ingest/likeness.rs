//! How much a sheet looks like a floor plan, before its walls are looked for.
//!
//! A set of drawings has cover sheets, schedules, elevations, sections and details beside its
//! plans. Finding the walls of every page would take long, so that the pages are ranked first by
//! what is cheap to see: how much line work there is and in what shapes, and what the titles say.

use super::drawing::Drawing;
use crate::plan::{Page, Segment, TextRun};

/// Lines shorter than this share of the page's diagonal are symbols and letters.
const SHORT: f64 = 0.01;

/// Longer than this is no wall; it counts as this, so that a frame or a grid does not weigh.
const LONG: f64 = 0.25;

/// Most lines that are looked at; by then a page has shown what it is.
const MAX_LINES: usize = 200_000;

/// Line work, in diagonals of the page, at which half of the likeness is reached. A small flat
/// drawn with single strokes has about as much; a cover sheet with a frame has less than one.
const HALF_WAY: f64 = 3.0;

/// Door swings that count. They are what a plan has and other sheets have not.
const MAX_SWINGS: usize = 20;

/// A table: this share of its upright lines has the same two ends as others...
const TABLE_SHARE: f64 = 0.6;

/// ...and there are at least this many of them.
const TABLE_LINES: usize = 8;

/// Titles of plans, in the languages that drawings are met in. All in lower case; found anywhere
/// in a title, as many languages join words.
const PLAN_TITLES: [&str; 32] = [
    "floor plan",
    "floorplan",
    "ground floor",
    "first floor",
    "second floor",
    "basement",
    "grundriss",
    "erdgeschoss",
    "erdgeschoß",
    "obergeschoss",
    "obergeschoß",
    "untergeschoss",
    "kellergeschoss",
    "dachgeschoss",
    "plattegrond",
    "begane grond",
    "verdieping",
    "rez-de-chauss",
    "étage",
    "sous-sol",
    "vue en plan",
    "planta",
    "pianta",
    "rzut",
    "půdorys",
    "pôdorys",
    "alaprajz",
    "pohjapiir",
    "planritning",
    "plantegning",
    "kat plan",
    "план этажа",
];

/// Titles of the other sheets of a set.
const OTHER_TITLES: [&str; 44] = [
    "elevation",
    "section",
    "schedule",
    "detail",
    "legend",
    "sheet list",
    "drawing list",
    "drawing set",
    "index",
    "site plan",
    "roof plan",
    "ceiling plan",
    "ansicht",
    "schnitt",
    "lageplan",
    "dachaufsicht",
    "stückliste",
    "gevel",
    "doorsnede",
    "renvooi",
    "situatie",
    "façade",
    "facade",
    "élévation",
    "coupe",
    "plan de masse",
    "détail",
    "nomenclature",
    "alzado",
    "sección",
    "detalle",
    "prospetto",
    "sezione",
    "dettagli",
    "alçado",
    "elewacj",
    "przekrój",
    "pohled",
    "fasad",
    "sektion",
    "snit",
    "julkisivu",
    "leikkaus",
    "фасад",
];

/// Letters of the longest title; longer texts are sentences, which may name any sheet.
const TITLE_LETTERS: usize = 40;

/// How much the line work looks like a plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// 0 for no lines, towards 2 for many with many doors.
    pub(super) amount: f64,
    /// How far that is to be believed: less where the lines are those of a table.
    pub(super) trust: f64,
}

/// A table may also stand beside a plan, so that it does not rule one out.
const TRUST_IN_TABLES: f64 = 0.05;

/// Looks at the lines of a page.
pub(super) fn of_lines(page: &Page, drawing: &Drawing) -> Shape {
    let diagonal = page.width_pt.hypot(page.height_pt).max(1.0);
    let (mut total, mut swings) = (0.0, 0_usize);
    let mut upright: Vec<Upright> = Vec::new();
    let mut seen = 0_usize;
    for path in drawing.paths() {
        let stroked = path.paint().stroke.is_some();
        for subpath in path.subpaths() {
            seen += subpath.points.len();
            if let (true, false, true, Some(first), Some(last)) = (
                subpath.curved,
                subpath.closed,
                stroked,
                subpath.points.first(),
                subpath.points.last(),
            ) {
                swings += usize::from(first.distance(*last) > SHORT * diagonal);
                continue;
            }
            for line in subpath.segments() {
                let length = line.length();
                if length < SHORT * diagonal {
                    continue;
                }
                total += length.min(LONG * diagonal);
                upright.extend(Upright::of(&line));
            }
        }
        if seen > MAX_LINES {
            break;
        }
    }
    let lines = total / diagonal;
    let doors = swings.min(MAX_SWINGS) as f64 / MAX_SWINGS as f64;
    Shape {
        amount: lines / (lines + HALF_WAY) * (1.0 + doors),
        trust: if is_table(upright) {
            TRUST_IN_TABLES
        } else {
            1.0
        },
    }
}

/// What the words of the sheet make of its likeness, as a factor around 1.
pub(super) fn of_words(texts: &[TextRun]) -> f64 {
    let mut heights: Vec<f64> = texts.iter().map(|run| run.height_pt).collect();
    heights.sort_by(f64::total_cmp);
    let usual = heights.get(heights.len() / 2).copied().unwrap_or(0.0);
    let (mut plan, mut other, mut areas) = (false, false, 0_usize);
    for run in texts {
        if run.text.len() > 4 * TITLE_LETTERS {
            continue;
        }
        let lower = run.text.to_lowercase();
        areas += usize::from(names_an_area(&lower));
        // A title is set larger than the notes of the sheet.
        if run.height_pt >= 1.2 * usual && lower.chars().count() <= TITLE_LETTERS {
            let named = |titles: &[&str]| titles.iter().any(|title| lower.contains(title));
            // `Roof plan` and `site plan` are no floor plans though `plan` stands in them.
            if named(&OTHER_TITLES) {
                other = true;
            } else {
                plan |= named(&PLAN_TITLES);
            }
        }
    }
    let titled = match (plan, other) {
        (true, false) => 1.5,
        (false, true) => 0.4,
        _ => 1.0,
    };
    // Rooms have their areas printed in them; one alone may stand in any text.
    let rooms = if areas >= 2 {
        areas.min(10) as f64 / 20.0
    } else {
        0.0
    };
    titled * (1.0 + rooms)
}

fn names_an_area(lower: &str) -> bool {
    lower.bytes().any(|byte| byte.is_ascii_digit())
        && ["m²", "m2", "㎡", "sq ft", "sq.ft", "sqft", "sq. ft", "qm"]
            .iter()
            .any(|unit| lower.contains(unit))
}

/// An upright line by its direction and ends, rounded to points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Upright {
    vertical: bool,
    from: i64,
    to: i64,
}

impl Upright {
    fn of(line: &Segment) -> Option<Upright> {
        let (dx, dy) = ((line.a.x - line.b.x).abs(), (line.a.y - line.b.y).abs());
        let vertical = dy > dx;
        let (off, a, b) = match vertical {
            true => (dx, line.a.y, line.b.y),
            false => (dy, line.a.x, line.b.x),
        };
        #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
        let at = |value: f64| value.round() as i64;
        (off < 0.5).then(|| Upright {
            vertical,
            from: at(a.min(b)),
            to: at(a.max(b)),
        })
    }
}

/// Whether most upright lines run from one edge of a table to the other.
fn is_table(mut lines: Vec<Upright>) -> bool {
    lines.sort_unstable();
    let (mut total, mut in_tables) = (0_i64, 0_i64);
    for vertical in [false, true] {
        let mut longest = (0_i64, 0_usize);
        for group in lines.chunk_by(|one, two| one == two) {
            let Some(first) = group.first().filter(|first| first.vertical == vertical) else {
                continue;
            };
            let length = (first.to - first.from).saturating_mul(group.len() as i64);
            total = total.saturating_add(length);
            longest = longest.max((length, group.len()));
        }
        if longest.1 >= TABLE_LINES {
            in_tables = in_tables.saturating_add(longest.0);
        }
    }
    total > 0 && in_tables as f64 > TABLE_SHARE * total as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Point;

    fn texts(lines: &[(&str, f64)]) -> Vec<TextRun> {
        let run = |&(text, height_pt): &(&str, f64)| TextRun {
            text: text.to_owned(),
            x: 0.0,
            y: 0.0,
            width_pt: 1.0,
            height_pt,
            angle_deg: 0.0,
            recognised: false,
        };
        lines.iter().map(run).collect()
    }

    #[test]
    fn titles_tell_plans_from_other_sheets() {
        let note = ("see detail 3, section A and the legend", 6.0);
        let plan = of_words(&texts(&[("Grundriss Erdgeschoss", 12.0), note, note]));
        let section = of_words(&texts(&[("Schnitt A-A", 12.0), note, note]));
        let bare = of_words(&texts(&[note, note]));
        let labelled = of_words(&texts(&[("12,3 m²", 6.0), ("Bad 4.5 m2", 6.0), note]));
        assert!(section < bare && bare < labelled && labelled < plan);
        assert!(of_words(&texts(&[("ROOF PLAN", 12.0), note, note])) < bare);
    }

    #[test]
    fn a_table_is_no_plan() {
        let page = Page {
            index: 0,
            width_pt: 600.0,
            height_pt: 800.0,
            user_to_display: crate::plan::Matrix::IDENTITY,
        };
        let mut table = Drawing::default();
        let mut plan = Drawing::default();
        for row in 0..30 {
            let y = 20.0 * f64::from(row) + 50.0;
            let end = 550.0 - 13.0 * f64::from(row);
            table.add_stroke_for_test(&[Point::new(50.0, y), Point::new(550.0, y)]);
            plan.add_stroke_for_test(&[Point::new(50.0, y), Point::new(end, y)]);
        }
        let likeness = |drawing| {
            let shape = of_lines(&page, drawing);
            shape.amount * shape.trust
        };
        assert!(likeness(&table) < 0.3 * likeness(&plan));
        assert!(likeness(&Drawing::default()) <= 0.0);
    }
}
