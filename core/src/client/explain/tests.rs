use super::super::testing::{Bench, job, owner, success};
use super::*;
use crate::clock::Clock;
use crate::error::ErrorKind;
use crate::job::{Failure, NewJob, ParentFailure};
use crate::repository::{Beat, Ending, Heartbeat, Repository};
use serde_json::{Value, json};

/// The tags of the reasons, and the sentence.
fn told(bench: &Bench, job: JobId) -> (Vec<&'static str>, String) {
    let explanation = bench.client.explain(job).unwrap();
    let tags: Vec<_> = explanation.reasons.iter().map(Reason::tag).collect();
    for (reason, tag) in explanation.reasons.iter().zip(&tags) {
        let json = serde_json::to_value(reason).unwrap();
        assert_eq!(json["reason"], *tag, "the tag is the one in the JSON");
    }
    (tags, explanation.sentence)
}

fn tags(bench: &Bench, job: JobId) -> Vec<&'static str> {
    told(bench, job).0
}

fn json_of(bench: &Bench, job: JobId) -> Value {
    serde_json::to_value(bench.client.explain(job).unwrap()).unwrap()
}

#[test]
fn an_unknown_job_is_not_found() {
    let bench = Bench::new();
    let unknown = bench.client.explain(JobId::from_bytes([7; 16]));
    assert_eq!(unknown.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn without_workers_that_is_the_reason() {
    let bench = Bench::new();
    let work = bench.add(job("work"));
    let (tags, sentence) = told(&bench, work.id);
    assert_eq!(tags, ["no_worker"]);
    assert_eq!(
        sentence,
        "The job is in the queue `default`, which no live worker serves (there is none)."
    );
}

#[test]
fn a_worker_of_another_queue_is_named_and_a_silent_one_counted() {
    let bench = Bench::new();
    bench.worker(&owner(1), "default", &["work"], 1);
    bench.clock.advance(SILENT_AFTER);
    let work = bench.add(job("work"));
    assert_eq!(
        tags(&bench, work.id),
        ["no_worker"],
        "a microsecond too old"
    );
    bench.worker(&owner(2), "other", &["work"], 1);
    // A process that holds single jobs takes none of a queue.
    bench.worker(&owner(3), "default", &["work"], 0);
    let json = json_of(&bench, work.id);
    assert_eq!(
        json["reasons"],
        json!([{
            "reason": "no_worker",
            "queue": "default",
            "workers": [{"host": "here", "pid": 2, "queues": ["other"]}],
            "silent": 1,
        }])
    );
    assert_eq!(
        json["sentence"],
        "The job is in the queue `default`, which no live worker serves (process 2 on here \
         serves other); 1 that did fell silent."
    );
}

#[test]
fn a_worker_is_live_for_a_lease_and_a_half() {
    let bench = Bench::new();
    let work = bench.add(job("work"));
    bench.worker(&owner(1), "default", &["work"], 1);
    bench.clock.advance(SILENT_AFTER);
    assert_eq!(tags(&bench, work.id), ["ready"]);
    bench.clock.advance(Duration::from_micros(1));
    assert_eq!(tags(&bench, work.id), ["no_worker"]);
}

#[test]
fn a_kind_that_nobody_can_run_is_told() {
    let bench = Bench::new();
    bench.worker(&owner(1), "default", &["play"], 4);
    let work = bench.add(job("work"));
    let json = json_of(&bench, work.id);
    assert_eq!(
        json["reasons"],
        json!([{
            "reason": "no_handler",
            "kind": "work",
            "queue": "default",
            "workers": [{"host": "here", "pid": 1, "queues": ["default"]}],
        }])
    );
    // The one that can is of another queue, and so of no use.
    bench.worker(&owner(2), "other", &["work"], 4);
    assert_eq!(tags(&bench, work.id), ["no_handler"]);
    bench.worker(&owner(3), "default", &["work"], 4);
    assert_eq!(tags(&bench, work.id), ["ready"]);
}

#[test]
fn taken_slots_are_counted_over_the_workers_that_could_run_it() {
    let bench = Bench::new();
    let workers = [owner(1), owner(2)];
    for worker in &workers {
        bench.worker(worker, "default", &["work"], 1);
    }
    bench.worker(&owner(3), "default", &["play"], 9);
    bench.start(&bench.add(job("work")), &workers[0]);
    let asked = bench.add(job("work"));
    assert_eq!(tags(&bench, asked.id), ["ready"]);
    bench.start(&bench.add(job("play")), &workers[1]);
    let json = json_of(&bench, asked.id);
    assert_eq!(
        json["reasons"],
        json!([{"reason": "slots_taken", "running": 2, "concurrency": 2, "workers": 2}])
    );
    assert_eq!(
        json["sentence"],
        "The job finds every slot taken: 2 live workers that could run it run 2 jobs of 2 at a \
         time."
    );
}

#[test]
fn a_limit_of_the_kind_is_told_when_there_are_slots_left() {
    let bench = Bench::new();
    let workers = [owner(1), owner(2)];
    bench.limited_worker(&workers[0], "default", &["work", "play"], 4, &[("work", 1)]);
    bench.start(&bench.add(job("work")), &workers[0]);
    let asked = bench.add(job("work"));
    let json = json_of(&bench, asked.id);
    assert_eq!(
        json["reasons"],
        json!([{"reason": "kind_limit", "kind": "work", "running": 1, "limit": 1, "workers": 1}])
    );
    let other = bench.add(job("play"));
    assert_eq!(tags(&bench, other.id), ["ready"], "it has no limit");
    bench.worker(&workers[1], "default", &["work"], 1);
    assert_eq!(tags(&bench, asked.id), ["ready"]);
    // One that has no limit but no slot either does not help.
    bench.start(&bench.add(job("work")), &workers[1]);
    let (tags, sentence) = told(&bench, asked.id);
    assert_eq!(tags, ["kind_limit"]);
    assert_eq!(
        sentence,
        "The job finds the limit of its kind reached: 2 live workers that could run it run 2 \
         jobs of the kind `work`, of 1 at a time."
    );
}

#[test]
fn every_reason_that_holds_is_told() {
    let bench = Bench::new();
    let first = bench.add(job("work"));
    bench.client.pause(&first.queue).unwrap();
    let second = bench.add(job("work"));
    assert_eq!(tags(&bench, first.id), ["queue_paused", "no_worker"]);
    let (tags, sentence) = told(&bench, second.id);
    assert_eq!(tags, ["queue_paused", "no_worker", "ready"]);
    assert!(sentence.contains("is paused since 2023-11-14T22:13:20.000001Z;"));
    assert!(sentence.ends_with("; is ready, and 1 job is before it."));
}

#[test]
fn a_position_is_told_when_there_is_nothing_else() {
    let bench = Bench::new();
    bench.worker(&owner(1), "default", &["work"], 1);
    let jobs: Vec<_> = (0..3).map(|_| bench.add(job("work"))).collect();
    let reasons = |n: usize| json_of(&bench, jobs[n].id)["reasons"].clone();
    assert_eq!(reasons(0), json!([{"reason": "ready", "position": 0}]));
    assert_eq!(reasons(2), json!([{"reason": "ready", "position": 2}]));
}

#[test]
fn a_job_that_is_not_due_says_why_as_far_as_can_be_told() {
    let bench = Bench::new();
    let worker = owner(1);
    bench.worker(&worker, "default", &["work"], 1);
    let cause = |job: JobId| json_of(&bench, job)["reasons"][0]["cause"].clone();
    let delayed = bench.add(job("work").delay(Duration::from_secs(9)));
    assert_eq!(tags(&bench, delayed.id), ["not_due"]);
    assert_eq!(cause(delayed.id), "delay");
    let run_at = bench.clock.now().after(Duration::from_secs(9));
    for (ending, expected) in [
        (
            Ending::Retried {
                error: Failure::new(ErrorKind::Internal, "no"),
                run_at,
            },
            "backoff",
        ),
        (Ending::Snoozed { run_at }, "snooze"),
    ] {
        let work = bench.add(job("work"));
        bench.finish(bench.start(&work, &worker), ending);
        assert_eq!(cause(work.id), expected);
    }
    // Started before it was due, and given back: who takes it next need not wait.
    bench.finish(bench.start(&delayed, &worker), Ending::Released);
    assert_eq!(tags(&bench, delayed.id), ["ready"]);
}

#[test]
fn a_crash_is_told_from_an_error() {
    let bench = Bench::new();
    let worker = owner(1);
    let work = bench.add(job("work"));
    let reap = crate::repository::Reap {
        gone: vec![worker.id],
        limit: 9,
        policy: crate::job::RetryPolicy::default(),
        jitter: 0.5,
    };
    for _ in 0..2 {
        bench.start(&work, &worker);
        bench.repository.reap(&reap).unwrap();
    }
    let json = json_of(&bench, work.id);
    assert_eq!(json["reasons"][0]["cause"], "crash");
}

#[test]
fn a_job_that_waits_for_others_names_them() {
    let bench = Bench::new();
    bench.worker(&owner(1), "default", &["work"], 2);
    let parents = [bench.add(job("work")), bench.add(job("work"))];
    bench.start(&parents[1], &owner(2));
    let ids = parents.each_ref().map(|parent| parent.id);
    let child = bench.add(job("work").after(ids).on_parent_failure(ParentFailure::Run));
    let json = json_of(&bench, child.id);
    assert_eq!(
        json["reasons"],
        json!([{"reason": "waits_for", "jobs": [
            {"job_id": ids[0].to_string(), "status": "queued"},
            {"job_id": ids[1].to_string(), "status": "running"},
        ]}])
    );
    assert_eq!(
        json["sentence"],
        format!(
            "The job waits for `{}` (queued), `{}` (running).",
            ids[0], ids[1]
        )
    );
}

#[test]
fn a_running_job_says_where() {
    let bench = Bench::new();
    let worker = owner(7);
    bench.worker(&worker, "default", &["work"], 1);
    let work = bench.add(job("work"));
    let fence = bench.start(&work, &worker);
    let since = bench.clock.now();
    assert_eq!(
        json_of(&bench, work.id)["reasons"],
        json!([{
            "reason": "running", "attempt": 1, "since": since.to_string(),
            "owner": worker.id.to_string(), "host": "here", "pid": 7,
            "cancel_requested": false, "worker_silent": false, "stalled_since": null,
        }])
    );
    let (_, sentence) = told(&bench, work.id);
    assert_eq!(
        sentence,
        format!("The job runs (attempt 1, process 7 on here) since {since}.")
    );
    bench.client.cancel(work.id).unwrap();
    let beat = Beat {
        stalled_since: Some(since),
        ..Beat::of(fence)
    };
    let heartbeat = Heartbeat {
        owner: worker.id,
        beats: vec![beat],
        lease: None,
    };
    bench.repository.heartbeat(&heartbeat).unwrap();
    bench.clock.advance(SILENT_AFTER + Duration::from_micros(1));
    let (_, sentence) = told(&bench, work.id);
    let doubts = format!(
        ", and was asked to stop, but has told nothing new since {since}, and nothing was heard \
         of its worker lately."
    );
    assert!(sentence.ends_with(&doubts), "{sentence}");
}

#[test]
fn an_ended_job_says_how() {
    let bench = Bench::new();
    let ended = |ending: Ending| {
        let job = bench.add(NewJob::new("work").unwrap());
        let ended = bench.finish(bench.start(&job, &owner(1)), ending);
        let at = ended.finished_at.unwrap();
        let explanation = bench.client.explain(job.id).unwrap();
        assert_eq!(explanation.reasons.len(), 1);
        (explanation.sentence, at)
    };
    let (sentence, at) = ended(success());
    assert_eq!(sentence, format!("The job has succeeded at {at}."));
    let (sentence, at) = ended(Ending::Cancelled);
    assert_eq!(sentence, format!("The job was cancelled at {at}."));
}

#[test]
fn a_ready_job_is_not_called_early_when_the_clock_is_stepped_back() {
    let bench = Bench::new();
    bench.worker(&owner(1), "default", &["work"], 1);
    let work = bench.add(job("work"));
    bench.clock.step_wall(-3_600_000_000);
    assert_eq!(tags(&bench, work.id), ["ready"]);
    let later = bench.add(job("work").delay(Duration::from_secs(60)));
    assert_eq!(tags(&bench, later.id), ["not_due"]);
}
