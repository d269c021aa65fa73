//! Reads floor plans and prints what was found as JSON, one object per file.
//!
//! `cargo run --release --example read_plan -- [--page N] [--svg OUT.svg] [--full] PLAN.pdf`
//!
//! The JSON names walls by their centre lines in points of the displayed page; `--full` prints
//! the whole floor plan instead. `--svg` draws the walls over the page's line work.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use floorjobs_core::ingest::{IngestOptions, Pages, read_pdf};
use floorjobs_core::render::plan_svg;
use floorjobs_core::watch::Unwatched;

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut options = IngestOptions::default();
    let (mut svg, mut full, mut plan) = (None, false, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--svg" => svg = Some(arguments.next().ok_or("--svg needs a file name")?),
            "--page" => {
                let page = arguments.next().ok_or("--page needs a number")?;
                let page = page.parse().map_err(|_| format!("`{page}` is no page"))?;
                options.pages = Pages::One(page);
            }
            "--full" => full = true,
            _ => plan = Some(argument),
        }
    }
    let plan = plan.ok_or("give a PDF file")?;
    let bytes = std::fs::read(&plan).map_err(|error| format!("{plan}: {error}"))?;
    let reading = read_pdf(&bytes, &options, &Unwatched)
        .map_err(|error| format!("{plan}: {}: {}", error.kind().code(), error.chain()))?;
    if let Some(path) = svg {
        let picture = plan_svg(&reading.floorplan, Some(&reading.drawing));
        std::fs::write(&path, picture).map_err(|error| format!("{path}: {error}"))?;
    }
    let json = if full {
        serde_json::to_string(&reading.floorplan).map_err(|error| error.to_string())?
    } else {
        reading.floorplan.detections().to_string()
    };
    println!("{json}");
    Ok(())
}
