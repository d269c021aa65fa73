"""What looking after a store tells."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from floorjobs.models.values import Json

Level = Literal["ok", "warning", "error"]
"""How bad a finding is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `Client.doctor` looked at.

    Attributes:
        name: What it looked at, in a word or two.
        level: How bad it is.
        message: What it found, and what to do about it.
    """

    name: str
    level: Level
    message: str

    def to_dict(self) -> dict[str, Json]:
        """Return its JSON shape, ready for `json.dumps`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class IntegrityReport:
    """What `Client.check_integrity` found.

    Attributes:
        problems: What is wrong; empty if nothing is.
        blobs_checked: How many files were compared with their checksums.
    """

    problems: tuple[str, ...]
    blobs_checked: int

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_dict(self) -> dict[str, Json]:
        """Return its JSON shape, ready for `json.dumps`."""
        return {"problems": list(self.problems), "blobs_checked": self.blobs_checked}


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A copy of the database.

    Attributes:
        path: Where it lies.
        bytes: Its size.
    """

    path: Path
    bytes: int

    def to_dict(self) -> dict[str, Json]:
        """Return its JSON shape, ready for `json.dumps`."""
        return {"path": str(self.path), "bytes": self.bytes}


@dataclass(frozen=True, slots=True)
class Swept:
    """What `Client.sweep` removed.

    Attributes:
        blobs: Files that nothing named any more.
        unfinished: Files whose writing was broken off.
    """

    blobs: int
    unfinished: int

    def to_dict(self) -> dict[str, Json]:
        """Return its JSON shape, ready for `json.dumps`."""
        return asdict(self)
