//! Rooms that are reached through another: en suite, attached.

use super::super::Confidence;
use super::super::item::Item;
use super::super::lexicon::{Meaning, Relation};
use super::super::measure::What;
use super::super::number::Number;
use super::super::token::Mark;
use super::{Noun, Reader};

impl Reader<'_> {
    /// `attached`: of the room to come, or of the one before if none comes.
    pub(super) fn attached(&mut self, at: usize) {
        let next = self.past_adjectives(at + 1);
        // `6 ensuite rooms`.
        let counts_rooms = self.pending.count.is_some()
            && self.meaning(next) == Some(Meaning::Noun)
            && self.key(next).ends_with("room");
        if self.is_room(next) || counts_rooms || matches!(self.what(next), Some(What::Count(_))) {
            self.pending.is_attached = true;
            self.pending.begins(self.tokens_of(at).0);
            return;
        }
        // `3 bedrooms attd`: each has a bathroom of its own.
        let sleeps =
            (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                matches!(
                    item.room,
                    "bedroom" | "master_bedroom" | "guest_room" | "patient_room"
                )
            });
        if sleeps
            && self.key(at) == "attached"
            && self.touches_noun(at)
            && self.is_boundary(at + 1)
            && let Some(place) = self.last_item()
        {
            let (first, last) = self.tokens_of(at);
            let mut bath = Item::new("bathroom", "bathroom", first, last);
            bath.sure = Confidence::Synonym;
            bath.each_of.push(place);
            bath.via = Some(place);
            self.out.items.push(bath);
            let bath = self.out.items.len() - 1;
            self.attach_to(bath, place);
            self.noun_end = Some(at);
            return;
        }
        let ensuite = self.key(at).starts_with("ensuite");
        if let Some(place) = self.last_item()
            && self.touches_noun(at)
            && !(ensuite && self.host.is_none_or(|host| host == place))
        {
            self.attach(place, false);
        } else if ensuite {
            // `with ensuite`: a bathroom, though nobody says so.
            let host = self.last_item();
            self.take_one_of_them(at);
            let place = self.room(at, "bathroom");
            // `en suite in the master`: whose it is comes behind.
            let mut room = at + 1;
            while matches!(
                self.meaning(room),
                Some(Meaning::In | Meaning::For | Meaning::Of | Meaning::The)
            ) {
                room += 1;
            }
            if room > at + 1 && self.is_room(room) && place.is_some() {
                let (first, last) = self.tokens_of(at);
                self.open_relation = Some((Relation::Attached, first, last));
                return;
            }
            if let Some(place) = place {
                self.host = self.host.or(host);
                self.attach(place, true);
            }
        }
    }

    /// `10 doubles, 5 singles, all ensuite`: each of them has a bathroom. Whether `all` at `at` says
    /// that of rooms of this sentence that have none.
    pub(super) fn all_ensuite(&mut self, at: usize) -> bool {
        let sleeps = |room: &str| matches!(room, "bedroom" | "guest_room" | "patient_room");
        // `a 4 bedroom villa (all ensuite)`: those that it is called by.
        let of_home = self.noun == Noun::Whole;
        let last = match self.last_item() {
            None if of_home => (self.out.items.iter()).position(|item| item.of_home),
            last => last,
        };
        let Some(room) = (last.and_then(|place| self.out.items.get(place)))
            .map(|item| item.room)
            .filter(|room| sleeps(room))
        else {
            return false;
        };
        // `12 rooms (9 doubles, 3 singles) each ensuite`, too.
        let of_all = matches!(self.key(at), "all" | "both")
            || (self.key(at) == "each" && self.comes_after_mark(at, Mark::Close));
        let is_ensuite = of_all
            && self.meaning(at + 1) == Some(Meaning::Attached)
            && self.key(at + 1).starts_with("ensuite")
            && self.is_boundary(at + 2);
        let hosts: Vec<usize> = (self.sentence..self.out.items.len())
            .filter(|place| {
                (self.out.items.get(*place)).is_some_and(|item| {
                    item.room == room && !item.is_excluded && item.of_home == of_home
                })
            })
            .filter(|place| !(self.out.items.iter()).any(|item| item.each_of.contains(place)))
            .collect();
        if !is_ensuite || hosts.len() < if of_home { 1 } else { 2 } {
            return false;
        }
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(at + 1).1);
        self.spend_tokens(first, last);
        self.at = at + 2;
        for host in hosts {
            let mut bath = Item::new("bathroom", "bathroom", first, last);
            bath.sure = Confidence::Synonym;
            bath.each_of.push(host);
            bath.via = Some(host);
            self.out.items.push(bath);
            self.attach_to(self.out.items.len() - 1, host);
        }
        true
    }

    /// Puts the room at `place` behind the room before `with`.
    pub(super) fn attach(&mut self, place: usize, may_multiply: bool) {
        // Of a home, the bedrooms are meant, unless whoever sleeps or works in the room named last
        // may have a bathroom of his own.
        let served = |host: &usize| {
            self.out.items.get(*host).is_some_and(|item| {
                !matches!(
                    item.room,
                    "bedroom"
                        | "master_bedroom"
                        | "guest_room"
                        | "servant_room"
                        | "studio_room"
                        | "room"
                        | "study"
                        | "gym"
                        | "walk_in_closet"
                        | "private_office"
                        | "executive_office"
                        | "patient_room"
                )
            })
        };
        let last =
            (self.last_item()).filter(|host| !(served(host) && self.bedroom_of(place).is_some()));
        let host = self.host.or(last).filter(|host| *host != place);
        let (host, may_multiply) = match host {
            Some(host) => (host, may_multiply),
            None => match self.bedroom_of(place) {
                // `3 BHK, attached toilets`: one for each; `2 attached toilets` are two.
                Some(host) => (
                    host,
                    self.out.items.get(place).is_some_and(|item| item.plural),
                ),
                None => return,
            },
        };
        if let Some(item) = self.item_mut(place) {
            item.via = Some(host);
            if may_multiply && item.each_of.is_empty() {
                item.unsaid = 1;
                item.plural = false;
                item.each_of.push(host);
            }
        }
        self.attach_to(place, host);
    }

    /// Whether `to the master bedroom` stands behind the bathroom at `at`.
    pub(super) fn says_whose(&self, at: usize) -> bool {
        let links = self.key(at + 1) == "to"
            || matches!(self.meaning(at + 1), Some(Meaning::In | Meaning::For));
        let host = self.past_small_words(at + 2);
        links
            && matches!(
                self.meaning(host),
                Some(Meaning::Room(
                    "bedroom" | "master_bedroom" | "guest_room" | "executive_office"
                ))
            )
            && !self.lexemes.get(host).is_some_and(|lexeme| lexeme.plural)
    }

    /// `2 bathrooms (one en suite), 3 bedrooms`: the bedrooms may come behind.
    pub(super) fn attach_ensuites(&mut self) {
        for place in 0..self.out.items.len() {
            let is_open = (self.out.items.get(place))
                .is_some_and(|item| item.is_ensuite && item.via.is_none() && !item.is_excluded);
            let master = (self.out.items.iter())
                .position(|item| item.room == "master_bedroom" && !item.is_excluded);
            let Some(host) = master
                .or_else(|| self.bedroom_of(place))
                .filter(|_| is_open)
            else {
                continue;
            };
            if let Some(item) = self.item_mut(place) {
                item.via = Some(host);
            }
            self.attach_to(place, host);
        }
    }

    /// The bedrooms that an attached bathroom of a home belongs to when nobody says whose it is.
    pub(super) fn bedroom_of(&self, place: usize) -> Option<usize> {
        let is_bath = self
            .out
            .items
            .get(place)
            .is_some_and(|item| matches!(item.room, "toilet" | "bathroom" | "shower"));
        let of_kind = |kind: &str| {
            self.out
                .items
                .iter()
                .position(|item| item.room == kind && !item.is_excluded)
        };
        if !is_bath {
            return None;
        }
        of_kind("bedroom").or_else(|| of_kind("master_bedroom"))
    }

    /// `servant room with toilet`: a wet room right behind `with` is that of the room before; of
    /// hotel and patient rooms, each has one.
    pub(super) fn attach_bath(&mut self, place: usize) {
        let Some(host) = self.host.filter(|host| *host != place) else {
            return;
        };
        // `10 rooms with 4 beds each, bathrooms 4`: an entry of its own.
        let first = self.out.items.get(place).map_or(0, |item| item.first);
        let comma = (self.lexemes.iter().rev())
            .skip_while(|lexeme| lexeme.first >= first)
            .find(
                |lexeme| !matches!(lexeme.what, What::Is(meaning) if super::is_adjective(meaning)),
            )
            .is_some_and(|lexeme| lexeme.what == What::Mark(Mark::Comma));
        if comma && self.noun == Noun::Item(host) {
            return;
        }
        let (Some(item), Some(of)) = (self.out.items.get(place), self.out.items.get(host)) else {
            return;
        };
        let is_bath = matches!(
            item.room,
            "toilet" | "bathroom" | "shower" | "walk_in_closet"
        ) && (self.noun == Noun::Item(host)
            // `with bath and dressing`: that of the bath is that of the dressing.
            || self
                .last_item()
                .and_then(|before| self.out.items.get(before))
                .is_some_and(|before| {
                    // `with bath, powder room` goes on with the list.
                    let both_wet = matches!(before.room, "toilet" | "bathroom" | "shower")
                        && matches!(item.room, "toilet" | "bathroom" | "shower");
                    before.via == Some(host) && (!both_wet || self.follows_and(item.first))
                }));
        let many = matches!(of.room, "guest_room" | "patient_room");
        let one = of
            .amount
            .is_none_or(|amount| amount.high == Number::whole(1))
            && !of.plural
            && matches!(
                of.room,
                "bedroom"
                    | "master_bedroom"
                    | "servant_room"
                    | "executive_office"
                    | "private_office"
            );
        // `with bath and dressing`: as many as there are baths.
        let as_before = self
            .last_item()
            .and_then(|before| self.out.items.get(before))
            .is_some_and(|before| before.each_of.contains(&host));
        // `3 toilets with showers`, `5 exam rooms with toilets`: one in each.
        let many_hosts = of.plural
            || of.by_gender_amount().is_some()
            || of
                .amount
                .is_some_and(|amount| amount.low > Number::whole(1));
        let changes = matches!(of.room, "changing_room" | "locker_room");
        if matches!(item.room, "shower" | "toilet" | "bathroom")
            // `ladies and gents changing with shower`: as they are used apart, either has one.
            && (item.plural || (changes && item.amount.is_none() && !item.has_article))
            && self.noun == Noun::Item(host)
            && many_hosts
            && of.room != item.room
            // `each with shower` is said already.
            && !item.each_of.contains(&host)
        {
            // Whoever sleeps there has it to himself.
            if many || of.room == "bedroom" {
                return self.attach(place, true);
            }
            if let Some(item) = self.item_mut(place) {
                item.unsaid = 1;
                item.plural = false;
                item.each_of.push(host);
                item.assumed.push("one for each".to_owned());
            }
            return;
        }
        // `with ensuite and balcony`, too.
        let goes_on = as_before
            && matches!(item.room, "balcony" | "pantry" | "study")
            && !item.plural
            && self.follows_and(item.first);
        if goes_on || (is_bath && (many || one || as_before)) {
            self.attach(place, many || as_before);
        } else if is_bath
            && many_hosts
            && item.amount.is_none()
            && !item.plural
            && item.each_of.is_empty()
            // `10 rooms with wet room each` is clear.
            && self.key(self.at) != "each"
        {
            let (first, last) = self.item_tokens(place);
            self.conflict(
                first,
                last,
                "one, or one for each, is not clear; one is planned",
            );
        }
    }

    /// Whether the room at `place` is already attached to another than the host of now.
    pub(super) fn is_of_another(&self, place: usize) -> bool {
        let host = self.host.or_else(|| self.last_item());
        self.out
            .items
            .get(place)
            .and_then(|item| item.via)
            .is_some_and(|via| Some(via) != host)
    }

    /// Wishes the room at `place` to be reached through `host`.
    pub(super) fn attach_to(&mut self, place: usize, host: usize) {
        let (first, last) = self.item_tokens(place);
        self.wish(Relation::Attached, place, host, first, last);
    }

    pub(super) fn item_tokens(&self, place: usize) -> (usize, usize) {
        self.out
            .items
            .get(place)
            .map_or((0, 0), |item| (item.first, item.last))
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn what_each_has_is_there_once_for_each() {
        let (prompt, rooms) = (
            "2 changing rooms, each with shower and WC",
            "changing_room:2 shower:2 toilet:2",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }
}
