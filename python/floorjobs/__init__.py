"""Durable jobs for heavy work, embedded in the program that needs them.

```python
import floorjobs

jobs = floorjobs.connect()
job = jobs.ingest("plan.pdf")
job = jobs.wait(job.id, timeout=30)
```

The work is done by ``python -m floorjobs.worker``, as many of them as you like. Importing this
package starts no thread and imports no web framework; `floorjobs.flask` is for that.
"""

from typing import TYPE_CHECKING

from floorjobs import models as models
from floorjobs._floorjobs import __version__
from floorjobs.exceptions import (
    CancelledError,
    ConflictError,
    CorruptError,
    FloorjobsError,
    InfeasibleError,
    InternalError,
    InvalidInputError,
    InvalidPdfError,
    InvalidStateError,
    JobNotFoundError,
    LeaseLostError,
    LimitExceededError,
    NoPlanFoundError,
    NotFoundError,
    PanickedError,
    PasswordRequiredError,
    ScaleUnknownError,
    UnavailableError,
    UnsupportedError,
    WaitTimeout,
)
from floorjobs.later import later

if TYPE_CHECKING:
    from floorjobs.candidates import CandidateSource, candidate_source
    from floorjobs.client import Client, connect
    from floorjobs.handlers import handler
    from floorjobs.layouts import Design, generate
    from floorjobs.models import (
        Attempt,
        BackupReport,
        Bom,
        Catalogue,
        Estimate,
        Explanation,
        Failure,
        Finding,
        Floorplan,
        IntegrityReport,
        Job,
        JobEvent,
        JobPage,
        Layout,
        Progress,
        QueueStats,
        Retention,
        Swept,
    )
    from floorjobs.outcomes import Complete, Permanent, Retry, Snooze
    from floorjobs.plans import PlanReader, PlanReading, ingest_pdf

__all__ = [
    "Attempt",
    "BackupReport",
    "Bom",
    "CancelledError",
    "CandidateSource",
    "Catalogue",
    "Client",
    "Complete",
    "ConflictError",
    "CorruptError",
    "Design",
    "Estimate",
    "Explanation",
    "Failure",
    "Finding",
    "FloorjobsError",
    "Floorplan",
    "InfeasibleError",
    "IntegrityReport",
    "InternalError",
    "InvalidInputError",
    "InvalidPdfError",
    "InvalidStateError",
    "Job",
    "JobEvent",
    "JobNotFoundError",
    "JobPage",
    "Layout",
    "LeaseLostError",
    "LimitExceededError",
    "NoPlanFoundError",
    "NotFoundError",
    "PanickedError",
    "PasswordRequiredError",
    "Permanent",
    "PlanReader",
    "PlanReading",
    "Progress",
    "QueueStats",
    "Retention",
    "Retry",
    "ScaleUnknownError",
    "Snooze",
    "Swept",
    "UnavailableError",
    "UnsupportedError",
    "WaitTimeout",
    "__version__",
    "candidate_source",
    "connect",
    "generate",
    "handler",
    "ingest_pdf",
]

__getattr__, __dir__ = later(
    __name__,
    __all__,
    {
        "floorjobs.candidates": ("CandidateSource", "candidate_source"),
        "floorjobs.client": ("Client", "connect"),
        "floorjobs.handlers": ("handler",),
        "floorjobs.layouts": (
            "Design",
            "generate",
        ),
        "floorjobs.models": (
            "Attempt",
            "BackupReport",
            "Bom",
            "Catalogue",
            "Estimate",
            "Explanation",
            "Failure",
            "Finding",
            "Floorplan",
            "IntegrityReport",
            "Job",
            "JobEvent",
            "JobPage",
            "Layout",
            "Progress",
            "QueueStats",
            "Retention",
            "Swept",
        ),
        "floorjobs.outcomes": (
            "Complete",
            "Permanent",
            "Retry",
            "Snooze",
        ),
        "floorjobs.plans": (
            "PlanReader",
            "PlanReading",
            "ingest_pdf",
        ),
    },
)
