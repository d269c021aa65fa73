//! What texts say and where they stand.

use lopdf::{Object, Stream, dictionary};

use super::{TestPdf, read};
use crate::plan::TextRun;

fn texts(mut pdf: TestPdf, font: lopdf::Dictionary, content: &str) -> Vec<TextRun> {
    let font = pdf.document.add_object(font);
    pdf.resources.set("Font", dictionary! { "F1" => font });
    let bytes = pdf.bytes(format!("0 0 m 1 1 l S {content}"));
    read(&bytes).unwrap().floorplan.texts
}

fn helvetica() -> lopdf::Dictionary {
    dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    }
}

#[test]
fn runs_stand_on_their_base_line_and_have_a_width() {
    let content = "BT /F1 10 Tf 50 100 Td (Kitchen) Tj 0 -20 Td [(12)-300(m\\262)] TJ ET";
    let found = texts(TestPdf::new(), helvetica(), content);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].text.as_str(), found[0].x, found[0].y),
        ("Kitchen", 50.0, 200.0)
    );
    // Helvetica: K 667, i 222, t 278, c 500, h 556, e 556, n 556 thousandths.
    assert!(
        (found[0].width_pt - 33.35).abs() < 1e-6,
        "{}",
        found[0].width_pt
    );
    assert!((found[0].height_pt - 10.0).abs() < 1e-6);
    assert_eq!((found[1].text.as_str(), found[1].y), ("12 m²", 220.0));
}

#[test]
fn letters_with_accents_are_as_wide_as_in_the_standard_font() {
    // Helvetica: B and A 667, Ñ 722 thousandths.
    let content = "BT /F1 10 Tf 1 0 0 1 50 100 Tm (BA\\321) Tj 1 0 0 1 70.56 100 Tm (O) Tj ET";
    let found = texts(TestPdf::new(), helvetica(), content);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, "BAÑO");
}

#[test]
fn turned_texts_know_their_angle() {
    let content = "BT /F1 10 Tf 0 1 -1 0 50 100 Tm (up) Tj ET";
    let found = texts(TestPdf::new(), helvetica(), content);
    assert!(
        (found[0].angle_deg + 90.0).abs() < 1e-6,
        "{}",
        found[0].angle_deg
    );
    let turned = texts(TestPdf::new().with("Rotate", 90), helvetica(), content);
    assert!(turned[0].angle_deg.abs() < 1e-6, "{}", turned[0].angle_deg);
}

#[test]
fn composite_fonts_are_read_by_their_unicode_map() {
    let mut pdf = TestPdf::new();
    let map = "1 begincodespacerange <0000> <FFFF> endcodespacerange \
               1 beginbfrange <0001> <0003> <0041> endbfrange";
    let map = pdf
        .document
        .add_object(Stream::new(dictionary! {}, map.as_bytes().to_vec()));
    let widths = vec![
        1.into(),
        Object::Array(vec![500.into(), 250.into(), 250.into()]),
    ];
    let descendant = dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType2", "DW" => 1000, "W" => widths,
    };
    let descendant = pdf.document.add_object(descendant);
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "Encoding" => "Identity-H",
        "ToUnicode" => map, "DescendantFonts" => vec![Object::Reference(descendant)],
    };
    let found = texts(pdf, font, "BT /F1 20 Tf 10 10 Td <000100020003> Tj ET");
    assert_eq!(found[0].text, "ABC");
    assert!((found[0].width_pt - 20.0).abs() < 1e-6);
}

#[test]
fn the_printed_scale_is_read() {
    let bytes = {
        let mut pdf = TestPdf::new();
        let font = pdf.document.add_object(helvetica());
        pdf.resources.set("Font", dictionary! { "F1" => font });
        pdf.bytes("0 0 m 9 9 l S BT /F1 8 Tf 9 9 Td (Scale 1:50) Tj ET")
    };
    let scale = read(&bytes).unwrap().floorplan.scale.unwrap();
    assert!((scale.ratio - 50.0).abs() < 1e-9);
    assert_eq!(scale.text.as_deref(), Some("Scale 1:50"));
}

#[test]
fn a_string_with_wide_gaps_is_several_texts() {
    let content = "BT /F1 10 Tf 50 100 Td [(1140)-9000(2280)] TJ ET";
    let found = texts(TestPdf::new(), helvetica(), content);
    let places: Vec<_> = found.iter().map(|run| (run.text.as_str(), run.x)).collect();
    // Helvetica's figures are 556 thousandths wide.
    assert_eq!(places, [("1140", 50.0), ("2280", 162.24)]);
}

#[test]
fn letters_drawn_as_curves_are_read() {
    let plan = include_bytes!("../../../../tests/data/plans/d20_resplan_idx10_double_cairo.pdf");
    let floorplan = read(plan).unwrap().floorplan;
    let says = |words: &str| {
        let run = floorplan.texts.iter().find(|run| run.text == words);
        run.is_some_and(|run| run.recognised)
    };
    for words in [
        "Master Bedroom",
        "10.2 m²",
        "Living Room 1",
        "10170",
        "2024-09-06",
    ] {
        assert!(says(words), "{words} in {:?}", floorplan.texts);
    }
    // The scale is printed in the same way; dimensions and areas agree with it.
    let scale = floorplan.scale.unwrap();
    assert!((scale.ratio - 75.0).abs() < 1e-9);
    let evidence = &scale.agreement;
    assert!(
        evidence.len() >= 2 && evidence.iter().all(|one| one.agrees),
        "{evidence:?}"
    );
}

#[test]
fn asian_fonts_that_the_file_does_not_bring_are_read_by_their_character_set() {
    let glyphs = dictionary! { "Type" => "Font", "Subtype" => "CIDFontType0" };
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "STSong-Light",
        "Encoding" => "UniGB-UCS2-H", "DescendantFonts" => vec![glyphs.into()],
    };
    let content = "BT /F1 10 Tf 50 100 Td <53A8623F> Tj ET";
    let found = texts(TestPdf::new(), font, content);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].text, "\u{53a8}\u{623f}");
    assert!((found[0].width_pt - 20.0).abs() < 1e-6);
}
