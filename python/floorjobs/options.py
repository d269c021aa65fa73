"""Options that the programs share: how long ended jobs are kept."""

from __future__ import annotations

import argparse
import math

from floorjobs.models import Retention

_DAY_S = 86_400.0
# Ten years and a bit, as the library has it.
_MOST_DAYS = 3_660.0
_ENDS = ("succeeded", "failed", "cancelled")


def add_retention(parser: argparse.ArgumentParser, prefix: str) -> None:
    """Add an option for each way in which a job ends."""
    default = Retention()
    for end in _ENDS:
        days = getattr(default, end) / _DAY_S
        parser.add_argument(
            f"{prefix}{end}",
            dest=f"keep_{end}",
            type=_days,
            metavar="DAYS",
            default=getattr(default, end),
            help=f"how long {end} jobs are kept, or `forever` (default: {days:g})",
        )


def retention_of(options: argparse.Namespace) -> Retention:
    """Return what the options say."""
    return Retention(*(getattr(options, f"keep_{end}") for end in _ENDS))


def _days(text: str) -> float:
    if text == "forever":
        return math.inf
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0.0 <= days <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(
            f"a number of days up to {_MOST_DAYS:g} or `forever`, not `{text}`"
        )
    return days * _DAY_S
