//! Rows as they are cut: least widths, and passages that are open to the corridor. Searches that
//! are left early.

use super::fill::{Cuts, Snap, fill};
use super::place::Slot;
use super::problem::{Closeness, Problem};
use super::run::{Arrangement, Effort, Trial, search};
use super::state::Cell;
use crate::generate::brief::unassigned;
use crate::layout::rules::Rules;
use crate::layout::{Brief, Plate, Rect, RoomBrief};
use crate::watch::Unwatched;

fn plate() -> Plate {
    Plate::bare(Rect::new(0, 0, 20_000, 10_000).ring())
}

fn room(m2: i64, width: i64) -> RoomBrief {
    RoomBrief {
        request: Some("room".to_owned()),
        min_mm2: 1_000_000,
        min_width_mm: width,
        ..unassigned(1, m2 * 1_000_000)
    }
}

/// A row along the low side of the plate, with its corridor above or below.
fn row(front: i64) -> Slot {
    Slot {
        rect: Rect::new(0, 3_000, 10_000, 7_000),
        along_x: true,
        front,
        half: [0, 50, 50, 50],
    }
}

#[test]
fn a_room_below_its_least_width_takes_from_those_that_have_more() {
    let rules = Rules::of_profile("generic").unwrap();
    let (plate, rooms) = (
        plate(),
        vec![room(8, 2_400), room(12, 2_400), room(18, 2_400)],
    );
    let brief = Brief {
        rooms,
        links: Vec::new(),
    };
    let problem = Problem::new(&plate, &brief, &rules, 1_500, Closeness::Second);
    let cells = [0, 1, 2].map(Cell::single);
    for snap in [Snap::Free, Snap::Grid(50)] {
        let (mut pieces, mut passages) = (Vec::new(), Vec::new());
        fill(
            &problem,
            &row(1),
            &cells,
            snap,
            &mut Cuts::default(),
            &mut pieces,
            &mut passages,
        )
        .unwrap();
        let widths: Vec<i64> = pieces.iter().map(|piece| piece.net.width()).collect();
        assert!(widths.iter().all(|width| *width >= 2_400), "{widths:?}");
        // By its area alone the first would have some 2 m.
        assert!(widths[0] <= 2_500 && widths[1] < widths[2], "{widths:?}");
        let walls = 2 * rules.wall_thickness_mm;
        assert_eq!(widths.iter().sum::<i64>() + walls, 10_000 - 50);
    }
}

#[test]
fn a_passage_is_open_to_the_corridor_of_its_row() {
    let rules = Rules::of_profile("generic").unwrap();
    let plate = plate();
    let brief = Brief {
        rooms: vec![
            room(3, 1_000),
            room(3, 1_000),
            room(3, 1_000),
            room(20, 2_400),
        ],
        links: Vec::new(),
    };
    let problem = Problem::new(&plate, &brief, &rules, 1_500, Closeness::Second);
    let cells = [Cell::cluster_of(&[0, 1, 2], None), Cell::single(3)];
    for front in [-1, 1] {
        let (mut pieces, mut passages) = (Vec::new(), Vec::new());
        fill(
            &problem,
            &row(front),
            &cells,
            Snap::Free,
            &mut Cuts::default(),
            &mut pieces,
            &mut passages,
        )
        .unwrap();
        let net = passages[0].net();
        let (open, closed) = if front < 0 {
            (net.y0, net.y1)
        } else {
            (net.y1, net.y0)
        };
        assert_eq!(open, if front < 0 { 3_000 } else { 7_000 });
        assert_eq!(closed, if front < 0 { 6_950 } else { 3_050 });
    }
}

/// Moves and arrangements of a search for so many rooms of this least width.
fn searched(width: i64, impatient: bool) -> (u64, Vec<Arrangement>) {
    let rules = Rules::of_profile("generic").unwrap();
    let (plate, rooms) = (plate(), vec![room(15, width); 9]);
    let brief = Brief {
        rooms,
        links: Vec::new(),
    };
    let trial = Trial {
        brief: &brief,
        corridor: 1_500,
        at_scale: &|_| brief.clone(),
        impatient,
    };
    let effort = Effort {
        seed: 1,
        permille: 40,
        threads: 1,
        closeness: Closeness::Second,
    };
    let outcome = search(&plate, &trial, &rules, &effort, &Unwatched).unwrap();
    (outcome.moves, outcome.arrangements)
}

#[test]
fn a_search_without_hope_is_left_early_if_something_easier_comes_next() {
    let ((patient, found), (impatient, nothing)) = (searched(9_000, false), searched(9_000, true));
    assert!(found.iter().all(|made| made.faults > 4) && !found.is_empty());
    assert!(nothing.is_empty());
    assert!(impatient < patient, "{impatient} {patient}");
    // One that finds something goes on as if nothing came next.
    let rooms_that_fit = searched(2_000, true);
    assert!(rooms_that_fit.1.iter().any(|made| made.faults == 0));
    assert_eq!(rooms_that_fit, searched(2_000, false));
}
