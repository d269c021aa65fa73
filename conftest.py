"""What the examples in the docstrings may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import floorjobs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _folder(doctest_namespace: dict[str, object], tmp_path: Path) -> None:
    doctest_namespace.update(folder=tmp_path, floorjobs=floorjobs, connect=floorjobs.connect)
