# Generated from python/src by: make stubs
"""
The native part of floorjobs; use the package `floorjobs` instead.
"""

from typing import Final

__all__ = ["__version__", "error_codes"]

__version__: Final[str]

def error_codes() -> list[tuple[str, bool]]:
    """
    Every error code with whether a retry can help, in the order of the C numbers.
    """
