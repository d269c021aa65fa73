//! Calls from the library into its host: what is given along, and when that is released.

use std::cell::Cell;
use std::ffi::c_void;

use floorjobs_core::{Error, ErrorKind, Result};

/// Called once with the `userdata` of a callback that will not be called any more.
///
/// On any thread, one of the library's maybe. May free what `userdata` points to. Must not throw.
#[allow(non_camel_case_types)]
pub type fj_release_fn = Option<unsafe extern "C" fn(userdata: *mut c_void)>;

/// What a host wants to have back with each call, and how it is let go.
pub(crate) struct Userdata {
    pub(crate) pointer: *mut c_void,
    release: fj_release_fn,
}

// SAFETY: the host promises in the header that its callbacks may be called from any thread, and so
// that what they are given may be used there.
unsafe impl Send for Userdata {}
// SAFETY: likewise, from several threads at once.
unsafe impl Sync for Userdata {}

impl Userdata {
    pub(crate) fn new(pointer: *mut c_void, release: fj_release_fn) -> Userdata {
        Userdata { pointer, release }
    }
}

impl Drop for Userdata {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: the host promises a function that may be called so, and this is the one time.
            unsafe { release(self.pointer) };
        }
    }
}

thread_local! {
    /// Whether this thread is inside a call of the host just now.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs a call into the host.
pub(crate) fn into_host<T>(call: impl FnOnce() -> T) -> T {
    let before = INSIDE.replace(true);
    let answer = call();
    INSIDE.set(before);
    answer
}

/// Whether the calling thread is inside a call from a worker into its host.
pub(crate) fn in_callback() -> bool {
    INSIDE.get()
}

/// Refuses what would wait for itself.
pub(crate) fn refuse_in_callback(what: &str) -> Result<()> {
    match in_callback() {
        false => Ok(()),
        true => Err(Error::new(
            ErrorKind::InvalidState,
            format!("`{what}` cannot be called from a handler, which would wait for itself"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn count(userdata: *mut c_void) {
        // SAFETY: the test gives a pointer to its own number.
        unsafe { *userdata.cast::<u32>() += 1 };
    }

    #[test]
    fn userdata_is_released_once() {
        let mut released = 0_u32;
        let pointer = (&raw mut released).cast();
        drop(Userdata::new(pointer, Some(count)));
        drop(Userdata::new(pointer, None));
        assert_eq!(released, 1);
    }

    #[test]
    fn a_thread_knows_that_it_is_inside() {
        assert!(refuse_in_callback("x").is_ok());
        into_host(|| {
            into_host(|| ());
            assert!(in_callback() && refuse_in_callback("x").is_err());
        });
        assert!(!in_callback());
    }
}
