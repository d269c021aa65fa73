"""What the library returns, as values: frozen, with `to_dict()` for an answer.

Times are aware datetimes in UTC, durations seconds, sizes bytes.
"""

from typing import TYPE_CHECKING

from floorjobs.later import later
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

if TYPE_CHECKING:
    from floorjobs.models.attempt import Attempt
    from floorjobs.models.catalogue import Catalogue
    from floorjobs.models.design import Bom, Layout
    from floorjobs.models.explanation import Estimate, Explanation
    from floorjobs.models.floorplan import Floorplan
    from floorjobs.models.follow import Change, JobEvent, JobPage
    from floorjobs.models.job import Failure, Job, Progress
    from floorjobs.models.queues import QueueStats
    from floorjobs.models.upkeep import (
        BackupReport,
        Finding,
        IntegrityReport,
        Level,
        Retention,
        Swept,
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

__getattr__, __dir__ = later(
    __name__,
    __all__,
    {
        "floorjobs.models.attempt": ("Attempt",),
        "floorjobs.models.catalogue": ("Catalogue",),
        "floorjobs.models.design": (
            "Bom",
            "Layout",
        ),
        "floorjobs.models.explanation": (
            "Estimate",
            "Explanation",
        ),
        "floorjobs.models.floorplan": ("Floorplan",),
        "floorjobs.models.follow": (
            "Change",
            "JobEvent",
            "JobPage",
        ),
        "floorjobs.models.job": (
            "Failure",
            "Job",
            "Progress",
        ),
        "floorjobs.models.queues": ("QueueStats",),
        "floorjobs.models.upkeep": (
            "BackupReport",
            "Finding",
            "IntegrityReport",
            "Level",
            "Retention",
            "Swept",
        ),
    },
)
