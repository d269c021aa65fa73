//! The journal of the shim, read back.

use std::path::PathBuf;

/// Something that happened to the disk.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    Created {
        inode: u64,
        path: PathBuf,
    },
    MadeFolder {
        path: PathBuf,
    },
    Renamed {
        from: PathBuf,
        to: PathBuf,
    },
    Linked {
        from: PathBuf,
        to: PathBuf,
    },
    Removed {
        path: PathBuf,
    },
    Wrote {
        inode: u64,
        offset: u64,
        data: Vec<u8>,
    },
    Resized {
        inode: u64,
        size: u64,
    },
    Synced {
        inode: u64,
    },
    SyncedFolder {
        path: PathBuf,
    },
    /// The sync reported an error: what was not on the disk yet is nowhere now.
    SyncFailed {
        path: PathBuf,
    },
    /// Not of the disk: what somebody outside was told at this moment.
    Noted {
        text: String,
    },
}

/// Reads what `note` in `tests/c/disk.c` wrote.
pub(crate) fn read_journal(mut bytes: &[u8]) -> Vec<Effect> {
    let mut effects = Vec::new();
    while let Some((head, rest)) = bytes.split_at_checked(29) {
        let inode = u64::from_ne_bytes(head[1..9].try_into().unwrap());
        let number = u64::from_ne_bytes(head[9..17].try_into().unwrap());
        let length = |at: usize| {
            let bytes = head[at..at + 4].try_into().unwrap();
            u32::from_ne_bytes(bytes) as usize
        };
        let (path, rest) = rest.split_at(length(17));
        let (other, rest) = rest.split_at(length(21));
        let (data, rest) = rest.split_at(length(25));
        bytes = rest;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (path, other) = (PathBuf::from(text(path)), PathBuf::from(text(other)));
        effects.push(match head[0] {
            b'c' => Effect::Created { inode, path },
            b'm' => Effect::MadeFolder { path },
            b'r' => Effect::Renamed {
                from: path,
                to: other,
            },
            b'l' => Effect::Linked {
                from: path,
                to: other,
            },
            b'u' => Effect::Removed { path },
            b'w' => Effect::Wrote {
                inode,
                offset: number,
                data: data.to_vec(),
            },
            b't' => Effect::Resized {
                inode,
                size: number,
            },
            b's' => Effect::Synced { inode },
            b'd' => Effect::SyncedFolder { path },
            b'e' => Effect::SyncFailed { path },
            b'n' => Effect::Noted { text: text(data) },
            other => panic!("an effect of the unknown kind {other}"),
        });
    }
    assert!(bytes.is_empty(), "the journal ends within an effect");
    effects
}
