//! Durable jobs for heavy work, and the floor-plan pipelines that run in them.
//!
//! A program that stores a job and runs it; the store is that of `FLOORJOBS_DATABASE_URL`, or else a
//! file in the working directory:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use floorjobs_core::settings::Overrides;
//! use floorjobs_core::watch::Watch as _;
//! use floorjobs_core::worker::{AttemptContext, Verdict};
//! use floorjobs_core::{Client, Kind, NewJob, Result, Settings, WorkerOptions, pipeline};
//!
//! fn thumbnail(attempt: &AttemptContext) -> Result<Verdict> {
//!     attempt.check()?; // stops here if it was cancelled or its time is up
//!     attempt.progress(0.5, "rendering");
//!     Ok(Verdict::complete(attempt.payload().clone()))
//! }
//!
//! fn main() -> Result<()> {
//!     let client = Client::connect(&Settings::load(&Overrides::default())?)?;
//!     let worker = pipeline::worker_of(&client, WorkerOptions::default())?
//!         .handle(Kind::new("thumbnail")?, thumbnail);
//!     let stop = worker.stop_handle();
//!     let running = std::thread::spawn(move || worker.run());
//!
//!     let job = client.enqueue(NewJob::new("thumbnail")?.priority(5))?;
//!     let job = client.wait(job.id, Duration::from_secs(30))?;
//!     println!("{:?} {:?}", job.status, job.result);
//!
//!     stop.stop(None); // takes no more jobs, and lets those that run end
//!     running.join().expect("the worker panicked")?;
//!     Ok(())
//! }
//! ```
//!
//! [`Client`] stores and asks, [`Worker`] runs, [`worker::Handler`] is a kind of job, and
//! [`worker::Verdict`] says how an attempt ended. The guide to jobs (`docs/jobs.md`) says what they
//! mean; its names are those of this crate.

pub mod blob;
pub mod bom;
pub mod client;
pub mod clock;
pub mod error;
pub mod generate;
pub mod ingest;
pub mod job;
pub mod layout;
mod parallel;
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
