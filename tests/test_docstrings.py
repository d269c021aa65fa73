"""What is public says what it takes, what it raises, and shows how it is used."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

import floorjobs
from floorjobs import testing

if TYPE_CHECKING:
    from collections.abc import Callable


def functions() -> dict[str, Callable[..., object]]:
    found = {
        f"Client.{name}": method
        for name, method in inspect.getmembers(floorjobs.Client, inspect.isfunction)
        if not name.startswith("_")
    }
    for module in (floorjobs, testing):
        for name in module.__all__:
            if inspect.isfunction(getattr(module, name)):
                found[f"{module.__name__}.{name}"] = getattr(module, name)
    return found


@pytest.mark.parametrize("name", functions())
def test_a_function_shows_how_it_is_used(name: str) -> None:
    documentation = inspect.getdoc(functions()[name]) or ""
    assert "Example:\n    >>> " in documentation
    # A sentence first, and each argument by its name.
    assert documentation.splitlines()[0].endswith((".", ":"))
    for argument, told in inspect.signature(functions()[name]).parameters.items():
        is_named = f"{argument}:" in documentation or f"`{argument}`" in documentation
        is_plain = argument in ("self", "job_id", "queue", "layout_id", "bom_id", "floorplan_id")
        same_as_another = "the arguments are those of" in documentation
        assert is_named or is_plain or same_as_another, argument
        assert told.annotation is not inspect.Parameter.empty or argument == "self"
