"""The OpenAPI document against the routes that are there, and against what they answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from floorjobs.flask.failures import STATUS_OF_CODE

from support import PLAN

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    import floorjobs

METHODS = {"get", "post", "put", "delete", "patch"}


@pytest.fixture
def document(http: FlaskClient) -> dict[str, Any]:
    body: dict[str, Any] = http.get("/api/v1/openapi.json").get_json()
    return body


def test_it_names_every_route_and_no_other(app: Flask, document: dict[str, Any]) -> None:
    there = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("floorjobs.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {
        (path, method)
        for path, operations in document["paths"].items()
        for method in METHODS & set(operations)
    }
    assert told == there


def test_its_schemas_are_schemas_and_its_references_lead_somewhere(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert name in str(document["paths"]) + str(schemas)
    for name in re.findall(r"#/components/schemas/(\w+)", str(document)):
        assert name in schemas
    assert schemas["Error"]["properties"]["code"]["enum"] == list(STATUS_OF_CODE)
    for path, operations in document["paths"].items():
        named = {parameter["name"] for parameter in operations.get("parameters", [])}
        assert named == set(re.findall(r"{(\w+)}", path))


def test_answers_are_as_it_says(
    http: FlaskClient, jobs: floorjobs.Client, document: dict[str, Any]
) -> None:
    def conforms(method: str, path: str, template: str, **request: Any) -> int:
        answer = http.open(f"/api/v1{path}", method=method, **request)
        told = document["paths"][template][method.lower()]["responses"][str(answer.status_code)]
        schema = told["content"][answer.mimetype]["schema"]
        whole = {**schema, "components": document["components"]}
        jsonschema.Draft202012Validator(whole).validate(answer.get_json())
        return answer.status_code

    with PLAN.open("rb") as pdf:
        form = {"file": (pdf, "plan.pdf")}
        assert conforms("POST", "/ingest", "/ingest", data=form) == 202
    assert conforms("POST", "/ingest", "/ingest") == 400
    (ingest,) = jobs.list()
    plan = ingest.floorplan_id
    site = {"perimeter_mm": [[0, 0], [9000, 0], [9000, 8000], [0, 8000]]}
    body = {"site": site, "prompt": "2 offices", "parallel_candidates": 1}
    assert conforms("POST", "/generate", "/generate", json=body) == 202
    assert conforms("POST", "/generate", "/generate", json=[]) == 400
    jobs.run_here(ingest.id)
    (generate, _) = jobs.list()
    failed = jobs.enqueue("k")
    jobs.fail(jobs.hold(failed.id).id, "no")
    done = jobs.run_here(generate.id)
    bill = jobs.bom(done.bom_id or 0)
    again = f"/layouts/{bill.layout_id}/boms"
    assert conforms("POST", again, "/layouts/{layout}/boms", json={"bom": {}}) == 202
    assert conforms("POST", again, "/layouts/{layout}/boms", json={"bom": 1}) == 400
    for status, path, template in (
        (200, "/jobs", "/jobs"),
        (200, f"/jobs/{ingest.id}", "/jobs/{job_id}"),
        (200, f"/jobs/{failed.id}", "/jobs/{job_id}"),
        (200, f"/jobs/{jobs.enqueue('k').id}", "/jobs/{job_id}"),
        (200, f"/jobs/{failed.id}/attempts", "/jobs/{job_id}/attempts"),
        (404, "/jobs/x", "/jobs/{job_id}"),
        (200, "/queues", "/queues"),
        (200, f"/status/{plan}", "/status/{pdf_id}"),
        (404, "/status/99", "/status/{pdf_id}"),
        (200, f"/floorplans/{plan}", "/floorplans/{plan}"),
        (200, f"/layouts/{bill.layout_id}", "/layouts/{layout}"),
        (200, f"/boms/{bill.id}", "/boms/{bom}"),
        (200, "/health", "/health"),
    ):
        assert conforms("GET", path, template) == status, path
    assert conforms("POST", f"/jobs/{failed.id}/retry", "/jobs/{job_id}/retry") == 202
    assert conforms("DELETE", f"/jobs/{failed.id}", "/jobs/{job_id}") == 202
    assert conforms("DELETE", f"/jobs/{failed.id}", "/jobs/{job_id}") == 409


def test_it_tells_of_a_key_only_where_one_is_needed(app: Flask, document: dict[str, Any]) -> None:
    assert "security" not in document
    app.config["API_AUTH_KEY"] = "k"
    keyed = app.test_client().get("/api/v1/openapi.json").get_json()
    assert keyed["security"] == [{"key": []}]
    assert keyed["components"]["securitySchemes"]["key"]["name"] == "X-API-Key"
    assert keyed["paths"]["/health"]["get"]["security"] == []
