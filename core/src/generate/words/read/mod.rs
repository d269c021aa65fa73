//! The grammar: phrases in order, each put to use or reported.
//!
//! One pass from left to right. What describes a room that is still to come (`2 large`) waits in
//! [`Pending`]; what describes the one before (`of 20 sqm`, `for 8`) goes to it at once. Whatever
//! stays without use is reported as a conflict, never dropped.

mod again;
mod divide;
mod links;
mod numbers;
mod pending;
mod rooms;
mod whole;

use super::context::inside;
use super::item::{Item, Whole, Wish};
use super::lex::Lexeme;
use super::lexicon::{Meaning, Relation, Seat};
use super::measure::{Amount, Bound, What};
use super::number::Number;
use super::token::{Mark, Token};
use pending::Pending;

/// A stretch of tokens with something to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) message: String,
}

/// What came of the text.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) items: Vec<Item>,
    pub(super) wishes: Vec<Wish>,
    pub(super) whole: Whole,
    /// Understood, and of no effect on a layout; with the reason.
    pub(super) ignored: Vec<Remark>,
    pub(super) conflicts: Vec<Remark>,
    pub(super) assumptions: Vec<String>,
    /// Tokens that nothing is known about.
    pub(super) unrecognised: Vec<(usize, usize)>,
    /// Whether each token was put to use, or is known to mean nothing.
    pub(super) used: Vec<bool>,
}

/// What a description may refer back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noun {
    Nothing,
    Item(usize),
    Whole,
    /// What is not understood or not laid out; what is said of it is not for the room before.
    Unknown,
    /// A space without a name: `a space of 1200 sq ft`.
    Site,
}

/// Exactly one.
const ONE_OF_THEM: Amount = Amount {
    low: Number::whole(1),
    high: Number::whole(1),
    bound: Bound::Exactly,
};

struct Reader<'a> {
    tokens: &'a [Token],
    lexemes: &'a [Lexeme<What>],
    at: usize,
    out: Reading,
    pending: Pending,
    noun: Noun,
    /// Lexeme that ended the last noun.
    noun_end: usize,
    /// The item before the last `with`.
    host: Option<usize>,
    is_negated: bool,
    /// A relation that waits for its other room.
    open_relation: Option<(Relation, usize, usize)>,
    /// The last relation that found its other room, for `near A and B`.
    last_relation: Option<(Relation, usize, usize)>,
    /// Whatever comes is for each of this item.
    for_each: Option<usize>,
    /// Multiply this item by the count of the next room.
    each_of_next: Option<usize>,
    /// Every item since `both` was said of them: the one before the host of what comes.
    also_each: Option<usize>,
    /// How many rooms there are in all, as it was said, and where.
    said_total: Option<(u32, usize, usize)>,
    /// What comes is another choice instead of this item: `a lounge or a library`.
    instead_of: Option<usize>,
    /// A relation that a sentence began with, and the room it named: `next to the lobby, …`.
    inverse: Option<(Relation, usize, usize, Option<usize>)>,
    /// Where the items of this sentence begin.
    sentence: usize,
    /// The facility named anywhere in the text, by which words are understood.
    facility: Option<&'static str>,
}

pub(super) fn read(tokens: &[Token], lexemes: &[Lexeme<What>]) -> Reading {
    let mut reader = Reader {
        tokens,
        lexemes,
        at: 0,
        out: Reading {
            used: vec![false; tokens.len()],
            ..Reading::default()
        },
        pending: Pending::default(),
        noun: Noun::Nothing,
        noun_end: 0,
        host: None,
        is_negated: false,
        open_relation: None,
        last_relation: None,
        for_each: None,
        each_of_next: None,
        also_each: None,
        said_total: None,
        inverse: None,
        instead_of: None,
        sentence: 0,
        facility: facility_of(lexemes),
    };
    while reader.at < lexemes.len() {
        reader.step();
    }
    reader.end_sentence();
    reader.drop_title();
    reader.check_total();
    reader.out
}

/// The kind of place that is named first, `office` and the like only if nothing else is.
fn facility_of(lexemes: &[Lexeme<What>]) -> Option<&'static str> {
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
    named()
        .or_else(either)
        .or_else(|| {
            lexemes.iter().find_map(|lexeme| match lexeme.key.as_str() {
                "dentist" | "orthodontist" => Some("dental_clinic"),
                "vet" => Some("clinic"),
                _ => None,
            })
        })
        .or_else(|| {
            meanings().find_map(|meaning| match meaning {
                Meaning::Room("bedroom" | "master_bedroom") => Some("home"),
                Meaning::Room(
                    "icu" | "ward" | "operating_theatre" | "labour_room" | "nurse_station",
                ) => Some("clinic"),
                Meaning::Room("exam_room" | "procedure_room" | "xray") => Some("clinic"),
                Meaning::Room("laboratory")
                    if lexemes
                        .first()
                        .is_some_and(|head| head.what == What::Is(meaning)) =>
                {
                    Some("laboratory")
                }
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
        .or_else(|| {
            lexemes
                .iter()
                .any(|lexeme| lexeme.key.starts_with("doctor"))
                .then_some("clinic")
        })
}

/// Whether the kind of place at `at` is an entry in a list of rooms: `lobby, medical store, wc`.
fn is_entry(lexemes: &[Lexeme<What>], at: usize) -> bool {
    let what = |at: usize| lexemes.get(at).map(|lexeme| lexeme.what);
    let mut before = at;
    while before > 0
        && match what(before - 1) {
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
    let ends = matches!(
        what(at + 1),
        None | Some(
            What::Mark(
                Mark::Comma | Mark::Line | Mark::Stop | Mark::Plus | Mark::Ampersand | Mark::Close
            ) | What::Is(
                Meaning::And
                    | Meaning::Place
                    | Meaning::Relation(_)
                    | Meaning::With
                    | Meaning::For
                    | Meaning::Stop
            ) | What::Enumerator
        )
    );
    let after_rooms = lexemes.iter().take(before).any(|lexeme| {
        matches!(
            lexeme.what,
            What::Is(Meaning::Room(_) | Meaning::Either { .. } | Meaning::Station(_))
        )
    });
    joined && ends && after_rooms
}

impl Reader<'_> {
    fn what(&self, at: usize) -> Option<What> {
        self.lexemes.get(at).map(|lexeme| lexeme.what)
    }

    fn meaning(&self, at: usize) -> Option<Meaning> {
        match self.what(at)? {
            What::Is(meaning) => Some(meaning),
            _ => None,
        }
    }

    fn key(&self, at: usize) -> &str {
        self.lexemes.get(at).map_or("", |lexeme| &lexeme.key)
    }

    fn tokens_of(&self, at: usize) -> (usize, usize) {
        self.lexemes
            .get(at)
            .map_or((0, 0), |lexeme| (lexeme.first, lexeme.last))
    }

    /// Marks the tokens of lexeme `at` as put to use.
    fn spend(&mut self, at: usize) {
        let (first, last) = self.tokens_of(at);
        self.spend_tokens(first, last);
    }

    fn spend_tokens(&mut self, first: usize, last: usize) {
        if let Some(part) = self.out.used.get_mut(first..=last) {
            part.fill(true);
        }
    }

    fn ignore(&mut self, first: usize, last: usize, message: &str) {
        self.spend_tokens(first, last);
        self.out.ignored.push(Remark {
            first,
            last,
            message: message.to_owned(),
        });
    }

    fn conflict(&mut self, first: usize, last: usize, message: impl Into<String>) {
        self.spend_tokens(first, last);
        self.out.conflicts.push(Remark {
            first,
            last,
            message: message.into(),
        });
    }

    fn step(&mut self) {
        let at = self.at;
        self.at += 1;
        match self.what(at) {
            Some(What::Is(meaning)) => self.word(at, meaning),
            Some(What::Mark(mark)) => self.mark(at, mark),
            Some(What::Enumerator) => {
                self.spend(at);
                self.end_phrase();
            }
            Some(What::Unknown) => self.unknown(at),
            Some(What::Count(amount)) => self.count(at, amount),
            Some(What::Area(span)) => self.area(at, span),
            Some(What::Dims { sides, unit }) => self.sides(at, sides, unit),
            Some(What::Length(mm)) => self.length(at, mm),
            Some(What::Seats(amount, seat)) => self.seats(at, amount, seat),
            Some(What::Money) => {
                let (first, last) = self.tokens_of(at);
                self.ignore(
                    first,
                    last,
                    "a budget sizes no room; the bill of materials tells what the layout costs",
                );
            }
            None => {}
        }
    }

    fn word(&mut self, at: usize, meaning: Meaning) {
        self.spend(at);
        match meaning {
            Meaning::Room(room) => self.room_word(at, room),
            Meaning::Either { room, facility } => self.room_or_whole(at, room, facility),
            // `for 4 barbers`: those who work there, not four shops.
            Meaning::Facility("salon")
                if self.key(at) == "barber" && self.pending.count.is_some() =>
            {
                if let Some((amount, first, last)) = self.pending.count.take() {
                    self.whole_is_for(amount, Seat::Staff, first, last);
                }
            }
            Meaning::Facility(facility) => match inside(facility) {
                // `…, medical store, 2 toilets`: one room of the list.
                Some(room) if is_entry(self.lexemes, at) && !self.out.items.is_empty() => {
                    self.room_word(at, room);
                }
                _ => self.whole(at, facility),
            },
            Meaning::Station(room) => self.station(at, room),
            Meaning::Bhk => self.bhk(at, true),
            Meaning::Rk => self.bhk(at, false),
            Meaning::Noun => self.generic_noun(at),
            Meaning::Site if self.facility == Some("hotel") && self.key(at) == "suite" => {
                self.room(at, "guest_room");
            }
            Meaning::Site => self.set_noun(Noun::Site, at),
            Meaning::Relation(relation) => self.relation(at, relation),
            Meaning::Attached => self.attached(at),
            Meaning::Mutual => self.mutual(at),
            Meaning::Each => self.each(at),
            Meaning::With => self.with(),
            Meaning::And => self.and(at),
            Meaning::But => {
                self.end_phrase();
                self.is_negated = false;
            }
            Meaning::No => {
                self.end_phrase();
                self.is_negated = true;
            }
            Meaning::NotNeeded => self.not_needed(at),
            Meaning::Optional => self.optional(at),
            Meaning::Article => self.pending.article = true,
            Meaning::The => self.pending.the = true,
            Meaning::Other => self.pending.another = true,
            Meaning::Vague => self.pending.vague = Some(at),
            Meaning::Large => self.size(at, super::item::Size::Large),
            Meaning::Small => self.size(at, super::item::Size::Small),
            Meaning::Male | Meaning::Female => self.gender(at, meaning == Meaning::Male),
            Meaning::Accessible => self.accessible(at),
            Meaning::Daylight => self.daylight(at),
            Meaning::Total => self.total(),
            Meaning::Seats(seat) => self.bare_seats(at, seat),
            // A basin at a hairdresser's is where hair is washed.
            Meaning::Furnishing
                if self.facility == Some("salon")
                    && matches!(self.key(at), "washbasin" | "basin")
                    && (self.pending.count.is_some()
                        || matches!(self.what(at + 1), Some(What::Count(_)))) =>
            {
                self.station(at, "shampoo");
            }
            // Counted counters of a bank are where it is served.
            Meaning::Furnishing
                if self.facility == Some("bank")
                    && self.key(at).ends_with("counter")
                    && self.pending.count.is_some() =>
            {
                self.station(at, "teller_area");
            }
            Meaning::Furnishing => self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            ),
            Meaning::Unbuilt => {
                self.thing(at, "is not laid out as a room");
                // What follows is said of it: `parking for 2 cars`.
                self.noun = Noun::Unknown;
                self.noun_end = at;
            }
            // `MRI centre` is a place with such a room, or with several.
            Meaning::Place if self.key(at) == "centre" && self.touches_noun(at) => {
                self.centre(at);
            }
            // `cafe corner`.
            Meaning::Place if self.key(at) == "corner" && self.touches_noun(at) => {
                self.generic_noun(at);
            }
            Meaning::Place => {
                let (first, last) = self.tokens_of(at);
                self.open_relation = None;
                self.ignore(
                    first,
                    last,
                    "a place in the building is not passed on to the solver",
                );
            }
            Meaning::Wide | Meaning::High => {}
            // `toilets (M/F)`.
            Meaning::Length(_)
                if self.key(at) == "m"
                    && matches!(
                        self.what(at + 1),
                        Some(What::Mark(Mark::Slash | Mark::Ampersand | Mark::Plus))
                            | Some(What::Is(Meaning::And))
                    )
                    && self.meaning(at + 2) == Some(Meaning::Female)
                    && self.is_room(at + 3) =>
            {
                self.gender(at, true);
            }
            Meaning::Length(_)
                if self.key(at) == "m"
                    && self
                        .last_item()
                        .and_then(|place| self.out.items.get(place))
                        .is_some_and(Item::is_by_gender) =>
            {
                self.gender(at, true);
            }
            // `(all sizes in feet)`.
            Meaning::Length(_)
                if matches!(
                    self.key(at.saturating_sub(1)),
                    "all"
                        | "in"
                        | "allin"
                        | "are"
                        | "dimension"
                        | "size"
                        | "sizein"
                        | "unit"
                        | "measurement"
                ) => {}
            Meaning::Money => {
                let (first, last) = self.tokens_of(at);
                self.conflict(first, last, "a currency without a number");
            }
            Meaning::Area(_) | Meaning::Length(_) => {
                let (first, last) = self.tokens_of(at);
                self.conflict(first, last, "a unit without a number");
            }
            Meaning::Style
                if self.key(at) == "single"
                    && matches!(self.meaning(at + 1), Some(Meaning::Facility("clinic")))
                    && self.key(at + 1).starts_with("doctor") =>
            {
                let (first, last) = self.tokens_of(at);
                self.whole_is_for(ONE_OF_THEM, Seat::Doctor, first, last);
            }
            // `a single doctor clinic`.
            Meaning::Style
                if matches!(self.key(at), "single" | "solo")
                    && matches!(
                        self.meaning(at + 1),
                        Some(Meaning::Seats(Seat::Doctor | Seat::Chair))
                    ) =>
            {
                let (first, last) = self.tokens_of(at);
                self.pending.count = Some((ONE_OF_THEM, first, last));
                self.pending.begins(first);
            }
            Meaning::Style => {}
            Meaning::Or => self.or(at),
            Meaning::AtLeast
            | Meaning::AtMost
            | Meaning::About
            | Meaning::Cross
            | Meaning::For
            | Meaning::Of
            | Meaning::In
            | Meaning::Stop => {}
        }
    }

    fn mark(&mut self, at: usize, mark: Mark) {
        self.spend(at);
        match mark {
            Mark::Comma if self.adjectives_go_on(at) => {}
            Mark::Comma => {
                let is_optional = self.pending.is_optional;
                self.end_phrase();
                // `and, if space permits, a lounge`.
                self.pending.is_optional = is_optional;
                self.is_negated = false;
                // `3 bedrooms, each with …` begins after the comma; so does `… for each, …`.
                if self.meaning(self.at) != Some(Meaning::With) {
                    self.for_each = None;
                }
            }
            Mark::Plus | Mark::Ampersand => self.and(at),
            Mark::Stop | Mark::Line => self.end_sentence(),
            Mark::Close => self.accessible_of_them(),
            // `without a pharmacy: reception, …`.
            Mark::Colon => self.is_negated = false,
            _ => {}
        }
    }

    /// Whether only adjectives stand between the comma at `at` and a room, as in `2 large, quiet
    /// offices`.
    fn adjectives_go_on(&self, at: usize) -> bool {
        if !self.pending.describes() || self.pending.unknown.is_some() {
            return false;
        }
        let mut next = at + 1;
        // `30 agents, a glass cabin` begins anew.
        if matches!(self.meaning(next), Some(Meaning::Article | Meaning::Other)) {
            return false;
        }
        while self.meaning(next).is_some_and(is_adjective) {
            next += 1;
        }
        next > at + 1 && self.is_room(next)
    }

    /// What stands at `at` names a room.
    fn is_room(&self, at: usize) -> bool {
        // `ladies` is short for a toilet, and behind one says for whom it is.
        if matches!(self.key(at), "lady" | "gent") && self.noun != Noun::Nothing {
            return false;
        }
        matches!(
            self.meaning(at),
            Some(Meaning::Room(_) | Meaning::Either { .. } | Meaning::Station(_))
        )
    }

    /// The first lexeme from `at` on that is no adjective, article or the like.
    fn past_adjectives(&self, at: usize) -> usize {
        let mut next = at;
        while self.meaning(next).is_some_and(is_adjective)
            || self.what(next) == Some(What::Mark(Mark::Hyphen))
        {
            next += 1;
        }
        next
    }

    /// Whether a list goes on at `at`, or the text ends.
    fn is_boundary(&self, at: usize) -> bool {
        match self.what(at) {
            None | Some(What::Enumerator) => true,
            Some(What::Mark(mark)) => matches!(
                mark,
                Mark::Comma
                    | Mark::Stop
                    | Mark::Line
                    | Mark::Close
                    | Mark::Plus
                    | Mark::Ampersand
                    | Mark::Slash
            ),
            Some(What::Is(meaning)) => matches!(
                meaning,
                Meaning::And
                    | Meaning::With
                    | Meaning::But
                    | Meaning::For
                    | Meaning::Each
                    | Meaning::Of
                    | Meaning::In
                    | Meaning::Stop
                    | Meaning::Relation(_)
                    | Meaning::Optional
            ),
            Some(_) => false,
        }
    }

    fn set_noun(&mut self, noun: Noun, at: usize) {
        self.noun = noun;
        self.noun_end = at;
        self.pending.take_words();
    }

    fn unknown(&mut self, at: usize) {
        let (first, last) = self.tokens_of(at);
        let is_sign = self
            .tokens
            .get(first)
            .is_some_and(|token| token.kind == super::token::TokenKind::Other);
        if is_sign && first == last {
            // A pictograph asks for nothing.
            self.ignore(first, last, "a sign without a meaning here");
            return;
        }
        self.out.unrecognised.push((first, last));
        self.spend(at);
        let from = match self.pending.unknown {
            Some((from, to)) if to + 1 == first => from,
            _ => first,
        };
        self.pending.unknown = Some((from, last));
        if matches!(self.noun, Noun::Item(_)) {
            self.noun = Noun::Unknown;
            self.noun_end = at;
        }
    }

    /// Whether what stands at `at` is said of something that is not understood; it is reported
    /// with it then.
    fn is_said_of_unknown(&mut self, at: usize) -> bool {
        let next = self.past_adjectives(at + 1);
        let of_unknown = self.noun == Noun::Unknown
            && (self.follows_link(at) || self.touches_noun(at))
            && !self.is_room(next);
        if of_unknown {
            let (first, last) = self.tokens_of(at);
            self.spend(at);
            self.out.unrecognised.push((first, last));
            self.noun_end = at;
        }
        of_unknown
    }

    /// Whatever described a room to come and found none.
    fn end_phrase(&mut self) {
        self.instead_of = None;
        let pending = std::mem::take(&mut self.pending);
        if let Some(accessible) = pending.accessible {
            let (first, last) = self.tokens_of(accessible);
            self.ignore(first, last, rooms::NOT_ACCESSIBLE);
        }
        for (first, last, message) in pending.left_over() {
            if let Some((from, to)) = pending.unknown {
                self.spend_tokens(first, last);
                // `2 zumba rooms`: the number belongs to what is not known.
                self.out.unrecognised.push((first.min(from), last.max(to)));
                continue;
            }
            self.conflict(first, last, message);
        }
        if let Some((_, first, last)) = self.open_relation.take() {
            self.ignore(
                first,
                last,
                "what it relates to is not a room of this programme",
            );
        }
    }

    fn end_sentence(&mut self) {
        self.end_phrase();
        self.is_negated = false;
        self.for_each = None;
        self.host = None;
        self.last_relation = None;
        self.each_of_next = None;
        self.also_each = None;
        if let Some((_, first, last, _)) = self.inverse.take() {
            self.ignore(first, last, "it relates to no other room");
        }
        self.sentence = self.out.items.len();
        if self.noun != Noun::Whole {
            self.noun_end = usize::MAX;
        }
    }

    /// Whether the last noun ends right before `at`.
    fn touches_noun(&self, at: usize) -> bool {
        self.noun_end.checked_add(1) == Some(at)
    }

    fn last_item(&self) -> Option<usize> {
        match self.noun {
            Noun::Item(item) => Some(item),
            _ => None,
        }
    }

    fn item_mut(&mut self, item: usize) -> Option<&mut Item> {
        self.out.items.get_mut(item)
    }
}

fn is_adjective(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Style
            | Meaning::Large
            | Meaning::Small
            | Meaning::Male
            | Meaning::Female
            | Meaning::Accessible
            | Meaning::Attached
            | Meaning::Optional
            | Meaning::Article
            | Meaning::Other
    )
}
