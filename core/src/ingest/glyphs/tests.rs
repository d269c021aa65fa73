//! Letters made of polygons and of pen strokes, as programs draw them.

use super::*;
use crate::ingest::drawing::{Colour, Paint, Stroke};
use crate::watch::Unwatched;

const FILLED: Paint = Paint {
    stroke: None,
    fill: Some(Colour::BLACK),
    even_odd: false,
};

const PEN: Paint = Paint {
    stroke: Some(Stroke {
        width_pt: 0.2,
        colour: Colour::BLACK,
        dashed: false,
    }),
    fill: None,
    even_odd: false,
};

/// Block letters in a box of 7 by 10, with their width; y down.
fn block(letter: char) -> (&'static [&'static [(f64, f64)]], f64) {
    const E: &[(f64, f64)] = &[
        (0.0, 0.0),
        (6.5, 0.0),
        (6.5, 1.2),
        (1.4, 1.2),
        (1.4, 4.3),
        (6.0, 4.3),
        (6.0, 5.5),
        (1.4, 5.5),
        (1.4, 8.8),
        (6.7, 8.8),
        (6.7, 10.0),
        (0.0, 10.0),
    ];
    const F: &[(f64, f64)] = &[
        (0.0, 0.0),
        (6.3, 0.0),
        (6.3, 1.2),
        (1.4, 1.2),
        (1.4, 4.6),
        (5.8, 4.6),
        (5.8, 5.8),
        (1.4, 5.8),
        (1.4, 10.0),
        (0.0, 10.0),
    ];
    const H: &[(f64, f64)] = &[
        (0.0, 0.0),
        (1.4, 0.0),
        (1.4, 4.1),
        (6.4, 4.1),
        (6.4, 0.0),
        (7.8, 0.0),
        (7.8, 10.0),
        (6.4, 10.0),
        (6.4, 5.3),
        (1.4, 5.3),
        (1.4, 10.0),
        (0.0, 10.0),
    ];
    const SEVEN: &[(f64, f64)] = &[
        (0.0, 0.0),
        (6.4, 0.0),
        (6.4, 0.9),
        (2.9, 10.0),
        (1.5, 10.0),
        (4.8, 1.2),
        (0.0, 1.2),
    ];
    const FOUR: &[(f64, f64)] = &[
        (4.2, 0.0),
        (5.7, 0.0),
        (5.7, 6.5),
        (7.1, 6.5),
        (7.1, 7.6),
        (5.7, 7.6),
        (5.7, 10.0),
        (4.4, 10.0),
        (4.4, 7.6),
        (0.0, 7.6),
        (0.0, 6.4),
    ];
    const FOUR_HOLE: &[(f64, f64)] = &[(4.4, 1.5), (4.4, 6.5), (1.1, 6.5)];
    match letter {
        'E' => (&[E], 6.7),
        'F' => (&[F], 6.3),
        'H' => (&[H], 7.8),
        '7' => (&[SEVEN], 6.4),
        _ => (&[FOUR, FOUR_HOLE], 7.1),
    }
}

/// Pen strokes of figures as plotters draw them, after Hershey's simplex letters; y down.
fn strokes(letter: char) -> (&'static [&'static [(f64, f64)]], f64) {
    match letter {
        '4' => (
            &[
                &[(5.0, 0.0), (0.0, 6.7), (7.2, 6.7)],
                &[(5.0, 0.0), (5.0, 10.0)],
            ],
            7.2,
        ),
        '7' => (
            &[&[(6.7, 0.0), (1.9, 10.0)], &[(0.0, 0.0), (6.7, 0.0)]],
            6.7,
        ),
        _ => (
            &[&[
                (5.7, 0.0),
                (1.0, 0.0),
                (0.5, 4.3),
                (1.0, 3.8),
                (2.4, 3.3),
                (3.8, 3.3),
                (5.2, 3.8),
                (6.2, 4.8),
                (6.7, 6.2),
                (6.7, 7.1),
                (6.2, 8.6),
                (5.2, 9.5),
                (3.8, 10.0),
                (2.4, 10.0),
                (1.0, 9.5),
                (0.5, 9.0),
                (0.0, 8.1),
            ]],
            6.7,
        ),
    }
}

/// Draws a word from (x, y) on, its base line turned by `angle_deg`, capitals `height` high.
fn write(
    drawing: &mut Drawing,
    word: &str,
    at: (f64, f64),
    height: f64,
    angle_deg: f64,
    pen: bool,
) {
    let (sin, cos) = angle_deg.to_radians().sin_cos();
    let mut along = 0.0;
    for letter in word.chars() {
        if letter == ' ' {
            along += 4.0;
            continue;
        }
        let (parts, width) = if pen { strokes(letter) } else { block(letter) };
        let path = drawing.begin_path();
        for part in parts {
            let points: Vec<Point> = part
                .iter()
                .map(|(x, y)| {
                    let (u, v) = ((along + x) * height / 10.0, (y - 10.0) * height / 10.0);
                    Point::new(at.0 + u * cos - v * sin, at.1 + u * sin + v * cos)
                })
                .collect();
            drawing.push_subpath(&points, !pen, false);
        }
        drawing.end_path(path, if pen { PEN } else { FILLED });
        along += width + 1.8;
    }
}

fn texts(drawing: &Drawing) -> Vec<TextRun> {
    read_lettering(drawing, &Unwatched).unwrap().texts
}

#[test]
fn filled_letters_are_read_where_they_stand() {
    let mut drawing = Drawing::default();
    write(&mut drawing, "FEE 74", (100.0, 200.0), 5.0, 0.0, false);
    let found = texts(&drawing);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, "FEE 74");
    assert!(found[0].recognised);
    assert!((found[0].x - 100.0).abs() < 0.01 && (found[0].y - 200.0).abs() < 0.01);
    assert!(
        (found[0].height_pt - 5.0 / CAPITAL).abs() < 0.4,
        "{found:?}"
    );
}

#[test]
fn turned_letters_are_read_along_their_line() {
    let mut drawing = Drawing::default();
    write(&mut drawing, "4747", (100.0, 200.0), 4.0, -90.0, false);
    drawing.add_stroke_for_test(&[Point::new(0.0, 0.0), Point::new(86.6, 50.0)]);
    write(&mut drawing, "FEE 47", (300.0, 200.0), 4.0, 30.0, false);
    let found = texts(&drawing);
    let said: Vec<_> = found
        .iter()
        .map(|run| (run.text.as_str(), run.angle_deg))
        .collect();
    assert_eq!(said, [("4747", -90.0), ("FEE 47", 30.0)]);
}

#[test]
fn figures_of_a_pen_are_read() {
    let mut drawing = Drawing::default();
    write(&mut drawing, "5745", (100.0, 200.0), 3.0, 0.0, true);
    let found = texts(&drawing);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, "5745");
}

#[test]
fn one_symbol_over_and_over_is_no_word() {
    for (row, count) in [("FFFF", 0), ("7777", 1), ("FFFE", 1)] {
        let mut drawing = Drawing::default();
        write(&mut drawing, row, (100.0, 200.0), 5.0, 0.0, false);
        assert_eq!(texts(&drawing).len(), count, "{row}");
    }
}

#[test]
fn letters_are_marked_and_line_work_is_not() {
    let mut drawing = Drawing::default();
    for step in 0..40 {
        let x = 10.0 + 3.0 * f64::from(step);
        drawing.add_stroke_for_test(&[Point::new(x, 10.0), Point::new(x + 4.0, 14.0)]);
        let square = [(x, 30.0), (x + 2.0, 30.0), (x + 2.0, 33.0), (x, 33.0)];
        let path = drawing.begin_path();
        let points = square.map(|(x, y)| Point::new(x, y));
        drawing.push_subpath(&points, true, false);
        drawing.end_path(path, FILLED);
    }
    let lettering = read_lettering(&drawing, &Unwatched).unwrap();
    assert!(lettering.texts.is_empty(), "{:?}", lettering.texts);
    assert!(lettering.subpaths.is_empty());
    write(&mut drawing, "FEE 74", (100.0, 200.0), 5.0, 0.0, false);
    let lettering = read_lettering(&drawing, &Unwatched).unwrap();
    assert_eq!(lettering.subpaths, (80..86).collect::<Vec<_>>());
}

#[test]
fn letters_after_a_hatching_of_any_size_are_read() {
    let mut drawing = Drawing::default();
    for number in 0..shapes::MOST_SHAPES {
        let (column, row) = (number % 250, number / 250);
        let at = Point::new(9.0 * column as f64, 300.0 + 9.0 * row as f64);
        drawing.add_stroke_for_test(&[at, Point::new(at.x + 1.0, at.y + 2.0)]);
    }
    write(&mut drawing, "FEE 74", (100.0, 200.0), 5.0, 0.0, false);
    let found = texts(&drawing);
    let said: Vec<_> = found.iter().map(|run| run.text.as_str()).collect();
    assert_eq!(said, ["FEE 74"]);
}

#[test]
fn letters_between_pieces_of_walls_in_their_paint_are_read() {
    let mut drawing = Drawing::default();
    write(&mut drawing, "FEE 74", (100.0, 200.0), 5.0, 0.0, false);
    write(&mut drawing, "HEFE", (100.0, 240.0), 5.0, 0.0, false);
    // Each is as high as several lines of text and stands close to them.
    for x in [94.0, 132.0] {
        let path = drawing.begin_path();
        let bar = [(x, 185.0), (x + 2.0, 185.0), (x + 2.0, 244.0), (x, 244.0)];
        drawing.push_subpath(&bar.map(|(x, y)| Point::new(x, y)), true, false);
        drawing.end_path(path, FILLED);
    }
    let found = texts(&drawing);
    let said: Vec<_> = found.iter().map(|run| run.text.as_str()).collect();
    assert_eq!(said, ["FEE 74", "HEFE"]);
}
