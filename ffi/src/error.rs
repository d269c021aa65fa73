//! What went wrong, in words: the object beside an [`fj_status`].

use floorjobs_core::Error;

use crate::guard::guard;
use crate::status::fj_status;
use crate::text::{Terminated, fj_str};

/// What went wrong in one call: a status, a sentence, the field at fault, and the causes.
///
/// Owner: the host, once a call has stored it through its `error_out`; freed with
/// `fj_error_free()`. Threads: any, several at once, since it never changes. Every function below
/// takes NULL and then tells of no error.
#[allow(non_camel_case_types)]
pub struct fj_error {
    status: fj_status,
    message: Terminated,
    field: Option<Terminated>,
    causes: Vec<Terminated>,
}

impl fj_error {
    pub(crate) fn new(error: &Error) -> fj_error {
        fj_error {
            status: fj_status::of(error.kind()),
            message: Terminated::new(error.message()),
            field: error.field().map(Terminated::new),
            causes: error
                .causes()
                .iter()
                .map(|text| Terminated::new(text))
                .collect(),
        }
    }
}

/// The status that the call returned; `FJ_OK` for NULL.
///
/// `error`: borrowed, may be NULL. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_error_status(error: Option<&fj_error>) -> fj_status {
    guard(fj_status::FJ_INTERNAL, || {
        error.map_or(fj_status::FJ_OK, |error| error.status)
    })
}

/// What happened: a sentence in lower case, without its causes; empty for NULL.
///
/// `error`: borrowed, may be NULL. The text is the error's own and lasts as long; a NUL follows
/// it. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_error_message(error: Option<&fj_error>) -> fj_str {
    guard(fj_str::EMPTY, || {
        error.map_or(fj_str::EMPTY, |error| error.message.borrow())
    })
}

/// The argument, request field or setting at fault, as a path such as `jobs[3].payload`; `.`
/// is the whole of what was given.
///
/// Absent (`data` is NULL) when the error is about none. `error`: borrowed, may be NULL. The text
/// is the error's own and lasts as long; a NUL follows it. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_error_field(error: Option<&fj_error>) -> fj_str {
    guard(fj_str::ABSENT, || {
        let field = error.and_then(|error| error.field.as_ref());
        field.map_or(fj_str::ABSENT, Terminated::borrow)
    })
}

/// One of the things that led to the error: 0 is the nearest cause, the last is the root.
///
/// `error`: borrowed, may be NULL. `index`: which; absent (`data` is NULL) beyond the last, so that a
/// loop can end there. The text is the error's own and lasts as long; a NUL follows it. Any thread.
/// Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_error_cause(error: Option<&fj_error>, index: usize) -> fj_str {
    guard(fj_str::ABSENT, || {
        let cause = error.and_then(|error| error.causes.get(index));
        cause.map_or(fj_str::ABSENT, Terminated::borrow)
    })
}

/// Frees an error and the texts that were got from it.
///
/// `error`: consumed; NULL does nothing. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_error_free(error: Option<Box<fj_error>>) {
    guard((), || drop(error));
}

#[cfg(test)]
mod tests {
    use super::*;
    use floorjobs_core::ErrorKind;

    #[test]
    fn an_error_tells_all_that_is_known() {
        let root = std::io::Error::other("disk is full");
        let error = Error::new(ErrorKind::Unavailable, "cannot write").with_source(root);
        let error = fj_error::new(&error.with_field("path"));
        let told = |text: fj_str| text.required("text").unwrap().to_owned();
        assert_eq!(fj_error_status(Some(&error)), fj_status::FJ_UNAVAILABLE);
        assert_eq!(told(fj_error_message(Some(&error))), "cannot write");
        assert_eq!(told(fj_error_field(Some(&error))), "path");
        assert_eq!(told(fj_error_cause(Some(&error), 0)), "disk is full");
        assert!(
            fj_error_cause(Some(&error), 1)
                .optional("text")
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn no_error_tells_of_none() {
        assert_eq!(fj_error_status(None), fj_status::FJ_OK);
        assert_eq!(fj_error_message(None).required("text").unwrap(), "");
        for text in [fj_error_field(None), fj_error_cause(None, 0)] {
            assert!(text.optional("text").unwrap().is_none());
        }
        fj_error_free(None);
    }
}
