//! How a source beyond Rust is asked, and answers: as JSON.

use serde::Deserialize;
use serde_json::{Value, json};

use super::candidates::Proposal;
use crate::error::{Error, ErrorKind, Result};
use crate::job::read_json;
use crate::layout::{Layout, Ring};

impl Proposal<'_> {
    /// What a source is to propose layouts for, as data: `plate`, `brief`, `rules`, `corridor_mm`
    /// and `prompt`.
    pub fn to_json(&self) -> Value {
        json!({
            "plate": self.plate,
            "brief": self.brief,
            "rules": self.rules,
            "corridor_mm": self.corridor_mm,
            "prompt": self.prompt,
        })
    }
}

/// Layouts that were proposed as JSON: an array of objects with `rooms` and `corridors`, each an
/// array of objects with `id` and `boundary`, a box along the axes as `[[x, y], ...]` in
/// millimetres. What else is there is passed over.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] with the place where the text is none of this.
pub fn proposed_layouts(text: &str) -> Result<Vec<Layout>> {
    let proposed: Vec<Proposed> = read_json(text, "layouts")?;
    proposed.iter().map(Proposed::layout).collect()
}

/// The part of a layout that a proposal is about.
#[derive(Deserialize)]
struct Proposed {
    rooms: Vec<Space>,
    #[serde(default)]
    corridors: Vec<Space>,
}

#[derive(Deserialize)]
struct Space {
    id: String,
    boundary: Ring,
}

impl Proposed {
    /// As a layout, of which all that is not proposed is empty.
    fn layout(&self) -> Result<Layout> {
        let none = Value::Array(Vec::new());
        let rooms = self.rooms.iter().map(|Space { id, boundary }| {
            json!({
                "id": id, "name": id, "room_type": "other", "request": id, "boundary": boundary,
                "net_boundary": none, "net_area_mm2": 0, "area_sqm": 0.0, "requested_m2": null,
                "error_pct": null, "doors": none, "occupants": null, "daylight_mm": 0,
            })
        });
        let corridors = self.corridors.iter().map(|Space { id, boundary }| {
            json!({
                "id": id, "name": id, "boundary": boundary, "net_boundary": none,
                "net_area_mm2": 0, "clear_width_mm": 0,
            })
        });
        let read = |error: serde_json::Error| {
            let message = "a proposal cannot be read as a layout";
            Error::new(ErrorKind::Internal, message).with_source(error)
        };
        Ok(Layout {
            rooms: serde_json::from_value(rooms.collect()).map_err(read)?,
            corridors: serde_json::from_value(corridors.collect()).map_err(read)?,
            ..Layout::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_becomes_a_layout() {
        let text = "[{\"rooms\": [{\"id\": \"a\", \"more\": 1, \"boundary\": \
            [[0,0],[9,0],[9,9],[0,9]]}], \"corridors\": [{\"id\": \"c\", \"boundary\": \
            [[0,9],[9,9],[9,12],[0,12]]}]}]";
        let layouts = proposed_layouts(text).unwrap();
        assert_eq!(layouts.len(), 1);
        assert_eq!(layouts[0].rooms[0].id, "a");
        assert_eq!(layouts[0].corridors[0].boundary.points().len(), 4);
        for bad in ["", "{}", "[{}]", "[{\"rooms\": [{\"id\": 1}]}]"] {
            let refused = proposed_layouts(bad).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidInput);
        }
    }
}
