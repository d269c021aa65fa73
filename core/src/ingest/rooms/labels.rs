//! Which texts in a room are its name and its area.

use std::collections::BTreeMap;

use crate::plan::Point;

use super::figures::{self, Line};
use super::text_lines::{Text, groups};
use super::vocabulary::{names_room, names_thing};

/// Type of less than this share of the usual height of names is small print.
const SMALL_PRINT: f64 = 0.72;

/// Names in one room that are joined when no wall parts them; more would be no name.
const MOST_JOINED: usize = 4;

/// A figure that may be the area of a room.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bare {
    pub(super) area: f64,
    /// The name of the room if it is.
    pub(super) name: String,
}

/// What the texts in one room say of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Label {
    pub(super) name: Option<String>,
    /// Whether the name is a number that stands alone, and may be a dimension.
    pub(super) is_number: bool,
    pub(super) printed_area_m2: Option<f64>,
    /// A figure without a unit below the name, which may be an area in square metres.
    pub(super) bare: Option<Bare>,
    /// The only small number in a room without a name, which may be that of the room.
    pub(super) ordinal: Option<String>,
    /// How much the name looks like one.
    pub(super) likeness: f64,
    /// How many texts are believed to be names.
    pub(super) candidates: usize,
}

impl Label {
    /// Whether a label beside the plan with words may be that of the room.
    pub(super) fn lacks_name(&self) -> bool {
        self.name.is_none() || self.is_number
    }
}

/// Whether `text` names a room by itself: it has a word for one.
pub(super) fn is_name(text: &Text) -> bool {
    matches!(&text.line, Line::Words(words, area) if area.is_some() || (names_room(words) && !names_thing(words)))
}

/// The height of type that names of rooms are set in on this plan: that of words with a word
/// for a room, or with an area below them; each room has one voice.
pub(super) fn usual_height<'a>(rooms: impl Iterator<Item = &'a [&'a Text]>) -> Option<f64> {
    let mut votes: BTreeMap<u64, (usize, f64)> = BTreeMap::new();
    for texts in rooms {
        let tall = texts
            .iter()
            .filter(|text| is_name(text))
            .map(|text| text.height)
            .fold(0.0_f64, f64::max);
        if tall > 0.0 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a float cast saturates"
            )]
            let step = (tall * 4.0).round() as u64;
            let vote = votes.entry(step).or_insert((0, tall));
            vote.0 += 1;
        }
    }
    let best = votes
        .into_values()
        .max_by(|one, two| one.0.cmp(&two.0).then(one.1.total_cmp(&two.1)));
    best.map(|(_, height)| height)
}

/// A group of lines that are set as one.
struct Block<'a> {
    lines: Vec<&'a Text>,
}

impl Block<'_> {
    /// The words that are set in the largest type of the block, in reading order; or a number in
    /// larger type than they.
    fn name(&self) -> Option<(String, f64)> {
        let height = |wanted: fn(&Line) -> bool| {
            let lines = self.lines.iter().filter(|text| wanted(&text.line));
            lines.map(|text| text.height).fold(0.0_f64, f64::max)
        };
        let words =
            height(|line| matches!(line, Line::Words(words, _) if figures::letters(words) > 0));
        let number = height(|line| matches!(line, Line::Number(_)));
        if number > 1.15 * words && words > 0.0 {
            return self.lines.iter().find_map(|text| match &text.line {
                Line::Number(name) if text.height >= number => Some((name.clone(), number)),
                _ => None,
            });
        }
        let mut parts: Vec<&str> = Vec::new();
        for text in self.lines.iter().filter(|text| text.height >= 0.9 * words) {
            match &text.line {
                Line::Words(words, _) => parts.push(words),
                // `Bedroom` and `2` on a line of its own.
                Line::Ordinal(number) if !parts.is_empty() => parts.push(number),
                // `Room` and `204`; other numbers in type of this size are areas and codes.
                Line::Number(number)
                    if !parts.is_empty() && number.chars().all(|c| c.is_ascii_digit()) =>
                {
                    parts.push(number);
                }
                _ => {}
            }
        }
        (!parts.is_empty() && words > 0.0).then(|| (parts.join(" "), words))
    }

    fn area(&self) -> Option<f64> {
        self.lines.iter().find_map(|text| match &text.line {
            Line::Area(area) | Line::Words(_, Some(area)) => Some(*area),
            _ => None,
        })
    }

    /// The only figure without a unit beside `name`, or behind it on one line.
    fn bare(&self, name: &str) -> Option<Bare> {
        let mut figures = self.lines.iter().filter_map(|text| text.bare.as_ref());
        let (words, area) = figures.next()?;
        let name = if words.is_empty() {
            name.to_owned()
        } else {
            let at = name.find(words.as_str())?;
            name.get(..at + words.len())?.to_owned()
        };
        (figures.next().is_none()).then_some(Bare { area: *area, name })
    }

    /// The largest type that a number in it is set in.
    fn number_height(&self) -> Option<f64> {
        let numbers = self.lines.iter();
        let numbers = numbers.filter(|text| matches!(text.line, Line::Number(_)));
        numbers.map(|text| text.height).max_by(f64::total_cmp)
    }

    /// Whether its words, set `height` high, are so because they would not fit otherwise.
    fn is_cramped(&self, height: f64, usual: f64, holds: &dyn Fn(Point) -> bool) -> bool {
        let mut words = self
            .lines
            .iter()
            .filter(|text| matches!(text.line, Line::Words(..)) && text.height >= 0.9 * height);
        words.any(|text| text.is_cramped(usual, holds))
    }

    fn has_dimensions(&self) -> bool {
        self.lines.iter().any(|text| text.line == Line::Dimensions)
    }
}

/// What `texts`, those of one room, say of it. `usual` is the plan's height of names; the room
/// `holds` points.
pub(super) fn read(texts: &[&Text], usual: Option<f64>, holds: &dyn Fn(Point) -> bool) -> Label {
    let blocks: Vec<Block<'_>> = groups(texts)
        .into_iter()
        .map(|lines| Block { lines })
        .collect();
    let mut named: Vec<(f64, usize, String)> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        if let Some((name, height)) = block.name() {
            let score = likeness(block, &name, height, usual, holds);
            named.push((score, index, name));
        }
    }
    named.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)));
    let area_of = |index: usize| blocks.get(index).and_then(Block::area);
    let lone_area = || {
        let mut areas = blocks.iter().filter_map(Block::area);
        let only = areas.next();
        if areas.next().is_none() { only } else { None }
    };
    let number = lone_number(texts);
    // With a number beside it, what has nothing to show that it is a name is a remark; a word for
    // a room is a name in small print as well.
    // In one label with it, and no smaller, words are the name.
    let labelled = |index: usize| {
        let block = blocks.get(index);
        let number = block.and_then(Block::number_height);
        let words = block.and_then(Block::name).map(|(_, height)| height);
        number
            .zip(words)
            .is_some_and(|(number, words)| words >= number)
    };
    let first = named.first().map(|(_, index, _)| *index);
    let least = if number.is_some() && !first.is_some_and(labelled) {
        BELIEVED
    } else {
        0.1
    };
    let Some(best) = named.first().filter(|best| best.0 >= least).cloned() else {
        return Label {
            ordinal: if number.is_none() {
                lone_ordinal(texts)
            } else {
                None
            },
            is_number: number.is_some(),
            name: number,
            printed_area_m2: lone_area(),
            ..Label::default()
        };
    };
    // Where no wall parts two rooms, both names are true of what is enclosed.
    let mut together: Vec<(usize, String)> = named
        .iter()
        .filter(|other| other.0 >= JOINED_LIKENESS && other.0 >= best.0 - 2.5)
        .map(|(_, index, name)| (*index, name.clone()))
        .collect();
    if together.len() > MOST_JOINED || !together.iter().any(|(index, _)| *index == best.1) {
        together = vec![(best.1, best.2.clone())];
    }
    together.sort_by_key(|(index, _)| *index);
    let mut names: Vec<&str> = Vec::new();
    for (_, name) in &together {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let printed = match together.as_slice() {
        [(index, _)] => area_of(*index).or_else(lone_area),
        // Several areas are of parts, and the whole is what they add up to.
        several => {
            let areas: Vec<f64> = several
                .iter()
                .filter_map(|(index, _)| area_of(*index))
                .collect();
            (areas.len() == several.len()).then(|| areas.iter().sum())
        }
    };
    let bare = match together.as_slice() {
        [(index, name)] if printed.is_none() => {
            blocks.get(*index).and_then(|block| block.bare(name))
        }
        _ => None,
    };
    Label {
        name: Some(names.join(" / ")),
        is_number: false,
        printed_area_m2: printed,
        bare,
        ordinal: None,
        likeness: best.0,
        candidates: named.iter().filter(|other| other.0 >= BELIEVED).count(),
    }
}

/// From here on a text is believed to name a room where nothing else speaks against it: it is set
/// as names usually are, or has an area or a word for a room.
pub(super) const BELIEVED: f64 = 2.0;

/// From here on a second text in a room is believed to be a name beside the best one.
const JOINED_LIKENESS: f64 = 4.0;

/// How much a block looks like the name of a room.
fn likeness(
    block: &Block<'_>,
    name: &str,
    height: f64,
    usual: Option<f64>,
    holds: &dyn Fn(Point) -> bool,
) -> f64 {
    let mut score = 1.0;
    if names_thing(name) {
        score -= 3.0;
    } else if names_room(name) {
        score += 3.0;
    }
    if block.area().is_some() {
        score += 3.0;
    } else if block.has_dimensions() {
        score += 2.0;
    }
    if let Some(usual) = usual {
        if height < SMALL_PRINT * usual {
            if !block.is_cramped(height, usual, holds) {
                score -= 2.0;
            }
        } else if (height - usual).abs() <= 0.06 * usual {
            score += 1.5;
        }
    }
    // Sentences are remarks.
    if name.split_whitespace().count() > 6 || name.chars().count() > 48 {
        score -= 4.0;
    }
    score
}

/// The number of a room that has nothing else for a name.
fn lone_number(texts: &[&Text]) -> Option<String> {
    let mut numbers = texts.iter().filter_map(|text| match &text.line {
        Line::Number(number) => Some(number),
        _ => None,
    });
    let only = numbers.next()?;
    // Several are dimensions.
    numbers.next().is_none().then(|| only.clone())
}

/// The only small number in a room; the treads of a stair have many.
fn lone_ordinal(texts: &[&Text]) -> Option<String> {
    let mut ordinals = texts.iter().filter_map(|text| match &text.line {
        Line::Ordinal(number) => Some(number),
        _ => None,
    });
    let only = ordinals.next()?;
    ordinals.next().is_none().then(|| only.clone())
}

#[cfg(test)]
mod tests {
    use super::super::text_lines::{lines, run};
    use super::*;
    use crate::plan::TextRun;

    fn label(runs: &[TextRun]) -> Label {
        let lines = lines(runs);
        let texts: Vec<&Text> = lines.iter().collect();
        let usual = usual_height([texts.as_slice()].into_iter());
        read(&texts, usual, &|_| true)
    }

    #[test]
    fn a_label_of_several_lines_is_a_name_and_an_area() {
        let found = label(&[
            run("MASTER", 100.0, 100.0, 8.0),
            run("BEDROOM", 100.0, 109.0, 8.0),
            run("12'-6\" x 10'-0\"", 100.0, 117.0, 6.0),
            run("12,5 m²", 100.0, 125.0, 6.0),
            run("WARDROBE", 160.0, 150.0, 4.0),
            run("2440", 100.0, 60.0, 5.0),
        ]);
        assert_eq!(found.name.as_deref(), Some("MASTER BEDROOM"));
        assert_eq!(found.printed_area_m2, Some(12.5));
    }

    #[test]
    fn furniture_names_no_room() {
        let found = label(&[run("REF", 100.0, 100.0, 6.0), run("101", 120.0, 140.0, 6.0)]);
        assert_eq!(found.name.as_deref(), Some("101"));
        let found = label(&[
            run("Bedroom", 100.0, 100.0, 8.0),
            run("2", 100.0, 109.0, 8.0),
        ]);
        assert_eq!(found.name.as_deref(), Some("Bedroom 2"));
        let found = label(&[
            run("1.05", 100.0, 100.0, 8.0),
            run("Parquet", 100.0, 109.0, 5.0),
        ]);
        assert_eq!(found.name.as_deref(), Some("1.05"));
        assert_eq!(
            label(&[run("2440", 1.0, 1.0, 6.0), run("910", 9.0, 40.0, 6.0)]).name,
            None
        );
    }

    #[test]
    fn a_word_for_a_room_in_small_print_is_its_name_beside_a_number() {
        let of = |words: &str| {
            let lines = lines(&[run(words, 100.0, 100.0, 5.0), run("R12", 100.0, 130.0, 5.0)]);
            let texts: Vec<&Text> = lines.iter().collect();
            read(&texts, Some(9.0), &|_| true).name.unwrap()
        };
        assert_eq!(of("Laundry"), "Laundry");
        assert_eq!(of("Parquet"), "R12");
    }

    #[test]
    fn names_without_a_wall_between_them_are_joined() {
        let found = label(&[
            run("Küche", 100.0, 100.0, 8.0),
            run("8,0 m²", 100.0, 110.0, 6.0),
            run("Wohnen", 200.0, 160.0, 8.0),
            run("21,0 m²", 200.0, 170.0, 6.0),
        ]);
        assert_eq!(found.name.as_deref(), Some("Küche / Wohnen"));
        assert_eq!(found.printed_area_m2, Some(29.0));
    }

    #[test]
    fn the_name_of_a_small_room_is_set_in_small_type() {
        // At the usual size it would be 45 points long.
        let lines = lines(&[run("Nagelfeile", 100.0, 100.0, 5.0)]);
        let texts: Vec<&Text> = lines.iter().collect();
        let name = |half: f64| {
            let holds = |point: Point| (point.x - 100.0).abs() < half;
            read(&texts, Some(9.0), &holds).name
        };
        assert_eq!(name(20.0).as_deref(), Some("Nagelfeile"));
        assert_eq!(name(30.0), None);
    }

    #[test]
    fn words_in_one_label_with_a_number_are_the_name() {
        let name = |words: f64, number: f64, below: f64| {
            let lines = lines(&[
                run("R12", 100.0, 100.0, number),
                run("Nagelfeile", 100.0, 100.0 + below, words),
            ]);
            let texts: Vec<&Text> = lines.iter().collect();
            read(&texts, Some(9.0), &|_| true).name.unwrap()
        };
        assert_eq!(name(7.0, 6.0, 9.0), "Nagelfeile");
        // A remark is smaller than the number, or stands apart.
        assert_eq!(name(7.0, 8.0, 9.0), "R12");
        assert_eq!(name(7.0, 6.0, 40.0), "R12");
    }

    #[test]
    fn a_number_goes_on_with_the_name_above_it_in_type_of_one_size() {
        let name = |size: f64| {
            let texts = [
                run("Chambre", 100.0, 100.0, 8.0),
                run("101", 100.0, 109.0, size),
            ];
            label(&texts).name.unwrap()
        };
        assert_eq!(
            (name(8.0), name(6.0)),
            ("Chambre 101".into(), "Chambre".into())
        );
    }
}
