"""Whether a worker is alive and of use, over HTTP: for the kubelets and probes of this world.

``/livez`` answers 200 as long as the process answers at all: a database that is away is no reason
to start a worker again. ``/readyz`` answers 200 while the worker beats and the store of jobs
answers, else 503 with the reason. ``/metrics`` has the figures of `Client.metrics` and those of
this worker, in Prometheus' text format.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol

from floorjobs.exceptions import FloorjobsError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from floorjobs.client import Client

_DEFAULT_LEASE_S = 60.0

# The check of the store writes a little, so one answer does for everybody who asks within this.
_ANSWER_HOLDS_S = 1.0

_REQUEST_TIMEOUT_S = 10
_TELL_EVERY_S = 1.0
_BEAT = b"."


class Pulse(Protocol):
    """Whatever beats: a worker, or several."""

    def problem(self) -> str | None:
        """Return why it is not ready, if it is not."""

    def metrics(self) -> str:
        """Return its own lines of metrics."""


class Beats:
    """The signs of life of the worker in this process."""

    def __init__(self, silent: Callable[[], float | None], lease: float | None) -> None:
        """Watch a worker that says for how many seconds it has been silent."""
        self._silent = silent
        # It beats four times in a lease, and may miss one.
        self._limit = (lease or _DEFAULT_LEASE_S) / 2

    def problem(self) -> str | None:
        """Return why it is not ready, if it is not."""
        silent = self._silent()
        if silent is None:
            return "the worker has not started"
        if silent > self._limit:
            return f"the worker has given no sign of life for {silent:.0f} s"
        return None

    def metrics(self) -> str:
        """Return its own lines of metrics."""
        silent = self._silent()
        if silent is None:
            return ""
        name = "floorjobs_worker_silent_seconds"
        return (
            f"# HELP {name} Seconds since the store last accepted a sign of life of this worker.\n"
            f"# TYPE {name} gauge\n"
            f"{name} {silent:.3f}\n"
        )


class Server:
    """An HTTP server on a thread of its own."""

    def __init__(self, host: str, port: int, pulse: Pulse, client: Client) -> None:
        """Start it.

        Raises:
            UnavailableError: The address cannot be used.
        """
        handler = type("Handler", (_Handler,), {"probe": _Probe(pulse, client)})
        try:
            self._server = ThreadingHTTPServer((host, port), handler)
        except OSError as error:
            raise UnavailableError(f"cannot listen on {host}:{port}: {error}") from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="floorjobs-health", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port, which the system chose if 0 was asked for."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Probe:
    def __init__(self, pulse: Pulse, client: Client) -> None:
        self.pulse = pulse
        self.client = client
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._store: str | None = None

    def problem(self) -> str | None:
        return self.pulse.problem() or self._problem_of_store()

    def _problem_of_store(self) -> str | None:
        with self._lock:
            if time.monotonic() - self._asked_at > _ANSWER_HOLDS_S:
                try:
                    self.client.check_health()
                    self._store = None
                except FloorjobsError as error:
                    self._store = f"the store of jobs does not answer ({error.code})"
                self._asked_at = time.monotonic()
            return self._store


class _Handler(BaseHTTPRequestHandler):
    probe: _Probe
    timeout = _REQUEST_TIMEOUT_S
    server_version = "floorjobs"
    sys_version = ""

    def do_GET(self) -> None:
        path = self.path.split("?", 1)[0]
        if path == "/livez":
            self._answer(HTTPStatus.OK, {"alive": True})
        elif path == "/readyz":
            problem = self.probe.problem()
            if problem is None:
                self._answer(HTTPStatus.OK, {"ready": True})
            else:
                self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {"ready": False, "reason": problem})
        elif path == "/metrics":
            self._answer_metrics()
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "there is /livez, /readyz and /metrics"})

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing: probes ask every few seconds."""

    def _answer_metrics(self) -> None:
        try:
            text = self.probe.client.metrics()
        except FloorjobsError as error:
            # What this process knows by itself is worth more then than at other times.
            text = f"# the store of jobs does not answer ({error.code})\n"
        text += self.probe.pulse.metrics()
        self._send(HTTPStatus.OK, "text/plain; version=0.0.4; charset=utf-8", text)

    def _answer(self, status: HTTPStatus, body: dict[str, object]) -> None:
        self._send(status, "application/json", json.dumps(body) + "\n")

    def _send(self, status: HTTPStatus, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Teller:
    """Tells a supervisor through a pipe that this worker beats, every second."""

    def __init__(self, descriptor: int, pulse: Pulse) -> None:
        """Start to."""
        os.set_inheritable(descriptor, False)  # noqa: FBT003, it takes no name
        self._descriptor = descriptor
        self._pulse = pulse
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="floorjobs-tell", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it, and with it the pipe."""
        self._closed.set()
        self._thread.join()
        os.close(self._descriptor)

    def _work(self) -> None:
        while not self._closed.is_set():
            if self._pulse.problem() is None:
                try:
                    os.write(self._descriptor, _BEAT)
                except OSError:
                    # The supervisor is gone, and nobody would start or stop this worker again.
                    os.kill(os.getpid(), signal.SIGTERM)
                    return
            self._closed.wait(_TELL_EVERY_S)
