//! Every method of the trait is in the suite, and in the model unless it says nothing of jobs.

use std::path::Path;

/// What tells of the store itself, which has no twin to be compared with.
const OF_THE_STORE: [&str; 7] = [
    "change_counter",
    "identity",
    "check_health",
    "integrity_problems",
    "backup",
    "storage",
    "server",
];

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if path.is_dir() {
        let files = std::fs::read_dir(&path).unwrap();
        let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        return texts.collect();
    }
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn every_method_is_in_the_suite_and_in_the_model() {
    let source = text("core/src/repository/mod.rs");
    let (_, body) = source.split_once("pub trait Repository").unwrap();
    let (body, _) = body.split_once("\n}\n").unwrap();
    let methods: Vec<_> = body
        .lines()
        .filter_map(|line| line.strip_prefix("    fn "))
        .map(|line| &line[..line.find('(').unwrap()])
        .collect();
    assert!(methods.len() > 30, "{methods:?}");
    let (suite, model) = (text("tests/rust/conformance"), text("tests/rust/model"));
    for method in methods {
        let call = format!(".{method}(");
        assert!(suite.contains(&call), "`{method}` is not in the suite");
        let is_exempt = OF_THE_STORE.contains(&method);
        assert_ne!(model.contains(&call), is_exempt, "`{method}` in the model");
    }
}
