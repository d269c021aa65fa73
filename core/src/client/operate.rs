//! Keeping a repository in order: copies of it, and whether it is sound.

use std::path::Path;

use serde::Serialize;

use super::Client;
use crate::blob::BlobRef;
use crate::error::{ErrorKind, Result};
use crate::repository::BackupReport;

/// No stored blob is larger than this.
const MAX_BLOB_BYTES: u64 = 1 << 30;

/// How many blobs are asked for at a time.
const REFERENCES: usize = 256;

/// What a check of everything that is stored found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntegrityReport {
    /// What is wrong, in sentences; empty when nothing is.
    pub problems: Vec<String>,
    /// How many blobs were read and compared with their names.
    pub blobs_checked: u64,
}

impl IntegrityReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Client {
    /// Copies the database into a file, while it is in use; writers go on meanwhile.
    ///
    /// The copy is of one moment, opens in place of the database, and has its name only when it is
    /// whole and durable; a run that is cut off leaves a hidden file `.<name>.<id>.partial` beside
    /// it. A file that is there is refused unless `overwrite` says otherwise.
    ///
    /// Blobs are not in it. They never change, and are on the disk before a job names them, so
    /// copying the blob folder *after* the database makes a whole: what the copy names is there,
    /// unless it was pruned and swept in between.
    ///
    /// While it runs, the log of the database cannot be emptied and grows by what is written. It
    /// reads and writes every page: a few seconds per gigabyte.
    ///
    /// # Errors
    /// `invalid_input` with the field `path`; `unsupported` for a repository that has backups of
    /// its own; `unavailable` when it cannot be written.
    pub fn backup(&self, to: &Path, overwrite: bool) -> Result<BackupReport> {
        self.repository.backup(to, overwrite)
    }

    /// Whether everything that is stored is sound: pages, references, what must hold between jobs
    /// and their attempts, and whether each job can be read; with `deep`, also every blob that is named anywhere.
    ///
    /// Reads the whole database, and with `deep` the blobs, one at a time, in the memory that the
    /// largest takes; keeps nobody from writing. Some ten seconds for a million jobs.
    ///
    /// # Errors
    /// `unavailable`; damage is a problem in the report, not an error.
    pub fn check_integrity(&self, deep: bool) -> Result<IntegrityReport> {
        let problems = match self.repository.integrity_problems() {
            // Nothing of its own to check.
            Err(error) if error.kind() == ErrorKind::Unsupported => Vec::new(),
            // So damaged that SQLite cannot even list what is wrong.
            Err(error) if error.kind() == ErrorKind::Corrupt => vec![error.chain()],
            other => other?,
        };
        let mut report = IntegrityReport {
            problems,
            blobs_checked: 0,
        };
        if deep && report.is_sound() {
            self.check_blobs(&mut report)?;
        }
        Ok(report)
    }

    fn check_blobs(&self, report: &mut IntegrityReport) -> Result<()> {
        let mut after: Option<String> = None;
        loop {
            let named = self.repository.references(after.as_deref(), REFERENCES)?;
            for name in &named {
                // A reference in a result may be the host's own, to something that is not here.
                if let Ok(blob) = name.parse::<BlobRef>() {
                    report.blobs_checked += 1;
                    report.problems.extend(self.blob_problem(&blob)?);
                }
            }
            match named.last() {
                Some(last) if named.len() == REFERENCES => after = Some(last.clone()),
                _ => return Ok(()),
            }
        }
    }

    /// What is wrong with a blob that was named a moment ago.
    fn blob_problem(&self, blob: &BlobRef) -> Result<Option<String>> {
        match self.blobs.get(blob, MAX_BLOB_BYTES) {
            Ok(_) => Ok(None),
            Err(error) if error.kind() == ErrorKind::Unavailable => Err(error),
            Err(error) => {
                // Or it was forgotten in between, and swept.
                let forgotten = self.repository.unreferenced(&[blob.to_string()])?;
                Ok(forgotten.is_empty().then(|| error.chain()))
            }
        }
    }
}
