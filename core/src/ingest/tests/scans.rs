//! Plans that are pictures.

use std::sync::atomic::{AtomicUsize, Ordering};

use lopdf::{Dictionary, Stream, dictionary};

use super::{TestPdf, read, refused};
use crate::error::ErrorKind;
use crate::ingest::{IngestOptions, Limits, read_pdf};
use crate::plan::{Floorplan, Matrix, Point, Segment, Source, Wall};
use crate::watch::Watch;

/// Pixels to the point of the pictures made here: 144 dots to the inch.
const SCALE: usize = 2;

/// Walls of two rooms on a page of 400 by 300 points, by their boxes.
const BARS: [[usize; 4]; 5] = [
    [60, 60, 340, 68],
    [60, 232, 340, 240],
    [60, 60, 68, 240],
    [332, 60, 340, 240],
    [200, 60, 206, 240],
];

/// Their centre lines, with their thickness.
const WALLS: [([f64; 4], f64); 5] = [
    ([64.0, 64.0, 336.0, 64.0], 8.0),
    ([64.0, 236.0, 336.0, 236.0], 8.0),
    ([64.0, 64.0, 64.0, 236.0], 8.0),
    ([336.0, 64.0, 336.0, 236.0], 8.0),
    ([203.0, 64.0, 203.0, 236.0], 6.0),
];

/// The picture of the two rooms in rows of one byte to the pixel.
fn two_rooms() -> Vec<u8> {
    let (width, height) = (400 * SCALE, 300 * SCALE);
    let mut pixels = vec![255; width * height];
    for [x0, y0, x1, y1] in BARS.map(|bar| bar.map(|at| at * SCALE)) {
        for y in y0..y1 {
            pixels[y * width + x0..y * width + x1].fill(0);
        }
    }
    pixels
}

/// Eight pixels to the byte, ink as 0.
fn bits(pixels: &[u8]) -> Vec<u8> {
    pixels
        .chunks(8)
        .map(|eight| {
            eight
                .iter()
                .enumerate()
                .fold(0, |byte, (index, pixel)| byte | (pixel & 1) << (7 - index))
        })
        .collect()
}

fn picture(entries: &Dictionary, data: Vec<u8>, rows: usize) -> Stream {
    let mut dictionary = dictionary! {
        "Subtype" => "Image",
        "Width" => (400 * SCALE) as i64,
        "Height" => rows as i64,
    };
    dictionary.extend(entries);
    Stream::new(dictionary, data)
}

fn gray(pixels: Vec<u8>) -> Stream {
    let entries = dictionary! { "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8 };
    let rows = pixels.len() / (400 * SCALE);
    let mut stream = picture(&entries, pixels, rows);
    stream.compress().unwrap();
    stream
}

/// A PDF that knows `pictures` as `I0`, `I1` and so on.
fn holding(pictures: Vec<Stream>) -> TestPdf {
    let mut pdf = TestPdf::new();
    let mut names = Dictionary::new();
    for (index, picture) in pictures.into_iter().enumerate() {
        names.set(format!("I{index}"), pdf.document.add_object(picture));
    }
    pdf.resources.set("XObject", names);
    pdf
}

/// How far the walls of `plan` are from the two rooms after `moved`: each wall must be there,
/// and no other.
#[track_caller]
fn assert_two_rooms(plan: &Floorplan, moved: Matrix) {
    assert_eq!(plan.source, Source::Raster);
    assert!(plan.findings.iter().any(|finding| finding.code == "scan"));
    for (ends, thickness) in WALLS {
        let [x0, y0, x1, y1] = ends;
        let (a, b) = (
            moved.apply(Point::new(x0, y0)),
            moved.apply(Point::new(x1, y1)),
        );
        let there = |point: Point| {
            plan.walls.iter().any(|wall| {
                wall.segment().distance_to(point) < 0.5
                    && (wall.thickness_pt - thickness).abs() < 0.5
            })
        };
        for share in [0.05, 0.3, 0.6, 0.95] {
            let point = a.towards(b, share);
            assert!(there(point), "{point:?} of {ends:?}: {:?}", plan.walls);
        }
    }
    let length: f64 = plan.walls.iter().map(Wall::length_pt).sum();
    let expected: f64 = WALLS
        .iter()
        .map(|([x0, y0, x1, y1], _)| Segment::new(Point::new(*x0, *y0), Point::new(*x1, *y1)))
        .map(Segment::length)
        .sum();
    assert!((length - expected).abs() < 0.03 * expected, "{length}");
}

const WHOLE_PAGE: &str = "q 400 0 0 300 0 0 cm /I0 Do Q";

#[test]
fn a_grey_scan_is_traced() {
    let bytes = holding(vec![gray(two_rooms())]).bytes(WHOLE_PAGE);
    assert_two_rooms(&read(&bytes).unwrap().floorplan, Matrix::IDENTITY);
}

#[test]
fn strips_stencils_and_inline_pictures_are_put_together() {
    let pixels = two_rooms();
    let half = pixels.len() / 2;
    let stencil = dictionary! { "ImageMask" => true, "BitsPerComponent" => 1 };
    let mut upper = picture(&stencil, bits(&pixels[..half]), 150 * SCALE);
    upper.compress().unwrap();
    let mut content = b"q 400 0 0 150 0 150 cm /I0 Do Q q 400 0 0 150 0 0 cm \
        BI /W 800 /H 300 /BPC 1 /CS /G /F /AHx ID "
        .to_vec();
    for byte in bits(&pixels[half..]) {
        content.extend(format!("{byte:02x}").bytes());
    }
    content.extend(b"> EI Q");
    let bytes = holding(vec![upper]).bytes(content);
    assert_two_rooms(&read(&bytes).unwrap().floorplan, Matrix::IDENTITY);
}

#[test]
fn a_turned_page_shows_its_scan_turned() {
    let bytes = holding(vec![gray(two_rooms())])
        .with("Rotate", 90)
        .bytes(WHOLE_PAGE);
    let reading = read(&bytes).unwrap();
    let turned = Matrix::from([0.0, 1.0, -1.0, 0.0, 300.0, 0.0]);
    assert_two_rooms(&reading.floorplan, turned);
}

#[test]
fn a_scan_laid_on_askew_is_read_where_it_lies() {
    let angle = 2.0_f64.to_radians();
    let (sin, cos) = angle.sin_cos();
    // Turned about the middle of the page, in PDF's direction.
    let content = format!(
        "q 1 0 0 1 200 150 cm {cos} {sin} {} {cos} 0 0 cm 400 0 0 300 -200 -150 cm /I0 Do Q",
        -sin
    );
    let bytes = holding(vec![gray(two_rooms())]).bytes(content);
    let plan = read(&bytes).unwrap().floorplan;
    let moved = Matrix::translation(-200.0, -150.0)
        .then(Matrix::from([cos, -sin, sin, cos, 0.0, 0.0]))
        .then(Matrix::translation(200.0, 150.0));
    assert_two_rooms(&plan, moved);
    assert!(
        plan.findings
            .iter()
            .any(|finding| finding.code == "scan_skewed" && finding.message.contains("2.0")),
        "{:?}",
        plan.findings
    );
}

#[test]
fn the_codings_of_scanners_are_read() {
    let files: [&[u8]; 3] = [
        include_bytes!("../../../../tests/data/scans/own_two_rooms_ccitt.pdf"),
        include_bytes!("../../../../tests/data/scans/own_two_rooms_jpeg.pdf"),
        include_bytes!("../../../../tests/data/scans/own_two_rooms_jbig2.pdf"),
    ];
    for bytes in files {
        let plan = read(bytes).unwrap().floorplan;
        assert_eq!(plan.source, Source::Raster);
        let length: f64 = plan.walls.iter().map(Wall::length_pt).sum();
        // Two of 272, two of 172 and one of 172 points; the one with the door may be in two.
        assert!(
            (length - 1_060.0).abs() < 50.0,
            "{length}: {:?}",
            plan.walls
        );
        let skewed = plan
            .findings
            .iter()
            .find(|found| found.code == "scan_skewed");
        assert!(skewed.unwrap().message.contains("1.2"), "{skewed:?}");
    }
}

#[test]
fn an_invisible_text_layer_is_used() {
    let mut pdf = holding(vec![gray(two_rooms())]);
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let font = pdf.document.add_object(font);
    pdf.resources.set("Font", dictionary! { "F" => font });
    let content = format!("{WHOLE_PAGE} BT 3 Tr /F 12 Tf 100 150 Td (Kitchen) Tj ET");
    let plan = read(&pdf.bytes(content)).unwrap().floorplan;
    assert_two_rooms(&plan, Matrix::IDENTITY);
    let text = &plan.texts[0];
    assert_eq!(
        (text.text.as_str(), text.x, text.y),
        ("Kitchen", 100.0, 150.0)
    );
}

#[test]
fn what_cannot_be_decoded_is_refused_by_name() {
    let jpx = picture(&dictionary! { "Filter" => "JPXDecode" }, vec![0; 90], 600);
    let error = refused(&holding(vec![jpx]).bytes(WHOLE_PAGE));
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("JPXDecode"), "{error}");
    for filter in ["DCTDecode", "JBIG2Decode"] {
        let broken = picture(&dictionary! { "Filter" => filter }, vec![7; 90], 600);
        let error = refused(&holding(vec![broken]).bytes(WHOLE_PAGE));
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{filter}");
        assert!(error.message().contains("decoded"), "{filter}: {error}");
    }
}

#[test]
fn a_blank_scan_shows_no_walls() {
    let error = refused(&holding(vec![gray(vec![255; 800 * 600])]).bytes(WHOLE_PAGE));
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("no walls"), "{error}");
}

#[test]
fn pixels_count_against_the_limit_on_decompressed_data() {
    let options = IngestOptions {
        limits: Limits {
            decompressed_bytes: 400_000,
            ..Limits::default()
        },
        ..IngestOptions::default()
    };
    let bytes = holding(vec![gray(two_rooms())]).bytes(WHOLE_PAGE);
    let error = read_pdf(&bytes, &options, &crate::watch::Unwatched).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded, "{error}");
    // A header alone makes nobody allocate.
    let mut header = vec![0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8];
    header.extend([0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 0x11, 0, 0xFF, 0xD9]);
    let claim = picture(&dictionary! { "Filter" => "DCTDecode" }, header, 600);
    let error = refused(&holding(vec![claim]).bytes(WHOLE_PAGE));
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

/// Asks to stop after some looks.
struct After {
    looks: usize,
    taken: AtomicUsize,
}

impl Watch for After {
    fn progress(&self, _: f64, _: &'static str) {}

    fn is_cancelled(&self) -> bool {
        self.taken.fetch_add(1, Ordering::Relaxed) >= self.looks
    }
}

#[test]
fn tracing_stops_wherever_it_is_cancelled() {
    let bytes = holding(vec![gray(two_rooms())]).bytes(WHOLE_PAGE);
    let run = |looks| {
        let watch = After {
            looks,
            taken: AtomicUsize::new(0),
        };
        let outcome = read_pdf(&bytes, &IngestOptions::default(), &watch);
        (outcome, watch.taken.into_inner())
    };
    let (whole, all) = run(usize::MAX);
    assert!(whole.is_ok());
    for share in [1, 4, 7, 9] {
        let looks = all * share / 10;
        let (outcome, taken) = run(looks);
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Cancelled);
        assert!(taken <= looks + 2, "{taken} looks instead of {looks}");
    }
}

#[test]
fn a_drawing_over_a_picture_is_read_as_a_drawing() {
    let content =
        format!("{WHOLE_PAGE} 6 w 50 50 m 350 50 l 350 250 l 50 250 l s 200 50 m 200 250 l S");
    let bytes = holding(vec![gray(vec![200; 800 * 600])]).bytes(content);
    let plan = read(&bytes).unwrap().floorplan;
    assert_eq!(plan.source, Source::Vector);
    assert_eq!(plan.walls.len(), 5);
}

#[test]
fn the_same_scan_gives_the_same_plan() {
    let bytes = holding(vec![gray(two_rooms())]).bytes(WHOLE_PAGE);
    let text = || serde_json::to_string(&read(&bytes).unwrap().floorplan).unwrap();
    assert_eq!(text(), text());
}
