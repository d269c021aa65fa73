"""`python -m floorjobs`: each command, for people and for programs, with good input and bad."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs
from floorjobs import cli
from floorjobs.cli import exits
from floorjobs.cli.output import Output

from support import HOSTILE, PLAN, Program, worker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNKNOWN = "01890000-0000-7000-8000-000000000000"


class Answer:
    """What a command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def data(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[list[str]]:
        return [line.split() for line in self.out.splitlines()]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], jobs: floorjobs.Client, database_url: str
) -> Callable[..., Answer]:
    """Run a command on the store of the test, which is there already."""

    def call(*arguments: str, code: int = 0, quiet: bool = True) -> Answer:
        try:
            ended = cli.main([*arguments, "--database-url", database_url])
        except SystemExit as usage:
            ended = usage.code if isinstance(usage.code, int) else 1
        said = capsys.readouterr()
        answer = Answer(ended, said.out, said.err)
        assert ended == code, said.err
        assert (answer.err == "") == (quiet and code in (0, 1)), answer.err
        return answer

    return call


def test_it_is_a_program(database_url: str, jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    command = [sys.executable, "-m", "floorjobs", "--database-url", database_url, "list", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["jobs"] == [job.to_dict()]
    assert done.stderr == ""
    done = subprocess.run([*command[:3], "--help"], capture_output=True, text=True, check=True)
    for command_name in (
        "generate",
        "bom",
        "price",
        "materials",
        "list",
        "show",
        "retry",
        "cancel",
        "pause",
        "resume",
        "stats",
        "wait",
        "watch",
        "ingest",
        "upload",
        "floorplan",
        "prune",
        "backup",
        "doctor",
        "metrics",
        "migrate",
    ):
        assert f"\n    {command_name} " in done.stdout
    assert "exit codes:" in done.stdout
    assert set(exits._EXITS) <= {code for code, *_ in floorjobs._floorjobs.error_codes()}


def test_list(run: Callable[..., Answer], jobs: floorjobs.Client) -> None:
    assert run("list").rows == [["ID", "KIND", "QUEUE", "STATUS", "ATTEMPT", "AGE", "SAYS"]]
    made = jobs.enqueue_many([{"kind": "page", "queue": "slow"}] * 3)
    jobs.cancel(made[0].id)
    jobs.fail(jobs.hold(made[1].id).id, "two\nlines, \x1b[31mred", code="invalid_pdf")
    table = run("list")
    assert [row[0] for row in table.rows[1:]] == [job.id for job in reversed(made)]
    assert [row[3] for row in table.rows[1:]] == ["queued", "failed", "cancelled"]
    assert "invalid_pdf: two lines, \\x1b[31mred" in table.out
    assert "\x1b" not in table.out
    assert [row[0] for row in run("list", "--status", "failed").rows[1:]] == [made[1].id]
    both = run("list", "--json", "--status", "failed", "--status", "queued").data
    assert [job["status"] for job in both["jobs"]] == ["queued", "failed"]
    assert run("list", "--kind", "other", "--json").data == {"jobs": [], "next": None}
    first = run("list", "--limit", "2")
    assert first.rows[-1] == ["older", "ones:", "--before", made[1].id]
    assert [row[0] for row in run("list", "--before", made[1].id).rows[1:]] == [made[0].id]


def test_show(run: Callable[..., Answer], jobs: floorjobs.Client) -> None:
    parent = jobs.enqueue("page", {"number": 1})
    child = jobs.enqueue("book", after=[parent], unique_key="k")
    shown = run("show", child.id)
    assert ["status", "queued"] in shown.rows
    assert ["waits", "for", "1"] in shown.rows
    assert f"The job waits for `{parent.id}` (queued)" in shown.out
    assert "ATTEMPT" not in shown.out

    def refuse(_ctx: Any, _payload: Any) -> None:
        raise ConnectionError("no route") from TimeoutError("3 s")

    jobs.run_here(parent.id, refuse)
    shown = run("show", parent.id)
    assert "internal: ConnectionError: no route: TimeoutError: 3 s" in shown.out
    assert "caused by: TimeoutError: 3 s" in shown.out
    assert "\nattempt 1 failed at:\n" in shown.out
    assert "Traceback (most recent call last):" in shown.out
    assert 'raise ConnectionError("no route") from' in shown.out
    assert ["payload", '{"number":', "1}"] in shown.rows
    table = shown.rows.index(
        ["ATTEMPT", "OUTCOME", "STARTED", "TOOK", "CPU", "MEMORY", "WORKER", "ERROR"]
    )
    assert shown.rows[table + 1][:2] == ["1", "failed"]
    data = run("show", "--json", parent.id).data
    assert {key: data[key] for key in jobs.get(parent.id).to_dict()} == jobs.get(
        parent.id
    ).to_dict()
    assert data["attempts"] == [attempt.to_dict() for attempt in jobs.attempts(parent.id)]
    assert data["explanation"]["reasons"][0]["reason"] == "ended"
    assert data["estimate"] is None


def test_a_cancelled_job_shows_no_error(run: Callable[..., Answer], jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("page")

    def cancelled(_ctx: Any, _payload: Any) -> None:
        jobs.cancel(job.id)
        raise floorjobs.CancelledError("the work was cancelled")

    jobs.run_here(job.id, cancelled)
    shown = run("show", job.id)
    assert ["status", "cancelled"] in shown.rows
    assert jobs.attempts(job.id)[0].trace
    assert "Traceback" not in shown.out


def test_one_of_several_jobs_that_cannot_be_changed_stops_none_of_the_others(
    jobs: floorjobs.Client, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = jobs.enqueue("k"), jobs.enqueue("k")
    assert cli.main(["cancel", one.id, UNKNOWN, two.id, "--database-url", database_url]) == 66
    said = capsys.readouterr()
    assert said.out == f"{one.id} cancelled\n{two.id} cancelled\n"
    assert said.err == f"not_found: job `{UNKNOWN}` not found\n"


def test_each_command_says_in_its_help_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    for command, about in (("upload", "Stores a PDF to be read by a worker."), ("bom", "A bill")):
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
        assert about in capsys.readouterr().out


def test_options_that_would_do_nothing_are_refused(run: Callable[..., Answer]) -> None:
    assert "--svg" in run("ingest", str(PLAN), "--overlay", code=2).err
    assert "--threads" in run("ingest", str(PLAN), "--threads", "0", code=2).err


def test_cancel_and_retry(run: Callable[..., Answer], jobs: floorjobs.Client) -> None:
    one, two = jobs.enqueue("k"), jobs.enqueue("k")
    assert run("cancel", one.id, two.id).out == f"{one.id} cancelled\n{two.id} cancelled\n"
    assert run("retry", one.id, "--json").data["status"] == "queued"
    jobs.retry(two.id)
    jobs.hold(two.id)
    assert run("cancel", two.id).out == f"{two.id} running, asked to stop\n"


def test_pause_resume_and_stats(run: Callable[..., Answer], jobs: floorjobs.Client) -> None:
    jobs.enqueue("k", queue="slow")
    assert run("pause", "slow", "other").out.startswith("slow is paused since 20")
    assert set(jobs.paused()) == {"slow", "other"}
    head, other, slow = run("stats").rows
    assert head[:3] == ["QUEUE", "READY", "DELAYED"]
    assert (other[0], slow[:2]) == ("other", ["slow", "1"])
    assert "since" in slow
    assert run("stats", "--json").data == [queue.to_dict() for queue in jobs.stats()]
    assert run("resume", "slow", "other", "--json").data == {"paused": []}
    assert run("resume", "slow").out == "slow runs\n"
    assert jobs.paused() == {}


def test_wait(run: Callable[..., Answer], jobs: floorjobs.Client) -> None:
    job = jobs.enqueue("k")
    assert "timeout: " in run("wait", job.id, "--timeout", "0.01", code=75).err
    jobs.complete(jobs.hold(job.id).id)
    assert run("wait", job.id).out == f"{job.id} succeeded\n"
    other = jobs.cancel(jobs.enqueue("k").id)
    assert run("wait", other.id, "--json", code=1).data == other.to_dict()


def test_watch_shows_the_progress_of_a_worker(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    job = jobs.enqueue("hold", {"until": str(tmp_path / "done")})
    command = [sys.executable, "-m", "floorjobs", "--database-url", database_url, "watch", job.id]
    with (
        Program(command, tmp_path / "plain.log") as plain,
        Program([*command, "--json"], tmp_path / "json.log") as programs,
        worker(database_url, tmp_path / "worker.log", "--import", "sample_tasks"),
    ):
        bar = f"[######..................]  25 % {job.id} running holding"
        plain.wait_for(bar)
        programs.wait_for('"stage": "holding"')
        (tmp_path / "done").touch()
        assert plain.process.wait(20) == programs.process.wait(20) == 0
    assert plain.output().splitlines()[-1] == f"{job.id} succeeded"
    # Not a terminal: lines, without colours and without going back.
    assert "\x1b" not in plain.output()
    assert "\r" not in plain.output()
    events = [json.loads(line) for line in programs.output().splitlines()]
    assert events[0]["changed"] == ["opened"]
    assert events[-1]["job"] == jobs.get(job.id).to_dict()


def test_a_terminal_gets_colours_and_one_line_that_moves(
    jobs: floorjobs.Client, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.cancel(jobs.enqueue("k").id)

    def said(command: str, no_colour: str = "") -> str:
        ours, theirs = pty.openpty()
        arguments = [sys.executable, "-m", "floorjobs", "--database-url", database_url]
        arguments += [command] if command == "list" else [command, job.id]
        environment = {**os.environ, "NO_COLOR": no_colour, "TERM": "xterm"}
        with os.fdopen(ours, "rb", closefd=True) as reader:
            program = subprocess.Popen(arguments, stdout=theirs, env=environment)
            os.close(theirs)
            text = b""
            while True:
                try:
                    part = os.read(reader.fileno(), 4096)
                except OSError:
                    break
                if not part:
                    break
                text += part
            program.wait(20)
        return text.decode()

    assert "\x1b[33mcancelled" in said("list")
    assert "\x1b" not in said("list", no_colour="1")
    assert f"\r\x1b[2K{job.id} cancelled" in said("watch")


def test_upload(run: Callable[..., Answer], jobs: floorjobs.Client) -> None:
    answer = run("upload", str(PLAN), "--project-id", "7", "--page", "0", "--priority", "2")
    (job,) = jobs.list()
    assert answer.out == f"{job.id} queued floor plan {job.floorplan_id}\n"
    assert (job.payload, job.priority) == ({"page": 0}, 2)
    assert jobs.floorplan(job.floorplan_id or 0).project_id == 7
    data = run("upload", str(PLAN), "--json", "--then", "estimate", "--then", 'p={"a": 1}').data
    estimate, other = data["then"]
    assert (estimate["job_type"], estimate["payload"]) == ("estimate", {})
    assert (other["job_type"], other["payload"], other["waiting_for"]) == ("p", {"a": 1}, 1)
    assert other["floorplan_id"] == data["floorplan_id"]
    assert run("upload", str(HOSTILE / "empty.pdf"), code=2).err.startswith("invalid_pdf: ")
    assert run("upload", "/nowhere.pdf", code=66).err == (
        "not_found: /nowhere.pdf: No such file or directory\n"
    )
    assert "not JSON" in run("upload", str(PLAN), "--then", "k={", code=2).err
    assert len(jobs.list()) == 4


def test_floorplan(run: Callable[..., Answer], jobs: floorjobs.Client, tmp_path: Path) -> None:
    job = jobs.ingest(PLAN)
    plan = str(job.floorplan_id)
    assert run("floorplan", plan, code=1).out == f"floor plan {plan} uploaded\n"
    picture = tmp_path / "plan.svg"
    assert (
        "invalid_state: " in run("floorplan", plan, "--svg", str(picture), code=1, quiet=False).err
    )
    assert not picture.exists()
    jobs.run_here(job.id)
    shown = run("floorplan", plan, "--svg", str(picture))
    found = jobs.floorplan(int(plan))
    assert found.plan is not None
    assert shown.rows[1][0] == PLAN.name
    assert all(room["name"] in shown.out for room in found.plan["rooms"])
    assert picture.read_text(encoding="utf-8") == jobs.floorplan_svg(int(plan))
    assert run("floorplan", plan, "--json").data == found.to_dict()
    assert "not_found: " in run("floorplan", "99", code=66).err


def test_ingest_reads_without_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = ["--database-url", "sqlite:////nowhere/x.db"]
    assert cli.main(["ingest", str(PLAN), *nowhere]) == 0
    table = capsys.readouterr().out.splitlines()
    assert table[0].split()[:4] == ["FILE", "PAGE", "SCALE", "WALLS"]
    assert table[1].split()[0] == PLAN.name
    assert int(table[1].split()[3]) >= 4

    picture = tmp_path / "plan.svg"
    assert cli.main(["ingest", str(PLAN), "--json", "--svg", str(picture)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["coord_space"] == "display_tl"
    assert {"walls", "rooms", "doors", "windows", "scale", "findings"} <= found.keys()
    assert picture.read_text().startswith("<svg ")
    assert "linework" not in picture.read_text()

    folder = tmp_path / "pictures"
    broken = str(HOSTILE / "empty.pdf")
    both = ["ingest", str(PLAN), broken, "--json", "--pages", "all", "--overlay"]
    assert cli.main([*both, "--svg", str(folder)]) == 1
    good, bad = map(json.loads, capsys.readouterr().out.splitlines())
    assert len(good["walls"]) == len(found["walls"])
    assert bad == {"file": broken, "error": "the file is empty", "code": "invalid_pdf"}
    (drawn,) = folder.iterdir()
    assert "linework" in drawn.read_text()

    assert cli.main(["ingest", broken]) == 2
    assert capsys.readouterr().err == "invalid_pdf: the file is empty\n"
    assert cli.main(["ingest", "/nowhere.pdf"]) == 66
    assert cli.main(["ingest", str(tmp_path)]) == 2
    assert cli.main(["ingest", str(PLAN), "--pages", "99"]) == 2
    assert cli.main(["ingest", str(PLAN), broken, "--svg", str(picture)]) == 2


def test_ingest_keeps_every_picture_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twin = tmp_path / "other" / PLAN.name
    twin.parent.mkdir()
    twin.write_bytes(PLAN.read_bytes())
    folder = tmp_path / "pictures"
    files = [str(PLAN), str(twin), "/nowhere.pdf"]
    assert cli.main(["ingest", *files, "--svg", str(folder)]) == 1
    assert "not_found: No such file" in capsys.readouterr().out
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"{PLAN.stem}-2.svg", f"{PLAN.stem}.svg"]


def test_a_reader_can_be_stopped_and_tells_how_far_it_is() -> None:
    reader = floorjobs.PlanReader()
    assert reader.progress == (0.0, "waiting")
    reader.cancel()
    with pytest.raises(floorjobs.CancelledError):
        reader.read(PLAN.read_bytes())
    (reading,) = floorjobs.ingest_pdf(PLAN)
    assert reading.spatial_graph["walls"]
    for wrong in (-1, "first", True):
        with pytest.raises(floorjobs.InvalidInputError, match="pages"):
            floorjobs.PlanReader(wrong)  # type: ignore[arg-type]


def test_prune(run: Callable[..., Answer], jobs: floorjobs.Client) -> None:
    jobs.cancel(jobs.enqueue("k").id)
    nothing = "0 jobs deleted, 0 files and 0 unfinished ones removed\n"
    assert run("prune").out == nothing
    assert run("prune", "--cancelled", "forever", "--failed", "0").out == nothing
    data = run("prune", "--cancelled", "0", "--json").data
    assert data == {"jobs": 1, "blobs": 0, "unfinished": 0}
    assert jobs.list() == []
    assert "a number of days" in run("prune", "--failed", "always", code=2).err
    assert "a number of days" in run("prune", "--failed", "-1", code=2).err


def test_backup(run: Callable[..., Answer], jobs: floorjobs.Client, tmp_path: Path) -> None:
    job = jobs.enqueue("k")
    copy = tmp_path / "copy.db"
    path, *size = run("backup", str(copy)).rows[0]
    assert (path, size[1]) == (str(copy), "KiB")
    assert "invalid_input: " in run("backup", str(copy), code=2).err
    data = run("backup", str(copy), "--overwrite", "--json").data
    assert data == {"path": str(copy), "bytes": copy.stat().st_size}
    away = run("backup", str(tmp_path / "away" / "copy.db"), code=2).err
    assert "away` is not a folder" in away
    with floorjobs.connect(f"sqlite:///{copy}") as restored:
        assert [found.id for found in restored.list()] == [job.id]


def test_doctor(
    run: Callable[..., Answer], jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    jobs.ingest(PLAN)
    plain = run("doctor")
    assert plain.rows[0] == ["LEVEL", "WHAT", "FOUND"]
    assert {row[0] for row in plain.rows[1:]} == {"ok", "warning"}
    assert "integrity" not in plain.out
    assert "nothing is wrong, 1 file compared" in run("doctor", "--deep").out
    data = run("doctor", "--check", "--json").data
    assert (data["ok"], data["integrity"]) == (True, {"problems": [], "blobs_checked": 0})
    assert {finding["name"] for finding in data["findings"]} >= {"schema", "disk_space", "workers"}
    (blob,) = [path for path in tmp_path.glob("jobs.db-blobs/**/*") if path.is_file()]
    blob.unlink()
    assert run("doctor", "--check").code == 0
    missing = run("doctor", "--deep", code=1)
    assert missing.rows[-1][:2] == ["error", "integrity"]
    assert not run("doctor", "--deep", "--json", code=1).data["ok"]


def test_doctor_on_what_cannot_be_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"this is no database" * 1000)
    for path in (garbage, tmp_path / "nowhere.db"):
        url = f"sqlite:///{path}"
        assert cli.main(["doctor", "--database-url", url]) == 1
        said = capsys.readouterr()
        assert said.out.splitlines()[1].startswith("error  open  ")
        assert ("the job database is no database" in said.out) == (path == garbage)
        assert said.err == ""
        assert cli.main(["doctor", "--json", "--database-url", url]) == 1
        assert not json.loads(capsys.readouterr().out)["ok"]
        assert cli.main(["list", "--database-url", url]) in (66, 69)
        capsys.readouterr()


def test_metrics(run: Callable[..., Answer], jobs: floorjobs.Client) -> None:
    jobs.enqueue("k", queue="slow")
    text = run("metrics").out
    assert re.search(r'^floorjobs_jobs\{queue="slow",state="ready"\} 1(\.0)?$', text, re.MULTILINE)
    assert set(run("metrics", "--json").data) == {"metrics"}


def test_bad_input_is_an_answer(run: Callable[..., Answer], jobs: floorjobs.Client) -> None:
    for command in ("show", "retry", "cancel", "wait", "watch"):
        for unknown in (UNKNOWN, "nonsense", "", "\x1b[31m"):
            answer = run(command, unknown, code=66)
            assert answer.err.startswith("not_found: job `")
            assert answer.out == ""
        refused = json.loads(run(command, UNKNOWN, "--json", code=66).err)
        assert set(refused) == {"error", "code", "field"}
    for arguments, text in [
        (["list", "--limit", "0"], "invalid_input: `limit`"),
        (["list", "--limit", "many"], "invalid int"),
        (["list", "--status", "done"], "invalid choice"),
        (["list", "--queue", "a/b"], "invalid_input: `queue`"),
        (["pause", "a/b"], "invalid_input: `queue`"),
        (["wait", UNKNOWN, "--timeout", "-1"], "invalid_input: `timeout`"),
        (["nonsense"], "invalid choice"),
        ([], "required"),
    ]:
        assert text in run(*arguments, code=2).err
    assert jobs.list() == []


def test_a_state_that_does_not_allow_it(
    capsys: pytest.CaptureFixture[str], jobs: floorjobs.Client, database_url: str
) -> None:
    job = jobs.cancel(jobs.enqueue("k").id)
    assert cli.main(["--database-url", database_url, "cancel", job.id]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("invalid_state: job `")
    assert said.out == ""


def test_looking_makes_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path}/typo.db"
    for command in (["list"], ["stats"], ["pause", "q"]):
        assert cli.main([*command, "--database-url", url]) == 66
        assert "there is no database" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert cli.main(["upload", str(PLAN), "--database-url", url]) == 0
    assert cli.main(["list", "--database-url", "sqlite:////nowhere/x.db"]) == 66
    assert cli.main(["list", "--database-url", "nonsense"]) == 2


def test_a_reader_that_has_enough_is_no_error(jobs: floorjobs.Client, database_url: str) -> None:
    jobs.enqueue_many([{"kind": "k"}] * 1_000)
    command = [sys.executable, "-m", "floorjobs", "--database-url", database_url, "list"]
    with subprocess.Popen(
        [*command, "--limit", "1000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.readline()
        listing.stdout.close()
        assert listing.stderr.read() == b""
        assert listing.wait(20) == 128 + signal.SIGPIPE


def test_ctrl_c_ends_a_wait(jobs: floorjobs.Client, database_url: str, tmp_path: Path) -> None:
    job = jobs.enqueue("k")
    command = [sys.executable, "-m", "floorjobs", "--database-url", database_url]
    with Program([*command, "watch", job.id], tmp_path / "watch.log") as watching:
        watching.wait_for("queued")
        watching.process.send_signal(signal.SIGINT)
        assert watching.process.wait(20) == 130
    assert "Traceback" not in watching.output()


def test_wide_columns_fit() -> None:
    class Stream:
        text = ""

        def write(self, text: str) -> None:
            self.text += text

        def isatty(self) -> bool:
            return False

    stream: Any = Stream()
    Output(stream).table(("A", "B"), [("wide one", "x"), ("n", "")])
    assert stream.text == "A         B\nwide one  x\nn\n"


def test_migrate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    assert cli.main(["--database-url", url, "--json", "migrate"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["from"] == 0 < made["to"]
    assert cli.main(["--database-url", url, "migrate"]) == 0
    assert capsys.readouterr().out == f"the schema is up to date: {made['to']}\n"
