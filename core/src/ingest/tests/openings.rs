//! What lines across an opening mean by where the opening is.

use std::fmt::Write as _;

use super::{TestPdf, numbers, read};
use crate::plan::Floorplan;

/// Two rooms between outer walls of 14 points, with a gap on the left and on the right, and a
/// partition of 6 points between them with a gap from 280 to 320.
const WALLS: &str = "0.2 g 190 190 420 14 re f 190 396 420 14 re f \
     190 190 14 70 re f 190 320 14 90 re f \
     596 190 14 70 re f 596 320 14 90 re f \
     397 204 6 76 re f 397 320 6 76 re f 0.2 w 0 G ";

/// Sills and glass in the gap on the left.
const WINDOW: &str = "190 260 m 190 320 l S 197 260 m 197 320 l S 204 260 m 204 320 l S ";

/// Two lines in the middle of the gap on the right, from side to side.
const TWO_LINES: &str = "601.5 260 m 601.5 320 l S 604.5 260 m 604.5 320 l S ";

fn plan(symbols: &str) -> Floorplan {
    let pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 800.0, 600.0]));
    read(&pdf.bytes(format!("{WALLS}{symbols}")))
        .unwrap()
        .floorplan
}

#[test]
fn glass_between_two_rooms_slides() {
    // The edges of the partition and a panel over each half of the gap.
    let panels = "397 280 m 397 320 l S 403 280 m 403 320 l S \
         398.5 280 1.5 21 re S 400 299 1.5 21 re S ";
    let plan = plan(&format!("{WINDOW}{TWO_LINES}{panels}"));
    assert_eq!((plan.doors.len(), plan.windows.len()), (2, 1), "{plan:#?}");
    let inner = plan
        .doors
        .iter()
        .find(|door| door.center.x < 500.0)
        .unwrap();
    assert!(inner.is_sliding && (inner.center.x - 400.0).abs() < 1.0);
}

#[test]
fn two_lines_in_an_outer_wall_are_a_door_only_beside_windows_of_another_symbol() {
    let beside = plan(&format!("{WINDOW}{TWO_LINES}"));
    assert_eq!(
        (beside.doors.len(), beside.windows.len()),
        (1, 1),
        "{beside:#?}"
    );
    let left = "195.5 260 m 195.5 320 l S 198.5 260 m 198.5 320 l S ";
    let alone = plan(&format!("{left}{TWO_LINES}"));
    assert_eq!(
        (alone.doors.len(), alone.windows.len()),
        (0, 2),
        "{alone:#?}"
    );
}

#[test]
fn panels_that_pass_each_other_between_the_edges_of_a_threshold_are_a_door() {
    let right = "596 260 m 596 320 l S 610 260 m 610 320 l S ";
    let past = "600 260 2 31.5 re S 604 288.5 2 31.5 re S ";
    let found = |symbols: &str| {
        let plan = plan(symbols);
        (plan.doors.len(), plan.windows.len())
    };
    assert_eq!(found(&format!("{WINDOW}{right}{past}")), (1, 1));
    // Thin panels are one line each.
    let thin = "601 260 m 601 291.5 l S 605 288.5 m 605 320 l S ";
    assert_eq!(found(&format!("{WINDOW}{right}{thin}")), (1, 1));
    // Panes that lie in one line are a window, and so are such panels in all openings.
    let one_line = "603 260 m 603 291.5 l S 603 288.5 m 603 320 l S ";
    assert_eq!(found(&format!("{WINDOW}{right}{one_line}")), (0, 2));
    let in_line = "600 260 2 30 re S 600 290 2 30 re S ";
    assert_eq!(found(&format!("{WINDOW}{right}{in_line}")), (0, 2));
    let left = "190 260 m 190 320 l S 204 260 m 204 320 l S \
         194 260 2 31.5 re S 198 288.5 2 31.5 re S ";
    assert_eq!(found(&format!("{left}{right}{past}")), (0, 2));
}

#[test]
fn two_lines_that_pass_each_other_in_an_empty_gap_are_a_door_beside_windows() {
    let found = |symbols: &str| {
        let plan = plan(symbols);
        (plan.doors.len(), plan.windows.len())
    };
    let right = "601 260 m 601 291.5 l S 605 288.5 m 605 320 l S ";
    assert_eq!(found(&format!("{WINDOW}{right}")), (1, 1));
    // Where no window is drawn another way, these are the windows.
    let left = "195 260 m 195 291.5 l S 199 288.5 m 199 320 l S ";
    assert_eq!(found(&format!("{left}{right}")), (0, 2));
    // Lines that do not reach each other are no panels.
    let short = "601 260 m 601 280 l S 605 300 m 605 320 l S ";
    assert_eq!(found(&format!("{WINDOW}{short}")), (0, 1));
}

#[test]
fn a_panel_that_goes_on_into_the_wall_is_a_door() {
    let edges = "596 260 m 596 320 l S 610 260 m 610 320 l S ";
    let found = |panel: &str| {
        let plan = plan(&format!("{WINDOW}{edges}{panel}"));
        (plan.doors.len(), plan.windows.len())
    };
    assert_eq!(found("601.5 285 3 60 re S "), (1, 1));
    assert_eq!(found("601.5 260 3 60 re S "), (0, 2));
    // Beside glass it is a layer of the wall.
    assert_eq!(found("601.5 321 3 50 re S 603 260 m 603 320 l S "), (0, 2));
}

/// Outlined walls of 14 points, a door in the partition of 6 points, and a gap of 18 points in the
/// lower wall with nothing but its two edges.
fn outlined(symbols: &str) -> Floorplan {
    let walls = "0.4 w 0 G 190 190 90 14 re S 298 190 312 14 re S 190 396 420 14 re S \
         190 204 14 192 re S 596 204 14 192 re S 397 204 6 76 re S 397 320 6 76 re S ";
    let edges = "0.2 w 280 190 m 298 190 l S 280 204 m 298 204 l S ";
    let door = "0.3 w 400 280 m 440 280 l S 440 280 m 440 302 422 320 400 320 c S ";
    let pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 800.0, 600.0]));
    read(&pdf.bytes(format!("{walls}{edges}{door}{symbols}")))
        .unwrap()
        .floorplan
}

#[test]
fn lines_of_a_hatching_are_no_leaves() {
    // As long as the window beside them is wide.
    let mut hatching = String::from("0.15 w ");
    for step in 0..150 {
        let x = 190 + 2 * step + if step < 39 { 0 } else { 30 };
        write!(hatching, "{x} 190 m {} 204 l S ", x + 14).unwrap();
    }
    let plan = outlined(&hatching);
    assert_eq!((plan.doors.len(), plan.windows.len()), (1, 1), "{plan:#?}");
}

#[test]
fn furniture_upright_before_a_window_is_no_leaf() {
    let with = |line: &str| {
        let plan = outlined(&format!("0.2 w {line} S "));
        (plan.doors.len(), plan.windows.len())
    };
    assert_eq!(with("281 204 m 281 221 l"), (1, 1));
    // A leaf without its arc is drawn at half of a right angle.
    assert_eq!(with("280 204 m 293 217 l"), (2, 0));
}

#[test]
fn a_door_that_rolls_up_behind_glass_is_no_window() {
    let rails = "[3 2] 0 d 204 260 40 60 re S [] 0 d ";
    let found = |rails: &str| {
        let plan = plan(&format!("{WINDOW}{TWO_LINES}{rails}"));
        plan.windows.len()
    };
    assert_eq!((found(""), found(rails)), (1, 0));
}

#[test]
fn panes_that_are_wider_than_any_door_are_glass() {
    // A gap beside the door of the partition with three lines in the middle of the wall.
    let found = |width: f64| {
        let (from, to) = (420.0, 420.0 + width);
        let rest = 610.0 - to;
        let mut lines = format!(
            "0.4 w 0 G 190 190 90 14 re S 298 190 122 14 re S {to} 190 {rest} 14 re S \
             190 396 420 14 re S 190 204 14 192 re S 596 204 14 192 re S \
             397 204 6 76 re S 397 320 6 76 re S 0.2 w 280 190 m 298 190 l S \
             280 204 m 298 204 l S 0.3 w 400 280 m 440 280 l S \
             440 280 m 440 302 422 320 400 320 c S "
        );
        for y in [195.5, 197.0, 198.5] {
            write!(lines, "{from} {y} m {to} {y} l S ").unwrap();
        }
        let pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 800.0, 600.0]));
        let plan = read(&pdf.bytes(lines)).unwrap().floorplan;
        (plan.doors.len(), plan.windows.len())
    };
    assert_eq!((found(100.0), found(140.0)), ((2, 1), (1, 2)));
}

/// A room of outer walls of 10 points around a partition with a door, with gaps of 40 points in
/// the lower and the upper wall at each place of `gaps`, in which `symbol` is drawn from its left
/// end at the middle of the wall on.
fn row_of_gaps(gaps: &[(f64, f64)], symbol: impl Fn(f64, f64) -> String) -> Floorplan {
    let mut content = String::from("0.2 g 100 100 10 200 re f 590 100 10 200 re f ");
    for y in [100.0, 290.0] {
        let mut from = 110.0;
        for (x, _) in gaps.iter().filter(|(_, at)| *at == y) {
            write!(content, "{from} {y} {} 10 re f ", x - from).unwrap();
            from = x + 40.0;
        }
        write!(content, "{from} {y} {} 10 re f ", 590.0 - from).unwrap();
    }
    content.push_str(
        "348 110 5 70 re f 348 215 5 75 re f 0.2 w 0 G 350 180 m 385 180 l S \
         385 180 m 385 199 369 215 350 215 c S ",
    );
    for (x, y) in gaps {
        content.push_str(&symbol(*x, y + 5.0));
    }
    let pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 700.0, 400.0]));
    read(&pdf.bytes(content)).unwrap().floorplan
}

#[test]
fn two_lines_are_windows_where_they_are_many_times_as_many_as_other_glass() {
    let gaps = [
        (130.0, 100.0),
        (220.0, 100.0),
        (400.0, 100.0),
        (480.0, 100.0),
        (150.0, 290.0),
    ];
    let found = |filled: usize| {
        // Sills and glass in the first gaps, two lines in the others.
        let plan = row_of_gaps(&gaps, |x, y| {
            let end = x + 40.0;
            let number = gaps.iter().position(|gap| gap.0 == x).unwrap();
            let lines: &[f64] = if number < filled {
                &[-5.0, 0.0, 5.0]
            } else {
                &[-1.5, 1.5]
            };
            let lines = lines
                .iter()
                .map(|off| format!("{x} {} m {end} {} l S ", y + off, y + off));
            lines.collect()
        });
        (plan.doors.len(), plan.windows.len())
    };
    assert_eq!((found(1), found(2)), ((1, 5), (4, 2)));
}

#[test]
fn a_sill_that_is_wider_than_its_window_makes_no_door_of_it() {
    let plan = row_of_gaps(&[(130.0, 100.0), (450.0, 100.0)], |x, y| {
        // Both glass and the inner face are as long as the gap, the outer sill is not.
        let lines = [(0.0, 0.0), (0.0, 5.0), (4.0, -5.0)].map(|(more, off)| {
            format!(
                "{} {} m {} {} l S ",
                x - more,
                y + off,
                x + 40.0 + more,
                y + off
            )
        });
        // Glass over the whole wall in the second gap.
        let other = format!("{x} {} m {} {} l S ", y - 5.0, x + 40.0, y - 5.0);
        lines.concat() + if x > 400.0 { &other } else { "" }
    });
    assert_eq!((plan.doors.len(), plan.windows.len()), (1, 2), "{plan:#?}");
}

#[test]
fn windows_whose_lines_are_written_in_pieces_are_found() {
    let plan = row_of_gaps(&[(130.0, 100.0), (450.0, 290.0)], |x, y| {
        let lines = [(-5.0, 11.0), (0.0, 17.0), (5.0, 26.0)].map(|(off, part)| {
            let (y, parted, end) = (y + off, x + part, x + 40.0);
            format!("{x} {y} m {parted} {y} l S {end} {y} m {parted} {y} l S ")
        });
        lines.concat()
    });
    assert_eq!((plan.doors.len(), plan.windows.len()), (1, 2), "{plan:#?}");
}

#[test]
fn sills_show_walls_that_are_half_as_thick_as_doors_are_wide() {
    // Walls of one stroke each, 2 points wide, and windows of 19 points beside doors of 35.
    let mut content = String::from(
        "2 w 0 G 100 100 m 130 100 l S 170 100 m 450 100 l S 490 100 m 600 100 l S \
         100 300 m 600 300 l S 100 100 m 100 300 l S 600 100 m 600 300 l S \
         350 100 m 350 180 l S 350 215 m 350 300 l S 0.2 w 350 180 m 385 180 l S \
         385 180 m 385 199 369 215 350 215 c S ",
    );
    for x in [130.0, 450.0] {
        for off in [-9.5, -0.4, 0.4, 9.5] {
            let (y, end) = (100.0 + off, x + 40.0);
            write!(content, "{x} {y} m {end} {y} l S ").unwrap();
        }
    }
    let pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 700.0, 400.0]));
    let plan = read(&pdf.bytes(content)).unwrap().floorplan;
    assert_eq!((plan.doors.len(), plan.windows.len()), (1, 2), "{plan:#?}");
}

/// Outer walls of 10 points around a hall of 800, and a partition of 5 with a door of 35 points and
/// two more gaps of 40; the lower wall has a gap of 140.
fn hall(symbols: &str) -> Floorplan {
    let content = format!(
        "0.2 g 100 100 250 10 re f 490 100 410 10 re f 100 490 800 10 re f \
         100 110 10 380 re f 890 110 10 380 re f 248 110 5 30 re f 248 175 5 65 re f \
         248 280 5 100 re f 248 420 5 70 re f 0.2 w 0 G 250 140 m 285 140 l S \
         285 140 m 285 159 269 175 250 175 c S {symbols}"
    );
    let pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 1000.0, 600.0]));
    read(&pdf.bytes(content)).unwrap().floorplan
}

#[test]
fn two_lines_in_partitions_slide_however_far_the_next_wall_is() {
    let lines = "249.5 240 m 249.5 280 l S 251.5 240 m 251.5 280 l S \
         249.5 380 m 249.5 420 l S 251.5 380 m 251.5 420 l S ";
    let plan = hall(lines);
    assert_eq!((plan.doors.len(), plan.windows.len()), (3, 0), "{plan:#?}");
}

#[test]
fn four_panels_from_side_to_side_are_a_door_however_wide() {
    let found = |panels: &str| hall(panels).doors.len();
    let four = "350 103 37 1.5 re S 384 105 37 1.5 re S 419 105 37 1.5 re S 453 103 37 1.5 re S ";
    assert_eq!((found(four), found("")), (2, 1));
    // A bench in the middle of the gap is none.
    assert_eq!(found("400 103 37 1.5 re S "), 1);
}

#[test]
fn the_edge_of_a_coloured_floor_is_no_glass_behind_a_leaf() {
    // A leaf at half of a right angle, over the two edges of its threshold.
    let door = "596 260 m 596 320 l S 610 260 m 610 320 l S 610 260 m 652.43 302.43 l S \
         610 320 m 625.9 320 641.19 313.67 652.43 302.43 c S ";
    let floor = "0.9 1 0.9 rg 197 197 406 206 re f ";
    let pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 800.0, 600.0]));
    let plan = read(&pdf.bytes(format!("{floor}{WALLS}{WINDOW}{door}")));
    let plan = plan.unwrap().floorplan;
    assert_eq!((plan.doors.len(), plan.windows.len()), (1, 1), "{plan:#?}");
}

#[test]
fn panels_that_fold_may_be_drawn_as_thin_boxes() {
    // Two pairs of boxes of 10.4 by 1 points, each pair hinged in front of the wall, in one of the
    // gaps of 40 points of the partition.
    let boxed = |(x0, y0): (f64, f64), (x1, y1): (f64, f64)| {
        let (dx, dy) = (0.5 * (y1 - y0) / 10.4, -0.5 * (x1 - x0) / 10.4);
        let corner = |x: f64, y: f64| format!("{x:.2} {y:.2} ");
        let (a, b) = (corner(x0 + dx, y0 + dy), corner(x1 + dx, y1 + dy));
        let (c, d) = (corner(x1 - dx, y1 - dy), corner(x0 - dx, y0 - dy));
        format!("{a}m {b}l {c}l {d}l s ")
    };
    let pairs = [
        boxed((250.5, 240.0), (259.5, 245.2)),
        boxed((259.5, 245.2), (250.5, 250.4)),
        boxed((250.5, 269.6), (259.5, 274.8)),
        boxed((259.5, 274.8), (250.5, 280.0)),
    ];
    assert_eq!(
        (hall("").doors.len(), hall(&pairs.concat()).doors.len()),
        (1, 2)
    );
}
