//! The one door between C and Rust: no panic leaves this library.

use std::mem::{self, MaybeUninit};
use std::panic::{self, AssertUnwindSafe};

use floorjobs_core::{Error, ErrorKind, Result};

use crate::error::fj_error;
use crate::status::fj_status;

/// Runs the body of an export and returns `on_panic` if it panics.
///
/// Unwinding into C would abort the host. State reached through a handle is behind locks that
/// the core recovers from poisoning, so asserting unwind safety here is right.
pub(crate) fn guard<T>(on_panic: T, body: impl FnOnce() -> T) -> T {
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            // Dropping a foreign payload may panic again; what comes of that is let be.
            let dropped = panic::catch_unwind(AssertUnwindSafe(|| drop(payload)));
            mem::forget(dropped);
            on_panic
        }
    }
}

/// Runs the body of an export that can fail; its error goes to `error_out`, its code to C.
pub(crate) fn guard_status(
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
    body: impl FnOnce() -> Result<()>,
) -> fj_status {
    guard(fj_status::FJ_INTERNAL, || {
        let done = guard(None, || Some(body())).unwrap_or_else(|| Err(panicked()));
        let (status, error) = match done {
            Ok(()) => (fj_status::FJ_OK, None),
            Err(error) => {
                let status = fj_status::of(error.kind());
                let wanted = error_out.is_some();
                (status, wanted.then(|| Box::new(fj_error::new(&error))))
            }
        };
        if let Some(out) = error_out {
            // What was there before is the host's: it is overwritten, never dropped.
            out.write(error);
        }
        status
    })
}

pub(crate) fn panicked() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the library panicked; standard error says where",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_panic_becomes_the_given_value() {
        assert_eq!(guard(7, || 3), 3);
        assert_eq!(guard(7, || panic!("inside an export")), 7);
    }

    /// Counts how often one of it is dropped, and panics if it is told to.
    struct Payload(&'static AtomicUsize, bool);

    impl Drop for Payload {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
            assert!(!self.1, "while it is dropped");
        }
    }

    #[test]
    fn a_panic_leaves_nothing_behind() {
        static DROPPED: AtomicUsize = AtomicUsize::new(0);
        assert_eq!(
            guard(7, || std::panic::panic_any(Payload(&DROPPED, false))),
            7
        );
        assert_eq!(DROPPED.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn another_panic_while_the_first_is_let_go_stays_inside() {
        static DROPPED: AtomicUsize = AtomicUsize::new(0);
        assert_eq!(
            guard(7, || std::panic::panic_any(Payload(&DROPPED, true))),
            7
        );
        assert_eq!(DROPPED.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_panic_becomes_a_status_and_an_error() {
        let mut error = MaybeUninit::uninit();
        let status = guard_status(Some(&mut error), || panic!("inside an export"));
        assert_eq!(status, fj_status::FJ_INTERNAL);
        // SAFETY: `guard_status` wrote it.
        assert!(unsafe { error.assume_init() }.is_some());
        assert_eq!(guard_status(None, || Ok(())), fj_status::FJ_OK);
    }

    /// Every exported function, by its source text: (name, the first line of its body).
    fn exports_in(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                exports_in(&path, found);
                continue;
            }
            let text = fs::read_to_string(path).unwrap();
            for part in text.split("#[unsafe(no_mangle)]\npub ").skip(1) {
                let name = part.split("extern \"C\" fn ").nth(1).unwrap();
                let name = name.split('(').next().unwrap().to_owned();
                let body = part.split("{\n").nth(1).unwrap();
                found.push((name, body.lines().next().unwrap().trim().to_owned()));
            }
        }
    }

    #[test]
    fn every_export_is_listed_and_guarded() {
        let listed = include_str!("../../include/floorjobs.symbols");
        let listed: BTreeSet<&str> = listed.lines().collect();
        let mut exports = Vec::new();
        exports_in(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut exports,
        );
        let named: BTreeSet<&str> = exports.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(named, listed);
        for (name, first_line) in &exports {
            let guarded = ["guard(", "guard_status("]
                .iter()
                .any(|door| first_line.starts_with(door));
            assert!(guarded, "{name}: {first_line}");
        }
    }
}
