//! What it may cost, which sizes no room: `budget 12 lakhs`, `Rs. 15,00,000`, `$50k`.

use super::super::lex::Raw;
use super::super::lexicon::Meaning;
use super::super::number::ONE;
use super::super::token::Mark;
use super::{Walk, amount, bound_before};

/// Most small words between `budget` and its number: `budget should be around`.
const MOST_LINKS: usize = 5;

/// Walks over an amount of money; `false`, and nowhere, if there is none.
pub(super) fn money(walk: &mut Walk<'_>) -> bool {
    let start = walk.at;
    let is_money = try_money(walk);
    if !is_money {
        walk.at = start;
    }
    is_money
}

fn try_money(walk: &mut Walk<'_>) -> bool {
    let named = matches!(walk.key(), "budget" | "cost" | "spend" | "price");
    if named {
        walk.at += 1;
        let mut links = 0;
        while links < MOST_LINKS && is_link(walk) {
            walk.at += 1;
            links += 1;
        }
    }
    let mut marked = currency(walk);
    let bound = bound_before(walk);
    // `cost under ₹12,00,000`.
    marked |= currency(walk);
    if amount(walk, bound).is_none() {
        return false;
    }
    // `6 lakh`, `1.5 crore`: no place has so many of anything.
    if let Some(Raw::Number(times)) = walk.peek(0)
        && (times.0 >= 100_000 * ONE || (marked || named) && times.0 == 1_000 * ONE)
    {
        marked = true;
        walk.at += 1;
    }
    // `5 lakh rupees`, `50 k`; a number of square feet is no price.
    while walk.meaning() == Some(Meaning::Money) || (named && walk.key() == "l") {
        marked = true;
        walk.at += 1;
    }
    if !marked {
        let counts = matches!(
            walk.meaning(),
            Some(
                Meaning::Room(_)
                    | Meaning::Either { .. }
                    | Meaning::Station(_)
                    | Meaning::Facility(_)
                    | Meaning::Seats(_)
                    | Meaning::Area(_)
                    | Meaning::Length(_)
                    | Meaning::Bhk
                    | Meaning::Noun
                    | Meaning::Style
                    | Meaning::Large
                    | Meaning::Small
            )
        );
        if !named || counts {
            return false;
        }
    }
    // `2000 rupees per sq ft`.
    let per = walk.peek(0) == Some(Raw::Mark(Mark::Slash)) || walk.key() == "per";
    if per && matches!(walk.peek(1), Some(Raw::Is(Meaning::Area(_)))) {
        walk.at += 2;
    }
    true
}

fn currency(walk: &mut Walk<'_>) -> bool {
    // `Rs. 40 lakh`.
    let stop = usize::from(walk.key() == "rs" && walk.peek(1) == Some(Raw::Mark(Mark::Stop)));
    let is = walk.meaning() == Some(Meaning::Money)
        && matches!(
            walk.peek(1 + stop),
            Some(Raw::Number(_)) | Some(Raw::Is(Meaning::About))
        );
    if is {
        walk.at += 1 + stop;
    }
    is
}

fn is_link(walk: &Walk<'_>) -> bool {
    matches!(
        walk.peek(0),
        Some(
            Raw::Is(
                Meaning::Of
                    | Meaning::Stop
                    | Meaning::For
                    | Meaning::In
                    | Meaning::Article
                    | Meaning::Style
                    | Meaning::Total
                    | Meaning::AtMost
            ) | Raw::Mark(Mark::Colon | Mark::Hyphen)
        )
    )
}
