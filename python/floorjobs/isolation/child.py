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


class _Line:
    """What all attempts of this process share: the way to the worker."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._asking = threading.Lock()
        self._answers: queue.SimpleQueue[tuple[dict[str, Json], bytes]] = queue.SimpleQueue()
        self.attempts: queue.SimpleQueue[_Inner] = queue.SimpleQueue()

    def listen(self) -> None:
        """Take what the worker says, until it is gone."""
        current: _Inner | None = None
        try:
            while True:
                head, blob = self._wire.receive()
                if head["says"] == "job":
                    # Made here and not where it runs: a cancel may follow at once.
                    current = _Inner(self, head)
                    self.attempts.put(current)
                elif head["says"] == "cancel":
                    if current is not None:
                        current.stop(head["reason"])
                else:
                    self._answers.put((head, blob))
        except (EOFError, OSError):
            # Nobody is there who could take what the handler does.
            os._exit(0)

    def tell(self, says: str, **values: Json) -> None:
        """Say something that needs no answer."""
        self._wire.send(says, **values)

    def ask(
        self, says: str, blob: bytes | None = None, **values: Json
    ) -> tuple[dict[str, Json], bytes]:
        """Ask for something and wait for it."""
        with self._asking:
            self._wire.send(says, blob, **values)
            head, answer = self._answers.get()
        if head["says"] == "error":
            raise _error(head)
        return head, answer


class _Inner:
    """The far end of the context of one attempt.

    Everything it says has the attempt's serial number, for threads of a handler may outlive it,
    and what they say is not for the attempt that runs then.
    """

    def __init__(self, line: _Line, head: dict[str, Json]) -> None:
        self._line = line
        self._serial = head["serial"]
        self._job = Job.from_dict(head["job"])
        self._stop = threading.Event()
        self._reason: str | None = None
        self.attempt: int = head["attempt"]

    def stop(self, reason: str) -> None:
        """Have the handler stop."""
        self._reason = reason
        self._stop.set()

    def end(self, text: str, *, goes_on: bool) -> None:
        """Tell how the attempt ended."""
        self._line.tell("end", serial=self._serial, text=text, goes_on=goes_on)

    @property
    def is_cancelled(self) -> bool:
        return self._stop.is_set()

    @property
    def cancel_reason(self) -> str | None:
        return self._reason

    def job(self) -> Job:
        return self._job

    def check(self) -> None:
        if self._stop.is_set():
            raise CancelledError("cancelled")

    def wait(self, seconds: float) -> bool:
        return self._stop.wait(seconds)

    def progress(self, fraction: float, stage: str, message: str | None) -> None:
        self._line.tell(
            "progress",
            serial=self._serial,
            fraction=float(fraction),
            stage=stage,
            message=message,
        )

    def checkpoint(self, value: Json) -> None:
        from floorjobs.client.request import json_text

        text = json_text("value", value)
        self._line.ask("checkpoint", serial=self._serial, value=json.loads(text))

    def read_blob(self, reference: str, limit: int) -> bytes:
        asked = self._line.ask("read_blob", serial=self._serial, reference=reference, limit=limit)
        return asked[1]

    def put_blob(self, data: bytes) -> str:
        asked = self._line.ask("put_blob", bytes(data), serial=self._serial)
        reference: str = asked[0]["value"]
        return reference


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
    line = _Line(wire)
    try:
        function = _function(hello["module"], hello["kind"])
        # Before the limit, which is not to count the stack of this thread.
        threading.Thread(target=line.listen, name="floorjobs-wire", daemon=True).start()
        limit_memory(hello["memory"])
    except Exception as error:  # noqa: BLE001, as it is the host's code that runs here
        wire.send("unusable", error=f"a child process cannot run `{hello['kind']}`: {error!r}")
        return
    goes_on = True
    while goes_on:
        inner = line.attempts.get()
        text, goes_on = _run(function, inner, hello["memory"])
        inner.end(text, goes_on=goes_on)


def _function(module: str, kind: str) -> HandlerFunction:
    importlib.import_module(module)
    from floorjobs import handlers

    known = handlers.registered().get(kind)
    if known is None:
        raise InternalError(f"the module `{module}` registers no handler for `{kind}`")
    return calls.calling(known.function)


def _run(function: HandlerFunction, inner: _Inner, memory: int | None) -> tuple[str, bool]:
    """Run one attempt; returns its ending as text, and whether this process is good for more."""
    before = Usage.now()
    try:
        text = returned(function(Context(inner), inner.job().payload))
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
