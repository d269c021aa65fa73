//! A unit of areas that is said once for all: `all areas in m²: kitchen 10, office 12`.

use super::super::lex::{Lexeme, Raw};
use super::super::lexicon::{AreaUnit, Meaning};
use super::super::token::Mark;

/// The unit that areas are in where it is said once: `all areas in m²`, `(sqm)`.
fn area_unit(raw: &[Lexeme<Raw>]) -> Option<(AreaUnit, usize)> {
    (1..raw.len()).find_map(|at| {
        let Raw::Is(Meaning::Area(unit)) = raw.get(at)?.what else {
            return None;
        };
        let before = raw.get(at - 1)?;
        let introduced = matches!(
            before.key.as_str(),
            "in" | "allin" | "are" | "unit" | "areain" | "size" | "sizein" | "all"
        ) || before.what == Raw::Mark(Mark::Open);
        let ends = raw
            .get(at + 1)
            .is_none_or(|next| matches!(next.what, Raw::Mark(_)));
        (introduced && ends).then_some((unit, at))
    })
}

/// `raw` with that unit behind each number that stands without one behind a room; `None` where no
/// unit is said for all.
pub(super) fn with_units(raw: &[Lexeme<Raw>]) -> Option<Vec<Lexeme<Raw>>> {
    let (unit, said) = area_unit(raw)?;
    let mut full: Vec<Lexeme<Raw>> = Vec::with_capacity(raw.len());
    for (at, lexeme) in raw.iter().enumerate() {
        if at == said {
            let mut spent = lexeme.clone();
            spent.what = Raw::Is(Meaning::Stop);
            full.push(spent);
            continue;
        }
        full.push(lexeme.clone());
        let mut before = at;
        while before > 0
            && matches!(
                raw.get(before - 1).map(|lexeme| lexeme.what),
                Some(Raw::Mark(Mark::Colon | Mark::Hyphen | Mark::Open) | Raw::Is(Meaning::Noun))
            )
        {
            before -= 1;
        }
        let of_room = before
            .checked_sub(1)
            .and_then(|room| raw.get(room))
            .is_some_and(|room| {
                matches!(
                    room.what,
                    Raw::Is(Meaning::Room(_) | Meaning::Either { .. })
                )
            });
        let ends = matches!(
            raw.get(at + 1).map(|lexeme| lexeme.what),
            None | Some(
                Raw::Mark(Mark::Comma | Mark::Line | Mark::Stop | Mark::Close)
                    | Raw::Is(Meaning::And | Meaning::Each)
            )
        );
        if matches!(lexeme.what, Raw::Number(_)) && of_room && ends {
            let mut with_unit = lexeme.clone();
            with_unit.what = Raw::Is(Meaning::Area(unit));
            full.push(with_unit);
        }
    }
    Some(full)
}
