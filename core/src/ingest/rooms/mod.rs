//! Finding rooms: what walls enclose, with the names and areas that are printed inside.
//!
//! The centre lines of the walls, which run through doors and windows, make a planar graph.
//! Each of its bounded faces, less half of each wall around it, is a room; what is no wider than
//! a wall is not.

mod arrangement;
mod faces;
mod figures;
mod joints;
mod labels;
mod leaders;
mod outline;
mod parting;
mod room_words;
mod series;
mod text_lines;
mod unseen;
mod vocabulary;

pub(in crate::ingest) use self::arrangement::Line;
pub(in crate::ingest) use self::outline::ring_contains;
pub(in crate::ingest) use self::unseen::unseen_half;

use self::arrangement::Arrangement;
use self::labels::Label;
use self::outline::Region;
use self::text_lines::Text;
use crate::error::Result;
use crate::ingest::drawing::Drawing;
use crate::plan::{Finding, Floorplan, Point, Rect, Room, TextRun, Wall, round3};
use crate::watch::Watch;

/// A face is a sliver between walls, not a room, if it is narrower than this many usual walls...
const NARROWEST: f64 = 1.2;

/// ...or smaller than a square of this many usual walls.
const SMALLEST: f64 = 2.5;

/// How far printed and measured area may be apart before it is told: areas are printed to a
/// tenth, and some are measured between plastered walls.
const AREAS_AGREE: f64 = 0.05;

/// Rooms by what encloses them, before they have names.
struct Shape {
    region: Region,
    walls: Vec<usize>,
    /// Share of the rim that stands for a wall and not for a closed gap.
    walled: f64,
    bounds: Rect,
}

/// Finds the rooms that `walls`, and `closings` of gaps beyond the ends of walls, enclose. Gaps
/// narrower than `passage`, in points, part no walls; walls are `unseen` points thicker on each side than
/// they are drawn. Leader lines of `drawing` lead from labels
/// beside the plan into their rooms. `None` if lines cross all over each other, so that what they
/// enclose is no room.
pub(super) fn find_rooms(
    walls: &[Wall],
    closings: &[Line],
    passage: f64,
    unseen: f64,
    texts: &[TextRun],
    drawing: &Drawing,
    watch: &dyn Watch,
) -> Result<Option<Vec<Room>>> {
    let mut lines: Vec<Line> = walls
        .iter()
        .enumerate()
        .map(|(index, wall)| Line {
            a: wall.a,
            b: wall.b,
            half: 0.5 * wall.thickness_pt + unseen,
            wall: Some(index),
        })
        .collect();
    lines.extend(closings.iter().map(|closing| Line {
        half: closing.half + unseen,
        ..*closing
    }));
    let usual = usual_thickness(walls);
    let Some(mut shapes) = enclosed(&lines, passage, usual, watch)? else {
        return Ok(None);
    };
    let mut labels = labels_of(&shapes, texts, drawing, watch)?;
    let open: Vec<&Shape> = shapes
        .iter()
        .zip(&labels)
        .filter(|(_, label)| label.candidates > 1)
        .map(|(shape, _)| shape)
        .collect();
    let loose = loose_names(&shapes, walls, texts);
    if !open.is_empty() || loose {
        let within = (!loose).then_some(open.as_slice());
        let mut gaps = parting::beyond_free_ends(&lines, passage, within, watch)?;
        if !gaps.is_empty() {
            let walls_alone = lines.len();
            lines.extend(&gaps);
            let parts = enclosed(&lines, passage, usual, watch)?.unwrap_or_default();
            let names = labels_of(&parts, texts, drawing, watch)?;
            lines.truncate(walls_alone);
            gaps.retain(|gap| parting::parts_names(gap, &parts, &names));
        }
        if !gaps.is_empty() {
            lines.append(&mut gaps);
            shapes = enclosed(&lines, passage, usual, watch)?.unwrap_or_default();
            labels = labels_of(&shapes, texts, drawing, watch)?;
        }
    }
    Ok(Some(named(shapes, labels, walls)))
}

/// Whether names of rooms stand between the walls and in no room: then gaps in outer walls are
/// too wide to be closed by themselves.
fn loose_names(shapes: &[Shape], walls: &[Wall], texts: &[TextRun]) -> bool {
    let bounds = Rect::around(walls.iter().flat_map(|wall| [wall.a, wall.b]));
    let lines = text_lines::lines(texts);
    lines.iter().any(|text| {
        labels::is_name(text)
            && bounds.contains(text.middle)
            && !shapes.iter().any(|shape| shape.holds(text.middle))
    })
}

/// What `lines` enclose, in order of place; `None` if they meet too often.
fn enclosed(
    lines: &[Line],
    passage: f64,
    usual: f64,
    watch: &dyn Watch,
) -> Result<Option<Vec<Shape>>> {
    let Some(arrangement) = Arrangement::new(lines, passage, watch)? else {
        return Ok(None);
    };
    let mut shapes: Vec<Shape> = Vec::new();
    for (count, face) in faces::faces(&arrangement, watch)?.iter().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        for region in outline::net_regions(face) {
            let (area, around) = (region.area(), region.perimeter());
            let narrow = 2.0 * area < NARROWEST * usual * around;
            if narrow || area < (SMALLEST * usual).powi(2) {
                continue;
            }
            shapes.push(shape(region, face));
        }
    }
    shapes.sort_by(|one, two| {
        let key = |shape: &Shape| {
            [
                shape.bounds.y0,
                shape.bounds.x0,
                shape.bounds.y1,
                shape.bounds.x1,
            ]
        };
        let (one, two) = (key(one), key(two));
        let orders = one.iter().zip(&two).map(|(a, b)| a.total_cmp(b));
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    Ok(Some(shapes))
}

impl Shape {
    fn holds(&self, point: Point) -> bool {
        self.bounds.contains(point) && self.region.contains(point)
    }
}

fn shape(region: Region, face: &faces::Face) -> Shape {
    let sides = || face.rims.iter().flatten();
    let mut walls: Vec<usize> = sides().filter_map(|side| side.wall).collect();
    walls.sort_unstable();
    walls.dedup();
    let (mut whole, mut walled) = (0.0, 0.0);
    for side in sides() {
        let length = side.from.distance(side.to);
        whole += length;
        walled += if side.wall.is_some() { length } else { 0.0 };
    }
    Shape {
        bounds: Rect::around(region.outline.iter().copied()),
        region,
        walls,
        walled: walled / f64::max(whole, 1e-9),
    }
}

/// The thickness that half of the length of all walls does not pass.
pub(super) fn usual_thickness(walls: &[Wall]) -> f64 {
    thickness_at(walls, 0.5)
}

/// The thickness that `share` of the length of all walls does not pass.
pub(super) fn thickness_at(walls: &[Wall], share: f64) -> f64 {
    let mut sorted: Vec<(f64, f64)> = walls
        .iter()
        .map(|wall| (wall.thickness_pt, wall.length_pt()))
        .collect();
    sorted.sort_by(|one, two| one.0.total_cmp(&two.0));
    let enough = share * sorted.iter().map(|(_, length)| length).sum::<f64>();
    let mut passed = 0.0;
    for (thickness, length) in sorted {
        passed += length;
        if passed >= enough {
            return thickness;
        }
    }
    0.0
}

/// What is printed in each of `shapes`.
fn labels_of(
    shapes: &[Shape],
    runs: &[TextRun],
    drawing: &Drawing,
    watch: &dyn Watch,
) -> Result<Vec<Label>> {
    let lines = text_lines::lines(runs);
    let mut sorted: Vec<usize> = (0..lines.len()).collect();
    sorted.sort_by(|&one, &two| {
        let x = |at: usize| lines.get(at).map_or(0.0, |text| text.middle.x);
        x(one).total_cmp(&x(two)).then(one.cmp(&two))
    });
    let xs: Vec<f64> = sorted
        .iter()
        .filter_map(|&at| lines.get(at))
        .map(|text| text.middle.x)
        .collect();
    let mut inside: Vec<Vec<&Text>> = Vec::with_capacity(shapes.len());
    for (count, shape) in shapes.iter().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        let first = xs.partition_point(|x| *x < shape.bounds.x0);
        let last = xs.partition_point(|x| *x <= shape.bounds.x1);
        let texts = sorted
            .get(first..last)
            .unwrap_or_default()
            .iter()
            .filter_map(|&at| lines.get(at));
        let own = texts.filter(|text| {
            shape.bounds.contains(text.middle) && shape.region.contains(text.middle)
        });
        inside.push(own.collect());
    }
    series::without_marks(&mut inside);
    let usual = labels::usual_height(inside.iter().map(Vec::as_slice));
    let mut labels: Vec<Label> = shapes
        .iter()
        .zip(&inside)
        .map(|(shape, texts)| labels::read(texts, usual, &|point| shape.holds(point)))
        .collect();
    if labels.iter().any(Label::lacks_name) {
        let outside: Vec<&Text> = lines
            .iter()
            .filter(|text| !shapes.iter().any(|shape| shape.holds(text.middle)))
            .collect();
        leaders::follow(shapes, &mut labels, &outside, usual, drawing, watch)?;
    }
    believe_bare_areas(shapes, &mut labels);
    believe_ordinals(&mut labels);
    Ok(labels)
}

/// Rooms whose small numbers must be different.
const FEWEST_ORDINALS: usize = 3;

/// Takes small numbers for the names of rooms where the plan has no other names, as beside a
/// schedule of rooms: one in each of most rooms, and no number twice.
fn believe_ordinals(labels: &mut [Label]) {
    let numbers = labels.iter().filter_map(|label| label.ordinal.as_deref());
    let count = numbers.clone().count();
    let different: std::collections::BTreeSet<&str> = numbers.collect();
    let named = labels.iter().filter(|label| label.name.is_some()).count();
    if count < FEWEST_ORDINALS || different.len() < count || count <= named {
        return;
    }
    for label in labels {
        if let Some(number) = label.ordinal.take() {
            label.name = Some(number);
        }
    }
}

/// How far the lengths may be apart by which bare figures are areas, relative.
const BARE_SAME: f64 = 0.02;

/// Takes figures without a unit for areas when they are in one proportion to what their rooms
/// measure: numbers of rooms, heights and levels are in none.
fn believe_bare_areas(shapes: &[Shape], labels: &mut [Label]) {
    let scale = |shape: &Shape, area: f64| (area / shape.region.area().max(1e-9)).sqrt();
    let mut scales: Vec<f64> = shapes
        .iter()
        .zip(labels.iter())
        .filter_map(|(shape, label)| Some(scale(shape, label.bare.as_ref()?.area)))
        .collect();
    scales.sort_by(f64::total_cmp);
    let Some(&middle) = scales.get(scales.len() / 2) else {
        return;
    };
    let agree = |scale: &f64| (scale / middle - 1.0).abs() <= BARE_SAME;
    let agreeing = scales.iter().filter(|scale| agree(scale)).count();
    if agreeing < FEWEST_BARE || 10 * agreeing < 6 * scales.len() {
        return;
    }
    for label in labels {
        if let Some(bare) = label.bare.take() {
            label.printed_area_m2 = Some(bare.area);
            label.name = Some(bare.name);
        }
    }
}

/// Rooms whose bare figures must agree.
const FEWEST_BARE: usize = 3;

/// The rooms, each with its own name or a generated one.
fn named(shapes: Vec<Shape>, labels: Vec<Label>, walls: &[Wall]) -> Vec<Room> {
    let taken: std::collections::BTreeSet<String> = labels
        .iter()
        .filter_map(|label| label.name.as_deref())
        .map(str::to_lowercase)
        .collect();
    let mut number = 0_usize;
    let mut rooms = Vec::with_capacity(shapes.len());
    for (shape, label) in shapes.into_iter().zip(labels) {
        let generated = label.name.is_none();
        let name = label.name.unwrap_or_else(|| {
            loop {
                number += 1;
                let name = format!("Room {number}");
                if !taken.contains(&name.to_lowercase()) {
                    break name;
                }
            }
        });
        let believed: Vec<f64> = shape
            .walls
            .iter()
            .filter_map(|&wall| walls.get(wall))
            .map(|wall| wall.confidence)
            .collect();
        #[expect(
            clippy::cast_precision_loss,
            reason = "there are far fewer walls than 2^52"
        )]
        let walls_are = believed.iter().sum::<f64>() / (believed.len() as f64).max(1.0);
        // A room is believed as its walls are; a name inside is a second witness.
        let confidence = walls_are * shape.walled * if generated { 0.8 } else { 1.0 };
        rooms.push(Room {
            area_sq_pt: round3(shape.region.area()),
            polygon: shape.region.outline,
            holes: shape.region.holes,
            name,
            name_is_generated: generated,
            boundary_walls: shape.walls,
            area_m2: None,
            printed_area_m2: label.printed_area_m2.map(round3),
            confidence: round3(confidence),
        });
    }
    rooms
}

/// Tells that rooms are measured between thicker walls than the strokes of `walls` are.
pub(super) fn drawn_thin(walls: &[Wall], unseen: f64, mm_per_pt: f64) -> Finding {
    let thick = (usual_thickness(walls) + 2.0 * unseen) * mm_per_pt;
    let message = format!(
        "all walls are drawn with one pen; by the printed areas they are about {:.0} mm thick, \
         and rooms are measured between such walls",
        10.0 * (0.1 * thick).round()
    );
    Finding::new("walls_drawn_thin", message)
}

/// Tells where the area that is printed in a room is not the one that was measured.
pub(super) fn area_findings(plan: &Floorplan) -> Vec<Finding> {
    let mut findings = Vec::new();
    for room in &plan.rooms {
        let (Some(measured), Some(printed)) = (room.area_m2, room.printed_area_m2) else {
            continue;
        };
        if (measured - printed).abs() > AREAS_AGREE * printed + 0.05 {
            let message = format!(
                "`{}` is printed with {printed} m² and measures {measured:.1} m²",
                room.name
            );
            findings.push(Finding::new("area_mismatch", message));
        }
    }
    findings
}
