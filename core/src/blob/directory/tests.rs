//! Tests of the directory store.

use super::*;
use crate::settings::AwsEnvironment;
use std::os::unix::fs::symlink;
use std::sync::{Arc, Barrier};
use tempfile::TempDir;

const LIMIT: u64 = 1 << 20;
const FAR_FUTURE: i64 = i64::MAX;

fn store() -> (TempDir, DirectoryStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = DirectoryStore::open(folder.path().join("made/for/us")).unwrap();
    (folder, store)
}

fn files(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

fn set_modified(path: &Path, seconds: i64) {
    let file = File::options().write(true).open(path).unwrap();
    let time = Timespec {
        tv_sec: seconds,
        tv_nsec: 0,
    };
    futimens(
        &file,
        &Timestamps {
            last_access: time,
            last_modification: time,
        },
    )
    .unwrap();
}

#[test]
fn the_same_bytes_are_stored_once_and_read_back() {
    let (_folder, store) = store();
    let blob = store.put(b"plan").unwrap();
    assert_eq!(store.put(b"plan").unwrap(), blob);
    assert_eq!(store.get(&blob, LIMIT).unwrap(), b"plan");
    assert_eq!(store.size(&blob).unwrap(), Some(4));
    assert!(store.exists(&blob).unwrap());
    assert_eq!(files(store.path(&blob).parent().unwrap()), 1);
    assert_eq!(files(&store.incoming), 0);
    let empty = store.put(b"").unwrap();
    assert_eq!(store.get(&empty, 0).unwrap(), b"");
}

#[test]
fn a_missing_blob_is_not_found() {
    let (_folder, store) = store();
    let blob = BlobRef::of(b"never stored");
    assert_eq!(
        store.get(&blob, LIMIT).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert!(!store.exists(&blob).unwrap());
    assert!(!store.remove_unused(&blob, FAR_FUTURE).unwrap());
}

#[test]
fn the_limit_counts_bytes_exactly() {
    let (_folder, store) = store();
    let blob = store.put(b"12345").unwrap();
    assert_eq!(store.get(&blob, 5).unwrap(), b"12345");
    let error = store.get(&blob, 4).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.message().contains("5 bytes") && error.message().contains("limit of 4"));
}

#[test]
fn damage_is_noticed_on_reading_and_a_wrong_length_is_mended_by_storing() {
    let (_folder, store) = store();
    let blob = store.put(b"plan").unwrap();
    fs::write(store.path(&blob), b"plan, longer").unwrap();
    assert_eq!(
        store.get(&blob, LIMIT).unwrap_err().kind(),
        ErrorKind::Corrupt
    );
    store.put(b"plan").unwrap();
    assert_eq!(store.get(&blob, LIMIT).unwrap(), b"plan");
    fs::write(store.path(&blob), b"plam").unwrap();
    assert_eq!(
        store.get(&blob, LIMIT).unwrap_err().kind(),
        ErrorKind::Corrupt
    );
}

#[test]
fn a_symlink_or_directory_in_the_place_of_a_blob_is_not_followed() {
    let (folder, store) = store();
    let blob = store.put(b"plan").unwrap();
    let outside = folder.path().join("outside");
    fs::write(&outside, b"plan").unwrap();
    fs::remove_file(store.path(&blob)).unwrap();
    symlink(&outside, store.path(&blob)).unwrap();
    assert_eq!(
        store.get(&blob, LIMIT).unwrap_err().kind(),
        ErrorKind::Unavailable
    );
    fs::remove_file(store.path(&blob)).unwrap();
    fs::create_dir(store.path(&blob)).unwrap();
    assert_eq!(
        store.get(&blob, LIMIT).unwrap_err().kind(),
        ErrorKind::Corrupt
    );
}

#[test]
fn a_failed_write_is_unavailable_and_leaves_nothing() {
    let (_folder, store) = store();
    let blob = BlobRef::of(b"plan");
    // A file where the directory should be fails for root too, unlike missing permissions.
    fs::write(store.shard_path(blob.shard()), b"in the way").unwrap();
    assert_eq!(
        store.put(b"plan").unwrap_err().kind(),
        ErrorKind::Unavailable
    );
    assert_eq!(files(&store.incoming), 0);
    assert_eq!(
        store.get(&blob, LIMIT).unwrap_err().kind(),
        ErrorKind::Unavailable
    );
}

#[test]
fn a_disk_that_is_full_is_unavailable() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let cause = File::options()
        .write(true)
        .open(full)
        .unwrap()
        .write_all(b"x")
        .unwrap_err();
    assert_eq!(cause.kind(), io::ErrorKind::StorageFull);
    let error = failed("write", full, cause);
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_retryable());
}

#[test]
fn racing_writers_of_the_same_bytes_all_succeed() {
    let (_folder, store) = store();
    let store = Arc::new(store);
    let start = Arc::new(Barrier::new(4));
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let (store, start) = (Arc::clone(&store), Arc::clone(&start));
            std::thread::spawn(move || {
                start.wait();
                (0..20u8)
                    .map(|n| store.put(&[n; 100]).unwrap())
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let names: Vec<_> = writers
        .into_iter()
        .map(|writer| writer.join().unwrap())
        .collect();
    assert!(names.windows(2).all(|pair| pair[0] == pair[1]));
    for blob in &names[0] {
        assert_eq!(store.get(blob, LIMIT).unwrap().len(), 100);
    }
    assert_eq!(files(&store.incoming), 0);
}

#[test]
fn only_what_is_old_is_removed_and_storing_again_makes_it_young() {
    let (_folder, store) = store();
    let blob = store.put(b"plan").unwrap();
    set_modified(&store.path(&blob), 1_000);
    assert!(
        !store.remove_unused(&blob, 1_000_000_000).unwrap(),
        "not older than itself"
    );
    store.put(b"plan").unwrap();
    assert!(
        !store.remove_unused(&blob, 1_000_000_001).unwrap(),
        "stored again meanwhile"
    );
    set_modified(&store.path(&blob), 1_000);
    assert!(store.remove_unused(&blob, 1_000_000_001).unwrap());
    assert!(!store.exists(&blob).unwrap());
}

#[test]
fn a_blob_that_is_being_renewed_is_not_removed() {
    let (_folder, store) = store();
    let blob = store.put(b"plan").unwrap();
    set_modified(&store.path(&blob), 1_000);
    let writer = File::open(store.path(&blob)).unwrap();
    writer.lock_shared().unwrap();
    assert!(!store.remove_unused(&blob, FAR_FUTURE).unwrap());
    drop(writer);
    assert!(store.remove_unused(&blob, FAR_FUTURE).unwrap());
}

#[test]
fn a_writer_whose_blob_is_swept_under_it_writes_it_anew() {
    let (_folder, store) = store();
    let blob = store.put(b"plan").unwrap();
    // The writer has found the file, and then the sweep is faster.
    let (found, _) = store.open_blob(&blob).unwrap().unwrap();
    assert!(renew_file(&found, &store.path(&blob), 4).unwrap());
    assert!(
        store
            .remove_unused(&blob, FAR_FUTURE)
            .is_ok_and(|removed| !removed)
    );
    drop(found);
    let (found, _) = store.open_blob(&blob).unwrap().unwrap();
    assert!(store.remove_unused(&blob, FAR_FUTURE).unwrap());
    assert!(!renew_file(&found, &store.path(&blob), 4).unwrap());
    store.put(b"plan").unwrap();
    assert_eq!(store.get(&blob, LIMIT).unwrap(), b"plan");
}

/// A damaged blob that is old, and that a backup holds a second link to.
fn damaged(folder: &TempDir, store: &DirectoryStore) -> BlobRef {
    let blob = store.put(b"plan").unwrap();
    fs::write(store.path(&blob), b"plan, longer").unwrap();
    set_modified(&store.path(&blob), 1_000);
    fs::hard_link(store.path(&blob), folder.path().join("backup")).unwrap();
    blob
}

#[test]
fn a_sweep_that_found_a_damaged_blob_spares_the_one_that_replaced_it() {
    let (folder, store) = store();
    let blob = damaged(&folder, &store);
    let (found, _) = store.open_blob(&blob).unwrap().unwrap();
    store.put(b"plan").unwrap();
    assert!(!sweep::remove_found(&found, &store.path(&blob), FAR_FUTURE).unwrap());
    assert_eq!(store.get(&blob, LIMIT).unwrap(), b"plan");
    assert!(
        store.remove_unused(&blob, FAR_FUTURE).unwrap(),
        "by its age"
    );
}

#[test]
fn no_sweep_is_between_its_last_look_and_the_removal_while_a_blob_is_replaced() {
    let (folder, store) = store();
    let blob = damaged(&folder, &store);
    let sweep_now = |store: &DirectoryStore, blob: &BlobRef| {
        assert!(!store.remove_unused(blob, FAR_FUTURE).unwrap());
        assert!(store.exists(blob).unwrap());
    };
    store.before_rename.set(sweep_now).unwrap();
    store.put(b"plan").unwrap();
    assert_eq!(store.get(&blob, LIMIT).unwrap(), b"plan");
}

#[test]
fn a_writer_trusts_no_file_that_is_in_a_backup_only() {
    let (folder, store) = store();
    let blob = store.put(b"plan").unwrap();
    let (found, _) = store.open_blob(&blob).unwrap().unwrap();
    fs::rename(store.path(&blob), folder.path().join("backup")).unwrap();
    assert!(!renew_file(&found, &store.path(&blob), 4).unwrap());
}

#[test]
fn old_blobs_are_listed_in_portions_and_in_order() {
    let (_folder, store) = store();
    let mut all: Vec<_> = (0..20u8).map(|n| store.put(&[n]).unwrap()).collect();
    all.sort_unstable();
    for blob in &all {
        set_modified(&store.path(blob), 1_000);
    }
    let young = store.put(b"young").unwrap();
    fs::write(store.path(&young).with_file_name("stranger"), b"").unwrap();

    let mut seen = Vec::new();
    loop {
        let portion = store.stored_before(2_000_000_000, seen.last(), 7).unwrap();
        seen.extend_from_slice(&portion);
        if portion.len() < 7 {
            break;
        }
    }
    assert_eq!(seen, all);
}

#[test]
fn leftovers_are_swept_by_age_in_portions() {
    let (_folder, store) = store();
    for n in 0..5 {
        let (_, path) = store.create_incoming().unwrap();
        set_modified(&path, 1_000 + n);
    }
    store.create_incoming().unwrap();
    assert_eq!(store.sweep_unfinished(1_002_000_000, 10).unwrap(), 2);
    assert_eq!(store.sweep_unfinished(2_000_000_000, 2).unwrap(), 2);
    assert_eq!(store.sweep_unfinished(2_000_000_000, 2).unwrap(), 1);
    assert_eq!(
        files(&store.incoming),
        1,
        "a young one may still be written"
    );
}

#[test]
fn opening_by_url_creates_the_directory() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}/a%20b", folder.path().display());
    let store = crate::blob::open(&url, &AwsEnvironment::default()).unwrap();
    store.put(b"plan").unwrap();
    assert!(folder.path().join("a b").is_dir());
}
