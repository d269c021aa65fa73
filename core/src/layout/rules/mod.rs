//! Rule profiles as data: limits with their source, and whether that source was read.
//!
//! A profile other than `generic` holds only what differs from it. Nothing here or in the
//! checker claims that a layout complies with a building code.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What every answer says about its check.
pub const DISCLAIMER: &str = "Planning aid: the checks cover the rules listed in the profile and \
     are not a certificate of compliance with any building code.";

/// A named set of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its key.
    pub name: String,
    /// For people.
    pub title: String,
    /// What it is and is not.
    pub note: String,
    /// What it sets.
    pub rules: Vec<Rule>,
}

/// One limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The code of the finding it leads to.
    pub code: String,
    /// Which limit it sets.
    pub key: String,
    /// The value.
    pub limit: i64,
    /// Its unit: `mm`, `permille`, `persons`.
    pub unit: String,
    /// To what it applies, for people.
    pub applies_to: String,
    /// Where the value comes from.
    pub source: String,
    /// Whether that source was read.
    pub verified: bool,
}

/// Every profile; the first is `generic`.
pub fn profiles() -> &'static [Profile] {
    static PROFILES: OnceLock<Vec<Profile>> = OnceLock::new();
    // Part of the program and read by a test; nothing at run time can make it fail.
    PROFILES.get_or_init(|| serde_json::from_str(include_str!("profiles.json")).unwrap_or_default())
}

/// The limits that hold for one layout. Lengths in mm, shares in thousandths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The profile's name.
    pub profile: String,
    /// Clear width that no corridor may fall below.
    pub corridor_min_mm: i64,
    /// Clear width that corridors get where there is space.
    pub corridor_preferred_mm: i64,
    /// Width of an ordinary leaf.
    pub door_leaf_mm: i64,
    /// Least clear width of a door.
    pub door_clear_min_mm: i64,
    /// By how much the clear width is less than the leaf.
    pub door_clear_loss_mm: i64,
    /// Height of a door.
    pub door_height_mm: i64,
    /// Wall that must remain between an opening and the nearest corner.
    pub door_jamb_mm: i64,
    /// Thickness of new walls.
    pub wall_thickness_mm: i64,
    /// How far an area may be from its target.
    pub area_tolerance_permille: i64,
    /// What a door in any position must leave of a corridor's least width.
    pub corridor_residual_permille: i64,
    /// Length of common wall from which two rooms count as beside each other.
    pub shared_wall_min_mm: i64,
    /// Way between two doors up to which two rooms count as near; also the most that may lie between
    /// two that face each other across a corridor.
    pub near_mm: i64,
    /// Longest dead end; 0 for no limit.
    pub dead_end_max_mm: i64,
    /// Longest way from a room to an entrance; 0 for no limit.
    pub travel_max_mm: i64,
    /// Most persons with one exit; 0 for no limit.
    pub one_exit_occupants: i64,
    /// Circle in which a wheelchair turns; 0 for no rule.
    pub turning_mm: i64,
    /// Whether doors and corridors must suit wheelchairs.
    pub accessible: bool,
}

impl Rules {
    /// The rules of a profile; those that it does not set are the generic ones.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) about `rules.profile` for a
    /// name that does not exist.
    pub fn of_profile(name: &str) -> Result<Rules> {
        let known = profiles().iter().find(|profile| profile.name == name);
        let Some(profile) = known else {
            let names: Vec<_> = profiles().iter().map(|p| p.name.as_str()).collect();
            return Err(Error::invalid_field(
                "rules.profile",
                format!(
                    "there is no profile `{name}`; there are {}",
                    names.join(", ")
                ),
            ));
        };
        let value = |key: &str| {
            let own = profile.rules.iter().find(|rule| rule.key == key);
            let generic = || {
                profiles()
                    .first()?
                    .rules
                    .iter()
                    .find(|rule| rule.key == key)
            };
            own.or_else(generic).map_or(0, |rule| rule.limit)
        };
        Ok(Rules {
            profile: name.to_owned(),
            corridor_min_mm: value("corridor_min_mm"),
            corridor_preferred_mm: value("corridor_preferred_mm"),
            door_leaf_mm: value("door_leaf_mm"),
            door_clear_min_mm: value("door_clear_min_mm"),
            door_clear_loss_mm: value("door_clear_loss_mm"),
            door_height_mm: value("door_height_mm"),
            door_jamb_mm: value("door_jamb_mm"),
            wall_thickness_mm: value("wall_thickness_mm"),
            area_tolerance_permille: value("area_tolerance_permille"),
            corridor_residual_permille: value("corridor_residual_permille"),
            shared_wall_min_mm: value("shared_wall_min_mm"),
            near_mm: value("near_mm"),
            dead_end_max_mm: value("dead_end_max_mm"),
            travel_max_mm: value("travel_max_mm"),
            one_exit_occupants: value("one_exit_occupants"),
            turning_mm: value("turning_mm"),
            accessible: false,
        })
    }

    /// How a finding refers to the rule with this code: `profile/CODE`.
    pub fn reference(&self, code: &str) -> Option<String> {
        let has = |profile: &Profile| profile.rules.iter().any(|rule| rule.code == code);
        let own = profiles()
            .iter()
            .find(|profile| profile.name == self.profile);
        match own {
            Some(profile) if has(profile) => Some(format!("{}/{code}", profile.name)),
            _ => profiles()
                .first()
                .filter(|profile| has(profile))
                .map(|profile| format!("{}/{code}", profile.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_read_and_each_rule_has_a_source() {
        let read: Vec<Profile> = serde_json::from_str(include_str!("profiles.json")).unwrap();
        assert_eq!(read[0].name, "generic");
        for profile in &read {
            assert!(
                profile.note.contains("Not a"),
                "{} says what it is not",
                profile.name
            );
            for rule in &profile.rules {
                assert!(rule.limit > 0 && !rule.source.is_empty(), "{}", rule.code);
            }
        }
    }

    #[test]
    fn a_profile_inherits_what_it_does_not_set() {
        let rules = Rules::of_profile("us-ibc-2021").unwrap();
        assert_eq!(
            (rules.corridor_min_mm, rules.wall_thickness_mm),
            (1118, 100)
        );
        assert_eq!(
            rules.reference("CORRIDOR_TOO_NARROW").as_deref(),
            Some("us-ibc-2021/CORRIDOR_TOO_NARROW")
        );
        assert_eq!(
            rules.reference("DOOR_JAMB").as_deref(),
            Some("generic/DOOR_JAMB")
        );
        assert_eq!(
            Rules::of_profile("moon").unwrap_err().field(),
            Some("rules.profile")
        );
    }
}
