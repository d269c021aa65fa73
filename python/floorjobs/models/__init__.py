"""What the library returns, as values: frozen, with `to_dict()` for an answer.

Times are aware datetimes in UTC, durations seconds, sizes bytes.
"""

from floorjobs.models.attempt import Attempt
from floorjobs.models.catalogue import Catalogue
from floorjobs.models.design import Bom, Layout
from floorjobs.models.explanation import Estimate, Explanation
from floorjobs.models.floorplan import Floorplan
from floorjobs.models.follow import Change, JobEvent, JobPage
from floorjobs.models.job import Failure, Job, Progress
from floorjobs.models.queues import QueueStats
from floorjobs.models.upkeep import BackupReport, Finding, IntegrityReport, Level, Retention, Swept
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
    "BackupReport",
    "Bom",
    "Catalogue",
    "Change",
    "Durability",
    "Estimate",
    "Explanation",
    "Failure",
    "Finding",
    "Floorplan",
    "FloorplanStatus",
    "IntegrityReport",
    "Job",
    "JobEvent",
    "JobPage",
    "Json",
    "Layout",
    "Level",
    "Outcome",
    "ParentFailure",
    "Progress",
    "QueueStats",
    "Retention",
    "StallAction",
    "Status",
    "Swept",
    "rfc3339",
]
