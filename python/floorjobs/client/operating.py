"""Looking after the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from floorjobs import models
from floorjobs.client.opened import Opened
from floorjobs.models.values import list_from, object_from

if TYPE_CHECKING:
    import os

    from floorjobs.models import BackupReport, Finding, IntegrityReport, Retention, Swept


class Operating(Opened):
    """The part of the client for those who run the store."""

    def check_health(self) -> None:
        """Make sure that the store of jobs answers.

        Raises:
            UnavailableError: It does not; the message says why.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.check_health()
        """
        self._native.check_health()

    def prune(self, retention: Retention | None = None) -> int:
        """Delete jobs that ended longer ago than they are kept, and return how many.

        Workers do that by themselves. A job that still holds its unique key stays; floor plans
        and what was read from them stay.

        Args:
            retention: How long ended jobs are kept; by default succeeded and cancelled ones 7
                days, failed ones 30.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     ended = jobs.cancel(jobs.enqueue("page").id)
            ...     jobs.prune(), jobs.prune(floorjobs.Retention(cancelled=0))
            (0, 1)
        """
        return self._native.prune((retention or models.Retention()).native())

    def sweep(self) -> Swept:
        """Remove files that nothing names and nobody has stored for 24 h; workers do that, too.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.sweep().blobs
            0
        """
        return models.Swept(**object_from(self._native.sweep()))

    def backup(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> BackupReport:
        """Copy the database into a file while it is in use; workers and hosts go on meanwhile.

        The copy is of one moment, opens in place of the database, and has its name only when it
        is whole and durable. The files beside the database are not in it: copy their folder after
        this, and what the copy names is there.

        Args:
            path: The file to make.
            overwrite: Whether to replace a file that is there.

        Raises:
            InvalidInputError: There is a file already, or it is the database itself.
            UnavailableError: The file cannot be written.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     job = jobs.enqueue("page")
            ...     copy = jobs.backup(f"{folder}/copy.db")
            >>> with connect(f"sqlite:///{copy.path}") as jobs:
            ...     jobs.get(job.id).status
            'queued'
        """
        told = object_from(self._native.backup(path, overwrite))
        return models.BackupReport(Path(told["path"]), told["bytes"])

    def check_integrity(self, *, deep: bool = False) -> IntegrityReport:
        """Return whether everything that is stored is sound.

        Reads the whole database; some seconds for a million jobs. Nobody is kept from writing.

        Args:
            deep: Whether to read every file and compare it with its checksum, too.

        Raises:
            UnavailableError: Something cannot be read at the moment. Damage is no error, but a
                problem in the report.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.check_integrity(deep=True).is_sound
            True
        """
        told = object_from(self._native.check_integrity(deep))
        return models.IntegrityReport(tuple(told["problems"]), told["blobs_checked"])

    def doctor(self) -> list[Finding]:
        """Return what may be wrong with the store and around it: versions, settings, disk, clock.

        What cannot be asked is a finding, too.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     [finding.message for finding in jobs.doctor() if finding.level == "error"]
            []
        """
        return [models.Finding(**finding) for finding in list_from(self._native.doctor())]

    def metrics(self) -> str:
        """Return figures of queues, workers and attempts in the text format of Prometheus.

        A worker or a host serves them where its Prometheus looks.

        Example:
            >>> with connect(f"sqlite:///{folder}/jobs.db") as jobs:
            ...     jobs.metrics().startswith("# ")
            True
        """
        return self._native.metrics()
