"""Fixtures for pytest: a store of jobs that is new for each test.

```python
# conftest.py
pytest_plugins = ["floorjobs.testing.plugin"]
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import floorjobs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What a developer has set for an application must not reach its tests.
_SETTINGS = (
    "FLOORJOBS_DATABASE_URL",
    "FLOORJOBS_BLOBS_URL",
    "FLOORJOBS_DURABILITY",
    "REDIS_URL",
    "JOB_QUEUE_NAME",
    "JOB_MAX_RETRIES",
    "JOB_RETRY_DELAY_SECONDS",
)


@pytest.fixture
def floorjobs_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a store that is new for this test, also in ``FLOORJOBS_DATABASE_URL``.

    The other settings are taken out of the environment until the test has ended.
    """
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{tmp_path}/floorjobs.db"
    monkeypatch.setenv("FLOORJOBS_DATABASE_URL", url)
    # A test loses nothing by a power cut.
    monkeypatch.setenv("FLOORJOBS_DURABILITY", "process")
    return url


@pytest.fixture
def floorjobs_client(floorjobs_url: str) -> Iterator[floorjobs.Client]:
    """A client of that store."""
    with floorjobs.connect(floorjobs_url) as client:
        yield client
