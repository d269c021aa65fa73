"""Hosts for tests: namespaces with an address, a name and processes of their own, and a cable.

A host is there for as long as the process that made it, however that ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import servers
from support import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

_NEW_NETWORK = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class RefusedError(Exception):
    """The kernel does not let this process make hosts."""


def need() -> None:
    """Skip the test where the kernel allows no hosts; a missing program fails a build server."""
    if not servers.is_here("ip"):
        missing = "no `ip` here: `make servers` installs it"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    try:
        with Host("one", "10.77.0.1") as one, Host("other", "10.77.0.2") as other:
            Cable(one, other)
    except RefusedError as refusal:
        reason = f"no hosts of their own here, so what a cut does is not tried: {refusal}"
        sys.stderr.write(f"SKIPPED: {reason}\n")
        pytest.skip(reason)


class Host:
    """A host with one address, on which programs can be started."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self._folder = Path(tempfile.mkdtemp())
        own = ["--net", "--uts", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"]
        self._keeper = subprocess.Popen(
            ["unshare", *own, servers.SCRIPTS / "host.sh", name, self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # What interrupts the tests ends it by closing its input, not by a signal.
            start_new_session=True,
        )
        assert self._keeper.stdout is not None
        assert self._keeper.stderr is not None
        if self._keeper.stdout.readline() != b"ready\n":
            said = self._keeper.stderr.read().decode()
            self.close()
            _judge(said)
        (self.first,) = servers.children_of(self._keeper.pid)

    def start(self, command: list[str], log: Path, env: dict[str, str]) -> Program:
        """Start a program on this host, with a log that can be read from outside."""
        return Program.in_tests([*self._on("--all"), *command], log, env)

    def order(self, *command: str) -> None:
        """Run a command in the host's network, such as `ip`."""
        done = subprocess.run([*self._on("--net"), *command], capture_output=True, text=True)
        if done.returncode != 0:
            _judge(done.stderr)

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Let the calling thread, and what it starts, use the network of this host."""
        with (
            Path("/proc/thread-self/ns/net").open() as before,
            Path(f"/proc/{self.first}/ns/net").open() as ours,
        ):
            _enter(ours.fileno())
            try:
                yield
            finally:
                _enter(before.fileno())

    def close(self) -> None:
        for pipe in (self._keeper.stdin, self._keeper.stdout, self._keeper.stderr):
            assert pipe is not None
            pipe.close()
        self._keeper.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _on(self, which: str) -> list[str]:
        return ["nsenter", "--target", str(self.first), which, "--"]


class Cable:
    """Connects two hosts by way of a switch that belongs to the first."""

    def __init__(self, near: Host, far: Host) -> None:
        self._near = near
        near.order("ip", "link", "add", "switch", "type", "bridge")
        near.order("ip", "address", "add", f"{near.address}/24", "dev", "switch")
        far_end = ["name", "cable", "netns", str(far.first)]
        near.order("ip", "link", "add", "port", "type", "veth", "peer", *far_end)
        far.order("ip", "address", "add", f"{far.address}/24", "dev", "cable")
        for host, device in ((near, "switch"), (near, "port"), (far, "cable")):
            host.order("ip", "link", "set", device, "up")
        self.heal()

    def cut(self) -> None:
        """Let nothing through any more, without a word to either side."""
        self._near.order("ip", "link", "set", "port", "nomaster")

    def heal(self) -> None:
        self._near.order("ip", "link", "set", "port", "master", "switch")


def _enter(network: int) -> None:
    if _libc.setns(network, _NEW_NETWORK) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _judge(said: str) -> None:
    if "not permitted" in said:
        raise RefusedError(said.strip())
    raise RuntimeError(said)
