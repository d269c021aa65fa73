//! Every value that a reading holds, in which the numbers of the text are looked for.

use super::super::item::Item;
use super::super::lex::Lexeme;
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Span, What};
use super::super::number::ONE;
use super::super::programme::Made;
use super::super::read::Reading;

/// Sides and areas that differ by less were rounded on the way: a thousandth.
const ROUNDED: i64 = 1000;
/// Numbers that stand in a row may be told apart or added up: `3 male + 2 female`.
const LONGEST_SUM: usize = 5;
/// How many phrases the two factors of a product stand apart at most.
const FARTHEST_FACTOR: usize = 4;

/// Types that are counted together or stand for one another: `2 toilets, one accessible`.
const ALIKE: [&[&str]; 8] = [
    &["toilet", "accessible_toilet", "toilet_group"],
    &[
        "toilet",
        "accessible_toilet",
        "bathroom",
        "toilet_group",
        "shower",
    ],
    &[
        "bedroom",
        "master_bedroom",
        "guest_room",
        "room",
        "studio_room",
    ],
    &["private_office", "executive_office", "room"],
    &["meeting_room", "board_room"],
    &["laboratory", "science_lab"],
    &[
        "living_room",
        "living_dining",
        "dining_room",
        "dining_area",
        "lounge",
    ],
    &["kitchen", "commercial_kitchen", "pantry"],
];

/// Types that hold the people or seats of a whole between them.
const SEATED: [&[&str]; 2] = [
    &[
        "open_office",
        "private_office",
        "executive_office",
        "team_room",
        "phone_booth",
    ],
    &["dining_area", "dining_room", "balcony", "bar_counter"],
];

pub(super) fn is_alike(a: &str, b: &str) -> bool {
    a == b
        || ALIKE
            .iter()
            .any(|group| group.contains(&a) && group.contains(&b))
}

/// Every value that the result holds.
#[derive(Default)]
pub(super) struct Known {
    /// In millionths, as they were read.
    counts: Vec<i64>,
    /// Those of one kind of room, and seats.
    parts: Vec<i64>,
    /// Those that were said of an item, as often as they were.
    said: Vec<i64>,
    /// In mm².
    areas: Vec<Span>,
    /// In tenths of a millimetre.
    sides: Vec<[i64; 2]>,
}

impl Known {
    pub(super) fn of(reading: &Reading, made: &Made) -> Known {
        Known::of_those(reading, made, |_| true)
    }

    /// The values of the items that `is_meant` tells, and of the whole.
    pub(super) fn of_those(
        reading: &Reading,
        made: &Made,
        is_meant: impl Fn(&Item) -> bool,
    ) -> Known {
        let mut known = Known::default();
        let mut by_room: Vec<(&str, i64)> = Vec::new();
        let mut all = 0;
        let meant = (reading.items.iter().zip(&made.counts)).filter(|(item, _)| is_meant(item));
        for (item, count) in meant {
            let count = i64::from(*count);
            all += count;
            known.counts.push(count * ONE);
            known.counts.push(i64::from(item.by_gender) * ONE);
            for amount in [item.amount, item.seats].into_iter().flatten() {
                known.counts.extend([amount.low.0, amount.high.0]);
                known.said.push(amount.low.0);
            }
            if let Some(seats) = item.seats {
                known.counts.push(seats.low.0.saturating_mul(count));
                known.counts.push(seats.high.0.saturating_mul(count));
            }
            match by_room.iter_mut().find(|(room, _)| *room == item.room) {
                Some((_, sum)) => *sum += count,
                None => by_room.push((item.room, count)),
            }
            // What is not wanted has a number that was said, and no size.
            if item.is_excluded && !item.is_title {
                continue;
            }
            if let Some(area) = item.area {
                // Said of each, of all together, or of each seat.
                let seats = item.seats.map_or(1, |seats| (seats.low.0 / ONE).max(1));
                known.areas.push(area);
                for (times, parts) in [(count, 1), (1, seats)] {
                    let of = |mm2: i64| mm2.saturating_mul(times) / parts;
                    known.areas.push(Span {
                        low: of(area.low),
                        high: of(area.high),
                        ..area
                    });
                }
            }
            known.sides.extend(item.sides);
        }
        known
            .counts
            .extend(by_room.iter().map(|(_, sum)| sum * ONE));
        for group in ALIKE {
            let of_group = by_room.iter().filter(|(room, _)| group.contains(room));
            known.counts.push(of_group.map(|(_, sum)| sum * ONE).sum());
        }
        // `70 covers, of which 20 …`, `18 people, of whom 4 need offices`: told apart by the seats.
        for group in SEATED {
            let seated = (reading.items.iter().zip(&made.counts))
                .filter(|(item, _)| is_meant(item) && !item.is_excluded)
                .filter(|(item, _)| group.contains(&item.room))
                .map(|(item, count)| {
                    // Whoever has an office of his own is one.
                    let alone = matches!(item.room, "private_office" | "executive_office");
                    let unsaid = if alone { ONE } else { 0 };
                    let each = item.seats.map_or(unsaid, |seats| seats.high.0);
                    each.saturating_mul(i64::from(*count))
                })
                .fold(0, i64::saturating_add);
            known.counts.push(seated);
        }
        known.parts.clone_from(&known.counts);
        known.counts.push(all * ONE);
        known
            .areas
            .extend(reading.whole.area.map(|(span, ..)| span));
        known
            .sides
            .extend(reading.whole.sides.map(|(sides, ..)| sides));
        known
    }

    /// Whether the amount of lexeme `at` is a value of the result, alone or in a sum with others
    /// that stand beside it, or the ratio of two after `per`.
    pub(super) fn has(&self, amount: Amount, at: usize, lexemes: &[Lexeme<What>]) -> bool {
        let follows_each = (at.checked_sub(1).and_then(|before| lexemes.get(before)))
            .is_some_and(|before| before.what == What::Is(Meaning::Each));
        let each_follows =
            (lexemes.iter().skip(at + 1).take(2)).any(|next| next.what == What::Is(Meaning::Each));
        let is_part = |value: i64| {
            let divides = |all: &i64| *all > 0 && value > 0 && all % value == 0;
            each_follows && self.counts.iter().any(divides)
        };
        let is_ratio = |value: i64| {
            let of = |all: i64| self.counts.contains(&((all + value - 1) / value * ONE));
            value > 0 && self.counts.iter().any(|all| of(*all))
        };
        [amount.low.0, amount.high.0].into_iter().any(|value| {
            self.has_value(value)
                || self.adds_up(at, lexemes)
                || is_part(value)
                || (follows_each && is_ratio(value))
        })
    }

    /// How often the result holds the value.
    pub(super) fn times_said(&self, value: i64) -> usize {
        self.said.iter().filter(|said| **said == value).count()
    }

    /// One is what is not said, and none is what is not wanted; neither can be looked for. Of
    /// two and a half bathrooms, the half is a toilet; of `12 and 10 m²`, the first is an area.
    fn has_value(&self, value: i64) -> bool {
        let whole = value / ONE * ONE;
        value <= ONE
            || self.counts.contains(&value)
            || (whole != value && self.counts.contains(&whole))
            || self.is_area(value)
    }

    /// Whether some area is so many square metres or feet.
    pub(super) fn is_area(&self, value: i64) -> bool {
        [1_000_000, 92_903].into_iter().any(|unit_mm2: i64| {
            let mm2 = i128::from(value) * i128::from(unit_mm2) / i128::from(ONE);
            i64::try_from(mm2).is_ok_and(|mm2| self.areas.iter().any(|area| is_near(area.low, mm2)))
        })
    }

    pub(super) fn adds_up(&self, at: usize, lexemes: &[Lexeme<What>]) -> bool {
        let numbers: Vec<(usize, i64)> = (lexemes.iter().enumerate())
            .filter_map(|(at, lexeme)| match lexeme.what {
                What::Count(amount) | What::Seats(amount, _) => Some((at, amount.low.0)),
                _ => None,
            })
            .collect();
        let Some(own) = numbers.iter().position(|(other, _)| *other == at) else {
            return false;
        };
        (2..=LONGEST_SUM).any(|length| {
            (own.saturating_sub(length - 1)..=own).any(|from| {
                let row = numbers.get(from..from + length);
                row.is_some_and(|row| {
                    let sum = row
                        .iter()
                        .fold(0, |sum: i64, (_, n)| sum.saturating_add(*n));
                    // `12 tables of 4`, `2 rows of 8 desks`: what is multiplied stands close by.
                    let times = |(x, a): (usize, i64), (y, b): (usize, i64)| {
                        (y - x <= FARTHEST_FACTOR).then(|| (a / ONE).saturating_mul(b))
                    };
                    let product = match row {
                        [a, b] => times(*a, *b),
                        [a, b, c, d] => times(*a, *b)
                            .zip(times(*c, *d))
                            .map(|(left, right)| left.saturating_add(right)),
                        _ => None,
                    };
                    let product = product.unwrap_or(sum);
                    // Not the sum of all rooms, which some product often is.
                    self.parts.contains(&sum) || self.parts.contains(&product)
                })
            })
        })
    }

    pub(super) fn has_area(&self, span: Span) -> bool {
        (self.areas.iter()).any(|area| is_near(area.low, span.low) || is_near(area.high, span.high))
    }

    pub(super) fn has_sides(&self, sides: [i64; 2]) -> bool {
        let [a, b] = sides;
        let mm2 = a.saturating_mul(b) / 100;
        let same = |[c, d]: &[i64; 2]| {
            (is_near(a, *c) && is_near(b, *d)) || (is_near(a, *d) && is_near(b, *c))
        };
        self.sides.iter().any(same) || self.areas.iter().any(|area| is_near(area.low, mm2))
    }
}

fn is_near(a: i64, b: i64) -> bool {
    a.abs_diff(b) <= a.unsigned_abs() / ROUNDED.unsigned_abs() + 1
}
