//! Messages name rooms as people do; ids stay where programs read them.

use std::collections::BTreeMap;

use super::answer::GenerateResult;
use crate::layout::{Brief, Layout};

/// Puts names in place of ids in all that an answer says to people.
pub(super) fn by_name(answer: &mut GenerateResult, brief: &Brief) {
    let names = Names::of(brief, answer.layout.as_ref());
    for relaxation in &mut answer.relaxations {
        names.put_into(&mut relaxation.why);
    }
    for violation in &mut answer.violations {
        names.put_into(&mut violation.message);
    }
    if let Some(reason) = &mut answer.infeasibility {
        names.put_into(&mut reason.message);
        for remedy in &mut reason.remedies {
            names.put_into(remedy);
        }
    }
}

/// What each id is called.
pub(super) struct Names<'a>(BTreeMap<&'a str, String>);

impl<'a> Names<'a> {
    /// The names of a programme's rooms, and of the spaces of a layout.
    pub(super) fn of(brief: &'a Brief, layout: Option<&'a Layout>) -> Names<'a> {
        let mut names = BTreeMap::new();
        if let Some(layout) = layout {
            let rooms = layout.rooms.iter().map(|room| (&room.id, &room.name));
            let corridors = layout.corridors.iter().map(|one| (&one.id, &one.name));
            for (id, name) in rooms.chain(corridors) {
                names.insert(id.as_str(), name.clone());
            }
        }
        for room in &brief.rooms {
            names.insert(room.id.as_str(), room.name.clone());
        }
        Names(names)
    }

    /// Puts names in place of the ids that stand between backticks.
    pub(super) fn put_into(&self, message: &mut String) {
        let mut parts = message.split('`');
        let mut said = parts.next().unwrap_or_default().to_owned();
        while let Some(quoted) = parts.next() {
            let rest = parts.next();
            match self.0.get(quoted).filter(|_| rest.is_some()) {
                Some(name) => said.push_str(name),
                None => {
                    said.push('`');
                    said.push_str(quoted);
                    said.push_str(if rest.is_some() { "`" } else { "" });
                }
            }
            said.push_str(rest.unwrap_or_default());
        }
        *message = said;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_place_of_ids_and_nothing_else_changes() {
        let names = Names(BTreeMap::from([("bathroom-1", "Bathroom 1".to_owned())]));
        for (message, said) in [
            (
                "no wall of `bathroom-1` has place for a door",
                "no wall of Bathroom 1 has place for a door",
            ),
            (
                "`bathroom-1` and `door-3` overlap",
                "Bathroom 1 and `door-3` overlap",
            ),
            ("bathroom-1 stays", "bathroom-1 stays"),
            ("one ` alone, `bathroom-1", "one ` alone, `bathroom-1"),
            ("an open end `bathroom-1", "an open end `bathroom-1"),
            ("", ""),
        ] {
            let mut text = message.to_owned();
            names.put_into(&mut text);
            assert_eq!(text, said);
        }
    }
}
