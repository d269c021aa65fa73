//! What each process saw, written down outside of the database: one file per process, one line
//! per thing seen, each line one write, so that it is there whatever happens next.

use std::fmt::Display;
use std::io::Write;
use std::path::Path;

use floorjobs_core::job::JobId;

use crate::process::now;

/// A file to write lines to. Each begins with the microseconds since boot.
pub(super) struct Log(std::fs::File);

impl Log {
    pub(super) fn of_this_process(folder: &Path) -> Log {
        let path = folder.join(format!("{}-{}", now(), std::process::id()));
        let options = std::fs::OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(path);
        Log(options.unwrap())
    }

    pub(super) fn write(&self, what: impl Display) {
        (&self.0)
            .write_all(format!("{} {what}\n", now()).as_bytes())
            .unwrap();
    }

    /// Something about one attempt of a job.
    pub(super) fn attempt(&self, word: &str, job: JobId, attempt: u32, more: impl Display) {
        self.write(format_args!("{word} {job} {attempt} {more}"));
    }
}

/// One line, read back.
pub(super) struct Entry {
    pub(super) at: i64,
    /// Of the process that wrote it.
    pub(super) pid: u32,
    words: Vec<String>,
}

impl Entry {
    /// What it tells of.
    pub(super) fn word(&self) -> &str {
        &self.words[0]
    }

    pub(super) fn job(&self) -> JobId {
        self.words[1].parse().unwrap()
    }

    pub(super) fn attempt(&self) -> u32 {
        self.words[2].parse().unwrap()
    }

    /// What comes after the word, the job and the attempt.
    pub(super) fn rest(&self, number: usize) -> &str {
        &self.words[number]
    }
}

/// Everything that was written down, in the order of time.
pub(super) fn read_all(folder: &Path) -> Vec<Entry> {
    let mut entries = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        let pid = name.rsplit('-').next().unwrap().parse().unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        entries.extend(text.lines().map(|line| {
            let (at, rest) = line.split_once(' ').unwrap();
            Entry {
                at: at.parse().unwrap(),
                pid,
                words: rest.split(' ').map(str::to_owned).collect(),
            }
        }));
    }
    entries.sort_by_key(|entry| entry.at);
    entries
}
