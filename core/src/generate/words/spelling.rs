//! Slips of the pen: which known phrase was meant, and what to suggest.

use strsim::osa_distance;

use super::lexicon::{Entry, Lexicon, Meaning};

/// Letters below which a word is too short to be mended: most short words are one letter away
/// from another.
const SHORTEST_MENDED: usize = 5;
/// Most words of an unknown phrase that are tried together: `recption aera`.
const MOST_WORDS: usize = 3;
/// Longest unknown word that is compared; nothing in the table comes near it.
const LONGEST: usize = 40;

/// How many slips are allowed in so many letters: one in up to seven, two in more.
///
/// Stricter than for suggestions, since what is mended is acted upon.
const fn allowed(letters: usize) -> usize {
    if letters < 8 { 1 } else { 2 }
}

/// The phrase that was surely meant by the first of `stems`, or by several of them: its entry,
/// its key and how many of `stems` it took.
///
/// The first letter must be right, and no other meaning as near.
pub(super) fn mended(lexicon: &Lexicon, stems: &[String]) -> Option<(Entry, String, usize)> {
    let first = stems.first()?;
    if lexicon.has_word(first) && stems.get(1).is_none_or(|second| lexicon.has_word(second)) {
        return None;
    }
    let most = MOST_WORDS.min(stems.len());
    (1..=most).rev().find_map(|taken| {
        let part = stems.get(..taken)?;
        // Of several words, the last belongs to the slip or to the phrase; a known word at the
        // head, such as `with`, does not.
        let wrong = part.iter().filter(|stem| !lexicon.has_word(stem)).count();
        if wrong == 0 || (taken > 1 && part.iter().all(|stem| stem.chars().count() < 3)) {
            return None;
        }
        nearest(lexicon, &part.concat()).map(|(entry, key)| (entry, key, taken))
    })
}

fn nearest(lexicon: &Lexicon, word: &str) -> Option<(Entry, String)> {
    let letters = word.chars().count();
    if !(SHORTEST_MENDED..=LONGEST).contains(&letters) {
        return None;
    }
    let limit = allowed(letters);
    let mut best: Option<(usize, &str, Meaning)> = None;
    let mut is_tie = false;
    for spelling in &lexicon.spellings {
        if spelling.key.len().abs_diff(word.len()) > limit * 2
            || spelling.key.chars().next() != word.chars().next()
        {
            continue;
        }
        let distance = osa_distance(&spelling.key, word);
        if distance == 0 || distance > limit {
            continue;
        }
        match best {
            Some((nearer, _, _)) if nearer < distance => {}
            Some((same, _, meaning)) if same == distance => {
                is_tie |= !meaning.is_like(spelling.meaning);
            }
            _ => {
                best = Some((distance, &spelling.key, spelling.meaning));
                is_tie = false;
            }
        }
    }
    let (_, key, _) = best.filter(|_| !is_tie)?;
    lexicon.find(key).map(|entry| (entry, key.to_owned()))
}

/// At most three known phrases near `word`, the nearest first.
pub(super) fn suggestions(lexicon: &Lexicon, word: &str) -> Vec<String> {
    let letters = word.chars().count();
    if letters > LONGEST {
        return Vec::new();
    }
    // One letter in up to five may be wrong, two in more.
    let limit = if letters <= 5 { 1 } else { 2 };
    let mut near: Vec<(usize, &str)> = lexicon
        .spellings
        .iter()
        .filter(|spelling| spelling.key.len().abs_diff(word.len()) <= limit * 2)
        .filter(|spelling| is_place(spelling.meaning))
        .map(|spelling| (osa_distance(&spelling.key, word), spelling.text.as_str()))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    near.sort_unstable();
    near.into_iter()
        .take(3)
        .map(|(_, text)| text.to_owned())
        .collect()
}

/// Whether it is something that could be laid out.
fn is_place(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Room(_) | Meaning::Either { .. } | Meaning::Facility(_) | Meaning::Station(_)
    )
}
