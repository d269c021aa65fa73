//! One of the parts that rooms are told apart by: `one for 6`, `2 of 10 sqm`, `a large one`.

use super::super::item::Size;
use super::super::measure::{Amount, Span};
use super::super::number::ONE;
use super::Reader;

/// Some of the rooms, and what is said of them only.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Part {
    /// As said; one where nothing was.
    pub(super) count: Option<u32>,
    pub(super) seats: Option<Amount>,
    pub(super) area: Option<Span>,
    pub(super) sides: Option<[i64; 2]>,
    pub(super) size: Option<Size>,
    /// Another type than that of the whole, such as an accessible toilet.
    pub(super) room: Option<&'static str>,
    /// A bathroom that only these have.
    pub(super) attached: Option<usize>,
    /// That bathroom is one for all of them.
    pub(super) is_shared: bool,
    /// Bathrooms that belong to a bedroom: `2 bathrooms, one en suite`.
    pub(super) is_ensuite: bool,
    /// Named with its noun, as an entry of a list may be: `1 accessible toilet`.
    pub(super) names_room: bool,
    /// Only described: `two with a view`. Parts that add up may be told apart by no more.
    pub(super) is_described: bool,
    /// All that are left: `two of 16 sqm, the others 12 sqm`.
    pub(super) is_rest: bool,
    /// Half of them: `half of them 12 sqm, the other half 16 sqm`.
    pub(super) is_half: bool,
    /// Said to be a usual one, or without what others have.
    pub(super) is_plain: bool,
    /// Named by a word that is not known.
    pub(super) is_called: bool,
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Part {
    /// Whether `size` is no part of its own, but how large this one is.
    pub(super) fn is_sized_by(&self, size: &Part) -> bool {
        let only_sized = size.count.is_none()
            && !size.is_rest
            && size.seats.is_none()
            && size.room.is_none()
            && size.attached.is_none()
            && (size.area.is_some() || size.sides.is_some());
        self.count.is_some() && self.area.is_none() && self.sides.is_none() && only_sized
    }

    pub(super) fn tells_apart(&self) -> bool {
        self.seats.is_some()
            || self.area.is_some()
            || self.sides.is_some()
            || self.size.is_some()
            || self.room.is_some()
            || self.attached.is_some()
            || self.is_plain
            || self.is_described
    }

    /// Whether nothing but a description tells it apart.
    pub(super) fn is_only_described(&self) -> bool {
        let described = Part {
            is_described: false,
            ..self.clone()
        };
        self.is_described && !described.tells_apart()
    }
}

impl Part {
    /// The area of one unit, from a part whose number and area are both known.
    pub(super) fn unit_of(&self, known: Span, reader: &Reader<'_>) -> Option<i64> {
        let text = reader.tokens.get(self.first..=self.last)?;
        let number = text.iter().find_map(|token| match token.kind {
            super::super::token::TokenKind::Number(number) => Some(number),
            _ => None,
        })?;
        (number.0 > 0).then(|| {
            let unit = i128::from(known.low) * i128::from(ONE) / i128::from(number.0);
            i64::try_from(unit).unwrap_or(i64::MAX)
        })
    }
}

pub(super) fn is_wet(room: &str) -> bool {
    matches!(room, "toilet" | "toilet_group" | "bathroom")
}
