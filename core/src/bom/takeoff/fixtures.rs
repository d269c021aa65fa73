//! Fixtures: counted, or for counters and benches measured, per room and type.

use std::collections::BTreeMap;

use super::super::exact::Exact;
use super::super::finishes::COUNTERS;
use super::super::item::FIXTURE;
use super::{Part, Site, metres, pieces};

pub(super) fn take(site: &mut Site<'_>) {
    for n in 0..site.spaces.len() {
        let Some(id) = site.spaces.get(n).map(|space| space.id) else {
            continue;
        };
        let mut counted: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
        let mut runs = Vec::new();
        for fixture in site
            .layout
            .fixtures
            .iter()
            .filter(|fixture| fixture.room_id == id)
        {
            let kind = fixture.fixture_type.as_str();
            if COUNTERS.contains(&kind) {
                runs.push(Part {
                    element: fixture.id.clone(),
                    working: metres(fixture.width_mm),
                    quantity: Exact::whole(i128::from(fixture.width_mm)),
                });
            } else {
                let part = pieces(&fixture.id, "1".to_owned(), 1);
                counted.entry(kind).or_default().push(part);
            }
        }
        for (kind, parts) in counted {
            site.add("X4", &format!("{FIXTURE}{kind}"), Some(n), parts, "");
        }
        site.add("X5", "counter.run", Some(n), runs, "");
    }
}
