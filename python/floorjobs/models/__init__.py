"""What the library returns, as values: frozen, with `to_dict()` for an answer.

Times are aware datetimes in UTC, durations seconds, sizes bytes.
"""

from floorjobs.models.attempt import Attempt
from floorjobs.models.floorplan import Floorplan
from floorjobs.models.job import Failure, Job, Progress
from floorjobs.models.values import (
    Durability,
    FloorplanStatus,
    Json,
    Outcome,
    ParentFailure,
    StallAction,
    Status,
    rfc3339,
)

__all__ = [
    "Attempt",
    "Durability",
    "Failure",
    "Floorplan",
    "FloorplanStatus",
    "Job",
    "Json",
    "Outcome",
    "ParentFailure",
    "Progress",
    "StallAction",
    "Status",
    "rfc3339",
]
