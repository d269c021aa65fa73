//! Words that name rooms, and words that name other things found in them.

use std::sync::OnceLock;

use super::room_words::WORDS_FOR_ROOMS;

/// Beginnings or parts of words for rooms in the languages of most drawings. Evidence only: a
/// name without any of them is a name all the same.
const ROOMS: &[&str] = &[
    // English
    "room",
    "kitchen",
    "bath",
    "shower",
    "toilet",
    "living",
    "dining",
    "lounge",
    "hall",
    "corridor",
    "lobby",
    "foyer",
    "entry",
    "entrance",
    "closet",
    "pantry",
    "laundry",
    "utility",
    "storage",
    "store",
    "office",
    "study",
    "library",
    "garage",
    "balcony",
    "terrace",
    "patio",
    "porch",
    "deck",
    "nursery",
    "den",
    "stair",
    "landing",
    "passage",
    "reception",
    "meeting",
    "conference",
    "lab",
    "kitchenette",
    "ensuite",
    "suite",
    "wardrobe",
    "cellar",
    "basement",
    "attic",
    "loft",
    "studio",
    "lavatory",
    "powder",
    "mechanical",
    "plant",
    "shop",
    "classroom",
    "clinic",
    "exam",
    "waiting",
    // German
    "zimmer",
    "küche",
    "kueche",
    "bad",
    "flur",
    "diele",
    "wohn",
    "schlaf",
    "kind",
    "gast",
    "büro",
    "keller",
    "abstell",
    "haus",
    "balkon",
    "terrasse",
    "loggia",
    "ankleide",
    "technik",
    "lager",
    "raum",
    "speis",
    "treppe",
    "windfang",
    // French
    "chambre",
    "cuisine",
    "salle",
    "salon",
    "séjour",
    "sejour",
    "entrée",
    "couloir",
    "cellier",
    "dressing",
    "bureau",
    "placard",
    "dégagement",
    "buanderie",
    "sdb",
    // Spanish, Portuguese, Italian
    "dormitorio",
    "habitación",
    "cocina",
    "baño",
    "aseo",
    "sala",
    "comedor",
    "pasillo",
    "quarto",
    "cozinha",
    "banheiro",
    "varanda",
    "camera",
    "cucina",
    "bagno",
    "soggiorno",
    "ingresso",
    "corridoio",
    "ripostiglio",
    "studio",
    // Dutch, Nordic, Polish, Czech, Turkish
    "kamer",
    "keuken",
    "badkamer",
    "gang",
    "berging",
    "kök",
    "sovrum",
    "stue",
    "pokój",
    "kuchnia",
    "łazienka",
    "salon",
];

/// The same for languages written in other scripts, and short names that must stand alone.
const MORE_ROOMS: &[&str] = &[
    "кухня",
    "спальня",
    "гостиная",
    "ванная",
    "санузел",
    "прихожая",
    "коридор",
    "комната",
    "балкон",
    "кабинет",
    "с/у",
    "κουζίνα",
    "μπάνιο",
    "υπνοδωμάτιο",
    "σαλόνι",
    "居間",
    "寝室",
    "台所",
    "浴室",
    "洋室",
    "和室",
    "玄関",
    "廊下",
    "収納",
    "リビング",
    "キッチン",
    "トイレ",
    "卧室",
    "客厅",
    "厨房",
    "卫生间",
    "阳台",
    "餐厅",
    "书房",
    "거실",
    "침실",
    "주방",
    "욕실",
    "현관",
    "مطبخ",
    "غرفة",
    "حمام",
    "صالة",
    "oda",
    "mutfak",
    "banyo",
    "koridor",
    "hol",
    "antre",
    "ložnice",
    "kuchyň",
    "koupelna",
    "předsíň",
    "chodba",
    "szoba",
    "konyha",
    "fürdő",
    "soverom",
    "værelse",
    "køkken",
    "makuuhuone",
    "keittiö",
    "olohuone",
    "kylpyhuone",
];

/// Names that are whole words, since they are parts of many others.
const SHORT_ROOMS: &[&str] = &[
    "rm", "pdr", "dk", "mh", "oh", "vh", "kph", "khh", "bod", "hal", "hol", "bar", "gym", "wc",
    "w.c", "wic", "w.i.c", "br", "mbr", "lr", "dr", "kit", "bed", "bth", "ldk", "hwr", "hwc", "cl",
    "sz", "pom", "rip", "sov", "abst", "rgt", "rum", "tila", "mud", "ward", "trap", "copy",
    "break", "board", "local", "locale", "repos", "shaft", "games",
];

/// Names that are short words of a language in any other text.
const ALONE: &[&str] = &["at", "et", "ph", "ms", "cel", "k", "kk", "kt", "ts", "wf"];

/// Fixtures, furniture and remarks: they stand in rooms and name none.
const THINGS: &[&str] = &[
    "up",
    "dn",
    "down",
    "ref",
    "ref.",
    "fridge",
    "dw",
    "d/w",
    "w/d",
    "wd",
    "washer",
    "dryer",
    "wm",
    "oven",
    "range",
    "sink",
    "sofa",
    "desk",
    "table",
    "chair",
    "tub",
    "lift",
    "elev",
    "sofa bed",
    "tv",
    "island",
    "counter",
    "cooktop",
    "microwave",
    "fp",
    "fireplace",
    "skylight",
    "void",
    "typ",
    "typ.",
    "column",
    "shelf",
    "shelves",
    "wardrobe",
    "fliesen",
    "parkett",
    "tiles",
    "bench",
    "mirror",
    "boiler",
    "radiator",
    "bett",
    "tisch",
    "carpet",
    "tile",
    "vinyl",
    "hardwood",
    "concrete",
    "conc",
    "conc.",
    "laminate",
    "estrich",
    "teppich",
    "linoleum",
    "laminat",
    "parquet",
    "parquets",
    "carrelage",
    "gres",
    "laminaat",
    "tegels",
    "panele",
    "płytki",
    "ламинат",
    "плитка",
    "паркет",
    "линолеум",
    "フローリング",
    "畳",
    "地砖",
    "木地板",
    "타일",
    "마루",
    "강마루",
];

/// Whether `name` has a word for a room.
pub(super) fn names_room(name: &str) -> bool {
    let lower = name.to_lowercase();
    let mut lone = words(&lower).filter(|word| !word.chars().all(char::is_numeric));
    Parts::known().are_in(&lower)
        || words(&lower).any(|word| SHORT_ROOMS.contains(&word))
        || lone.next().is_some_and(|word| ALONE.contains(&word)) && lone.next().is_none()
}

/// All parts of words for rooms, by their first two bytes: there are many hundred of them, and
/// hardly any begins where a name has another letter.
struct Parts(Vec<([u8; 2], &'static [u8])>);

impl Parts {
    fn known() -> &'static Parts {
        static PARTS: OnceLock<Parts> = OnceLock::new();
        PARTS.get_or_init(|| {
            let all = ROOMS.iter().chain(MORE_ROOMS).chain(WORDS_FOR_ROOMS);
            let mut parts: Vec<_> = all
                .filter_map(|part| Some((*part.as_bytes().first_chunk::<2>()?, part.as_bytes())))
                .collect();
            parts.sort_unstable();
            parts.dedup();
            Parts(parts)
        })
    }

    /// Whether `text` holds one of them.
    fn are_in(&self, text: &str) -> bool {
        let mut rest = text.as_bytes();
        while let Some(start) = rest.first_chunk::<2>() {
            let from = self.0.partition_point(|(known, _)| known < start);
            let same = self.0.get(from..).unwrap_or_default().iter();
            let mut same = same.take_while(|(known, _)| known == start);
            if same.any(|(_, part)| rest.starts_with(part)) {
                return true;
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        false
    }
}

/// Whether all that `name` says is a thing or a remark.
pub(super) fn names_thing(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    THINGS.contains(&lower.as_str()) || lower.split_whitespace().all(|word| THINGS.contains(&word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '.'))
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_and_things_are_told_apart() {
        for name in [
            "Kitchen",
            "SCHLAFZIMMER",
            "Salle de bain",
            "кухня",
            "W.C.",
            "Wohnen / Essen",
            "Wiatrołap",
            "子供室",
            "Rasoi",
            "ΚΑΘΙΣΤΙΚΟ",
            "Çamaşırlık",
            "KHH",
            "AT 2",
            "Pom. gosp.",
            "WC-Vorraum",
        ] {
            assert!(names_room(name), "{name}");
        }
        for name in ["REF", "up", "Sofa", "Wardrobe", "Carpet", "地砖"] {
            assert!(names_thing(name), "{name}");
        }
        for name in ["Nora", "Ceiling at 2700"] {
            assert!(!names_room(name), "{name}");
        }
    }

    #[test]
    fn every_word_for_a_room_is_found_in_a_longer_name() {
        for part in ROOMS.iter().chain(MORE_ROOMS).chain(WORDS_FOR_ROOMS) {
            assert!(
                part.len() >= 2 && names_room(&format!("x{part}7")),
                "{part}"
            );
        }
    }
}
