//! The C ABI of floorjobs: every symbol of `include/floorjobs.h`.
//!
//! Rust in here is written in the header's words, because cbindgen copies names and comments
//! from this crate into it. A function lives beside the type that it is about; none does more
//! than translate, and each runs its body inside the one panic guard.
//!
//! Pointers of the host are `Option<&T>` where they are borrowed, `Option<Box<T>>` where they are
//! consumed, and `Option<&mut MaybeUninit<T>>` where an answer goes. What a host promises about
//! them is written in the header, once for all functions.

// The only crate with exports; each unsafe block says why it is sound.
#![allow(unsafe_code)]
// What a caller must see to is in the manual at the top of the header, once for all functions.
#![allow(clippy::missing_safety_doc)]

pub mod candidates;
pub mod client;
#[cfg(test)]
mod cost;
pub mod error;
mod guard;
pub mod json;
mod native;
pub mod pipeline;
mod request;
mod sized;
pub mod status;
pub mod text;
pub mod version;
pub mod worker;
