"""How the command line ends."""

from __future__ import annotations

EXIT_OK = 0
EXIT_NOT_SO = 1
EXIT_USAGE = 2
EXIT_NOT_FOUND = 66
EXIT_UNAVAILABLE = 69
EXIT_FAILED = 70
EXIT_TIMEOUT = 75
EXIT_INTERRUPTED = 130
