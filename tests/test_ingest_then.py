"""Reading a floor plan and going on from there, stored in one call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs

from support import HOSTILE, PLAN, starting_worker

if TYPE_CHECKING:
    from pathlib import Path


def test_an_estimate_follows_the_reading(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = jobs.ingest(
        PLAN,
        then=[
            {"kind": "estimate", "payload": {"rate": 5}, "priority": 9},
            {"kind": "echo", "payload": "last", "after": [1]},
        ],
    )
    ingest, estimate, last = made
    assert [job.kind for job in made] == ["ingest", "estimate", "echo"]
    assert (estimate.waiting_for, last.waiting_for) == (1, 2)
    assert {job.floorplan_id for job in made} == {ingest.floorplan_id}
    assert set(jobs.parents(last.id)) == {ingest.id, estimate.id}
    monkeypatch.setenv("FLOORJOBS_DATABASE_URL", database_url)
    options = ["--import", "sample_tasks", "--drain", "--concurrency", "3"]
    with starting_worker(database_url, tmp_path / "worker.log", *options) as program:
        # A worker that drains goes on with what its own jobs have let loose.
        assert program.process.wait(60) == 0, program.output()
    ingest, estimate, last = (jobs.get(job.id) for job in made)
    walls = jobs.floorplan(ingest.floorplan_id or 0).total_wall_count
    assert walls
    assert estimate.result == {"walls": walls, "price": 5 * walls}
    assert last.status == "succeeded"
    ends = [job.finished_at for job in (ingest, estimate, last)]
    assert ends == sorted(ends, key=lambda end: end or ingest.created_at)


def test_what_follows_a_reading_that_failed_is_cancelled(jobs: floorjobs.Client) -> None:
    ingest, estimate, anyway = jobs.ingest(
        HOSTILE / "password_rc4.pdf",
        then=[{"kind": "estimate"}, {"kind": "echo", "on_parent_failure": "run"}],
    )
    assert jobs.run_here(ingest.id).status == "failed"
    assert jobs.get(estimate.id).status == "cancelled"
    assert (jobs.get(anyway.id).status, jobs.get(anyway.id).waiting_for) == ("queued", 0)


def test_the_same_key_brings_the_same_jobs(jobs: floorjobs.Client) -> None:
    then: Any = [{"kind": "estimate"}]
    first = jobs.ingest(PLAN, unique_key="upload-1", then=then)
    again = jobs.ingest(PLAN, unique_key="upload-1", then=then)
    assert [job.id for job in again] == [job.id for job in first]
    assert jobs.ingest(PLAN, unique_key="upload-1").id == first[0].id
    assert len(jobs.list()) == 2
    assert [job.kind for job in jobs.ingest(PLAN, then=[])] == ["ingest"]


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("then[1].max_attempts", {"kind": "k", "max_attempts": 0}),
        ("then[1].kind", {"kind": "two words"}),
        ("then[1].payload", {"kind": "k", "payload": float("nan")}),
        ("then[1].after", {"kind": "k", "after": [2]}),
        ("then[1].after", {"kind": "k", "after": [-1]}),
        ("then[1].delay", {"kind": "k", "delay": -1}),
    ],
)
def test_nothing_is_stored_if_one_is_refused(jobs: floorjobs.Client, field: str, bad: Any) -> None:
    with pytest.raises(floorjobs.InvalidInputError) as raised:
        jobs.ingest(PLAN, then=[{"kind": "k"}, bad])
    assert raised.value.field == field
    assert jobs.list() == []


def test_jobs_of_one_call_wait_for_each_other(jobs: floorjobs.Client) -> None:
    outside = jobs.enqueue("k")
    one, two, three = jobs.enqueue_many(
        [{"kind": "k"}, {"kind": "k", "after": [0]}, {"kind": "k", "after": [1, outside, 0]}]
    )
    assert [job.waiting_for for job in (one, two, three)] == [0, 1, 3]
    assert jobs.parents(two.id) == [one.id]
    assert set(jobs.parents(three.id)) == {one.id, two.id, outside.id}
    with pytest.raises(floorjobs.InvalidInputError) as raised:
        jobs.enqueue("k", after=[0])
    assert raised.value.field == "after"


def test_a_fork_in_between_harms_neither_side(jobs: floorjobs.Client) -> None:
    ingest, after = jobs.ingest(PLAN, then=[{"kind": "echo"}])
    child = os.fork()
    if child == 0:
        try:
            ran = jobs.run_here(ingest.id)
            os._exit(0 if ran.status == "succeeded" else 1)
        finally:
            os._exit(2)
    # The parent sees what the child did, and goes on from there.
    last = [event.job for event in jobs.events(ingest.id, timeout=20)][-1]
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (last.status, jobs.get(after.id).waiting_for) == ("succeeded", 0)
