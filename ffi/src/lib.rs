//! The C ABI of floorjobs: every symbol of `include/floorjobs.h`.
//!
//! Rust in here is written in the header's words, because cbindgen copies names and comments
//! from this crate into it. A function lives beside the type that it is about; none does more
//! than translate, and each runs its body inside the one panic guard.

// The only crate with exports; each unsafe block says why it is sound.
#![allow(unsafe_code)]

mod guard;
pub mod status;
pub mod version;
