"""The messages between a worker and its child processes, over a pair of sockets.

Each message is a JSON object, and one that says so in ``blob`` is followed by raw bytes. The
worker says ``hello`` once, then ``job``, ``cancel`` and, to each request, ``ok`` or ``error``; the
child says ``progress`` and ``end``, and requests ``checkpoint``, ``read_blob`` and ``put_blob``,
each with the serial number of the attempt that it is about.
"""

from __future__ import annotations

import json
import threading
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from floorjobs.models import Json


class Wire:
    """One end. Any thread may send; one thread at a time receives."""

    def __init__(self, descriptor: int) -> None:
        """Take over a descriptor of a socket."""
        self._connection: Connection[Any, Any] = Connection(descriptor)
        self._sending = threading.Lock()

    def send(self, says: str, blob: bytes | None = None, **values: Json) -> None:
        """Send a message.

        Raises:
            OSError: The other end is gone.
        """
        head = json.dumps({"says": says, "blob": blob is not None, **values})
        with self._sending:
            self._connection.send_bytes(head.encode("utf-8", "surrogatepass"))
            if blob is not None:
                self._connection.send_bytes(blob)

    def poll(self, seconds: float) -> bool:
        """Wait so long for a message, or for the end of the other side."""
        return self._connection.poll(seconds)

    def receive(self) -> tuple[dict[str, Json], bytes]:
        """Wait for a message; returns it with its raw bytes.

        Raises:
            EOFError, OSError: The other end is gone.
        """
        text = self._connection.recv_bytes().decode("utf-8", "surrogatepass")
        head: dict[str, Json] = json.loads(text)
        return head, self._connection.recv_bytes() if head["blob"] else b""

    def close(self) -> None:
        """Close this end, by which the other learns that it is over."""
        self._connection.close()
