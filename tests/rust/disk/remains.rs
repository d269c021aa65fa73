//! What is left of a disk when its power is cut.
//!
//! A file's content is safe once that file was synced, a name once its folder was. Of the rest, a
//! disk may keep everything, nothing, or any part in any order: the strictest reading of POSIX,
//! which real file systems go beyond.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::journal::Effect;
use crate::dice::Dice;

/// The unit in which a disk writes: what it has begun of one, it may have written in part only.
const SECTOR: usize = 512;

/// Which of the effects that were not synced a power cut leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    Nothing,
    Everything,
    /// Any sectors and names, in any order.
    Some {
        seed: u64,
    },
    /// All, but the newest write only up to some byte.
    TornEnd {
        seed: u64,
    },
}

/// A disk as the effects so far have made it.
pub(crate) struct Disk {
    root: PathBuf,
    nodes: Vec<Node>,
    /// The names as processes see them, synced or not.
    names: BTreeMap<PathBuf, usize>,
    inodes: BTreeMap<u64, usize>,
    last_written: Option<usize>,
}

enum Node {
    File {
        safe: Vec<u8>,
        waiting: Vec<Change>,
    },
    Folder {
        safe: BTreeMap<OsString, usize>,
        waiting: Vec<(OsString, Option<usize>)>,
    },
}

#[derive(Clone)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Resize(usize),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Change::Write { offset, data } => {
                let end = offset + data.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(data);
            }
            Change::Resize(size) => content.resize(*size, 0),
        }
    }
}

impl Disk {
    /// An empty folder, safely there.
    pub(crate) fn new(root: &Path) -> Disk {
        Disk {
            root: root.to_owned(),
            nodes: vec![empty_folder()],
            names: BTreeMap::from([(root.to_owned(), 0)]),
            inodes: BTreeMap::new(),
            last_written: None,
        }
    }

    /// Lets one more effect happen.
    pub(crate) fn happen(&mut self, effect: &Effect) {
        match effect {
            Effect::Created { inode, path } => {
                let node = self.add(path, empty_file());
                self.inodes.insert(*inode, node);
            }
            Effect::MadeFolder { path } => {
                self.add(path, empty_folder());
            }
            Effect::Renamed { from, to } => {
                let node = self.names.remove(from).expect("what is renamed has a name");
                assert!(matches!(self.nodes[node], Node::File { .. }));
                self.names.insert(to.clone(), node);
                self.entry(to, Some(node));
                self.entry(from, None);
            }
            Effect::Linked { from, to } => {
                let node = self.names[from];
                self.names.insert(to.clone(), node);
                self.entry(to, Some(node));
            }
            Effect::Removed { path } => {
                self.names.remove(path);
                self.entry(path, None);
            }
            Effect::Wrote {
                inode,
                offset,
                data,
            } => {
                let offset = usize::try_from(*offset).unwrap();
                self.change(
                    *inode,
                    Change::Write {
                        offset,
                        data: data.clone(),
                    },
                );
            }
            Effect::Resized { inode, size } => {
                self.change(*inode, Change::Resize(usize::try_from(*size).unwrap()));
            }
            Effect::Synced { inode } => {
                let node = self.inodes[inode];
                let Node::File { safe, waiting } = &mut self.nodes[node] else {
                    panic!("{inode} is no file");
                };
                for change in waiting.drain(..) {
                    change.apply(safe);
                }
            }
            Effect::SyncedFolder { path } => {
                let node = self.names[path];
                let Node::Folder { safe, waiting } = &mut self.nodes[node] else {
                    panic!("{path:?} is no folder");
                };
                for (name, entry) in waiting.drain(..) {
                    put(safe, name, entry);
                }
            }
            // The system drops what it could not write and takes it for written: no later sync
            // brings it back, though every process still reads it. Names are another matter: they
            // go through the journal of the file system, which stops altogether when it fails.
            Effect::SyncFailed { path } => {
                if let Node::File { waiting, .. } = &mut self.nodes[self.names[path]] {
                    waiting.clear();
                }
            }
            Effect::Noted { .. } => {}
        }
    }

    fn add(&mut self, path: &Path, node: Node) -> usize {
        self.nodes.push(node);
        let number = self.nodes.len() - 1;
        self.names.insert(path.to_owned(), number);
        self.entry(path, Some(number));
        number
    }

    fn entry(&mut self, path: &Path, entry: Option<usize>) {
        let folder = self.names[path.parent().unwrap()];
        let Node::Folder { waiting, .. } = &mut self.nodes[folder] else {
            panic!("{path:?} lies in a file");
        };
        waiting.push((path.file_name().unwrap().to_owned(), entry));
    }

    fn change(&mut self, inode: u64, change: Change) {
        let node = self.inodes[&inode];
        self.last_written = Some(node);
        let Node::File { waiting, .. } = &mut self.nodes[node] else {
            panic!("{inode} is no file");
        };
        waiting.push(change);
    }

    /// Writes into `folder` what a power cut at this moment leaves.
    pub(crate) fn cut(&self, kept: Kept, folder: &Path) {
        let mut dice = Dice::new(match kept {
            Kept::Some { seed } | Kept::TornEnd { seed } => seed,
            Kept::Nothing | Kept::Everything => 0,
        });
        self.write_node(0, kept, &mut dice, folder);
    }

    fn write_node(&self, node: usize, kept: Kept, dice: &mut Dice, path: &Path) {
        match &self.nodes[node] {
            Node::File { safe, waiting } => {
                let mut content = safe.clone();
                let is_last = self.last_written == Some(node);
                for change in kept_changes(waiting, kept, is_last, dice) {
                    change.apply(&mut content);
                }
                std::fs::write(path, content).unwrap();
            }
            Node::Folder { safe, waiting } => {
                if node != 0 {
                    std::fs::create_dir(path).unwrap();
                }
                let mut entries = safe.clone();
                for (name, entry) in waiting {
                    let keep = match kept {
                        Kept::Nothing => false,
                        Kept::Everything | Kept::TornEnd { .. } => true,
                        Kept::Some { .. } => dice.chance(50),
                    };
                    if keep {
                        put(&mut entries, name.clone(), *entry);
                    }
                }
                for (name, entry) in entries {
                    self.write_node(entry, kept, dice, &path.join(name));
                }
            }
        }
    }
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

fn empty_file() -> Node {
    Node::File {
        safe: Vec::new(),
        waiting: Vec::new(),
    }
}

fn empty_folder() -> Node {
    Node::Folder {
        safe: BTreeMap::new(),
        waiting: Vec::new(),
    }
}

fn put(entries: &mut BTreeMap<OsString, usize>, name: OsString, entry: Option<usize>) {
    match entry {
        Some(node) => entries.insert(name, node),
        None => entries.remove(&name),
    };
}

fn kept_changes(waiting: &[Change], kept: Kept, is_last: bool, dice: &mut Dice) -> Vec<Change> {
    match kept {
        Kept::Nothing => Vec::new(),
        Kept::Everything => waiting.to_vec(),
        Kept::TornEnd { .. } => {
            let mut all = waiting.to_vec();
            if is_last && let Some(Change::Write { data, .. }) = all.last_mut() {
                data.truncate(dice.below(data.len() + 1));
            }
            all
        }
        Kept::Some { .. } => {
            let mut some = Vec::new();
            let mut run = Vec::new();
            for change in waiting {
                match change {
                    Change::Write { offset, data } => {
                        for (number, sector) in data.chunks(SECTOR).enumerate() {
                            if dice.chance(50) {
                                run.push(Change::Write {
                                    offset: offset + number * SECTOR,
                                    data: sector.to_vec(),
                                });
                            }
                        }
                    }
                    // A file system may forget a new size, but knows what came before it.
                    Change::Resize(_) if dice.chance(50) => {
                        dice.shuffle(&mut run);
                        some.append(&mut run);
                        some.push(change.clone());
                    }
                    Change::Resize(_) => {}
                }
            }
            dice.shuffle(&mut run);
            some.append(&mut run);
            some
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrote(inode: u64, text: &str) -> Effect {
        Effect::Wrote {
            inode,
            offset: 0,
            data: text.into(),
        }
    }

    /// What is in `/d/name` after the effects and a cut.
    fn left(effects: &[Effect], kept: Kept, name: &str) -> Option<String> {
        let mut disk = Disk::new(Path::new("/d"));
        for effect in effects {
            disk.happen(effect);
        }
        let folder = tempfile::tempdir().unwrap();
        disk.cut(kept, folder.path());
        std::fs::read_to_string(folder.path().join(name)).ok()
    }

    #[test]
    fn content_is_safe_by_a_sync_of_the_file_and_a_name_by_one_of_the_folder() {
        let (inode, path) = (7, PathBuf::from("/d/a"));
        let folder = || Effect::SyncedFolder { path: "/d".into() };
        let written = [Effect::Created { inode, path }, wrote(inode, "one")];
        let synced = |more: &[Effect]| [&written[..], more].concat();
        let file = || Effect::Synced { inode };
        let nothing = |effects: &[Effect]| left(effects, Kept::Nothing, "a");
        assert_eq!(nothing(&written), None);
        assert_eq!(nothing(&synced(&[file()])), None);
        assert_eq!(nothing(&synced(&[folder()])).as_deref(), Some(""));
        let both = synced(&[file(), folder(), wrote(inode, "two")]);
        assert_eq!(nothing(&both).as_deref(), Some("one"));
        assert_eq!(left(&both, Kept::Everything, "a").as_deref(), Some("two"));
        let torn = left(&both, Kept::TornEnd { seed: 1 }, "a").unwrap();
        assert!(["one", "tne", "twe", "two"].contains(&torn.as_str()));
    }

    #[test]
    fn a_rename_may_be_undone_until_the_folder_is_synced() {
        let before = [
            Effect::Created {
                inode: 7,
                path: "/d/a".into(),
            },
            Effect::SyncedFolder { path: "/d".into() },
            Effect::Renamed {
                from: "/d/a".into(),
                to: "/d/b".into(),
            },
        ];
        assert!(left(&before, Kept::Nothing, "a").is_some());
        assert!(left(&before, Kept::Nothing, "b").is_none());
        assert!(left(&before, Kept::Everything, "a").is_none());
        let after = [&before[..], &[Effect::SyncedFolder { path: "/d".into() }]].concat();
        assert!(left(&after, Kept::Nothing, "a").is_none());
        assert!(left(&after, Kept::Nothing, "b").is_some());
    }

    #[test]
    fn what_a_failed_sync_dropped_no_later_one_brings_back() {
        let effects = [
            Effect::Created {
                inode: 7,
                path: "/d/a".into(),
            },
            Effect::SyncedFolder { path: "/d".into() },
            wrote(7, "lost"),
            Effect::SyncFailed {
                path: "/d/a".into(),
            },
            Effect::Synced { inode: 7 },
        ];
        assert_eq!(left(&effects, Kept::Everything, "a").as_deref(), Some(""));
    }
}
