"""The client on its own: storing, asking, and what is refused."""

from __future__ import annotations

import datetime as dt
import json
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN = "01890000-0000-7000-8000-000000000000"


def test_a_job_is_returned_as_it_was_stored(jobs: floorjobs.Client) -> None:
    payload = {"page": 1, "names": ["é", "\N{PILE OF POO}"], "size": 1.5, "none": None}
    made = jobs.enqueue("thumbnail", payload, queue="slow", priority=7, max_attempts=2, timeout=1.5)
    assert made == jobs.get(made.id)
    assert (made.kind, made.status, made.payload) == ("thumbnail", "queued", payload)
    assert (made.queue, made.priority, made.max_attempts, made.timeout) == ("slow", 7, 2, 1.5)
    assert (made.attempt, made.errors, made.result, made.error) == (0, 0, None, None)
    assert made.created_at.utcoffset() == dt.timedelta(0)
    assert not made.is_ended
    shape = made.to_dict()
    assert floorjobs.Job.from_dict(json.loads(json.dumps(shape))) == made
    assert shape["created_at"].endswith("Z")


def test_values_cannot_be_changed(jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    with pytest.raises(AttributeError):
        job.status = "succeeded"  # type: ignore[misc]


def test_a_delayed_job_is_queued_with_a_later_time(jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k", delay=60)
    assert job.status == "queued"
    assert dt.timedelta(seconds=59) < job.run_at - job.created_at < dt.timedelta(seconds=61)


def test_a_unique_key_holds_a_second_job_back(jobs: floorjobs.Client) -> None:
    first = jobs.enqueue("k", unique_key="a")
    assert jobs.enqueue("k", unique_key="a").id == first.id
    assert jobs.enqueue("other", unique_key="a").id != first.id
    jobs.cancel(first.id)
    assert jobs.enqueue("k", unique_key="a").id != first.id


def test_many_are_stored_in_order_and_all_or_none(jobs: floorjobs.Client) -> None:
    made = jobs.enqueue_many([{"kind": "k", "payload": n, "priority": n} for n in range(5)])
    assert [job.payload for job in made] == [0, 1, 2, 3, 4]
    assert [job.id for job in jobs.list()] == [job.id for job in reversed(made)]
    with pytest.raises(floorjobs.NotFoundError):
        jobs.enqueue_many([{"kind": "k"}, {"kind": "k", "floorplan_id": 99}])
    assert len(jobs.list()) == 5
    assert jobs.enqueue_many([]) == []


def test_lists_are_filtered_and_paged(jobs: floorjobs.Client) -> None:
    made = jobs.enqueue_many([{"kind": kind, "queue": "q"} for kind in "aabb"])
    jobs.cancel(made[0].id)
    assert {job.id for job in jobs.list(kind="a", status="queued")} == {made[1].id}
    assert jobs.list(status="cancelled")[0].id == made[0].id
    assert jobs.list(queue="other") == []
    newest = jobs.list(limit=2)
    assert [job.id for job in newest] == [made[3].id, made[2].id]
    assert [job.id for job in jobs.list(before=newest[-1].id)] == [made[1].id, made[0].id]


def test_cancel_and_retry_follow_the_states(jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    assert jobs.cancel(job.id).status == "cancelled"
    with pytest.raises(floorjobs.InvalidStateError):
        jobs.cancel(job.id)
    assert jobs.retry(job.id).status == "queued"
    with pytest.raises(floorjobs.InvalidStateError):
        jobs.retry(job.id)
    assert jobs.attempts(job.id) == []


@pytest.mark.parametrize(
    "job_id", [UNKNOWN, "", "nonsense", "x" * 10_000, "\0", UNKNOWN.replace("-", "")]
)
def test_an_unknown_job_is_not_found(jobs: floorjobs.Client, job_id: str) -> None:
    for ask in (jobs.get, jobs.cancel, jobs.retry, jobs.attempts, jobs.wait):
        with pytest.raises(floorjobs.JobNotFoundError) as raised:
            ask(job_id)
        assert raised.value.code == "not_found"
        assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("kind", {"kind": ""}),
        ("kind", {"kind": "two words"}),
        ("kind", {"kind": "x" * 65}),
        ("queue", {"queue": "a/b"}),
        ("priority", {"priority": 1 << 40}),
        ("delay", {"delay": -1}),
        ("delay", {"delay": float("nan")}),
        ("delay", {"delay": float("inf")}),
        ("max_attempts", {"max_attempts": 0}),
        ("max_attempts", {"max_attempts": -1}),
        ("timeout", {"timeout": 0}),
        ("unique_key", {"unique_key": ""}),
        ("unique_key", {"unique_key": "x" * 256}),
        ("payload", {"payload": float("nan")}),
        ("payload", {"payload": object()}),
        ("payload", {"payload": "\ud800"}),
    ],
)
def test_a_bad_argument_is_named(
    jobs: floorjobs.Client, field: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(floorjobs.InvalidInputError) as raised:
        jobs.enqueue(**{"kind": "k", **arguments})
    assert raised.value.field == field
    assert jobs.list() == []


def test_a_nested_payload_is_refused_and_nothing_breaks(jobs: floorjobs.Client) -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(floorjobs.InvalidInputError):
        jobs.enqueue("k", nested)


def test_a_payload_over_the_limit_is_refused(jobs: floorjobs.Client) -> None:
    with pytest.raises(floorjobs.LimitExceededError) as raised:
        jobs.enqueue("k", "x" * (1 << 20))
    assert raised.value.field == "payload"
    assert jobs.enqueue("k", "x" * ((1 << 20) - 2)).status == "queued"


def test_waiting_ends_in_time_or_with_the_job(jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    before = time.monotonic()
    with pytest.raises(floorjobs.WaitTimeout):
        jobs.wait(job.id, timeout=0.1)
    assert time.monotonic() - before >= 0.1
    with pytest.raises(TimeoutError):
        jobs.wait(job.id, timeout=0)
    canceller = threading.Timer(0.05, jobs.cancel, [job.id])
    canceller.start()
    assert jobs.wait(job.id, timeout=20).status == "cancelled"
    canceller.join()


def test_a_signal_ends_the_wait(jobs: floorjobs.Client) -> None:
    class Interrupted(Exception):  # noqa: N818
        pass

    def interrupt(*_: object) -> None:
        raise Interrupted

    job = jobs.enqueue("k")
    before = signal.signal(signal.SIGUSR1, interrupt)
    main = threading.main_thread().ident
    assert main is not None
    sender = threading.Timer(0.05, signal.pthread_kill, [main, signal.SIGUSR1])
    sender.start()
    try:
        with pytest.raises(Interrupted):
            jobs.wait(job.id, timeout=60)
    finally:
        sender.join()
        signal.signal(signal.SIGUSR1, before)


def test_other_threads_run_while_one_waits(jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    counted = 0

    def wait() -> None:
        with pytest.raises(floorjobs.WaitTimeout):
            jobs.wait(job.id, timeout=0.3)

    waiter = threading.Thread(target=wait)
    waiter.start()
    while waiter.is_alive():
        counted += 1
    assert counted > 1000


def test_a_closed_client_says_so(jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    jobs.close()
    jobs.close()
    with pytest.raises(floorjobs.InvalidStateError, match="closed"):
        jobs.get(job.id)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("jobs.db", floorjobs.InvalidInputError),
        ("sqlite:///", floorjobs.InvalidInputError),
        ("postgresql://user:secret@localhost/db?sslmode=maybe", floorjobs.InvalidInputError),
        ("postgresql://user:secret@localhost:1/db", floorjobs.InvalidInputError),
        ("sqlite:////nowhere/at/all/jobs.db", floorjobs.UnavailableError),
        ("sqlite:////dev/null", floorjobs.FloorjobsError),
    ],
)
def test_a_bad_database_url_is_refused(url: str, error: type[floorjobs.FloorjobsError]) -> None:
    with pytest.raises(error) as raised:
        floorjobs.connect(url)
    assert "secret" not in str(raised.value)
    if "/nowhere/" in url:
        assert "is its folder there" in str(raised.value)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (3, "jobs[1]"),
        ({"payload": 1}, "jobs[1].kind"),
        ({"kind": "k", "colour": 1}, "jobs[1].colour"),
        ({"kind": "k", "after": [1]}, "jobs[1].after"),
        ({"kind": "k", "priority": 1 << 40}, "jobs[1].priority"),
    ],
)
def test_what_is_no_request_is_named_by_its_place(
    jobs: floorjobs.Client, request_: Any, field: str
) -> None:
    with pytest.raises(floorjobs.InvalidInputError) as raised:
        jobs.enqueue_many([{"kind": "k"}, request_])
    assert raised.value.field == field
    assert "after_index" not in str(raised.value)
    assert jobs.list() == []
    with pytest.raises(TypeError, match="`pdf` must be a path, bytes, or a file"):
        jobs.ingest(request_)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(floorjobs.FloorjobsError) as raised:
        floorjobs.connect(f"sqlite:///{path}")
    assert raised.value.code in ("corrupt", "unsupported", "invalid_input")
    assert path.read_text().startswith("Dear Sir")


def test_settings_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, database_url: str, database: Path
) -> None:
    monkeypatch.setenv("FLOORJOBS_DATABASE_URL", database_url)
    monkeypatch.setenv("JOB_QUEUE_NAME", "from-environment")
    with floorjobs.connect() as jobs:
        assert jobs.enqueue("k").queue == "from-environment"
    with floorjobs.connect(queue="given") as jobs:
        assert jobs.enqueue("k").queue == "given"
    assert database.exists()
    with pytest.raises(floorjobs.InvalidInputError) as raised:
        floorjobs.connect(max_retries=-1)
    assert raised.value.field == "max_retries"
