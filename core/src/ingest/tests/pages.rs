//! Which pages of a set are read.

use std::sync::Mutex;

use lopdf::{ObjectId, dictionary};

use super::{TestPdf, saved};
use crate::error::ErrorKind;
use crate::ingest::{IngestOptions, Limits, Pages, Reading, read_pdf, read_plans};
use crate::watch::{Unwatched, Watch};

/// Two rooms in thick strokes, `size` wide.
fn plan(size: u32) -> String {
    let (right, middle) = (50 + size, 50 + size / 2);
    format!("6 w 50 50 m {right} 50 l {right} 250 l 50 250 l s {middle} 50 m {middle} 250 l S")
}

const COVER: &str =
    "20 20 360 260 re S BT /F1 20 Tf 40 200 Td (DRAWING SET) Tj /F1 9 Tf 0 -20 Td (A-101) Tj ET";

/// A table of heavy lines with a text in each row.
fn schedule() -> String {
    let mut content = String::from("2 w ");
    for row in 0..20 {
        let y = 20 + 12 * row;
        content += &format!("50 {y} m 350 {y} l S BT /F1 6 Tf 60 {y} Td (Door {row}) Tj ET ");
    }
    content
        + "50 20 m 50 248 l S 350 20 m 350 248 l S 200 20 m 200 248 l S \
               BT /F1 12 Tf 50 260 Td (DOOR SCHEDULE) Tj ET"
}

/// A file whose pages show `contents`.
fn set(contents: &[&str]) -> Vec<u8> {
    let mut pdf = TestPdf::new();
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let font = pdf.document.add_object(font);
    pdf.resources.set("Font", dictionary! { "F1" => font });
    let pages: Vec<ObjectId> = contents
        .iter()
        .map(|content| pdf.page(content.as_bytes()))
        .collect();
    saved(pdf.finish(&pages))
}

fn options(pages: Pages) -> IngestOptions {
    IngestOptions {
        pages,
        ..IngestOptions::default()
    }
}

fn indices(readings: &[Reading]) -> Vec<usize> {
    let index = |reading: &Reading| reading.floorplan.page.index;
    readings.iter().map(index).collect()
}

fn findings(reading: &Reading, code: &str) -> Vec<String> {
    let found = reading.floorplan.findings.iter();
    found
        .filter(|finding| finding.code == code)
        .map(|finding| finding.message.clone())
        .collect()
}

#[test]
fn the_plan_is_found_among_other_sheets() {
    let (schedule, plan) = (schedule(), plan(280));
    let bytes = set(&[COVER, &schedule, "", &plan]);
    let reading = read_pdf(&bytes, &options(Pages::Best), &Unwatched).unwrap();
    assert_eq!(reading.floorplan.page.index, 3);
    assert_eq!(findings(&reading, "page_chosen"), ["read page 4 of 4"]);
}

#[test]
fn every_plan_of_a_set_is_read_and_the_other_pages_are_named() {
    let (schedule, upper, lower) = (schedule(), plan(200), plan(280));
    let bytes = set(&[COVER, &upper, &schedule, "", &lower]);
    let readings = read_plans(&bytes, &options(Pages::All), &Unwatched).unwrap();
    assert_eq!(indices(&readings), [1, 4]);
    let skipped = findings(&readings[0], "page_skipped");
    assert_eq!(skipped.len(), 3, "{skipped:?}");
    assert_eq!(skipped[0], "page 1 was skipped: it shows no floor plan");
    assert!(skipped[2].contains("no line work"), "{skipped:?}");
    assert!(findings(&readings[1], "page_skipped").is_empty());

    let one = read_plans(&bytes, &options(Pages::One(1)), &Unwatched).unwrap();
    assert_eq!(indices(&one), [1]);
    let best = read_pdf(&bytes, &options(Pages::All), &Unwatched).unwrap();
    assert_eq!(best.floorplan.page.index, 4);
}

#[test]
fn a_set_without_plans_says_so() {
    let bytes = set(&[COVER, ""]);
    let error = read_plans(&bytes, &options(Pages::All), &Unwatched).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoPlanFound);
    assert!(error.message().contains("none of the 2 pages"), "{error}");
}

#[test]
fn pages_beyond_the_work_that_is_allowed_are_named() {
    let plan = plan(280);
    let lines = "0 0 m 9 9 l S ".repeat(40);
    let bytes = set(&[&lines, &plan, &lines, &lines, &lines, &lines, &plan]);
    let options = IngestOptions {
        limits: Limits {
            page_steps: 8_500,
            ..Limits::default()
        },
        ..IngestOptions::default()
    };
    let reading = read_pdf(&bytes, &options, &Unwatched).unwrap();
    assert_eq!(reading.floorplan.page.index, 1);
    assert!(findings(&reading, "pages_not_looked_at").is_empty());
    let heavy = "0 0 m 9 9 l S ".repeat(2_800);
    let bytes = set(&[&plan, &heavy, &heavy, &heavy, &heavy]);
    let reading = read_pdf(&bytes, &options, &Unwatched).unwrap();
    let unseen = findings(&reading, "pages_not_looked_at");
    assert!(unseen[0].contains("the first 3 of 5 pages"), "{unseen:?}");
}

#[test]
fn progress_never_goes_back() {
    #[derive(Default)]
    struct Heard(Mutex<Vec<f64>>);
    impl Watch for Heard {
        fn progress(&self, fraction: f64, _: &'static str) {
            self.0.lock().unwrap().push(fraction);
        }
        fn is_cancelled(&self) -> bool {
            false
        }
    }
    let (schedule, upper, lower) = (schedule(), plan(200), plan(280));
    let bytes = set(&[COVER, &upper, &schedule, &lower, &upper, &upper]);
    for pages in [Pages::Best, Pages::One(1), Pages::All] {
        let heard = Heard::default();
        read_plans(&bytes, &options(pages), &heard).unwrap();
        let heard = heard.0.into_inner().unwrap();
        assert!(heard.is_sorted(), "{heard:?}");
        assert_eq!((heard.first(), heard.last()), (Some(&0.0), Some(&1.0)));
    }
}
