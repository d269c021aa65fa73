//! Panics of handlers: caught, and told with the place where they began.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::error::{Error, ErrorKind, Result};

thread_local! {
    /// Whether this thread runs a handler just now.
    static IN_HANDLER: Cell<bool> = const { Cell::new(false) };
    /// Where the handler's newest panic began.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on, tells with each panic of a handler where it began.
///
/// Only a panic hook learns the place, and a process has one hook for all its Rust code. So this
/// is for the program to decide: it puts a hook before the present one, which goes on getting
/// every panic as before. Called again, it does nothing. A hook that is set later and does not
/// call ours ends this without harm: panics are told without their place then. Does nothing on a
/// thread that is panicking.
pub fn note_panic_places() {
    static ONCE: Once = Once::new();
    if std::thread::panicking() {
        return;
    }
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            // A thread that is just ending has no notes any more, and runs no handler.
            let in_handler = IN_HANDLER.try_with(Cell::get).unwrap_or(false);
            if let Some(place) = panic.location().filter(|_| in_handler) {
                let _ = PLACE.try_with(|noted| noted.replace(Some(place.to_string())));
            }
            before(panic);
        }));
    });
}

/// Runs a handler on this thread; a panic becomes an error.
pub(super) fn catch<T>(handler: impl FnOnce() -> Result<T>) -> Result<T> {
    PLACE.set(None);
    IN_HANDLER.set(true);
    let answer = catch_unwind(AssertUnwindSafe(handler));
    IN_HANDLER.set(false);
    answer.unwrap_or_else(|panic| Err(panic_error(panic.as_ref(), PLACE.take())))
}

fn panic_error(panic: &(dyn Any + Send), place: Option<String>) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let what = match place {
        Some(place) => format!("the handler panicked at {place}"),
        None => "the handler panicked".to_owned(),
    };
    Error::new(ErrorKind::Panicked, what).with_source(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::resume_unwind;

    #[test]
    fn a_panic_is_told_with_its_text_and_its_place() {
        note_panic_places();
        note_panic_places();
        let line = line!() + 1;
        let error = catch::<()>(|| panic!("the {} is on fire", "printer")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked);
        let message = error.message();
        let begin = format!("the handler panicked at {}:{line}:", file!());
        assert!(message.starts_with(&begin), "{message}");
        assert_eq!(error.causes(), ["the printer is on fire"]);
    }

    #[test]
    fn without_a_place_there_is_the_text() {
        note_panic_places();
        // One that began elsewhere, and another whose place belongs to the one before.
        assert!(catch::<()>(|| panic!("first")).is_err());
        let error = catch::<()>(|| resume_unwind(Box::new("quietly"))).unwrap_err();
        assert_eq!(error.chain(), "the handler panicked: quietly");
        let error = catch::<()>(|| resume_unwind(Box::new(5))).unwrap_err();
        assert_eq!(error.chain(), "the handler panicked: no message");
    }

    #[test]
    fn a_panic_outside_a_handler_leaves_no_note() {
        note_panic_places();
        assert!(catch_unwind(|| panic!("not a handler's")).is_err());
        assert_eq!(PLACE.take(), None);
        assert_eq!(catch(|| Ok(5)).unwrap(), 5);
    }
}
