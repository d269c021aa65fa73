"""What crosses between Python and the library without JSON text: payloads, results, jobs."""

from __future__ import annotations

import dataclasses
import enum
import io
import json
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs
import sample_tasks  # noqa: F401, its handlers
from floorjobs import worker
from floorjobs.console import Console

from support import PLAN, wait_until

if TYPE_CHECKING:
    from pathlib import Path


class Colour(str, enum.Enum):
    RED = "red"


class Size(int):
    pass


PLAIN = [
    {},
    {"page": 1, "pages": [1, 2, 3], "deep": {"list": [{"a": [[]]}]}},
    [None, True, False, 0, -1, 2**63 - 1, -(2**63), 2**64 - 1],
    [0.0, -0.0, 0.1, 1e300, 5e-324, 1.0],
    ["", "é", "\U0001f6aa", "a\x00b", '"\\\n'],
    {"z": 1, "a": 2, "": 3},
    "text",
    7,
    False,
]
OTHERS = [
    (1, (2, "three")),
    {1: "one", None: 0, 2.5: "half"},
    {True: "yes"},
    {"colour": Colour.RED, "size": Size(5)},
    {Colour.RED: 1},
]
REFUSED = [
    float("nan"),
    [float("inf")],
    {"a": {1, 2}},
    pytest.param({"when": object()}, id="an object"),
    {(1, 2): "a tuple is no key"},
    "half of a pair: \ud83d",
]


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal to the last type and digit, in the same order."""
    return json.dumps(one) == json.dumps(other) and repr(one) == repr(other)


@pytest.mark.parametrize("value", PLAIN + OTHERS, ids=repr)
def test_a_payload_comes_back_as_json_would_bring_it(jobs: floorjobs.Client, value: Any) -> None:
    expected = json.loads(json.dumps(value))
    job = jobs.enqueue("echo", value)
    assert _same(job.payload, expected)
    assert _same(jobs.get(job.id).payload, expected)


@pytest.mark.parametrize("value", REFUSED, ids=repr)
def test_what_json_cannot_hold_is_refused(jobs: floorjobs.Client, value: Any) -> None:
    with pytest.raises(floorjobs.InvalidInputError) as refused:
        jobs.enqueue("echo", value)
    assert refused.value.field == "payload"
    assert jobs.list() == []


def test_a_payload_that_holds_itself_or_is_too_deep_is_refused(jobs: floorjobs.Client) -> None:
    itself: list[Any] = []
    itself.append(itself)
    deep: list[Any] = []
    for _ in range(500):
        deep = [deep]
    for value in (itself, deep):
        with pytest.raises(floorjobs.InvalidInputError):
            jobs.enqueue("echo", value)


@pytest.mark.parametrize("value", PLAIN + OTHERS, ids=repr)
def test_a_handler_gets_and_returns_values_as_json_would(
    jobs: floorjobs.Client, value: Any
) -> None:
    got = []

    def handler(ctx: floorjobs.Context, payload: Any) -> Any:
        got.extend([payload, ctx.job.payload])
        return value

    expected = json.loads(json.dumps(value))
    ended = jobs.run_here(jobs.enqueue("echo", value).id, handler)
    assert ended.status == "succeeded"
    assert _same([ended.result, *got], [expected] * 3)


@pytest.mark.parametrize("value", REFUSED, ids=repr)
def test_a_result_that_json_cannot_hold_ends_the_job(jobs: floorjobs.Client, value: Any) -> None:
    ended = jobs.run_here(jobs.enqueue("echo").id, lambda _ctx, _payload: value)
    assert ended.error is not None
    assert (ended.status, ended.error.code) == ("failed", "invalid_input")


def test_a_job_is_the_same_however_it_comes_to_python(
    jobs: floorjobs.Client, tmp_path: Path
) -> None:
    """Events bring jobs as JSON, everything else field by field."""
    untouched = {field.name for field in dataclasses.fields(floorjobs.Job)}

    def compare(job: floorjobs.Job) -> None:
        nonlocal untouched
        as_json = next(iter(jobs.events(job.id))).job
        assert jobs.get(job.id) == job == as_json
        assert job in jobs.list()
        names = job.__slots__
        assert [type(getattr(job, name)) for name in names] == [
            type(getattr(as_json, name)) for name in names
        ]
        untouched = {name for name in untouched if getattr(job, name) in (None, 0)}

    def fails(_ctx: floorjobs.Context, _payload: Any) -> None:
        raise floorjobs.Permanent("no", code="infeasible") from ValueError("behind it")

    def runs(function: Any) -> floorjobs.Job:
        return jobs.run_here(jobs.enqueue("echo").id, function)

    parent = jobs.enqueue("echo")
    later = jobs.enqueue(
        "echo",
        queue="slow",
        priority=-4,
        delay=100,
        max_attempts=7,
        timeout=1.5,
        retry_delay=2.25,
        after=[parent],
        on_parent_failure="run",
        request_id="abc-1",
    )
    for job in (parent, later, jobs.ingest(PLAN, project_id=3, unique_key="plan")):
        compare(job)
    compare(runs(fails))
    compare(runs(lambda _ctx, _payload: {"answer": 1}))
    compare(runs(lambda _ctx, _payload: "x" * (1 << 20)))
    compare(jobs.cancel(jobs.enqueue("echo").id))
    held = jobs.hold(jobs.enqueue("echo").id)
    compare(held)
    compare(jobs.complete(held.id, {"place": "elsewhere"}))

    keeps = jobs.enqueue("keeps", queue="apart")
    go_on = tmp_path / "go-on"
    reports = jobs.enqueue("hold", {"until": str(go_on)}, queue="apart")
    runner = threading.Thread(
        target=worker.run, args=(jobs,), kwargs={"queues": ["apart"], "drain": True}
    )
    runner.start()
    wait_until(lambda: jobs.get(reports.id).progress is not None)
    compare(jobs.get(reports.id))
    go_on.touch()
    runner.join(60)
    compare(jobs.get(keeps.id))
    # What only a crash, a stop, a watchdog, or a part that is not made yet can set.
    assert untouched == {"crashes", "interruptions", "cancel_requested", "stalled_since", "bom_id"}


@pytest.mark.parametrize("live", [False, True])
def test_a_console_on_any_stream_shows_each_event(jobs: floorjobs.Client, *, live: bool) -> None:
    job = jobs.enqueue("echo", {"n": 1})
    stream = io.StringIO()
    code = worker.run(jobs, drain=True, console=Console(stream, live=live))
    assert code == 0
    shown = stream.getvalue()
    assert f" INFO job_started job_id={job.id} kind=echo attempt=1 queue=default\n" in shown
    line = rf" INFO succeeded job_id={job.id} kind=echo attempt=1 seconds=\d+\.\d+\n"
    assert re.search(line, shown)
    assert ("[........................]" in shown) is live
