"""What the parts of the client stand on: the native client."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from floorjobs import _floorjobs as native


class Opened:
    """A store that is open."""

    def __init__(self, inner: native.Client) -> None:
        """Wrap a native client; call `connect` instead."""
        self._native = inner
