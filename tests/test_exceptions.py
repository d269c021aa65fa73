"""Every error code has one exception class, and the two sides agree on it."""

from __future__ import annotations

import pickle

import pytest

import floorjobs
from floorjobs import _floorjobs as native
from floorjobs import exceptions

CLASSES = [
    value
    for value in vars(exceptions).values()
    if isinstance(value, type) and issubclass(value, floorjobs.FloorjobsError)
]


def test_the_table_is_total() -> None:
    rows = native.error_codes()
    assert len(rows) == 18
    assert [number for _, number, _, _ in rows] == list(range(1, 19))
    for code, _, retryable, raised in rows:
        assert raised.code == code
        assert raised.retryable is retryable
    own = {c for c in CLASSES if c not in (floorjobs.FloorjobsError, floorjobs.JobNotFoundError)}
    assert {raised for *_, raised in rows} == own


@pytest.mark.parametrize("kind", CLASSES)
def test_each_class_has_the_root_and_its_own_field(kind: type[floorjobs.FloorjobsError]) -> None:
    error = kind("the sentence", "walls[3].x1")
    assert isinstance(error, floorjobs.FloorjobsError)
    assert str(error) == "the sentence"
    assert error.field == "walls[3].x1"
    assert kind("without").field is None
    assert kind.__name__ in floorjobs.__all__
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301, made one line above
    assert type(copy) is kind
    assert (str(copy), copy.field) == ("the sentence", "walls[3].x1")


def test_the_built_in_relatives() -> None:
    assert issubclass(floorjobs.JobNotFoundError, floorjobs.NotFoundError)
    assert issubclass(floorjobs.InvalidInputError, ValueError)
    assert issubclass(floorjobs.WaitTimeout, TimeoutError)
