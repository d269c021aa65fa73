//! Durable jobs for heavy work, and the floor-plan pipelines that run in them.

pub mod error;
pub mod ingest;
pub mod plan;
pub mod render;
pub mod watch;

pub use error::{Error, ErrorKind, Result};
