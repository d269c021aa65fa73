//! The rooms that a home has by its name: the hall and the kitchen of `2 BHK`, named again.

use super::super::item::Size;
use super::Reader;

impl Reader<'_> {
    /// `2 BHK, kitchen 8'x10'`: the kitchen that every such home has; and, once some of its bedrooms
    /// were named, the rest of them.
    pub(super) fn room_of_home(
        &mut self,
        room: &str,
        pending: &super::pending::Pending,
    ) -> Option<usize> {
        // `1 BHK with kitchenette`: it is the kitchen.
        let kitchenette = self.key(self.at.saturating_sub(1)) == "kitchenette";
        let room = if room == "pantry" && kitchenette {
            "kitchen"
        } else {
            room
        };
        if room == "living_dining" {
            // The hall of a BHK, where one dines as well.
            let hall = self
                .out
                .items
                .iter_mut()
                .find(|item| item.of_home && item.room == "living_room" && !item.is_excluded)?;
            hall.room = "living_dining";
        }
        // `2 BHK, bedrooms 12x11 and 11x10`: as many as are told apart.
        let plural = (self.lexemes.get(self.at.saturating_sub(1)))
            .is_some_and(|lexeme| lexeme.plural && room == "bedroom");
        let told_apart = (pending.count.is_none() && plural)
            .then(|| self.parts(self.at, room, None))
            .flatten()
            .map(|(parts, _)| parts.iter().map(|part| part.count.unwrap_or(1)).sum());
        let count = match pending.count {
            Some((amount, ..)) => Some(amount.low.count()?),
            None if told_apart.is_some() => told_apart,
            // `2 BHK, bedrooms 12x11`: all of them.
            None if plural => None,
            None => Some(1),
        };
        // A family lounge is another than the living room that is meant by the H of BHK.
        let key = self.key(self.at.saturating_sub(1));
        let is_usual = matches!(
            key,
            "hall"
                | "bighall"
                | "living"
                | "livingroom"
                | "livingarea"
                | "livingspace"
                | "livinghall"
                | "drawing"
                | "drawingroom"
        ) || room == "living_dining"
            // A modular or open kitchen is still the K of BHK.
            || (room == "kitchen" && (key.ends_with("kitchen") || kitchenette));
        let is_measured = self.is_measured_behind(self.at.saturating_sub(1));
        let place = self.out.items.iter().position(|item| {
            let all = item.amount.map_or(Some(1), |amount| amount.low.count());
            item.of_home
                && item.room == room
                && !item.is_excluded
                && count.is_none_or(|count| all == Some(count))
                // `4 BHK: …, 4 bedrooms with attached toilets`: those.
                && (is_usual
                    || item.is_open
                    || (room == "bedroom"
                        && (is_measured
                            || pending.count.is_some()
                            // `1 bed flat: bedroom, …`: that one.
                            || (all == Some(1) && key == "bedroom" && !pending.another))))
        })?;
        for (first, last) in [
            pending.count.map(|(_, first, last)| (first, last)),
            pending.area.map(|(_, first, last)| (first, last)),
            pending.sides.map(|(_, first, last)| (first, last)),
        ]
        .into_iter()
        .flatten()
        {
            self.spend_tokens(first, last);
        }
        let (_, to) = self.tokens_of(self.at.saturating_sub(1));
        let is_big = self.key(self.at.saturating_sub(1)).starts_with("big");
        if let Some(item) = self.item_mut(place) {
            item.of_home = false;
            item.area = pending.area.map(|(span, ..)| span);
            item.sides = pending.sides.map(|(sides, ..)| sides);
            item.size = pending.size.or(item.size).or(is_big.then_some(Size::Large));
            item.last = item.last.max(to);
        }
        if told_apart.is_some() {
            self.divide(place);
        }
        Some(place)
    }
}
