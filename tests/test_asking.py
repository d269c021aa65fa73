"""Why a job waits, when it will run, what queues hold, and lists of jobs by any filter."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs

from support import wait_until, worker

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN = "01890000-0000-7000-8000-000000000000"


def reasons(jobs: floorjobs.Client, job: floorjobs.Job) -> list[str]:
    return [reason["reason"] for reason in jobs.explain(job.id).reasons]


def test_a_job_says_why_it_waits(jobs: floorjobs.Client) -> None:
    first, second = jobs.enqueue("k"), jobs.enqueue("k")
    told = jobs.explain(first.id)
    assert (told.job_id, told.status, told.position) == (first.id, "queued", 0)
    assert [reason["reason"] for reason in told.reasons] == ["no_worker"]
    assert "no live worker serves" in told.sentence
    assert abs(told.as_of - dt.datetime.now(dt.timezone.utc)) < dt.timedelta(minutes=1)
    assert floorjobs.Explanation.from_dict(told.to_dict()) == told
    assert (jobs.position(second.id), jobs.explain(second.id).position) == (1, 1)

    later = jobs.enqueue("k", delay=1000)
    assert reasons(jobs, later)[0] == "not_due"
    child = jobs.enqueue("k", after=[first])
    told = jobs.explain(child.id)
    assert told.reasons[0] == {
        "reason": "waits_for",
        "jobs": [{"job_id": first.id, "status": "queued"}],
    }
    assert first.id in told.sentence
    assert jobs.parents(child.id) == [first.id]
    for job in (later, child):
        assert (jobs.position(job.id), jobs.explain(job.id).position) == (None, None)

    jobs.pause("default")
    assert "queue_paused" in reasons(jobs, first)
    jobs.resume("default")
    assert "queue_paused" not in reasons(jobs, first)
    jobs.cancel(first.id)
    told = jobs.explain(first.id)
    assert ([reason["reason"] for reason in told.reasons], told.position) == (["ended"], None)


def test_a_worker_changes_what_keeps_a_job(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    options = ["--import", "sample_tasks", "--concurrency", "2"]
    with worker(database_url, tmp_path / "worker.log", *options) as tasks:
        held = jobs.enqueue_many([{"kind": "hold", "payload": {"until": str(done)}}] * 2)
        wait_until(lambda: all(jobs.get(job.id).status == "running" for job in held))
        (reason,) = jobs.explain(held[0].id).reasons
        assert (reason["reason"], reason["pid"]) == ("running", tasks.pid)
        waiting = jobs.enqueue("echo")
        assert reasons(jobs, waiting)[0] == "slots_taken"
        assert reasons(jobs, jobs.enqueue("nobodys")) == ["no_handler", "ready"]
        done.touch()
        assert jobs.wait(waiting.id, timeout=20).status == "succeeded"
        estimate = jobs.estimate(jobs.enqueue("echo", delay=1000).id)
        assert estimate is not None
        assert (estimate.samples, estimate.slots) == (1, 2)
        assert estimate.end_at - estimate.start_at == pytest.approx(
            dt.timedelta(seconds=estimate.run_seconds), abs=dt.timedelta(microseconds=2)
        )
        assert floorjobs.Estimate.from_dict(estimate.to_dict()) == estimate
    assert jobs.estimate(jobs.enqueue("never-ran").id) is None


def test_a_kind_runs_only_so_many_at_a_time(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    options = ["--import", "sample_tasks", "--concurrency", "4"]
    with worker(database_url, tmp_path / "worker.log", *options):
        request: Any = {"kind": "one-at-a-time", "payload": {"until": str(done)}}
        first, second = jobs.enqueue_many([request] * 2)
        wait_until(lambda: jobs.get(first.id).status == "running")
        # A job that came later has run by now, so the worker did pass the second one over.
        assert jobs.wait(jobs.enqueue("echo").id, timeout=20).status == "succeeded"
        assert jobs.get(second.id).status == "queued"
        assert reasons(jobs, second)[0] == "kind_limit"
        done.touch()
        assert jobs.wait(second.id, timeout=20).status == "succeeded"


def test_a_paused_queue_starts_nothing(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    jobs.pause("slow")
    jobs.pause("slow")
    (since,) = jobs.paused().values()
    assert abs(since - dt.datetime.now(dt.timezone.utc)) < dt.timedelta(minutes=1)
    options = ["--import", "sample_tasks", "--queues", "slow,default"]
    with worker(database_url, tmp_path / "worker.log", *options):
        kept = jobs.enqueue("echo", queue="slow")
        # The worker prefers the paused queue, and passed it over for this one.
        assert jobs.wait(jobs.enqueue("echo").id, timeout=20).status == "succeeded"
        assert jobs.get(kept.id).status == "queued"
        (slow,) = [queue for queue in jobs.stats() if queue.queue == "slow"]
        assert (slow.ready, slow.paused_since, slow.oldest_ready) == (1, since, kept.run_at)
        jobs.resume("slow")
        assert jobs.wait(kept.id, timeout=20).status == "succeeded"
    assert jobs.paused() == {}


def test_queues_are_counted_by_state(jobs: floorjobs.Client) -> None:
    assert jobs.stats() == []
    ready, other = jobs.enqueue("k", queue="a"), jobs.enqueue("k", queue="b")
    jobs.enqueue("k", queue="a", delay=1000)
    jobs.enqueue("k", queue="a", after=[other])
    jobs.cancel(jobs.enqueue("k", queue="a").id)
    jobs.hold(jobs.enqueue("k", queue="b").id)
    for end in (jobs.complete, lambda job: jobs.fail(job, "no")):
        end(jobs.hold(jobs.enqueue("k", queue="b").id).id)
    a, b = jobs.stats()
    assert (a.queue, a.ready, a.delayed, a.blocked, a.cancelled) == ("a", 1, 1, 1, 1)
    assert (b.ready, b.running, b.succeeded, b.failed) == (1, 1, 1, 1)
    assert a.oldest_ready == ready.run_at
    assert floorjobs.QueueStats.from_dict(a.to_dict()) == a


def test_lists_take_any_filter(jobs: floorjobs.Client) -> None:
    made = jobs.enqueue_many([{"kind": "k", "unique_key": str(n)} for n in range(4)])
    jobs.cancel(made[1].id)
    ids = [job.id for job in made]

    def found(**filters: Any) -> list[str]:
        return [job.id for job in jobs.list(**filters)]

    assert found(status=["cancelled"]) == [ids[1]]
    assert found(status=("cancelled", "queued")) == ids[::-1]
    assert found(status=[]) == ids[::-1]
    assert found(unique_key="2") == [ids[2]]
    moment = made[2].created_at
    assert set(found(created_after=moment)) | set(found(created_before=moment)) == set(ids)
    day = dt.timedelta(days=1)
    assert found(created_after=moment + day) == found(created_before=moment - day) == []


def test_pages_give_each_job_once(jobs: floorjobs.Client) -> None:
    made = jobs.enqueue_many([{"kind": "k", "payload": n} for n in range(7)])
    seen, cursor = [], None
    while True:
        page = jobs.page(kind="k", limit=3, before=cursor)
        seen += [job.id for job in page.jobs]
        assert floorjobs.JobPage.from_dict(page.to_dict()) == page
        # What comes in between is newer, and on no later page.
        jobs.enqueue("k")
        cursor = page.next
        if cursor is None:
            break
    assert seen == [job.id for job in reversed(made)]


def test_what_cannot_be_asked_is_named(jobs: floorjobs.Client) -> None:
    asks: list[Any] = [jobs.explain, jobs.estimate, jobs.position, jobs.parents]
    for ask in asks:
        for unknown in (UNKNOWN, "nonsense"):
            with pytest.raises(floorjobs.JobNotFoundError):
                ask(unknown)
    naive = dt.datetime(2030, 1, 1)  # noqa: DTZ001, that is the point
    cases: list[tuple[str, dict[str, Any]]] = [
        ("status", {"status": "done"}),
        ("status", {"status": ["queued", "done"]}),
        ("limit", {"limit": 0}),
        ("created_after", {"created_after": naive}),
        ("created_before", {"created_before": naive}),
        ("kind", {"kind": "two words"}),
    ]
    for field, filters in cases:
        for ask in (jobs.list, jobs.page):
            with pytest.raises(floorjobs.InvalidInputError) as raised:
                ask(**filters)
            assert raised.value.field == field
    for change in (jobs.pause, jobs.resume):
        with pytest.raises(floorjobs.InvalidInputError):
            change("a/b")
