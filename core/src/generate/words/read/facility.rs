//! What kind of place the whole is, by which words are understood.

use super::super::lex::Lexeme;
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::token::{Mark, Token};
use super::is_adjective;

/// The kind of place that is named first, `office` and the like only if nothing else is.
pub(in super::super) fn facility_of(
    tokens: &[Token],
    lexemes: &[Lexeme<What>],
) -> Option<&'static str> {
    // `2 dentists, 3 chairs`, `a clinic for two dentists`.
    let of_dentists = || {
        lexemes.iter().any(|lexeme| {
            matches!(lexeme.what, What::Seats(..))
                && (lexeme.first..=lexeme.last)
                    .filter_map(|token| tokens.get(token)?.word())
                    .any(|word| {
                        ["dentist", "hygienist", "orthodontist"]
                            .iter()
                            .any(|head| word.starts_with(head))
                    })
        })
    };
    // `ortho clinic: plaster room, …`: bones, not teeth.
    let of_bones = || {
        lexemes.iter().any(|lexeme| {
            ["plaster", "physio", "fracture", "cast"]
                .iter()
                .any(|head| lexeme.key.starts_with(head))
        }) && lexemes.iter().any(|lexeme| lexeme.key.starts_with("ortho"))
    };
    match kind_of(lexemes) {
        Some("dental_clinic") if of_bones() => Some("clinic"),
        None | Some("clinic") if of_dentists() => Some("dental_clinic"),
        // `dormitory with 6 rooms for 6 people`.
        None if lexemes
            .first()
            .is_some_and(|lexeme| lexeme.key == "dormitory")
            && lexemes
                .get(1)
                .is_some_and(|next| next.what == What::Is(Meaning::With)) =>
        {
            Some("hotel")
        }
        // `physio: 4 cubicles, gym`.
        None | Some("gym")
            if (lexemes.first()).is_some_and(|lexeme| lexeme.key.starts_with("physio")) =>
        {
            Some("clinic")
        }
        facility => facility,
    }
}

fn kind_of(lexemes: &[Lexeme<What>]) -> Option<&'static str> {
    let meanings = || {
        lexemes.iter().filter_map(|lexeme| match lexeme.what {
            What::Is(meaning) => Some(meaning),
            _ => None,
        })
    };
    let named = || {
        lexemes
            .iter()
            .enumerate()
            .find_map(|(at, lexeme)| match lexeme.what {
                What::Is(Meaning::Facility(facility)) => {
                    (!is_entry(lexemes, at)).then_some(facility)
                }
                What::Is(Meaning::Bhk | Meaning::Rk) => Some("home"),
                _ => None,
            })
    };
    // `store` in a list of rooms says nothing about the whole unless nothing else does.
    let either = || {
        lexemes
            .iter()
            .enumerate()
            .find_map(|(at, lexeme)| match lexeme.what {
                What::Is(Meaning::Either { facility, .. }) => {
                    let after_rooms = lexemes.iter().take(at).any(|lexeme| {
                        matches!(
                            lexeme.what,
                            What::Is(Meaning::Room(_) | Meaning::Station(_))
                        )
                    });
                    (!after_rooms).then_some(facility)
                }
                _ => None,
            })
    };
    let sleeps = || {
        meanings().any(|meaning| {
            matches!(
                meaning,
                Meaning::Room("bedroom" | "master_bedroom" | "garage")
            )
        })
    };
    // `3 studios, each with bath and kitchenette` are flats.
    let lives = || {
        let names = |wanted: &[&str]| {
            meanings()
                .any(|meaning| matches!(meaning, Meaning::Room(room) if wanted.contains(&room)))
        };
        names(&["bathroom"]) && names(&["kitchen", "pantry"])
    };
    named()
        .or_else(either)
        // `a studio without a separate bedroom` is a flat.
        .map(|facility| match facility {
            "studio" if sleeps() || lives() => "home",
            facility => facility,
        })
        .or_else(|| {
            lexemes.iter().find_map(|lexeme| match lexeme.key.as_str() {
                "dentist" | "orthodontist" => Some("dental_clinic"),
                "vet" | "physio" => Some("clinic"),
                // Only dentists take such pictures.
                "opg" | "opgroom" | "cbct" | "cbctroom" | "dental" => Some("dental_clinic"),
                _ => None,
            })
        })
        .or_else(|| heads_laboratory(lexemes).then_some("laboratory"))
        .or_else(|| centre_of(lexemes))
        .or_else(|| lets_rooms(lexemes).then_some("hotel"))
        .or_else(|| {
            meanings().find_map(|meaning| match meaning {
                Meaning::Room("bedroom" | "master_bedroom" | "living_room" | "living_dining") => {
                    Some("home")
                }
                Meaning::Room(
                    "icu" | "ward" | "operating_theatre" | "labour_room" | "nurse_station"
                    | "kennel" | "recovery",
                ) => Some("clinic"),
                Meaning::Room("exam_room" | "procedure_room" | "xray") => Some("clinic"),
                Meaning::Room("laboratory")
                    if lexemes
                        .first()
                        .is_some_and(|head| head.what == What::Is(meaning)) =>
                {
                    Some("laboratory")
                }
                // `Recording studio: control room, …`.
                Meaning::Room("recording_studio" | "photo_studio")
                    if lexemes
                        .first()
                        .is_some_and(|head| head.what == What::Is(meaning))
                        && (lexemes.get(1))
                            .is_some_and(|next| next.what == What::Mark(Mark::Colon)) =>
                {
                    Some("studio")
                }
                // `Surgery: 4 GP rooms, …`: not every surgery is a dentist's.
                Meaning::Room("operatory") if treats_all(lexemes) => Some("clinic"),
                Meaning::Room("operatory") => Some("dental_clinic"),
                Meaning::Room("banking_hall" | "teller_area") | Meaning::Station("teller_area") => {
                    Some("bank")
                }
                Meaning::Room("salon_floor") | Meaning::Station("salon_floor" | "shampoo") => {
                    Some("salon")
                }
                Meaning::Room("science_lab") => Some("school"),
                _ => None,
            })
        })
        .or_else(|| works(lexemes).then_some("office"))
        .or_else(|| {
            lexemes
                .iter()
                .any(|lexeme| lexeme.key.starts_with("doctor"))
                .then_some("clinic")
        })
}

/// Whether the only operatory is a surgery, where doctors are who are no dentists.
fn treats_all(lexemes: &[Lexeme<What>]) -> bool {
    let heads = |key: &str| lexemes.iter().any(|lexeme| lexeme.key.starts_with(key));
    let is_surgery = |lexeme: &Lexeme<What>| {
        lexeme.key == "surgery" || lexeme.what != What::Is(Meaning::Room("operatory"))
    };
    lexemes.iter().all(is_surgery)
        && (heads("gp") || heads("doctor") || heads("consult"))
        && !(heads("dent") || heads("hygien") || heads("decon"))
}

/// `chemistry lab with 2 lab rooms, …`: whether the lab at the head of the text is the place, which
/// has others.
pub(super) fn heads_laboratory(lexemes: &[Lexeme<What>]) -> bool {
    let is_lab = |lexeme: &Lexeme<What>| {
        matches!(
            lexeme.what,
            What::Is(Meaning::Room("science_lab" | "laboratory"))
        ) || lexeme.key.starts_with("lab")
    };
    let begins = lexemes
        .iter()
        .take_while(|lexeme| lexeme.what == What::Is(Meaning::Article))
        .count();
    let (Some(head), Some(with)) = (lexemes.get(begins), lexemes.get(begins + 1)) else {
        return false;
    };
    head.what == What::Is(Meaning::Room("science_lab"))
        && !head.plural
        && with.what == What::Is(Meaning::With)
        && lexemes.iter().skip(begins + 2).any(is_lab)
}

/// `MRI centre with …`: the kind of place that is named by its main room at the head of the text.
fn centre_of(lexemes: &[Lexeme<What>]) -> Option<&'static str> {
    let centre = lexemes
        .iter()
        .take(4)
        .position(|lexeme| lexeme.key == "centre")?;
    let room = lexemes.get(centre.checked_sub(1)?)?;
    match room.what {
        What::Is(Meaning::Room(room)) => Some(super::whole::place_of(room)),
        _ => None,
    }
}

/// Whether the text begins with more guest rooms than a home has.
fn lets_rooms(lexemes: &[Lexeme<What>]) -> bool {
    const MOST_IN_HOME: i64 = 4;
    let many = |amount: Amount| amount.low > Number::whole(MOST_IN_HOME);
    matches!(
        lexemes,
        [count, room, ..]
            if matches!(count.what, What::Count(amount) if many(amount))
                && room.what == What::Is(Meaning::Room("guest_room"))
    )
}

/// Whether rooms of two kinds are named that only those need who work at desks, and no number of
/// doctors.
fn works(lexemes: &[Lexeme<What>]) -> bool {
    let names = |wanted: &[&str]| {
        lexemes.iter().any(|lexeme| {
            matches!(lexeme.what, What::Is(Meaning::Room(room) | Meaning::Either { room, .. })
                if wanted.contains(&room))
        })
    };
    let has_desks =
        (lexemes.iter()).any(|lexeme| lexeme.what == What::Is(Meaning::Station("open_office")));
    let meets = names(&["meeting_room", "board_room"]);
    let has_offices = names(&["private_office", "executive_office"]);
    has_offices
        && (has_desks || meets || names(&["open_office"]))
        && !lexemes
            .iter()
            .any(|lexeme| lexeme.key.starts_with("doctor"))
}

/// Whether the kind of place at `at` is an entry in a list of rooms: `lobby, medical store, wc`.
pub(super) fn is_entry(lexemes: &[Lexeme<What>], at: usize) -> bool {
    let what = |at: usize| lexemes.get(at).map(|lexeme| lexeme.what);
    let mut before = at;
    while before > 0
        && match what(before - 1) {
            // `…, owner's flat, …`.
            Some(What::Is(Meaning::Seats(_))) => true,
            Some(What::Is(Meaning::Stop)) => lexemes
                .get(before - 1)
                .is_some_and(|who| matches!(who.key.as_str(), "owner" | "landlord")),
            Some(What::Is(meaning)) => is_adjective(meaning),
            Some(What::Count(_)) => true,
            _ => false,
        }
    {
        before -= 1;
    }
    let joined = before > 0
        && matches!(
            what(before - 1),
            Some(
                What::Mark(Mark::Comma | Mark::Line | Mark::Plus | Mark::Ampersand)
                    | What::Is(Meaning::And)
                    | What::Enumerator
            )
        );
    // `kitchen-diner`, `kitchen/diner`, `kitchen diner`: the other half of one space.
    let is_diner = lexemes.get(at).is_some_and(|lexeme| lexeme.key == "diner")
        && at > 0
        && what(at - 1) == Some(What::Is(Meaning::Room("kitchen")));
    let joined = joined
        || is_diner
        || (before > 1
            && matches!(
                what(before - 1),
                Some(What::Mark(Mark::Hyphen | Mark::Slash))
            )
            && matches!(what(before - 2), Some(What::Is(Meaning::Room(_)))));
    let ends = matches!(
        what(at + 1),
        None | Some(
            What::Mark(
                Mark::Comma | Mark::Line | Mark::Stop | Mark::Plus | Mark::Ampersand | Mark::Close
            ) | What::Is(
                Meaning::And
                    | Meaning::Place
                    | Meaning::Noun
                    | Meaning::Relation(_)
                    | Meaning::With
                    | Meaning::For
                    | Meaning::Stop
            ) | What::Enumerator
        )
    );
    // `preschool room 50 sqm`: no whole is so small.
    let ends = ends
        || matches!(what(at + 1), Some(What::Area(span)) if span.low <= super::whole::LARGEST_ROOM_MM2);
    let after_rooms = lexemes.iter().take(before).any(|lexeme| {
        matches!(
            lexeme.what,
            What::Is(Meaning::Room(_) | Meaning::Either { .. } | Meaning::Station(_))
        )
    });
    joined && ends && after_rooms
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn a_kitchen_diner_is_no_restaurant() {
        for (prompt, rooms) in [
            (
                "kitchen diner, lounge, 2 bedrooms",
                "kitchen:1 dining_room:1 lounge:1 bedroom:2",
            ),
            ("a diner with kitchen", "kitchen:1"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn a_dormitory_with_rooms_is_a_hostel() {
        assert_eq!(
            rooms_of("dormitory with 6 rooms for 6 people, kitchen"),
            "guest_room:6#6 kitchen:1"
        );
    }

    #[test]
    fn a_physiotherapist_has_a_clinic() {
        assert_eq!(
            rooms_of("Physio: gym 60 sqm, 4 cubicles, waiting for 6"),
            "gym:1@60 treatment_room:4 waiting:1#6"
        );
    }
}
