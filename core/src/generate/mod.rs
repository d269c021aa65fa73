//! From a plate and a programme to a layout.
//!
//! Pure: no files, no clock, no network. The same request gives the same bytes, whatever the
//! number of threads.

mod answer;
mod brief;
mod build;
mod candidates;
mod conflict;
mod ending;
mod feasible;
mod metrics;
mod named;
mod options;
mod plate;
mod proposals;
mod relax;
mod request;
mod run;
mod rungs;
mod selection;
mod solve;
#[cfg(test)]
mod tests;
pub mod words;

pub use answer::{
    Alternative, Assumption, ClosenessMetrics, Conflict, GenerateResult, Ignored, Infeasibility,
    Interpretation, Metrics, Provenance, Relaxation, Spread, Status, Understood, Unrecognised,
};
pub use candidates::{CandidateSource, Proposal};
pub use proposals::proposed_layouts;
pub use request::{
    Effort, EntranceRequest, GenerateRequest, Graph, GraphOpening, GraphWall, MAX_ROOMS,
    ProgramRequest, ReadingMode, RuleOptions, ScaleOrigin, ScaleRequest, Site, SolverOptions,
    Source, SourceKind,
};
pub use run::{check_request, generate, generate_with};
