//! The grammar: phrases in order, each put to use or reported.
//!
//! One pass from left to right. What describes a room that is still to come (`2 large`) waits in
//! [`Pending`]; what describes the one before (`of 20 sqm`, `for 8`) goes to it at once. Whatever
//! stays without use is reported as a conflict, never dropped.

mod again;
mod ahead;
mod areas;
mod attach;
mod behind;
mod by_place;
mod called;
mod compound;
mod correct;
mod crossed_seats;
mod divide;
mod each;
mod each_of_people;
mod facility;
mod fittings;
#[cfg(test)]
mod for_tests;
mod gender;
mod groups;
mod head_count;
mod kept_apart;
mod links;
mod measure_each;
mod names_whole;
mod new_rooms;
mod no_noun;
mod nouns;
mod numbers;
mod of_home;
mod others;
mod own_rooms;
mod part;
mod part_words;
mod parts;
mod pending;
mod people;
mod per_room;
mod ratios;
mod referred;
mod rest_of_people;
mod room_words;
mod rooms;
mod seat_cases;
mod seat_places;
mod seats;
mod seats_apart;
mod shared_head;
mod shares;
mod sides;
mod site_size;
mod sized_later;
mod some_have;
mod some_of;
mod some_people;
mod spread;
mod stands;
mod subsets;
mod told_apart;
mod totals;
mod turned;
mod unknown;
mod unwanted;
mod who;
mod whole;
mod whose;
mod words;

use super::item::{Item, Whole, Wish};
use super::lex::Lexeme;
use super::lexicon::{Meaning, Relation};
use super::measure::{Amount, Bound, Span, What};
use super::number::Number;
use super::token::Token;
pub(in crate::generate::words) use facility::facility_of;
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
    /// Lexeme that ended the last noun, if one stands in this sentence or is the whole.
    noun_end: Option<usize>,
    /// The item before the last `with`.
    host: Option<usize>,
    is_negated: bool,
    /// Whatever this sentence lists is not wanted.
    is_list_negated: bool,
    /// A relation that waits for its other room.
    open_relation: Option<(Relation, usize, usize)>,
    /// The last relation that found its other room, for `near A and B`.
    last_relation: Option<(Relation, usize, usize)>,
    /// Whatever comes is for each of this item.
    for_each: Option<usize>,
    /// Multiply this item by the count of the next room.
    each_of_next: Option<usize>,
    /// The items that the rooms named last were divided into.
    divided: Vec<usize>,
    /// Those before the host of what comes, of which it is said as well.
    also_each: Vec<usize>,
    /// How many rooms there are in all, as it was said, and where.
    said_total: Option<(u32, usize, usize)>,
    /// What comes is another choice instead of this item: `a lounge or a library`.
    instead_of: Option<usize>,
    /// A relation that a sentence began with, and the room it named: `next to the lobby, …`.
    inverse: Option<(Relation, usize, usize, Option<usize>)>,
    /// Whatever this sentence names is optional: `optional: a gym, a library`.
    is_all_optional: bool,
    /// So many of an item for each few rooms of a kind that is still to be named.
    per_many: Vec<(usize, &'static str, u32, usize, usize)>,
    /// Who was counted for the whole, by the word for them.
    people: Vec<(String, Amount)>,
    /// Whether people of single teams were counted, who are not those of the whole.
    has_teams: bool,
    /// How many of those turned out to have rooms of their own.
    seated_apart: u32,
    /// How many people were counted for the whole, who work at desks.
    said_people: u32,
    /// An item of which there is one in each of rooms that are still to be counted, and the tokens
    /// that said so.
    held_per_room: Option<(usize, (usize, usize))>,
    /// For how many each room of a kind is, and the tokens that said so.
    seats_per_room: Vec<(&'static str, Amount, (usize, usize))>,
    /// The area that was said of all rooms.
    area_of_all: Option<(Span, usize, usize)>,
    /// What the last wish of this sentence is about.
    last_subject: Option<usize>,
    /// The other of two that a wish is about: `A and B, both near C`.
    also_subject: Option<usize>,
    /// The second room that such a sentence began with: `between A and B, …`.
    inverse_other: Option<usize>,
    /// Where the items of this sentence begin.
    sentence: usize,
    /// Where the items of this floor begin: `ground floor: …`.
    floor: usize,
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
        noun_end: None,
        host: None,
        is_negated: false,
        is_list_negated: false,
        open_relation: None,
        last_relation: None,
        for_each: None,
        each_of_next: None,
        divided: Vec::new(),
        also_each: Vec::new(),
        said_total: None,
        inverse: None,
        instead_of: None,
        is_all_optional: false,
        last_subject: None,
        also_subject: None,
        inverse_other: None,
        per_many: Vec::new(),
        people: Vec::new(),
        has_teams: false,
        seated_apart: 0,
        said_people: 0,
        held_per_room: None,
        seats_per_room: Vec::new(),
        area_of_all: None,
        sentence: 0,
        floor: 0,
        facility: facility_of(tokens, lexemes),
    };
    while reader.at < lexemes.len() {
        reader.step();
    }
    reader.end_sentence();
    reader.count_per_many();
    reader.tell_rooms_uncounted();
    reader.seat_per_room();
    reader.drop_beds_named_apart();
    reader.drop_staff_named_apart();
    reader.drop_rooms_named_apart();
    reader.drop_sum_of_those_behind();
    reader.name_rooms_of_whole();
    reader.attach_ensuites();
    reader.measure_alike();
    reader.measure_all();
    reader.drop_title();
    reader.tell_size_of_main_room();
    reader.check_total();
    reader.out
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
        let opens = matches!(
            self.what(at),
            Some(What::Count(_) | What::Is(Meaning::Article))
        );
        if opens && self.shares_head(at) {
            return;
        }
        match self.what(at) {
            Some(What::Is(meaning)) => self.word(at, meaning),
            Some(What::Mark(mark)) => self.mark(at, mark),
            Some(What::Enumerator) => {
                self.spend(at);
                self.end_phrase();
            }
            Some(What::Unknown)
                if self.key(at) == "half"
                    && (self.is_share_of_people(at) || self.is_half_bath(at)) => {}
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
            Some(What::Share) if self.is_share_of_people(at) => {}
            Some(What::Share) => {
                let (first, last) = self.tokens_of(at);
                self.ignore(
                    first,
                    last,
                    "a share of the whole is not passed on to the solver",
                );
            }
            None => {}
        }
    }

    fn set_noun(&mut self, noun: Noun, at: usize) {
        self.noun = noun;
        self.noun_end = Some(at);
        self.pending.take_words();
    }

    /// Whatever described a room to come and found none.
    fn end_phrase(&mut self) {
        self.instead_of = None;
        let pending = std::mem::take(&mut self.pending);
        if let Some(accessible) = pending.accessible {
            let (first, last) = self.tokens_of(accessible);
            self.ignore(first, last, rooms::NOT_ACCESSIBLE);
        }
        if let Some(another) = pending.another_at.filter(|_| pending.unknown.is_none()) {
            let (first, last) = self.tokens_of(another);
            self.conflict(first, last, "another of what is not clear");
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
        if let Some((relation, first, last)) = self.open_relation.take()
            && !self.relates_both(relation, first, last)
        {
            self.ignore(
                first,
                last,
                "what it relates to is not a room of this programme",
            );
        }
    }

    fn end_sentence(&mut self) {
        self.end_phrase();
        (self.is_negated, self.is_list_negated) = (false, false);
        self.for_each = None;
        self.host = None;
        self.last_relation = None;
        self.each_of_next = None;
        self.also_each.clear();
        self.is_all_optional = false;
        self.inverse_other = None;
        self.also_subject = None;
        self.last_subject = None;
        if let Some((_, first, last, _)) = self.inverse.take() {
            self.ignore(first, last, "it relates to no other room");
        }
        self.sentence = self.out.items.len();
        if self.noun != Noun::Whole {
            self.noun_end = None;
        }
    }

    /// Whether the last noun ends right before `at`.
    fn touches_noun(&self, at: usize) -> bool {
        self.noun_end.is_some_and(|end| end + 1 == at)
    }

    /// Whether one lexeme stands between the last noun and `at`.
    fn is_one_past_noun(&self, at: usize) -> bool {
        self.noun_end.is_some_and(|end| end + 2 == at)
    }

    /// The lexeme that ended the last noun.
    fn end_of_noun(&self) -> Option<&Lexeme<What>> {
        self.lexemes.get(self.noun_end?)
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
