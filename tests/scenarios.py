"""Scenarios of tests/scenarios: told once, played through a face of the library."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent / "scenarios"
DATA = Path(__file__).parent / "data"


class Refused(Exception):  # noqa: N818, as it is what a step may expect
    """What a face answered instead of an answer."""

    def __init__(self, code: str, field: str | None, sentence: str) -> None:
        super().__init__(f"{code} ({field}): {sentence}")
        self.code, self.field = code, field


class Face(Protocol):
    """One way into the library."""

    def do(self, call: str, arguments: dict[str, Any]) -> Any:
        """Call something; raise `Refused` for an error of the library."""


def names() -> list[str]:
    """Return the names of all scenarios."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def play(name: str, face: Face) -> None:
    """Play a scenario, and compare each answer with what it expects."""
    scenario = tomllib.loads((FOLDER / f"{name}.toml").read_text())
    saved: dict[str, Any] = {}
    for number, step in enumerate(scenario["steps"], 1):
        unknown = set(step) - {"do", "with", "as", "expect", "absent", "error", "field"}
        assert not unknown, f"{name}, step {number}: {unknown}"
        place = f"{name}, step {number}, {step['do']}"
        arguments = filled(step.get("with", {}), saved)
        answer, refused = _asked(face, step["do"], arguments)
        if refused is not None:
            assert step.get("error") == refused.code, f"{place}: {refused}"
            assert step.get("field", refused.field) == refused.field, f"{place}: {refused}"
            continue
        assert "error" not in step, f"{place}: {step['error']} was expected, not {answer}"
        if "expect" in step:
            differs = difference(filled(step["expect"], saved), answer, "")
            assert differs is None, f"{place}: {differs}"
        for field in step.get("absent", ()):
            assert answer[field] is None, f"{place}: {field} is {answer[field]}"
        if "as" in step:
            saved[step["as"]] = answer


def _asked(face: Face, call: str, arguments: dict[str, Any]) -> tuple[Any, Refused | None]:
    try:
        return face.do(call, arguments), None
    except Refused as refused:
        return None, refused


def filled(value: Any, saved: Mapping[str, Any]) -> Any:
    """Put ids and fields of earlier answers in the places of their names."""
    if isinstance(value, dict):
        return {key: filled(one, saved) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, saved) for one in value]
    named = re.fullmatch(r"\$(\w+)(?:\.(\w+))?", value) if isinstance(value, str) else None
    return value if named is None else saved[named[1]][named[2] or "job_id"]


def difference(expected: Any, answer: Any, path: str) -> str | None:
    """Return where an answer does not hold what is expected; None if it does."""
    if isinstance(expected, dict):
        if not isinstance(answer, dict):
            return f"{path}: {answer!r} is no object"
        pairs = [(f"{path}.{key}", one, answer.get(key)) for key, one in expected.items()]
    elif isinstance(expected, list):
        if not isinstance(answer, list) or len(answer) != len(expected):
            return f"{path}: {answer!r} has not {len(expected)} entries"
        pairs = [(f"{path}[{n}]", one, answer[n]) for n, one in enumerate(expected)]
    else:
        same = expected == answer and isinstance(expected, bool) == isinstance(answer, bool)
        return None if same else f"{path}: {answer!r} instead of {expected!r}"
    differences = (difference(one, found, place) for place, one, found in pairs)
    return next((found for found in differences if found is not None), None)
