"""Looking after the store."""

from __future__ import annotations

from floorjobs.client.opened import Opened
from floorjobs.models import Retention, Swept
from floorjobs.models.values import object_from


class Operating(Opened):
    """The part of the client for those who run the store."""

    def check_health(self) -> None:
        """Make sure that the store of jobs answers.

        Raises:
            UnavailableError: It does not; the message says why.
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
        return self._native.prune((retention or Retention()).native())

    def sweep(self) -> Swept:
        """Remove files that nothing names and nobody has stored for 24 h; workers do that, too."""
        return Swept(**object_from(self._native.sweep()))
