//! Input that means harm: limits are named, nothing panics, and nothing runs away.

use std::fmt::Write as _;

use lopdf::{Object, Stream, dictionary};
use proptest::prelude::*;

use super::{TestPdf, read, refused};
use crate::error::{ErrorKind, Result};
use crate::ingest::{IngestOptions, Limits, Reading, read_pdf};
use crate::watch::Unwatched;

const IDENTITY: &[f64] = &[1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

fn read_within(bytes: &[u8], limits: Limits) -> Result<Reading> {
    let options = IngestOptions {
        limits,
        ..IngestOptions::default()
    };
    read_pdf(bytes, &options, &Unwatched)
}

#[track_caller]
fn assert_limit(outcome: Result<Reading>, names: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded, "{error}");
    assert!(error.message().contains(names), "{error}");
}

#[test]
fn a_form_that_draws_itself_draws_once() {
    let mut pdf = TestPdf::new();
    pdf.form("Loop", IDENTITY, "0 0 m 9 9 l S /Loop Do");
    let reading = read(&pdf.bytes("/Loop Do /Loop Do")).unwrap();
    assert_eq!(reading.drawing.paths().count(), 2);
}

#[test]
fn forms_nested_too_deeply_are_refused() {
    let mut pdf = TestPdf::new();
    for level in 0..40 {
        pdf.form(
            &format!("F{level}"),
            IDENTITY,
            &format!("/F{} Do", level + 1),
        );
    }
    pdf.form("F40", IDENTITY, "0 0 m 9 9 l S");
    assert_limit(read(&pdf.bytes("/F0 Do")), "32 forms inside each other");
}

#[test]
fn forms_that_multiply_are_stopped_by_the_work_they_make() {
    let mut pdf = TestPdf::new();
    for level in 0..20 {
        let twice = format!("/F{0} Do /F{0} Do /F{0} Do /F{0} Do", level + 1);
        pdf.form(&format!("F{level}"), IDENTITY, &twice);
    }
    pdf.form("F20", IDENTITY, "0 0 m 9 9 l S");
    let limits = Limits {
        page_steps: 100_000,
        ..Limits::default()
    };
    assert_limit(read_within(&pdf.bytes("/F0 Do"), limits), "100000 steps");
}

#[test]
fn a_decompression_bomb_is_stopped_at_the_limit() {
    let mut pdf = TestPdf::new();
    let mut bomb = Stream::new(dictionary! {}, vec![b' '; 4 << 20]);
    bomb.compress().unwrap();
    let small = bomb.content.len();
    assert!(small < 100_000);
    let id = pdf.document.add_object(bomb);
    let page = pdf.page(b"");
    let mut document = pdf.finish(&[page]);
    let page = document
        .get_object_mut(page)
        .and_then(Object::as_dict_mut)
        .unwrap();
    page.set("Contents", vec![Object::Reference(id); 3]);
    let limits = Limits {
        decompressed_bytes: 10 << 20,
        ..Limits::default()
    };
    assert_limit(
        read_within(&super::saved(document), limits),
        "10485760 bytes of decompressed",
    );
}

#[test]
fn streams_that_fail_in_the_end_are_charged_for_what_they_took() {
    let mut pdf = TestPdf::new();
    let filters = ["FlateDecode", "ASCII85Decode"].map(|name| Object::Name(name.into()));
    let mut bomb = Stream::new(dictionary! {}, vec![b'~'; 1 << 20]);
    bomb.compress().unwrap();
    bomb.dict.set("Filter", filters.to_vec());
    let id = pdf.document.add_object(bomb);
    let page = pdf.page(b"");
    let mut document = pdf.finish(&[page]);
    let page = document
        .get_object_mut(page)
        .and_then(Object::as_dict_mut)
        .unwrap();
    page.set("Contents", vec![Object::Reference(id); 1_000]);
    assert_limit(read(&super::saved(document)), "bytes of decompressed");
}

#[test]
fn a_form_cannot_end_the_marked_content_of_its_page() {
    let mut pdf = TestPdf::new();
    let hidden = pdf.document.add_object(dictionary! { "Type" => "OCG" });
    pdf.form("Form", IDENTITY, "EMC EMC 0 0 m 9 9 l S");
    pdf.resources
        .set("Properties", dictionary! { "Hidden" => hidden });
    let page = pdf.page(b"/OC /Hidden BDC /Form Do 5 5 m 7 7 l S EMC 1 1 m 2 2 l S");
    let mut document = pdf.finish(&[page]);
    let layers = dictionary! { "OFF" => vec![Object::Reference(hidden)] };
    let properties = dictionary! { "OCGs" => vec![Object::Reference(hidden)], "D" => layers };
    document
        .catalog_mut()
        .unwrap()
        .set("OCProperties", properties);
    let reading = read(&super::saved(document)).unwrap();
    assert_eq!(reading.drawing.paths().count(), 1);
}

#[test]
fn too_many_segments_and_pages_are_refused() {
    let mut content = String::from("0 0 m ");
    for n in 0..2_000 {
        let _ = write!(content, "{n} {} l ", n % 7);
    }
    content.push('S');
    let limits = Limits {
        segments: 1_000,
        ..Limits::default()
    };
    assert_limit(
        read_within(&TestPdf::new().bytes(&content), limits),
        "1000 path segments",
    );

    let mut pdf = TestPdf::new();
    let pages: Vec<_> = (0..5).map(|_| pdf.page(b"0 0 m 9 9 l S")).collect();
    let limits = Limits {
        pages: 4,
        ..Limits::default()
    };
    assert_limit(
        read_within(&super::saved(pdf.finish(&pages)), limits),
        "4 pages",
    );
}

#[test]
fn nesting_of_any_depth_costs_no_stack() {
    let mut content = "[".repeat(300_000);
    content.push_str(" 0 0 m 9 9 l S ");
    content.push_str(&"<<".repeat(100_000));
    content.push_str(&"q ".repeat(300_000));
    content.push_str(&"/OC BMC ".repeat(100_000));
    content.push_str(&"(".repeat(100_000));
    read(&TestPdf::new().bytes(&content)).unwrap();
}

#[test]
fn a_page_tree_that_bites_its_tail_has_no_pages() {
    let pdf = TestPdf::new();
    let root = pdf.pages;
    assert_eq!(
        refused(&super::saved(pdf.finish(&[root]))).kind(),
        ErrorKind::InvalidPdf
    );
}

/// Content made of real operators and operands in senseless order.
fn nonsense() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(vec![
        "q",
        "Q",
        "cm",
        "w",
        "d",
        "m",
        "l",
        "c",
        "v",
        "y",
        "h",
        "re",
        "S",
        "s",
        "f",
        "f*",
        "B",
        "b*",
        "n",
        "W",
        "W*",
        "Do",
        "BT",
        "ET",
        "Tf",
        "Td",
        "TD",
        "Tm",
        "T*",
        "Tj",
        "TJ",
        "'",
        "\"",
        "Tc",
        "Tz",
        "BI",
        "ID",
        "EI",
        "BDC",
        "EMC",
        "gs",
        "cs",
        "scn",
        "g",
        "RG",
        "k",
        "/F1",
        "/Form",
        "/OC",
        "[",
        "]",
        "<<",
        ">>",
        "(text",
        "(a)",
        "<41>",
        "0",
        "1",
        "-1",
        "0.5",
        "100",
        "300",
        "1e9",
        "99999999999",
        "-.0",
        "NaN",
    ]);
    let number = (-1000.0..1000.0_f64).prop_map(|number| format!("{number:.2}"));
    let token = prop_oneof![3 => word.prop_map(str::to_owned), 2 => number];
    prop::collection::vec(token, 0..300).prop_map(|tokens| tokens.join(" ").into_bytes())
}

fn with_everything() -> TestPdf {
    let mut pdf = TestPdf::new();
    pdf.form(
        "Form",
        &[0.5, 0.1, -0.3, 0.0, 9.0, 0.0],
        "1 0 0 1 0 0 cm 0 0 m 9 9 l S /Form Do",
    );
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier" };
    let font = pdf.document.add_object(font);
    pdf.resources.set("Font", dictionary! { "F1" => font });
    pdf
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let mut file = b"%PDF-1.7\n".to_vec();
        file.extend_from_slice(&bytes);
        let _ = read(&file);
        let _ = read(&bytes);
    }

    #[test]
    fn arbitrary_content_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&with_everything().bytes(bytes));
    }

    #[test]
    fn senseless_operators_never_panic(content in nonsense()) {
        let _ = read(&with_everything().bytes(content));
    }

    #[test]
    fn damaged_files_never_panic(
        content in nonsense(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut file = with_everything().bytes(content);
        for (at, byte) in damage {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let _ = read(&file);
    }
}
