//! Between the sheet laid straight and the page as it is shown.

use super::Scan;
use crate::ingest::Reading;
use crate::plan::{Floorplan, Matrix, Opening, Point, Room, Source, TextRun, Wall};

/// Brings texts of the page onto the sheet laid straight.
pub(super) fn straightened(texts: &[TextRun], straight: Matrix) -> Vec<TextRun> {
    let mut texts = texts.to_vec();
    texts.iter_mut().for_each(|text| turn_text(text, straight));
    texts
}

/// Brings what was read on the sheet laid straight back to the displayed page.
pub(in crate::ingest) fn put_back(reading: &mut Reading, scan: Scan) {
    let Scan { to_page, findings } = scan;
    reading.drawing.turn(to_page);
    // Named one by one, so that what a plan gains is not forgotten here.
    let Floorplan {
        source,
        page: _,
        walls,
        rooms,
        doors,
        windows,
        openings,
        scale: _,
        texts,
        findings: found,
    } = &mut reading.floorplan;
    *source = Source::Raster;
    found.extend(findings);
    let turn = |point: &mut Point| *point = to_page.apply(*point).rounded();
    for wall in walls {
        let Wall {
            a,
            b,
            thickness_pt: _,
            thickness_mm: _,
            style: _,
            confidence: _,
        } = wall;
        turn(a);
        turn(b);
    }
    for room in rooms {
        let Room {
            polygon,
            holes,
            name: _,
            name_is_generated: _,
            boundary_walls: _,
            area_sq_pt: _,
            area_m2: _,
            printed_area_m2: _,
            confidence: _,
        } = room;
        polygon.iter_mut().for_each(turn);
        holes.iter_mut().flatten().for_each(turn);
    }
    for opening in doors.iter_mut().chain(windows).chain(openings) {
        let Opening {
            kind: _,
            center,
            a,
            b,
            width_pt: _,
            width_mm: _,
            wall: _,
            leaves,
            is_sliding: _,
            confidence: _,
        } = opening;
        turn(center);
        turn(a);
        turn(b);
        for leaf in leaves {
            turn(&mut leaf.hinge);
            turn(&mut leaf.tip);
        }
    }
    for text in texts {
        turn_text(text, to_page);
    }
}

fn turn_text(text: &mut TextRun, turn: Matrix) {
    let at = turn.apply(Point::new(text.x, text.y)).rounded();
    (text.x, text.y) = (at.x, at.y);
    let angle = text.angle_deg + turn.b.atan2(turn.a).to_degrees();
    let angle = (angle + 180.0).rem_euclid(360.0) - 180.0;
    text.angle_deg = Point::new(angle, 0.0).rounded().x;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_to_the_straight_sheet_and_back() {
        let (sin, cos) = 0.02_f64.sin_cos();
        let to_page = Matrix::from([cos, sin, -sin, cos, 12.0, -7.0]);
        let text = TextRun {
            text: "Kitchen".to_owned(),
            x: 300.0,
            y: 200.0,
            width_pt: 40.0,
            height_pt: 9.0,
            angle_deg: 1.146,
            recognised: false,
        };
        let back = Matrix::from([cos, -sin, sin, cos, 0.0, 0.0]);
        let straight = Matrix::translation(-12.0, 7.0).then(back);
        let mut straight = straightened(std::slice::from_ref(&text), straight);
        assert!(straight[0].angle_deg.abs() < 0.01);
        turn_text(&mut straight[0], to_page);
        assert!((straight[0].x - text.x).abs() < 0.01 && (straight[0].y - text.y).abs() < 0.01);
    }
}
