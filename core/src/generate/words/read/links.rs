//! How rooms belong together: near, attached, for each; and what is not wanted.

use super::super::Confidence;
use super::super::item::{Item, Size, Wish};
use super::super::lexicon::{Meaning, Relation};
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::{Noun, Reader};

impl Reader<'_> {
    pub(super) fn with(&mut self) {
        self.host = self.last_item();
        if self.is_negated {
            self.is_negated = false;
        }
    }

    pub(super) fn and(&mut self, at: usize) {
        // `an office in between and a toilet`: between what, nobody says.
        if at > 0
            && matches!(self.meaning(at - 1), Some(Meaning::Relation(_)))
            && let Some((_, first, last)) = self.open_relation.take()
        {
            self.ignore(
                first,
                last,
                "what it relates to is not a room of this programme",
            );
        }
        // `male and female toilets`, `2 large and quiet offices` go on; a number alone does not.
        if self.pending.count.is_some() && !self.pending.male && !self.pending.female {
            let next = self.past_adjectives(self.at);
            // `3 + 2 toilets`.
            let adds_up = self.what(at) == Some(What::Mark(Mark::Plus))
                && matches!(self.what(self.at), Some(What::Count(_)))
                && matches!(self.what(at.saturating_sub(1)), Some(What::Count(_)))
                && self.is_room(self.past_adjectives(self.at + 1));
            if !adds_up && (next == self.at || !self.is_room(next)) {
                self.end_phrase();
            }
        }
        if self.is_negated {
            // `no pantry and store` goes on, `no pantry and 2 toilets` does not.
            let next = self.past_adjectives(self.at);
            self.is_negated = self.is_room(next) && next == self.at;
        }
    }

    pub(super) fn relation(&mut self, at: usize, relation: Relation) {
        let (first, last) = self.tokens_of(at);
        // `family bathroom, en-suite to master`: another bathroom.
        if self.key(at).starts_with("ensuite") && !self.touches_noun(at) {
            self.room(at, "bathroom");
            self.open_relation = Some((relation, first, last));
            return;
        }
        // `the kitchen next to A and far from B`: both are about the kitchen.
        if at > 0
            && self.meaning(at - 1) == Some(Meaning::And)
            && let Some((_, subject, _)) = self.last_relation
        {
            self.noun = Noun::Item(subject);
        }
        // `next to the reception a store`: the room behind the other is the subject.
        let opens =
            at == 0 || matches!(self.what(at - 1), Some(What::Mark(Mark::Stop | Mark::Line)));
        if opens && self.is_room(self.past_articles(at + 1)) {
            self.inverse = Some((relation, first, last, None));
            self.spend(at);
            return;
        }
        // `by` and `in between` often mean nothing of the kind.
        match self.last_item() {
            Some(subject) if self.relates_to_named(at, relation, subject) => {}
            Some(_) => {
                if let Some((_, from, to)) = self.open_relation.take() {
                    // `attached to and near the …`: the later one counts.
                    self.spend_tokens(from, to);
                }
                self.open_relation = Some((relation, first, last));
                self.spend(at);
            }
            None => self.ignore(first, last, "it relates to no room named before"),
        }
    }

    /// `4 operatories with the steri between them`, `a waiting area next to it`: ties the subject to
    /// what was named before it.
    fn relates_to_named(&mut self, at: usize, relation: Relation, subject: usize) -> bool {
        let many = matches!(self.key(at + 1), "them" | "those" | "these");
        if !(many || self.key(at + 1) == "it") || !self.is_boundary(at + 2) {
            return false;
        }
        let object = (0..subject).rev().find(|place| {
            self.out.items.get(*place).is_some_and(|item| {
                let is_many = item.plural
                    || item
                        .amount
                        .is_some_and(|amount| amount.high > Number::whole(1));
                !item.is_excluded && (is_many || !many)
            })
        });
        let Some(object) = object else { return false };
        let (first, _) = self.tokens_of(at);
        let (_, last) = self.tokens_of(at + 1);
        self.spend_tokens(first, last);
        self.at += 1;
        self.wish(relation, subject, object, first, last);
        true
    }

    /// Ties the open relation, or the last one over an `and`, to the room at `place`.
    pub(super) fn relate(&mut self, place: usize) {
        match self.inverse.take() {
            Some((relation, first, last, None)) => {
                self.inverse = Some((relation, first, last, Some(place)));
                return;
            }
            Some((relation, first, last, Some(object))) => {
                return self.wish(relation, place, object, first, last);
            }
            None => {}
        }
        let subject = self.last_item();
        let Some((relation, first, last)) = self.open_relation.take() else {
            return self.relate_over_and(place);
        };
        let Some(subject) = subject else { return };
        self.last_relation = Some((relation, subject, first));
        self.wish(relation, subject, place, first, last);
    }

    fn past_articles(&self, at: usize) -> usize {
        let mut next = at;
        while matches!(
            self.meaning(next),
            Some(Meaning::The | Meaning::Article | Meaning::Style)
        ) {
            next += 1;
        }
        next
    }

    /// `near the reception and the waiting area`: the second is meant as well, if it was named
    /// before and is only referred to.
    fn relate_over_and(&mut self, place: usize) {
        let Some((relation, subject, first)) = self.last_relation else {
            return;
        };
        let at = self.at.saturating_sub(1);
        let mut before = at;
        while before > 0
            && matches!(
                self.meaning(before - 1),
                Some(Meaning::The | Meaning::Article)
            )
        {
            before -= 1;
        }
        let joined = before > 0
            && (self.meaning(before - 1) == Some(Meaning::And)
                || self.what(before - 1) == Some(What::Mark(Mark::Ampersand)));
        // `between A and B` is about both, whether or not they were named before.
        let between = (first..first + 2)
            .filter_map(|token| self.tokens.get(token)?.word())
            .any(|word| word == "between");
        let is_reference = between || place + 1 < self.out.items.len() || place < self.sentence;
        if joined && is_reference && place != subject {
            let last = self.tokens_of(at).1;
            self.wish(relation, subject, place, first, last);
        } else {
            self.last_relation = None;
        }
    }

    fn wish(&mut self, relation: Relation, a: usize, b: usize, first: usize, last: usize) {
        if a == b {
            self.ignore(
                first,
                last,
                "rooms of one request are laid out together as it is",
            );
            return;
        }
        if relation == Relation::Attached
            && let Some(item) = self.item_mut(a)
        {
            item.via = Some(b);
        }
        self.out.wishes.push(Wish {
            relation,
            a,
            b,
            first,
            last,
        });
    }

    /// `attached`: of the room to come, or of the one before if none comes.
    pub(super) fn attached(&mut self, at: usize) {
        let next = self.past_adjectives(at + 1);
        if self.is_room(next) || matches!(self.what(next), Some(What::Count(_))) {
            self.pending.is_attached = true;
            self.pending.begins(self.tokens_of(at).0);
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

    /// Puts the room at `place` behind the room before `with`.
    pub(super) fn attach(&mut self, place: usize, may_multiply: bool) {
        let host = self
            .host
            .or_else(|| self.last_item())
            .filter(|host| *host != place);
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

    /// The bedrooms that an attached bathroom of a home belongs to when nobody says whose it is.
    fn bedroom_of(&self, place: usize) -> Option<usize> {
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
                .is_some_and(|before| before.via == Some(host)));
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
        // `3 toilets with showers`: one in each.
        if item.room == "shower"
            && item.plural
            && self.noun == Noun::Item(host)
            && of.is_by_gender()
            && of.room != "shower"
        {
            if let Some(item) = self.item_mut(place) {
                item.unsaid = 1;
                item.plural = false;
                item.each_of.push(host);
                item.assumed.push("one for each".to_owned());
            }
            return;
        }
        if is_bath && (many || one || as_before) {
            self.attach(place, many || as_before);
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

    fn item_tokens(&self, place: usize) -> (usize, usize) {
        self.out
            .items
            .get(place)
            .map_or((0, 0), |item| (item.first, item.last))
    }

    /// `A and B next to each other`.
    pub(super) fn mutual(&mut self, at: usize) {
        let (first, last) = self.tokens_of(at);
        let relation = match self.open_relation.take() {
            Some((relation, ..)) => relation,
            None => Relation::Next,
        };
        let from = self.sentence;
        let named: Vec<usize> = (from..self.out.items.len()).collect();
        match named.as_slice() {
            [.., a, b] => self.wish(relation, *a, *b, first, last),
            _ => self.ignore(
                first,
                last,
                "rooms of one request are laid out together as it is",
            ),
        }
    }

    pub(super) fn each(&mut self, at: usize) {
        let next = self.past_adjectives(at + 1);
        let of_next = self.is_room(next)
            || (matches!(self.what(next), Some(What::Count(_)))
                && self.is_room(self.past_adjectives(next + 1)));
        // `a cabin for each of the 4 managers`: four of them.
        let mut people = at + 1;
        while matches!(self.meaning(people), Some(Meaning::Of | Meaning::The)) {
            people += 1;
        }
        if let (Some(What::Seats(amount, _)), Some(place)) = (self.what(people), self.last_item())
            && at > 0
            && self.meaning(at - 1) == Some(Meaning::For)
            && self.out.items.get(place).is_some_and(|item| {
                item.amount
                    .is_none_or(|amount| amount.high == Number::whole(1))
            })
        {
            for lexeme in at..=people {
                self.spend(lexeme);
            }
            self.at = people + 1;
            self.noun_end = people;
            if let Some(item) = self.item_mut(place) {
                item.amount = Some(amount);
                item.assumed.push("one for each person".to_owned());
            }
            return;
        }
        if self.each_for_several(at) {
            return;
        }
        let linked = at > 0
            && matches!(
                self.meaning(at - 1),
                Some(
                    Meaning::For
                        | Meaning::In
                        | Meaning::With
                        | Meaning::Of
                        | Meaning::Stop
                        | Meaning::Relation(_)
                )
            );
        let per = self.key(at) == "per";
        // `of 12 sqm each`: said of the area.
        if at > 0
            && matches!(
                self.what(at - 1),
                Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
            )
        {
            return;
        }
        if of_next && (linked || per) && self.last_item().is_some() && self.key(at) != "both" {
            self.each_of_next = self.last_item();
            self.open_relation = None;
        } else if of_next && self.key(at) != "both" {
            // `each bedroom has …`: decided when the bedroom is read.
            self.for_each = Some(usize::MAX);
            self.pending.the = true;
        } else if self.meaning(next) == Some(Meaning::With) {
            self.for_each = self.last_item();
            self.also_each = self
                .for_each
                .filter(|host| self.key(at) == "both" && *host > self.sentence)
                .filter(|host| {
                    self.out.items.get(*host).is_some_and(|item| {
                        item.amount
                            .is_none_or(|amount| amount.high == Number::whole(1))
                    })
                })
                .map(|host| host - 1);
        } else if self.last_item().is_some() && self.touches_noun(at) && self.for_each.is_none() {
            // `3 bedrooms, attached bathroom each`.
            let place = self.last_item();
            let host = self.host;
            let via = place
                .and_then(|place| self.out.items.get(place))
                .filter(|item| item.each_of.is_empty())
                .and_then(|item| item.via.or(host.filter(|host| Some(*host) != place)));
            // `two bedrooms and a bathroom each`.
            let via = via.or_else(|| {
                let before = place?
                    .checked_sub(1)
                    .filter(|before| *before >= self.sentence)?;
                let (many, one) = (self.out.items.get(before)?, self.out.items.get(place?)?);
                let is_one = one
                    .amount
                    .is_none_or(|amount| amount.high == Number::whole(1));
                let is_many = many.plural
                    || many
                        .amount
                        .is_some_and(|amount| amount.low > Number::whole(1));
                (is_one
                    && !one.plural
                    && one.each_of.is_empty()
                    && is_many
                    && (self.follows_and(one.first)
                        || self.follows_and(one.first.saturating_sub(1))))
                .then_some(before)
            });
            // `studios with kitchenette and shower each`: one of either for each.
            let others = match (via, place) {
                (Some(via), Some(place)) if Some(via) == host && via < place => via + 1..place,
                _ => 0..0,
            };
            for other in others {
                if let (Some(via), Some(item)) = (via, self.item_mut(other))
                    && item.amount.is_none()
                    && item.each_of.is_empty()
                    && !item.plural
                {
                    item.each_of.push(via);
                }
            }
            if let (Some(via), Some(item)) = (via, place.and_then(|place| self.item_mut(place))) {
                item.each_of.push(via);
            }
        }
    }

    /// `1 toilet each for staff and patients`: as many for each of those.
    fn each_for_several(&mut self, at: usize) -> bool {
        if self.meaning(at + 1) != Some(Meaning::For) || !self.touches_noun(at) {
            return false;
        }
        let (mut next, mut people) = (at + 2, 0_u32);
        loop {
            next = self.past_small_words(next);
            match self.what(next) {
                Some(What::Is(Meaning::Seats(_) | Meaning::Male | Meaning::Female)) => {}
                Some(What::Is(Meaning::Room("toilet")))
                    if matches!(self.key(next), "lady" | "gent") => {}
                _ => break,
            }
            people += 1;
            next += 1;
            if !matches!(
                self.what(next),
                Some(
                    What::Is(Meaning::And)
                        | What::Mark(Mark::Ampersand | Mark::Comma | Mark::Slash)
                )
            ) {
                break;
            }
            next += 1;
        }
        let Some(place) = self.last_item().filter(|_| people >= 2) else {
            return false;
        };
        for lexeme in at..next {
            self.spend(lexeme);
        }
        self.at = next;
        self.noun_end = next.saturating_sub(1);
        if let Some(item) = self.item_mut(place) {
            let one = Number::whole(1);
            let amount = item.amount.get_or_insert(Amount {
                low: one,
                high: one,
                bound: Bound::Exactly,
            });
            amount.low.0 = amount.low.0.saturating_mul(i64::from(people));
            amount.high.0 = amount.high.0.saturating_mul(i64::from(people));
            item.assumed.push("one for each".to_owned());
        }
        true
    }

    fn past_small_words(&self, at: usize) -> usize {
        let mut next = at;
        while matches!(
            self.meaning(next),
            Some(Meaning::The | Meaning::Article | Meaning::Style)
        ) {
            next += 1;
        }
        next
    }

    /// Multiplies what is for each of something, once both are known.
    pub(super) fn finish_each(&mut self, place: usize, is_reference: bool) {
        if let Some(first) = self.each_of_next.take() {
            if first != place
                && let Some(item) = self.item_mut(first)
            {
                item.each_of.push(place);
            }
            return;
        }
        match self.for_each {
            Some(usize::MAX) => self.for_each = Some(place),
            Some(host) if host != place && !is_reference => {
                if let Some(item) = self.item_mut(place) {
                    item.each_of.push(host);
                    if item.amount.is_none() {
                        item.unsaid = 1;
                        item.plural = false;
                    }
                }
                if let Some(other) = self.also_each.take()
                    && let Some(mut item) = self.out.items.get(place).cloned()
                {
                    // `a bedroom and a guest room, both with bathrooms`.
                    item.each_of = vec![other];
                    self.out.items.push(item);
                    let second = self.out.items.len() - 1;
                    for (place, host) in [(place, host), (second, other)] {
                        if let Some(item) = self.item_mut(place) {
                            item.via = Some(host);
                        }
                        self.attach_to(place, host);
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn not_needed(&mut self, at: usize) {
        let (first, last) = self.tokens_of(at);
        if self.pending.unknown.take().is_some() {
            // What is not needed is not known either.
            return;
        }
        match self.last_item() {
            Some(place) => self.exclude(place),
            None => self.conflict(first, last, "nothing was named that is not needed"),
        }
        self.spend(at);
    }

    /// Takes the room at `place` out, with a conflict if it was asked for elsewhere.
    pub(super) fn exclude(&mut self, place: usize) {
        let Some(item) = self.item_mut(place) else {
            return;
        };
        item.is_excluded = true;
        let (room, first, last) = (item.room, item.first, item.last);
        let key = self.out.items.get(place).map(|item| item.key.clone());
        let asked = self.out.items.iter().any(|other| {
            other.room == room
                && !other.is_excluded
                // A cafe has a counter, and need have no bar.
                && (room != "bar_counter" || Some(&other.key) == key.as_ref())
        });
        if asked {
            self.conflict(first, last, "asked for and not wanted at once");
        }
    }

    pub(super) fn optional(&mut self, at: usize) {
        let mut next = self.past_adjectives(at + 1);
        if self.what(next) == Some(What::Mark(Mark::Comma)) && !self.touches_noun(at) {
            next = self.past_adjectives(next + 1);
        }
        let of_next = self.is_room(next) || matches!(self.what(next), Some(What::Count(_)));
        let behind = self.last_item().filter(|_| {
            self.touches_noun(at)
                || !of_next
                || self.what(at.saturating_sub(1)) == Some(What::Mark(Mark::Open))
        });
        match behind {
            Some(place) => {
                if let Some(item) = self.item_mut(place) {
                    item.is_optional = true;
                }
                self.noun_end = at;
            }
            None => self.pending.is_optional = true,
        }
    }

    pub(super) fn size(&mut self, at: usize, size: Size) {
        let (first, last) = self.tokens_of(at);
        let next = self.past_adjectives(at + 1);
        let counted_noun =
            self.meaning(next) == Some(Meaning::Noun) && self.pending.count.is_some();
        if self.is_room(next)
            || counted_noun
            || matches!(self.what(next), Some(What::Count(_) | What::Seats(..)))
        {
            self.pending.size = Some(size);
            self.pending.begins(first);
        } else if let Some(place) = self.last_item().filter(|_| {
            !matches!(
                self.meaning(next),
                Some(Meaning::Facility(_) | Meaning::Site | Meaning::Noun)
            )
        }) {
            if let Some(item) = self.item_mut(place) {
                item.size.get_or_insert(size);
            }
        } else {
            self.ignore(first, last, "the size of the whole follows from the plan");
        }
    }

    pub(super) fn gender(&mut self, at: usize, is_male: bool) {
        let (first, last) = self.tokens_of(at);
        let next = self.past_adjectives(at + 1);
        let joins = matches!(self.meaning(next), Some(Meaning::And | Meaning::Or))
            || matches!(
                self.what(next),
                Some(What::Mark(
                    Mark::Comma | Mark::Slash | Mark::Ampersand | Mark::Plus
                ))
            );
        let after_joint = self.past_adjectives(next + 1);
        let counted = self
            .last_item()
            .and_then(|place| self.out.items.get(place))
            .is_some_and(|item| item.by_gender > 0);
        let counts_on = joins
            && !counted
            && matches!(self.what(after_joint), Some(What::Count(_)))
            && self.is_room(self.past_adjectives(after_joint + 1));
        // `lockers for men and women, reception`: said of the lockers.
        let behind = self
            .last_item()
            .and_then(|place| self.out.items.get(place))
            .is_some_and(|item| item.is_by_gender() && (item.male || item.female))
            || (at > 0 && self.meaning(at - 1) == Some(Meaning::For));
        let of_next = self.is_room(next) || (joins && !behind && self.is_room(after_joint));
        if counts_on && let Some((amount, from, to)) = self.pending.count.take() {
            // `2 male and 1 female toilets`.
            self.spend_tokens(from, to);
            self.pending.by_gender = amount.low.count().unwrap_or(1);
            self.pending.begins(from);
            return;
        }
        if of_next {
            if is_male {
                self.pending.male = true;
            } else {
                self.pending.female = true;
            }
            self.pending.begins(first);
            return;
        }
        let place = self
            .last_item()
            .filter(|place| self.out.items.get(*place).is_some_and(Item::is_by_gender));
        let Some(place) = place else {
            self.pending.count = None;
            self.ignore(first, last, "who uses a room does not change it");
            return;
        };
        // `toilets: 2 male, 1 female`, `toilets: male - 2, female - 1`.
        let mut count = self.pending.count.take();
        if count.is_none()
            && matches!(
                self.what(at + 1),
                Some(What::Mark(Mark::Hyphen | Mark::Colon | Mark::Times))
            )
            && let Some(What::Count(amount)) = self.what(at + 2)
            && self.is_boundary(at + 3)
        {
            let (from, to) = self.tokens_of(at + 2);
            self.spend(at + 1);
            self.at = at + 3;
            count = Some((amount, from, to));
        }
        if let Some(item) = self.item_mut(place) {
            item.last = item.last.max(last);
            item.male |= is_male;
            item.female |= !is_male;
            if let Some((amount, ..)) = count {
                item.by_gender = item
                    .by_gender
                    .saturating_add(amount.low.count().unwrap_or(1));
            }
        }
        if let Some((_, from, to)) = count {
            self.spend_tokens(from, to);
        }
        self.noun_end = self.at.saturating_sub(1).max(at);
    }

    /// `accessible`: of the room to come, or of the toilet before.
    pub(super) fn accessible(&mut self, at: usize) {
        let next = self.past_adjectives(at + 1);
        let is_ahead = self.is_room(next)
            || self.pending.count.is_some()
            || matches!(self.what(next), Some(What::Count(_)));
        let Some(place) = self.last_item().filter(|_| !is_ahead) else {
            self.pending.accessible = Some(at);
            if self.is_boundary(next) && self.comes_after_incl(at) {
                // `2 toilets incl. 1 disabled`.
                self.accessible_of_them();
            }
            return;
        };
        let (first, last) = self.tokens_of(at);
        let Some(item) = self.item_mut(place) else {
            return;
        };
        if !matches!(item.room, "toilet" | "bathroom" | "toilet_group") {
            self.ignore(first, last, super::rooms::NOT_ACCESSIBLE);
        } else if item.male || item.female {
            // `toilets (M, F, accessible)`: one more, of its own.
            let mut other = Item::new("accessible_toilet", "", first, last);
            other.sure = Confidence::Synonym;
            self.out.items.push(other);
        } else {
            item.room = "accessible_toilet";
            item.last = item.last.max(last);
            self.noun_end = at;
        }
    }

    fn comes_after_incl(&self, at: usize) -> bool {
        at >= 2
            && matches!(self.what(at - 1), Some(What::Count(_)))
            && self.key(at - 2).starts_with("incl")
    }

    /// `2 toilets (1 accessible)`: one of those that were counted before.
    pub(super) fn accessible_of_them(&mut self) {
        let (Some((part, first, last)), Some(_)) = (self.pending.count, self.pending.accessible)
        else {
            return;
        };
        let Some(item) = self.last_item().and_then(|place| self.item_mut(place)) else {
            return;
        };
        let counts = item
            .amount
            .and_then(|all| Some((all.low.count()?, part.low.count()?)));
        let Some((all, part_count)) = counts.filter(|(all, part)| part < all) else {
            return;
        };
        if !item.is_by_gender() {
            return;
        }
        let rest = Number::whole(i64::from(all - part_count));
        item.amount = Some(Amount {
            low: rest,
            high: rest,
            bound: Bound::Exactly,
        });
        let mut accessible = Item::new("accessible_toilet", "", first, last + 1);
        accessible.amount = Some(part);
        accessible.sure = Confidence::Synonym;
        self.out.items.push(accessible);
        self.spend_tokens(first, last + 1);
        self.pending = super::pending::Pending::default();
    }

    pub(super) fn daylight(&mut self, at: usize) {
        let (first, last) = self.tokens_of(at);
        self.open_relation = None;
        match self.last_item() {
            Some(place) => {
                if let Some(item) = self.item_mut(place) {
                    item.daylight = true;
                }
            }
            None => self.ignore(first, last, "rooms get daylight as their types want it"),
        }
    }

    /// `in total` behind an area: of all rooms of the kind together.
    pub(super) fn total(&mut self) {
        if let Noun::Item(place) = self.noun
            && let Some(item) = self.item_mut(place)
            && item.area.is_some()
        {
            item.area_is_total = true;
        }
    }

    /// `a lounge or a library`: what comes is a choice, if both are rooms that are asked for.
    pub(super) fn or(&mut self, at: usize) {
        let next = self.past_adjectives(at + 1);
        let next = match self.what(next) {
            Some(What::Count(_)) => self.past_adjectives(next + 1),
            _ => next,
        };
        self.instead_of = self.last_item().filter(|_| {
            self.key(at) == "or"
                && self.touches_noun(at)
                && self.is_room(next)
                && self.open_relation.is_none()
                && self.last_relation.is_none()
                && !self.is_negated
        });
    }

    /// Lays out the first of two choices, and says so.
    pub(super) fn leave_choice(&mut self, place: usize, other: usize) {
        let is_same = self.out.items.get(place).map(|item| item.room)
            == self.out.items.get(other).map(|item| item.room);
        let Some(item) = self.item_mut(place).filter(|_| !is_same) else {
            return;
        };
        item.is_excluded = true;
        item.is_title = true;
        let (first, last) = (item.first, item.last);
        self.ignore(
            first,
            last,
            "one of two choices; the one named first is laid out",
        );
        self.noun = Noun::Item(other);
    }

    /// Furniture and other things that no room follows from, with their number.
    pub(super) fn thing(&mut self, at: usize, reason: &str) {
        let (own, last) = self.tokens_of(at);
        let pending = std::mem::take(&mut self.pending);
        // `a bar with 6 stools`.
        if self.key(at).ends_with("stool")
            && let Some((amount, ..)) = pending.count
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.room == "bar_counter"
        {
            item.seats.get_or_insert(amount);
            return self.spend_tokens(pending.from.unwrap_or(own).min(own), last);
        }
        // `a training room with 12 computers`.
        if self.key(at) == "computer"
            && let Some((amount, ..)) = pending.count
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.seats.is_none()
            && matches!(
                item.room,
                "training_room" | "classroom" | "science_lab" | "open_office"
            )
        {
            item.seats = Some(amount);
            return self.spend_tokens(pending.from.unwrap_or(own).min(own), last);
        }
        let first = pending.from.unwrap_or(own).min(own);
        self.open_relation = None;
        self.ignore(first, last, reason);
    }
}
