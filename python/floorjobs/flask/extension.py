"""`FloorJobs`: what an application holds, and how it finds its store of jobs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from flask import current_app

import floorjobs
from floorjobs.flask import answers, routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

    from floorjobs.client import Client
    from floorjobs.models import Job

DEFAULT_PREFIX = "/api/v1"

# Argument of `floorjobs.connect` -> key in the application's configuration. The same names are
# read from the environment when the configuration has none; `connect` does that.
_SETTINGS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "database_url": ("FLOORJOBS_DATABASE_URL", str),
    "blobs_url": ("FLOORJOBS_BLOBS_URL", str),
    "redis_url": ("REDIS_URL", str),
    "queue": ("JOB_QUEUE_NAME", str),
    "max_retries": ("JOB_MAX_RETRIES", int),
    "retry_delay": ("JOB_RETRY_DELAY_SECONDS", float),
    "durability": ("FLOORJOBS_DURABILITY", str),
}


class FloorJobs:
    """Durable jobs for a Flask application.

    Args:
        app: The application; or call `init_app` later.
        url_prefix: Where the routes go; ``API_V1_PREFIX`` of the configuration or the
            environment if unset, else ``/api/v1``.

    The store is opened when it is first used, so an application can be made while it is away.
    """

    def __init__(self, app: Flask | None = None, *, url_prefix: str | None = None) -> None:
        """Make the extension, and add it to the application if one is given."""
        self._url_prefix = url_prefix
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Add the routes to an application, and this extension as ``extensions["floorjobs"]``."""
        app.extensions["floorjobs"] = _Store(app)
        prefix = self._url_prefix
        if prefix is None:
            prefix = app.config.get("API_V1_PREFIX") or os.environ.get("API_V1_PREFIX")
        app.register_blueprint(routes.blueprint(), url_prefix=prefix or DEFAULT_PREFIX)
        app.register_blueprint(routes.health_blueprint())

    @property
    def client(self) -> Client:
        """The client of the current application, to be used in its requests and its context."""
        return client()

    def accepted(self, job: Job) -> Response:
        """Return the 202 answer of a route that has stored a job.

        Example:
            ```python
            @app.post("/thumbnails")
            def thumbnail():
                return jobs.accepted(jobs.client.enqueue("thumbnail", request.get_json()))
            ```
        """
        return answers.accepted(job)


def client() -> Client:
    """Return the client of the current application."""
    store: _Store = current_app.extensions["floorjobs"]
    return store.client()


class _Store:
    """The settings of one application, and its client once it was needed."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._opened: dict[str, Client] = {}

    def client(self) -> Client:
        opened = self._opened.get("client")
        if opened is None:
            mine = floorjobs.connect(**self._settings())
            # No lock: one that another thread holds during a fork stays locked in the child.
            opened = self._opened.setdefault("client", mine)
            if opened is not mine:
                mine.close()
        return opened

    def _settings(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for argument, (key, convert) in _SETTINGS.items():
            value = self._app.config.get(key)
            if value is not None:
                try:
                    given[argument] = convert(value)
                except (TypeError, ValueError) as error:
                    raise floorjobs.InvalidInputError(
                        f"`{key}` is {value!r}, which is no {convert.__name__}", key
                    ) from error
        return given
