//! Files that mean harm or are broken: each is answered in bounded time and memory.
//!
//! Each file is read in a process of its own, this test program once more, so that its memory is
//! its own and a crash is seen. The files are those in `tests/data/hostile`, and the larger set
//! beside the repository, with what is expected of each, where it is there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use floorjobs_core::ingest::{IngestOptions, Pages, read_plans};
use floorjobs_core::watch::Unwatched;

/// The file that a process of this test program is to read.
const FILE: &str = "FLOORJOBS_TEST_ROBUST_FILE";

/// Processor time for one file; a build without optimisation is some ten times slower.
const TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 10 });

const MEMORY_KIB: u64 = 1 << 20;

/// What became of a file.
struct Answer {
    /// `ok` or the code of the error; what the process left behind if it died.
    outcome: String,
    time: Duration,
    peak_kib: u64,
}

/// Reads a file in a process of its own.
fn answer(file: &Path) -> Answer {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["one_file_in_its_own_process", "--ignored", "--nocapture"])
        .env(FILE, file)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let line = told.lines().find_map(|line| line.split_once("answer: "));
    let words: Vec<&str> = line.map_or("", |(_, answer)| answer).split(' ').collect();
    match words.as_slice() {
        [outcome, milliseconds, peak] if output.status.success() => Answer {
            outcome: (*outcome).to_owned(),
            time: Duration::from_millis(milliseconds.parse().unwrap()),
            peak_kib: peak.parse().unwrap(),
        },
        _ => Answer {
            outcome: format!(
                "{} {told} {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ),
            time: Duration::ZERO,
            peak_kib: 0,
        },
    }
}

/// A number out of one of this process's own files in `/proc`.
fn own(file: &str, find: impl Fn(&str) -> Option<u64>) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/self/{file}")).unwrap();
    find(&text).unwrap()
}

/// Run by [`answer`] alone; without a file there is nothing to read.
#[test]
#[ignore = "reads the file that another test names"]
fn one_file_in_its_own_process() {
    #[allow(
        clippy::disallowed_methods,
        reason = "the name of the file for this process of the tests"
    )]
    let Some(file) = std::env::var_os(FILE) else {
        return;
    };
    let bytes = std::fs::read(file).unwrap();
    let options = IngestOptions {
        pages: Pages::All,
        ..IngestOptions::default()
    };
    let outcome = match read_plans(&bytes, &options, &Unwatched) {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.kind().code().to_owned(),
    };
    // The 14th and 15th field, in hundredths of a second, after the name in brackets.
    let ticks = own("stat", |stat| {
        let fields = stat.rsplit_once(')')?.1.split_whitespace();
        let times: Vec<u64> = fields.skip(11).take(2).flat_map(str::parse).collect();
        Some(times.iter().sum())
    });
    let peak = own("status", |status| {
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    });
    println!("answer: {outcome} {} {peak}", ticks * 10);
}

/// What is wrong with the answer to a file of which `expected` is known.
fn complaint(file: &Path, expected: &str) -> Option<String> {
    let answer = answer(file);
    let outcome = answer.outcome.as_str();
    let is_error = matches!(
        outcome,
        "invalid_input"
            | "invalid_pdf"
            | "limit_exceeded"
            | "no_plan_found"
            | "password_required"
            | "unsupported"
    );
    let as_expected = match expected {
        // A drawing of two lines is read, though there is no plan on it.
        "ok" => matches!(outcome, "ok" | "no_plan_found"),
        "error" => is_error,
        "error_password" => outcome == "password_required",
        _ => outcome == "ok" || is_error,
    };
    let name = file.file_name()?.to_string_lossy();
    if !as_expected {
        return Some(format!("{name}: {outcome}, expected {expected}"));
    }
    if answer.time > TIME || answer.peak_kib > MEMORY_KIB {
        let (time, peak) = (answer.time, answer.peak_kib >> 10);
        return Some(format!("{name}: {outcome} after {time:?} and {peak} MiB"));
    }
    None
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn hostile_files_of_the_repository_are_answered_in_bounded_time_and_memory() {
    let folder = root().join("tests/data/hostile");
    let mut complaints = Vec::new();
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|kind| kind == "pdf") {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let expected = match name.as_str() {
                "minimal.pdf" => "ok",
                "empty.pdf" | "not_a_pdf.pdf" => "error",
                name if name.starts_with("password") => "error_password",
                _ => "no_crash",
            };
            files += 1;
            complaints.extend(complaint(&file, expected));
        }
    }
    assert!(
        files > 8 && complaints.is_empty(),
        "{}",
        complaints.join("\n")
    );
}

#[test]
fn hostile_files_of_the_larger_set_are_answered_as_expected() {
    let folder = root().join("../shared/plans/robust");
    let Ok(manifest) = std::fs::read_to_string(folder.join("manifest.json")) else {
        return;
    };
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let mut complaints = Vec::new();
    for entry in manifest["files"].as_array().unwrap() {
        let file = folder.join(entry["file"].as_str().unwrap());
        complaints.extend(complaint(&file, entry["expect"].as_str().unwrap()));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
