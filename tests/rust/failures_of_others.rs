//! The list of what failed elsewhere names tests that exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every name that follows `fn ` or `def `, and the cases of the conformance suite, which are
/// functions as well.
fn functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path
            .extension()
            .is_some_and(|suffix| suffix == "rs" || suffix == "py")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            for line in text.lines() {
                let words = line.split_once("fn ").or_else(|| line.split_once("def "));
                if let Some((_, rest)) = words {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                    names.insert(rest[..end.unwrap_or(rest.len())].to_owned());
                }
            }
        }
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let mut names = BTreeSet::new();
    for folder in ["tests", "core/src", "ffi/src"] {
        functions(&root().join(folder), &mut names);
    }
    let text = std::fs::read_to_string(root().join("docs/failures-of-others.md")).unwrap();
    let mut rows = 0;
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 4, "{line}");
        if cells[0].trim() == "where" {
            continue;
        }
        let tests: Vec<_> = cells[3].split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "no test: {line}");
        for test in tests {
            let function = test.rsplit("::").next().unwrap();
            assert!(names.contains(function), "no such test: {test}");
        }
        rows += 1;
    }
    assert!(rows > 20, "{rows} rows");
}
