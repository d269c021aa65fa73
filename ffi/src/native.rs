//! What needs the pipelines, and what stands for it in a library from which they were built out.
//!
//! Nothing else here names them, so that the linker leaves them out then; storing jobs for other
//! workers and fetching what became of them needs none.

#[cfg(feature = "pipelines")]
mod there;
#[cfg(feature = "pipelines")]
pub(crate) use there::{lay_out, proposing, read_plan, run_here, worker_of};

#[cfg(not(feature = "pipelines"))]
mod built_out;
#[cfg(not(feature = "pipelines"))]
pub(crate) use built_out::{lay_out, proposing, read_plan, run_here, worker_of};
