//! What is drawn on the plans of `tests/data`, held against what another interpreter draws there.
//!
//! `tests/data/drawn.json` holds what hayro-interpret draws, which shares no code with ours;
//! `make oracle` tells whether it still draws that, and writes the file. There it also says which
//! differences are no errors.

mod compare;
mod grid;
mod shown;

use std::path::{Path, PathBuf};

use serde_json::Value;

use self::compare::differences;
use self::shown::{Shown, VERSION};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data")
}

/// The plans by name, and what is shown on their pages.
fn all() -> Vec<(String, Vec<Shown>)> {
    let text = std::fs::read_to_string(data().join("drawn.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["version"], VERSION);
    let plans = file["plans"].as_object().unwrap().iter();
    plans
        .map(|(name, pages)| {
            let pages = pages.as_array().unwrap().iter();
            let shown = pages.map(|page| Shown::from_json(page).unwrap()).collect();
            (name.clone(), shown)
        })
        .collect()
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(data().join("plans").join(format!("{name}.pdf"))).unwrap()
}

#[test]
fn plans_are_drawn_as_another_interpreter_drew_them() {
    let all = all();
    let plans = std::fs::read_dir(data().join("plans")).unwrap();
    let plans = plans.filter(|file| {
        let path = file.as_ref().unwrap().path();
        path.extension().is_some_and(|kind| kind == "pdf")
    });
    assert_eq!(all.len(), plans.count());
    let mut report = String::new();
    for (name, shown) in all {
        assert!(!shown.is_empty());
        for wrong in differences(&bytes(&name), &shown) {
            report += &format!("{name}: {wrong}\n");
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn what_is_written_can_be_read_again() {
    for (name, pages) in all() {
        for page in pages {
            assert_eq!(Shown::from_json(&page.to_json()), Some(page), "{name}");
        }
    }
}

#[test]
fn whatever_is_drawn_otherwise_is_noticed() {
    let all = all();
    let (name, shown) = all
        .iter()
        .find(|(_, pages)| !pages[0].letters.is_empty())
        .unwrap();
    let bytes = bytes(name);
    let told = |change: &dyn Fn(&mut Shown)| {
        let mut pages = shown.clone();
        change(&mut pages[0]);
        differences(&bytes, &pages).join("; ")
    };
    assert_eq!(told(&|_| {}), "");
    assert!(told(&|page| page.size[0] += 1.0).contains("size"));
    // Less than the width of a pen, and in one line of hundreds.
    let line = told(&|page| page.visible[3].iter_mut().for_each(|end| end.x += 0.3));
    assert!(line.contains("lines are missing"), "{line}");
    let gone = told(&|page| page.visible.truncate(page.visible.len() / 2));
    assert!(gone.contains("lines are not there"), "{gone}");
    let pen = told(&|page| page.widths.iter_mut().for_each(|width| *width += 0.1));
    assert!(pen.contains("widths"), "{pen}");
    let letter = told(&|page| page.letters[0].1.y += 12.0);
    assert!(letter.contains("letters are lost"), "{letter}");
    let other = told(&|page| page.letters[0].0 = '\u{10ffff}');
    assert!(other.contains("letters are lost"), "{other}");
}
