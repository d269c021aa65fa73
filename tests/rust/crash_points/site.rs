//! Where jobs, blobs and the ledger of one case are.

use std::fmt;
use std::path::{Path, PathBuf};

use floorjobs_core::Client;

use super::ledger::Ledger;
use crate::process::{connect, connect_to};
use crate::servers::Database;

pub(super) struct Site {
    folder: PathBuf,
    /// The address of the database; none if it is a file in the folder.
    url: Option<String>,
    /// What goes with the site, for who has made it.
    _owned: Option<(tempfile::TempDir, Option<Database>)>,
}

impl Site {
    /// A new one with a file, in memory: an abort loses nothing that a write has reached, synced
    /// or not.
    pub(super) fn file() -> Option<Site> {
        let folder = folder();
        Some(Site {
            folder: folder.path().to_owned(),
            url: None,
            _owned: Some((folder, None)),
        })
    }

    /// A new one with a database on the shared server.
    pub(super) fn server() -> Option<Site> {
        let (folder, database) = (folder(), Database::migrated()?);
        Some(Site {
            folder: folder.path().to_owned(),
            url: Some(database.url()),
            _owned: Some((folder, Some(database))),
        })
    }

    /// One that somebody else has made and shown.
    pub(super) fn of(shown: &str) -> Site {
        let (folder, url) = shown.split_once(' ').unwrap();
        Site {
            folder: folder.into(),
            url: Some(url.to_owned()).filter(|url| !url.is_empty()),
            _owned: None,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn connect(&self) -> Client {
        match &self.url {
            None => connect(&self.folder.join("jobs.db")),
            Some(url) => connect_to(url, &self.folder.join("blobs")),
        }
    }

    pub(super) fn ledger(&self) -> Ledger {
        Ledger::open(&self.folder.join("ledger"))
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.as_deref().unwrap_or_default();
        write!(f, "{} {url}", self.folder.display())
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}
