//! Directories that are still there after a power cut.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Creates `path` and what is missing above it, each entry synced in its parent.
///
/// Directories that were there already are synced as well, up to the first one that no writer of
/// the store can have made: whoever made them may have died before syncing.
pub(super) fn create_directories(path: &Path) -> io::Result<()> {
    let missing = path
        .ancestors()
        .take_while(|ancestor| !ancestor.is_dir())
        .count();
    fs::create_dir_all(path)?;
    // One more than was missing: the store's own root may be another process's unsynced work.
    for made in path.ancestors().take(missing.max(2)) {
        if let Some(parent) = made.parent() {
            match sync_directory(parent) {
                Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
                    // A parent that may not even be opened for reading is not ours to have made.
                }
                other => other?,
            }
        }
    }
    Ok(())
}

/// Makes the entries of a directory survive a power cut.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
