//! What a process was told by the library, written down the moment it was told.
//!
//! A line is one write, so that it is whole or not there when the process dies.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use floorjobs_core::job::JobId;
use floorjobs_core::{Job, Status};

pub(super) struct Ledger {
    file: File,
}

/// What the lines say.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// These were stored.
    pub(super) jobs: BTreeSet<JobId>,
    /// These stand so, unless somebody works on them.
    pub(super) statuses: BTreeMap<JobId, String>,
    /// A job with a key was asked for, whether or not there was an answer.
    pub(super) asked_for_key: bool,
}

impl Ledger {
    pub(super) fn open(path: &Path) -> Ledger {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        Ledger {
            file: options.open(path).unwrap(),
        }
    }

    fn write(&self, line: &str) {
        (&self.file)
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
    }

    /// This job was stored.
    pub(super) fn stored(&self, job: &Job) {
        self.write(&format!("stored {}", job.id));
    }

    /// This job is about to be changed.
    pub(super) fn changing(&self, job: JobId) {
        self.write(&format!("changing {job}"));
    }

    /// This job stands so, and only this process changes it.
    pub(super) fn stands(&self, job: &Job) {
        self.ended(job.id, job.status);
    }

    /// This job has ended so.
    pub(super) fn ended(&self, job: JobId, status: Status) {
        self.write(&format!("stands {job} {status}"));
    }

    /// This job is about to be deleted.
    pub(super) fn deleting(&self, job: JobId) {
        self.write(&format!("deleting {job}"));
    }

    /// A job with a key is about to be asked for.
    pub(super) fn asking_for_key(&self) {
        self.write("key");
    }

    pub(super) fn read(&mut self) -> Told {
        let mut text = String::new();
        self.file.read_to_string(&mut text).unwrap();
        let mut told = Told::default();
        for line in text.lines() {
            let words: Vec<_> = line.split(' ').collect();
            let job = || words[1].parse::<JobId>().unwrap();
            match words[0] {
                "stored" => {
                    told.jobs.insert(job());
                }
                "changing" => {
                    told.statuses.remove(&job());
                }
                "stands" => {
                    told.statuses.insert(job(), words[2].to_owned());
                }
                "deleting" => {
                    told.jobs.remove(&job());
                    told.statuses.remove(&job());
                }
                "key" => told.asked_for_key = true,
                other => panic!("a line begins with {other}"),
            }
        }
        told
    }
}
