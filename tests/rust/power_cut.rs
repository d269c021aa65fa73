//! A power cut at any moment: what was acknowledged is still there.
//!
//! Two producers and a worker run on the disk of `disk`, and note outside of it each time somebody
//! was told that something is done. Then the power is cut between effects of that one run, at as
//! many places and in as many ways as there is time for (`FLOORJOBS_TEST_CUTS`), and what is left
//! is opened as after a restart.

mod party;
mod poisoned;

use std::collections::BTreeMap;
use std::path::Path;

use floorjobs_core::job::JobId;
use floorjobs_core::{Client, Status};

use crate::dice::Dice;
use crate::disk::{Disk, Effect, Kept, Shimmed};
use crate::invariants::Invariants;
use crate::process::{connect, environment};
use party::{DATABASE, Party};

/// Places at which the power is cut, unless the environment says more.
const CUTS: usize = 60;

/// What was noted up to some moment.
#[derive(Debug, Default, Clone)]
struct Told {
    /// By producer, in the order of their enqueues.
    enqueued: BTreeMap<usize, Vec<JobId>>,
    ended: Vec<(JobId, Status)>,
}

impl Told {
    fn hear(&mut self, note: &str) {
        for line in note.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let id = || words[words.len() - 1].parse().unwrap();
            match words[0] {
                "enqueued" => {
                    let producer = words[1].parse().unwrap();
                    self.enqueued.entry(producer).or_default().push(id());
                }
                "succeeded" => self.ended.push((id(), Status::Succeeded)),
                "cancelled" => self.ended.push((id(), Status::Cancelled)),
                other => panic!("a note of the unknown kind `{other}`"),
            }
        }
    }

    fn acknowledged(&self) -> impl Iterator<Item = JobId> + '_ {
        self.enqueued.values().flatten().copied()
    }
}

/// Cuts the power at many places of a run, and hands on what each leaves.
fn cut_often(
    disk: &Shimmed,
    effects: &[Effect],
    seed: u64,
    mut look: impl FnMut(&Client, &Told, Kept, &str),
) -> usize {
    let mut dice = Dice::new(seed);
    let wanted = environment("FLOORJOBS_TEST_CUTS").unwrap_or(CUTS);
    let step = (effects.len() / wanted).max(1);
    let (mut now, mut told) = (Disk::new(disk.root()), Told::default());
    let mut next = dice.below(step);
    let mut cuts = 0;
    for (number, effect) in effects.iter().enumerate() {
        now.happen(effect);
        if let Effect::Noted { text } = effect {
            told.hear(text);
        }
        if number < next && number + 1 < effects.len() {
            continue;
        }
        next += 1 + dice.below(2 * step - 1);
        cuts += 1;
        let other = match dice.below(3) {
            0 => Kept::Everything,
            1 => Kept::Some { seed: dice.next() },
            _ => Kept::TornEnd { seed: dice.next() },
        };
        for kept in [Kept::Nothing, other] {
            let folder = folder_in_memory();
            now.cut(kept, folder.path());
            let place = format!("cut after effect {number} of {}, {kept:?}", effects.len());
            look(&connect(&folder.path().join(DATABASE)), &told, kept, &place);
        }
    }
    cuts
}

/// What is left needs no disk any more, and opening it syncs a lot.
fn folder_in_memory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

fn violations_of(client: &Client, told: &Told, must_have: &[JobId]) -> Vec<String> {
    let (mut violations, _) = Invariants::of(client)
        .acknowledged(must_have.iter().copied())
        .violations();
    for (id, status) in &told.ended {
        match client.get(*id) {
            Ok(job) if job.status == *status => {}
            Ok(job) if must_have.contains(id) => {
                violations.push(format!("job `{id}` was {status} and is {}", job.status));
            }
            _ => {}
        }
    }
    violations
}

#[test]
fn nothing_that_was_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Shimmed::journaling(folder.path());
    Party::of("power", 24).run(&disk);
    let effects = disk.effects();
    let mut acknowledged = 0;
    let cuts = cut_often(&disk, &effects, 1, |client, told, _, place| {
        let all: Vec<JobId> = told.acknowledged().collect();
        let violations = violations_of(client, told, &all);
        assert!(violations.is_empty(), "{place}: {violations:#?}");
        acknowledged = all.len();
    });
    let copied = copied_pages(&effects);
    println!(
        "{} effects, {cuts} cuts, {acknowledged} jobs, {copied} pages copied from the log",
        effects.len()
    );
    assert!(acknowledged > 40, "{acknowledged}");
    assert!(copied > 0, "the log was never copied into the database");
}

/// What was written to the database itself once the log was there.
fn copied_pages(effects: &[Effect]) -> usize {
    let mut database = None;
    let mut has_log = false;
    let mut pages = 0;
    for effect in effects {
        match effect {
            Effect::Created { inode, path } if path.ends_with(DATABASE) => database = Some(*inode),
            Effect::Created { path, .. } => has_log |= path.to_string_lossy().ends_with("-wal"),
            Effect::Wrote { inode, .. } if has_log && Some(*inode) == database => pages += 1,
            _ => {}
        }
    }
    pages
}

#[test]
fn what_promises_less_keeps_a_sound_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Shimmed::journaling(folder.path());
    Party::of("process", 12).run(&disk);
    let effects = disk.effects();
    let mut lost = 0;
    cut_often(&disk, &effects, 2, |client, told, kept, place| {
        let mut survivors = Vec::new();
        for ids in told.enqueued.values() {
            let is_there = |id: &JobId| client.get(*id).is_ok();
            let kept_ids = ids.iter().take_while(|id| is_there(id)).count();
            let after = ids[kept_ids..].iter().filter(|id| is_there(id)).count();
            assert_eq!(after, 0, "{place}: a later job survived an earlier one");
            survivors.extend(&ids[..kept_ids]);
            lost += if kept == Kept::Nothing {
                ids.len() - kept_ids
            } else {
                0
            };
        }
        let violations = violations_of(client, &Told::default(), &survivors);
        assert!(violations.is_empty(), "{place}: {violations:#?}");
    });
    // Else the disk syncs by itself, and the test above could not fail.
    assert!(lost > 0, "nothing was lost without a sync");
}

/// What a disk does that keeps everything is seen too: the model agrees with the files.
#[test]
fn the_journal_tells_all_that_happened() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Shimmed::journaling(folder.path());
    Party::of("power", 3).run(&disk);
    let mut now = Disk::new(disk.root());
    for effect in &disk.effects() {
        now.happen(effect);
    }
    let copy = tempfile::tempdir().unwrap();
    now.cut(Kept::Everything, copy.path());
    let compared = compare(disk.root(), copy.path());
    assert!(compared > 5, "{compared} files");
}

fn compare(real: &Path, modelled: &Path) -> usize {
    let names = |folder: &Path| {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(real), names(modelled), "{real:?}");
    let mut compared = 0;
    for name in names(real) {
        let (real, modelled) = (real.join(&name), modelled.join(&name));
        if real.is_dir() {
            compared += compare(&real, &modelled);
        } else if !name.to_string_lossy().ends_with("-shm") {
            let same = std::fs::read(&real).unwrap() == std::fs::read(&modelled).unwrap();
            assert!(same, "{real:?} differs");
            compared += 1;
        }
    }
    compared
}
