"""Layouts that the host proposes beside the native search: those of a language model, say.

A source is a function that is told where rooms are to go and proposes boxes for them:

```python
@floorjobs.candidate_source("my-model")
def propose(proposal, round, feedback):
    rooms = [{"id": room["id"], "boundary": place(room)} for room in proposal["brief"]["rooms"]]
    return [{"rooms": rooms, "corridors": []}]
```

What it proposes is put on the grid, built, checked and weighed as the layouts of the native search,
which always runs. A layout with errors is never given as valid; the source is told what was wrong
and asked again.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from floorjobs.exceptions import InvalidInputError
from floorjobs.models.values import Json, list_from, object_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    Propose: TypeAlias = Callable[
        [dict[str, Json], int, list[dict[str, Json]]], Iterable[Mapping[str, Json]]
    ]

__all__ = ["CandidateSource", "candidate_source", "registered"]

_F = TypeVar("_F", bound="Propose")
_log = logging.getLogger("floorjobs.candidates")


@dataclass(frozen=True, slots=True)
class CandidateSource:
    """Somebody who proposes layouts.

    Attributes:
        name: What ``provenance.solver`` says when a layout of this source is the best.
        propose: Is called with the proposal, the number of the round from 0, and what was wrong
            with the layouts of the round before, each with ``code`` and ``message``; three times
            at most for each attempt of the search. The proposal has ``plate``, ``brief`` with each
            of the ``rooms`` and the area to aim at, ``rules``, ``corridor_mm`` and ``prompt``;
            lengths are millimetres. It returns layouts: objects with ``rooms`` and ``corridors``,
            each a list of objects with ``id``, that of the brief for a room, and ``boundary``, a
            box along the axes as a list of ``[x, y]``. At most 16 are looked at. It may be called
            on any thread, by several jobs at once. When it raises, `logging` is told, and it is
            asked no more.
    """

    name: str
    propose: Propose

    def __post_init__(self) -> None:
        """Refuse what cannot be a source."""
        if not self.name.strip():
            raise InvalidInputError("`name` must not be empty", "name")
        if not callable(self.propose):
            raise InvalidInputError("`propose` must be a function", "propose")


_registered: dict[str, CandidateSource] = {}


def candidate_source(name: str) -> Callable[[_F], _F]:
    """Make the decorated function a source of layouts for the ``generate`` jobs of a worker.

    Args:
        name: What ``provenance.solver`` says when a layout of this source is the best.

    Raises:
        InvalidInputError: The name is not acceptable.
        ValueError: Another function is registered under this name.

    Example:
        >>> @floorjobs.candidate_source("nothing-yet")
        ... def propose(proposal, round, feedback):
        ...     return []
    """

    def register(function: _F) -> _F:
        source = CandidateSource(name, function)
        known = _registered.get(name)
        # A module that is imported again under another name brings the same function.
        if known is not None and _place(known.propose) != _place(function):
            raise ValueError(f"there is another source of layouts with the name `{name}`")
        _registered[name] = source
        return function

    return register


def registered() -> list[CandidateSource]:
    """Return the sources in the order of their names."""
    return [_registered[name] for name in sorted(_registered)]


class Asked:
    """A source as the native module asks it: in JSON."""

    def __init__(self, source: CandidateSource) -> None:
        """Ask this one."""
        self.name = source.name
        self.interrupted: BaseException | None = None
        self._propose = source.propose

    def ask(self, proposal: str, round: int, feedback: str) -> str:  # noqa: A002, the word of all faces
        """Return what the source proposes, or raise what it raised."""
        try:
            layouts = self._propose(object_from(proposal), round, list_from(feedback))
            return json.dumps(list(layouts or ()))
        except Exception:
            _log.exception("the source `%s` of layouts failed and is asked no more", self.name)
            raise
        except BaseException as raised:
            # The search goes on to its end; it cannot be thrown through.
            self.interrupted = raised
            raise


def complain(name: str, why: str) -> None:
    """Say that what a source proposed could not be read."""
    _log.error("the source `%s` of layouts is asked no more: %s", name, why)


def _place(function: Callable[..., object]) -> object:
    code = getattr(function, "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code else function
