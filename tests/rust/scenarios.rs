//! The scenarios of `tests/scenarios` through this crate: see the README there.

mod face;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use floorjobs_core::Client;
use serde_json::{Map, Value};

use crate::process::{connect, connect_to};
use crate::servers::Database;
use face::RustFace;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios")
}

/// Every scenario, by name.
fn all() -> BTreeMap<String, Value> {
    let files = std::fs::read_dir(folder()).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let scenarios = paths.filter(|path| path.extension().is_some_and(|suffix| suffix == "toml"));
    scenarios
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (
                name,
                toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap(),
            )
        })
        .collect()
}

/// Plays a scenario, and compares each answer with what it expects.
fn play(name: &str, scenario: &Value, face: &RustFace) {
    let mut saved = Map::new();
    for (number, step) in scenario["steps"].as_array().unwrap().iter().enumerate() {
        let call = step["do"].as_str().unwrap();
        let place = format!("{name}, step {}, {call}", number + 1);
        let arguments = filled(step.get("with").unwrap_or(&Value::Null), &saved);
        let answer = match (face.ask(call, &arguments), step.get("error")) {
            (Ok(answer), None) => answer,
            (Ok(answer), Some(code)) => panic!("{place}: {code} was expected, not {answer}"),
            (Err(error), code) => {
                let expected = code.and_then(Value::as_str);
                assert_eq!(expected, Some(error.kind().code()), "{place}: {error}");
                if let Some(field) = step.get("field").and_then(Value::as_str) {
                    assert_eq!(error.field(), Some(field), "{place}: {error}");
                }
                continue;
            }
        };
        if let Some(expected) = step.get("expect") {
            let differs = difference(&filled(expected, &saved), &answer, "");
            assert_eq!(differs, None, "{place}");
        }
        for field in step
            .get("absent")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let field = field.as_str().unwrap();
            assert!(
                answer[field].is_null(),
                "{place}: {field} is {}",
                answer[field]
            );
        }
        if let Some(name) = step.get("as").and_then(Value::as_str) {
            saved.insert(name.to_owned(), answer);
        }
    }
}

/// Puts ids and fields of earlier answers in the places of their names.
fn filled(value: &Value, saved: &Map<String, Value>) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, one)| (name.clone(), filled(one, saved)))
            .collect(),
        Value::Array(entries) => entries.iter().map(|one| filled(one, saved)).collect(),
        Value::String(text) => match text.strip_prefix('$') {
            Some(named) => {
                let (name, field) = named.split_once('.').unwrap_or((named, "job_id"));
                saved[name][field].clone()
            }
            None => value.clone(),
        },
        _ => value.clone(),
    }
}

/// Where an answer does not hold what is expected.
fn difference(expected: &Value, answer: &Value, path: &str) -> Option<String> {
    match (expected, answer) {
        (Value::Object(members), Value::Object(found)) => members.iter().find_map(|(name, one)| {
            let found = found.get(name).unwrap_or(&Value::Null);
            difference(one, found, &format!("{path}.{name}"))
        }),
        (Value::Array(entries), Value::Array(found)) if entries.len() == found.len() => entries
            .iter()
            .zip(found)
            .enumerate()
            .find_map(|(n, (one, found))| difference(one, found, &format!("{path}[{n}]"))),
        _ if expected == answer => None,
        _ => Some(format!("{path}: {answer} instead of {expected}")),
    }
}

fn play_all(client: impl Fn(&Path) -> Option<(Client, Option<Database>)>) {
    let scenarios = all();
    assert!(scenarios.len() >= 10, "{:?}", scenarios.keys());
    for (name, scenario) in &scenarios {
        let folder = tempfile::tempdir().unwrap();
        let Some((client, database)) = client(folder.path()) else {
            return;
        };
        play(name, scenario, &RustFace::new(client));
        drop(database);
    }
}

#[test]
fn on_sqlite() {
    play_all(|folder| Some((connect(&folder.join("jobs.db")), None)));
}

#[test]
fn on_postgresql() {
    play_all(|folder| {
        let database = Database::migrated()?;
        let client = connect_to(&database.url(), &folder.join("blobs"));
        Some((client, Some(database)))
    });
}
