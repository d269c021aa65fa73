//! Text and bytes across the boundary: borrowed in, owned out.

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
use std::{ptr, slice};

use floorjobs_core::{Error, ErrorKind, Result};
use serde::Serialize;

use crate::guard::guard;

/// No text that comes in is longer than this; a length beyond it is a mistake of the host.
const MAX_BYTES: usize = 1 << 30;

/// Text that somebody else owns: UTF-8, by its place and its length in bytes.
///
/// `data` NULL means absent, which is allowed where a function says so; `len` is 0 then. As an
/// argument it needs no NUL, and is read only during the call: make one with `fj_str_of()`. As an
/// answer it belongs to what it was got from, lasts as long as that, and is followed by a NUL.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct fj_str {
    /// The first byte; NULL means absent.
    data: *const c_char,
    /// How many bytes, without any NUL.
    len: usize,
}

/// Text that the host owns: UTF-8, followed by a NUL that `len` does not count.
///
/// Made by the library, freed with `fj_string_free()`. After a call that failed it is empty, with
/// `data` NULL, and may be freed all the same. Threads: as any memory of the host.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct fj_string {
    /// The first byte; NULL when there is no text.
    data: *mut c_char,
    /// How many bytes, without the NUL.
    len: usize,
}

/// Bytes that the host owns.
///
/// Made by the library, freed with `fj_bytes_free()`. After a call that failed it is empty, with
/// `data` NULL, and may be freed all the same. Threads: as any memory of the host.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct fj_bytes {
    /// The first byte; NULL when there are none.
    data: *mut u8,
    /// How many bytes.
    len: usize,
}

impl fj_str {
    pub(crate) const ABSENT: fj_str = fj_str {
        data: ptr::null(),
        len: 0,
    };
    pub(crate) const EMPTY: fj_str = fj_str {
        data: c"".as_ptr(),
        len: 0,
    };

    /// The text of an argument that may be absent.
    pub(crate) fn optional<'a>(self, name: &str) -> Result<Option<&'a str>> {
        let bytes = match self.bytes(name)? {
            Some(bytes) => bytes,
            None => return Ok(None),
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            Error::invalid_field(name, format!("`{name}` is not UTF-8")).with_source(error)
        })?;
        Ok(Some(text))
    }

    /// The text of an argument that must be there.
    pub(crate) fn required<'a>(self, name: &str) -> Result<&'a str> {
        self.optional(name)?.ok_or_else(|| null(name))
    }

    /// The bytes of an argument, UTF-8 or not; `None` if it is absent.
    pub(crate) fn bytes<'a>(self, name: &str) -> Result<Option<&'a [u8]>> {
        // SAFETY: an `fj_str` only ever comes from the host, which promises in the header that the
        // bytes are there and stay as they are during the call.
        unsafe { bytes(self.data.cast(), self.len, MAX_BYTES, name) }
    }
}

impl fj_str {
    /// A text of this library, for as long as the host may look at it.
    pub(crate) fn of(text: &CStr) -> fj_str {
        fj_str {
            data: text.as_ptr(),
            len: text.count_bytes(),
        }
    }
}

/// The bytes of an argument; `None` if there is none.
///
/// # Safety
/// `data` is NULL, or there are `len` bytes from there that nobody changes during the call.
pub(crate) unsafe fn bytes<'a>(
    data: *const u8,
    len: usize,
    most: usize,
    name: &str,
) -> Result<Option<&'a [u8]>> {
    if data.is_null() {
        return match len {
            0 => Ok(None),
            _ => Err(null(name)),
        };
    }
    if len > most {
        let message = format!("`{name}` is {len} bytes, over the limit of {most}");
        return Err(Error::new(ErrorKind::LimitExceeded, message).with_field(name));
    }
    // SAFETY: by the contract of this function; the length is far below that of any object.
    Ok(Some(unsafe { slice::from_raw_parts(data, len) }))
}

/// The error for an argument that must not be NULL.
pub(crate) fn null(name: &str) -> Error {
    Error::invalid_field(name, format!("`{name}` must not be NULL"))
}

/// Text of an object, with a NUL after it.
pub(crate) struct Terminated(Box<[u8]>);

impl Terminated {
    pub(crate) fn new(text: &str) -> Terminated {
        Terminated(with_nul(text.as_bytes().to_vec()))
    }

    /// The text, as long as the object lives.
    pub(crate) fn borrow(&self) -> fj_str {
        fj_str {
            data: self.0.as_ptr().cast(),
            len: self.0.len() - 1,
        }
    }
}

fn with_nul(mut bytes: Vec<u8>) -> Box<[u8]> {
    // Not as much more as a push would take, to be given back right away.
    bytes.reserve_exact(1);
    bytes.push(0);
    bytes.into_boxed_slice()
}

/// Where a text goes that an export answers with.
pub(crate) struct TextOut<'a>(&'a mut MaybeUninit<fj_string>);

impl<'a> TextOut<'a> {
    /// Empties the host's variable, so that it may be freed whatever happens.
    pub(crate) fn new(
        name: &str,
        out: Option<&'a mut MaybeUninit<fj_string>>,
    ) -> Result<TextOut<'a>> {
        TextOut::optional(out).ok_or_else(|| null(name))
    }

    /// As [`new`](Self::new), for what a host may not want.
    pub(crate) fn optional(out: Option<&'a mut MaybeUninit<fj_string>>) -> Option<TextOut<'a>> {
        let out = out?;
        out.write(fj_string {
            data: ptr::null_mut(),
            len: 0,
        });
        Some(TextOut(out))
    }

    pub(crate) fn text(self, text: String) {
        let bytes = with_nul(text.into_bytes());
        let len = bytes.len() - 1;
        self.0.write(fj_string {
            data: Box::into_raw(bytes).cast(),
            len,
        });
    }

    pub(crate) fn json(self, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(value).map_err(|error| {
            Error::new(ErrorKind::Internal, "an answer could not be written").with_source(error)
        })?;
        self.text(text);
        Ok(())
    }
}

/// Answers with what `ask` returns, as JSON; the variable is emptied before anything else.
pub(crate) fn answer<T: Serialize>(
    name: &str,
    out: Option<&mut MaybeUninit<fj_string>>,
    ask: impl FnOnce() -> Result<T>,
) -> Result<()> {
    let out = TextOut::new(name, out)?;
    out.json(&ask()?)
}

/// As [`answer`], for what is text already.
pub(crate) fn answer_text(
    name: &str,
    out: Option<&mut MaybeUninit<fj_string>>,
    ask: impl FnOnce() -> Result<String>,
) -> Result<()> {
    let out = TextOut::new(name, out)?;
    out.text(ask()?);
    Ok(())
}

/// As [`answer`], for bytes.
pub(crate) fn answer_bytes(
    name: &str,
    out: Option<&mut MaybeUninit<fj_bytes>>,
    ask: impl FnOnce() -> Result<Vec<u8>>,
) -> Result<()> {
    let out = out.ok_or_else(|| null(name))?;
    out.write(fj_bytes {
        data: ptr::null_mut(),
        len: 0,
    });
    let bytes = ask()?.into_boxed_slice();
    // An empty box has no memory and a place that means nothing.
    if !bytes.is_empty() {
        let len = bytes.len();
        out.write(fj_bytes {
            data: Box::into_raw(bytes).cast(),
            len,
        });
    }
    Ok(())
}

/// An `fj_str` of a text that ends with NUL; absent for NULL.
///
/// `text`: borrowed by the result, which lasts as long; may be NULL. Any thread. Cannot fail.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fj_str_of(text: *const c_char) -> fj_str {
    guard(fj_str::ABSENT, || {
        if text.is_null() {
            return fj_str::ABSENT;
        }
        // SAFETY: the host promises a text that ends with NUL.
        let len = unsafe { CStr::from_ptr(text) }.count_bytes();
        fj_str { data: text, len }
    })
}

/// Frees a text of the library and empties the variable, so that freeing it again does nothing.
///
/// `text`: the text is consumed, the variable stays the host's; NULL does nothing. Any thread.
/// Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_string_free(text: Option<&mut fj_string>) {
    guard((), || {
        let Some(text) = text.filter(|text| !text.data.is_null()) else {
            return;
        };
        // SAFETY: only this library fills an `fj_string`: with a box of one byte more than `len`.
        drop(unsafe {
            Box::from_raw(ptr::slice_from_raw_parts_mut(
                text.data.cast::<u8>(),
                text.len + 1,
            ))
        });
        text.data = ptr::null_mut();
        text.len = 0;
    });
}

#[cfg(test)]
impl fj_string {
    /// What a call answered with, which is freed; `None` if there is no text.
    pub(crate) fn taken(&mut self) -> Option<String> {
        let text = fj_str {
            data: self.data,
            len: self.len,
        };
        let text = text.optional("text").unwrap().map(str::to_owned);
        fj_string_free(Some(self));
        text
    }
}

/// Frees bytes of the library and empties the variable, so that freeing them again does nothing.
///
/// `bytes`: the bytes are consumed, the variable stays the host's; NULL does nothing. Any thread.
/// Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_bytes_free(bytes: Option<&mut fj_bytes>) {
    guard((), || {
        let Some(bytes) = bytes.filter(|bytes| !bytes.data.is_null()) else {
            return;
        };
        // SAFETY: only this library fills an `fj_bytes`: with a box of `len` bytes.
        drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(bytes.data, bytes.len)) });
        bytes.data = ptr::null_mut();
        bytes.len = 0;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(fill: impl FnOnce(Option<&mut MaybeUninit<fj_string>>) -> Result<()>) -> fj_string {
        let mut out = MaybeUninit::uninit();
        let _ = fill(Some(&mut out));
        // SAFETY: whatever comes of it, the variable was written.
        unsafe { out.assume_init() }
    }

    #[test]
    fn a_text_comes_out_with_a_nul_and_is_freed_once() {
        let mut text = filled(|out| answer_text("out", out, || Ok("plan".to_owned())));
        assert_eq!(text.len, 4);
        // SAFETY: the library put a NUL after it.
        assert_eq!(unsafe { CStr::from_ptr(text.data) }, c"plan");
        fj_string_free(Some(&mut text));
        assert!(text.data.is_null());
        fj_string_free(Some(&mut text));
        fj_string_free(None);
    }

    #[test]
    fn a_failed_call_leaves_nothing_to_free() {
        let failed = || Err(Error::new(ErrorKind::Internal, "no"));
        let mut text = filled(|out| answer_text("out", out, failed));
        assert!(text.data.is_null());
        fj_string_free(Some(&mut text));
        let refused = answer_text("out", None, || Ok(String::new())).unwrap_err();
        assert_eq!(refused.field(), Some("out"));
    }

    #[test]
    fn bytes_come_out_and_none_is_no_memory() {
        for wanted in [&b""[..], b"%PDF"] {
            let mut out = MaybeUninit::uninit();
            answer_bytes("out", Some(&mut out), || Ok(wanted.to_vec())).unwrap();
            // SAFETY: it was written.
            let mut bytes = unsafe { out.assume_init() };
            assert_eq!(bytes.len, wanted.len());
            assert_eq!(bytes.data.is_null(), wanted.is_empty());
            fj_bytes_free(Some(&mut bytes));
            fj_bytes_free(Some(&mut bytes));
        }
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        let text = |data: &'static [u8], len| fj_str {
            data: data.as_ptr().cast(),
            len,
        };
        assert_eq!(fj_str::EMPTY.required("a").unwrap(), "");
        assert_eq!(fj_str::ABSENT.optional("a").unwrap(), None);
        let missing = fj_str {
            data: ptr::null(),
            len: 3,
        };
        let cases = [
            (fj_str::ABSENT, ErrorKind::InvalidInput),
            (missing, ErrorKind::InvalidInput),
            (text(b"\xff\xfe", 2), ErrorKind::InvalidInput),
            (text(b"x", usize::MAX), ErrorKind::LimitExceeded),
        ];
        for (given, kind) in cases {
            let error = given.required("job_id").unwrap_err();
            assert_eq!((error.kind(), error.field()), (kind, Some("job_id")));
        }
    }
}
