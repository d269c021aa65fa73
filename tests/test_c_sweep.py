"""Every function of the C header, called with each argument wrong in turn; and what is said of it.

The header itself says what there is to be called with what, so that a new function is swept, too.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import c_header
from c_face import library

HERE = Path(__file__).parent
SYMBOLS = (HERE.parent / "include" / "floorjobs.symbols").read_text().split()
INVALID_INPUT, LIMIT_EXCEEDED = 3, 10
WRONG_TEXTS = ("not UTF-8", "a length without text", "a huge length", "a large length")


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return what every call came to, one a line; a call that ends the process fails here."""
    if not os.environ.get("CI") and not library().exists():
        pytest.skip("needs the library: cargo build -p floorjobs-ffi")
    folder = tmp_path_factory.mktemp("sweep")
    done = subprocess.run(
        [sys.executable, HERE / "c_sweep.py", folder],
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    return done.stdout.splitlines()


def calls(swept: list[str]) -> dict[tuple[str, str, str], tuple[int, str]]:
    """Return status and field by function, argument and what was wrong."""
    found = (re.fullmatch(r"(fj_\w+) (\w+) (.+): (\d+) (\w*)", line) for line in swept)
    return {(it[1], it[2], it[3]): (int(it[4]), it[5]) for it in found if it}


def test_every_pointer_of_every_function_is_refused_or_may_be_missing(swept: list[str]) -> None:
    in_order = dict(re.findall(r"^(fj_\w+) - in order: (\d+)$", "\n".join(swept), re.M))
    assert set(in_order) == set(SYMBOLS)
    made = calls(swept)
    for function in c_header.functions():
        for of in function.parameters:
            if not of.is_pointer and of.type != "fj_str":
                continue
            status, field = made[function.name, of.name, "NULL" if of.is_pointer else "absent"]
            if function.returns != "fj_status":
                continue  # it has come back, and what it gave was freed
            # What the header allows changes nothing, and everything else is named.
            if of.may_be_missing:
                assert status == int(in_order[function.name]), (function.name, of)
            else:
                assert (status, field) == (INVALID_INPUT, of.name), (function.name, of)


def test_what_is_no_text_no_size_and_no_number_is_refused_by_name(swept: list[str]) -> None:
    made, tried = calls(swept), 0
    for function in c_header.functions():
        if function.returns != "fj_status":
            continue
        any_bytes = [of.name for of in function.parameters if "need not be UTF-8" in of.said]
        for (name, argument, what), (status, field) in made.items():
            if name != function.name:
                continue
            if what == "not UTF-8" and argument in any_bytes:
                continue
            if what in WRONG_TEXTS:
                assert status in (INVALID_INPUT, LIMIT_EXCEEDED), (name, argument, what)
                assert field == argument, (name, argument, what)
            elif what.startswith("of size"):
                assert (status, field) == (INVALID_INPUT, "struct_size"), (name, argument, what)
            elif argument == "status" or what == "nan":
                assert (status, field) == (INVALID_INPUT, argument), (name, argument, what)
            elif argument.endswith("len") and what != "0":
                assert status == LIMIT_EXCEEDED, (name, argument, what)
            else:
                continue
            tried += 1
    assert tried > 200


def test_nothing_is_written_and_nothing_crashes_without_any_argument(swept: list[str]) -> None:
    pointers = {it.name for it in c_header.functions() if any(p.is_pointer for p in it.parameters)}
    together = {line.split()[0] for line in swept if line.endswith("* NULL together: done")}
    assert together == pointers
    assert swept[-2:] == ["the attempt: done", "all: done"]


def test_every_function_says_what_it_takes_what_it_gives_and_how_it_fails() -> None:
    functions = c_header.functions()
    assert {function.name for function in functions} == set(SYMBOLS)
    for function in functions:
        assert re.search(r"Since \d+\.\d+\.$", function.doc), function.name
        is_said = re.search(r"Errors: |Cannot fail", function.doc) is not None
        assert is_said or function.returns != "fj_status", function.name
        for of in function.parameters:
            assert f"`{of.name}`" in function.doc, (function.name, of.name)
            of_handles = "fj_client*", "fj_worker*", "fj_events*", "fj_str"
            if of.type in of_handles and function.returns == "fj_status":
                assert re.search(r"borrowed|consumed", of.said), (function.name, of)
            if of.type in ("fj_string*", "fj_bytes*") and of.name.endswith("_out"):
                assert re.search(r"the host's|NULL|empty", of.said), (function.name, of)


def test_every_type_says_whose_it_is_and_which_threads_may_use_it() -> None:
    opaque = c_header.documents(c_header.OPAQUE)
    assert len(opaque) >= 7
    for name, doc in opaque.items():
        assert "Owner: " in doc, name
        assert "Threads: " in doc, name
        if "Owner: the host" in doc:
            assert f"`{name}_free()`" in doc, name
    structures = c_header.documents(c_header.STRUCT)
    assert len(structures) >= 8
    for name, doc in structures.items():
        assert re.search(r"Owner: |freed with|somebody else owns", doc), name
    callbacks = c_header.documents(c_header.CALLBACK)
    assert len(callbacks) >= 6
    for name, doc in callbacks.items():
        # On which thread, for how long the arguments are there, and that nothing may be thrown.
        assert re.search(r"thread|during the call|Called once|Asked", doc), name
    assert "THREADS." in c_header.HEADER.read_text()
