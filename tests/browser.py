"""A headless Chromium for the tests of the page, and the application that it looks at."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

import servers
from support import Program, free_port, starting_worker, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

APPLICATION = """\
from flask import Flask
from floorjobs.flask import FloorJobs

app = Flask(__name__)
app.config.from_prefixed_env("HOST")
FloorJobs(app)
"""


def executable() -> str:
    """Return the path of Chromium; without one, a build server fails and a person is told."""
    found = servers._find("chromium", "chromium-browser", "google-chrome")
    if found is None:
        missing = "no Chromium here, so the page is not tried: `make servers` installs it"
        if os.environ.get("CI"):
            pytest.fail(missing)
        sys.stderr.write(f"SKIPPED: {missing}\n")
        pytest.skip(missing)
    return str(found)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium."""
    path = executable()
    from playwright.sync_api import sync_playwright

    # As root, as in a container, there is no sandbox.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Site:
    """The application in a server of its own."""

    def __init__(self, folder: Path, database_url: str, **config: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/floorjobs/"
        (folder / "page_app.py").write_text(APPLICATION)
        command = [sys.executable, "-m", "gunicorn", "--threads", "8", "--chdir", str(folder)]
        command += ["--bind", f"127.0.0.1:{self.port}", "page_app:app"]
        settings = {f"HOST_{name}": value for name, value in config.items()}
        settings["FLOORJOBS_DATABASE_URL"] = database_url
        self.program = Program(command, folder / "server.log", settings)
        wait_until(self._answers, 30, "the server")

    def _answers(self) -> bool:
        assert self.program.process.poll() is None, self.program.output()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False


@contextlib.contextmanager
def site(folder: Path, database_url: str, *, has_worker: bool, **config: str) -> Iterator[Site]:
    """Serve the application, with a worker beside it or without."""
    with contextlib.ExitStack() as stack:
        made = Site(folder, database_url, **config)
        stack.enter_context(made.program)
        if has_worker:
            program = starting_worker(database_url, folder / "worker.log")
            stack.enter_context(program)
            program.wait_for(" started ")
        yield made


@contextlib.contextmanager
def visit(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """Open a page in a window of its own; errors in it, and requests to others, fail the test."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(30_000)
    wrong: list[str] = []
    own = address.split("/floorjobs/")[0]
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on(
        "console",
        lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None,
    )
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((own, "blob:", "data:")) else wrong.append(asked.url)
        ),
    )
    page.goto(address)
    yield page
    context.close()
    assert wrong == []
