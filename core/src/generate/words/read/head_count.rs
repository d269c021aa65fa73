//! What was counted of the whole, where the rooms that are named are those or have a place for each.

use super::super::item;
use super::super::number::Number;
use super::Reader;

impl Reader<'_> {
    /// `a two-room flat: living room, bedroom, …`: the rooms are those that are named.
    pub(super) fn drop_rooms_named_apart(&mut self) {
        let whole = self.out.items.iter().position(|item| {
            item.room == "room" && item.of_home && !item.is_excluded && item.area.is_none()
        });
        let Some(whole) = whole else { return };
        let named = (0..self.out.items.len())
            .filter(|place| {
                self.out.items.get(*place).is_some_and(|item| {
                    !item.is_excluded
                        && matches!(
                            item.room,
                            "bedroom"
                                | "master_bedroom"
                                | "living_room"
                                | "living_dining"
                                | "study"
                        )
                })
            })
            .map(|place| item::count(&self.out.items, place))
            .fold(0, u32::saturating_add);
        let all = item::count(&self.out.items, whole);
        let Some(item) = self.out.items.get_mut(whole).filter(|_| named > 0) else {
            return;
        };
        if named >= all {
            item.is_excluded = true;
            item.is_title = true;
        } else if let Some(amount) = &mut item.amount {
            amount.low = Number::whole(i64::from(all - named));
            amount.high = amount.low;
        }
        self.out
            .assumptions
            .push("the rooms of the flat are those that are named".to_owned());
    }

    /// `a hotel of 14 rooms. 10 standard rooms of 20 m², 4 superior rooms`: those are the fourteen.
    pub(super) fn drop_sum_of_those_behind(&mut self) {
        const SUMMED: [&str; 4] = ["guest_room", "patient_room", "room", "bedroom"];
        let bare = |item: &item::Item| {
            item.area.is_none()
                && item.sides.is_none()
                && item.seats.is_none()
                && item.size.is_none()
                && item.each_of.is_empty()
                && !item.is_excluded
                && !item.is_optional
        };
        let sum = (0..self.out.items.len()).find(|place| {
            let Some(all) = (self.out.items.get(*place))
                .filter(|item| SUMMED.contains(&item.room) && item.amount.is_some() && bare(item))
                // `3 doubles, 2 singles, 1 suite`: the doubles are no sum.
                .filter(|item| !super::subsets::is_kind_of_guest_room(&item.key))
            else {
                return false;
            };
            let mut parts = Vec::new();
            for (other, item) in self.out.items.iter().enumerate() {
                if other != *place && item.room == all.room && !item.is_excluded {
                    parts.push((other, item.amount.is_some()));
                }
            }
            let named = (parts.iter())
                .map(|(other, _)| item::count(&self.out.items, *other))
                .fold(0, u32::saturating_add);
            parts.len() >= 2
                && parts
                    .iter()
                    .all(|(other, counted)| other > place && *counted)
                && named == item::count(&self.out.items, *place)
                && !(self.out.items.iter()).any(|item| item.each_of.contains(place))
        });
        let Some(item) = sum.and_then(|place| self.out.items.get_mut(place)) else {
            return;
        };
        (item.is_excluded, item.is_title) = (true, true);
        self.out
            .assumptions
            .push("the rooms of the whole are those that are named apart".to_owned());
    }

    /// `a training facility for 90 trainees: three rooms of 30`: those are its training rooms.
    pub(super) fn name_rooms_of_whole(&mut self) {
        let seats = |item: &item::Item| item.seats.and_then(|seats| seats.high.count());
        let whole = (self.out.items.first()).filter(|item| {
            matches!(item.room, "training_room" | "classroom")
                && item.amount.is_none()
                && !item.plural
                && !item.is_excluded
        });
        let Some((kind, all)) = whole.and_then(|item| Some((item.room, seats(item)?))) else {
            return;
        };
        let rooms = (0..self.out.items.len()).find(|place| {
            (self.out.items.get(*place)).is_some_and(|item| {
                item.room == "room"
                    && seats(item).is_some_and(|each| {
                        each.saturating_mul(item::count(&self.out.items, *place)) == all
                    })
            })
        });
        let Some(rooms) = rooms.and_then(|place| self.out.items.get_mut(place)) else {
            return;
        };
        rooms.room = kind;
        if let Some(whole) = self.out.items.first_mut() {
            (whole.is_excluded, whole.is_title) = (true, true);
        }
        self.out
            .assumptions
            .push("the people of the whole are those of the rooms that are named".to_owned());
    }

    /// `two doctors and 4 exam rooms`: they see their patients in the rooms that are named.
    fn drop_doctors_named_apart(&mut self) {
        let of_doctors = self.out.items.iter().position(|item| {
            item.room == "consultation" && item.rooms_of_whole && !item.is_excluded
        });
        let Some(place) = of_doctors else { return };
        let doctors = item::count(&self.out.items, place);
        let named = (0..self.out.items.len())
            .filter(|other| {
                *other != place
                    && (self.out.items.get(*other)).is_some_and(|item| {
                        matches!(item.room, "exam_room" | "consultation" | "operatory")
                            && !item.is_excluded
                            && !item.is_template
                    })
            })
            .map(|other| item::count(&self.out.items, other))
            .max()
            .unwrap_or(0);
        if named < doctors.max(2) {
            return;
        }
        if let Some(item) = self.out.items.get_mut(place) {
            (item.is_excluded, item.is_title) = (true, true);
        }
        self.out
            .assumptions
            .push("the doctors of the whole work in the rooms that are named".to_owned());
    }

    /// `a law office for six lawyers: six private offices, …`: nobody is left for an open office.
    pub(super) fn drop_staff_named_apart(&mut self) {
        let whole = self.out.items.iter().position(|item| {
            item.room == "open_office"
                && item.seats_of_whole
                && !item.is_excluded
                && item.amount.is_none()
        });
        self.drop_doctors_named_apart();
        let Some(whole) = whole else { return };
        let seats = |place: usize| self.out.items.get(place)?.seats?.high.count();
        let Some(all) = seats(whole) else { return };
        // `6 private offices, 2 assistants`: who is counted behind rooms has none of those.
        let said = self.item_tokens(whole).0;
        let named = (0..self.out.items.len())
            .filter(|place| {
                *place != whole
                    && self.item_tokens(*place).0 > said
                    && self.out.items.get(*place).is_some_and(|item| {
                        !item.is_excluded
                            && !item.is_optional
                            && matches!(
                                item.room,
                                "open_office" | "private_office" | "executive_office" | "team_room"
                            )
                    })
            })
            .map(|place| {
                item::count(&self.out.items, place).saturating_mul(seats(place).unwrap_or(1))
            })
            .fold(0, u32::saturating_add);
        if self.has_teams || named.saturating_sub(self.seated_apart) < all {
            return;
        }
        if let Some(item) = self.out.items.get_mut(whole) {
            item.is_excluded = true;
            item.is_title = true;
        }
        self.out
            .assumptions
            .push("those who work there have their places in the rooms that are named".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn staff_counted_before_their_rooms_have_those() {
        assert_eq!(
            rooms_of("law office for six lawyers: six private offices, library"),
            "private_office:6 library:1"
        );
    }

    #[test]
    fn staff_counted_behind_rooms_have_none_of_them() {
        assert_eq!(
            rooms_of("law firm: 6 private offices, 2 assistants"),
            "private_office:6 open_office:1#2"
        );
    }
}
