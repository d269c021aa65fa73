//! A disk whose power can be cut between any two effects, and which fails when told to.
//!
//! `tests/c/disk.c` is preloaded into the processes of a test. It can journal what they do to a
//! folder, and [`remains`] works out what a power cut would leave of it; or it makes calls fail.

mod journal;
mod remains;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

pub(crate) use journal::{Effect, read_journal};
pub(crate) use remains::{Disk, Kept};

/// A folder on such a disk, and what the shim has to be told of it.
pub(crate) struct Shimmed {
    root: PathBuf,
    beside: PathBuf,
    journals: bool,
}

impl Shimmed {
    /// A disk that passes everything on until its [fault](Self::fault) is set.
    pub(crate) fn failing(folder: &Path) -> Shimmed {
        Shimmed::new(folder, false)
    }

    /// A disk that writes down what happens to it as well; syncs cost nothing on it.
    pub(crate) fn journaling(folder: &Path) -> Shimmed {
        Shimmed::new(folder, true)
    }

    fn new(folder: &Path, journals: bool) -> Shimmed {
        let disk = Shimmed {
            journals,
            ..Shimmed::existing(folder)
        };
        std::fs::create_dir(&disk.root).unwrap();
        disk
    }

    /// The disk that another process made of the folder.
    pub(crate) fn existing(folder: &Path) -> Shimmed {
        let beside = folder.canonicalize().unwrap();
        Shimmed {
            root: beside.join("disk"),
            beside,
            journals: false,
        }
    }

    /// The folder that lies on the disk.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The file to write to what the world outside has been told.
    pub(crate) fn notes(&self) -> PathBuf {
        self.beside.join("notes")
    }

    fn journal(&self) -> PathBuf {
        self.beside.join("journal")
    }

    /// What makes calls fail on this disk.
    pub(crate) fn fault(&self) -> Fault {
        Fault(self.beside.join("fault"))
    }

    /// What has happened so far.
    pub(crate) fn effects(&self) -> Vec<Effect> {
        read_journal(&std::fs::read(self.journal()).unwrap())
    }

    /// Puts a process on this disk.
    pub(crate) fn put_on(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", library())
            .env("FLOORJOBS_DISK_ROOT", &self.root)
            .env("FLOORJOBS_DISK_NOTES", self.notes())
            .env("FLOORJOBS_DISK_FAULT", self.fault().0);
        if self.journals {
            command.env("FLOORJOBS_DISK_JOURNAL", self.journal());
        }
    }
}

/// The file that makes calls fail while it is there.
pub(crate) struct Fault(PathBuf);

impl Fault {
    /// Makes calls fail from now on: all that fit, or the next one only.
    pub(crate) fn set(&self, call: &str, ending: &str, error: i32, once: bool) {
        let often = if once { "once" } else { "always" };
        // Appears whole, for processes that read it at this moment.
        let half = self.0.with_extension("half");
        std::fs::write(&half, format!("{call} {ending} {error} {often}")).unwrap();
        std::fs::rename(&half, &self.0).unwrap();
    }

    /// Whether calls fail, or one that is to fail has not come yet.
    pub(crate) fn is_set(&self) -> bool {
        self.0.exists()
    }

    /// Makes all calls succeed again.
    pub(crate) fn clear(&self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

/// The shim, built for this run.
fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/c/disk.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let library = folder.join("libdisk.so");
        // Other processes of this run may build it too, so it appears whole.
        let half = folder.join(format!("libdisk-{}.so", std::process::id()));
        #[allow(clippy::disallowed_methods)]
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let built = Command::new(&compiler)
            .args([
                "-std=c11",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-pedantic",
                "-O1",
            ])
            .args(["-fvisibility=hidden", "-shared", "-fPIC", "-o"])
            .arg(&half)
            .arg(&source)
            .output()
            .unwrap_or_else(|error| {
                panic!("the tests of the disk need a C compiler, and `{compiler}` is none: {error}")
            });
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{compiler} {source:?}:\n{said}");
        std::fs::rename(&half, &library).unwrap();
        library
    })
}
