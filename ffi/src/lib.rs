//! The C ABI of floorjobs.
