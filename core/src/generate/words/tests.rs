//! What prompts give, against a set of our own.

use std::sync::OnceLock;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::layout::Priority;

/// A sentence with exactly what it asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    prompt: String,
    rooms: Vec<Expected>,
    #[serde(default)]
    mode: ReadingMode,
    /// Whether something of it must be reported: not understood, of no effect, contradictory.
    #[serde(default)]
    reports: bool,
}

#[derive(Deserialize, Debug, PartialEq, Clone)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(rename = "type")]
    room_type: String,
    count: u32,
    #[serde(default)]
    seats: Option<u32>,
    #[serde(default)]
    area_m2: Option<f64>,
    #[serde(default)]
    optional: bool,
}

fn golden() -> Vec<Golden> {
    let text = include_str!("../../../../tests/data/generate/prompts.json");
    serde_json::from_str(text).unwrap()
}

fn found(words: &Words) -> Vec<Expected> {
    let mut rooms: Vec<Expected> = words
        .programme
        .rooms
        .iter()
        .map(|room| Expected {
            room_type: room.room_type.clone(),
            count: room.count,
            seats: room.seats,
            area_m2: room.area_m2,
            optional: room.priority == Priority::Optional,
        })
        .collect();
    sort(&mut rooms);
    rooms
}

/// The order in which rooms are named does not matter.
fn sort(rooms: &mut [Expected]) {
    rooms.sort_by_key(|room| format!("{room:?}"));
}

fn shown(rooms: &[Expected]) -> String {
    let one = |room: &Expected| {
        let mut text = format!("{}:{}", room.room_type, room.count);
        if room.optional {
            text.push('?');
        }
        if let Some(area) = room.area_m2 {
            text += &format!("@{area}");
        }
        if let Some(seats) = room.seats {
            text += &format!("#{seats}");
        }
        text
    };
    rooms.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn golden_prompts_are_read_exactly() {
    let golden = golden();
    let mut wrong = Vec::new();
    for case in &golden {
        let mut expected = case.rooms.clone();
        sort(&mut expected);
        let said = match interpret(&case.prompt, case.mode) {
            Ok(words) => {
                assert_accounted_for(&case.prompt, &words);
                let told = &words.interpretation;
                let reports =
                    told.unrecognised.len() + told.ignored.len() + told.conflicts.len() > 0;
                if case.reports && !reports {
                    format!("nothing reported: {}", shown(&found(&words)))
                } else if found(&words) == expected {
                    continue;
                } else {
                    format!(
                        "{}\n      {:?} {:?}",
                        shown(&found(&words)),
                        told.unrecognised,
                        told.conflicts
                    )
                }
            }
            Err(error) => error.to_string(),
        };
        wrong.push(format!(
            "> {}\n   wanted {}\n   got    {said}",
            case.prompt,
            shown(&expected)
        ));
    }
    let share = 100.0 - 100.0 * wrong.len() as f64 / golden.len() as f64;
    println!("{share:.1} % of {} prompts read exactly", golden.len());
    assert!(
        share >= 98.0,
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(golden.len() >= 3000, "{} prompts", golden.len());
}

/// Whatever has a meaning is in a room, a remark, or known to mean nothing: the reading itself
/// reports what the grammar passed over, so only spans and coverage are left to check.
fn assert_accounted_for(prompt: &str, words: &Words) {
    let told = &words.interpretation;
    let spans = told
        .rooms
        .iter()
        .map(|room| (&room.text, room.span))
        .chain(told.unrecognised.iter().map(|part| (&part.text, part.span)))
        .chain(told.ignored.iter().map(|part| (&part.text, part.span)));
    for (text, [from, to]) in spans {
        assert_eq!(prompt.get(from..to), Some(text.as_str()), "{prompt}");
    }
    let coverage = told.coverage.unwrap();
    assert_eq!(
        coverage < 1.0,
        !told.unrecognised.is_empty(),
        "{prompt}: {coverage}"
    );
    let asked: u32 = words
        .programme
        .rooms
        .iter()
        .filter(|room| !room.id.ends_with("_optional"))
        .map(|room| room.count)
        .sum();
    let said: u32 = told.rooms.iter().map(|room| room.count).sum();
    assert_eq!(asked, said, "{prompt}");
}

/// Every word of the golden prompts.
fn pool() -> &'static [String] {
    static POOL: OnceLock<Vec<String>> = OnceLock::new();
    POOL.get_or_init(|| {
        let words = |case: &Golden| -> Vec<String> {
            case.prompt.split_whitespace().map(str::to_owned).collect()
        };
        golden().iter().flat_map(words).collect()
    })
}

proptest! {
    // An unknown word is held against the whole lexicon, which takes its time in a debug build.
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Words in any order are all accounted for, and nothing panics.
    #[test]
    fn word_salad_is_accounted_for(picks in prop::collection::vec(0_usize..4000, 0..30), joints in prop::collection::vec(0_usize..8, 30)) {
        let pool = pool();
        let mut text = String::new();
        for (pick, joint) in picks.iter().zip(&joints) {
            text.push_str(&pool[pick % pool.len()]);
            text.push_str([" ", " ", " ", " ", ", ", "\n", ". ", " and "][*joint]);
        }
        for mode in [ReadingMode::Normal, ReadingMode::Lenient, ReadingMode::Strict] {
            if let Ok(words) = interpret(&text, mode) {
                assert_accounted_for(&text, &words);
            }
        }
    }

    /// The head of a prompt with the tail of another, a word or number of a third in between.
    #[test]
    fn mixtures_are_accounted_for(picks in prop::array::uniform3(0_usize..10_000), cuts in prop::array::uniform3(0_usize..200), joint in 0_usize..8) {
        let golden = golden();
        let words = |pick: usize| -> Vec<&str> {
            golden[picks[pick] % golden.len()].prompt.split(' ').collect()
        };
        let (head, tail, third) = (words(0), words(1), words(2));
        let text = [
            head[..cuts[0] % (head.len() + 1)].join(" "),
            third[cuts[1] % third.len()].to_owned(),
            tail[cuts[2] % tail.len()..].join(" "),
        ]
        .join([" ", ", ", "\n", ". ", " and ", " with ", " for ", " x "][joint]);
        for mode in [ReadingMode::Normal, ReadingMode::Lenient] {
            if let Ok(words) = interpret(&text, mode) {
                assert_accounted_for(&text, &words);
            }
        }
    }

    /// A word that nobody knows, put anywhere into a prompt that is read exactly, is told back.
    #[test]
    fn a_word_put_in_anywhere_is_told(case in 0_usize..10_000, place in 0_usize..200, nonsense in "[bcdfghjkqvwxz]{9,14}") {
        let golden = golden();
        let mut words: Vec<&str> = golden[case % golden.len()].prompt.split_whitespace().collect();
        words.insert(place % (words.len() + 1), &nonsense);
        let prompt = words.join(" ");
        if let Ok(words) = interpret(&prompt, ReadingMode::Normal) {
            let told = &words.interpretation;
            let texts = told.unrecognised.iter().map(|part| &part.text);
            let is_told = texts
                .chain(told.ignored.iter().map(|part| &part.text))
                .any(|text| text.contains(&nonsense));
            prop_assert!(is_told, "{}", prompt);
            assert_accounted_for(&prompt, &words);
        }
    }

    /// A number in brackets behind a room is said of that room, never of the one that comes.
    #[test]
    fn what_stands_in_brackets_is_not_said_of_what_comes(rooms in (0_usize..6, 1_usize..6), aside in 0_usize..5, adjective in 0_usize..4) {
        const ROOMS: [(&str, &str); 6] = [
            ("kitchen", "kitchen"),
            ("store", "store"),
            ("meeting room", "meeting_room"),
            ("sample collection", "laboratory"),
            ("staff room", "staff_room"),
            ("pharmacy", "pharmacy"),
        ];
        let (before, kind) = ROOMS[rooms.0];
        let (behind, _) = ROOMS[(rooms.0 + rooms.1) % ROOMS.len()];
        let aside = ["3 booths", "4", "5 seats", "2 of them big", "6 desks"][aside];
        let adjective = ["big", "quiet", "main", "small"][adjective];
        let prompt = format!("Clinic with {before} ({aside}), {adjective} {behind}, 2 toilets");
        let words = interpret(&prompt, ReadingMode::Normal).unwrap();
        let others = (words.programme.rooms.iter())
            .filter(|room| room.room_type != kind && room.room_type != "toilet");
        for room in others {
            prop_assert_eq!(room.count, 1, "{}", prompt);
        }
    }

    /// Whoever is said later to have a room of his own has one, and sits with the others no longer.
    #[test]
    fn people_told_apart_have_their_rooms(others in 5_u32..80, few in 2_u32..=12, who in 0_usize..4, says in 0_usize..4) {
        let who = ["partners", "lawyers", "consultants", "associates"][who];
        let says = [
            format!("{who} in cabins"),
            format!("the {who} need their own offices"),
            format!("{who} want separate cabins"),
            format!("the {few} {who} get cabins"),
        ][says].clone();
        let prompt = format!("Office for {others} staff and {few} {who}; {says}. 2 toilets.");
        let words = interpret(&prompt, ReadingMode::Normal).unwrap();
        let expected = [
            ("open_office", 1, Some(others)),
            ("private_office", few, None),
            ("toilet", 2, None),
        ];
        let found: Vec<_> = found(&words)
            .into_iter()
            .map(|room| (room.room_type, room.count, room.seats))
            .collect();
        for (kind, count, seats) in expected {
            prop_assert!(found.contains(&(kind.to_owned(), count, seats)), "{} {:?}", prompt, found);
        }
    }

    /// Any text at all gives an answer or an error, and an unknown word is never lost.
    #[test]
    fn any_text_is_answered(text in "\\PC{0,60}", nonsense in "[bcdfghjkqvwxz]{9,14}") {
        let _ = interpret(&text, ReadingMode::Lenient);
        let prompt = format!("2 offices, {nonsense}, 1 toilet");
        let words = interpret(&prompt, ReadingMode::Normal).unwrap();
        prop_assert_eq!(&words.interpretation.unrecognised[0].text, &nonsense);
        prop_assert_eq!(words.programme.rooms.len(), 2);
        prop_assert!(interpret(&prompt, ReadingMode::Strict).is_err());
    }
}

/// What is assumed of a room is what is usual in such a place: few pray at home at once.
#[test]
fn a_room_to_pray_is_small_at_home() {
    for (prompt, usual) in [
        ("2 BHK with pooja room", "area_m2=3.5"),
        ("office with 10 desks and a prayer room", "area_m2=9"),
    ] {
        let words = interpret(prompt, ReadingMode::Normal).unwrap();
        let assumed = words
            .interpretation
            .rooms
            .iter()
            .flat_map(|room| &room.assumed);
        assert!(assumed.clone().any(|one| one == usual), "{prompt}");
    }
}

/// Where a sentence begins no noun ends before it, of whatever a place is counted from there.
#[test]
fn what_goes_on_with_a_noun_may_begin_a_sentence() {
    for prompt in [
        "A prayer room for 20 men. And 15 women.",
        "prayer room. And 15 women",
        "Waiting for 8 adults. And 4 children.",
        "A studio. For classes of 15.",
        "3 bedrooms. With ensuite. X2.",
        "2 toilets. For ladies and gents",
        "for pantry, 2 toilets",
        "x 5 cubicles, 1 gym",
    ] {
        if let Ok(words) = interpret(prompt, ReadingMode::Normal) {
            assert_accounted_for(prompt, &words);
        }
    }
}

#[test]
fn what_cannot_be_read_is_refused_by_name() {
    let refused = |prompt: &str| interpret(prompt, ReadingMode::Normal).unwrap_err();
    for (prompt, part) in [
        ("", "non-empty"),
        (" \n\t ", "non-empty"),
        ("2 offices\u{0}", "U+0000"),
        ("दो कमरे और एक रसोई", "Latin"),
        ("12 34", "Latin"),
        ("wibble wobble", "wibble"),
        ("please make it nice", "names no room"),
    ] {
        let error = refused(prompt);
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{prompt}");
        assert_eq!(error.field(), Some(FIELD));
        assert!(error.message().contains(part), "{error}");
    }
    let long = "office ".repeat(150_000);
    assert_eq!(refused(&long).kind(), ErrorKind::LimitExceeded);
    let many = refused("1000000000 offices");
    assert_eq!(many.kind(), ErrorKind::LimitExceeded);
    assert!(refused("3 recptions").message().contains("reception"));
}
