//! The page as another interpreter sees it: the same lines in the same places, the same texts.
//!
//! `hayro-interpret` shares no code with ours. What it draws is compared with what we draw on
//! every plan at hand: those in `tests/data`, and the larger set beside the repository where it
//! is there.
//!
//! Known differences that are not errors, and how they are left out:
//! - Clipping: the oracle tells paths and clips apart, we cut paths at them. A line is expected of
//!   us where it lies wholly inside the boxes of all clips, and nothing of ours may lie where the
//!   oracle draws nothing.
//! - Curves are flattened by us, so only straight pieces are expected; every corner of ours must
//!   lie on the oracle's curve.
//! - Notes and other annotations lie on a sheet and are no part of it; the oracle leaves them out.
//! - The oracle shows letters of fonts that it has no outlines for as nothing, so texts are
//!   compared where it shows some.

#![cfg(test)]

#[path = "../../core/src/ingest/tests/drawn/compare.rs"]
mod compare;
#[path = "../../core/src/ingest/tests/drawn/grid.rs"]
mod grid;
mod seen;
#[path = "../../core/src/ingest/tests/drawn/shown.rs"]
mod shown;

use std::path::{Path, PathBuf};

// What is shared with the tests of the crate is named there like this.
use floorjobs_core::{ingest, plan, watch};
use hayro_interpret::hayro_syntax::Pdf;
use serde_json::{Map, Value, json};

use compare::differences;
use seen::show;
use shown::{Shown, VERSION};

/// Set to write what is drawn on the plans of `tests/data`, instead of looking for what changed.
const WRITE: &str = "FLOORJOBS_ORACLE_WRITE";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn pages(bytes: Vec<u8>) -> Vec<Shown> {
    let pdf = Pdf::new(bytes).unwrap();
    (0..pdf.pages().len())
        .map(|index| show(&pdf, index))
        .collect()
}

fn name(file: &Path) -> String {
    file.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn pdfs(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "pdf"))
        .collect();
    files.sort();
    files
}

#[test]
fn the_larger_set_is_drawn_as_another_interpreter_draws_it() {
    let mut report = String::new();
    for file in pdfs(&root().join("../shared/plans/dev")) {
        let bytes = std::fs::read(&file).unwrap();
        for wrong in differences(&bytes, &pages(bytes.clone())) {
            report += &format!("{}: {wrong}\n", name(&file));
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// Whether two are the same but for rounding, which may fall either way on another machine.
fn alike(one: &Value, two: &Value) -> bool {
    match (one, two) {
        (Value::Number(one), Value::Number(two)) => {
            (one.as_f64().unwrap() - two.as_f64().unwrap()).abs() <= 1.0
        }
        (Value::Array(one), Value::Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| alike(one, two))
        }
        (Value::Object(one), Value::Object(two)) => {
            one.len() == two.len()
                && one
                    .iter()
                    .all(|(key, one)| two.get(key).is_some_and(|two| alike(one, two)))
        }
        _ => one == two,
    }
}

#[test]
fn what_is_written_down_is_what_the_other_interpreter_draws() {
    let mut plans = Map::new();
    for file in pdfs(&root().join("tests/data/plans")) {
        let pages = pages(std::fs::read(&file).unwrap());
        let written: Vec<Value> = pages.iter().map(Shown::to_json).collect();
        // It can be read again, but for rounding.
        let read = written.iter().map(|page| Shown::from_json(page).unwrap());
        assert_eq!(read.map(|page| page.to_json()).collect::<Vec<_>>(), written);
        plans.insert(name(&file), Value::Array(written));
    }
    assert!(plans.len() > 10);
    let drawn = json!({ "version": VERSION, "by": "hayro-interpret 0.9", "plans": plans });
    let place = root().join("tests/data/drawn.json");
    if std::env::var_os(WRITE).is_some_and(|write| !write.is_empty()) {
        // A line for each list, so that a change can be read.
        let text = drawn.to_string();
        let text = text.replace("],\"", "],\n\"").replace("},{", "},\n{");
        std::fs::write(&place, text + "\n").unwrap();
        return;
    }
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&place).unwrap()).unwrap();
    for (name, pages) in drawn["plans"].as_object().unwrap() {
        let is_same = alike(pages, &written["plans"][name]);
        assert!(
            is_same,
            "{name} is drawn otherwise; `make oracle WRITE=1` writes it down"
        );
    }
    assert!(alike(&drawn, &written));
}
