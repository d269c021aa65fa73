"""Help for the tests of an application that stores jobs.

```python
# conftest.py
pytest_plugins = ["floorjobs.testing.plugin"]     # floorjobs_url, floorjobs_client
```

```python
from floorjobs.testing import inline, using

def test_upload(app, floorjobs_client):
    # On the store of the test, jobs run at once, in the call that stores them.
    with using(app, floorjobs_client), inline(app) as jobs:
        answer = app.test_client().post("/plans", data={"file": open("plan.pdf", "rb")})
        assert jobs.get(answer.get_json()["job_id"]).status == "succeeded"
```

`using` gives an application the store of a test. `inline` runs jobs where they are stored,
`run_ready` those that are stored already, and `assert_enqueued` looks at what would run. None of
them starts a thread or a process.
"""

from floorjobs.testing.expecting import assert_enqueued, assert_not_enqueued, assert_succeeded
from floorjobs.testing.inline import inline, run_ready, using

__all__ = [
    "assert_enqueued",
    "assert_not_enqueued",
    "assert_succeeded",
    "inline",
    "run_ready",
    "using",
]
