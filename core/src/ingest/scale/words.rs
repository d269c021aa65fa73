//! Words beside a scale, in the languages of drawings: what the scale is the scale of.

/// What the words around a scale speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No words at all, or those of a scale and a paper.
    Nothing,
    /// A plan.
    Plan,
    /// A section, an elevation, a detail, a site plan, a key plan.
    OtherView,
    /// A slope, a mixture, another drawing.
    Note,
    /// Other words.
    OtherText,
}

/// The words around a scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    pub(super) kind: Kind,
    pub(super) has_scale_word: bool,
}

/// Words that stand beside a scale. Single letters count only as a whole word.
const SCALE: &[&str] = &[
    "scale",
    "ma\u{df}stab",
    "massstab",
    "schaal",
    "\u{e9}chelle",
    "echelle",
    "escala",
    "scala",
    "skala",
    "skal",
    "m\u{e5}lestokk",
    "m\u{e5}lestok",
    "mittakaava",
    "m\u{11b}\u{159}\u{ed}tko",
    "meritko",
    "m\u{e9}retar\u{e1}ny",
    "mjerilo",
    "merilo",
    "scar\u{103}",
    "\u{f6}l\u{e7}ek",
    "\u{43c}\u{430}\u{441}\u{448}\u{442}\u{430}\u{431}",
    "\u{3ba}\u{3bb}\u{3af}\u{3bc}\u{3b1}\u{3ba}\u{3b1}",
    "\u{7e2e}\u{5c3a}",
    "\u{6bd4}\u{4f8b}",
    "esc",
    "\u{e9}ch",
    "ech",
    "mst",
    "sc",
    "m",
    "\u{43c}",
    "e",
    "s",
];

/// Papers and signs beside a scale that say nothing about what is drawn.
const NEUTRAL: &[&str] = &[
    "a0", "a1", "a2", "a3", "a4", "a5", "ansi", "arch", "din", "iso", "on", "at", "auf", "en",
    "\u{e0}", "original", "sheet", "paper", "size", "as", "shown", "metric", "imperial", "full",
    "letter", "tabloid", "of", "drawing", "format", "x", "u", "no",
];

/// Beginnings of words that name a plan.
const PLAN: &[&str] = &[
    "plan",
    "grundri",
    "floor",
    "level",
    "ground",
    "storey",
    "story",
    "erdgescho",
    "obergescho",
    "untergescho",
    "gescho",
    "etage",
    "\u{e9}tage",
    "rez",
    "niveau",
    "planta",
    "pianta",
    "piano",
    "plattegrond",
    "verdieping",
    "begane",
    "pohja",
    "pohjapiirros",
    "plantegning",
    "rzut",
    "p\u{16f}dorys",
    "alaprajz",
    "\u{43f}\u{43b}\u{430}\u{43d}",
    "layout",
    "k\u{e1}t",
    "\u{ba}",
    "piso",
    "andar",
    "\u{5e73}\u{9762}",
    "eg",
    "og",
    "ug",
    "dg",
    "rdc",
    "apartment",
    "unit",
    "house",
];

/// Beginnings of words that name another view than a plan.
const OTHER_VIEW: &[&str] = &[
    "detail",
    "d\u{e9}tail",
    "detalle",
    "dettaglio",
    "section",
    "schnitt",
    "coupe",
    "secci\u{f3}n",
    "seccion",
    "corte",
    "sezione",
    "doorsnede",
    "elevation",
    "ansicht",
    "fa\u{e7}ade",
    "facade",
    "\u{e9}l\u{e9}vation",
    "alzado",
    "prospetto",
    "gevel",
    "site",
    "lageplan",
    "situation",
    "situaci\u{f3}n",
    "emplacement",
    "location",
    "key",
    "block",
    "roof",
    "dach",
    "toiture",
    "cubierta",
    "axon",
    "isometric",
    "perspective",
    "\u{440}\u{430}\u{437}\u{440}\u{435}\u{437}",
    "\u{444}\u{430}\u{441}\u{430}\u{434}",
    "\u{443}\u{437}\u{435}\u{43b}",
    "stair",
    "treppe",
    "enlarged",
    "blow",
    "przekr",
    "\u{159}ez",
    "kitchen",
    "bathroom",
    "joinery",
];

/// Beginnings of words of notes whose ratios are no scales.
const NOTE: &[&str] = &[
    "see",
    "siehe",
    "voir",
    "ver",
    "vedi",
    "zie",
    "refer",
    "ref",
    "slope",
    "ramp",
    "fall",
    "falls",
    "gradient",
    "pente",
    "pendiente",
    "pendenza",
    "gef\u{e4}lle",
    "neigung",
    "rampe",
    "rampa",
    "helling",
    "\u{443}\u{43a}\u{43b}\u{43e}\u{43d}",
    "concrete",
    "mortar",
    "mix",
    "ratio",
    "beton",
    "b\u{e9}ton",
    "mischung",
    "m\u{f6}rtel",
    "cement",
    "sand",
    "screed",
    "plaster",
    "hormig\u{f3}n",
    "do",
    "rev",
    "class",
    "type",
    "pitch",
    "inclin",
];

/// What the words of `lower` say; it is in lower case and has no scale in it.
pub(super) fn kind_of(lower: &str) -> Around {
    let mut around = Around {
        kind: Kind::Nothing,
        has_scale_word: false,
    };
    let (mut plan, mut view, mut note, mut other) = (false, false, false, false);
    for word in words(lower) {
        let starts = |list: &[&str]| {
            list.iter().any(|start| {
                // A short beginning would fit half the dictionary.
                if start.chars().count() <= 3 {
                    word == *start
                } else {
                    word.starts_with(start)
                }
            })
        };
        if SCALE.contains(&word) {
            around.has_scale_word = true;
        } else if starts(NOTE) {
            note = true;
        } else if starts(OTHER_VIEW) {
            view = true;
        } else if starts(PLAN) {
            plan = true;
        } else if !NEUTRAL.contains(&word) && word.chars().any(char::is_alphabetic) {
            other = true;
        }
    }
    around.kind = match (note, view, plan, other) {
        // `Site plan` and `roof plan` are plans of another kind.
        (true, ..) => Kind::Note,
        (_, true, ..) => Kind::OtherView,
        (_, _, true, _) => Kind::Plan,
        (.., true) => Kind::OtherText,
        _ => Kind::Nothing,
    };
    around
}

/// Whether a text is nothing but the word for scale, as in the boxes of a title block.
pub(super) fn is_scale_label(text: &str) -> bool {
    let lower = text.to_lowercase();
    // A lone `M` or `S` is a grid line or a direction.
    let mut parts = words(&lower).peekable();
    parts.peek().is_some()
        && parts
            .clone()
            .all(|word| SCALE.contains(&word) || NEUTRAL.contains(&word))
        && parts.any(|word| SCALE.contains(&word) && word.chars().count() > 2)
}

/// Words; digits belong to them, as in `a3`.
fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split(|c: char| !c.is_alphanumeric() && c != '\u{ba}')
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_what_a_scale_is_of() {
        for (text, kind) in [
            ("scale @ a3", Kind::Nothing),
            ("ground floor plan", Kind::Plan),
            ("site plan", Kind::OtherView),
            ("schnitt a-a", Kind::OtherView),
            ("see drawing a-501", Kind::Note),
            ("residence project", Kind::OtherText),
        ] {
            assert_eq!(kind_of(text).kind, kind, "{text}");
        }
        assert!(is_scale_label("SCALE"));
        assert!(is_scale_label("Ma\u{df}stab:"));
        assert!(!is_scale_label("M"));
        assert!(!is_scale_label("Date"));
    }
}
