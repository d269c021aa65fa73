//! The cases: what every blob store does.

use std::sync::Barrier;
use std::time::Duration;

use floorjobs_core::ErrorKind;
use floorjobs_core::blob::{BlobRef, BlobStore};
use floorjobs_core::clock::{Clock, SystemClock};

use super::store::Place;

const LIMIT: u64 = 1 << 20;

/// Before anything of a test was stored.
fn long_ago() -> i64 {
    SystemClock.now().as_micros() - 3_600_000_000
}

/// After everything of a test was stored.
fn later() -> i64 {
    SystemClock
        .now()
        .after(Duration::from_secs(3600))
        .as_micros()
}

fn all(store: &dyn BlobStore) -> Vec<BlobRef> {
    store.stored_before(later(), None, 10_000).unwrap()
}

pub(super) fn the_same_bytes_are_stored_once_and_read_back(place: &Place) {
    let store = &place.store;
    for bytes in [&b"plan"[..], b""] {
        let blob = store.put(bytes).unwrap();
        assert_eq!(blob, BlobRef::of(bytes));
        assert_eq!(store.put(bytes).unwrap(), blob);
        assert_eq!(store.get(&blob, LIMIT).unwrap(), bytes);
        assert_eq!(store.size(&blob).unwrap(), Some(bytes.len() as u64));
        assert!(store.exists(&blob).unwrap());
    }
    assert_eq!(all(&**store).len(), 2);
}

pub(super) fn a_missing_blob_is_not_found(place: &Place) {
    let missing = BlobRef::of(b"never stored");
    let error = place.store.get(&missing, LIMIT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(place.store.size(&missing).unwrap(), None);
    assert!(!place.store.exists(&missing).unwrap());
    assert!(!place.store.remove_unused(&missing, later()).unwrap());
}

pub(super) fn the_limit_counts_bytes_exactly(place: &Place) {
    let blob = place.store.put(b"12345").unwrap();
    assert_eq!(place.store.get(&blob, 5).unwrap(), b"12345");
    let error = place.store.get(&blob, 4).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
}

pub(super) fn damage_is_noticed_on_reading(place: &Place) {
    let blob = place.store.put(b"plan").unwrap();
    for damaged in [&b"plan!"[..], b"pla", b"plam", b""] {
        place.damage(&blob, damaged);
        let error = place.store.get(&blob, LIMIT).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{damaged:?}");
    }
}

pub(super) fn a_blob_of_another_length_is_mended_by_storing(place: &Place) {
    let blob = place.store.put(b"plan").unwrap();
    place.damage(&blob, b"pla");
    place.store.put(b"plan").unwrap();
    assert_eq!(place.store.get(&blob, LIMIT).unwrap(), b"plan");
}

pub(super) fn racing_writers_of_the_same_bytes_all_succeed(place: &Place) {
    let bytes = vec![7; 100_000];
    let barrier = Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let store = place.open_again();
                barrier.wait();
                let blob = store.put(&bytes).unwrap();
                assert_eq!(store.get(&blob, LIMIT).unwrap(), bytes);
            });
        }
    });
    assert_eq!(all(&*place.store), [BlobRef::of(&bytes)]);
}

pub(super) fn only_what_is_old_is_removed(place: &Place) {
    let (store, blob) = (&place.store, place.store.put(b"plan").unwrap());
    assert!(!store.remove_unused(&blob, long_ago()).unwrap());
    assert!(store.exists(&blob).unwrap());
    assert!(store.remove_unused(&blob, later()).unwrap());
    assert!(!store.exists(&blob).unwrap());
    assert!(!store.remove_unused(&blob, later()).unwrap());
}

pub(super) fn a_blob_that_was_removed_can_be_stored_again(place: &Place) {
    for _ in 0..3 {
        let blob = place.store.put(b"plan").unwrap();
        assert!(place.store.remove_unused(&blob, later()).unwrap());
        assert_eq!(place.store.put(b"plan").unwrap(), blob);
        assert_eq!(place.store.get(&blob, LIMIT).unwrap(), b"plan");
    }
}

pub(super) fn old_blobs_are_listed_in_portions_and_in_order(place: &Place) {
    let store = &place.store;
    let mut stored: Vec<_> = (0..10_u8).map(|n| store.put(&[n]).unwrap()).collect();
    stored.sort_unstable();
    let mut listed = Vec::new();
    loop {
        let after = listed.last().copied();
        let mut portion = store.stored_before(later(), after.as_ref(), 4).unwrap();
        let is_last = portion.len() < 4;
        listed.append(&mut portion);
        if is_last {
            break;
        }
    }
    assert_eq!(listed, stored);
    assert_eq!(store.stored_before(long_ago(), None, 4).unwrap(), []);
    assert_eq!(store.stored_before(later(), stored.last(), 4).unwrap(), []);
    assert_eq!(store.stored_before(later(), None, 0).unwrap(), []);
}

pub(super) fn what_is_no_blob_is_left_alone(place: &Place) {
    let blob = place.store.put(b"plan").unwrap();
    place.intrude();
    assert_eq!(all(&*place.store), [blob]);
    assert_eq!(place.store.sweep_unfinished(later(), 9).unwrap(), 0);
}

pub(super) fn leftovers_are_swept_by_age_in_portions(place: &Place) {
    let blob = place.store.put(b"plan").unwrap();
    for name in ["1", "2", "3"] {
        place.leave_unfinished(name);
    }
    let sweep = |before, limit| place.store.sweep_unfinished(before, limit).unwrap();
    if place.tells_when_writers_began() {
        assert_eq!(sweep(long_ago(), 9), 0, "a young one may still be written");
    }
    assert_eq!(sweep(later(), 2), 2);
    assert_eq!(sweep(later(), 2), 1);
    assert_eq!(sweep(later(), 2), 0);
    assert_eq!(all(&*place.store), [blob]);
}

pub(super) fn large_blobs_come_back_whole(place: &Place) {
    for length in [65_536, 65_537, 1_000_003] {
        let bytes: Vec<_> = (0..length)
            .map(|n: u32| (n.wrapping_mul(n) >> 7) as u8)
            .collect();
        let blob = place.store.put(&bytes).unwrap();
        assert!(place.store.get(&blob, LIMIT).unwrap() == bytes, "{length}");
        assert_eq!(place.store.size(&blob).unwrap(), Some(u64::from(length)));
    }
}

pub(super) fn stores_in_one_place_share_their_blobs(place: &Place) {
    let other = place.open_again();
    let blob = place.store.put(b"plan").unwrap();
    assert_eq!(other.get(&blob, LIMIT).unwrap(), b"plan");
    assert!(other.remove_unused(&blob, later()).unwrap());
    assert!(!place.store.exists(&blob).unwrap());
}
