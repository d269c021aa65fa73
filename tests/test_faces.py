"""The same words in Rust, C and Python; what only one face has is said here, and why."""

from __future__ import annotations

import inspect
import re
from functools import cached_property
from pathlib import Path

import floorjobs
from floorjobs.context import Context

ROOT = Path(__file__).parent.parent
READ = (property, cached_property)
SYMBOLS = (ROOT / "include" / "floorjobs.symbols").read_text().split()


def c_functions(noun: str) -> set[str]:
    found = (re.fullmatch(rf"fj_{noun}_(\w+)", symbol) for symbol in SYMBOLS)
    return {name[1] for name in found if name}


def python_methods(of: type) -> set[str]:
    members = inspect.getmembers(of, lambda it: inspect.isfunction(it) or isinstance(it, READ))
    return {name for name, _ in members if not name.startswith("_")}


def rust_methods() -> set[str]:
    """Return the public methods of `Client`, wherever a file adds some."""
    found: set[str] = set()
    for path in (ROOT / "core/src/client").rglob("*.rs"):
        for block in re.findall(r"^impl Client \{\n(.*?)^\}", path.read_text(), re.M | re.S):
            found |= set(re.findall(r"^    pub fn (\w+)", block, re.M))
    return found


def test_c_and_python_say_the_same_about_jobs() -> None:
    only_c = {
        "open",  # `floorjobs.connect`
        "free",  # `close`
        "ingest_file",  # `ingest` takes paths, too
    }
    only_python = {
        "close",
        "page",  # what `fj_client_list` answers
    }
    assert c_functions("client") - python_methods(floorjobs.Client) == only_c
    assert python_methods(floorjobs.Client) - c_functions("client") == only_python


def test_rust_and_c_say_the_same_about_jobs() -> None:
    only_rust = {
        # How it is opened, and what it is made of.
        *("connect", "over", "migrate", "repository", "blobs", "clock", "database", "announcer"),
        "settings",
        # What C and Python have as an argument.
        *("ingest_then", "wait_unless", "end_held"),
        # The parts of what C and Python answer as a whole.
        *("floorplan_document", "layout_document", "bom_document"),
        *("floorplan_answer", "layout_answer", "bom_answer", "page"),
        # For the doctor and the metrics, which tell it to people.
        "workers",
    }
    only_c = {
        *("open", "free", "ingest_file"),
        "run_here",  # `floorjobs_core::pipeline::run_here`
        "materials_csv",  # `Catalogue::to_csv`
    }
    assert rust_methods() - c_functions("client") == only_rust
    assert c_functions("client") - rust_methods() == only_c


def test_c_and_python_say_the_same_about_an_attempt() -> None:
    only_c = {
        "number",  # `attempt`, which would be there twice
        "job_id",  # `job.id`
        "payload",  # an argument of the handler
    }
    only_python = {
        "attempt",
        "check",  # raises; in C `fj_attempt_wait` of no time
        "log",  # of the standard library
    }
    assert c_functions("attempt") - python_methods(Context) == only_c
    assert python_methods(Context) - c_functions("attempt") == only_python


def test_c_and_python_have_the_same_outcomes() -> None:
    same = {"complete": "Complete", "retry": "Retry", "snooze": "Snooze", "fail": "Permanent"}
    raised = {"error", "cancelled"}  # any exception, and `CancelledError`
    of_a_child = {"crashed"}  # what `isolation` tells of a child process
    assert c_functions("outcome") == {*same, *raised, *of_a_child, "free"}
    assert all(hasattr(floorjobs, name) for name in same.values())


def test_the_layer_for_cpp_knows_every_function() -> None:
    layer = (ROOT / "include" / "floorjobs.hpp").read_text()
    # Asked before anything is made, and what is always done for the host.
    not_there = {"fj_abi_version", "fj_version", "fj_error_status", "fj_candidates_free"}
    assert {name for name in SYMBOLS if not re.search(rf"\b{name}\b", layer)} == not_there
