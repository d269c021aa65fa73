//! People and desks by the groups they are in: `64 desks in 4 clusters`, `75 children in 5 groups`.

use super::super::Confidence;
use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, Bound, What};
use super::super::stems::stem;
use super::super::token::Mark;
use super::{Noun, Reader};

/// What a group is called.
const GROUPS: [&str; 10] = [
    "pod",
    "cluster",
    "row",
    "bay",
    "group",
    "bank",
    "team",
    "island",
    "neighbourhood",
    "neighborhood",
];

/// Groups, as they are counted at some place in the text.
struct Groups {
    count: Option<u32>,
    each: Option<u32>,
    /// The lexeme behind.
    end: usize,
}

impl Reader<'_> {
    /// `40 desks in 5 pods of 8`: how they stand, which is told and no more. Whether `in` at `at`
    /// said that of what was named last.
    pub(super) fn stand_in_groups(&mut self, at: usize) -> bool {
        let is_seated = self.touches_noun(at)
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.room == "open_office");
        let Some(groups) = self.groups_at(at + 1).filter(|_| is_seated) else {
            return false;
        };
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(groups.end - 1).1);
        self.at = groups.end;
        self.noun_end = Some(groups.end - 1);
        self.ignore(first, last, "how they are grouped is not passed on");
        true
    }

    /// The same of the people or seats at `at`, which are put to use next; whether that was all, since
    /// each group of a kindergarten has a room.
    pub(super) fn are_in_groups(&mut self, at: usize, amount: Amount, seat: Seat) -> bool {
        if self.are_groups_of_children(at, amount, seat) || self.are_teams_of(at, amount, seat) {
            return true;
        }
        let is_in = self.meaning(at + 1) == Some(Meaning::In);
        let Some(groups) = self.groups_at(at + 2).filter(|_| is_in) else {
            return false;
        };
        if let Some((count, each)) = self.groups_with_rooms(&groups, amount, seat) {
            self.have_a_room_each(count, each, at, groups.end);
            return true;
        }
        let (first, last) = (self.tokens_of(at + 1).0, self.tokens_of(groups.end - 1).1);
        self.at = groups.end;
        self.ignore(first, last, "how they are grouped is not passed on");
        false
    }

    /// `a kindergarten (3 groups of 25)`: whether the number at `at` is of groups that have a room
    /// each.
    pub(super) fn counts_groups(&mut self, at: usize) -> bool {
        let known = self
            .groups_at(at)
            .filter(|_| self.groups_have_rooms(Seat::Person))
            // `4 groups of 15 kids, each group with own room`: read as it says.
            .filter(|groups| self.room_for_each(groups.end).is_none());
        let Some((count, each, end)) =
            known.and_then(|groups| Some((groups.count?, groups.each?, groups.end)))
        else {
            return false;
        };
        self.have_a_room_each(count, each, at, end);
        true
    }

    /// `a kindergarten with 4 groups of 15 kids`: whether the number at `at` is of each group.
    fn are_groups_of_children(&mut self, at: usize, amount: Amount, seat: Seat) -> bool {
        let is_group = at >= 2
            && self.meaning(at - 1) == Some(Meaning::Of)
            && self.is_group(at - 2)
            && self.is_boundary(at + 1);
        let (Some((count, ..)), Some(each)) = (self.pending.count, amount.low.count()) else {
            return false;
        };
        if !is_group || !self.groups_have_rooms(seat) {
            return false;
        }
        let Some(count) = count.low.count() else {
            return false;
        };
        self.have_a_room_each(count, each, at.saturating_sub(3), at + 1);
        true
    }

    /// `an office for 3 teams of 10 people`: thirty. Whether the people at `at` are of such teams.
    pub(super) fn are_teams_of(&mut self, at: usize, amount: Amount, seat: Seat) -> bool {
        let is_team = at >= 2
            && self.meaning(at - 1) == Some(Meaning::Of)
            && self.is_group(at - 2)
            && self.is_boundary(at + 1)
            && matches!(seat, Seat::Person | Seat::Staff)
            && matches!(self.facility, None | Some("office" | "coworking"));
        // The number stands right before the word for the teams, or went to the whole already.
        let teams = match at.checked_sub(3).and_then(|count| self.what(count)) {
            Some(What::Count(teams) | What::Seats(teams, _)) => teams.low.count(),
            _ => None,
        };
        let Some((teams, each)) = teams.zip(amount.low.count()).filter(|_| is_team) else {
            return false;
        };
        let (first, _) = self.tokens_of(at - 3);
        let (_, last) = self.tokens_of(at);
        self.pending = super::pending::Pending::default();
        self.spend_tokens(first, last);
        let all = Amount::whole(teams.saturating_mul(each), Bound::Exactly);
        let known = (self.out.items.iter_mut())
            .find(|item| item.room == "open_office" && item.seats_of_whole && !item.is_excluded);
        if let Some(item) =
            known.filter(|item| item.seats.and_then(|seats| seats.low.count()) == Some(teams))
        {
            item.seats = Some(all);
            item.last = item.last.max(last);
            self.said_people = teams.saturating_mul(each);
            return true;
        }
        self.whole_is_for(all, Seat::Staff, first, last);
        true
    }

    /// How many groups there are and how many are in each, where each has a room and both follow
    /// from what was said.
    fn groups_with_rooms(&self, groups: &Groups, all: Amount, seat: Seat) -> Option<(u32, u32)> {
        let all = all.low.count()?;
        let even = |by: u32| (by > 0 && all % by == 0).then(|| all / by);
        let (count, each) = match (groups.count, groups.each) {
            (Some(count), Some(each)) => (count, each),
            (Some(count), None) => (count, even(count)?),
            (None, Some(each)) => (even(each)?, each),
            (None, None) => return None,
        };
        self.groups_have_rooms(seat).then_some((count, each))
    }

    /// Whether groups of such people have rooms that nobody names otherwise.
    fn groups_have_rooms(&self, seat: Seat) -> bool {
        let are_named = (self.lexemes.iter()).any(|lexeme| {
            matches!(
                lexeme.what,
                What::Is(Meaning::Room("classroom" | "play_area"))
            ) || lexeme.key.starts_with("grouproom")
        });
        seat == Seat::Person && matches!(self.facility, Some("school" | "preschool")) && !are_named
    }

    fn have_a_room_each(&mut self, count: u32, each: u32, from: usize, end: usize) {
        let (first, last) = (self.tokens_of(from).0, self.tokens_of(end - 1).1);
        self.pending = super::pending::Pending::default();
        self.spend_tokens(first, last);
        let mut item = Item::new("classroom", "group", first, last);
        item.sure = Confidence::Synonym;
        item.amount = Some(Amount::whole(count, Bound::Exactly));
        item.seats = Some(Amount::whole(each, Bound::Exactly));
        item.assumed.push("a room for each group".to_owned());
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(end - 1);
        self.at = end;
    }

    /// `4 clusters of 16`, `rows`, `groups of 15 each`: the groups that begin at `at`.
    fn groups_at(&self, at: usize) -> Option<Groups> {
        let count = match self.what(at) {
            Some(What::Count(amount)) => amount.low.count(),
            _ => None,
        };
        let word = at + usize::from(count.is_some());
        let mut end = word + 1;
        // `rows of` is one phrase.
        let of = usize::from(self.word_at(self.tokens_of(word).1) != "of");
        let each = match self.what(end + of) {
            Some(What::Count(each) | What::Seats(each, _))
                if of == 0 || self.meaning(end) == Some(Meaning::Of) =>
            {
                end += of + 1;
                end += usize::from(self.key(end) == "each");
                each.low.count()
            }
            _ => None,
        };
        let parted = self.is_boundary(end)
            || self.meaning(end) == Some(Meaning::And)
            || self.what(end) == Some(What::Mark(Mark::Close));
        (self.is_group(word) && parted).then_some(Groups { count, each, end })
    }

    fn is_group(&self, at: usize) -> bool {
        GROUPS.contains(&stem(self.word_at(self.tokens_of(at).0)).as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn how_desks_stand_asks_for_nothing() {
        for (prompt, rooms) in [
            (
                "office: 64 workstations in 4 clusters, 6 cabins",
                "open_office:1#64 private_office:6",
            ),
            (
                "40 desks in 5 pods of 8, pantry",
                "open_office:1#40 pantry:1",
            ),
            ("office with 40 desks in rows", "open_office:1#40"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn teams_of_so_many_are_all_of_them() {
        for (prompt, rooms) in [
            (
                "An office floor for 3 teams of 10 people, 3 team leader offices, kitchen",
                "open_office:1#30 private_office:3 kitchen:1",
            ),
            (
                "4 teams of 6 people, 2 meeting rooms",
                "open_office:1#24 meeting_room:2",
            ),
            (
                "office for 2 teams of 12, kitchen",
                "open_office:1#24 kitchen:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn groups_of_a_kindergarten_have_a_room_each() {
        for (prompt, rooms) in [
            (
                "kindergarten for 75 children in 5 groups of 15, kitchen",
                "classroom:5#15 kitchen:1",
            ),
            (
                "kindergarten for 60 kids in 4 groups, kitchen",
                "classroom:4#15 kitchen:1",
            ),
            (
                "kindergarten (3 groups of 25), kitchen",
                "classroom:3#25 kitchen:1",
            ),
            (
                "a kindergarten with 4 groups of 15 kids, kitchen",
                "classroom:4#15 kitchen:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
