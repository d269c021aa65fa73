//! What is said of all rooms together: how many, how many beds, a title at the head.

use super::super::lexicon::Meaning;
use super::super::measure::{Bound, What};
use super::super::token::Mark;
use super::ratios::PEOPLE;
use super::{Noun, Reader};

impl Reader<'_> {
    /// `10 rooms in total: …`, `a total of 10 rooms`: the number of those that are named.
    pub(super) fn is_total_of_rooms(&mut self, at: usize) -> bool {
        let Some((amount, first, last)) = self.pending.count else {
            return false;
        };
        let counted_at = (0..at)
            .rev()
            .find(|before| matches!(self.what(*before), Some(What::Count(_))))
            .unwrap_or(at);
        let after_total = counted_at > 0 && self.meaning(counted_at - 1) == Some(Meaning::Total);
        let before_total = self.meaning(at + 1) == Some(Meaning::Total);
        // `no more than 5 rooms: reception, 2 consulting rooms, …`.
        let heads_list = self.what(at + 1) == Some(What::Mark(Mark::Colon))
            && self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural)
            && self.list_names_rooms(at + 2);
        if !(after_total || before_total || heads_list) {
            return false;
        }
        self.spend_tokens(first, last);
        self.pending = super::pending::Pending::default();
        if amount.bound == Bound::Exactly
            && amount.low == amount.high
            && let Some(count) = amount.low.count()
        {
            self.said_total = Some((count, first, last));
        }
        self.noun = Noun::Nothing;
        self.noun_end = Some(at);
        true
    }

    /// Whether a room is the first thing that a list from `at` names.
    fn list_names_rooms(&self, at: usize) -> bool {
        let mut next = at;
        while matches!(
            self.what(next),
            Some(What::Count(_) | What::Enumerator | What::Mark(Mark::Line | Mark::Hyphen))
        ) || self.meaning(next).is_some_and(super::is_adjective)
        {
            next += 1;
        }
        self.is_room(next)
    }

    /// `one bathroom per two bedrooms`, said before anybody said how many bedrooms there are.
    pub(super) fn count_per_many(&mut self) {
        for (place, kind, many, first, last) in std::mem::take(&mut self.per_many) {
            let of_kind = |other: &usize| {
                (self.out.items.get(*other))
                    .is_some_and(|item| item.room == kind && !item.is_excluded)
            };
            let all: u32 = if kind == PEOPLE {
                self.people_of_whole()
            } else {
                (0..self.out.items.len())
                    .filter(of_kind)
                    .map(|other| super::super::item::count(&self.out.items, other))
                    .fold(0, u32::saturating_add)
            };
            if all == 0 {
                self.conflict(first, last, "how many of these there are is not said");
                continue;
            }
            let assumed = format!("for the {all} that are named");
            self.follow(place, all.div_ceil(many), assumed);
        }
    }

    /// Says if the rooms that were named are not as many as was said.
    pub(super) fn check_total(&mut self) {
        let Some((said, first, last)) = self.said_total else {
            return;
        };
        let named: u32 = (0..self.out.items.len())
            .filter(|place| {
                self.out
                    .items
                    .get(*place)
                    .is_some_and(|item| !item.is_excluded)
            })
            .map(|place| super::super::item::count(&self.out.items, place))
            .fold(0, u32::saturating_add);
        if named != said {
            self.conflict(first, last, format!("{named} rooms are named"));
        }
    }

    /// `operation theatre complex with 2 theatres`, `testing laboratory 2000 sq ft: chemical lab …`:
    /// what the text begins with is its title when rooms of the kind follow, or when it is larger
    /// than a room.
    pub(super) fn drop_title(&mut self) {
        let Some(item) = self.out.items.first() else {
            return;
        };
        let is_plain = item.amount.is_none()
            // `R&D lab for 12 researchers with two wet labs`: whoever works in those.
            && (item.seats.is_none() || item.room == "laboratory")
            && item.sides.is_none()
            && item.each_of.is_empty()
            && !item.plural
            && !item.is_excluded
            && !item.is_mention
            && !item.is_template
            // Nothing but an article and an adjective stands before a title.
            && item.first <= 2;
        let last = item.last;
        let behind = self
            .lexemes
            .iter()
            .find(|lexeme| {
                lexeme.first > last
                    && !matches!(
                        lexeme.what,
                        What::Is(
                            Meaning::Noun
                                | Meaning::Stop
                                | Meaning::Style
                                | Meaning::Place
                                | Meaning::Site
                        )
                    )
            })
            .map(|lexeme| lexeme.what);
        let large = item
            .area
            .is_some_and(|span| span.low > super::whole::LARGEST_ROOM_MM2);
        let others = self.out.items.iter().skip(1);
        // `small bakery 55 m2; sales 20 m2, …`: the word may name the whole.
        let is_either = self.lexemes.iter().any(|lexeme| {
            (item.first..=item.last).contains(&lexeme.first)
                && matches!(lexeme.what, What::Is(Meaning::Either { .. }))
        });
        let lists = behind == Some(What::Mark(Mark::Colon))
            || (is_either && item.area.is_some() && behind == Some(What::Mark(Mark::Line)));
        let like = others
            .filter(|other| {
                let is_like = other.room == item.room
                    // `a dorm with 4 rooms`.
                    || (matches!(item.room, "guest_room" | "ward") && other.room == "room");
                !other.is_excluded
                    && is_like
                    && (large
                        || other.amount.is_some()
                        || lists
                        // `a photo studio with a shooting area, …` is the whole.
                        || (item.room == "photo_studio" && other.key != item.key))
            })
            .count();
        let heads = matches!(
            behind,
            Some(What::Is(Meaning::With) | What::Mark(Mark::Colon | Mark::Hyphen))
        ) || lists;
        let area_of_others: i64 = self
            .out
            .items
            .iter()
            .skip(1)
            .filter_map(|other| other.area.map(|span| span.low))
            .fold(0, i64::saturating_add);
        // `pharmacy 60 sqm: sales 35 sqm, dispensary 10 sqm`: room for all of them.
        let holds_all = lists && area_of_others > 0;
        let of_area = (large || holds_all)
            && self.out.whole.area.is_none()
            && item.area.is_some_and(|span| span.low >= area_of_others);
        // `hospital ward: 4 rooms with 2 beds each, …`: rooms of other kinds follow that such a
        // place has.
        let is_place = behind == Some(What::Mark(Mark::Colon))
            && matches!(
                item.room,
                "ward" | "gym" | "salon_floor" | "laboratory" | "operating_theatre" | "sales_floor"
            )
            && (self
                .out
                .items
                .iter()
                .skip(1)
                .filter(|other| !other.is_excluded))
            .count()
                >= 3;
        if !is_plain || !heads || (like == 0 && !is_place) || (item.area.is_some() && !of_area) {
            return;
        }
        // Wishes about it would be about those that follow.
        if self
            .out
            .wishes
            .iter()
            .any(|wish| wish.a == 0 || wish.b == 0)
        {
            return;
        }
        let (area, first) = (item.area, item.first);
        if let Some(span) = area {
            self.set_site_area(span, first, last);
        }
        if let Some(item) = self.out.items.first_mut() {
            item.is_excluded = true;
            item.is_title = true;
        }
        let text = self.name_of(0);
        self.out.assumptions.push(format!(
            "{text} at the head is taken as a title of what follows"
        ));
    }

    /// `a nursing home of 20 beds: 2 wards of 6, …`: the beds stand in the rooms that are named.
    pub(super) fn drop_beds_of_whole(&mut self) {
        let whole = self
            .out
            .items
            .iter_mut()
            .find(|item| item.room == "ward" && item.seats_of_whole && !item.is_excluded);
        if let Some(item) = whole {
            item.is_excluded = true;
            item.is_title = true;
            self.out
                .assumptions
                .push("the beds of the whole are those of the rooms that are named".to_owned());
        }
    }

    /// `a 6-bed day surgery: … recovery 6 beds`: the beds of the whole, where a room for beds is
    /// named with its own.
    pub(super) fn drop_beds_named_apart(&mut self) {
        let named = self.out.items.iter().any(|item| {
            !item.is_excluded
                && !item.seats_of_whole
                && item.seats.is_some()
                && matches!(item.room, "recovery" | "day_treatment" | "patient_room")
        });
        if named {
            self.drop_beds_of_whole();
        }
        self.drop_beds_of_patient_rooms();
    }

    /// `20 bed nursing home: 10 twin rooms`: all of the beds. Where some beds are left, whether
    /// those rooms hold some of them is not known.
    fn drop_beds_of_patient_rooms(&mut self) {
        const FOR_TWO: [&str; 4] = ["twin", "double", "sharing", "semiprivate"];
        let of_whole = self.out.items.iter().find(|item| {
            item.room == "ward" && item.seats_of_whole && item.amount.is_none() && !item.is_excluded
        });
        let Some(beds) = of_whole.and_then(|item| item.seats?.high.count()) else {
            return;
        };
        let mut named = (0_u32, None);
        for (place, item) in self.out.items.iter().enumerate() {
            if item.room != "patient_room" || item.is_excluded || item.is_optional {
                continue;
            }
            let each = 1 + u32::from(FOR_TWO.iter().any(|two| item.key.contains(two)));
            let rooms = super::super::item::count(&self.out.items, place);
            named.0 = rooms.saturating_mul(each).saturating_add(named.0);
            named.1.get_or_insert((item.first, item.last));
        }
        match named {
            (held, Some(_)) if held >= beds => self.drop_beds_of_whole(),
            (_, Some((first, last))) => self.conflict(
                first,
                last,
                "whether they hold some of the beds of the whole is not clear",
            ),
            _ => {}
        }
    }

    /// `in total` behind an area: of all rooms of the kind together.
    pub(super) fn total(&mut self) {
        // `6 offices in total` counts; `40 m² in total` measures.
        let counts = (1..self.at)
            .rev()
            .find_map(|before| match self.what(before) {
                Some(What::Count(_)) => Some(true),
                Some(What::Area(_) | What::Dims { .. } | What::Mark(_)) => Some(false),
                _ => None,
            });
        if counts != Some(true)
            && let Noun::Item(place) = self.noun
            && let Some(item) = self.item_mut(place)
            && item.area.is_some()
        {
            item.area_is_total = true;
        }
    }

    /// `mother's bedroom …; total 3 bedrooms`: those named before are of the three.
    pub(super) fn take_from_total(
        &self,
        room: &str,
        at: usize,
        pending: &mut super::pending::Pending,
    ) {
        let Some((amount, first, _)) = &mut pending.count else {
            return;
        };
        let is_total = (self.meaning(at + 1) == Some(Meaning::Total)
            && !matches!(self.what(at + 2), Some(What::Area(_))))
            || self.lexemes.iter().enumerate().any(|(at, lexeme)| {
                at > 0 && lexeme.first == *first && self.meaning(at - 1) == Some(Meaning::Total)
            });
        let named: i64 = (0..self.out.items.len())
            .filter(|place| {
                self.out.items.get(*place).is_some_and(|item| {
                    let is_like =
                        item.room == room || (room == "bedroom" && item.room == "master_bedroom");
                    is_like && !item.is_excluded
                })
            })
            .map(|place| i64::from(super::super::item::count(&self.out.items, place)))
            .sum();
        let rest = amount.low.0 - named * super::super::number::ONE;
        if is_total && named > 0 && rest > 0 && amount.low == amount.high {
            amount.low.0 = rest;
            amount.high.0 = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn rooms_counted_in_total_share_no_area() {
        let (prompt, rooms) = (
            "office: all offices 12 m2; 6 offices in total",
            "private_office:6@12",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }
}
