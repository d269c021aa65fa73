"""What a request may say of when a job runs: after others, at a moment, once for its key."""

from __future__ import annotations

import datetime as dt
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs

from support import wait_until, worker

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime.now(dt.timezone.utc)


def test_a_job_runs_after_those_it_waits_for(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    payload = {"file": str(notes)}
    first, second = jobs.enqueue_many([{"kind": "note", "payload": payload}] * 2)
    # A higher priority is of no use to a job that waits.
    last = jobs.enqueue("note", payload, priority=9, after=[first, second.id])
    assert (last.status, last.waiting_for) == ("queued", 2)
    # A fork in between changes nothing for either side.
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        try:
            os._exit(0 if jobs.get(last.id).waiting_for == 2 else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with worker(database_url, tmp_path / "worker.log", "--import", "sample_tasks", "--drain"):
        done = jobs.wait(last.id, timeout=20)
    assert (done.status, done.waiting_for) == ("succeeded", 0)
    assert notes.read_text().split()[-1] == last.id
    # Those that ended already hold nobody up.
    assert jobs.enqueue("note", payload, after=[first]).waiting_for == 0


@pytest.mark.parametrize(
    ("policy", "status"), [("cancel", "cancelled"), ("fail", "failed"), ("run", "queued")]
)
def test_what_becomes_of_a_job_whose_parent_did_not_succeed(
    jobs: floorjobs.Client, policy: Any, status: str
) -> None:
    parent = jobs.enqueue("k")
    child = jobs.enqueue("k", after=[parent], on_parent_failure=policy)
    assert child.on_parent_failure == policy
    grandchild = jobs.enqueue("k", after=[child])
    jobs.cancel(parent.id)
    child = jobs.get(child.id)
    assert (child.status, child.waiting_for) == (status, 0)
    if status == "failed":
        assert child.error is not None
        assert parent.id in child.error.message
    expected = "queued" if status == "queued" else "cancelled"
    assert jobs.get(grandchild.id).status == expected
    # A parent that has ended so already is told of at once.
    assert jobs.enqueue("k", after=[parent], on_parent_failure=policy).status == status


def test_a_moment_is_kept_to_the_microsecond(jobs: floorjobs.Client) -> None:
    moment = (NOW + dt.timedelta(days=1)).replace(microsecond=123_456)
    for given in (moment, moment.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=30)))):
        job = jobs.enqueue("k", run_at=given)
        assert (job.status, job.run_at) == ("queued", moment)
    assert jobs.enqueue("k", run_at=NOW - dt.timedelta(days=1)).status == "queued"


def test_a_moment_that_is_none_is_refused_by_name(jobs: floorjobs.Client) -> None:
    for wrong in (5, 5.0, "2030-01-01T00:00:00Z", dt.date(2030, 1, 1)):
        with pytest.raises(floorjobs.InvalidInputError, match="must be a datetime") as refused:
            jobs.enqueue("k", run_at=wrong)  # type: ignore[arg-type]
        assert refused.value.field == "run_at"
    assert jobs.list() == []


def test_a_key_is_held_as_long_as_was_asked(jobs: floorjobs.Client) -> None:
    active = jobs.enqueue("active", unique_key="a")
    week = jobs.enqueue("week", unique_key="a", unique_for=7 * 86_400)
    moment = jobs.enqueue("moment", unique_key="a", unique_for=0.001)
    forever = jobs.enqueue("forever", unique_key="a", unique_for="forever")
    for job in (active, week, moment, forever):
        assert jobs.enqueue(job.kind, unique_key="a").id == job.id
        jobs.cancel(job.id)
    assert jobs.enqueue("active", unique_key="a").id != active.id
    assert jobs.enqueue("week", unique_key="a").id == week.id
    wait_until(lambda: jobs.enqueue("moment", unique_key="a").id != moment.id)
    assert jobs.enqueue("forever", unique_key="a").id == forever.id


def test_each_delay_after_an_error_is_the_jobs_own(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    job = jobs.enqueue("raise", {}, retry_delay=1000)
    assert job.retry_delay == 1000
    with worker(database_url, tmp_path / "worker.log", "--import", "sample_tasks"):
        wait_until(lambda: jobs.get(job.id).errors == 1)
    job = jobs.get(job.id)
    assert dt.timedelta(seconds=490) < job.run_at - job.updated_at <= dt.timedelta(seconds=1000)


def test_many_take_the_same_arguments(jobs: floorjobs.Client) -> None:
    parent = jobs.enqueue("k")
    made = jobs.enqueue_many(
        [
            {"kind": "a", "after": [parent.id], "on_parent_failure": "run"},
            {"kind": "b", "run_at": NOW + dt.timedelta(days=1), "retry_delay": 2},
            {"kind": "c", "unique_key": "x", "unique_for": "forever"},
        ]
    )
    assert [job.waiting_for for job in made] == [1, 0, 0]
    for job in made:
        assert floorjobs.Job.from_dict(job.to_dict()) == job


class _Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"payload": None},
        {"payload": {"a": [1, 2.5, "\N{SNOWMAN}", None, True, {}], "b": 1 << 70}},
        {"payload": {1: 2}},
        {"payload": _Text("text")},
        {"payload": (1, [])},
        {"queue": "slow", "priority": -3, "max_attempts": 2, "unique_key": "a"},
        {"queue": None, "delay": None, "timeout": None, "unique_key": None, "request_id": None},
        {"queue": _Text("slow"), "priority": True},
        {"delay": 60, "timeout": 1.5, "retry_delay": 2},
        {"request_id": "r-1"},
        {"run_at": NOW + dt.timedelta(days=1)},
    ],
)
def test_one_of_many_is_stored_as_one_alone(
    jobs: floorjobs.Client, arguments: dict[str, Any]
) -> None:
    alone = jobs.enqueue("k", **arguments).to_dict()
    [unusual, _] = jobs.enqueue_many([{"kind": _Text("m"), **arguments}, {"kind": "k"}])
    [plain] = jobs.enqueue_many([{**arguments, "kind": "p"}])
    own = {"job_id", "job_type", "created_at", "updated_at", "run_at"}
    for other in (unusual.to_dict(), plain.to_dict()):
        assert {key: other[key] for key in alone.keys() - own} == {
            key: alone[key] for key in alone.keys() - own
        }
        late = [job["run_at"] > job["created_at"] for job in (alone, other)]
        assert late[0] == late[1]


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("run_at", {"run_at": dt.datetime(2030, 1, 1)}),  # noqa: DTZ001, that is the point
        ("run_at", {"run_at": NOW, "delay": 1}),
        ("run_at", {"run_at": dt.datetime.max.replace(tzinfo=dt.timezone(-dt.timedelta(hours=1)))}),
        ("retry_delay", {"retry_delay": -1}),
        ("unique_for", {"unique_key": "a", "unique_for": -1}),
        ("unique_for", {"unique_key": "a", "unique_for": "always"}),
        ("unique_for", {"unique_key": "a", "unique_for": None}),
        ("unique_for", {"unique_for": "forever"}),
        ("unique_for", {"unique_for": 5}),
        ("after", {"after": "01890000-0000-7000-8000-000000000000"}),
        ("after", {"after": ["01890000-0000-7000-8000-000000000000"] * 1_001}),
        ("on_parent_failure", {"on_parent_failure": "panic"}),
    ],
)
def test_a_bad_argument_is_named(
    jobs: floorjobs.Client, field: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(floorjobs.InvalidInputError) as raised:
        jobs.enqueue("k", **arguments)
    assert raised.value.field == field
    with pytest.raises(floorjobs.InvalidInputError) as raised:
        jobs.enqueue_many([{"kind": "k"}, {"kind": "k", **arguments}])  # type: ignore[typeddict-item]
    assert raised.value.field == f"jobs[1].{field}"
    assert jobs.list() == []


def test_jobs_to_wait_for_must_be_there(jobs: floorjobs.Client) -> None:
    for unknown in ("01890000-0000-7000-8000-000000000000", "nonsense"):
        with pytest.raises(floorjobs.NotFoundError):
            jobs.enqueue("k", after=[unknown])
    assert jobs.list() == []
