//! The same bytes give the same plan, and a reading can be stopped at any point.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::ErrorKind;
use crate::ingest::{IngestOptions, Pages, read_plans};
use crate::watch::{Unwatched, Watch};

/// The plans that come with the repository.
fn plans() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data/plans");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "pdf"))
        .collect();
    files.sort();
    assert!(files.len() > 10);
    files
}

fn text_of(bytes: &[u8], watch: &dyn Watch) -> Result<String, ErrorKind> {
    let options = IngestOptions {
        pages: Pages::All,
        ..IngestOptions::default()
    };
    let readings = read_plans(bytes, &options, watch).map_err(|error| error.kind())?;
    let plans: Vec<_> = readings.iter().map(|reading| &reading.floorplan).collect();
    let drawn: Vec<usize> = readings.iter().map(|it| it.drawing.point_count()).collect();
    Ok(format!(
        "{} {drawn:?}",
        serde_json::to_string(&plans).unwrap()
    ))
}

#[test]
fn any_number_of_threads_reads_the_same() {
    let files: Vec<Vec<u8>> = plans()
        .iter()
        .step_by(3)
        .map(|file| std::fs::read(file).unwrap())
        .collect();
    let alone: Vec<_> = files.iter().map(|file| text_of(file, &Unwatched)).collect();
    assert!(alone.iter().all(Result::is_ok));
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..4)
            .map(|offset| {
                let files = &files;
                scope.spawn(move || {
                    // Each in another order, so that different files meet.
                    let order = (0..files.len()).map(|at| (at + offset) % files.len());
                    order
                        .map(|at| (at, text_of(&files[at], &Unwatched)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        for reader in readers {
            for (at, text) in reader.join().unwrap() {
                assert!(text == alone[at], "file {at} differs");
            }
        }
    });
}

/// Cancels after so many questions, and counts them.
struct After {
    asked: AtomicUsize,
    cancel_at: usize,
}

impl After {
    fn new(cancel_at: usize) -> After {
        After {
            asked: AtomicUsize::new(0),
            cancel_at,
        }
    }
}

impl Watch for After {
    fn progress(&self, _: f64, _: &'static str) {}

    fn is_cancelled(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) >= self.cancel_at
    }
}

#[test]
fn a_reading_stops_wherever_it_is_cancelled() {
    let file = plans()
        .into_iter()
        .max_by_key(|file| file.metadata().unwrap().len());
    let bytes = std::fs::read(file.unwrap()).unwrap();
    let watched = After::new(usize::MAX);
    assert!(text_of(&bytes, &watched).is_ok());
    let all = watched.asked.into_inner();
    assert!(all > 20, "asked only {all} times");
    for cancel_at in (0..all).step_by((all / 25).max(1)) {
        let watch = After::new(cancel_at);
        assert_eq!(
            text_of(&bytes, &watch),
            Err(ErrorKind::Cancelled),
            "{cancel_at}"
        );
        // Whoever heard it hands it on at once.
        let more = watch.asked.into_inner() - cancel_at;
        assert!(more <= 2, "asked {more} times more after {cancel_at}");
    }
}
