//! Durable jobs for heavy work, and the floor-plan pipelines that run in them.

pub mod blob;
pub mod error;
pub mod queue;
pub mod sys;
pub mod watch;

pub use error::{Error, ErrorKind, Result};
