//! The one door between C and Rust: no panic leaves this library.

use std::mem;
use std::panic::{self, AssertUnwindSafe};

/// Runs the body of an export and returns `on_panic` if it panics.
///
/// Unwinding into C would abort the host. State reached through a handle is behind locks that
/// the core recovers from poisoning, so asserting unwind safety here is right.
pub(crate) fn guard<T>(on_panic: T, body: impl FnOnce() -> T) -> T {
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            // Dropping a foreign payload may panic again, outside the guard.
            mem::forget(payload);
            on_panic
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn a_panic_becomes_the_given_value() {
        assert_eq!(guard(7, || 3), 3);
        assert_eq!(guard(7, || panic!("inside an export")), 7);
    }

    /// Every exported function, by its source text: (name, the first line of its body).
    fn exports() -> Vec<(String, String)> {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = Vec::new();
        for entry in fs::read_dir(sources).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            for part in text.split("#[unsafe(no_mangle)]\npub ").skip(1) {
                let name = part.split("extern \"C\" fn ").nth(1).unwrap();
                let name = name.split('(').next().unwrap().to_owned();
                let body = part.split("{\n").nth(1).unwrap();
                found.push((name, body.lines().next().unwrap().trim().to_owned()));
            }
        }
        found
    }

    #[test]
    fn every_export_is_listed_and_guarded() {
        let listed = include_str!("../../include/floorjobs.symbols");
        let listed: BTreeSet<&str> = listed.lines().collect();
        let exports = exports();
        let named: BTreeSet<&str> = exports.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(named, listed);
        for (name, first_line) in &exports {
            assert!(first_line.starts_with("guard("), "{name}: {first_line}");
        }
    }
}
