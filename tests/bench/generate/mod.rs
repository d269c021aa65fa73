//! How good layouts are, and how long they take, over the benchmark set.
//!
//! `FLOORJOBS_BENCH_EVERY=10` takes every tenth instance; `FLOORJOBS_BENCH_TELL=1` names what
//! fails.

mod set;

use std::time::{Duration, Instant};

use floorjobs_core::generate::{Metrics, Status, generate};
use floorjobs_core::layout::Layout;
use floorjobs_core::watch::Unwatched;

use self::set::{Instance as Case, instances};

struct Outcome {
    case: Case,
    took: Duration,
    /// Processor time of all threads, in seconds.
    worked: f64,
    metrics: Option<Metrics>,
    /// Each room's area against its share, in percent.
    off: Vec<f64>,
    aspects: Vec<f64>,
    refused: bool,
    proved: bool,
}

/// Runs the set and prints the table.
// Measures with the clock of the machine.
#[allow(clippy::disallowed_methods)]
pub(crate) fn run(_plan: &crate::Plan) {
    let every = number("FLOORJOBS_BENCH_EVERY").unwrap_or(1).max(1);
    let tell = number("FLOORJOBS_BENCH_TELL").is_some();
    let cases: Vec<Case> = instances().into_iter().step_by(every).collect();
    let mut outcomes = Vec::new();
    for case in cases {
        let (start, before) = (Instant::now(), processor_seconds());
        let answer = generate(&case.request, &Unwatched).unwrap();
        let took = start.elapsed();
        let worked = processor_seconds() - before;
        let refused = answer.status == Status::Infeasible;
        let proved = answer.infeasibility.as_ref().is_some_and(|why| why.proved);
        if tell && refused == case.feasible {
            let why = answer
                .infeasibility
                .as_ref()
                .map_or("", |why| why.message.as_str());
            println!(
                "{} ({:.0} m2, {} rooms, {worked:.1} s): {why}",
                case.name, case.usable_m2, case.rooms
            );
        }
        if let (true, Some(m)) = (tell, &answer.metrics) {
            tell_weak(&case, m);
        }
        let (off, aspects) = answer
            .layout
            .as_ref()
            .zip(answer.metrics.as_ref())
            .map(|(layout, metrics)| rooms_of(layout, metrics.area_scale))
            .unwrap_or_default();
        outcomes.push(Outcome {
            case,
            took,
            worked,
            metrics: answer.metrics,
            off,
            aspects,
            refused,
            proved,
        });
    }
    print_table(&outcomes);
}

/// Names what a layout is weak at.
fn tell_weak(case: &Case, m: &Metrics) {
    let (area, aspect, close) = (&m.area_error_scaled_pct, m.aspect.p95, &m.closeness);
    if area.p95 > 6.0 || aspect > 2.4 || close.strong_wall_pct < 70.0 || m.circulation_pct > 33.0 {
        println!(
            "  {} ({:.0} m2, {} rooms): area {:.1}/{:.1} scale {:.2} aspect {aspect:.2} close {:.0}/{:.0} circ {:.0}",
            case.name,
            case.usable_m2,
            case.rooms,
            area.median,
            area.p95,
            m.area_scale,
            close.strong_wall_pct,
            close.strong_near_pct,
            m.circulation_pct
        );
    }
}

fn rooms_of(layout: &Layout, scale: f64) -> (Vec<f64>, Vec<f64>) {
    let asked = layout
        .rooms
        .iter()
        .filter(|room| room.requested_m2.is_some());
    asked
        .map(|room| {
            let target = room.requested_m2.unwrap() * scale;
            let bounds = room.net_boundary.bounds();
            let (a, b) = (bounds.width() as f64, bounds.height() as f64);
            let off = (room.net_area_mm2 as f64 / 1e6 / target - 1.0).abs() * 100.0;
            (off, a.max(b) / a.min(b))
        })
        .unzip()
}

/// Processor time of this process so far, in hundredths of a second as Linux counts it; 0 elsewhere.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    // After the name: state is the first, user and system time the 12th and 13th.
    fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn number(name: &str) -> Option<usize> {
    // A program for people reads its own settings.
    #[allow(clippy::disallowed_methods)]
    std::env::var(name).ok()?.parse().ok()
}

fn print_table(outcomes: &[Outcome]) {
    let feasible: Vec<&Outcome> = outcomes.iter().filter(|o| o.case.feasible).collect();
    let impossible: Vec<&Outcome> = outcomes.iter().filter(|o| !o.case.feasible).collect();
    let made: Vec<(&Outcome, &Metrics)> = feasible
        .iter()
        .filter_map(|o| Some((*o, o.metrics.as_ref()?)))
        .collect();
    let of = |pick: &dyn Fn(&Metrics) -> f64| -> Vec<f64> {
        made.iter().map(|(_, metrics)| pick(metrics)).collect()
    };
    let strong: Vec<&Metrics> = made
        .iter()
        .filter(|(o, _)| !o.case.request.program.adjacency.is_empty())
        .map(|(_, metrics)| *metrics)
        .collect();
    let mean = |pick: &dyn Fn(&Metrics) -> f64| {
        strong.iter().map(|m| pick(m)).sum::<f64>() / strong.len().max(1) as f64
    };
    let large: Vec<f64> = made
        .iter()
        .filter(|(o, _)| o.case.usable_m2 >= 120.0)
        .map(|(_, metrics)| metrics.circulation_pct)
        .collect();
    println!("| figure | at least | measured |\n|---|---|---|");
    println!(
        "| valid, feasible instances | 100 % | {} of {} |",
        made.len(),
        feasible.len()
    );
    println!(
        "| infeasible instances refused, proved | 100 % | {} of {}, {} proved |",
        impossible.iter().filter(|o| o.refused).count(),
        impossible.len(),
        impossible.iter().filter(|o| o.proved).count()
    );
    let pooled = |pick: fn(&Outcome) -> &Vec<f64>| -> Vec<f64> {
        feasible
            .iter()
            .flat_map(|o| pick(o).iter().copied())
            .collect()
    };
    println!(
        "| net area error of rooms against the scaled target, median / p95 | 1 % / 4 % | {:.2} % / {:.2} % |",
        at(pooled(|o| &o.off), 50),
        at(pooled(|o| &o.off), 95)
    );
    println!(
        "| the same for instances: median of medians / median and p95 of p95 | | {:.2} % / {:.2} %, {:.2} % |",
        at(of(&|m| m.area_error_scaled_pct.median), 50),
        at(of(&|m| m.area_error_scaled_pct.p95), 50),
        at(of(&|m| m.area_error_scaled_pct.p95), 95)
    );
    println!(
        "| scale of all areas, p5 / median | | {:.3} / {:.3} |",
        at(of(&|m| m.area_scale), 5),
        at(of(&|m| m.area_scale), 50)
    );
    println!(
        "| strongly wanted sharing a wall / near | 90 % / 95 % | {:.1} % / {:.1} % |",
        mean(&|m| m.closeness.strong_wall_pct),
        mean(&|m| m.closeness.strong_near_pct)
    );
    println!(
        "| aspect ratio of rooms, p95 | 2.2 | {:.2} |",
        at(pooled(|o| &o.aspects), 95)
    );
    println!(
        "| circulation, median, 120 m2 and more | 25 % | {:.1} % |",
        at(large, 50)
    );
    println!(
        "| daylight where wanted, median | | {:.0} % |",
        at(of(&|m| m.daylight_pct.unwrap_or(100.0)), 50)
    );
    println!(
        "| fixtures placed, median | | {:.0} % |",
        at(of(&|m| m.fixtures_placed_pct), 50)
    );
    for (low, high, goal) in [(0, 12, "0.3"), (13, 25, "1"), (26, 80, "3")] {
        let times: Vec<f64> = outcomes
            .iter()
            .filter(|o| (low..=high).contains(&o.case.rooms) && o.case.feasible)
            .map(|o| o.took.as_secs_f64())
            .collect();
        let work: Vec<f64> = outcomes
            .iter()
            .filter(|o| (low..=high).contains(&o.case.rooms) && o.case.feasible)
            .map(|o| o.worked / 2.0)
            .collect();
        println!(
            "| time p50 / p95, {low} to {high} rooms (half of processor time) | {goal} s | {:.2} / {:.2} s ({:.2} / {:.2} s) |",
            at(times.clone(), 50),
            at(times, 95),
            at(work.clone(), 50),
            at(work, 95)
        );
    }
}

/// The value that `percent` of all do not exceed.
fn at(mut values: Vec<f64>, percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() * percent).div_ceil(100).max(1) - 1;
    values.get(place).copied().unwrap_or(f64::NAN)
}
