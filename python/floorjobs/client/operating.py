"""Looking after the store."""

from __future__ import annotations

from floorjobs.client.opened import Opened


class Operating(Opened):
    """The part of the client for those who run the store."""

    def check_health(self) -> None:
        """Make sure that the store of jobs answers.

        Raises:
            UnavailableError: It does not; the message says why.
        """
        self._native.check_health()
