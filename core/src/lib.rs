//! Durable jobs for heavy work, and the floor-plan pipelines that run in them.

pub mod blob;
pub mod bom;
pub mod client;
pub mod clock;
pub mod error;
pub mod generate;
pub mod ingest;
pub mod job;
pub mod layout;
pub mod pipeline;
pub mod plan;
pub mod queue;
pub mod render;
pub mod repository;
pub mod settings;
pub mod sys;
pub mod upkeep;
pub mod watch;
pub mod worker;

pub use client::Client;
pub use error::{Error, ErrorKind, Result};
pub use job::{Attempt, Job, JobId, Kind, NewJob, Status};
pub use settings::Settings;
pub use worker::{Worker, WorkerOptions};
