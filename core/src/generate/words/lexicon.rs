//! What phrases mean: the table of `lexicon.txt` and the synonyms of the room-type library.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::stems::{SAME, stem};
use super::token::tokenise;
use crate::layout::room_types;

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A type of room.
    Room(&'static str),
    /// A room in a list, the whole at the head of a sentence: `office`.
    Either {
        room: &'static str,
        facility: &'static str,
    },
    /// What the whole is: `clinic`.
    Facility(&'static str),
    /// A counted thing that sizes one room of the type: `20 workstations`.
    Station(&'static str),
    Seats(Seat),
    Bhk,
    Rk,
    Relation(Relation),
    Attached,
    Mutual,
    Each,
    Total,
    Other,
    Article,
    The,
    With,
    And,
    Or,
    But,
    For,
    Of,
    In,
    No,
    NotNeeded,
    Optional,
    Vague,
    /// Takes back a number that was said: `make that 3`.
    Correction,
    /// `not` alone, which turns what follows around.
    Not,
    /// `twice the size`: a size in terms of another.
    Relative,
    /// `doubles as`: what follows is another use of the room.
    UsedAs,
    /// `because`: what follows asks for nothing.
    Reason,
    /// `%`: a share of the whole.
    Percent,
    AtLeast,
    AtMost,
    About,
    Large,
    Small,
    Male,
    Female,
    Accessible,
    Daylight,
    Place,
    Site,
    Noun,
    Area(AreaUnit),
    Length(LengthUnit),
    /// A currency, or a unit that only money is counted in: `rupees`, `lakh`.
    Money,
    Wide,
    High,
    Cross,
    Style,
    Furnishing,
    Unbuilt,
    Stop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat {
    Person,
    /// Persons who work there.
    Staff,
    Chair,
    Bed,
    Doctor,
    /// Persons who have a room of their own in an office.
    Manager,
    Director,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Next,
    Near,
    Opposite,
    Apart,
    /// Reached through the other.
    Attached,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AreaUnit {
    SquareFoot,
    SquareMetre,
    SquareYard,
    Acre,
    Cent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LengthUnit {
    Metre,
    Centimetre,
    Millimetre,
    Foot,
    Inch,
    Yard,
}

/// A phrase found in the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) meaning: Meaning,
    /// Whether the phrase is the name of what it means, not another word for it.
    pub(super) is_name: bool,
}

/// The table, by the stems of a phrase without spaces.
pub(super) struct Lexicon {
    entries: BTreeMap<String, Entry>,
    /// What a phrase means in one kind of place: its name, and the stems.
    in_places: BTreeMap<(&'static str, String), &'static str>,
    /// Phrases as written, for suggestions and for words with a slip of the pen.
    pub(super) spellings: Vec<Spelling>,
    /// Every stem that is part of a phrase.
    words: std::collections::BTreeSet<String>,
    pub(super) longest: usize,
}

/// One way to write something that is worth suggesting.
pub(super) struct Spelling {
    pub(super) key: String,
    pub(super) text: String,
    pub(super) meaning: Meaning,
}

/// The lexicon, made at first use.
pub(super) fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::read(TABLE, PLACES))
}

const TABLE: &str = include_str!("lexicon.txt");
/// Rooms by the kind of place they are in: the cloakroom of a house is a toilet.
const PLACES: &str = include_str!("places.txt");

impl Meaning {
    /// Whether both name the same type of room, if any does.
    pub(super) fn is_like(self, other: Meaning) -> bool {
        let room = |meaning| match meaning {
            Meaning::Room(room) | Meaning::Either { room, .. } => Some(room),
            _ => None,
        };
        self == other || (room(self).is_some() && room(self) == room(other))
    }
}

impl Lexicon {
    fn read(table: &'static str, places: &'static str) -> Lexicon {
        let mut lexicon = Lexicon {
            entries: BTreeMap::new(),
            in_places: BTreeMap::new(),
            spellings: Vec::new(),
            words: std::collections::BTreeSet::new(),
            longest: 1,
        };
        let lines = || table.lines().filter_map(parted);
        // A word that may be a room or the whole is neither alone.
        for (head, phrases) in lines().filter(|(head, _)| head.starts_with("either")) {
            lexicon.add_line(head, phrases);
        }
        for (head, phrases) in lines().filter(|(head, _)| !head.starts_with("either")) {
            lexicon.add_line(head, phrases);
        }
        for kind in room_types() {
            let meaning = Meaning::Room(&kind.key);
            let key_words = kind.key.replace('_', " ");
            for name in [&key_words, &kind.name] {
                lexicon.add(name, meaning, true);
            }
            // Whether a room is attached, large or small is the grammar's business.
            let left_out = ["attached", "ensuite", "en-", "large", "small"];
            let plain = |phrase: &&String| !left_out.iter().any(|head| phrase.starts_with(head));
            for phrase in kind.synonyms.iter().filter(plain) {
                lexicon.add(phrase, meaning, false);
            }
        }
        for (head, phrases) in places.lines().filter_map(parted) {
            lexicon.add_places(head, phrases);
        }
        lexicon
    }

    /// `school/preschool nap_room: cot room`. What means nothing elsewhere means the same there.
    fn add_places(&mut self, head: &'static str, phrases: &'static str) {
        let Some((places, room)) = head.split_once(' ') else {
            return;
        };
        for phrase in phrases.split(',').map(str::trim) {
            let key = stems_of(phrase).concat();
            for place in places.split('/') {
                self.in_places.entry((place, key.clone())).or_insert(room);
            }
            self.add(phrase, Meaning::Room(room), false);
        }
    }

    fn add_line(&mut self, head: &'static str, phrases: &str) {
        let Some(meaning) = meaning_of(head) else {
            return;
        };
        for phrase in phrases.split(',').map(str::trim) {
            self.add(phrase, meaning, false);
        }
    }

    fn add(&mut self, phrase: &str, meaning: Meaning, is_name: bool) {
        let stems = stems_of(phrase);
        if stems.is_empty() {
            return;
        }
        self.longest = self.longest.max(stems.len());
        let key = stems.concat();
        self.words.extend(stems);
        if let Some(known) = self.entries.get_mut(&key) {
            // The table comes before the library, and says what a name means too.
            known.is_name |= is_name && known.meaning == meaning;
            return;
        }
        self.entries.insert(key.clone(), Entry { meaning, is_name });
        if worth_suggesting(meaning) && key.chars().count() >= 4 {
            self.spellings.push(Spelling {
                key,
                text: written_out(phrase),
                meaning,
            });
        }
    }

    /// What the phrase with these stems, joined, means.
    pub(super) fn find(&self, key: &str) -> Option<Entry> {
        self.entries.get(key).copied()
    }

    /// The type of room that the phrase means in this kind of place, if it has its own there.
    pub(super) fn in_place(&self, place: &'static str, key: &str) -> Option<&'static str> {
        self.in_places.get(&(place, key.to_owned())).copied()
    }

    /// Whether `stem` is part of any phrase.
    pub(super) fn has_word(&self, stem: &str) -> bool {
        self.words.contains(stem)
    }
}

fn stems_of(phrase: &str) -> Vec<String> {
    tokenise(phrase)
        .iter()
        .filter_map(|token| token.word().map(stem))
        .collect()
}

/// The phrase with short forms written out, which is what to suggest.
fn written_out(phrase: &str) -> String {
    let words = phrase.split(' ').map(|word| {
        SAME.iter()
            .find(|(short, _)| *short == word)
            .map_or(word, |(_, same)| same)
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The head and the phrases of a line; `None` for an empty line or a remark.
fn parted(line: &'static str) -> Option<(&'static str, &'static str)> {
    if line.starts_with('#') {
        return None;
    }
    line.split_once(':')
}

fn worth_suggesting(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Room(_)
            | Meaning::Either { .. }
            | Meaning::Facility(_)
            | Meaning::Station(_)
            | Meaning::Relation(_)
            | Meaning::Seats(_)
            | Meaning::Area(_)
            | Meaning::Attached
            | Meaning::Noun
            | Meaning::With
            | Meaning::No
            | Meaning::Large
            | Meaning::Small
            | Meaning::Accessible
    )
}

fn meaning_of(head: &'static str) -> Option<Meaning> {
    let mut words = head.split(' ');
    let (kind, first, second) = (words.next()?, words.next(), words.next());
    Some(match (kind, first) {
        ("room", Some(key)) => Meaning::Room(key),
        ("either", Some(room)) => Meaning::Either {
            room,
            facility: second?,
        },
        ("facility", Some(key)) => Meaning::Facility(key),
        ("station", Some(key)) => Meaning::Station(key),
        ("seats", Some(noun)) => Meaning::Seats(match noun {
            "person" | "student" => Seat::Person,
            "staff" => Seat::Staff,
            "chair" => Seat::Chair,
            "bed" => Seat::Bed,
            "doctor" => Seat::Doctor,
            "manager" => Seat::Manager,
            "director" => Seat::Director,
            _ => return None,
        }),
        ("relation", Some(kind)) => Meaning::Relation(match kind {
            "next" => Relation::Next,
            "near" => Relation::Near,
            "opposite" => Relation::Opposite,
            "apart" => Relation::Apart,
            "attached" => Relation::Attached,
            _ => return None,
        }),
        ("area", Some(unit)) => Meaning::Area(match unit {
            "sqft" => AreaUnit::SquareFoot,
            "sqm" => AreaUnit::SquareMetre,
            "sqyd" => AreaUnit::SquareYard,
            "acre" => AreaUnit::Acre,
            "cent" => AreaUnit::Cent,
            _ => return None,
        }),
        ("length", Some(unit)) => Meaning::Length(match unit {
            "m" => LengthUnit::Metre,
            "cm" => LengthUnit::Centimetre,
            "mm" => LengthUnit::Millimetre,
            "ft" => LengthUnit::Foot,
            "in" => LengthUnit::Inch,
            "yd" => LengthUnit::Yard,
            _ => return None,
        }),
        ("size", Some("large")) => Meaning::Large,
        ("size", Some("small")) => Meaning::Small,
        (_, Some(_)) => return None,
        (word, None) => plain_meaning(word)?,
    })
}

fn plain_meaning(word: &str) -> Option<Meaning> {
    Some(match word {
        "bhk" => Meaning::Bhk,
        "rk" => Meaning::Rk,
        "attached" => Meaning::Attached,
        "mutual" => Meaning::Mutual,
        "each" => Meaning::Each,
        "total" => Meaning::Total,
        "other" => Meaning::Other,
        "article" => Meaning::Article,
        "the" => Meaning::The,
        "with" => Meaning::With,
        "and" => Meaning::And,
        "or" => Meaning::Or,
        "but" => Meaning::But,
        "for" => Meaning::For,
        "of" => Meaning::Of,
        "in" => Meaning::In,
        "no" => Meaning::No,
        "notneeded" => Meaning::NotNeeded,
        "optional" => Meaning::Optional,
        "vague" => Meaning::Vague,
        "correction" => Meaning::Correction,
        "reason" => Meaning::Reason,
        "usedas" => Meaning::UsedAs,
        "relative" => Meaning::Relative,
        "not" => Meaning::Not,
        "percent" => Meaning::Percent,
        "atleast" => Meaning::AtLeast,
        "atmost" => Meaning::AtMost,
        "about" => Meaning::About,
        "male" => Meaning::Male,
        "female" => Meaning::Female,
        "accessible" => Meaning::Accessible,
        "daylight" => Meaning::Daylight,
        "place" => Meaning::Place,
        "site" => Meaning::Site,
        "noun" => Meaning::Noun,
        "money" => Meaning::Money,
        "wide" => Meaning::Wide,
        "high" => Meaning::High,
        "cross" => Meaning::Cross,
        "style" => Meaning::Style,
        "furnishing" => Meaning::Furnishing,
        "unbuilt" => Meaning::Unbuilt,
        "stop" => Meaning::Stop,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::room_type;

    #[test]
    fn every_line_has_a_meaning_and_every_room_is_in_the_library() {
        let mut unknown = Vec::new();
        for line in TABLE.lines().filter(|line| !line.trim().is_empty()) {
            let Some((head, _)) = parted(line) else {
                continue;
            };
            let meaning = meaning_of(head);
            assert!(meaning.is_some(), "{head}");
            let Some(
                Meaning::Room(key) | Meaning::Station(key) | Meaning::Either { room: key, .. },
            ) = meaning
            else {
                continue;
            };
            if room_type(key).is_none() {
                unknown.push(key);
            }
        }
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn every_room_of_a_place_is_in_the_library() {
        for line in PLACES.lines().filter(|line| !line.trim().is_empty()) {
            let Some((head, _)) = parted(line) else {
                continue;
            };
            let room = head.split_once(' ').map(|(_, room)| room);
            assert!(room.and_then(room_type).is_some(), "{head}");
        }
    }

    #[test]
    fn a_phrase_may_mean_another_room_in_one_kind_of_place() {
        let lexicon = lexicon();
        assert_eq!(lexicon.in_place("home", "cloakroom"), Some("toilet"));
        assert_eq!(lexicon.in_place("office", "cloakroom"), None);
    }
}
