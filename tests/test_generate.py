"""Layouts and bills: a job from request to bill, its routes, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import floorjobs

from support import PLAN, starting_worker

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

PLATE = {"perimeter_mm": [[0, 0], [16000, 0], [16000, 12000], [0, 12000]]}
CLINIC = "6 operatory dental clinic with reception and 2 bathrooms"


def drained(database: Path, jobs: floorjobs.Client, job: floorjobs.Job) -> floorjobs.Job:
    """Run what is queued, and return the job as it is then."""
    log = database.with_suffix(".log")
    with starting_worker(f"sqlite:///{database}", log, "--drain") as program:
        assert program.process.wait(120) == 0, program.output()
    return jobs.get(job.id)


def test_a_clinic_is_laid_out_and_priced(jobs: floorjobs.Client, database: Path) -> None:
    first = jobs.generate(site=PLATE, prompt=CLINIC, seed=7)
    again = jobs.generate(site=PLATE, prompt=CLINIC, seed=7, threads=1)
    assert (first.kind, first.status) == ("generate", "queued")
    done = drained(database, jobs, first)
    assert done.status == "succeeded", done.error
    assert done.result["success"] is True
    assert done.result_ref["result_type"] == "bom"
    assert done.result_ref["result_id"] == done.bom_id == done.result["bom_id"]
    bill = jobs.bom(done.bom_id or 0)
    layout = jobs.layout(bill.layout_id or 0)
    rooms = [room["room_type"] for room in layout.layout["rooms"]]
    assert rooms.count("operatory") == 6
    assert rooms.count("reception") == 1
    assert layout.constraint_result["passed"]
    assert layout.interpretation["assumptions"]
    assert bill.total_cost_inr == done.result["total_cost_inr"]
    assert bill.line_items
    assert {"material_name", "category", "quantity", "unit", "rate_inr"} <= set(bill.line_items[0])
    assert jobs.layout_svg(layout.id).startswith("<svg ")
    # The same seed gives the same bytes, whatever the number of threads.
    other = jobs.get(again.id)
    assert jobs.layout(other.result["layout_id"]).document == layout.document
    assert jobs.layout(other.result["layout_id"]).id != layout.id


def test_what_does_not_fit_is_an_answer(jobs: floorjobs.Client, database: Path) -> None:
    small = {"perimeter_mm": [[0, 0], [5000, 0], [5000, 4000], [0, 4000]]}
    done = drained(database, jobs, jobs.generate(site=small, prompt="12 operatories"))
    assert (done.status, done.bom_id) == ("succeeded", None)
    assert done.result["success"] is False
    assert done.result["answer"]["status"] == "infeasible"
    assert done.result["answer"]["infeasibility"]


def test_a_plan_that_is_still_being_read_is_waited_for(
    jobs: floorjobs.Client, database: Path, http: FlaskClient
) -> None:
    plan = jobs.ingest(PLAN)
    job = jobs.generate(floorplan_id=plan.floorplan_id, prompt="2 offices")
    assert job.waiting_for == 1
    done = drained(database, jobs, job)
    assert done.status == "succeeded", done.error
    assert done.bom_id is not None, done.result
    status = http.get(f"/api/v1/status/{plan.floorplan_id}").get_json()
    assert status["generation_summary"]["bom_id"] == done.bom_id
    assert status["generation_summary"]["total_cost_inr"] == jobs.bom(done.bom_id).total_cost_inr
    assert [one["job_type"] for one in status["jobs"]] == ["generate", "ingest"]


def test_the_routes(jobs: floorjobs.Client, database: Path, http: FlaskClient) -> None:
    body = {"site": PLATE, "prompt": CLINIC, "parallel_candidates": 1, "seed": 3, "effort": "fast"}
    answer = http.post("/api/v1/generate", json=body, headers={"Idempotency-Key": "a"})
    assert answer.status_code == 202
    stored = answer.get_json()
    assert set(stored) == {"job_id", "status", "status_url"}
    twice = http.post("/api/v1/generate", json=body, headers={"Idempotency-Key": "a"})
    assert twice.get_json()["job_id"] == stored["job_id"]
    asked = jobs.get(stored["job_id"]).payload["request"]["solver"]
    assert asked == {"seed": 3, "effort": "fast", "alternatives": 1}
    done = drained(database, jobs, jobs.get(stored["job_id"]))
    bill = http.get(f"/api/v1/boms/{done.bom_id}").get_json()
    assert bill["total_cost_inr"] == done.result["total_cost_inr"]
    layout = http.get(f"/api/v1/layouts/{bill['layout_id']}").get_json()
    assert layout["layout"]["rooms"]
    picture = http.get(f"/api/v1/layouts/{bill['layout_id']}.svg")
    assert picture.mimetype == "image/svg+xml"
    assert http.get("/api/v1/layouts/99").status_code == 404
    assert http.get("/api/v1/boms/99").status_code == 404


GRAPH: dict[str, Any] = {
    "walls": [{"x1": 0, "y1": 0, "x2": 100, "y2": 0, "thickness": 4}],
    "scale_factor": 10.0,
    "page_dimensions": [842, 595],
}


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"prompt": "an office"}, "spatial_graph", "spatial_graph is required"),
        ("site=x", "Content-Type", "with Content-Type: application/json"),
        ({"site": PLATE}, "prompt", "prompt must be a non-empty string"),
        ({"site": PLATE, "prompt": " "}, "prompt", "prompt must be a non-empty string"),
        (
            {"spatial_graph": {**GRAPH, "walls": []}, "prompt": "an office"},
            "spatial_graph",
            "spatial_graph must include at least one wall",
        ),
        (
            {"spatial_graph": {**GRAPH, "walls": [{"x1": 0}]}, "prompt": "an office"},
            "spatial_graph.walls[0].y1",
            "Invalid spatial_graph payload: `spatial_graph.walls[0].y1` is missing",
        ),
        (
            {"spatial_graph": {**GRAPH, "walls": [{"x1": "0"}]}, "prompt": "an office"},
            "spatial_graph.walls[0].x1",
            '`spatial_graph.walls[0].x1` must be a number, not "0"',
        ),
        (
            {"spatial_graph": {**GRAPH, "scale": 2}, "prompt": "an office"},
            "spatial_graph.scale",
            "there is no field `scale`; there is `walls`, ",
        ),
        (
            {"site": PLATE, "prompt": "an office", "parallel_candidates": 0},
            "parallel_candidates",
            "parallel_candidates must be a positive integer",
        ),
        (
            {"site": PLATE, "prompt": "an office", "max_workers": True},
            "max_workers",
            "max_workers must be a positive integer",
        ),
        (
            {"floorplan_id": "7", "prompt": "an office"},
            "floorplan_id",
            "floorplan_id must be an integer",
        ),
        (
            {"site": PLATE, "prompt": "an office", "parallel_candidates": 9},
            "parallel_candidates",
            "parallel_candidates: ",
        ),
        (
            {"site": PLATE, "prompt": "an office", "effort": "heroic"},
            "effort",
            "effort must be one of fast, normal, thorough",
        ),
        ({"site": PLATE, "prompt": "an office", "effort": {}}, "effort", "effort must be"),
        ({"site": PLATE, "prompt": "asdf"}, "prompt", "the prompt names no room"),
        (
            {"site": PLATE, "prompt": "an office", "strict": "no"},
            "strict",
            "strict must be true or false",
        ),
        ({"site": PLATE, "prompt": "an office", "colour": 1}, "colour", "there is no field"),
        ({"site": {"perimeter_mm": "x"}, "prompt": "an office"}, "site.perimeter_mm", ""),
        (
            {"site": PLATE, "program": {"rooms": [{"id": "a", "type": "office", "count": -1}]}},
            "program.rooms[0].count",
            "",
        ),
    ],
)
def test_a_bad_request_is_refused_and_stores_nothing(
    http: FlaskClient,
    jobs: floorjobs.Client,
    body: dict[str, Any] | str,
    field: str,
    sentence: str,
) -> None:
    given: dict[str, Any] = {"data": body} if isinstance(body, str) else {"json": body}
    answer = http.post("/api/v1/generate", **given)
    assert answer.status_code == 400
    told = answer.get_json()
    assert (told["code"], told["field"]) == ("invalid_input", field)
    assert sentence in told["error"]
    assert jobs.list() == []


def test_an_error_names_the_argument_that_was_given(jobs: floorjobs.Client) -> None:
    def told(**wanted: Any) -> list[str | None]:
        fields = []
        for generate in (jobs.generate, floorjobs.generate):
            with pytest.raises(floorjobs.InvalidInputError) as caught:
                generate(**wanted)
            assert "source." not in str(caught.value)
            assert " column " not in str(caught.value)
            fields.append(caught.value.field)
        return fields

    wall = {"x1": 0, "y1": 0, "x2": None, "y2": 0}
    assert (
        told(prompt="an office", spatial_graph={"walls": [wall]})
        == ["spatial_graph.walls[0].x2"] * 2
    )
    assert told(prompt="asdf", site=PLATE) == ["prompt"] * 2
    assert told(program={"prompt": "asdf"}, site=PLATE) == ["program.prompt"] * 2
    assert told(prompt="an office", site=PLATE, alternatives=0) == ["alternatives"] * 2
    with pytest.raises(floorjobs.InvalidInputError) as caught:
        floorjobs.generate(prompt="an office", floorplan={"walls": 3})
    assert (caught.value.field or "").startswith("floorplan.")
    with pytest.raises(floorjobs.InvalidInputError, match="one of the readings") as caught:
        floorjobs.generate(prompt="an office", floorplan=floorjobs.ingest_pdf(PLAN))  # type: ignore[arg-type]
    assert caught.value.field == "floorplan"


def test_a_floor_plan_must_exist_and_be_readable(
    http: FlaskClient, jobs: floorjobs.Client, database: Path
) -> None:
    answer = http.post("/api/v1/generate", json={"floorplan_id": 99, "prompt": "an office"})
    assert (answer.status_code, answer.get_json()["field"]) == (404, "floorplan_id")
    broken = jobs.ingest(b"%PDF-1.4\nnothing")
    drained(database, jobs, broken)
    with pytest.raises(floorjobs.InvalidStateError):
        jobs.generate(floorplan_id=broken.floorplan_id, prompt="an office")
    with pytest.raises(floorjobs.InvalidInputError):
        jobs.generate(site=PLATE, program={"rooms": [{"id": "a", "area_m2": float("nan")}]})
