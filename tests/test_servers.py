"""The servers of the tests do what the tests that use them rely on."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import servers
from support import wait_until


def test_a_postgres_comes_back_with_what_was_committed() -> None:
    servers.need(servers.Postgres)
    with servers.Postgres(work_mem="7MB") as server, servers.new_database(server.url()) as url:
        assert servers.psql(url, "SHOW work_mem") == "7MB"
        servers.psql(url, "CREATE TABLE kept AS SELECT 1 AS n")
        for end in (server.kill, server.stop):
            end()
            assert not server.answers()
            server.start_again()
            assert servers.psql(url, "SELECT count(*) FROM kept") == "1"


def test_a_redis_comes_back_empty() -> None:
    servers.need(servers.Redis)
    with servers.Redis(databases="3") as server:
        assert server.order("SELECT 3").startswith("-ERR")
        assert server.order("SET kept 1") == "+OK"
        assert server.socket.is_socket()
        server.freeze()
        server.thaw()
        server.kill()
        server.start_again()
        assert server.order("EXISTS kept") == ":0"


def test_the_pooler_leads_to_the_server() -> None:
    servers.need(servers.Postgres)
    servers.need(servers.PgBouncer)
    with (
        servers.new_database(servers.shared_postgres()) as url,
        servers.PgBouncer(servers.port_of(url)) as pooler,
    ):
        name = url.rpartition("/")[2]
        assert servers.psql(pooler.url(name), "SELECT current_database()") == name


def test_no_server_outlives_who_started_it() -> None:
    servers.need(servers.Redis)
    program = (
        "import servers, os, signal; server = servers.Redis();"
        "print(server.port, server.folder, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(servers.SCRIPTS.parent)},
        capture_output=True,
        text=True,
    )
    port, _, folder = ended.stdout.strip().partition(" ")
    assert ended.returncode == -signal.SIGKILL

    def is_gone() -> bool:
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", int(port))):
            return not Path(folder).exists()
        return False

    wait_until(is_gone)


def test_a_missing_server_skips_a_test_or_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing(servers.Server):
        programs = ("no-such-server",)

    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-server"):
        servers.need(Missing)
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-server"):
        servers.need(Missing)
