//! A brief in another order, or less some of its rooms.

use crate::layout::{Brief, Layout, Link};

/// The brief with its rooms by rising id, and its wishes in an order that follows from them.
pub(super) fn by_id(brief: &Brief) -> Brief {
    let mut order: Vec<usize> = (0..brief.rooms.len()).collect();
    order.sort_by_key(|i| brief.rooms.get(*i).map(|room| room.id.clone()));
    let mut sorted = reordered(brief, &order);
    for link in &mut sorted.links {
        link.from.sort_unstable();
        link.to.sort_unstable();
    }
    sorted
        .links
        .sort_by(|a, b| (&a.from, &a.to, a.rating).cmp(&(&b.from, &b.to, b.rating)));
    sorted
}

/// The rooms of a layout in the order of the programme, those nobody asked for last.
pub(super) fn as_listed(brief: &Brief, layout: &mut Layout) {
    let place = |id: &str| brief.rooms.iter().position(|room| room.id == id);
    layout
        .rooms
        .sort_by_key(|room| place(&room.id).unwrap_or(usize::MAX));
}

/// The brief without some rooms.
pub(super) fn without(brief: &Brief, dropped: &[String]) -> Brief {
    let keep: Vec<usize> = (0..brief.rooms.len())
        .filter(|i| {
            brief
                .rooms
                .get(*i)
                .is_some_and(|room| !dropped.contains(&room.id))
        })
        .collect();
    reordered(brief, &keep)
}

/// The rooms at `order` and nothing else; positions in wishes and ways follow them.
fn reordered(brief: &Brief, order: &[usize]) -> Brief {
    let moved = |list: &[usize]| -> Vec<usize> {
        list.iter()
            .filter_map(|old| order.iter().position(|kept| kept == old))
            .collect()
    };
    let rooms = order
        .iter()
        .filter_map(|i| brief.rooms.get(*i))
        .map(|room| {
            let mut room = room.clone();
            room.via = moved(&room.via);
            room
        });
    let links = brief.links.iter().map(|link| Link {
        from: moved(&link.from),
        to: moved(&link.to),
        rating: link.rating,
    });
    Brief {
        rooms: rooms.collect(),
        links: links
            .filter(|link| !link.from.is_empty() && !link.to.is_empty())
            .collect(),
    }
}
