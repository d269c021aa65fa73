"""Layouts that a host proposes, beside those of the native search."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest

import floorjobs
from floorjobs import candidates

from support import starting_worker

SITE = {"perimeter_mm": [[0, 0], [6000, 0], [6000, 5000], [0, 5000]]}
PROGRAM = {
    "rooms": [
        {"id": "a", "type": "private_office", "area_m2": 10.9},
        {"id": "b", "type": "private_office", "area_m2": 10.9},
    ]
}
# Two offices on a corridor. The lines between are off the grid.
PROPOSED = {
    "rooms": [
        {"id": "a", "boundary": [[0, 1262], [2810, 1262], [2810, 4996], [0, 4996]]},
        {"id": "b", "boundary": [[2810, 1262], [6000, 1262], [6000, 4996], [2810, 4996]]},
    ],
    "corridors": [{"id": "hall", "boundary": [[0, 0], [6000, 0], [6000, 1262], [0, 1262]]}],
}


def generate(*sources: candidates.CandidateSource, alternatives: int = 1) -> floorjobs.Design:
    return floorjobs.generate(
        site=SITE, program=PROGRAM, alternatives=alternatives, sources=sources
    )


def walls(design: floorjobs.Design) -> list[Any]:
    layouts = [design.layout, *(other["layout"] for other in design.answer["alternatives"])]
    return [wall for layout in layouts if layout for wall in layout["interior_walls"]]


@pytest.fixture
def unregistered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sources of other tests be, and forget those of this one."""
    monkeypatch.setattr(candidates, "_registered", {})


def test_what_is_proposed_is_put_on_the_grid_and_among_the_layouts() -> None:
    asked: list[tuple[int, list[str]]] = []

    def propose(proposal: Any, round: int, feedback: Any) -> list[Any]:  # noqa: A002
        assert {"plate", "brief", "rules", "corridor_mm", "prompt"} == set(proposal)
        assert {room["id"] for room in proposal["brief"]["rooms"]} >= {"a", "b"}
        asked.append((round, [one["code"] for one in feedback]))
        return [{"rooms": []}] if round == 0 else [PROPOSED]

    design = generate(candidates.CandidateSource("the host", propose), alternatives=8)
    assert design.success
    assert asked[0] == (0, [])
    assert asked[1][0] == 1
    assert "ROOM_MISSING" in asked[1][1]

    def between(wall: Any) -> bool:
        return "x1" in wall and (wall["x1"], wall["y1"]) == (2800, 1250)

    assert any(between(wall) for wall in walls(design))
    assert not any(between(wall) for wall in walls(generate(alternatives=8)))


@pytest.mark.parametrize("answer", [[{}], [{"rooms": [{"id": 1}]}], 3, [object()], "text"])
def test_what_cannot_be_read_is_logged_and_changes_nothing(
    answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[int] = []

    def propose(_proposal: Any, round: int, _feedback: Any) -> Any:  # noqa: A002
        asked.append(round)
        return answer

    with caplog.at_level(logging.ERROR, "floorjobs.candidates"):
        design = generate(candidates.CandidateSource("rubbish", propose))
    assert asked == [0]
    assert "`rubbish`" in caplog.text
    assert design.answer == generate().answer


def test_a_source_that_raises_is_logged_with_its_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def propose(_proposal: Any, _round: int, _feedback: Any) -> Any:
        raise RuntimeError("the model is not there")

    design = generate(candidates.CandidateSource("model", propose))
    assert design.success
    assert "the model is not there" in caplog.text


def test_an_interrupt_in_a_source_comes_through() -> None:
    def propose(_proposal: Any, _round: int, _feedback: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(candidates.CandidateSource("interrupted", propose))


@pytest.mark.usefixtures("unregistered")
def test_bad_sources_are_refused() -> None:
    with pytest.raises(floorjobs.InvalidInputError) as refused:
        candidates.candidate_source(" ")(lambda *_: [])
    assert refused.value.field == "name"
    with pytest.raises(floorjobs.InvalidInputError) as refused:
        candidates.CandidateSource("no function", 7)  # type: ignore[arg-type]
    assert refused.value.field == "propose"

    def propose(_proposal: Any, _round: int, _feedback: Any) -> list[Any]:
        return []

    assert candidates.candidate_source("twice")(propose) is propose
    candidates.candidate_source("twice")(propose)
    with pytest.raises(ValueError, match="twice"):
        candidates.candidate_source("twice")(lambda *_: [])
    assert [source.name for source in candidates.registered()] == ["twice"]


@pytest.mark.usefixtures("unregistered")
def test_the_example_of_the_manual_runs() -> None:
    text = (Path(__file__).parent.parent / "docs" / "generate.md").read_text()
    (example,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102, our own manual
    assert names["design"].success


def test_a_worker_asks_the_sources_of_its_modules(jobs: floorjobs.Client, database: Path) -> None:
    job = jobs.generate(site=SITE, program=PROGRAM)
    log = database.with_suffix(".log")
    options = ("--drain", "--import", "source_tasks")
    with starting_worker(f"sqlite:///{database}", log, *options) as program:
        assert program.process.wait(120) == 0, program.output()
        assert "the host was asked in round 0" in program.output()
    assert jobs.get(job.id).status == "succeeded"
