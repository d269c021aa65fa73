//! Plates of all sorts of outlines, with columns, cores, entrances and daylight.

use serde_json::{Value, json};

use super::dice::Dice;

/// A corner, in millimetres.
type Corner = [i64; 2];

/// A site as a request has it.
pub(super) fn site(dice: &mut Dice) -> Value {
    let outline = outline(dice);
    let span = |axis: usize| {
        let places = outline.iter().map(move |corner| corner[axis]);
        (places.clone().min().unwrap(), places.max().unwrap())
    };
    let (across, down) = (span(0), span(1));
    // A box with a corner anywhere on the plate, so that some reach out of it.
    let somewhere = |dice: &mut Dice, least: i64, most: i64| {
        let (w, h) = (dice.between(least, most), dice.between(least, most));
        let x = dice.between(across.0, across.1);
        let y = dice.between(down.0, down.1);
        [x, y, x + w, y + h]
    };
    let mut site = json!({"perimeter_mm": outline});
    if dice.in_hundred(35) {
        let count = dice.between(1, 4);
        let columns = (0..count).map(|_| json!(somewhere(dice, 50, 700)));
        site["columns_mm"] = columns.collect();
    }
    if dice.in_hundred(25) {
        let [x0, y0, x1, y1] = somewhere(dice, 300, 4_000);
        site["holes_mm"] = json!([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]]);
    }
    if dice.in_hundred(55) {
        let count = dice.between(1, 2);
        let entrances = (0..count).map(|_| entrance(dice, &outline));
        site["entrances"] = entrances.collect();
    }
    if dice.in_hundred(25) {
        site["daylight_edges"] = json!([dice.below(outline.len())]);
    }
    if dice.in_hundred(10) {
        site["exterior_wall_mm"] = json!(dice.between(50, 500));
    }
    site
}

fn entrance(dice: &mut Dice, outline: &[Corner]) -> Value {
    let edge = dice.below(outline.len());
    let (a, b) = (outline[edge], outline[(edge + 1) % outline.len()]);
    let length = (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
    let width = dice.between(700, 1_800).min(length - 10).max(1);
    json!({"edge": edge, "from_mm": dice.between(0, (length - width).max(0)), "width_mm": width})
}

fn outline(dice: &mut Dice) -> Vec<Corner> {
    // Few are large, as the time to lay one out grows with its size.
    let most = match dice.below(20) {
        0 => 1_600,
        1..=6 => 1_100,
        _ => 750,
    };
    let (w, h) = (10 * dice.between(150, most), 10 * dice.between(150, most));
    let a = w * dice.between(150, 850) / 1_000;
    let b = h * dice.between(150, 850) / 1_000;
    let mut corners = match dice.below(14) {
        0 => l_shape(w, h, a, b),
        1 => u_shape(w, h, a / 3, b),
        2 => t_shape(w, h, a / 3, b),
        3 => vec![[0, 0], [w, w * dice.between(0, 90) / 1_000], [w, h], [0, h]],
        4 => turned(&rectangle(w, h), dice.between(0, 350)),
        5 => turned(&l_shape(w, h, a, b), dice.between(0, 200)),
        6 => with_notch(w, h, b, dice.between(20, 1_200)),
        7 => with_bay(w, h, a, dice.between(20, 900)),
        8 => vec![[0, 0], [w, 0], [w, h], [a, h]],
        9 => vec![[0, 0], [w, 0], [0, h]],
        10 => round(w, h, dice.between(5, 9)),
        11 => h_shape(w, h, a / 2, b / 2),
        12 => steps(w, h, dice.between(2, 5)),
        _ => rectangle(w, h),
    };
    // Measured walls are on no grid, go round either way, and begin anywhere.
    if dice.in_hundred(15) {
        for place in corners.iter_mut().flatten() {
            *place += dice.between(-9, 9);
        }
    }
    if dice.in_hundred(10) {
        corners.reverse();
    }
    if dice.in_hundred(10) {
        let away = [0; 2].map(|_: i64| dice.between(-900_000, 900_000));
        for corner in &mut corners {
            *corner = [corner[0] + away[0], corner[1] + away[1]];
        }
    }
    corners
}

fn rectangle(w: i64, h: i64) -> Vec<Corner> {
    vec![[0, 0], [w, 0], [w, h], [0, h]]
}

fn l_shape(w: i64, h: i64, a: i64, b: i64) -> Vec<Corner> {
    vec![[0, 0], [w, 0], [w, b], [a, b], [a, h], [0, h]]
}

fn u_shape(w: i64, h: i64, arm: i64, b: i64) -> Vec<Corner> {
    let inner = [[w - arm, h], [w - arm, b], [arm, b], [arm, h]];
    [[[0, 0], [w, 0], [w, h]].as_slice(), &inner, &[[0, h]]].concat()
}

fn t_shape(w: i64, h: i64, arm: i64, b: i64) -> Vec<Corner> {
    let stem = [[w - arm, b], [w - arm, h], [arm, h], [arm, b]];
    [[[0, 0], [w, 0], [w, b]].as_slice(), &stem, &[[0, b]]].concat()
}

fn h_shape(w: i64, h: i64, arm: i64, bay: i64) -> Vec<Corner> {
    let near = [[arm, 0], [arm, bay], [w - arm, bay], [w - arm, 0]];
    let far = [[w - arm, h], [w - arm, h - bay], [arm, h - bay], [arm, h]];
    [
        [[0, 0]].as_slice(),
        &near,
        &[[w, 0], [w, h]],
        &far,
        &[[0, h]],
    ]
    .concat()
}

fn with_notch(w: i64, h: i64, at: i64, size: i64) -> Vec<Corner> {
    let end = (at + size).min(h);
    let notch = [[w, at], [w - size, at], [w - size, end], [w, end]];
    [[[0, 0], [w, 0]].as_slice(), &notch, &[[w, h], [0, h]]].concat()
}

fn with_bay(w: i64, h: i64, at: i64, size: i64) -> Vec<Corner> {
    let end = (at + size).min(w);
    let bay = [[at, 0], [at, -size], [end, -size], [end, 0]];
    [[[0, 0]].as_slice(), &bay, &[[w, 0], [w, h], [0, h]]].concat()
}

/// Down from the right side in so many steps.
fn steps(w: i64, h: i64, count: i64) -> Vec<Corner> {
    let mut corners = vec![[0, 0], [w, 0]];
    for step in 0..count {
        let tread = h * (step + 1) / count;
        corners.push([w - w * step / count, tread]);
        if step + 1 < count {
            corners.push([w - w * (step + 1) / count, tread]);
        }
    }
    corners.push([0, h]);
    corners
}

#[expect(clippy::cast_possible_truncation, reason = "lengths of a plate")]
fn round(w: i64, h: i64, corners: i64) -> Vec<Corner> {
    let turn = |corner: i64| std::f64::consts::TAU * corner as f64 / corners as f64;
    let at = |angle: f64| {
        let (sin, cos) = angle.sin_cos();
        [(w as f64 * cos * 0.5) as i64, (h as f64 * sin * 0.5) as i64]
    };
    (0..corners).map(|corner| at(turn(corner))).collect()
}

/// Turned by thousandths of a radian.
#[expect(clippy::cast_possible_truncation, reason = "lengths of a plate")]
fn turned(corners: &[Corner], by: i64) -> Vec<Corner> {
    let (sin, cos) = (by as f64 / 1_000.0).sin_cos();
    let turn = |[x, y]: &Corner| {
        let (x, y) = (*x as f64, *y as f64);
        [
            (x * cos - y * sin).round() as i64,
            (x * sin + y * cos).round() as i64,
        ]
    };
    corners.iter().map(turn).collect()
}
