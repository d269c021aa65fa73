"""The C library by its shared object, as a host in C calls it: for tests that play scenarios."""

from __future__ import annotations

import ctypes
import json
import os
from ctypes import byref, c_char_p, c_double, c_int, c_int64, c_size_t, c_uint32, c_void_p
from pathlib import Path
from typing import Any

import scenarios

ROOT = Path(__file__).parent.parent


class Str(ctypes.Structure):
    """`fj_str`."""

    _fields_ = [("data", c_char_p), ("len", c_size_t)]


class String(ctypes.Structure):
    """`fj_string`."""

    _fields_ = [("data", c_void_p), ("len", c_size_t)]


class ClientOptions(ctypes.Structure):
    """`fj_client_options`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("database_url", Str),
        ("blobs_url", Str),
        ("redis_url", Str),
        ("queue", Str),
        ("durability", Str),
        ("has_max_retries", c_int),
        ("max_retries", c_uint32),
        ("has_retry_delay", c_int),
        ("retry_delay_seconds", c_double),
    ]


HANDLER = ctypes.CFUNCTYPE(c_void_p, c_void_p, c_void_p)


class WorkerOptions(ctypes.Structure):
    """`fj_worker_options`, as a program knows it that was built before `max_jobs`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("queues", c_void_p),
        ("queue_count", c_size_t),
        ("concurrency", c_uint32),
        ("drain", c_int),
        ("timeout_seconds", c_double),
        ("lease_seconds", c_double),
        ("stall_after_seconds", c_double),
        ("stall_action", c_int),
        ("shutdown_grace_seconds", c_double),
        ("handle_signals", c_int),
        ("keep_unnamed_blobs", c_int),
        ("on_event", c_void_p),
        ("event_userdata", c_void_p),
        ("release_event_userdata", c_void_p),
    ]


class Handler(ctypes.Structure):
    """`fj_handler`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("run", HANDLER),
        ("userdata", c_void_p),
        ("release", c_void_p),
        ("timeout_seconds", c_double),
        ("retry_delay_seconds", c_double),
        ("stall_after_seconds", c_double),
        ("stall_action", c_int),
        ("max_attempts", c_uint32),
        ("concurrency", c_uint32),
    ]


def library() -> Path:
    """Return where the build leaves the shared object."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "debug" / "libfloorjobs.so"


def text(value: str | None) -> Str:
    """Return a borrowed text."""
    data = None if value is None else value.encode()
    return Str(data, 0 if data is None else len(data))


class CFace:
    """A client, and workers in this process."""

    def __init__(self, database_url: str, blobs: Path) -> None:
        self.lib = ctypes.CDLL(str(library()))
        self.lib.fj_status_code.restype = c_char_p
        self.lib.fj_error_message.restype = Str
        self.lib.fj_error_field.restype = Str
        for name in ("message", "field"):
            getattr(self.lib, f"fj_error_{name}").argtypes = [c_void_p]
        for name in ("complete", "retry", "snooze", "error", "fail"):
            getattr(self.lib, f"fj_outcome_{name}").restype = c_void_p
        self.lib.fj_attempt_payload.restype = Str
        self.lib.fj_attempt_number.restype = c_uint32
        self.client = c_void_p()
        options = ClientOptions(
            ctypes.sizeof(ClientOptions), text(database_url), text(f"file:{blobs}")
        )
        self._check(self.lib.fj_client_open, byref(options), byref(self.client))

    def close(self) -> None:
        self.lib.fj_client_free(self.client)

    def do(self, call: str, arguments: dict[str, Any]) -> Any:
        method = getattr(self, f"_{call}")
        return method(**arguments)

    def _check(self, function: Any, *arguments: Any) -> None:
        error = c_void_p()
        status = function(*arguments, byref(error))
        if status == 0:
            return
        code = self.lib.fj_status_code(status).decode()
        message, field = self.lib.fj_error_message(error), self.lib.fj_error_field(error)
        refused = scenarios.Refused(
            code,
            None if field.data is None else field.data[: field.len].decode(),
            message.data[: message.len].decode(),
        )
        self.lib.fj_error_free(error)
        raise refused

    def _ask(self, name: str, *arguments: Any) -> Any:
        answer = String()
        self._check(getattr(self.lib, f"fj_client_{name}"), self.client, *arguments, byref(answer))
        found = ctypes.string_at(answer.data, answer.len)
        self.lib.fj_string_free(byref(answer))
        return json.loads(found)

    def _enqueue(self, **request: Any) -> Any:
        return self._ask("enqueue", text(json.dumps(request)))

    def _enqueue_many(self, jobs: list[Any]) -> Any:
        return self._ask("enqueue_many", text(json.dumps(jobs)))

    def _ingest(self, file: str, **options: Any) -> Any:
        path = text(str(scenarios.DATA / file))
        return self._ask("ingest_file", path, text(json.dumps(options)))

    def _generate(self, prompt: str, site: Any = None, floorplan_id: int | None = None) -> Any:
        request = {"program": {"prompt": prompt}}
        if site is not None:
            request["site"] = site
        options = {"floorplan_id": floorplan_id}
        return self._ask("generate", text(json.dumps(request)), text(json.dumps(options)))

    def _price(self, layout_id: int, **options: Any) -> Any:
        return self._ask("price", c_int64(layout_id), text(json.dumps(options)))

    def _get(self, job: str) -> Any:
        return self._ask("get", text(job))

    def _list(self, **filters: Any) -> Any:
        return self._ask("list", text(json.dumps(filters)))["jobs"]

    def _attempts(self, job: str) -> Any:
        return self._ask("attempts", text(job))

    def _explain(self, job: str) -> Any:
        return self._ask("explain", text(job))

    def _cancel(self, job: str) -> Any:
        return self._ask("cancel", text(job))

    def _retry(self, job: str) -> Any:
        return self._ask("retry", text(job))

    def _pause(self, queue: str) -> None:
        self._check(self.lib.fj_client_pause, self.client, text(queue))

    def _resume(self, queue: str) -> None:
        self._check(self.lib.fj_client_resume, self.client, text(queue))

    def _paused(self) -> Any:
        return [{"queue": queue} for queue, _ in self._ask("paused")]

    def _floorplan(self, id: int) -> Any:  # noqa: A002, as the scenarios call it
        return self._ask("floorplan", c_int64(id))

    def _layout(self, id: int) -> Any:  # noqa: A002
        return self._ask("layout", c_int64(id))

    def _bom(self, id: int) -> Any:  # noqa: A002
        return self._ask("bom", c_int64(id))

    def _run(self) -> list[str]:
        ran: list[str] = []

        def scripted(_userdata: int, attempt: int) -> int:
            payload = self.lib.fj_attempt_payload(c_void_p(attempt))
            wanted = json.loads(payload.data[: payload.len])
            ran.append(wanted["name"])
            number = self.lib.fj_attempt_number(c_void_p(attempt))
            return self._outcome(c_void_p(attempt), number, wanted)

        run = HANDLER(scripted)
        worker, report = c_void_p(), String()
        options = WorkerOptions(ctypes.sizeof(WorkerOptions), concurrency=1, drain=1)
        handler = Handler(ctypes.sizeof(Handler), run)
        self._check(self.lib.fj_worker_new, self.client, byref(options), byref(worker))
        try:
            kind = text("scripted")
            self._check(self.lib.fj_worker_handle, worker, kind, byref(handler))
            self._check(self.lib.fj_worker_run, worker, byref(report))
            told = json.loads(ctypes.string_at(report.data, report.len))
            self.lib.fj_string_free(byref(report))
            assert told == {"reason": "drained", "left_running": 0}
        finally:
            self.lib.fj_worker_free(worker)
        return ran

    def _outcome(self, attempt: c_void_p, number: int, wanted: dict[str, Any]) -> int:
        script = wanted["script"]
        word = script[min(number, len(script)) - 1]
        says, unavailable, invalid = text("the script says so"), 8, 3
        assert self.lib.fj_status_code(unavailable) == b"unavailable"
        assert self.lib.fj_status_code(invalid) == b"invalid_input"
        made: int
        if word == "complete":
            made = self.lib.fj_outcome_complete(text(json.dumps(wanted.get("result"))), text(None))
        elif word == "error":
            made = self.lib.fj_outcome_error(unavailable, says)
        elif word == "fail":
            made = self.lib.fj_outcome_fail(invalid, says)
        elif word == "snooze":
            made = self.lib.fj_outcome_snooze(c_double(3600))
        else:
            assert word in ("retry", "keep"), word
            if word == "keep":
                kept = text(json.dumps({"kept": number}))
                self._check(self.lib.fj_attempt_checkpoint, attempt, kept)
            made = self.lib.fj_outcome_retry(unavailable, says, c_double(0))
        return made
