"""What looking after a store tells."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from floorjobs import _floorjobs as native

if TYPE_CHECKING:
    from floorjobs.models.values import Json

Level = Literal["ok", "warning", "error"]
"""How bad a finding is."""

# By how they ended: succeeded, failed, cancelled.
_KEPT = native.Retention().seconds()


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
class Retention:
    """How long ended jobs are kept, in seconds by how they ended; `math.inf` keeps for ever.

    Attributes:
        succeeded: For jobs that succeeded.
        failed: For jobs that failed.
        cancelled: For jobs that were cancelled.

    Raises:
        InvalidInputError: A time is negative, not a number, or over ten years.

    Example:
        >>> Retention(failed=90 * 86_400.0)
        Retention(succeeded=604800.0, failed=7776000.0, cancelled=604800.0)
    """

    succeeded: float = _KEPT[0]
    failed: float = _KEPT[1]
    cancelled: float = _KEPT[2]

    def __post_init__(self) -> None:
        """Check the times."""
        self.native()

    def native(self) -> native.Retention:
        """Return it as the native module takes it."""
        return native.Retention(
            succeeded=self.succeeded, failed=self.failed, cancelled=self.cancelled
        )


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
