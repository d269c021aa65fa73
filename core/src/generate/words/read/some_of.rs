//! Some of the rooms that were counted before: `two of the bedrooms`, `incl. one for couples`.

use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    /// `two bedrooms, the master should have …`: the master bedroom is one of the two. Of a house
    /// of three bedrooms, those that are named are of the three.
    pub(super) fn take_from_bedrooms(
        &mut self,
        room: &str,
        at: usize,
        pending: &super::pending::Pending,
    ) {
        if !matches!(room, "master_bedroom" | "bedroom") {
            return;
        }
        let Some(place) = self.out.items.iter().rposition(|item| {
            item.room == "bedroom"
                && !item.is_excluded
                && item
                    .amount
                    .and_then(|amount| amount.low.count())
                    .is_some_and(|count| count >= 2)
        }) else {
            return;
        };
        let count = pending
            .count
            .map_or(Some(1), |(amount, ..)| amount.low.count());
        let is_sized = pending.area.is_some()
            || pending.sides.is_some()
            || self.is_measured_behind(self.at.saturating_sub(1));
        // `three bedrooms - one master with …`.
        let told_apart = room == "master_bedroom"
            && self.last_item() == Some(place)
            && matches!(
                self.noun_end.and_then(|end| self.what(end + 1)),
                Some(What::Mark(Mark::Hyphen | Mark::Colon | Mark::Open))
            );
        // `3 bedrooms. Master has an ensuite.`
        let begins = room == "master_bedroom"
            && at > 0
            && (matches!(self.what(at - 1), Some(What::Mark(Mark::Stop | Mark::Line)))
                // `2 bedroom flat, master with attached bath`.
                || (self.what(at - 1) == Some(What::Mark(Mark::Comma))
                    // `three bedrooms, master with ensuite`, too.
                    && (self.noun == super::Noun::Whole || self.last_item() == Some(place))))
            && matches!(
                self.meaning(at + 1),
                Some(Meaning::With | Meaning::Place | Meaning::Relation(_))
            );
        // `2 bed, 2 bath, balcony off master bedroom`.
        let is_named_for_wish = room == "master_bedroom" && self.open_relation.is_some();
        // `4 BHK: …, guest bedroom with attached bath`.
        let is_called = room == "bedroom"
            && pending.count.is_none()
            && self.out.items.get(place).is_some_and(|item| item.of_home)
            && self.is_other_bedroom(at);
        // `3 BHK, 2 bedrooms with …`: nobody asks for five in a house of three.
        let is_fewer = room == "bedroom"
            && pending.count.is_some()
            && self.out.items.get(place).is_some_and(|item| item.of_home);
        let among = pending.the
            || is_fewer
            || is_named_for_wish
            || is_called
            || begins
            || told_apart
            || self.is_one_of(at)
            || (is_sized
                && self.key(at).starts_with("bed")
                && !pending.another
                && self.out.items.get(place).is_some_and(|item| item.of_home))
            || self
                .out
                .items
                .get(place)
                .is_some_and(|item| item.of_home && (room == "master_bedroom" || item.is_open));
        let is_master = room == "master_bedroom";
        // `3-bed semi, add a 4th bedroom`: one more.
        let ordinal = self.ordinal_before(at);
        let Some(item) = self.item_mut(place) else {
            return;
        };
        item.is_open |= told_apart;
        if !(among && (is_master || item.of_home)) {
            return;
        }
        let (Some(all), Some(count)) = (item.amount.and_then(|amount| amount.low.count()), count)
        else {
            return;
        };
        if count >= all || ordinal.is_some_and(|ordinal| ordinal > all) {
            return;
        }
        let rest = super::super::number::Number::whole(i64::from(all - count));
        if let Some(amount) = &mut item.amount {
            (amount.low, amount.high) = (rest, rest);
        }
        item.is_open = true;
        item.assumed.push(format!(
            "of the {all} bedrooms, those named apart are counted"
        ));
    }

    /// Which of several the room at `at` is said to be: `fourth`.
    fn ordinal_before(&self, at: usize) -> Option<u32> {
        const WORDS: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
        let first = self.tokens_of(at).0;
        let before = first.checked_sub(1).map_or("", |token| self.word_at(token));
        let ordinal = (WORDS.iter())
            .position(|ordinal| *ordinal == before || *ordinal == self.word_at(first))?;
        u32::try_from(ordinal + 1).ok()
    }

    /// Whether the bedroom at `at` is one that is called otherwise: a guest bedroom.
    pub(super) fn is_other_bedroom(&self, at: usize) -> bool {
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        let key = self.key(at);
        !plural && key.len() > "bedroom".len() && key.ends_with("bedroom")
    }

    /// `6 treatment rooms incl. one couples room`: five others.
    pub(super) fn take_from_same(
        &mut self,
        room: &str,
        at: usize,
        pending: &super::pending::Pending,
    ) {
        let count_at = (0..at)
            .rev()
            .take(3)
            .find(|before| matches!(self.what(*before), Some(What::Count(_))))
            .unwrap_or(at);
        if !self.is_one_of(count_at) {
            return;
        }
        let count = pending
            .count
            .map_or(Some(1), |(amount, ..)| amount.low.count());
        let Some(item) = self.last_item().and_then(|place| self.item_mut(place)) else {
            return;
        };
        let all = item.amount.and_then(|amount| amount.low.count());
        let (Some(all), Some(count)) = (all, count) else {
            return;
        };
        // `6 meeting rooms including a board room`; of a home `bedrooms` are told apart above.
        let is_kind = match item.room {
            "meeting_room" => matches!(room, "meeting_room" | "board_room"),
            "private_office" => matches!(room, "private_office" | "executive_office"),
            "bedroom" => room == "bedroom" && !item.of_home,
            known => known == room,
        };
        if !is_kind || count >= all {
            return;
        }
        let rest = super::super::number::Number::whole(i64::from(all - count));
        if let Some(amount) = &mut item.amount {
            (amount.low, amount.high) = (rest, rest);
        }
        item.assumed
            .push(format!("of the {all}, those named apart are counted"));
    }

    /// `another for 6`: one more of the kind named last.
    pub(super) fn another_of_kind(&mut self, at: usize) {
        // `a WC near the lobby and another near the office`: another WC.
        let subject = match self.last_relation {
            Some((_, subject, _)) => Some(subject),
            // `a bedroom with an en-suite and another without`: another bedroom.
            None => self.last_item().map(|last| {
                (self.out.items.get(last).and_then(|item| item.via))
                    .filter(|via| Some(*via) == self.host)
                    .unwrap_or(last)
            }),
        };
        let Some(before) = subject.and_then(|place| self.out.items.get(place)) else {
            return;
        };
        let (first, last) = self.tokens_of(at);
        let mut item = Item::new(before.room, &before.key, first, last);
        item.sure = before.sure;
        self.out.items.push(item);
        self.noun = super::Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(at);
    }

    /// Whether `master` at `at` is said to be one of those before: `one of them is a master`.
    pub(super) fn is_one_of(&self, at: usize) -> bool {
        let mut before = at;
        let mut steps = 0;
        while before > 0 && steps < 8 {
            match self.what(before - 1) {
                Some(What::Is(Meaning::With)) if self.key(before - 1).starts_with("incl") => {
                    return true;
                }
                Some(What::Is(
                    Meaning::Article | Meaning::Stop | Meaning::The | Meaning::Style,
                )) => {}
                _ => return false,
            }
            before -= 1;
            steps += 1;
        }
        false
    }

    /// `4 bedrooms. Two of the bedrooms need …`: some of those that were named.
    pub(super) fn is_some_of_those(&self, at: usize) -> bool {
        at >= 3
            && self.meaning(at - 1) == Some(Meaning::The)
            && self.meaning(at - 2) == Some(Meaning::Of)
            && matches!(self.what(at - 3), Some(What::Count(_)))
    }

    /// Takes those that are told apart from those that were counted before.
    pub(super) fn take_some(&mut self, room: &str, pending: &super::pending::Pending) {
        let count = pending.count.and_then(|(amount, ..)| amount.low.count());
        let all = self
            .out
            .items
            .iter_mut()
            .rev()
            .find(|item| item.room == room && !item.is_excluded && item.amount.is_some());
        let (Some(item), Some(count)) = (all, count) else {
            return;
        };
        let Some(whole) = item.amount.and_then(|amount| amount.low.count()) else {
            return;
        };
        if count < whole {
            let rest = super::super::number::Number::whole(i64::from(whole - count));
            if let Some(amount) = &mut item.amount {
                (amount.low, amount.high) = (rest, rest);
            }
            item.assumed
                .push(format!("of the {whole}, those named apart are counted"));
        }
    }
}
