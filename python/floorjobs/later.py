"""Names of a package that are loaded when they are first asked for.

Making the classes of all values takes longer than everything else at import, and most programs
use few of them.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def later(
    package: str, names: list[str], modules: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package.

    Args:
        package: Its name.
        names: All that it has to offer.
        modules: Those of them that are loaded later, by the module that has them.
    """
    homes = {name: module for module, those in modules.items() for name in those}

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return load, lambda: sorted(names)
