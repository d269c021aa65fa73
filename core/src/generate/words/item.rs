//! What the words name, before it becomes a programme.

use super::Confidence;
use super::lexicon::Relation;
use super::measure::{Amount, Bound, Span};
use super::number::Number;

/// A room, or several of a kind, as they were named.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) room: &'static str,
    /// The stems of the phrase that named it.
    pub(super) key: String,
    pub(super) amount: Option<Amount>,
    /// Used when there is no number: one, or more for a plural.
    pub(super) unsaid: u32,
    /// There are so many for each of these other items: a bathroom for each bedroom.
    pub(super) each_of: Vec<usize>,
    /// First named as `each bedroom` or `near the toilets`, before anybody said how many.
    pub(super) is_mention: bool,
    /// Named with `a` and no number.
    pub(super) has_article: bool,
    /// Named with a plural and no number.
    pub(super) plural: bool,
    pub(super) seats: Option<Amount>,
    /// Bedrooms as a house is described by them: `3 bedroom house`, `3 BHK`.
    pub(super) of_home: bool,
    /// Some of those were named apart already, and more may be.
    pub(super) is_open: bool,
    /// There are as many as people who were named for the whole place.
    pub(super) rooms_of_whole: bool,
    /// The seats were said of the whole place.
    pub(super) seats_of_whole: bool,
    pub(super) area: Option<Span>,
    /// The area is for all of them together.
    pub(super) area_is_total: bool,
    /// In tenths of a millimetre.
    pub(super) sides: Option<[i64; 2]>,
    pub(super) size: Option<Size>,
    pub(super) daylight: bool,
    pub(super) is_optional: bool,
    pub(super) is_excluded: bool,
    /// Reached through this other item.
    pub(super) via: Option<usize>,
    pub(super) sure: Confidence,
    /// Tokens from and to, inclusive, that name it.
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) assumed: Vec<String>,
    /// Of its genders, which were named behind it.
    pub(super) male: bool,
    pub(super) female: bool,
    /// How many were counted by gender behind it.
    pub(super) by_gender: u32,
    /// Names the whole, not a room of it.
    pub(super) is_title: bool,
    /// Some of several bathrooms, which belong to a bedroom.
    pub(super) is_ensuite: bool,
    /// Comes from the kind of place, not from the words.
    pub(super) is_template: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Large,
    Small,
}

impl Item {
    pub(super) fn new(room: &'static str, key: &str, first: usize, last: usize) -> Item {
        Item {
            room,
            key: key.to_owned(),
            amount: None,
            unsaid: 1,
            each_of: Vec::new(),
            is_mention: false,
            has_article: false,
            plural: false,
            seats: None,
            of_home: false,
            rooms_of_whole: false,
            is_open: false,
            seats_of_whole: false,
            area: None,
            area_is_total: false,
            sides: None,
            size: None,
            daylight: false,
            is_optional: false,
            is_excluded: false,
            via: None,
            sure: Confidence::Exact,
            first,
            last,
            assumed: Vec::new(),
            male: false,
            female: false,
            by_gender: 0,
            is_title: false,
            is_ensuite: false,
            is_template: false,
        }
    }

    /// Whether people of two genders need one each.
    pub(super) fn is_by_gender(&self) -> bool {
        matches!(
            self.room,
            "toilet" | "toilet_group" | "bathroom" | "changing_room" | "locker_room" | "shower"
        )
    }

    /// Two where they are for both genders and nobody counted.
    pub(super) fn by_gender_amount(&self) -> Option<Amount> {
        (self.male && self.female && self.is_by_gender()).then(|| {
            let two = Number::whole(2);
            Amount {
                low: two,
                high: two,
                bound: Bound::Exactly,
            }
        })
    }

    /// How many were said, of a range the fewest, before they are taken for each of others.
    fn said(&self) -> u32 {
        match self.amount.and_then(|amount| amount.low.count()) {
            Some(count) => count,
            None if self.by_gender > 0 => self.by_gender,
            None if self.male && self.female && self.is_by_gender() => 2,
            None => self.unsaid,
        }
    }
}

/// How many there are of the item at `place`, before optional ones.
pub(super) fn count(items: &[Item], place: usize) -> u32 {
    let Some(item) = items.get(place) else {
        return 0;
    };
    item.said().saturating_mul(times(items, place))
}

/// How many times an item is there because it is for each of others.
pub(super) fn times(items: &[Item], place: usize) -> u32 {
    let Some(item) = items.get(place) else {
        return 1;
    };
    // One level: what an item is for each of is counted as it was said.
    item.each_of
        .iter()
        .filter(|host| **host != place)
        .filter_map(|host| items.get(*host))
        .map(|host| host.said().max(1))
        .fold(1, u32::saturating_mul)
}

/// A wish about two items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) relation: Relation,
    pub(super) a: usize,
    pub(super) b: usize,
    /// Tokens from and to, inclusive.
    pub(super) first: usize,
    pub(super) last: usize,
}

/// What is known about the place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Whole {
    pub(super) facility: Option<(&'static str, usize, usize)>,
    pub(super) area: Option<(Span, usize, usize)>,
    /// In tenths of a millimetre, and the tokens.
    pub(super) sides: Option<([i64; 2], usize, usize)>,
}
