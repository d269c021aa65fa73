"""The program of a child process: imports a handler and runs one job after the other.

It ends with its worker, however that ends: the system kills it when the thread that started it is
gone, and the end of the socket ends it where the system does not do that.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import queue
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from floorjobs import calls, logs
from floorjobs.context import Context
from floorjobs.endings import crashed, raised, returned
from floorjobs.exceptions import CancelledError, FloorjobsError, InternalError
from floorjobs.isolation.limits import Usage, die_with, limit_memory
from floorjobs.isolation.wire import Wire
from floorjobs.models import Job

if TYPE_CHECKING:
    from floorjobs.handlers import HandlerFunction
    from floorjobs.models import Json

_MIB = 1 << 20


class _Inner:
    """The far end of a context."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._asking = threading.Lock()
        self._answers: queue.SimpleQueue[tuple[dict[str, Json], bytes]] = queue.SimpleQueue()
        self.jobs: queue.SimpleQueue[dict[str, Json]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._reason: str | None = None
        self._job: Job | None = None
        self.attempt = 0

    def listen(self) -> None:
        """Take what the worker says, until it is gone."""
        try:
            while True:
                head, blob = self._wire.receive()
                if head["says"] == "job":
                    self._stop.clear()
                    self._reason = None
                    self.jobs.put(head)
                elif head["says"] == "cancel":
                    self._reason = head["reason"]
                    self._stop.set()
                else:
                    self._answers.put((head, blob))
        except (EOFError, OSError):
            # Nobody is there who could take what the handler does.
            os._exit(0)

    def begin(self, head: dict[str, Json]) -> Job:
        """Make this the context of another attempt."""
        self._job, self.attempt = Job.from_dict(head["job"]), head["attempt"]
        return self._job

    @property
    def is_cancelled(self) -> bool:
        return self._stop.is_set()

    @property
    def cancel_reason(self) -> str | None:
        return self._reason

    def job(self) -> Job:
        if self._job is None:
            raise InternalError("the child process has no job")
        return self._job

    def check(self) -> None:
        if self._stop.is_set():
            raise CancelledError("cancelled")

    def wait(self, seconds: float) -> bool:
        return self._stop.wait(seconds)

    def progress(self, fraction: float, stage: str, message: str | None) -> None:
        self._wire.send("progress", fraction=float(fraction), stage=stage, message=message)

    def checkpoint(self, value: Json) -> None:
        from floorjobs.client.request import json_text

        self._ask("checkpoint", value=json.loads(json_text("value", value)))

    def read_blob(self, reference: str, limit: int) -> bytes:
        return self._ask("read_blob", reference=reference, limit=limit)[1]

    def put_blob(self, data: bytes) -> str:
        reference: str = self._ask("put_blob", bytes(data))[0]["value"]
        return reference

    def _ask(
        self, says: str, blob: bytes | None = None, **values: Json
    ) -> tuple[dict[str, Json], bytes]:
        with self._asking:
            self._wire.send(says, blob, **values)
            head, answer = self._answers.get()
        if head["says"] == "error":
            raise _error(head)
        return head, answer


def _error(head: dict[str, Any]) -> FloorjobsError:
    from floorjobs import _floorjobs as native

    classes = {code: made for code, _, _, made in native.error_codes()}
    made: FloorjobsError = classes[head["code"]](head["message"], head["field"])
    return made


def main(descriptor: int) -> None:
    """Run jobs until the worker is gone."""
    wire = Wire(descriptor)
    hello, _ = wire.receive()
    for own in (descriptor, hello["last_words"]):
        os.set_inheritable(own, False)  # noqa: FBT003, it takes no name
    die_with(hello["parent"])
    faulthandler.enable(hello["last_words"])
    for number in (signal.SIGTERM, signal.SIGINT):
        # The worker has its own from the same sender, and says what is to become of the job.
        signal.signal(number, lambda *_: None)
    logs.show(_write_line, hello["log"])
    inner = _Inner(wire)
    try:
        function = _function(hello["module"], hello["kind"])
        limit_memory(hello["memory"])
    except Exception as error:  # noqa: BLE001, as it is the host's code that runs here
        wire.send("unusable", error=f"a child process cannot run `{hello['kind']}`: {error!r}")
        return
    threading.Thread(target=inner.listen, name="floorjobs-wire", daemon=True).start()
    while True:
        head = inner.jobs.get()
        text, goes_on = _run(function, inner, head, hello["memory"])
        wire.send("end", text=text, goes_on=goes_on)
        if not goes_on:
            return


def _function(module: str, kind: str) -> HandlerFunction:
    importlib.import_module(module)
    from floorjobs import handlers

    known = handlers.registered().get(kind)
    if known is None:
        raise InternalError(f"the module `{module}` registers no handler for `{kind}`")
    return calls.calling(known.function)


def _run(
    function: HandlerFunction, inner: _Inner, head: dict[str, Json], memory: int | None
) -> tuple[str, bool]:
    """Run one attempt; returns its ending as text, and whether this process is good for more."""
    before = Usage.now()
    try:
        job = inner.begin(head)
        text = returned(function(Context(inner), job.payload))
    except MemoryError:
        limit = "its memory" if memory is None else f"its {memory / _MIB:.0f} MiB of memory"
        # What is left of the handler may be anything.
        return crashed(f"the handler used up {limit}", code="limit_exceeded").text, False
    except BaseException as error:  # noqa: BLE001, an exit is the end of the handler as well
        text = raised(error)
    answer = json.loads(text)
    answer["usage"] = before.until_now()
    return json.dumps(answer), True


def _write_line(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
