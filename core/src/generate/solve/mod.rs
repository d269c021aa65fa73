//! The search: skeletons of corridors and rows, rooms assigned to them, areas exact by
//! construction.

mod area_table;
mod balance;
mod blocked;
mod blocks;
mod cost;
mod fill;
mod grid;
mod hall;
mod lines;
mod outlook;
mod place;
mod problem;
mod rng;
mod run;
mod search;
mod sizing;
mod skeleton;
mod start;
mod state;
#[cfg(test)]
mod tests;
mod turned;

pub(super) use hall::around_hall;
pub(super) use problem::Closeness;
pub(super) use run::{Arrangement, Effort, GRID_MM, Outcome, Trial, search, weigh};
