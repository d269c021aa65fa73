"""``backup``, ``doctor``, ``metrics``, ``migrate``: looking after the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from floorjobs import _floorjobs as native
from floorjobs.cli.exits import EXIT_NOT_SO, EXIT_OK
from floorjobs.cli.output import Output, counted, size
from floorjobs.models import Finding

if TYPE_CHECKING:
    import argparse

    from floorjobs.client import Client
    from floorjobs.exceptions import FloorjobsError


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the commands of this file."""
    backup = commands.add_parser(
        "backup", parents=[common], help="copies the database to a file while it is in use"
    )
    backup.add_argument("file", metavar="FILE")
    backup.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    backup.set_defaults(run=_backup)

    doctor = commands.add_parser("doctor", parents=[common], help="looks for what may go wrong")
    doctor.add_argument(
        "--check", action="store_true", help="checks the integrity of the database, too"
    )
    doctor.add_argument(
        "--deep", action="store_true", help="and compares every file with its checksum"
    )
    doctor.set_defaults(run=_doctor, run_without=_cannot_open)

    metrics = commands.add_parser("metrics", parents=[common], help="figures for Prometheus")
    metrics.set_defaults(run=_metrics)

    migrate = commands.add_parser(
        "migrate", parents=[common], help="makes the tables of the store, or brings them up to date"
    )
    migrate.set_defaults(run_alone=_migrate)


def _backup(client: Client, options: argparse.Namespace, out: Output) -> int:
    report = client.backup(options.file, overwrite=options.overwrite)
    if out.as_json:
        out.json(report.to_dict())
    else:
        out.line(f"{report.path} {size(report.bytes)}")
    return EXIT_OK


def _doctor(client: Client, options: argparse.Namespace, out: Output) -> int:
    findings = client.doctor()
    checked = options.check or options.deep
    integrity = client.check_integrity(deep=options.deep) if checked else None
    is_well = all(finding.level != "error" for finding in findings)
    if integrity is not None:
        is_well = is_well and integrity.is_sound
    if out.as_json:
        out.json(
            {
                "ok": is_well,
                "findings": [finding.to_dict() for finding in findings],
                "integrity": None if integrity is None else integrity.to_dict(),
            }
        )
        return EXIT_OK if is_well else EXIT_NOT_SO
    if integrity is not None:
        findings += [Finding("integrity", "error", problem) for problem in integrity.problems]
        if integrity.is_sound:
            files = f", {counted(integrity.blobs_checked, 'file')} compared" if options.deep else ""
            findings.append(Finding("integrity", "ok", f"nothing is wrong{files}"))
    _show(findings, out)
    return EXIT_OK if is_well else EXIT_NOT_SO


def _cannot_open(error: FloorjobsError, out: Output) -> int:
    """Tell that the store cannot even be opened, which is what the doctor was asked for."""
    finding = Finding("open", "error", f"{error.code}: {error}")
    if out.as_json:
        out.json({"ok": False, "findings": [finding.to_dict()], "integrity": None})
    else:
        _show([finding], out)
    return EXIT_NOT_SO


def _show(findings: list[Finding], out: Output) -> None:
    rows = [(finding.level, finding.name, finding.message) for finding in findings]
    out.table(("LEVEL", "WHAT", "FOUND"), rows)


def _metrics(client: Client, options: argparse.Namespace, out: Output) -> int:  # noqa: ARG001
    text = client.metrics()
    if out.as_json:
        out.json({"metrics": text})
    else:
        out.text(text)
    return EXIT_OK


def _migrate(options: argparse.Namespace, out: Output) -> int:
    before, after = native.migrate(options.database_url)
    if out.as_json:
        out.json({"from": before, "to": after})
    elif before == after:
        out.line(f"the schema is up to date: {after}")
    else:
        out.line(f"the schema was {before} and is {after} now")
    return EXIT_OK
