"""What an application says about its jobs: `app.config` first, then the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from floorjobs.exceptions import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

DEFAULT_PREFIX = "/api/v1"
DEFAULT_PAGE_PREFIX = "/floorjobs"

# Argument of `floorjobs.connect` -> key in the application's configuration. The same names are
# read from the environment when the configuration has none; `connect` does that.
STORE_SETTINGS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "database_url": ("FLOORJOBS_DATABASE_URL", str),
    "blobs_url": ("FLOORJOBS_BLOBS_URL", str),
    "redis_url": ("REDIS_URL", str),
    "queue": ("JOB_QUEUE_NAME", str),
    "max_retries": ("JOB_MAX_RETRIES", int),
    "retry_delay": ("JOB_RETRY_DELAY_SECONDS", float),
    "durability": ("FLOORJOBS_DURABILITY", str),
}

_OFF = ("", "0", "false", "no", "off")


def of_store(app: Flask) -> dict[str, Any]:
    """Return the arguments of `floorjobs.connect` that the configuration gives.

    Raises:
        InvalidInputError: A value cannot be understood; `field` is its key.
    """
    given: dict[str, Any] = {}
    for argument, (key, convert) in STORE_SETTINGS.items():
        value = app.config.get(key)
        if value is not None:
            given[argument] = _converted(key, value, convert)
    return given


def prefix(app: Flask, given: str | None) -> str:
    """Return where the routes go."""
    return _trimmed(_first(given, app, "API_V1_PREFIX") or DEFAULT_PREFIX)


def page_prefix(app: Flask, given: str | None) -> str | None:
    """Return where the page goes; None if the application wants none."""
    chosen = _first(given, app, "FLOORJOBS_PAGE")
    if chosen is None or chosen is True:
        return DEFAULT_PAGE_PREFIX
    if chosen is False or str(chosen).lower() in _OFF:
        return None
    return _trimmed(str(chosen))


def event_streams(app: Flask) -> int:
    """Return how many requests of one process may be held by streams of events at a time."""
    value = _first(None, app, "FLOORJOBS_EVENTS")
    if value is None or value is False:
        return 0
    number: int = _converted("FLOORJOBS_EVENTS", value, int)
    return max(0, number)


def api_keys(app: Flask) -> list[bytes] | None:
    """Return the keys of which a request must bring one; None if it needs none.

    An application that names ``API_AUTH_KEY`` in its configuration wants a key, even if its value
    is missing: then the list is empty, and only a debugger or a test gets in.
    """
    value = app.config.get("API_AUTH_KEY") or os.environ.get("API_AUTH_KEY")
    if value:
        # Two keys at a time let clients change over from one to the other.
        keys = [value] if isinstance(value, str) else list(value)
        return [key.encode() for key in keys]
    if "API_AUTH_KEY" not in app.config or app.debug or app.testing:
        return None
    return []


def _first(given: object, app: Flask, key: str) -> Any:  # noqa: ANN401, as settings differ
    if given is not None:
        return given
    value = app.config.get(key)
    return os.environ.get(key) if value is None else value


def _trimmed(path: str) -> str:
    return "/" + path.strip("/") if path.strip("/") else ""


def _converted(key: str, value: object, convert: Callable[[Any], Any]) -> Any:  # noqa: ANN401
    try:
        return convert(value)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"`{key}` is {value!r}, which is no {convert.__name__}", key
        ) from error
