//! The fields of a frozen class with slots, which is set up from outside.

use std::ffi::c_int;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;

/// A field of a class with slots: what sets it, past a `__setattr__` that refuses to.
///
/// `object.__setattr__` would look the name up in the class each time, which takes longer than to
/// set it, and an object has dozens of them.
#[derive(Debug)]
pub(crate) struct Slot {
    descriptor: Py<PyAny>,
    set: ffi::descrsetfunc,
}

impl Slot {
    /// The field of this name.
    ///
    /// # Errors
    /// `AttributeError` or `TypeError` where the class has no such slot.
    #[allow(unsafe_code, reason = "PyO3 does not tell how a descriptor is set")]
    pub(crate) fn of(class: &Bound<'_, PyAny>, name: &str) -> PyResult<Slot> {
        let descriptor = class.getattr(name)?;
        // SAFETY: the type of a live object is live, and the GIL is held, as the bound object shows.
        // A type's function for this slot number is of this type, or null where it has none.
        let set = unsafe {
            let found =
                ffi::PyType_GetSlot(descriptor.get_type().as_type_ptr(), ffi::Py_tp_descr_set);
            std::mem::transmute::<*mut std::ffi::c_void, Option<ffi::descrsetfunc>>(found)
        };
        match set {
            Some(set) => Ok(Slot {
                descriptor: descriptor.unbind(),
                set,
            }),
            None => Err(PyTypeError::new_err(format!("`{name}` is no slot"))),
        }
    }

    /// Sets the field of an object of the class.
    ///
    /// # Errors
    /// `TypeError` for an object of another class.
    #[allow(
        unsafe_code,
        reason = "PyO3 sets attributes only as the class would have it"
    )]
    pub(crate) fn set(&self, object: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        // SAFETY: all three are live objects, `set` is of the type of the first, which keeps it
        // alive, and that the others are bound shows that the GIL is held.
        let status: c_int =
            unsafe { (self.set)(self.descriptor.as_ptr(), object.as_ptr(), value.as_ptr()) };
        match status {
            0 => Ok(()),
            _ => Err(PyErr::fetch(object.py())),
        }
    }
}
