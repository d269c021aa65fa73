"""The demonstration: as `make demo` and `make serve` start it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from support import HOSTILE, Program, free_port

DEMO = Path(__file__).parent.parent / "tools" / "demo.py"


def run_demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(DEMO), *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "TMPDIR": str(folder)},
    )


def test_it_shows_the_walls_of_a_plan(tmp_path: Path) -> None:
    done = run_demo(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "202 ACCEPTED" in done.stdout
    assert '"status": "queued"' in done.stdout
    assert re.search(r"^\[#{24}\] 100 % succeeded", done.stdout, re.MULTILINE)
    assert re.search(r"^walls   [1-9]\d*$", done.stdout, re.MULTILINE)
    picture = re.search(r"^picture (.*)$", done.stdout, re.MULTILINE)
    assert picture
    assert Path(picture[1]).read_text().startswith("<svg")
    assert list(tmp_path.iterdir()) == []


def test_it_says_what_is_wrong_with_a_plan(tmp_path: Path) -> None:
    for path, code, text in [
        (HOSTILE / "password_rc4.pdf", 1, "password_required"),
        (HOSTILE / "not_a_pdf.pdf", 1, "the file is not a PDF"),
        (tmp_path / "nowhere.pdf", 2, "there is no file"),
    ]:
        done = run_demo(tmp_path, str(path))
        assert (done.returncode, text in done.stderr) == (code, True), done.stderr
        assert "Traceback" not in done.stderr


def test_it_serves_a_page_until_it_is_stopped(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-u", str(DEMO), "--serve", "--port", str(port)]
    with Program(command, tmp_path / "demo.log") as demo:
        demo.wait_for("open http")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as page:
            assert page.url.endswith("/floorjobs/")
            assert b"<title>Floor plans</title>" in page.read()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as health:
            assert json.load(health) == {"status": "ok"}
        children = Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()
        assert len(children) == 2
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.wait(40) == 0
        assert not any(Path(f"/proc/{child}").exists() for child in children)
