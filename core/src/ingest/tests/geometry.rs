//! Where things end up on the displayed page.

use lopdf::{Object, dictionary};

use super::{TestPdf, assert_ends, numbers, only_piece, pieces, read};

const LINE: &str = "10 20 m 110 20 l S";

#[test]
fn each_rotation_turns_the_page_clockwise() {
    let turned = |degrees: i64| only_piece(TestPdf::new().with("Rotate", degrees), LINE);
    assert_ends(turned(0), (10.0, 280.0), (110.0, 280.0));
    assert_ends(turned(90), (20.0, 10.0), (20.0, 110.0));
    assert_ends(turned(180), (390.0, 20.0), (290.0, 20.0));
    assert_ends(turned(270), (280.0, 390.0), (280.0, 290.0));
    assert_ends(turned(-90), (280.0, 390.0), (280.0, 290.0));
}

#[test]
fn the_crop_box_moves_the_origin_and_sets_the_size() {
    let pdf = TestPdf::new().with("CropBox", numbers(&[5.0, 10.0, 205.0, 110.0]));
    let reading = read(&pdf.bytes(LINE)).unwrap();
    let page = reading.floorplan.page;
    assert_eq!([page.width_pt, page.height_pt], [200.0, 100.0]);
    assert_ends(pieces(&reading.drawing)[0], (5.0, 90.0), (105.0, 90.0));
}

#[test]
fn crop_and_rotation_work_together() {
    let pdf = TestPdf::new()
        .with("CropBox", numbers(&[5.0, 10.0, 205.0, 110.0]))
        .with("Rotate", 90);
    let reading = read(&pdf.bytes(LINE)).unwrap();
    let page = reading.floorplan.page;
    assert_eq!([page.width_pt, page.height_pt], [100.0, 200.0]);
    assert_ends(pieces(&reading.drawing)[0], (10.0, 5.0), (10.0, 105.0));
}

#[test]
fn a_user_unit_scales_lengths_and_strokes() {
    let pdf = TestPdf::new().with("UserUnit", 2);
    let reading = read(&pdf.bytes("3 w 10 20 m 110 20 l S")).unwrap();
    assert_ends(pieces(&reading.drawing)[0], (20.0, 560.0), (220.0, 560.0));
    let path = reading.drawing.paths().next().unwrap();
    assert!((path.paint().stroke.unwrap().width_pt - 6.0).abs() < 1e-9);
}

#[test]
fn boxes_and_rotation_are_inherited_from_the_page_tree() {
    let mut pdf = TestPdf::new();
    pdf.page.remove(b"MediaBox");
    let page = pdf.page(LINE.as_bytes());
    let pages = pdf.pages;
    let mut document = pdf.finish(&[page]);
    let parent = document
        .get_object_mut(pages)
        .and_then(Object::as_dict_mut)
        .unwrap();
    parent.set("MediaBox", numbers(&[0.0, 0.0, 100.0, 50.0]));
    parent.set("Rotate", 180);
    let reading = read(&super::saved(document)).unwrap();
    let page = reading.floorplan.page;
    assert_eq!([page.width_pt, page.height_pt], [100.0, 50.0]);
    assert_ends(pieces(&reading.drawing)[0], (90.0, 20.0), (0.0, 20.0));
}

#[test]
fn forms_inside_forms_multiply_their_matrices() {
    let mut pdf = TestPdf::new();
    let inner = pdf.form("Inner", &[2.0, 0.0, 0.0, 2.0, 10.0, 0.0], "0 0 m 10 0 l S");
    let outer = pdf.form(
        "Outer",
        &[0.0, 1.0, -1.0, 0.0, 100.0, 50.0],
        "q 1 0 0 1 5 0 cm /Inner Do Q",
    );
    let resources = dictionary! { "XObject" => dictionary! { "Inner" => inner } };
    let stream = pdf
        .document
        .get_object_mut(outer)
        .and_then(Object::as_stream_mut)
        .unwrap();
    stream.dict.set("Resources", resources);
    // Inner doubles and moves by 10, the page of Outer by 5, Outer turns left and moves.
    let piece = only_piece(pdf, "/Outer Do");
    assert_ends(piece, (100.0, 235.0), (100.0, 215.0));
}

#[test]
fn a_form_without_resources_uses_those_of_the_page() {
    let mut pdf = TestPdf::new();
    pdf.form("Inner", &[1.0, 0.0, 0.0, 1.0, 0.0, 0.0], LINE);
    pdf.form("Outer", &[1.0, 0.0, 0.0, 1.0, 0.0, 0.0], "/Inner Do");
    assert_ends(only_piece(pdf, "/Outer Do"), (10.0, 280.0), (110.0, 280.0));
}

#[test]
fn a_form_leaves_the_state_of_the_page_alone() {
    let mut pdf = TestPdf::new();
    pdf.form(
        "Untidy",
        &[1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        "Q Q q q 9 0 0 9 0 0 cm 7 w",
    );
    let piece = only_piece(pdf, &format!("q /Untidy Do {LINE} Q"));
    assert_ends(piece, (10.0, 280.0), (110.0, 280.0));
}

#[test]
fn restoring_too_often_changes_nothing() {
    let piece = only_piece(
        TestPdf::new(),
        &format!("Q Q q 2 0 0 2 0 0 cm Q Q Q {LINE}"),
    );
    assert_ends(piece, (10.0, 280.0), (110.0, 280.0));
}

#[test]
fn what_a_clip_hides_is_not_drawn() {
    let content = "0 0 50 300 re W n 10 20 m 110 20 l S 60 10 m 90 10 l S";
    let piece = only_piece(TestPdf::new(), content);
    assert_ends(piece, (10.0, 280.0), (50.0, 280.0));
}

#[test]
fn a_hatching_ends_at_the_wall_that_it_is_clipped_to() {
    // A wall that turns a corner, and two lines far beyond it.
    let content = "50 50 m 350 50 l 350 70 l 70 70 l 70 250 l 50 250 l h W n \
                   0 150 m 400 150 l S 0 0 m 400 400 l S";
    let reading = read(&TestPdf::new().bytes(content)).unwrap();
    let drawn = pieces(&reading.drawing);
    assert_eq!(drawn.len(), 2, "{drawn:?}");
    assert_ends(drawn[0], (50.0, 150.0), (70.0, 150.0));
    assert_ends(drawn[1], (50.0, 250.0), (70.0, 230.0));
}

#[test]
fn a_turned_form_is_clipped_to_its_turned_box() {
    let mut pdf = TestPdf::new();
    let turn = std::f64::consts::FRAC_1_SQRT_2;
    let form = pdf.form(
        "Turned",
        &[turn, turn, -turn, turn, 200.0, 100.0],
        "-90 10 m 90 10 l S",
    );
    let stream = pdf
        .document
        .get_object_mut(form)
        .and_then(Object::as_stream_mut)
        .unwrap();
    stream.dict.set("BBox", numbers(&[0.0, 0.0, 20.0, 20.0]));
    let piece = only_piece(pdf, "/Turned Do");
    let at = |x: f64, y: f64| (200.0 + turn * (x - y), 300.0 - (100.0 + turn * (x + y)));
    assert_ends(piece, at(0.0, 10.0), at(20.0, 10.0));
}

#[test]
fn operands_may_stand_in_the_stream_before_their_operator() {
    let mut pdf = TestPdf::new();
    let parts: Vec<Object> = ["10 20 m 110", "20 l", "S"]
        .into_iter()
        .map(|part| {
            let stream = lopdf::Stream::new(dictionary! {}, part.as_bytes().to_vec());
            pdf.document.add_object(stream).into()
        })
        .collect();
    let page = pdf.page(b"");
    let mut document = pdf.finish(&[page]);
    let dictionary = document
        .get_object_mut(page)
        .and_then(Object::as_dict_mut)
        .unwrap();
    dictionary.set("Contents", parts);
    let reading = read(&super::saved(document)).unwrap();
    assert_ends(pieces(&reading.drawing)[0], (10.0, 280.0), (110.0, 280.0));
}

#[test]
fn visibility_expressions_and_policies_hide_content() {
    let mut pdf = TestPdf::new();
    let group =
        |name: &str| dictionary! { "Type" => "OCG", "Name" => Object::string_literal(name) };
    let shown = pdf.document.add_object(group("Walls"));
    let hidden = pdf.document.add_object(group("Furniture"));
    let (on, off) = (Object::Reference(shown), Object::Reference(hidden));
    let expression = |parts: Vec<Object>| dictionary! { "Type" => "OCMD", "VE" => parts };
    let policy = |policy: &str| {
        let groups = vec![Object::Reference(shown), Object::Reference(hidden)];
        dictionary! { "Type" => "OCMD", "P" => policy, "OCGs" => groups }
    };
    let not = |term: &Object| Object::Array(vec!["Not".into(), term.clone()]);
    let cases = [
        (
            expression(vec!["And".into(), on.clone(), off.clone()]),
            false,
        ),
        (expression(vec!["Or".into(), off.clone(), on.clone()]), true),
        (expression(vec!["Not".into(), on.clone()]), false),
        (expression(vec!["And".into(), on.clone(), not(&off)]), true),
        (expression(vec!["Maybe".into(), off.clone()]), true),
        (policy("AllOn"), false),
        (policy("AnyOn"), true),
        (policy("AnyOff"), true),
        (policy("AllOff"), false),
    ];
    let mut names = lopdf::Dictionary::new();
    let mut content = String::new();
    for (index, (membership, _)) in cases.iter().enumerate() {
        let id = pdf.document.add_object(membership.clone());
        names.set(format!("M{index}"), id);
        content += &format!("/OC /M{index} BDC {index} 20 m {index} 90 l S EMC ");
    }
    pdf.resources.set("Properties", names);
    let page = pdf.page(content.as_bytes());
    let mut document = pdf.finish(&[page]);
    let properties = dictionary! {
        "OCGs" => vec![on, off.clone()], "D" => dictionary! { "OFF" => vec![off] },
    };
    document
        .catalog_mut()
        .unwrap()
        .set("OCProperties", properties);
    let reading = read(&super::saved(document)).unwrap();
    let drawn: Vec<usize> = pieces(&reading.drawing)
        .iter()
        .map(|piece| piece.a.x as usize)
        .collect();
    let expected: Vec<usize> = (0..cases.len()).filter(|&index| cases[index].1).collect();
    assert_eq!(drawn, expected);
}

#[test]
fn hidden_layers_are_not_drawn() {
    let mut pdf = TestPdf::new();
    let layer = |pdf: &mut TestPdf, name: &str| {
        let group = dictionary! { "Type" => "OCG", "Name" => Object::string_literal(name) };
        pdf.document.add_object(group)
    };
    let (shown, hidden) = (layer(&mut pdf, "Walls"), layer(&mut pdf, "Furniture"));
    let names = dictionary! { "Shown" => shown, "Hidden" => hidden };
    pdf.resources.set("Properties", names);
    let page = pdf.page(
        b"/OC /Shown BDC 10 20 m 110 20 l S EMC \
          /OC /Hidden BDC /Span BMC 0 0 m 9 9 l S EMC 0 0 m 9 9 l S EMC",
    );
    let mut document = pdf.finish(&[page]);
    let config = dictionary! { "OFF" => vec![Object::Reference(hidden)] };
    let groups = vec![Object::Reference(shown), Object::Reference(hidden)];
    let properties = dictionary! { "OCGs" => groups, "D" => config };
    document
        .catalog_mut()
        .unwrap()
        .set("OCProperties", properties);
    let reading = read(&super::saved(document)).unwrap();
    let drawn = pieces(&reading.drawing);
    assert_eq!(drawn.len(), 1, "{drawn:?}");
    assert_ends(drawn[0], (10.0, 280.0), (110.0, 280.0));
}

#[test]
fn pens_are_told_by_colour_width_and_dashes() {
    use crate::ingest::Colour;
    let content = "1 0 0 RG 2 w [3 1] 0 d 0 0 m 9 0 l S \
                   [] 0 d 0 0 0 1 K /Wide gs 0 0 m 9 0 l S 0 0 1 rg 0 0 5 5 re f";
    let mut pdf = TestPdf::new();
    let wide = dictionary! { "LW" => 5 };
    pdf.resources
        .set("ExtGState", dictionary! { "Wide" => wide });
    let reading = read(&pdf.bytes(content)).unwrap();
    let paints: Vec<_> = reading.drawing.paths().map(|path| path.paint()).collect();
    let pens: Vec<_> = paints
        .iter()
        .filter_map(|paint| paint.stroke)
        .map(|stroke| (stroke.colour, stroke.width_pt, stroke.dashed))
        .collect();
    assert_eq!(
        pens,
        [
            (Colour::Rgb(255, 0, 0), 2.0, true),
            (Colour::BLACK, 5.0, false)
        ]
    );
    assert_eq!(paints[2].fill, Some(Colour::Rgb(0, 0, 255)));
}
