"""Jobs in PostgreSQL: migrated once, enqueued in the host's own transaction, looked after."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy
from sqlalchemy import JSON, cast, func, select, text

import floorjobs
from floorjobs import _floorjobs as native
from floorjobs import cli

import servers
from support import wait_until, worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def database_url() -> Iterator[str]:
    servers.need(servers.Postgres)
    with servers.new_database(servers.shared_postgres()) as url:
        native.migrate(url)
        yield url


@pytest.fixture
def blobs_url(tmp_path: Path) -> str:
    return f"file:{tmp_path}/blobs"


@pytest.fixture
def jobs(database_url: str, blobs_url: str) -> Iterator[floorjobs.Client]:
    with floorjobs.connect(database_url, blobs_url=blobs_url) as client:
        yield client


@pytest.fixture(params=["psycopg", "psycopg2"])
def engine(request: pytest.FixtureRequest, database_url: str) -> Iterator[sqlalchemy.Engine]:
    url = database_url.replace("postgresql:", f"postgresql+{request.param}:")
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id INT PRIMARY KEY)"))
    yield engine
    engine.dispose()


def enqueue(kind: Any, payload: Any = None, **arguments: Any) -> Any:
    """Return the call as docs/postgresql.md shows it, with the arguments after the payload."""
    named = ", ".join(f"{name} => :{name}" for name in arguments)
    call = f"SELECT floorjobs.enqueue(:kind, :payload{', ' if named else ''}{named})"
    values = {"kind": kind, "payload": json.dumps(payload), **arguments}
    if "delay" in arguments:
        call = call.replace(":delay", "CAST(:delay AS interval)")
    return text(call.replace(":payload", "CAST(:payload AS json)")).bindparams(**values)


def test_a_rollback_leaves_no_job(engine: sqlalchemy.Engine, jobs: floorjobs.Client) -> None:
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO orders VALUES (1)"))
        connection.execute(enqueue("thumbnail", {"page": 1}))
        connection.rollback()
    assert jobs.list() == []


def test_a_commit_makes_a_job_that_a_worker_runs(
    engine: sqlalchemy.Engine, jobs: floorjobs.Client, database_url: str, tmp_path: Path
) -> None:
    options = ["--import", "sample_tasks", f"--blobs-url=file:{tmp_path}/blobs"]
    with (
        worker(database_url, tmp_path / "worker.log", *options),
        engine.begin() as connection,
    ):
        connection.execute(text("INSERT INTO orders VALUES (1)"))
        # As SQLAlchemy's own expressions: the type tells the driver that it is JSON.
        call = func.floorjobs.enqueue("echo", cast({"a": 2}, JSON))
        job_id = connection.execute(select(call)).scalar_one()
        assert jobs.list() == [], "nobody sees it before the commit"
        connection.commit()
        # Nobody tells the worker: its poll finds it.
        job = jobs.wait(str(job_id), timeout=30)
    assert job.status == "succeeded"
    assert job.result["payload"] == {"a": 2}


def test_what_is_asked_for_is_stored(engine: sqlalchemy.Engine, jobs: floorjobs.Client) -> None:
    with engine.begin() as connection:
        job_id = connection.execute(
            enqueue(
                "thumbnail",
                {"text": "naïve ☃", "big": 9007199254740993},
                queue="images",
                priority=-7,
                delay="90 seconds",
                unique_key="page-1",
                max_attempts=3,
                request_id="abc-1",
            )
        ).scalar_one()
    job = jobs.get(str(job_id))
    assert job.payload == {"text": "naïve ☃", "big": 9007199254740993}
    assert (job.kind, job.queue, job.priority) == ("thumbnail", "images", -7)
    assert (job.unique_key, job.max_attempts, job.status) == ("page-1", 3, "queued")
    assert job.request_id == "abc-1"
    assert (job.run_at - job.created_at).total_seconds() == pytest.approx(90)
    newer = jobs.enqueue("thumbnail")
    assert newer.id > job.id, "ids sort by time, whoever made them"


def test_a_unique_key_returns_the_job_that_holds_it(
    engine: sqlalchemy.Engine, jobs: floorjobs.Client
) -> None:
    held = jobs.enqueue("thumbnail", unique_key="k")
    with engine.begin() as connection:
        same = connection.execute(enqueue("thumbnail", unique_key="k")).scalar_one()
        other = connection.execute(enqueue("print", unique_key="k")).scalar_one()
    assert str(same) == held.id
    assert str(other) != held.id
    jobs.cancel(held.id)
    with engine.begin() as connection:
        free = connection.execute(enqueue("thumbnail", unique_key="k")).scalar_one()
    assert str(free) != held.id
    assert jobs.enqueue("thumbnail", unique_key="k").id == str(free)


def test_of_two_transactions_with_one_key_the_later_finds_the_job_of_the_earlier(
    engine: sqlalchemy.Engine, jobs: floorjobs.Client
) -> None:
    found: list[str] = []

    def later() -> None:
        with engine.begin() as connection:
            job_id = connection.execute(enqueue("thumbnail", unique_key="k")).scalar_one()
            found.append(str(job_id))

    with engine.connect() as connection, engine.connect() as looker:
        first = str(connection.execute(enqueue("thumbnail", unique_key="k")).scalar_one())
        thread = threading.Thread(target=later)
        thread.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        wait_until(lambda: looker.execute(waiting).scalar_one() > 0, what="the later one waits")
        connection.commit()
        thread.join()
    assert found == [first]
    assert len(jobs.list()) == 1


@pytest.mark.parametrize(
    ("arguments", "state", "column", "message"),
    [
        ({"kind": "no spaces"}, "22023", "kind", "must be 1 to 64 letters"),
        ({"kind": None}, "22023", "kind", "must be 1 to 64 letters"),
        ({"queue": ""}, "22023", "queue", "must be 1 to 64 letters"),
        ({"max_attempts": 0}, "22023", "max_attempts", "must be 1 to 1000, not 0"),
        ({"unique_key": ""}, "22023", "unique_key", "must be 1 to 255 bytes"),
        ({"unique_key": "é" * 128}, "22023", "unique_key", "must be 1 to 255 bytes"),
        ({"delay": "-1 second"}, "22023", "delay", "must not be negative"),
        ({"payload": "\ud800"}, "22023", "payload", "cannot be used"),
        ({"payload": "x" * (1 << 20)}, "54000", "payload", "over the limit of 1048576"),
        ({"request_id": "two words"}, "22023", "request_id", "must be 1 to 128 letters"),
        ({"floorplan_id": 404}, "23503", "floorplan_id", "floor plan 404 not found"),
    ],
)
def test_bad_input_is_refused_by_its_name(
    database_url: str,
    jobs: floorjobs.Client,
    arguments: dict[str, Any],
    state: str,
    column: str,
    message: str,
) -> None:
    engine = sqlalchemy.create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with pytest.raises(sqlalchemy.exc.DBAPIError) as raised, engine.begin() as connection:
        connection.execute(enqueue(**{"kind": "thumbnail", **arguments}))
    engine.dispose()
    original: Any = raised.value.orig
    assert (original.sqlstate, original.diag.column_name) == (state, column)
    assert message in original.diag.message_primary
    assert jobs.list() == []


def test_what_is_read_back_can_be_as_deep_as_a_program_reads(
    jobs: floorjobs.Client, database_url: str
) -> None:
    deep = "[" * 127 + "]" * 127
    job_id = servers.psql(database_url, f"SELECT floorjobs.enqueue('thumbnail', '{deep}')")
    assert json.dumps(jobs.get(job_id).payload) == deep
    with pytest.raises(AssertionError, match="more than 127 deep"):
        servers.psql(database_url, f"SELECT floorjobs.enqueue('thumbnail', '[{deep}]')")


def test_the_doctor_tells_of_the_server(
    database_url: str, blobs_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["--database-url", database_url, "--blobs-url", blobs_url, "doctor"])
    told = capsys.readouterr().out
    assert "PostgreSQL 1" in told
    assert "Schema 1, which is up to date." in told
    assert "Connections go straight to the server." in told
    assert "s ahead of this host's" in told or "s behind this host's" in told
    # The servers of the tests sync nothing, and the doctor says that it matters.
    assert "fsync is off and must be on" in told


def test_the_doctor_sees_a_pooler(
    database_url: str, blobs_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    servers.need(servers.PgBouncer)
    with servers.PgBouncer(servers.port_of(database_url)) as pooler:
        url = pooler.url(database_url.rpartition("/")[2])
        cli.main(["--database-url", url, "--blobs-url", blobs_url, "doctor"])
    assert "A pooler or a proxy" in capsys.readouterr().out


def test_metrics_tell_of_the_server(jobs: floorjobs.Client) -> None:
    lines = dict(line.rsplit(" ", 1) for line in jobs.metrics().splitlines() if line[0] != "#")
    assert float(lines["floorjobs_database_bytes"]) > 0
    assert abs(float(lines["floorjobs_server_clock_ahead_seconds"])) < 60


def test_a_backup_is_left_to_the_server(jobs: floorjobs.Client, tmp_path: Path) -> None:
    with pytest.raises(floorjobs.UnsupportedError, match="pg_dump"):
        jobs.backup(tmp_path / "copy")


def test_a_store_that_nobody_migrated_says_what_to_do(blobs_url: str) -> None:
    servers.need(servers.Postgres)
    with servers.new_database(servers.shared_postgres()) as url:
        with pytest.raises(floorjobs.InvalidStateError, match="python -m floorjobs migrate"):
            floorjobs.connect(url, blobs_url=blobs_url)
        assert cli.main(["--database-url", url, "migrate"]) == 0
        with floorjobs.connect(url, blobs_url=blobs_url) as client:
            assert client.list() == []
