//! Values out of the JSON that the library answers with, for hosts that have no library for that.

use std::mem::MaybeUninit;

use floorjobs_core::job::read_json;
use floorjobs_core::{Error, ErrorKind, Result};
use serde_json::Value;

use crate::error::fj_error;
use crate::guard::guard_status;
use crate::status::fj_status;
use crate::text::{TextOut, fj_str, fj_string, null};

/// What `pointer` leads to, taken out of the document.
fn value_at(json: fj_str, pointer: fj_str) -> Result<Value> {
    let pointer = pointer.required("pointer")?;
    // RFC 6901 knows no others; without this they would merely lead nowhere.
    if !pointer.is_empty() && !pointer.starts_with('/') {
        let message = format!("`pointer` must be empty or begin with `/`: {pointer:?}");
        return Err(Error::invalid_field("pointer", message));
    }
    let mut whole: Value = read_json(json.required("json")?, "json")?;
    let found = whole.pointer_mut(pointer).map(Value::take);
    found.ok_or_else(|| {
        let message = format!("there is nothing at {pointer:?}");
        Error::new(ErrorKind::NotFound, message).with_field("pointer")
    })
}

/// A value out of a JSON text, such as `/job_id` of a job or `/floorplan/rooms/0/name` of a reading.
///
/// `json`: borrowed JSON. `pointer`: borrowed JSON Pointer (RFC 6901); empty for the whole. `value_out`:
/// set to what a text says, without quotes and escapes; to any other value as JSON; to empty, with
/// `data` NULL, for `null`; the host's from then on. `error_out`: may be NULL. Any thread. It reads all
/// of `json` every time: for a few values, and not instead of a JSON library.
///
/// Errors: `FJ_NOT_FOUND` when nothing is there; `FJ_INVALID_INPUT`; `FJ_LIMIT_EXCEEDED`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_json_get(
    json: fj_str,
    pointer: fj_str,
    value_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let out = TextOut::new("value_out", value_out)?;
        match value_at(json, pointer)? {
            Value::Null => Ok(()),
            Value::String(text) => {
                out.text(text);
                Ok(())
            }
            other => out.json(&other),
        }
    })
}

/// How many elements an array in a JSON text has, or how many members an object.
///
/// `json`, `pointer`: borrowed, as of `fj_json_get()`. `count_out`: set to the number; to 0 on failure
/// and for `null`. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND` when nothing is there; `FJ_INVALID_INPUT`, also for what has no elements;
/// `FJ_LIMIT_EXCEEDED`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_json_count(
    json: fj_str,
    pointer: fj_str,
    count_out: Option<&mut MaybeUninit<u64>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let out = count_out.ok_or_else(|| null("count_out"))?.write(0);
        *out = match value_at(json, pointer)? {
            Value::Null => 0,
            Value::Array(elements) => elements.len() as u64,
            Value::Object(members) => members.len() as u64,
            _ => {
                let message = "`pointer` leads to neither an array nor an object";
                return Err(Error::invalid_field("pointer", message));
            }
        };
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Terminated;

    const JOB: &str =
        r#"{"id": 7, "name": "a \"b\"\n", "none": null, "in": {"a/b": [1, [], "x"]}}"#;

    fn get(json: &str, pointer: &str) -> (fj_status, Option<String>) {
        let (json, pointer) = (Terminated::new(json), Terminated::new(pointer));
        let mut out = MaybeUninit::uninit();
        let status = fj_json_get(json.borrow(), pointer.borrow(), Some(&mut out), None);
        // SAFETY: every call writes it, whatever comes of it.
        (status, unsafe { out.assume_init() }.taken())
    }

    fn count(json: &str, pointer: &str) -> (fj_status, u64) {
        let (json, pointer) = (Terminated::new(json), Terminated::new(pointer));
        let mut out = MaybeUninit::new(99);
        let status = fj_json_count(json.borrow(), pointer.borrow(), Some(&mut out), None);
        // SAFETY: it was there before, and is written by every call.
        (status, unsafe { out.assume_init() })
    }

    #[test]
    fn values_are_found_by_their_pointers() {
        let found = |pointer| match get(JOB, pointer) {
            (fj_status::FJ_OK, text) => text,
            (status, _) => panic!("{pointer}: {status:?}"),
        };
        assert_eq!(found("/id").unwrap(), "7");
        assert_eq!(found("/name").unwrap(), "a \"b\"\n");
        assert_eq!(found("/none"), None);
        assert_eq!(found("/in/a~1b/2").unwrap(), "x");
        assert_eq!(found("/in").unwrap(), r#"{"a/b":[1,[],"x"]}"#);
        assert!(found("").unwrap().starts_with('{'));
        assert_eq!(get(JOB, "/nobody").0, fj_status::FJ_NOT_FOUND);
        assert_eq!(get(JOB, "/in/a~1b/3").0, fj_status::FJ_NOT_FOUND);
        assert_eq!(get(JOB, "id").0, fj_status::FJ_INVALID_INPUT);
        assert_eq!(get("{", "/id").0, fj_status::FJ_INVALID_INPUT);
    }

    #[test]
    fn elements_are_counted() {
        assert_eq!(count(JOB, ""), (fj_status::FJ_OK, 4));
        assert_eq!(count(JOB, "/in/a~1b"), (fj_status::FJ_OK, 3));
        assert_eq!(count(JOB, "/in/a~1b/1"), (fj_status::FJ_OK, 0));
        assert_eq!(count(JOB, "/none"), (fj_status::FJ_OK, 0));
        assert_eq!(count(JOB, "/id"), (fj_status::FJ_INVALID_INPUT, 0));
        assert_eq!(count(JOB, "/nobody"), (fj_status::FJ_NOT_FOUND, 0));
    }
}
