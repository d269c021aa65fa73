"""`FloorJobs`: what an application holds, and what it adds to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from floorjobs.flask import (
    answers,
    commands,
    failures,
    page,
    requests,
    routes,
    settings,
    store,
)

if TYPE_CHECKING:
    from flask import Flask, Response

    from floorjobs.client import Client
    from floorjobs.models import Job


class FloorJobs:
    """Durable jobs for a Flask application.

    Args:
        app: The application; or call `init_app` later.
        url_prefix: Where the routes go; ``API_V1_PREFIX`` of the configuration or the
            environment if unset, else ``/api/v1``.
        page_prefix: Where the page for people goes; ``FLOORJOBS_PAGE`` of the configuration or
            the environment if unset, where ``"off"`` is for nowhere, else ``/floorjobs``.

    The store is opened when it is first used, so an application can be made while it is away.

    Example:
        >>> from flask import Flask
        >>> app = Flask("host")
        >>> app.config["FLOORJOBS_DATABASE_URL"] = f"sqlite:///{folder}/jobs.db"
        >>> jobs = FloorJobs(app)
        >>> app.test_client().get("/health").get_json()
        {'status': 'ok'}
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        url_prefix: str | None = None,
        page_prefix: str | None = None,
    ) -> None:
        """Make the extension, and add it to the application if one is given."""
        self._url_prefix = url_prefix
        self._page_prefix = page_prefix
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Add routes, page and commands to an application, as ``extensions["floorjobs"]``."""
        app.extensions["floorjobs"] = store.Store(app)
        prefix = settings.prefix(app, self._url_prefix)
        app.register_blueprint(routes.blueprint(), url_prefix=prefix or None)
        if prefix:
            app.register_blueprint(routes.health_blueprint())
        failures.answer_strays(app, prefix)
        failures.answer_own_routes(app)
        where = settings.page_prefix(app, self._page_prefix)
        if where is not None:
            app.register_blueprint(page.blueprint(), url_prefix=where or None)
        app.cli.add_command(commands.floorjobs_command)

    @property
    def client(self) -> Client:
        """The client of the current application, to be used in its requests and its context."""
        return store.client()

    def accepted(self, job: Job) -> Response:
        """Return the 202 answer of a route that has stored a job.

        Example:
            ```python
            @app.post("/thumbnails")
            def thumbnail():
                return jobs.accepted(jobs.client.enqueue("thumbnail", request.get_json()))
            ```
        """
        requests.note_stored(job)
        return answers.accepted(job)
