//! What the rows of a job must say of each other.

use std::collections::BTreeMap;

use floorjobs_core::job::JobId;

use super::rows::{JobRow, Rows};

pub(super) fn check(rows: &Rows, violations: &mut Vec<String>) {
    let mut active: BTreeMap<_, JobId> = BTreeMap::new();
    for (id, job) in &rows.jobs {
        let mut say = |what: &str| violations.push(format!("job `{id}` {what}: {job:?}"));
        attempts_are_the_starts(job, &mut say);
        one_end_is_accepted(job, &mut say);
        counters_are_of_attempts(job, &mut say);
        waiting_is_for_somebody(job, &mut say);
        if let Some(key) = &job.unique_key
            && is_active(job)
            && let Some(other) = active.insert((&job.kind, key), *id)
        {
            say(&format!("holds the key of `{other}` as well"));
        }
    }
    for plan in &rows.floorplans {
        // Its ingest may have been deleted since; one that is still there has succeeded.
        if plan.is_read && plan.jobs > 0 && plan.succeeded == 0 {
            violations.push(format!("floor plan {} was read by no success", plan.id));
        }
    }
}

fn is_active(job: &JobRow) -> bool {
    matches!(job.status.as_str(), "queued" | "running")
}

/// The numbers are 1, 2, 3 and so on, up to the job's own.
fn attempts_are_the_starts(job: &JobRow, say: &mut impl FnMut(&str)) {
    let numbers = job.attempts.iter().map(|attempt| attempt.number);
    // Of a job that was started very often, only the newest are kept.
    let oldest = job.attempt.saturating_sub(1_000) + 1;
    if !numbers.eq(oldest..=job.attempt) {
        say("does not have an attempt for each of its starts");
    }
}

/// Exactly the newest attempt of a running job goes on, and a success is the last and the only one.
fn one_end_is_accepted(job: &JobRow, say: &mut impl FnMut(&str)) {
    let newest = job.attempts.last();
    let outcome = newest.and_then(|attempt| attempt.outcome.as_deref());
    let open = job.attempts.iter().filter(|one| one.outcome.is_none());
    if open.count() != usize::from(job.status == "running") {
        say("runs, and its attempts say otherwise");
    }
    if job.owner.is_some() != (job.status == "running") {
        say("has an owner, or none, against its status");
    }
    if job.status == "running"
        && (outcome.is_some() || job.owner.as_ref() != newest.map(|newest| &newest.owner))
    {
        say("is not run by its newest attempt");
    }
    if job.is_finished == is_active(job) {
        say("has a time of its end, or none, against its status");
    }
    let successes = job
        .attempts
        .iter()
        .filter(|one| one.outcome.as_deref() == Some("succeeded"));
    let fits = match job.status.as_str() {
        "succeeded" => outcome == Some("succeeded") && successes.count() == 1,
        // Without an attempt it is a job whose parent failed.
        "failed" => matches!(outcome, None | Some("failed" | "crashed")),
        _ => successes.count() == 0,
    };
    if !fits {
        say("has an end that its attempts do not have");
    }
    if job.result.is_some() && job.status != "succeeded" {
        say("shows a result without a success");
    }
    // Handlers of tests may say who they are.
    if let (Some(result), Some(newest)) = (&job.result, newest) {
        let names = |field: &str, value: u32| result.get(field).is_none_or(|told| *told == value);
        if !names("attempt", newest.number) || !names("pid", newest.pid) {
            say("shows the result of another attempt");
        }
    }
    if job.cancel_requested && job.status != "running" {
        say("is asked to stop and does not run");
    }
}

/// A retry on request sets the counters to zero, so there may be more attempts than they say.
fn counters_are_of_attempts(job: &JobRow, say: &mut impl FnMut(&str)) {
    let ended = |outcomes: &[&str]| {
        let attempts = job.attempts.iter().filter_map(|one| one.outcome.as_deref());
        attempts.filter(|one| outcomes.contains(one)).count() as u32
    };
    if job.errors > ended(&["retried", "failed"])
        || job.crashes > ended(&["crashed"])
        || job.interruptions > ended(&["released"])
    {
        say("counts more ends than there were");
    }
}

/// What a job waits for has not ended; and it is ready only when it waits for nothing.
fn waiting_is_for_somebody(job: &JobRow, say: &mut impl FnMut(&str)) {
    if job.waiting_for as usize != job.waits_for.len() {
        say("does not wait for as many as it says");
    }
    let is_ended =
        |status: &String| matches!(status.as_str(), "succeeded" | "failed" | "cancelled");
    if job.waits_for.iter().any(is_ended) {
        say("waits for a job that has ended");
    }
    if job.status != "queued" && (job.waiting_for > 0 || job.ready) {
        say("waits, or is ready, and is not queued");
    }
}
