//! Structures that begin with their own size, so that either side may know more members.

use std::mem::{MaybeUninit, size_of};
use std::ptr;

use floorjobs_core::{Error, ErrorKind, Result};

use crate::text::null;

/// No structure is larger than this; a size beyond it was never set.
const MAX_BYTES: usize = 4_096;

/// A structure of the header that begins with `struct_size`.
///
/// # Safety
/// It is `repr(C)`, its first member is a `usize`, and all zeros is a value of it, as is any bytes.
pub(crate) unsafe trait SizePrefixed {
    /// How large it was when the library first knew it.
    const FIRST_SIZE: usize;
}

/// Copies a structure of the host. What a program was compiled without is zero; what it was
/// compiled with and this library does not know must be zero.
///
/// # Errors
/// `invalid_input` for NULL or a size that no version had; `unsupported` when a member is set that
/// this version does not know.
///
/// # Safety
/// `given` is NULL, or there are as many bytes from there as the `usize` there says.
pub(crate) unsafe fn copy<T: SizePrefixed>(given: *const T, name: &str) -> Result<T> {
    if given.is_null() {
        return Err(null(name));
    }
    // SAFETY: the contract of the trait and of this function.
    let size = unsafe { given.cast::<usize>().read_unaligned() };
    if !(T::FIRST_SIZE..=MAX_BYTES).contains(&size) {
        let message = format!("`struct_size` of `{name}` is {size}; set it to sizeof(*{name})");
        return Err(Error::invalid_field("struct_size", message));
    }
    let known = size.min(size_of::<T>());
    let mut copy = MaybeUninit::<T>::zeroed();
    // SAFETY: the host says that `size` bytes are there, and `known` is at most that and the size
    // of the copy; bytes have no alignment. All bytes are a value by the contract of the trait.
    let (copy, beyond) = unsafe {
        ptr::copy_nonoverlapping(given.cast::<u8>(), copy.as_mut_ptr().cast::<u8>(), known);
        let beyond = std::slice::from_raw_parts(given.cast::<u8>().add(known), size - known);
        (copy.assume_init(), beyond)
    };
    if beyond.iter().any(|byte| *byte != 0) {
        let message = format!("`{name}` sets a member that this version does not know");
        return Err(Error::new(ErrorKind::Unsupported, message).with_field(name));
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(C)]
    #[derive(Clone, Copy)]
    struct Now {
        size: usize,
        old: u64,
        new: u64,
    }

    // SAFETY: numbers alone, the size first.
    unsafe impl SizePrefixed for Now {
        const FIRST_SIZE: usize = 16;
    }

    fn copied(bytes: [u64; 4]) -> Result<Now> {
        // SAFETY: 32 bytes are there, and no case says more.
        unsafe { copy(bytes.as_ptr().cast::<Now>(), "options") }
    }

    #[test]
    fn older_and_newer_programs_are_understood() {
        let old = copied([16, 5, 6, 7]).unwrap();
        assert_eq!((old.old, old.new), (5, 0));
        assert_eq!(copied([24, 5, 6, 7]).unwrap().new, 6);
        assert_eq!(copied([32, 5, 6, 0]).unwrap().new, 6);
        let newer = copied([32, 5, 6, 7]).err().unwrap();
        assert_eq!(newer.kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn a_size_that_was_not_set_is_refused() {
        for size in [0, 8, 15, 5_000, u64::MAX] {
            let error = copied([size, 0, 0, 0]).err().unwrap();
            assert_eq!(error.field(), Some("struct_size"));
        }
        // SAFETY: NULL is allowed.
        assert!(unsafe { copy(ptr::null::<Now>(), "options") }.is_err());
    }
}
