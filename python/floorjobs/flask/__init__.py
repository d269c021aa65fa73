"""The Flask extension: routes, a page and commands on top of the client.

```python
from flask import Flask
from floorjobs.flask import FloorJobs

app = Flask(__name__)
jobs = FloorJobs(app)
```

Routes, under ``/api/v1`` unless ``API_V1_PREFIX`` or `url_prefix` says otherwise:

| route | answer |
| --- | --- |
| ``POST /ingest`` | 202 with the job's id; with ``Prefer: wait=N`` 200 with the walls |
| ``POST /generate`` | 202 with the job's id; with ``Prefer: wait=N`` 200 with layout and bill |
| ``GET /jobs`` | a page of jobs, newest first |
| ``GET /jobs/<job_id>`` | the job, and why it waits; ``Retry-After`` until it has ended; ``ETag`` |
| ``DELETE /jobs/<job_id>`` | 202, the job is cancelled or about to be |
| ``POST /jobs/<job_id>/retry`` | 202, the failed or cancelled job is queued again |
| ``GET /jobs/<job_id>/attempts`` | its runs |
| ``GET /jobs/<job_id>/events`` | its changes as they happen, if ``FLOORJOBS_EVENTS`` allows it |
| ``GET /queues`` | how many jobs each queue has in each state |
| ``GET /status/<pdf_id>`` | the floor plan's status and jobs |
| ``GET /floorplans/<id>`` | the floor plan; as SVG by suffix or ``Accept`` |
| ``GET /layouts/<id>`` | the layout; as SVG likewise |
| ``POST /layouts/<id>/boms`` | 202 with the job that prices the layout once more |
| ``GET /boms/<id>`` | the bill of materials; as CSV or XLSX by suffix or ``Accept`` |
| ``GET /openapi.json`` | all of this as an OpenAPI 3.1 document |
| ``GET /health`` | 200 when the store of jobs answers; also without the prefix |

For people there is a page at ``/floorjobs/``, and at the terminal ``flask floorjobs ...``.
"""

from floorjobs.flask.extension import FloorJobs

__all__ = ["FloorJobs"]
