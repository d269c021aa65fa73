//! What Python keeps for a thread of ours.
//!
//! Python makes a state for a thread that comes to it for the first time, and throws it away when
//! that thread leaves: some 10 µs and two calls of the system, which a slot would pay per job.

#![allow(unsafe_code, reason = "PyO3 has no safe way to keep a thread's state")]

use std::cell::OnceCell;

use pyo3::ffi;

thread_local! {
    static KEPT: OnceCell<Option<Kept>> = const { OnceCell::new() };
}

/// Keeps what Python makes for this thread until the thread ends.
///
/// For threads that are not attached to Python. Those that Python has made itself are left alone.
pub(crate) fn keep_state() {
    KEPT.with(|kept| {
        kept.get_or_init(Kept::make);
    });
}

struct Kept {
    before: ffi::PyGILState_STATE,
    state: *mut ffi::PyThreadState,
}

impl Kept {
    fn make() -> Option<Kept> {
        // SAFETY: both may be called at any time and by any thread.
        let is_needed = unsafe {
            ffi::Py_IsInitialized() != 0 && ffi::PyGILState_GetThisThreadState().is_null()
        };
        // SAFETY: the thread has no state, so it does not hold the GIL; it gets both, and gives
        // the GIL back at once. The state is its own and stays where it is.
        is_needed.then(|| unsafe {
            let before = ffi::PyGILState_Ensure();
            let state = ffi::PyEval_SaveThread();
            Kept { before, state }
        })
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: this is the thread that made the state, at its end, where it holds no GIL; the
        // two calls are the reverse of those that made it. After Python's end there is nothing to
        // give back.
        unsafe {
            if ffi::Py_IsInitialized() != 0 {
                ffi::PyEval_RestoreThread(self.state);
                ffi::PyGILState_Release(self.before);
            }
        }
    }
}
