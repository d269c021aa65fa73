"""Backups of a store in use, and what the doctor and the check say of good and bad ones."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import floorjobs

from support import PLAN, wait_until, worker

if TYPE_CHECKING:
    from pathlib import Path


def levels(jobs: floorjobs.Client) -> dict[str, str]:
    return {finding.name: finding.level for finding in jobs.doctor()}


def change_elsewhere(database: Path, *statements: str) -> None:
    """Run SQL on a database that nobody has open, in a process with no second SQLite in it."""
    code = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.executescript(sys.argv[2])"
    subprocess.run([sys.executable, "-c", code, str(database), ";".join(statements)], check=True)


def test_a_backup_of_a_busy_store_opens_elsewhere(
    jobs: floorjobs.Client, database: Path, database_url: str, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    stop = tmp_path / "stop"
    options = ["--import", "sample_tasks", "--concurrency", "2"]
    backups: list[tuple[Path, set[str]]] = []
    with worker(database_url, tmp_path / "worker.log", *options):
        held = jobs.enqueue("hold", {"until": str(stop)})
        plan = jobs.wait(jobs.ingest(PLAN).id, timeout=30)
        stored = {held.id, plan.id}
        for number in range(5):
            requests = [{"kind": "note", "payload": {"file": str(done)}}] * 50
            stored |= {job.id for job in jobs.enqueue_many(requests)}  # type: ignore[arg-type]
            copy = tmp_path / f"backup-{number}.db"
            report = jobs.backup(copy)
            assert (report.path, report.bytes) == (copy, copy.stat().st_size)
            backups.append((copy, set(stored)))
        # It was busy all the while, and still is.
        assert jobs.get(held.id).status == "running"
        wait_until(lambda: len(done.read_text().splitlines()) >= 250, 60)
        stop.touch()
        jobs.wait(held.id, timeout=20)
    for copy, expected in backups:
        # The files are copied after the database, and what it names is there.
        shutil.copytree(f"{database}-blobs", f"{copy}-blobs")
        with floorjobs.connect(f"sqlite:///{copy}") as restored:
            assert restored.check_integrity(deep=True).problems == ()
            assert {job.id for job in restored.list(limit=1000)} == expected
            assert restored.get(held.id).status == "running"
            assert restored.floorplan(plan.floorplan_id or 0).total_wall_count
            # It is a store like any other.
            assert restored.enqueue("k").status == "queued"


def test_a_backup_is_refused_by_name(jobs: floorjobs.Client, database: Path) -> None:
    other = database.with_name("other.db")
    other.write_bytes(b"precious")
    for path in (other, database):
        with pytest.raises(floorjobs.InvalidInputError) as raised:
            jobs.backup(path)
        assert raised.value.field == "path"
    assert other.read_bytes() == b"precious"
    assert jobs.backup(str(other), overwrite=True).bytes > 1000
    with pytest.raises(floorjobs.InvalidInputError):
        jobs.backup(database, overwrite=True)
    with pytest.raises(floorjobs.InvalidInputError, match="away` is not a folder"):
        jobs.backup(database.with_name("away") / "copy.db")


def test_a_sound_store_is_told_as_such(
    jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    with worker(database_url, tmp_path / "worker.log", "--import", "sample_tasks"):
        jobs.wait(jobs.enqueue("echo").id, timeout=20)
        found = levels(jobs)
        assert set(found.values()) == {"ok"}, jobs.doctor()
    assert set(found) >= {"version", "schema", "settings", "file_system", "disk_space", "clock"}
    report = jobs.check_integrity(deep=True)
    assert (report.is_sound, report.problems, report.blobs_checked) == (True, (), 0)


def test_a_queue_that_nobody_serves_is_told(jobs: floorjobs.Client) -> None:
    jobs.enqueue("k", queue="lonely")
    warnings = [finding for finding in jobs.doctor() if finding.level == "warning"]
    assert any("lonely" in finding.message for finding in warnings)
    assert "error" not in levels(jobs).values()


def test_a_file_that_was_changed_is_found(jobs: floorjobs.Client, database: Path) -> None:
    jobs.ingest(PLAN)
    assert jobs.check_integrity(deep=True).blobs_checked == 1
    (blob,) = [path for path in database.parent.glob("jobs.db-blobs/**/*") if path.is_file()]
    blob.chmod(0o644)
    content = bytearray(blob.read_bytes())
    content[100] ^= 1
    blob.write_bytes(content)
    assert jobs.check_integrity().is_sound
    (problem,) = jobs.check_integrity(deep=True).problems
    assert blob.name[:8] in problem


def test_rows_that_contradict_each_other_are_found(
    jobs: floorjobs.Client, database: Path, database_url: str
) -> None:
    job = jobs.complete(jobs.hold(jobs.enqueue("k").id).id)
    assert jobs.check_integrity().is_sound
    jobs.close()
    change_elsewhere(database, "UPDATE attempts SET outcome = NULL, finished_at = NULL")
    with floorjobs.connect(database_url) as reopened:
        assert reopened.get(job.id).status == "succeeded"
        assert not reopened.check_integrity().is_sound


def test_a_page_that_was_overwritten_is_found(
    jobs: floorjobs.Client, database: Path, database_url: str
) -> None:
    jobs.enqueue_many([{"kind": "k", "payload": "x" * 500}] * 200)
    jobs.close()
    change_elsewhere(database, "PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(database.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    database.write_bytes(content)
    with floorjobs.connect(database_url) as broken:
        report = broken.check_integrity()
        assert not report.is_sound
        assert report.problems


def test_a_store_of_a_newer_version_is_told_or_refused(
    jobs: floorjobs.Client, database: Path, database_url: str
) -> None:
    jobs.close()
    change_elsewhere(database, "UPDATE meta SET value = 999 WHERE key = 'schema_version'")
    with floorjobs.connect(database_url) as newer:
        assert levels(newer)["schema"] == "warning"
    # Until the newer version says that older ones cannot go on with it.
    change_elsewhere(database, "UPDATE meta SET value = 999 WHERE key = 'usable_from'")
    with pytest.raises(floorjobs.UnsupportedError, match="999"):
        floorjobs.connect(database_url)


def test_a_paused_queue_and_jobs_are_in_the_metrics(jobs: floorjobs.Client) -> None:
    jobs.enqueue("k", queue="slow")
    jobs.pause("slow")
    text = jobs.metrics()
    lines = text.splitlines()
    for expected in (
        'floorjobs_jobs{queue="slow",state="ready"} 1',
        'floorjobs_queue_paused{queue="slow"} 1',
    ):
        assert any(line.startswith(expected) for line in lines), text
    names = {line.split()[2] for line in lines if line.startswith("# TYPE ")}
    assert {line.partition("{")[0].partition(" ")[0] for line in lines if line[0] != "#"} <= {
        name + suffix for name in names for suffix in ("", "_bucket", "_sum", "_count", "_total")
    }
