//! What the figures were taken on.

use std::fs::read_to_string;

use floorjobs_core::clock::{Clock, SystemClock};

/// Prints the machine, the file system, the versions and the time.
pub(crate) fn tell() {
    let folder = std::env::temp_dir();
    println!("floorjobs {}", env!("CARGO_PKG_VERSION"));
    println!("date         {}", SystemClock.now());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("machine      {} cores, {}", cores, processor());
    println!("system       {}", first_line("/proc/version"));
    println!(
        "files        {} ({})",
        folder.display(),
        file_system(&folder)
    );
    println!("load         {}", first_line("/proc/loadavg"));
    println!("SQLite       {}", rusqlite::version());
    if cfg!(debug_assertions) {
        println!("NOT OPTIMISED: these figures mean nothing");
    }
}

fn first_line(path: &str) -> String {
    let text = read_to_string(path).unwrap_or_default();
    let line: String = text.lines().next().unwrap_or("unknown").to_owned();
    line.split(" (").next().unwrap_or_default().to_owned()
}

fn processor() -> String {
    let text = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split(": ").nth(1));
    name.unwrap_or("unknown").to_owned()
}

/// The file system of a folder: that of the longest mount point above it.
fn file_system(folder: &std::path::Path) -> String {
    let mounts = read_to_string("/proc/mounts").unwrap_or_default();
    let found = mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let (device, point, kind) = (words.next()?, words.next()?, words.next()?);
            folder
                .starts_with(point)
                .then(|| (point.len(), format!("{kind} on {device}")))
        })
        .max();
    found.map_or_else(|| "unknown".to_owned(), |(_, text)| text)
}
