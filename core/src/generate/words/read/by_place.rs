//! What a word for a room means by what stands around it: the desks in it, the clothes that are
//! sold, the list it heads.

use super::super::lexicon::{Meaning, Seat};
use super::super::measure::What;
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;
use super::facility::heads_laboratory;
use super::whole::place_of;

impl Reader<'_> {
    /// Whether the room at `at` heads the text as the name of the place: it is what is done there.
    pub(super) fn heads_text(&mut self, at: usize, room: &str) -> bool {
        let is_first = self.out.items.is_empty() && self.out.whole.facility.is_none();
        // `Surgery: …`.
        let is_surgery =
            self.key(at) == "surgery" && at == 0 && self.what(1) == Some(What::Mark(Mark::Colon));
        // `chemistry lab with 2 lab rooms`.
        let is_lab = self.meaning(at + 1) == Some(Meaning::With) && heads_laboratory(self.lexemes);
        // `radiology practice with x-ray, …`.
        let is_practice = at <= 2
            && self.pending.count.is_none()
            && self.key(at + 1) == "practice"
            && self.meaning(at + 2) == Some(Meaning::With);
        // `pilates & barre studio, 120 m², main studio …`.
        let is_studio = self.key(at).ends_with("studio")
            && at <= 3
            && self.what(at + 1) == Some(What::Mark(Mark::Comma))
            && matches!(self.what(at + 2), Some(What::Area(_)))
            && (at + 3..self.lexemes.len()).any(|room| self.is_room(room));
        let place = match self.facility {
            Some(facility) if is_surgery => facility,
            None if is_surgery => "dental_clinic",
            _ if is_first && is_lab => "laboratory",
            _ if is_first && is_studio && room == "gym" => "gym",
            _ if is_first && is_practice => place_of(room),
            _ => return false,
        };
        if is_practice {
            self.spend(at + 1);
            self.at = at + 2;
        }
        self.whole(at, place);
        true
    }

    /// `14 people in the hall`, `hall for 25 clerks`: whether those who work in an office sit in the
    /// hall at `at`.
    pub(super) fn works_in_hall(&self, at: usize) -> bool {
        const WORKERS: [&str; 7] = [
            "clerk",
            "operator",
            "employee",
            "staff",
            "executive",
            "agent",
            "worker",
        ];
        let who = self.word_at(self.tokens_of(at + 2).1);
        let for_staff = self.meaning(at + 1) == Some(Meaning::For)
            && matches!(self.what(at + 2), Some(What::Seats(_, Seat::Staff)))
            && WORKERS.iter().any(|worker| who.starts_with(worker));
        self.key(at) == "hall"
            && matches!(self.facility, Some("office" | "coworking"))
            && ((self.pending.seats.is_some() && self.is_within_the(at)) || for_staff)
    }

    /// `2 MRs`, `MR: 2` are meeting rooms; whether `Mr` at `at` only says whom somebody is.
    pub(super) fn is_called_so(&self, at: usize) -> bool {
        let counted = self.pending.count.is_some()
            || matches!(
                self.what(at + 1),
                Some(
                    What::Count(_)
                        | What::Seats(..)
                        | What::Area(_)
                        | What::Dims { .. }
                        | What::Mark(Mark::Colon | Mark::Times | Mark::Open)
                        | What::Is(Meaning::Large | Meaning::Small | Meaning::Cross)
                )
            );
        matches!(self.key(at), "mr" | "mrs") && !counted
    }

    /// Whether `in the` stands right before `at`.
    pub(super) fn is_within_the(&self, at: usize) -> bool {
        at >= 2
            && self.meaning(at - 1) == Some(Meaning::The)
            && self.meaning(at - 2) == Some(Meaning::In)
    }

    /// `ICU & ward block: …`: where the title ends that begins with the room at `at`.
    pub(super) fn end_of_block_title(&self, at: usize) -> Option<usize> {
        const BLOCKS: [&str; 8] = [
            "block",
            "wing",
            "floor",
            "level",
            "unit",
            "department",
            "section",
            "area",
        ];
        let joined = matches!(
            self.what(at + 1),
            Some(What::Is(Meaning::And) | What::Mark(Mark::Ampersand | Mark::Plus | Mark::Slash))
        ) && self.is_room(at + 2);
        let block = at + 1 + usize::from(joined) * 2;
        // A single area has a name and a size, as its colon says.
        let is_block = BLOCKS.contains(&self.key(block)) && (joined || self.key(block) != "area");
        let is_free = self.out.items.is_empty() && !self.pending.describes();
        let lists = self.is_room(self.past_adjectives(block + 2))
            || matches!(self.what(block + 2), Some(What::Count(_) | What::Seats(..)));
        (is_block
            && is_free
            && at <= 1
            && lists
            && self.what(block + 1) == Some(What::Mark(Mark::Colon)))
        .then_some(block)
    }

    /// Whether `in`, `in the` or `in one` stands right before `at`.
    pub(super) fn is_within(&self, at: usize) -> bool {
        let mut before = at;
        while before > 0
            && matches!(
                self.what(before - 1),
                Some(What::Is(Meaning::Article | Meaning::The | Meaning::Style) | What::Count(_))
            )
        {
            before -= 1;
        }
        // `10 consultants in an open space` sit there.
        before > 0
            && self.meaning(before - 1) == Some(Meaning::In)
            && !matches!(
                before.checked_sub(2).and_then(|people| self.what(people)),
                Some(What::Seats(..))
            )
    }

    /// `14 desks in one open space of 90 m²`: the room of the desks named last. Whether the room
    /// at `at` is that.
    pub(super) fn is_where_desks_are(&mut self, at: usize, room: &str) -> bool {
        // `12 desks open plan`, too.
        let is_style = self.key(at) == "openplan"
            && self.touches_noun(at)
            && self.pending.count.is_none()
            && self.is_boundary(at + 1);
        let is_one =
            (self.pending.count).is_none_or(|(amount, ..)| amount.high == Number::whole(1));
        let is_open = room == "open_office" || self.key(at) == "openspace";
        let (_, last) = self.tokens_of(at);
        let says_where = self.is_within(at) && self.is_area_behind(at);
        if !is_open || !is_one || !(says_where || is_style) {
            return false;
        }
        let Some(item) = (self.last_item().and_then(|place| self.item_mut(place))).filter(|item| {
            item.room == "open_office" && item.seats.is_some() && item.area.is_none()
        }) else {
            return false;
        };
        item.last = item.last.max(last);
        self.pending = super::pending::Pending::default();
        self.noun_end = Some(at);
        true
    }

    /// Whatever the kind of place makes of the room: in a home one dines in a dining room.
    /// `accounting office: staff 12, conference room, file room`: whether the office at `at` is the
    /// title of a list of several rooms, or of people and rooms.
    pub(super) fn is_office_title(&self, at: usize) -> bool {
        // `warehouse office 600 sft: …`, too.
        let is_large = matches!(self.what(at + 1), Some(What::Area(span))
            if span.low > super::areas::LEAST_OF_SEVERAL_MM2);
        let colon = at + 1 + usize::from(is_large);
        let lists = (colon + 1..self.lexemes.len())
            .take_while(|next| {
                !matches!(self.what(*next), Some(What::Mark(Mark::Stop | Mark::Line)))
            })
            .filter(|next| {
                self.is_room(*next)
                    || matches!(
                        self.what(*next),
                        Some(What::Seats(..) | What::Is(Meaning::Seats(_)))
                    )
            })
            .count();
        self.key(at).ends_with("office")
            && at <= 2
            && self.out.items.is_empty()
            && self.out.whole.facility.is_none()
            && !self.pending.describes()
            && !self.pending.article
            && self.what(colon) == Some(What::Mark(Mark::Colon))
            && !matches!(
                self.what(colon + 1),
                Some(What::Area(_) | What::Dims { .. } | What::Length(_))
            )
            && lists > 1
    }

    /// `boutique with 4 changing rooms`: whether those who buy change there, and not the staff.
    pub(super) fn try_clothes_on(&self, at: usize) -> bool {
        const CLOTHES: [&str; 14] = [
            "boutique",
            "clothes",
            "clothing",
            "fashion",
            "garment",
            "dress",
            "saree",
            "apparel",
            "bridal",
            "menswear",
            "womenswear",
            "sportswear",
            "lingerie",
            "textile",
        ];
        let is_of_staff = |at: usize| {
            matches!(self.meaning(at), Some(Meaning::Seats(Seat::Staff)))
                || self.key(at).starts_with("staff")
                || self.key(at).starts_with("employee")
        };
        let names = |words: &[&str]| {
            (self.tokens.iter())
                .filter_map(super::super::token::Token::word)
                .any(|word| words.iter().any(|head| word.starts_with(head)))
        };
        self.key(at).starts_with("chang")
            && !self.key(at).contains("locker")
            && names(&CLOTHES)
            && !names(&["fitness", "gym"])
            && !(at.saturating_sub(2)..at + 3).any(is_of_staff)
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn desks_stand_in_the_open_space_behind_them() {
        assert_eq!(
            rooms_of("14 desks in one open space of 90 m2, kitchen"),
            "open_office:1@90#14 kitchen:1"
        );
    }

    #[test]
    fn an_office_before_a_list_is_its_title() {
        assert_eq!(
            rooms_of("accounting office: staff 12, conference room"),
            "open_office:1#12 meeting_room:1"
        );
    }

    #[test]
    fn who_buys_clothes_changes_in_fitting_rooms() {
        assert_eq!(
            rooms_of("boutique with 4 changing rooms, stock room"),
            "fitting_room:4 stockroom:1"
        );
        assert_eq!(
            rooms_of("boutique with staff changing room, stock room"),
            "changing_room:1 stockroom:1"
        );
    }

    #[test]
    fn titles_of_two_rooms_ask_for_neither() {
        let (prompt, rooms) = (
            "ICU & ward block: 8 bed ICU, 20 bed ward",
            "icu:1#8 ward:1#20",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }
}
