use super::super::testing::{Bench, job, owner, success};
use super::*;
use crate::error::ErrorKind;

fn estimate(bench: &Bench, job: JobId) -> Option<Estimate> {
    bench.client.estimate(job).unwrap()
}

/// Start and end in seconds from now.
fn seconds(bench: &Bench, job: JobId) -> (f64, f64) {
    let estimate = estimate(bench, job).unwrap();
    let now = crate::clock::Clock::now(bench.clock.as_ref());
    let from_now = |moment: Timestamp| (moment.as_micros() - now.as_micros()) as f64 / 1e6;
    (from_now(estimate.start_at), from_now(estimate.end_at))
}

#[test]
fn there_is_none_without_history_or_without_a_worker() {
    let bench = Bench::new();
    let first = bench.add(job("work"));
    bench.worker(&owner(1), "default", &["work"], 1);
    assert_eq!(estimate(&bench, first.id), None, "nothing has run yet");
    bench.ran("work", 4);
    assert!(estimate(&bench, first.id).is_some());
    bench.seconds(3_600);
    assert_eq!(estimate(&bench, first.id), None, "its worker fell silent");
    let unknown = bench.client.estimate(JobId::from_bytes([7; 16]));
    assert_eq!(unknown.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn the_mean_is_of_the_newest_runs_of_the_kind() {
    let bench = Bench::new();
    bench.ran("work", 1_000);
    for _ in 0..RUNS_OF_A_KIND {
        bench.ran("work", 3);
    }
    bench.ran("play", 9);
    bench.worker(&owner(1), "default", &["work"], 1);
    let work = bench.add(job("work"));
    let estimate = estimate(&bench, work.id).unwrap();
    assert_eq!((estimate.run_s, estimate.samples), (3.0, RUNS_OF_A_KIND));
    assert_eq!(estimate.samples_before, 0);
    assert_eq!(seconds(&bench, work.id), (0.0, 3.0));
}

#[test]
fn the_work_ahead_is_shared_by_the_slots() {
    let bench = Bench::new();
    bench.ran("work", 4);
    bench.ran("play", 10);
    let worker = owner(1);
    bench.worker(&worker, "default", &["work", "play"], 2);
    bench.start(&bench.add(job("play")), &worker);
    bench.seconds(3);
    let [second, third, fourth] = [job("work"), job("play"), job("work")].map(|job| bench.add(job));
    // One slot is free.
    assert_eq!(seconds(&bench, second.id), (0.0, 4.0));
    // The jobs are a microsecond apart, and so is what is left of the running one.
    let (start, end) = seconds(&bench, third.id);
    assert!((start - (7.0 + 4.0) / 2.0).abs() < 1e-5 && (end - start - 10.0).abs() < 1e-5);
    let (start, _) = seconds(&bench, fourth.id);
    assert!((start - (7.0 + 4.0 + 10.0) / 2.0).abs() < 1e-5);
    let estimate = estimate(&bench, fourth.id).unwrap();
    assert_eq!(
        (estimate.jobs_before, estimate.running, estimate.slots),
        (2, 1, 2)
    );
    assert_eq!((estimate.samples, estimate.samples_before), (1, 1));
}

#[test]
fn a_kind_without_history_counts_like_the_job_itself() {
    let bench = Bench::new();
    bench.ran("work", 4);
    let worker = owner(1);
    bench.worker(&worker, "default", &["work", "new"], 1);
    bench.start(&bench.add(job("work")), &worker);
    bench.add(job("new"));
    let last = bench.add(job("work"));
    let (start, _) = seconds(&bench, last.id);
    assert!((start - 8.0).abs() < 1e-5);
}

#[test]
fn a_job_that_takes_longer_than_usual_ends_now() {
    let bench = Bench::new();
    bench.ran("work", 4);
    let worker = owner(1);
    bench.worker(&worker, "default", &["work"], 1);
    let work = bench.add(job("work"));
    bench.start(&work, &worker);
    bench.seconds(1);
    assert_eq!(seconds(&bench, work.id), (-1.0, 3.0));
    bench.seconds(9);
    assert_eq!(seconds(&bench, work.id), (-10.0, 0.0));
    let next = bench.add(job("work"));
    assert_eq!(seconds(&bench, next.id), (0.0, 4.0));
}

#[test]
fn a_delay_is_kept_and_blocked_and_ended_jobs_have_no_estimate() {
    let bench = Bench::new();
    bench.ran("work", 4);
    let worker = owner(1);
    bench.worker(&worker, "default", &["work"], 1);
    let later = bench.add(job("work").delay(Duration::from_secs(30)));
    assert_eq!(seconds(&bench, later.id), (30.0, 34.0));
    let child = bench.add(job("work").after([later.id]));
    assert_eq!(estimate(&bench, child.id), None);
    bench.finish(bench.start(&later, &worker), success());
    assert_eq!(estimate(&bench, later.id), None);
}

#[test]
fn a_ready_job_starts_before_its_moment_when_the_clock_was_stepped_back() {
    let bench = Bench::new();
    bench.ran("work", 4);
    bench.worker(&owner(1), "default", &["work"], 1);
    let work = bench.add(job("work"));
    bench.clock.step_wall(-3_600_000_000);
    assert_eq!(seconds(&bench, work.id), (0.0, 4.0));
}
