//! A second look at a reading, which knows nothing of the grammar: whatever number and whatever
//! room the words name must be found again in what was made of them, or in what was told about
//! them.
//!
//! The grammar marks words as put to use one rule at a time; a rule that marks a number and then
//! does nothing with it would lose it in silence. Here a number is looked for by its value and a
//! room by its type, among all the items, so that only what is found nowhere is reported.

mod known;
mod near;
mod turns;

use super::context::room_in;
use super::item::Item;
use super::lex::Lexeme;
use super::lexicon::Meaning;
use super::measure::What;
use super::programme::{Made, OF_ONE_PLACE, ROOMS_WITH_SEATS};
use super::read::{Reading, Remark, facility_of};
use super::token::Token;
use known::{Known, is_alike};

/// Furniture is measured as rooms are; no room is smaller than this.
const LEAST_ROOM_MM2: i64 = 1_200_000;

/// What was found nowhere: what is not clear, and what has no effect.
#[derive(Default)]
pub(super) struct Lost {
    pub(super) conflicts: Vec<Remark>,
    pub(super) ignored: Vec<Remark>,
}

/// What of `lexemes` is found neither among the rooms nor among the remarks.
pub(super) fn audit(
    tokens: &[Token],
    lexemes: &[Lexeme<What>],
    reading: &Reading,
    made: &Made,
) -> Lost {
    let known = Known::of(reading, made);
    let place = facility_of(tokens, lexemes);
    let meaning = |at: usize| match lexemes.get(at).map(|lexeme| lexeme.what) {
        Some(What::Is(meaning)) => Some(meaning),
        _ => None,
    };
    // `24 cubicles 6x8` were read, and size no room.
    let is_of_one_place = |lexeme: &Lexeme<What>| {
        (reading.items.iter()).any(|item| {
            item.first <= lexeme.last
                && lexeme.first <= item.last
                && item
                    .assumed
                    .iter()
                    .any(|assumed| assumed == OF_ONE_PLACE || assumed == ROOMS_WITH_SEATS)
        })
    };
    let mut lost = Lost::default();
    for (at, lexeme) in lexemes.iter().enumerate() {
        if is_told(lexeme, reading) || is_of_one_place(lexeme) {
            continue;
        }
        // `a two-dentist practice`, `for 40: …`: of who works there.
        let is_of_people = matches!(meaning(at + 1), Some(Meaning::Facility(_)))
            || (at > 0 && meaning(at - 1) == Some(Meaning::For));
        let (is_clear, message) = match lexeme.what {
            What::Seats(amount, _) if !known.has(amount, at, lexemes) => {
                (true, "a number of people that no room is sized by")
            }
            What::Count(amount) if !known.has(amount, at, lexemes) => {
                if is_taken_back(lexemes, at) {
                    (true, "a number that was taken back")
                } else if is_of_people {
                    (true, "a number of people that no room is sized by")
                } else {
                    (false, "a number that is not found again in the rooms")
                }
            }
            What::Area(span) if !known.has_area(span) => {
                (false, "an area that no room was given, nor the whole")
            }
            What::Dims { sides, .. } if !known.has_sides(sides) => (
                sides[0].saturating_mul(sides[1]) / 100 < LEAST_ROOM_MM2,
                "sides that no room was given, nor the whole",
            ),
            What::Is(Meaning::Room(room) | Meaning::Either { room, .. })
                if !has_room(lexeme, room, place, reading) =>
            {
                (false, "a room that is not found again in the programme")
            }
            _ => continue,
        };
        let remarks = if is_clear {
            &mut lost.ignored
        } else {
            &mut lost.conflicts
        };
        remarks.push(Remark {
            first: lexeme.first,
            last: lexeme.last,
            message: message.to_owned(),
        });
    }
    let is_known = |lost: &Lost, at: usize, lexeme: &Lexeme<What>| {
        let told = |remark: &Remark| remark.first <= lexeme.last && lexeme.first <= remark.last;
        is_told(lexeme, reading)
            || is_of_one_place(lexeme)
            || is_taken_back(lexemes, at)
            || lost.ignored.iter().chain(&lost.conflicts).any(told)
    };
    let unlike = near::unlike(lexemes, reading, made, place, |at, lexeme| {
        is_known(&lost, at, lexeme)
    });
    lost.conflicts.extend(unlike);
    let repeated = near::repeated(lexemes, reading, made, place, |at, lexeme| {
        is_known(&lost, at, lexeme)
    });
    lost.conflicts.extend(repeated);
    lost.conflicts.extend(seated_nowhere(reading));
    turns::unheard(lexemes, reading, place, &mut lost);
    lost
}

/// Rooms that nobody sits in.
const WITHOUT_SEATS: [&str; 10] = [
    "toilet",
    "accessible_toilet",
    "shower",
    "server_room",
    "archive",
    "janitor",
    "waste_room",
    "compressor_room",
    "strong_room",
    "utility",
];

/// People of rooms that nobody sits in: another room must be meant.
fn seated_nowhere(reading: &Reading) -> Vec<Remark> {
    (reading.items.iter())
        .filter(|item| !item.is_excluded && WITHOUT_SEATS.contains(&item.room))
        .filter(|item| {
            item.seats
                .is_some_and(|seats| seats.low.0 > 4 * super::number::ONE)
        })
        .map(|item| Remark {
            first: item.first,
            last: item.last,
            message: "a number of people for a room that nobody sits in".to_owned(),
        })
        .collect()
}

/// Whether a later number takes the one at `at` back: `3 rooms, no wait, make that 4`.
fn is_taken_back(lexemes: &[Lexeme<What>], at: usize) -> bool {
    let corrects = |word: &Lexeme<What>, behind: usize| {
        let next = lexemes.get(behind).map(|next| next.what);
        word.what == What::Is(Meaning::Correction)
            || word.key == "remove"
            || word.key == "sorry"
            || (word.key == "no"
                && matches!(next, Some(What::Mark(_) | What::Is(Meaning::Correction))))
    };
    (lexemes.iter().enumerate().skip(at + 1)).any(|(place, word)| {
        corrects(word, place + 1)
            && (place + 1..place + 5).any(|next| {
                matches!(
                    lexemes.get(next).map(|lexeme| lexeme.what),
                    Some(What::Count(_))
                )
            })
    })
}

/// Whether a remark of any kind is about the lexeme.
fn is_told(lexeme: &Lexeme<What>, reading: &Reading) -> bool {
    let covers = |first: usize, last: usize| first <= lexeme.last && lexeme.first <= last;
    let remarks = reading.ignored.iter().chain(&reading.conflicts);
    remarks
        .into_iter()
        .any(|remark| covers(remark.first, remark.last))
        || (reading.unrecognised.iter()).any(|(first, last)| covers(*first, *last))
}

fn has_room(
    lexeme: &Lexeme<What>,
    room: &'static str,
    place: Option<&'static str>,
    reading: &Reading,
) -> bool {
    // `a Montessori nursery: …` names the whole before any room.
    let of_whole = reading.whole.facility.is_some_and(|(_, _, last)| {
        lexeme.first <= last || reading.items.iter().all(|item| lexeme.last < item.first)
    });
    if lexeme.key == "openplan" || is_of_kind(lexeme, place) {
        return true;
    }
    let here = match room_in(place, &lexeme.key, room) {
        Meaning::Room(room) | Meaning::Station(room) => room,
        // Furniture, or a word that describes.
        _ => return true,
    };
    let is = |item: &Item| {
        is_alike(item.room, room)
            || is_alike(item.room, here)
            // `a banking hall, …, a view of the hall`: called by the last word of its name.
            || item.key.ends_with(&lexeme.key)
            || (item.first <= lexeme.last && lexeme.first <= item.last)
    };
    of_whole || reading.items.iter().any(is)
}

/// `an architect's studio office`: another word for the whole.
fn is_of_kind(lexeme: &Lexeme<What>, place: Option<&str>) -> bool {
    !lexeme.plural
        && matches!(lexeme.what, What::Is(Meaning::Either { facility, .. }) if place == Some(facility))
}

#[cfg(test)]
mod tests {
    use super::super::lex::lex;
    use super::super::measure::measure;
    use super::super::programme::make;
    use super::super::read::read;
    use super::super::token::tokenise;
    use super::*;
    use crate::generate::ReadingMode;

    /// What is lost of `prompt` when `spoil` has changed what was read.
    fn lost_after(prompt: &str, spoil: impl Fn(&mut Reading)) -> Vec<String> {
        let tokens = tokenise(prompt);
        let lexemes = measure(&lex(&tokens, ReadingMode::Normal));
        let mut reading = read(&tokens, &lexemes);
        spoil(&mut reading);
        let made = make(&mut reading);
        let lost = audit(&tokens, &lexemes, &reading, &made);
        let chars: Vec<char> = prompt.chars().collect();
        (lost.conflicts.iter().chain(&lost.ignored))
            .map(|remark| {
                let span = tokens[remark.first].start..tokens[remark.last].end;
                chars[span].iter().collect()
            })
            .collect()
    }

    /// What is lost of `prompt` when the grammar forgets the items that `forget` names.
    fn lost_of(prompt: &str, forget: &[&str]) -> Vec<String> {
        lost_after(prompt, |reading| {
            reading.items.retain(|item| !forget.contains(&item.room));
        })
    }

    #[test]
    fn what_is_read_is_not_lost() {
        let prompt = "5 offices of 12 sqm, 2 labs 4 x 5 m, 7 toilets, a waiting area for 9";
        assert_eq!(lost_of(prompt, &[]), Vec::<String>::new());
    }

    #[test]
    fn a_number_and_a_room_that_are_nowhere_are_lost() {
        let prompt = "5 offices of 12 sqm, 2 labs 4 x 5 m, 9 toilets";
        assert_eq!(lost_of(prompt, &["toilet"]), ["9", "toilets"]);
        assert_eq!(
            lost_of(prompt, &["private_office"]),
            ["5", "offices", "12 sqm"]
        );
        assert_eq!(lost_of(prompt, &["laboratory"]), ["2", "labs", "4 x 5 m"]);
    }

    #[test]
    fn sums_products_and_halves_are_found() {
        for prompt in [
            "toilets: 2 male, 1 female",
            "cafe: 12 tables of 4, kitchen",
            "2 bedrooms and 2.5 baths",
            "4 exam rooms, 1 nurse station per 2 exam rooms",
        ] {
            assert_eq!(lost_of(prompt, &[]), Vec::<String>::new(), "{prompt}");
        }
    }

    #[test]
    fn a_number_counts_the_rooms_beside_it_only() {
        let prompt = "5 offices, 3 labs, 5 toilets";
        assert_eq!(lost_after(prompt, |_| ()), Vec::<String>::new());
        // Another room still has five.
        let fewer = |reading: &mut Reading| reading.items[0].amount = reading.items[1].amount;
        assert_eq!(lost_after(prompt, fewer), ["5"]);
        let sized = "5 offices of 12 sqm, a lab of 20 sqm";
        let swapped = |reading: &mut Reading| {
            let (first, second) = (reading.items[0].area, reading.items[1].area);
            (reading.items[0].area, reading.items[1].area) = (second, first);
        };
        assert_eq!(lost_after(sized, swapped), ["12 sqm", "20 sqm"]);
    }

    #[test]
    fn a_wish_a_negation_and_a_condition_must_show() {
        let prompt = "a lab next to the store, no pantry, if possible a gym";
        assert_eq!(lost_after(prompt, |_| ()), Vec::<String>::new());
        let deaf = |reading: &mut Reading| {
            reading.wishes.clear();
            for item in &mut reading.items {
                (item.is_excluded, item.is_optional) = (false, false);
            }
        };
        assert_eq!(lost_after(prompt, deaf), ["next to", "no", "if possible"]);
    }

    #[test]
    fn a_number_that_is_said_twice_is_found_twice() {
        let prompt = "toilets: boys 6, girls 6";
        assert_eq!(lost_after(prompt, |_| ()), Vec::<String>::new());
        let half = |reading: &mut Reading| reading.items[0].by_gender = 6;
        assert_eq!(lost_after(prompt, half), ["6"]);
    }
}
