"""Options that the programs share: how long ended jobs are kept."""

from __future__ import annotations

import argparse
import math

from floorjobs.models import Retention

_DAY_S = 86_400.0
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
        return float(text) * _DAY_S
    except ValueError:
        raise argparse.ArgumentTypeError(f"a number of days or `forever`, not `{text}`") from None
