//! Which library a host was built against, and which one it runs with.

use crate::guard::guard;
use std::ffi::{CStr, c_char};

/// The version of the binary interface that this header describes.
///
/// It grows only when a program compiled against an older header could break. Compare it with
/// `fj_abi_version()` once, before any other call.
pub const FJ_ABI_VERSION: u32 = 1;

// INVARIANT: a Cargo version holds no NUL, and concat! adds the one at the end.
const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(text) => text,
        Err(_) => c"",
    };

/// The version of the library that is running, such as `0.1.0`.
///
/// Any thread. The text is static: never free it. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_version() -> *const c_char {
    guard(c"".as_ptr(), || VERSION.as_ptr())
}

/// The binary interface of the library that is running; see `FJ_ABI_VERSION`.
///
/// Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_abi_version() -> u32 {
    guard(0, || FJ_ABI_VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_workspace_version() {
        assert_eq!(VERSION.to_str(), Ok(env!("CARGO_PKG_VERSION")));
        assert_eq!(fj_version(), VERSION.as_ptr());
        assert_eq!(fj_abi_version(), FJ_ABI_VERSION);
    }
}
