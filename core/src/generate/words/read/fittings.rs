//! Words for rooms that name something in the room before: `changing rooms with lockers`.

use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;
use super::numbers::MOST_OF_ONE;

impl Reader<'_> {
    /// Whether the room at `at` is furniture, or a fitting of the room before.
    pub(super) fn is_fitting(&self, at: usize) -> bool {
        let key = self.key(at);
        let is_many = |least: i64| {
            (self.pending.count).is_some_and(|(amount, ..)| amount.low > Number::whole(least))
        };
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        match key {
            // `20 lockers`.
            "locker" | "stafflocker" if plural && self.pending.count.is_some() => return true,
            // `cardio 20 machines`.
            "machine" if is_many(MOST_OF_ONE) => return true,
            _ => {}
        }
        let host = (self.last_item().and_then(|place| self.out.items.get(place)))
            .filter(|_| at > 0 && self.meaning(at - 1) == Some(Meaning::With));
        let Some(host) = host else { return false };
        // `6 exam rooms (2 with ECG)`: in some of them.
        let in_some = at >= 3
            && matches!(self.what(at - 2), Some(What::Count(_)))
            && self.what(at - 3) == Some(What::Mark(Mark::Open))
            && self.touches_noun(at - 3);
        let touches = self.touches_noun(at - 1) || in_some;
        let changes_baby = ["nappy", "diaper", "baby"]
            .iter()
            .any(|head| key.starts_with(head))
            && !key.ends_with("room");
        match host.room {
            "changing_room" | "staff_room" => key == "locker",
            // Machines of which others have a room.
            "exam_room" | "consultation" => {
                touches && matches!(key, "ecg" | "eeg" | "spirometry" | "audiometry" | "tmt")
            }
            // What a counter shows.
            "bar_counter" => touches && key == "display",
            // A hatch.
            "kitchen" | "commercial_kitchen" => key == "pass",
            // A table.
            "toilet" | "accessible_toilet" | "bathroom" => changes_baby,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn what_stands_in_a_room_is_no_room() {
        for (prompt, rooms) in [
            (
                "changing rooms with lockers, pantry",
                "changing_room:2 pantry:1",
            ),
            ("restaurant: kitchen with pass, store", "kitchen:1 store:1"),
            (
                "office: toilet with nappy change, store",
                "toilet:1 store:1",
            ),
            ("6 exam rooms (2 with ECG), lab", "exam_room:6 laboratory:1"),
            ("exam room with ECG, reception", "exam_room:1 reception:1"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
