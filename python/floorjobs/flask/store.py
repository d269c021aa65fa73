"""The store of jobs of one application, opened when it is first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

import floorjobs
from floorjobs.flask import settings

if TYPE_CHECKING:
    from flask import Flask

    from floorjobs.client import Client


class Store:
    """What an application keeps as ``extensions["floorjobs"]``."""

    def __init__(self, app: Flask) -> None:
        """Remember the application whose configuration says where the store is."""
        self._app = app
        self._opened: dict[str, Client] = {}

    def client(self) -> Client:
        """Return the client, opened at the first call."""
        opened = self._opened.get("client")
        if opened is None:
            mine = floorjobs.connect(**settings.of_store(self._app))
            # No lock: one that another thread holds during a fork stays locked in the child.
            opened = self._opened.setdefault("client", mine)
            if opened is not mine:
                mine.close()
        return opened

    def use(self, client: Client | None) -> Client | None:
        """Use a client that is open already, and return the one before; None opens anew."""
        before = self._opened.pop("client", None)
        if client is not None:
            self._opened["client"] = client
        return before


def client() -> Client:
    """Return the client of the current application."""
    store: Store = current_app.extensions["floorjobs"]
    return store.client()
