//! What an interpreter shows on a page, and how that is written down.

use serde_json::{Value, json};

use crate::plan::Point;

/// Version of the form below, as the file names it.
pub(crate) const VERSION: u64 = 1;

/// Lengths are written as whole hundredths of a point: a fifth of what may differ.
const PER_POINT: f64 = 100.0;

/// What another interpreter draws on a page, in points of the page as it is displayed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Shown {
    pub(crate) size: [f64; 2],
    /// Straight pieces that are wholly visible.
    pub(crate) visible: Vec<[Point; 2]>,
    /// Every other piece: those that clips may cut, and curves, flattened.
    pub(crate) others: Vec<[Point; 2]>,
    /// Widths of pens.
    pub(crate) widths: Vec<f64>,
    pub(crate) letters: Vec<(char, Point)>,
}

impl Shown {
    pub(crate) fn to_json(&self) -> Value {
        let mut widths = whole(self.widths.iter().copied());
        widths.sort_unstable();
        widths.dedup();
        let pieces = |list: &[[Point; 2]]| whole(list.iter().flatten().flat_map(|at| [at.x, at.y]));
        json!({
            "size": whole(self.size.into_iter()),
            "visible": pieces(&self.visible),
            "others": pieces(&self.others),
            "widths": widths,
            "letters": self.letters.iter().map(|(letter, _)| *letter).collect::<String>(),
            "letters_at": whole(self.letters.iter().flat_map(|(_, at)| [at.x, at.y])),
        })
    }

    /// `None` if it is written in another form.
    pub(crate) fn from_json(value: &Value) -> Option<Shown> {
        let lengths = |name: &str| -> Option<Vec<f64>> {
            let list = value.get(name)?.as_array()?.iter();
            list.map(|item| Some(item.as_f64()? / PER_POINT)).collect()
        };
        let points = |name: &str| -> Option<Vec<Point>> {
            let list = lengths(name)?;
            let pairs = list.chunks(2);
            pairs
                .map(|at| Some(Point::new(*at.first()?, *at.get(1)?)))
                .collect()
        };
        let pieces = |name: &str| -> Option<Vec<[Point; 2]>> {
            let list = points(name)?;
            let pairs = list.chunks(2);
            pairs
                .map(|ends| Some([*ends.first()?, *ends.get(1)?]))
                .collect()
        };
        let letters = value.get("letters")?.as_str()?.chars();
        Some(Shown {
            size: lengths("size")?.try_into().ok()?,
            visible: pieces("visible")?,
            others: pieces("others")?,
            widths: lengths("widths")?,
            letters: letters.zip(points("letters_at")?).collect(),
        })
    }
}

fn whole(lengths: impl Iterator<Item = f64>) -> Vec<i64> {
    lengths
        .map(|length| (length * PER_POINT).round() as i64)
        .collect()
}
