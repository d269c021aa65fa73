//! The places between two effects where a process may die, for tests that kill it there.
//!
//! Compiled to nothing unless the feature `crash-points` is on, as it is in this crate's own tests
//! alone. There `FLOORJOBS_CRASH_AT="before commit of claim:2"` aborts the process as it reaches
//! that point for the second time, and `FLOORJOBS_CRASH_LOG` names a file that gets a line for
//! each point that is reached.

use std::fmt;

macro_rules! table {
    ($(#[$doc:meta])* $kind:ident { $($variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is its name")]
        pub enum $kind { $($variant,)* }

        impl $kind {
            /// Every one.
            pub const ALL: &[$kind] = &[$($kind::$variant,)*];

            /// How it is called.
            pub const fn name(self) -> &'static str {
                match self { $($kind::$variant => $name,)* }
            }
        }
    };
}

table! {
    /// The transactions, by what they are for.
    Write {
        Migrate = "migrate",
        Enqueue = "enqueue",
        Claim = "claim",
        ClaimOne = "claim_one",
        Heartbeat = "heartbeat",
        Checkpoint = "checkpoint",
        Succeed = "finish with success",
        RetryLater = "finish with retry",
        Fail = "finish with failure",
        Crash = "finish with crash",
        Snooze = "finish with snooze",
        Release = "finish with release",
        CancelAttempt = "finish with cancel",
        ReleaseStrays = "release_strays",
        Reap = "reap",
        Cancel = "cancel",
        Retry = "retry",
        MakeDue = "make_due",
        Pause = "pause",
        Resume = "resume",
        ChangeCatalogue = "change_catalogue",
        Prune = "prune",
        RegisterWorker = "register_worker",
        RemoveWorker = "remove_worker",
        Probe = "check_health",
    }
}

table! {
    /// The places outside of single transactions.
    Place {
        BlobBegun = "blob: before its temporary file",
        BlobOpened = "blob: temporary file made, nothing written",
        BlobWritten = "blob: written, not synced",
        BlobSynced = "blob: synced, not renamed",
        BlobRenamed = "blob: renamed, folder not synced",
        BlobFolderSynced = "blob: folder synced, its parent not",
        BlobRenewed = "blob: there already, made young",
        BlobStored = "blob: durable",
        BatchBetween = "batch: between two operations",
        BatchBeforeCommit = "batch: before the commit",
        BatchCommitted = "batch: committed, nobody answered",
        BatchAnswered = "batch: the first is answered",
        UploadStored = "client: blob stored, job not",
        BeforeWakeUp = "client: committed, not woken",
        AfterWakeUp = "client: woken, not answered",
        Pruned = "upkeep: pruned, not swept",
        SweepNamed = "upkeep: blob found unnamed, not removed",
        SweepRemoved = "upkeep: blob removed",
        Claimed = "worker: claimed, not started",
        Started = "worker: on its thread, handler not begun",
        Returned = "worker: handler returned, ending not decided",
        ResultStored = "worker: large result stored as a blob",
        EndingDecided = "worker: ending decided, not written",
        Finished = "worker: ending written, not told",
        SlotHeld = "worker: attempt over, slot not released",
        SlotFree = "worker: slot released",
        Reaped = "worker: reaped, nobody woken",
        StopTold = "worker: attempts told to stop",
        StopReleases = "worker: about to give attempts back",
        StopReleased = "worker: attempts given back",
    }
}

/// One point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is its name")]
pub enum Point {
    BeforeCommit(Write),
    AfterCommit(Write),
    At(Place),
}

impl Point {
    /// Every point there is.
    pub fn all() -> impl Iterator<Item = Point> {
        let writes = Write::ALL.iter();
        writes
            .flat_map(|write| [Point::BeforeCommit(*write), Point::AfterCommit(*write)])
            .chain(Place::ALL.iter().map(|place| Point::At(*place)))
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Point::BeforeCommit(write) => write!(f, "before commit of {}", write.name()),
            Point::AfterCommit(write) => write!(f, "after commit of {}", write.name()),
            Point::At(place) => f.write_str(place.name()),
        }
    }
}

/// Dies here, if a test asked for it.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub(crate) fn reach(_point: Point) {}

#[cfg(feature = "crash-points")]
pub(crate) use switched_on::reach;

#[cfg(feature = "crash-points")]
mod switched_on {
    use std::fs::File;
    use std::io::Write as _;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Point;

    struct Wish {
        at: String,
        left: AtomicUsize,
    }

    static WISH: LazyLock<Option<Wish>> = LazyLock::new(|| {
        let wish = variable("FLOORJOBS_CRASH_AT")?;
        let (at, occurrence) = wish.rsplit_once(':')?;
        Some(Wish {
            at: at.to_owned(),
            left: AtomicUsize::new(occurrence.parse().ok()?),
        })
    });

    static LOG: LazyLock<Option<File>> = LazyLock::new(|| {
        let path = variable("FLOORJOBS_CRASH_LOG")?;
        let mut options = std::fs::OpenOptions::new();
        options.append(true).create(true).open(path).ok()
    });

    #[allow(clippy::disallowed_methods, reason = "a dial of tests, not a setting")]
    fn variable(name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    pub(crate) fn reach(point: Point) {
        if let Some(mut log) = LOG.as_ref() {
            // A line that is lost makes a test of this log fail, and nothing else.
            let _ = log.write_all(format!("{point}\n").as_bytes());
        }
        if let Some(wish) = WISH.as_ref()
            && wish.at == point.to_string()
            && wish.left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_point_has_its_own_name() {
        let names: BTreeSet<_> = Point::all().map(|point| point.to_string()).collect();
        assert_eq!(names.len(), 2 * Write::ALL.len() + Place::ALL.len());
    }
}
