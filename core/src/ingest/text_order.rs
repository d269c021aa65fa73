//! The order that Hebrew and Arabic letters are read in.
//!
//! A page shows letters from left to right, whichever way they are read, so that a word of a
//! language that is written from right to left comes out of it backwards. Some programs write
//! such words as they are read all the same, and what they draw is wrong to the eye and right in
//! the file: the letters that only begin or end words tell which kind of page it is.

use crate::plan::TextRun;

/// Letters that end a word wherever they are set: the Hebrew final letters, and the two Arabic
/// ones that no letter follows.
const LAST: &[char] = &['ך', 'ם', 'ן', 'ף', 'ץ', 'ة', 'ى'];

/// The Arabic article, which begins words.
const ARTICLE: [char; 2] = ['ا', 'ل'];

/// Puts the right-to-left letters of `runs`, those of one page, in the order that they are read
/// in, as plain letters instead of shapes for the beginning, middle and end of words.
pub(super) fn to_reading_order(runs: &mut [TextRun]) {
    let mut votes = 0_i32;
    for run in runs.iter().filter(|run| is_right_to_left(&run.text)) {
        votes = votes.saturating_add(backwards(&run.text));
    }
    for run in runs.iter_mut().filter(|run| is_right_to_left(&run.text)) {
        if votes >= 0 {
            run.text = turned(&run.text);
        }
        run.text = plain(&run.text);
    }
}

/// Whether `text` has a letter of a script that is written from right to left.
pub(super) fn is_right_to_left(text: &str) -> bool {
    text.chars().any(is_rtl)
}

fn is_rtl(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
        // Arabic figures are written from left to right.
        && !matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

/// Marks that stand on the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// How much speaks for letters that are set backwards, in the words of `text`.
fn backwards(text: &str) -> i32 {
    let mut votes = 0;
    for word in text.split(|c: char| !(is_rtl(c) || is_mark(c))) {
        let letters: Vec<char> = word.chars().filter(|c| !is_mark(*c)).collect();
        let (Some(first), Some(last)) = (letters.first(), letters.last()) else {
            continue;
        };
        if letters.len() < 2 {
            continue;
        }
        votes += i32::from(LAST.contains(first)) - i32::from(LAST.contains(last));
        if letters.len() > 3 {
            votes += i32::from(letters.iter().rev().take(2).eq(&ARTICLE));
            votes -= i32::from(letters.iter().take(2).eq(&ARTICLE));
        }
        for pair in letters.windows(2) {
            let (Some(left), Some(right)) = (
                pair.first().copied().and_then(shape),
                pair.last().copied().and_then(shape),
            ) else {
                continue;
            };
            // A letter that is bound to the next one stands before one that is bound back.
            votes += i32::from(left.binds_back && right.binds_on);
            votes -= i32::from(left.binds_on && right.binds_back);
        }
    }
    votes
}

/// `text` from its other end; figures and words of other scripts stay as they are.
fn turned(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    // What belongs together: a letter with its marks, or a stretch from left to right.
    let mut pieces: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(&c) = letters.get(at) {
        let rest = letters.get(at..).unwrap_or_default();
        let length = if c.is_alphanumeric() && !is_rtl(c) {
            let inside = |c: &char| {
                !is_rtl(*c)
                    && (c.is_alphanumeric()
                        || matches!(c, '.' | ',' | '/' | '-' | '\'' | ':' | ' '))
            };
            let stretch = rest.iter().take_while(|c| inside(c)).count();
            let tail = rest.iter().take(stretch).rev();
            stretch - tail.take_while(|c| !c.is_alphanumeric()).count()
        } else {
            1 + rest.iter().skip(1).take_while(|c| is_mark(**c)).count()
        };
        let piece = rest.iter().take(length.max(1));
        pieces.push(
            piece
                .map(|c| if length > 1 { *c } else { mirrored(*c) })
                .collect(),
        );
        at += length.max(1);
    }
    pieces.into_iter().rev().collect()
}

fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        other => other,
    }
}

/// The shape of an Arabic letter within a word.
struct Shape {
    letter: &'static str,
    binds_on: bool,
    binds_back: bool,
}

/// First code, number of shapes and letter, of Unicode's Arabic presentation forms: alone, at the
/// end, at the beginning and in the middle of a word, in this order; letters that bind to no next
/// one have the first two.
const SHAPES: &[(u32, u32, &str)] = &[
    (0xfb56, 4, "پ"),
    (0xfb7a, 4, "چ"),
    (0xfb8a, 2, "ژ"),
    (0xfb8e, 4, "ک"),
    (0xfb92, 4, "گ"),
    (0xfbfc, 4, "ی"),
    (0xfe80, 1, "ء"),
    (0xfe81, 2, "آ"),
    (0xfe83, 2, "أ"),
    (0xfe85, 2, "ؤ"),
    (0xfe87, 2, "إ"),
    (0xfe89, 4, "ئ"),
    (0xfe8d, 2, "ا"),
    (0xfe8f, 4, "ب"),
    (0xfe93, 2, "ة"),
    (0xfe95, 4, "ت"),
    (0xfe99, 4, "ث"),
    (0xfe9d, 4, "ج"),
    (0xfea1, 4, "ح"),
    (0xfea5, 4, "خ"),
    (0xfea9, 2, "د"),
    (0xfeab, 2, "ذ"),
    (0xfead, 2, "ر"),
    (0xfeaf, 2, "ز"),
    (0xfeb1, 4, "س"),
    (0xfeb5, 4, "ش"),
    (0xfeb9, 4, "ص"),
    (0xfebd, 4, "ض"),
    (0xfec1, 4, "ط"),
    (0xfec5, 4, "ظ"),
    (0xfec9, 4, "ع"),
    (0xfecd, 4, "غ"),
    (0xfed1, 4, "ف"),
    (0xfed5, 4, "ق"),
    (0xfed9, 4, "ك"),
    (0xfedd, 4, "ل"),
    (0xfee1, 4, "م"),
    (0xfee5, 4, "ن"),
    (0xfee9, 4, "ه"),
    (0xfeed, 2, "و"),
    (0xfeef, 2, "ى"),
    (0xfef1, 4, "ي"),
    (0xfef5, 2, "لآ"),
    (0xfef7, 2, "لأ"),
    (0xfef9, 2, "لإ"),
    (0xfefb, 2, "لا"),
];

fn shape(c: char) -> Option<Shape> {
    let code = u32::from(c);
    let at = SHAPES.partition_point(|(first, ..)| *first <= code);
    let (first, count, letter) = *SHAPES.get(at.checked_sub(1)?)?;
    let which = code - first;
    (which < count).then_some(Shape {
        letter,
        binds_on: which >= 2,
        binds_back: matches!(which, 1 | 3),
    })
}

fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match shape(c) {
            Some(shape) => plain.push_str(shape.letter),
            None => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Vec<String> {
        let mut runs: Vec<TextRun> = texts
            .iter()
            .map(|text| TextRun {
                text: (*text).to_owned(),
                x: 0.0,
                y: 0.0,
                width_pt: 10.0,
                height_pt: 5.0,
                angle_deg: 0.0,
                recognised: false,
            })
            .collect();
        to_reading_order(&mut runs);
        runs.into_iter().map(|run| run.text).collect()
    }

    fn backwards_of(text: &str) -> String {
        text.chars().rev().collect()
    }

    #[test]
    fn words_that_are_set_from_right_to_left_are_read_so() {
        for word in ["מטבח", "חדר שינה", "سالن", "غرفة نوم"] {
            assert_eq!(read(&[&backwards_of(word)]), [word]);
        }
    }

    #[test]
    fn words_that_are_written_as_they_are_read_stay() {
        // Only the first tells, and the page is of one kind.
        assert_eq!(read(&["סלון", "מטבח"]), ["סלון", "מטבח"]);
        assert_eq!(read(&["غرفة", "مكتب"]), ["غرفة", "مكتب"]);
    }

    #[test]
    fn figures_stay_among_turned_words() {
        let shown = format!("12.5 m² {} 2", backwards_of("חדר"));
        assert_eq!(read(&[&shown]), ["2 חדר 12.5 m²"]);
        let shown = format!("101 ({})", backwards_of("סלון"));
        assert_eq!(read(&[&shown]), ["(סלון) 101"]);
        assert_eq!(read(&["Kitchen 12.5"]), ["Kitchen 12.5"]);
    }

    #[test]
    fn shapes_of_letters_tell_their_order_and_become_letters() {
        // `حمام` as it is seen: from the last letter on, each in its shape.
        let seen = "\u{fee1}\u{fe8e}\u{fee4}\u{fea3}";
        assert_eq!(read(&[seen]), ["حمام"]);
        assert_eq!(read(&[&backwards_of(seen)]), ["حمام"]);
        // Two letters in one shape.
        assert_eq!(read(&["\u{fefb}\u{fea1}"]), ["حلا"]);
    }
}
