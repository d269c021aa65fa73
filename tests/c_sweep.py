"""Calls every function of the C header with each argument wrong in turn, as the header declares it.

Run by test_c_sweep.py in a process of its own, which no call may end. What each call came to is one
line: `<function> <argument> <what was wrong>: <status> <field>`.
Usage: python c_sweep.py FOLDER
"""

from __future__ import annotations

import ctypes
import itertools
import sys
from ctypes import byref, c_double, c_int, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import TYPE_CHECKING, Any

import c_header
from c_face import HANDLER, ClientOptions, Handler, Str, String, WorkerOptions, library, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NUMBERS = {
    "int": c_int,
    "int64_t": c_int64,
    "uint32_t": c_uint32,
    "uint64_t": c_uint64,
    "size_t": c_size_t,
    "double": c_double,
}
PROPOSE = ctypes.CFUNCTYPE(c_void_p, c_void_p, Str, c_uint32, Str)
PDF = (ctypes.c_uint8 * 17).from_buffer_copy(b"%PDF-1.7 of sorts")


class Watch(ctypes.Structure):
    """`fj_watch`."""

    _fields_ = [(name, c_size_t) for name in ("struct_size", "userdata", "progress", "cancelled")]


class Source(ctypes.Structure):
    """`fj_candidate_source`."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("name", Str),
        ("propose", PROPOSE),
        ("userdata", c_void_p),
        ("release", c_void_p),
    ]


@HANDLER
def run(_userdata: int, _attempt: int) -> None:
    """Do nothing, which counts as an error."""


@PROPOSE
def propose(_userdata: int, _proposal: Str, _round: int, _feedback: Str) -> None:
    """Propose nothing."""


STRUCTURES: dict[str, Callable[[], ctypes.Structure]] = {
    "fj_client_options*": lambda: ClientOptions(ctypes.sizeof(ClientOptions)),
    "fj_worker_options*": lambda: WorkerOptions(ctypes.sizeof(WorkerOptions), drain=1),
    "fj_handler*": lambda: Handler(ctypes.sizeof(Handler), run),
    "fj_watch*": lambda: Watch(ctypes.sizeof(Watch)),
    "fj_candidate_source*": lambda: Source(ctypes.sizeof(Source), text("host"), propose),
}
# What texts are sensible where; a job that is not there is what most calls are about.
TEXTS = {
    "job_id": "0198c0de-0000-7000-8000-000000000001",
    "options": "{}",
    "filter": "{}",
    "request": '{"kind": "k"}',
    "requests": '[{"kind": "k"}]',
    "retention": "{}",
    "queue": "slow",
    "mode": "merge",
    "kind": "k",
    "layouts": "[]",
    "bom": "{}",
    "json": "{}",
    "pointer": "",
    "result": "1",
    "result_ref": "1",
    "value": "1",
}
# Cannot be, so that the answer comes at once.
DESIGN = """{"program": {"rooms": [{"id": "a", "type": "private_office", "area_m2": 100}]},
"site": {"perimeter_mm": [[0,0],[3000,0],[3000,3000],[0,3000]]}}"""
NO_SIZES = (0, 1, 7, 1 << 20, 2**64 - 1)
NO_TEXTS = {
    "not UTF-8": Str(b"\xff\xfe", 2),
    "a length without text": Str(None, 2),
    "a huge length": Str(b"x", 2**64 - 1),
    "a large length": Str(b"x", 1 << 40),
}
# What is no value of any kind, where such numbers go in.
NO_NUMBERS: dict[tuple[str, str], tuple[Any, ...]] = {
    ("int", "status"): (-1, 0, 19, 4711, 2**31 - 1, -(2**31)),
    ("size_t", "pdf_len"): (0, 2**64 - 1, 1 << 33),
    ("size_t", "len"): (2**64 - 1, 1 << 33),
    ("double", ""): (float("nan"),),
    ("int64_t", ""): (0, -1, 2**63 - 1, -(2**63)),
}


class Sweep:
    """The library, and what its functions are called with."""

    def __init__(self, folder: str) -> None:
        self.lib, self.folder = ctypes.CDLL(str(library())), folder
        self.lib.fj_error_field.restype = Str
        self.lib.fj_error_message.restype = Str
        for name in ("fj_candidates_of", "fj_status_code", "fj_version"):
            getattr(self.lib, name).restype = c_void_p
        for function in c_header.functions():
            if function.returns == "fj_str":
                getattr(self.lib, function.name).restype = Str
            elif function.returns.endswith("*"):
                getattr(self.lib, function.name).restype = c_void_p
        self.client = c_void_p()
        url = text(f"sqlite:///{folder}/jobs.db")
        options = ClientOptions(ctypes.sizeof(ClientOptions), url)
        assert self.lib.fj_client_open(byref(options), byref(self.client), None) == 0
        self.paths = 0
        rates = String()
        assert self.lib.fj_client_materials_csv(self.client, byref(rates), None) == 0
        self.rates = ctypes.string_at(rates.data, rates.len).decode()
        self.lib.fj_string_free(byref(rates))
        # Alive only while its handler runs.
        self.attempt: c_void_p | None = None

    def worker(self) -> c_void_p:
        worker = c_void_p()
        options = STRUCTURES["fj_worker_options*"]()
        assert self.lib.fj_worker_new(self.client, byref(options), byref(worker), None) == 0
        return worker

    def job(self) -> str:
        """Store a job, and return its id."""
        out = String()
        assert self.lib.fj_client_enqueue(self.client, text('{"kind": "k"}'), byref(out), None) == 0
        stored = ctypes.string_at(out.data, out.len).decode()
        self.lib.fj_string_free(byref(out))
        return stored.split('"job_id":"')[1][:36]

    def events(self) -> c_void_p:
        events = c_void_p()
        job = text(self.job())
        assert self.lib.fj_client_events(self.client, job, byref(events), None) == 0
        return events

    def valid(self, function: str, of: c_header.Parameter) -> Any:
        """Return an argument that is in order, as ctypes takes it."""
        made: Any
        if of.type in STRUCTURES:
            made = STRUCTURES[of.type]()
            if of.type == "fj_client_options*":
                made.database_url = text(f"sqlite:///{self.folder}/jobs.db")
            return made
        if of.type == "fj_str":
            found = TEXTS.get(of.name, "x")
            if function == "fj_client_enqueue_many":
                found = TEXTS["requests"]
            if function.endswith("_generate"):
                found = TEXTS["options"] if of.name == "options" else DESIGN
            if of.name == "catalogue_csv":
                found = self.rates
            if function == "fj_migrate":
                found = f"sqlite:///{self.folder}/jobs.db"
            if of.name == "path":
                self.paths += 1
                found = f"{self.folder}/{self.paths}.pdf"
                if function == "fj_client_ingest_file":
                    Path(found).write_bytes(bytes(PDF))
            return text(found)
        if of.type in NUMBERS:
            sizes = {"pdf_len": len(PDF), "len": len(PDF), "status": 18}
            return NUMBERS[of.type](sizes.get(of.name, 0))
        if of.type in ("fj_string*", "fj_bytes*"):
            # What was there before is no business of the call.
            return String(0x5A5A, 0x5A5A)
        if of.type.endswith("**"):
            return c_void_p(0x5A5A)
        by_type: dict[str, Callable[[], Any]] = {
            "fj_client*": lambda: self.client,
            "fj_worker*": self.worker,
            "fj_events*": self.events,
            "fj_attempt*": lambda: self.attempt,
            "fj_error*": c_void_p,
            "fj_outcome*": c_void_p,
            "fj_candidates*": c_void_p,
            "char*": lambda: b"text",
            "uint8_t*": lambda: PDF,
            "uint64_t*": lambda: c_uint64(0x5A5A),
        }
        return by_type[of.type]()

    def wrong(self, of: c_header.Parameter) -> Iterator[tuple[str, Any]]:
        """Return what a host may give in the place of an argument."""
        if of.is_pointer:
            yield "NULL", None
        if of.type in STRUCTURES:
            for size in NO_SIZES:
                structure = STRUCTURES[of.type]()
                structure.struct_size = size
                yield f"of size {size}", structure
        if of.type == "fj_str":
            yield "absent", text(None)
            yield from NO_TEXTS.items()
        for key in ((of.type, of.name), (of.type, "")):
            for number in NO_NUMBERS.get(key, ()):
                yield f"{number}", NUMBERS[of.type](number)

    def call(self, function: c_header.Function, given: list[Any]) -> tuple[int, str]:
        """Make one call; return its status, and the field that its error names."""
        passed = []
        for of, value in zip(function.parameters, given, strict=True):
            by_place = isinstance(value, ctypes.Structure) and of.is_pointer
            by_place = by_place or of.type.endswith("**") or of.type == "uint64_t*"
            passed.append(byref(value) if by_place and value is not None else value)
        status = getattr(self.lib, function.name)(*passed)
        if function.returns != "fj_status":
            self.take_back(function, status)
            return 0, ""
        assert 0 <= status <= 18, status
        field = ""
        for of, value in zip(function.parameters, given, strict=True):
            if value is None or not of.name.endswith("_out"):
                continue
            if of.name == "error_out":
                field = self.told(status, value)
            else:
                self.answered(of, status, value)
        return status, field

    def told(self, status: int, error: c_void_p) -> str:
        """Look at the error of a call, and free it."""
        assert (error.value is None) == (status == 0), (status, error.value)
        if error.value is None:
            return ""
        assert self.lib.fj_error_status(error) == status
        assert self.lib.fj_error_message(error).len > 0
        found = self.lib.fj_error_field(error)
        field = "" if found.data is None else found.data[: found.len].decode()
        self.lib.fj_error_free(error)
        return field

    def answered(self, of: c_header.Parameter, status: int, value: Any) -> None:
        """Look at what a call wrote, and free it."""
        if isinstance(value, String):
            assert value.data != 0x5A5A, of.name
            assert status == 0 or (value.data, value.len) == (None, 0), of.name
            free = self.lib.fj_bytes_free if of.type == "fj_bytes*" else self.lib.fj_string_free
            free(byref(value))
        else:
            assert value.value != 0x5A5A, of.name
            assert status == 0 or not value.value, of.name
            if status == 0 and of.type.endswith("**"):
                getattr(self.lib, f"{of.type.removesuffix('**')}_free")(value)

    def take_back(self, function: c_header.Function, made: Any) -> None:
        """Free what a function returned that cannot fail."""
        if function.returns in ("fj_outcome*", "fj_candidates*"):
            assert made, function.name
            getattr(self.lib, f"{function.returns.removesuffix('*')}_free")(c_void_p(made))

    def sweep(self, functions: list[c_header.Function]) -> None:
        """Call each function in order, then with one thing wrong, then with nothing there."""
        for function in functions:
            places = range(len(function.parameters))
            status, _ = self.call(function, self.arguments(function))
            print(function.name, "- in order:", status)
            for place in places:
                of = function.parameters[place]
                for what, value in self.wrong(of):
                    given = self.arguments(function)
                    given[place] = value
                    status, field = self.call(function, given)
                    print(f"{function.name} {of.name} {what}: {status} {field}", flush=True)
            pointers = [place for place in places if function.parameters[place].is_pointer]
            for count in range(2, len(pointers) + 1):
                for several in itertools.combinations(pointers, count):
                    given = self.arguments(function)
                    for place in several:
                        given[place] = None
                    self.call(function, given)
            if pointers:
                print(function.name, "* NULL together: done", flush=True)

    def arguments(self, function: c_header.Function) -> list[Any]:
        given = [self.valid(function.name, of) for of in function.parameters]
        if function.name.endswith("_free"):
            given = [None]
        return given

    def all(self) -> None:
        """Sweep over everything, over what is about an attempt within one."""
        every = c_header.functions()
        within = [function for function in every if function.name.startswith("fj_attempt_")]
        self.sweep([function for function in every if function not in within])

        @HANDLER
        def sweeping(_userdata: int, attempt: int) -> None:
            self.attempt = c_void_p(attempt)
            self.sweep(within)
            print("the attempt: done", flush=True)

        handler, out, job = Handler(ctypes.sizeof(Handler), sweeping), String(), text(self.job())
        run_here = self.lib.fj_client_run_here
        assert run_here(self.client, job, byref(handler), byref(out), None) == 0
        self.lib.fj_string_free(byref(out))
        self.lib.fj_client_free(self.client)
        print("all: done", flush=True)


if __name__ == "__main__":
    Sweep(sys.argv[1]).all()
