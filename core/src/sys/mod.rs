//! What must be asked of the operating system: who a process is, forks, signal masks.
//!
//! The only module of this crate that contains unsafe code; each block says why it is sound. It
//! knows nothing of jobs.

#![allow(unsafe_code)]

#[doc(hidden)]
pub mod crash_point;
pub mod fork;
pub mod lock;
pub mod process;
pub(crate) mod readable;
pub mod signals;
pub(crate) mod sqlite;
pub mod usage;

pub use fork::{ForkAware, current_pid};
pub use process::ProcessIdentity;
