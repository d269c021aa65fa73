"""What the examples in the docstrings may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import floorjobs

from support import PLAN

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _folder(doctest_namespace: dict[str, object], tmp_path: Path) -> None:
    doctest_namespace.update(
        folder=tmp_path, plan=PLAN, floorjobs=floorjobs, connect=floorjobs.connect
    )
