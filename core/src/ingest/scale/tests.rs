//! Tests of the whole: drawings with texts, and the scale they have.

use super::*;
use crate::plan::{Matrix, OpeningKind, ScaleProvenance};
use crate::watch::Unwatched;

const PAGE: Page = Page {
    index: 0,
    width_pt: 842.0,
    height_pt: 595.0,
    user_to_display: Matrix::IDENTITY,
};

/// A text of size 6 whose middle is over `x`, with its base line at `y`.
fn text(words: &str, x: f64, y: f64) -> TextRun {
    let width_pt = 3.3 * words.chars().count() as f64;
    TextRun {
        text: words.to_owned(),
        x: x - width_pt / 2.0,
        y,
        width_pt,
        height_pt: 6.0,
        angle_deg: 0.0,
        recognised: false,
    }
}

struct Sheet {
    drawing: Drawing,
    texts: Vec<TextRun>,
    rooms: Vec<Room>,
    doors: Vec<Opening>,
}

impl Sheet {
    fn new() -> Sheet {
        Sheet {
            drawing: Drawing::default(),
            texts: Vec::new(),
            rooms: Vec::new(),
            doors: Vec::new(),
        }
    }

    /// A room of so many square metres at a ratio, printed with its area.
    fn room(mut self, area_m2: f64, ratio: f64) -> Sheet {
        let side = pt(1_000.0, ratio);
        self.rooms.push(Room {
            polygon: Vec::new(),
            holes: Vec::new(),
            name: "Room".to_owned(),
            name_is_generated: false,
            boundary_walls: Vec::new(),
            area_sq_pt: area_m2 * side * side,
            area_m2: None,
            printed_area_m2: Some(area_m2),
            confidence: 1.0,
        });
        self
    }

    /// A room of so many millimetres at a ratio, with its corner at `x`, `y`, printed with `size`.
    fn sized(mut self, (x, y): (f64, f64), sides: (f64, f64), ratio: f64, size: &str) -> Sheet {
        let (long, wide) = (pt(sides.0, ratio), pt(sides.1, ratio));
        let corners = [(x, y), (x + long, y), (x + long, y + wide), (x, y + wide)];
        self = self.room(12.0, ratio);
        if let Some(room) = self.rooms.last_mut() {
            room.polygon = corners.map(|(x, y)| Point::new(x, y)).to_vec();
            room.printed_area_m2 = None;
        }
        self.say(size, x + long / 2.0, y + wide / 2.0)
    }

    fn line(&mut self, x0: f64, y0: f64, x1: f64, y1: f64) {
        self.drawing
            .add_stroke_for_test(&[Point::new(x0, y0), Point::new(x1, y1)]);
    }

    fn say(mut self, words: &str, x: f64, y: f64) -> Sheet {
        self.texts.push(text(words, x, y));
        self
    }

    /// A chain of dimensions from `x` on, with ticks; the figures are said as given.
    fn chain(mut self, mut x: f64, y: f64, parts: &[(&str, f64)]) -> Sheet {
        let length: f64 = parts.iter().map(|(_, length)| length).sum();
        self.line(x - 3.0, y, x + length + 3.0, y);
        self.line(x - 2.0, y + 2.0, x + 2.0, y - 2.0);
        for (words, length) in parts {
            self.texts.push(text(words, x + length / 2.0, y - 2.0));
            x += length;
            self.line(x - 2.0, y + 2.0, x + 2.0, y - 2.0);
            self.line(x, y - 10.0, x, y + 3.0);
        }
        self
    }

    fn read(mut self) -> (Option<Scale>, Vec<Finding>) {
        self.drawing.set_texts(self.texts);
        let mut findings = Vec::new();
        let scale = find_scale(
            &self.drawing,
            &PAGE,
            &[],
            (&self.rooms, &self.doors),
            &mut findings,
            &Unwatched,
        )
        .unwrap();
        (scale, findings)
    }
}

/// Points for millimetres of the building at a ratio.
fn pt(mm: f64, ratio: f64) -> f64 {
    mm / ratio * 72.0 / 25.4
}

fn chain_of(lengths: &[f64], ratio: f64) -> Vec<(String, f64)> {
    lengths
        .iter()
        .map(|mm| (format!("{mm}"), pt(*mm, ratio)))
        .collect()
}

fn borrowed(parts: &[(String, f64)]) -> Vec<(&str, f64)> {
    parts
        .iter()
        .map(|(words, length)| (words.as_str(), *length))
        .collect()
}

#[track_caller]
fn assert_scale(scale: Option<&Scale>, ratio: f64, provenance: ScaleProvenance) {
    let scale = scale.unwrap();
    assert!((scale.ratio / ratio - 1.0).abs() < 0.003, "{scale:?}");
    assert_eq!(scale.provenance, provenance, "{scale:?}");
}

#[test]
fn dimensions_alone_tell_the_scale() {
    let parts = chain_of(&[3600.0, 2400.0, 1250.0, 4000.0], 75.0);
    let (scale, findings) = Sheet::new().chain(100.0, 300.0, &borrowed(&parts)).read();
    assert_scale(scale.as_ref(), 75.0, ScaleProvenance::Dimensions);
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn dimensions_win_against_a_scale_printed_for_another_paper() {
    let parts = chain_of(&[3600.0, 2400.0, 5250.0, 4000.0], 141.42);
    let sheet = Sheet::new().chain(100.0, 300.0, &borrowed(&parts));
    let (scale, findings) = sheet.say("Scale 1:100 @ A3", 700.0, 560.0).read();
    assert_scale(scale.as_ref(), 141.42, ScaleProvenance::Dimensions);
    assert_eq!(findings[0].code, "scale_print_wrong");
}

#[test]
fn centimetres_are_told_by_the_printed_scale() {
    let parts: Vec<(String, f64)> = [360.0, 240.0, 125.0]
        .iter()
        .map(|cm| (format!("{cm}"), pt(cm * 10.0, 50.0)))
        .collect();
    let sheet = Sheet::new().chain(100.0, 300.0, &borrowed(&parts));
    let (scale, findings) = sheet.say("M 1:50", 700.0, 560.0).read();
    let scale = scale.unwrap();
    assert!((scale.ratio - 50.0).abs() < 1e-9, "{scale:?}");
    assert_eq!(scale.agreement.iter().filter(|one| one.agrees).count(), 2);
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn a_bar_tells_the_scale() {
    let mut sheet = Sheet::new();
    for metre in 0..=5 {
        let x = 60.0 + pt(1000.0 * f64::from(metre), 200.0);
        sheet.line(x, 500.0, x, 504.0);
        let words = if metre == 5 {
            "5 m".to_owned()
        } else {
            metre.to_string()
        };
        sheet.texts.push(text(&words, x, 498.0));
    }
    sheet.line(60.0, 504.0, 60.0 + pt(5000.0, 200.0), 504.0);
    let (scale, _) = sheet.read();
    assert_scale(scale.as_ref(), 200.0, ScaleProvenance::ScaleBar);
}

#[test]
fn of_several_scales_the_plan_has_its_own() {
    let sheet = Sheet::new()
        .say("GROUND FLOOR PLAN 1:100", 300.0, 400.0)
        .say("DETAIL 1:10", 700.0, 100.0);
    let (scale, findings) = sheet.read();
    assert_scale(scale.as_ref(), 100.0, ScaleProvenance::PrintedText);
    assert_eq!(findings[0].code, "scale_several");
}

#[test]
fn a_page_without_any_hint_has_no_scale() {
    let (scale, findings) = Sheet::new().say("Kitchen", 100.0, 100.0).read();
    assert!(scale.is_none());
    assert_eq!(findings[0].code, "scale_unknown");
}

#[test]
fn printed_areas_tell_a_sheet_that_was_printed_at_another_size() {
    let rooms = || {
        let sheet = Sheet::new().room(12.3, 141.42).room(20.1, 141.42);
        sheet.room(8.7, 141.0)
    };
    let (scale, findings) = rooms().say("1:100", 700.0, 560.0).read();
    assert_scale(scale.as_ref(), 141.42, ScaleProvenance::RoomAreas);
    assert_eq!(findings[0].code, "scale_print_wrong");
    // Areas that fit the printed scale nearly are for it.
    let (scale, findings) = rooms().say("1:150", 700.0, 560.0).read();
    assert_scale(scale.as_ref(), 150.0, ScaleProvenance::PrintedText);
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn doors_are_the_last_resort() {
    let door = |width_mm: f64| {
        let width = pt(width_mm, 50.0);
        Opening::between(OpeningKind::Door, Point::default(), Point::new(width, 0.0))
    };
    let mut sheet = Sheet::new();
    sheet.doors = vec![door(800.0), door(860.0), door(850.0), door(1800.0)];
    let (scale, _) = sheet.read();
    assert_scale(scale.as_ref(), 50.0, ScaleProvenance::DoorWidths);
    assert!(scale.unwrap().confidence < 0.2);
    // Panels that slide are of any width.
    let mut sheet = Sheet::new();
    sheet.doors = vec![door(800.0), door(860.0), door(850.0), door(1800.0)];
    for door in &mut sheet.doors {
        door.is_sliding = true;
    }
    assert!(sheet.read().0.is_none());
}

#[test]
fn sizes_printed_in_rooms_tell_the_scale() {
    let feet = |feet: f64, inches: f64| 304.8 * feet + 25.4 * inches;
    let sheet = |ratio: f64| {
        Sheet::new()
            .sized(
                (100.0, 100.0),
                (feet(14.0, 6.5), feet(8.0, 0.0)),
                ratio,
                "14'-6 1/2\" x 8'-0\"",
            )
            // The depth of a room may be printed before its width.
            .sized(
                (100.0, 300.0),
                (feet(9.0, 11.0), feet(13.0, 4.0)),
                ratio,
                "13'-4\" x 9'-11\"",
            )
            .sized(
                (400.0, 100.0),
                (feet(12.0, 7.0), feet(7.0, 1.0)),
                ratio,
                "12'-7\" x 7'-1\"",
            )
    };
    let (scale, _) = sheet(48.0).read();
    assert!((scale.unwrap().ratio - 48.0).abs() < 1e-9);
    // One room whose sides do not fit its size says nothing.
    let odd = Sheet::new().sized((100.0, 100.0), (4000.0, 3000.0), 50.0, "4.00 x 2.40");
    assert!(odd.read().0.is_none());
}

#[test]
fn numbers_in_boxes_are_no_dimensions() {
    let mut sheet = Sheet::new();
    // Rooms 1.03, 1.07 and so on, each in a box that is as wide as its text.
    for (step, number) in ["1.03", "1.07", "2.02", "2.05", "2.08", "2.11"]
        .into_iter()
        .enumerate()
    {
        let (x, y) = (100.0 + 90.0 * step as f64, 200.0);
        sheet = sheet.say(number, x, y);
        let half = 9.0;
        for (x0, y0, x1, y1) in [
            (x - half, y - 6.0, x + half, y - 6.0),
            (x - half, y + 2.0, x + half, y + 2.0),
            (x - half, y - 6.0, x - half, y + 2.0),
            (x + half, y - 6.0, x + half, y + 2.0),
        ] {
            sheet.line(x0, y0, x1, y1);
        }
    }
    let (scale, _) = sheet.read();
    assert!(scale.is_none(), "{scale:?}");
}
