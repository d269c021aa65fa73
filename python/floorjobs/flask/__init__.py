"""The Flask extension: upload, status and result routes on top of the client.

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
| ``GET /jobs/<job_id>`` | the job, and why it waits; ``Retry-After`` until it has ended; ``ETag`` |
| ``DELETE /jobs/<job_id>`` | 202, the job is cancelled or about to be |
| ``GET /status/<pdf_id>`` | the floor plan's status and jobs |
| ``GET /floorplans/<id>`` | the floor plan; as SVG by suffix or ``Accept`` |
| ``GET /health`` | 200 when the store of jobs answers; also without the prefix |
"""

from floorjobs.flask.extension import FloorJobs

__all__ = ["FloorJobs"]
