//! What kind of file system a database lies on, and how much room there is.

use std::path::{Path, PathBuf};

use super::super::operate::{FileSystem, FileSystemNature};

/// The kinds by the magic numbers of `statfs(2)`.
#[cfg(target_os = "linux")]
const KINDS: [(u32, &str, FileSystemNature); 17] = {
    use FileSystemNature::{Local, Memory, Network};
    [
        (0x0000_6969, "NFS", Network),
        (0x0000_517B, "SMB", Network),
        (0xFF53_4D42, "CIFS", Network),
        (0xFE53_4D42, "SMB2", Network),
        (0x0102_1997, "9P", Network),
        (0x00C3_6400, "Ceph", Network),
        (0x5346_414F, "AFS", Network),
        (0x0BD0_0BD0, "Lustre", Network),
        (0x0102_1994, "tmpfs", Memory),
        (0x8584_58F6, "ramfs", Memory),
        (0x0000_EF53, "ext4", Local),
        (0x5846_5342, "XFS", Local),
        (0x9123_683E, "Btrfs", Local),
        (0x2FC1_2FC1, "ZFS", Local),
        (0xF2F5_2010, "F2FS", Local),
        (0xCA45_1A4E, "bcachefs", Local),
        (0x794C_7630, "overlayfs", Local),
    ]
};

/// The kind of the file system of a file, if the system tells and it is a known one.
#[cfg(target_os = "linux")]
pub(super) fn file_system(path: &Path) -> Option<FileSystem> {
    let found = rustix::fs::statfs(folder_of(path)).ok()?;
    // The magic number is 32 bits wide, whatever the width of the field.
    let magic = (found.f_type as u64 & 0xFFFF_FFFF) as u32;
    let (_, name, nature) = KINDS.iter().find(|(number, ..)| *number == magic)?;
    Some(FileSystem {
        name,
        nature: *nature,
    })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn file_system(_path: &Path) -> Option<FileSystem> {
    None
}

/// How many bytes are free there for this process.
pub(super) fn free_bytes(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder_of(path)).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// The folder of a file that may not be there yet.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}
