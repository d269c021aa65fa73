"""How the command line ends."""

from __future__ import annotations

import json
import sys

EXIT_OK = 0
EXIT_NOT_SO = 1
EXIT_USAGE = 2
EXIT_NOT_FOUND = 66
EXIT_UNAVAILABLE = 69
EXIT_FAILED = 70
EXIT_TIMEOUT = 75
EXIT_INTERRUPTED = 130


def code_of(error: OSError) -> str:
    """Return the stable code of a file that cannot be read or written.

    >>> code_of(FileNotFoundError(2, "No such file or directory")), code_of(OSError(5, "I/O error"))
    ('not_found', 'unavailable')
    """
    if isinstance(error, FileNotFoundError):
        return "not_found"
    if isinstance(error, (IsADirectoryError, NotADirectoryError)):
        return "invalid_input"
    return "unavailable"


_EXITS = {
    "not_found": EXIT_NOT_FOUND,
    "conflict": EXIT_NOT_SO,
    "invalid_input": EXIT_USAGE,
    "invalid_state": EXIT_NOT_SO,
    "timeout": EXIT_TIMEOUT,
    "unavailable": EXIT_UNAVAILABLE,
    "unsupported": EXIT_UNAVAILABLE,
    "limit_exceeded": EXIT_USAGE,
    "invalid_pdf": EXIT_USAGE,
    "password_required": EXIT_USAGE,
    "no_plan_found": EXIT_NOT_SO,
    "scale_unknown": EXIT_NOT_SO,
    "infeasible": EXIT_NOT_SO,
    "cancelled": EXIT_INTERRUPTED,
    "corrupt": EXIT_UNAVAILABLE,
}


def refused(code: str, sentence: str, field: str | None, *, as_json: bool) -> int:
    """Write an error as every command does, and return its exit code."""
    if as_json:
        sentence = json.dumps({"error": sentence, "code": code, "field": field})
        sys.stderr.write(f"{sentence}\n")
    else:
        sys.stderr.write(f"{code}: {sentence}\n")
    return _EXITS.get(code, EXIT_FAILED)
