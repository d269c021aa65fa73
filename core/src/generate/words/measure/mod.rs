//! Numbers with what they measure: counts, ranges, areas, dimensions, seats.
//!
//! Lengths are whole millimetres and areas whole square millimetres: a foot is 304.8 mm exactly.

mod dims;
mod money;
mod order;
mod unit;

use super::lex::{Lexeme, Raw};
use super::lexicon::{AreaUnit, LengthUnit, Meaning, Seat};
use super::number::{Number, ONE};
use super::token::Mark;

/// A phrase with its numbers put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum What {
    Is(Meaning),
    Mark(Mark),
    Enumerator,
    Unknown,
    /// A number that counts whatever comes next.
    Count(Amount),
    /// An area in mm².
    Area(Span),
    /// Width and depth in tenths of a millimetre, in which feet and inches are whole, and whether
    /// their unit was only assumed.
    Dims {
        sides: [i64; 2],
        unit: Option<&'static str>,
    },
    /// A length in mm.
    Length(i64),
    /// A number of persons, chairs, beds.
    Seats(Amount, Seat),
    /// What it may cost.
    Money,
    /// A share of the whole, such as `20 %`.
    Share,
}

/// A number, or a range of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) low: Number,
    pub(super) high: Number,
    pub(super) bound: Bound,
}

impl Amount {
    /// A whole number, of which `bound` was said.
    pub(super) fn whole(number: u32, bound: Bound) -> Amount {
        let number = Number::whole(i64::from(number));
        Amount {
            low: number,
            high: number,
            bound,
        }
    }
}

/// What was said about a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Exactly,
    About,
    AtLeast,
    AtMost,
}

/// A measured range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) bound: Bound,
}

/// Square micrometres would overflow sooner; nothing that is laid out is larger than this.
const MOST_MM2: i128 = 1_000_000_000_000_000;

/// Puts the numbers of `raw` together with what they measure.
pub(super) fn measure(raw: &[Lexeme<Raw>]) -> Vec<Lexeme<What>> {
    let raw = order::usual_order(raw);
    match unit::with_units(&raw) {
        Some(full) => put_together(&full),
        None => put_together(&raw),
    }
}

fn put_together(raw: &[Lexeme<Raw>]) -> Vec<Lexeme<What>> {
    let mut out = Vec::with_capacity(raw.len());
    let usual = dims::usual_unit(raw);
    let mut at = 0;
    while let Some(lexeme) = raw.get(at) {
        let (what, taken) = measured(raw, at, usual).unwrap_or((same(lexeme.what), 1));
        let last = raw.get(at + taken - 1).unwrap_or(lexeme);
        out.push(Lexeme {
            what,
            first: lexeme.first,
            last: last.last,
            key: if taken == 1 {
                lexeme.key.clone()
            } else {
                String::new()
            },
            plural: last.plural,
            sure: lexeme.sure,
        });
        at += taken;
    }
    out
}

fn same(raw: Raw) -> What {
    match raw {
        Raw::Is(meaning) => What::Is(meaning),
        Raw::Mark(mark) => What::Mark(mark),
        Raw::Enumerator => What::Enumerator,
        Raw::Unknown | Raw::Number(_) => What::Unknown,
    }
}

/// A walk over phrases that is given up by dropping it.
struct Walk<'a> {
    raw: &'a [Lexeme<Raw>],
    at: usize,
    /// Of sides without a unit.
    usual: Option<dims::Usual>,
}

impl Walk<'_> {
    fn peek(&self, ahead: usize) -> Option<Raw> {
        self.raw.get(self.at + ahead).map(|lexeme| lexeme.what)
    }

    fn meaning(&self) -> Option<Meaning> {
        match self.peek(0)? {
            Raw::Is(meaning) => Some(meaning),
            _ => None,
        }
    }

    fn key(&self) -> &str {
        self.raw.get(self.at).map_or("", |lexeme| &lexeme.key)
    }

    fn take_mark(&mut self, mark: Mark) -> bool {
        let is = self.peek(0) == Some(Raw::Mark(mark));
        self.at += usize::from(is);
        is
    }

    fn take_number(&mut self) -> Option<Number> {
        let Some(Raw::Number(number)) = self.peek(0) else {
            return None;
        };
        // `meeting rooms for 4/6/10`: three numbers, no fraction.
        let slash = |place: Option<usize>| {
            let what = place
                .and_then(|place| self.raw.get(place))
                .map(|raw| raw.what);
            what == Some(Raw::Mark(Mark::Slash))
        };
        let is_listed = slash(self.at.checked_sub(1)) || slash(Some(self.at + 3));
        // Nor are people counted in sixths: `for 4/6 persons`.
        let of_people = matches!(self.peek(3), Some(Raw::Is(Meaning::Seats(_))));
        self.at += 1;
        // `1/2` is a half; `1/2/3` and `24/7` are not numbers.
        if self.peek(0) == Some(Raw::Mark(Mark::Slash))
            && !(is_listed || of_people)
            && let Some(Raw::Number(divisor)) = self.peek(1)
            // `offices 4/15 m2` are four of fifteen.
            && matches!(divisor.0 / ONE, 2..=6 | 8 | 10 | 12 | 16)
            && number.0 < divisor.0
            && !has_common_divisor(number.0 / ONE, divisor.0 / ONE)
        {
            self.at += 2;
            return Some(Number(number.0 / (divisor.0 / ONE)));
        }
        // `2 1/2 baths`.
        if let (Some(Raw::Number(part)), Some(Raw::Mark(Mark::Slash)), Some(Raw::Number(divisor))) =
            (self.peek(0), self.peek(1), self.peek(2))
            && matches!(divisor.0 / ONE, 2 | 4)
            && part.0 < divisor.0
            && part.0 % ONE == 0
        {
            self.at += 3;
            return Some(Number(number.0 + part.0 / (divisor.0 / ONE)));
        }
        Some(number)
    }
}

/// Whether nobody writes the fraction so: `4/6`, `6/10` are two numbers.
fn has_common_divisor(number: i64, divisor: i64) -> bool {
    (2..=number).any(|by| number % by == 0 && divisor % by == 0)
}

fn measured(raw: &[Lexeme<Raw>], at: usize, usual: Option<dims::Usual>) -> Option<(What, usize)> {
    let mut walk = Walk { raw, at, usual };
    let what = read(&mut walk)?;
    Some((what, walk.at - at))
}

fn read(walk: &mut Walk<'_>) -> Option<What> {
    if money::money(walk) {
        return Some(What::Money);
    }
    let bound = bound_before(walk);
    if let Some(dims) = dims::dims(walk) {
        return Some(dims);
    }
    let mut amount = amount(walk, bound)?;
    if bound == Bound::AtLeast {
        at_most_behind(walk, &mut amount);
    }
    let hyphen = walk.take_mark(Mark::Hyphen);
    match walk.meaning() {
        Some(Meaning::Area(unit)) => {
            walk.at += 1;
            bound_after(walk, &mut amount.bound);
            return Some(What::Area(area(amount, unit)));
        }
        Some(Meaning::Length(unit)) => {
            walk.at += 1;
            return Some(What::Length(length(amount.low, unit)));
        }
        // In `one seating 20, the other 8` the seats are the twenty.
        Some(Meaning::Seats(_))
            if ["seat", "sit"]
                .iter()
                .any(|verb| walk.key().starts_with(verb))
                // `6 seater 1 no` says how many there are.
                && walk.key() != "seater"
                && matches!(walk.peek(1), Some(Raw::Number(_))) => {}
        Some(Meaning::Seats(seat)) => {
            walk.at += 1;
            // `8 seater` and `8 person seating` say it once.
            while matches!(
                walk.meaning(),
                Some(Meaning::Seats(Seat::Person | Seat::Staff))
            ) {
                walk.at += 1;
            }
            return Some(What::Seats(amount, seat));
        }
        // `a kitchen, 1/4 of the area`.
        Some(Meaning::Of) if amount.low.0 < ONE && amount.low.0 > 0 && walk.key() == "of" => {
            return Some(What::Share);
        }
        // `a 5 star hotel`.
        Some(Meaning::Style) if walk.key() == "star" => {
            walk.at += 1;
            return Some(What::Is(Meaning::Style));
        }
        Some(Meaning::Percent) => {
            walk.at += 1;
            return Some(What::Share);
        }
        // `6 no. cabins`.
        Some(Meaning::No) if walk.key() == "no" => walk.at += 1,
        _ if hyphen => walk.at -= 1,
        _ => {}
    }
    if walk.take_mark(Mark::Foot) {
        let inches = dims::inches(walk);
        let tenths = tenths(amount.low, LengthUnit::Foot).saturating_add(inches);
        return Some(What::Length((tenths.saturating_add(5)) / 10));
    }
    if bound == Bound::Exactly {
        bound_after(walk, &mut amount.bound);
    }
    Some(What::Count(amount))
}

/// `minimum 3 and maximum 5` is a range.
fn at_most_behind(walk: &mut Walk<'_>, amount: &mut Amount) {
    let start = walk.at;
    if matches!(
        walk.meaning(),
        Some(Meaning::And | Meaning::But | Meaning::Stop)
    ) {
        walk.at += 1;
    }
    // `at least four and ideally six`, too.
    if matches!(walk.meaning(), Some(Meaning::AtMost | Meaning::Optional)) {
        walk.at += 1;
        if let Some(high) = walk.take_number().filter(|high| *high > amount.low) {
            amount.high = high;
            amount.bound = Bound::Exactly;
            return;
        }
    }
    walk.at = start;
}

fn bound_before(walk: &mut Walk<'_>) -> Bound {
    let mut bound = Bound::Exactly;
    let start = walk.at;
    loop {
        let next = match walk.peek(0) {
            Some(Raw::Is(Meaning::AtLeast)) => Bound::AtLeast,
            Some(Raw::Is(Meaning::AtMost)) => Bound::AtMost,
            Some(Raw::Is(Meaning::About) | Raw::Mark(Mark::About)) => Bound::About,
            Some(Raw::Is(Meaning::Of | Meaning::Article)) if bound != Bound::Exactly => bound,
            Some(Raw::Number(_)) => return bound,
            Some(Raw::Is(Meaning::Relation(_)))
                if walk.key() == "between" && bound == Bound::Exactly =>
            {
                bound
            }
            _ => {
                walk.at = start;
                return Bound::Exactly;
            }
        };
        bound = next;
        walk.at += 1;
    }
}

/// `or more`, `max`, `+` behind a number.
fn bound_after(walk: &mut Walk<'_>, bound: &mut Bound) {
    if *bound != Bound::Exactly || matches!(walk.peek(1), Some(Raw::Number(_))) {
        return;
    }
    let (found, wanted): (Bound, &[&str]) = match walk.meaning() {
        Some(Meaning::AtLeast) => (Bound::AtLeast, &["ormore", "minimum", "min", "attheleast"]),
        Some(Meaning::AtMost) => (Bound::AtMost, &["orless", "orfewer", "maximum", "max"]),
        Some(Meaning::About) => (
            Bound::About,
            &[
                "orso",
                "odd",
                "approx",
                "approximately",
                "giveortake",
                "moreorless",
            ],
        ),
        _ => return,
    };
    if wanted.contains(&walk.key()) {
        *bound = found;
        walk.at += 1;
    }
}

fn amount(walk: &mut Walk<'_>, bound: Bound) -> Option<Amount> {
    let begin = walk.at;
    let low = walk.take_number()?;
    // `twelve (12) desks` says it twice.
    if walk.peek(0) == Some(Raw::Mark(Mark::Open))
        && walk.peek(1) == Some(Raw::Number(low))
        && walk.peek(2) == Some(Raw::Mark(Mark::Close))
    {
        walk.at += 3;
    }
    let before = walk.at;
    // `120 sq ft to 150 sq ft` says its unit twice.
    let unit = walk
        .meaning()
        .filter(|meaning| matches!(meaning, Meaning::Area(_)));
    walk.at += usize::from(unit.is_some());
    let joins = match walk.peek(0) {
        // `exam room ×3 – 9 m² each`: three of them.
        Some(Raw::Mark(Mark::Hyphen)) => !begin
            .checked_sub(1)
            .and_then(|n| walk.raw.get(n))
            .is_some_and(|lexeme| lexeme.what == Raw::Mark(Mark::Times)),
        Some(Raw::Is(Meaning::Or)) => walk.key() == "or",
        Some(Raw::Is(Meaning::Stop)) => walk.key() == "to",
        Some(Raw::Is(Meaning::And)) => {
            walk.key() == "and"
                && before >= 2
                && walk
                    .raw
                    .get(before - 2)
                    .is_some_and(|lexeme| lexeme.key == "between")
        }
        _ => false,
    };
    if joins {
        walk.at += 1;
        let high = walk.take_number();
        let same_unit = unit.is_none() || walk.meaning() == unit;
        if let Some(high) = high.filter(|high| *high > low && same_unit) {
            return Some(Amount { low, high, bound });
        }
    }
    walk.at = before;
    Some(Amount {
        low,
        high: low,
        bound,
    })
}

/// A length to the nearest millimetre.
fn length(number: Number, unit: LengthUnit) -> i64 {
    tenths(number, unit).saturating_add(5) / 10
}

/// A length in tenths of a millimetre.
fn tenths(number: Number, unit: LengthUnit) -> i64 {
    let tenths: i128 = match unit {
        LengthUnit::Metre => 10_000,
        LengthUnit::Centimetre => 100,
        LengthUnit::Millimetre => 10,
        LengthUnit::Foot => 3_048,
        LengthUnit::Inch => 254,
        LengthUnit::Yard => 9_144,
    };
    scaled(number, tenths, 1)
}

fn area(amount: Amount, unit: AreaUnit) -> Span {
    // Hundredths of a mm² in one unit.
    let hundredths: i128 = match unit {
        AreaUnit::SquareFoot => 9_290_304,
        AreaUnit::SquareMetre => 100_000_000,
        AreaUnit::SquareYard => 83_612_736,
        // 43,560 and 435.6 square feet.
        AreaUnit::Acre => 404_685_642_240,
        AreaUnit::Cent => 4_046_856_422,
    };
    Span {
        low: scaled(amount.low, hundredths, 100),
        high: scaled(amount.high, hundredths, 100),
        bound: amount.bound,
    }
}

fn scaled(number: Number, units: i128, per: i128) -> i64 {
    let divisor = i128::from(ONE) * per;
    let exact = i128::from(number.0) * units;
    let rounded = ((exact + divisor / 2) / divisor).min(MOST_MM2);
    i64::try_from(rounded).unwrap_or(i64::MAX)
}
