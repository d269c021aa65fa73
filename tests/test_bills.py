"""Bills as files, materials with their rates, and layouts that are priced once more."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import floorjobs
from floorjobs import cli

from support import PLAN, starting_worker

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

PLATE = {"perimeter_mm": [[0, 0], [12000, 0], [12000, 9000], [0, 9000]]}
HEAD = b"code,material_name,category,unit_of_measurement,cost_inr\n"


def drained(database: Path, jobs: floorjobs.Client, job: floorjobs.Job) -> floorjobs.Job:
    """Run what is queued, and return the job as it is then."""
    with starting_worker(
        f"sqlite:///{database}", database.with_suffix(".log"), "--drain"
    ) as program:
        assert program.process.wait(120) == 0, program.output()
    done = jobs.get(job.id)
    assert done.status == "succeeded", done.error
    return done


@pytest.fixture
def bill(jobs: floorjobs.Client, database: Path) -> floorjobs.Bom:
    """A bill of two offices."""
    job = jobs.generate(site=PLATE, prompt="2 offices and a toilet")
    return jobs.bom(drained(database, jobs, job).bom_id or 0)


def test_materials_are_imported_merged_exported_and_reset(
    jobs: floorjobs.Client, tmp_path: Path
) -> None:
    seed = jobs.materials()
    assert (seed.name, seed.sample, len(seed.materials)) == ("seed", True, 46)
    merged = jobs.import_materials(
        HEAD + b"WL-01,Ours,wall,sqft,118.50\nX,New,door,piece,\n", mode="merge"
    )
    assert len(merged.materials) == 47
    assert (merged.materials[0]["cost_inr"], merged.materials[-1]["cost_inr"]) == ("118.50", None)
    assert merged.sample

    file = tmp_path / "acme.csv"
    file.write_text(jobs.materials_csv())
    ours = jobs.import_materials(file)
    assert (ours.name, ours.sample) == ("acme", False)
    assert ours.materials == merged.materials
    assert jobs.materials() == ours

    with pytest.raises(floorjobs.InvalidInputError) as refused:
        jobs.import_materials(HEAD + b"A,One,wall,sqft,cheap\nA,Two,roof,mile,-1\n")
    for place in ("line 2, column `cost_inr`", "line 3, column `category`", "line 3, column `cost"):
        assert place in str(refused.value)
    for bad in (b"", HEAD, b"\xff\xfe"):
        with pytest.raises(floorjobs.InvalidInputError):
            jobs.import_materials(bad)
    assert jobs.materials() == ours
    jobs.reset_materials()
    assert jobs.materials() == seed


def test_a_layout_is_priced_once_more_and_bills_keep_their_rates(
    jobs: floorjobs.Client, database: Path, bill: floorjobs.Bom
) -> None:
    assert bill.document["catalogue"] == "seed"
    csv = jobs.materials_csv().replace("112.00", "224.00", 1)
    jobs.import_materials(csv.encode(), name="dearer")
    assert bill.layout_id is not None
    job = jobs.price(bill.layout_id)
    assert (job.kind, job.status) == ("price", "queued")
    premium = jobs.price(
        bill.layout_id,
        bom={"price_list": "premium", "taxes": [{"name": "GST", "percent": 18}]},
    )
    dearer = jobs.bom(drained(database, jobs, job).bom_id or 0)
    assert (dearer.document["catalogue"], dearer.layout_id) == ("dearer", bill.layout_id)
    walls = [
        Decimal(one["amount_inr"]) for one in bill.line_items if one["material_code"] == "WL-01"
    ]
    more = Decimal(dearer.total_cost_inr) - Decimal(bill.total_cost_inr)
    assert walls
    # One rate is twice what it was; each line is rounded by itself.
    assert abs(more - sum(walls)) <= Decimal("0.01") * len(walls)
    assert jobs.bom(bill.id) == bill
    last = jobs.bom(jobs.get(premium.id).bom_id or 0)
    assert last.document["taxes"][0]["name"] == "GST"
    assert Decimal(last.total_cost_inr) > Decimal(dearer.total_cost_inr)

    with pytest.raises(floorjobs.NotFoundError):
        jobs.price(99)
    for options, field in (
        ({"price_list": "none"}, "bom.price_list"),
        ({"measurement": "guess"}, "bom.measurement"),
    ):
        with pytest.raises(floorjobs.InvalidInputError) as refused:
            jobs.price(bill.layout_id, bom=options)
        assert refused.value.field == field
        with pytest.raises(floorjobs.InvalidInputError) as refused:
            jobs.generate(site=PLATE, prompt="an office", bom=options)
        assert refused.value.field == field
    assert len(jobs.list()) == 3


def test_a_bill_is_downloaded_as_csv_and_workbook(
    http: FlaskClient, jobs: floorjobs.Client, database: Path, bill: floorjobs.Bom
) -> None:
    table = http.get(f"/api/v1/boms/{bill.id}.csv")
    assert (table.status_code, table.mimetype) == (200, "text/csv")
    assert table.text == jobs.bom_csv(bill.id)
    assert len(table.text.splitlines()) > len(bill.line_items)
    assert bill.total_cost_inr in table.text
    book = http.get(f"/api/v1/boms/{bill.id}.xlsx")
    assert book.headers["Content-Disposition"] == f'attachment; filename="bom-{bill.id}.xlsx"'
    assert book.data == jobs.bom_xlsx(bill.id)
    with zipfile.ZipFile(io.BytesIO(book.data)) as parts:
        assert "xl/worksheets/sheet6.xml" in parts.namelist()
    again = http.get(
        f"/api/v1/boms/{bill.id}.xlsx", headers={"If-None-Match": book.headers["ETag"]}
    )
    assert again.status_code == 304
    by_type = http.get(f"/api/v1/boms/{bill.id}", headers={"Accept": "text/csv"})
    assert by_type.data == table.data
    assert http.get(f"/api/v1/boms/{bill.id}").get_json()["id"] == bill.id
    for unknown in (f"{bill.id}.pdf", "99.csv", "x.xlsx"):
        assert http.get(f"/api/v1/boms/{unknown}").status_code == 404

    path = f"/api/v1/layouts/{bill.layout_id}/boms"
    stored = http.post(path, json={"bom": {"measurement": "is1200"}})
    assert stored.status_code == 202
    assert http.post(path).status_code == 202
    drained(database, jobs, jobs.get(stored.get_json()["job_id"]))
    assert [job.kind for job in jobs.list(status="succeeded")] == ["price", "price", "generate"]
    for body, field in (({"bom": 1}, "bom"), ({"colour": 1}, "colour")):
        refused = http.post(path, json=body)
        assert (refused.status_code, refused.get_json()["field"]) == (400, field)
    assert http.post("/api/v1/layouts/99/boms").status_code == 404


def test_a_layout_here_and_now_needs_no_store(tmp_path: Path) -> None:
    (reading,) = floorjobs.ingest_pdf(PLAN)
    design = floorjobs.generate(floorplan=reading, prompt="2 offices")
    assert design.success
    assert design.layout is not None
    assert design.bom is not None
    assert design.svg is not None
    assert design.svg.startswith("<svg ")
    assert design.bom["total_cost_inr"] in (design.csv or "")
    assert (design.xlsx or b"")[:2] == b"PK"
    again = floorjobs.generate(floorplan=reading.plan, prompt="2 offices", threads=1)
    assert again == design

    priced = floorjobs.generate(site=PLATE, prompt="an office", materials=HEAD + b"A,B,wall,sqft,1")
    assert priced.bom is not None
    assert priced.bom["is_partial"]
    small = {"perimeter_mm": [[0, 0], [3000, 0], [3000, 3000], [0, 3000]]}
    none = floorjobs.generate(site=small, prompt="12 operatories")
    assert (none.success, none.bom, none.svg, none.xlsx) == (False, None, None, None)
    assert none.answer["infeasibility"]["message"]
    for bad in ({"floorplan": reading, "spatial_graph": {}}, {}, {"site": {"perimeter_mm": [1]}}):
        with pytest.raises(floorjobs.InvalidInputError):
            floorjobs.generate(prompt="an office", **bad)  # type: ignore[arg-type]


def test_layouts_and_bills_at_a_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str, bill: floorjobs.Bom
) -> None:
    def run(*arguments: str, code: int = 0) -> str:
        assert cli.main([*arguments, "--database-url", database_url]) == code
        return capsys.readouterr().out

    files: dict[str, Path] = {name: tmp_path / f"x.{name}" for name in ("svg", "csv", "xlsx")}
    places = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    said = run("generate", "--outline", "12x9", "--prompt", "2 offices and a toilet", *places)
    assert bill.total_cost_inr in said
    assert "the rates are samples" in said
    # Rooms are called by their names, and not by what programs call them.
    assert "given differently: Private office 1, area target: " in said
    assert "private_office-1" not in said
    assert all(path.stat().st_size for path in files.values())
    refused = run("generate", "--outline", "3x3", "--prompt", "12 operatories", code=1)
    assert "infeasible: " in refused
    assert "it would help: " in refused
    assert run("generate", str(PLAN), "--prompt", "2 offices", "--json").startswith('{"success"')

    said = run("bom", str(bill.id), "--csv", str(tmp_path / "b.csv"))
    assert bill.total_cost_inr in said
    assert (tmp_path / "b.csv").read_bytes() == files["csv"].read_bytes()
    assert "office" in run("layout", str(bill.layout_id), "--svg", str(tmp_path / "l.svg"))
    assert (tmp_path / "l.svg").read_bytes() == files["svg"].read_bytes()
    assert " queued price" in run("price", str(bill.layout_id), "--price-list", "premium")

    assert run("materials").startswith("CODE ")
    # Who stores or fetches rates is told that, and not all of them.
    ours = str(tmp_path / "ours.csv")
    told = f"46 materials of `seed` written to {ours}, the rates are samples\n"
    assert run("materials", "--export", ours) == told
    assert run("materials", "--import", ours) == "46 materials of `ours`\n"
    assert run("materials", "--reset") == "46 materials of `seed`, the rates are samples\n"
    run("materials", "--merge", code=2)
    run("materials", "--name", "ours", code=2)
    run("materials", "--import", ours, "--reset", code=2)


def test_a_terminal_is_told_what_a_job_made(
    capsys: pytest.CaptureFixture[str], jobs: floorjobs.Client, database_url: str
) -> None:
    def waited(job: floorjobs.Job) -> tuple[int, str]:
        jobs.run_here(job.id)
        code = cli.main(["wait", job.id, "--database-url", database_url])
        return code, capsys.readouterr().out

    made = jobs.generate(site=PLATE, prompt="2 offices", effort="fast", alternatives=1)
    assert waited(made) == (0, f"{made.id} succeeded layout 1, bill 1\n")
    again = jobs.price(1)
    assert waited(again) == (0, f"{again.id} succeeded layout 1, bill 2\n")
    small = {"perimeter_mm": [[0, 0], [3000, 0], [3000, 3000], [0, 3000]]}
    none = jobs.generate(site=small, prompt="12 operatories")
    code, said = waited(none)
    assert (code, said.startswith(f"{none.id} succeeded infeasible: the rooms need")) == (1, True)
    # What a kind of the host's own calls success is for the host to say.
    own = jobs.enqueue("page")
    jobs.run_here(own.id, lambda _ctx, _payload: {"success": False})
    assert cli.main(["wait", own.id, "--database-url", database_url]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "--prompt", "an office"],
        ["generate", "a.pdf", "--outline", "3x3", "--prompt", "an office"],
        ["generate", "a.pdf", "--floorplan", "3", "--prompt", "an office"],
        ["generate", "--outline", "3x3", "--prompt", "an office", "--price-list", "none"],
        ["generate", "--outline", "[]", "--prompt", "an office"],
        ["generate", "--outline", "3x3", "--prompt", "an office", "--watch"],
        ["generate", "--floorplan", "3", "--prompt", "an office", "--svg", "a.svg"],
    ],
)
def test_what_a_terminal_is_told_of_bad_arguments(
    capsys: pytest.CaptureFixture[str], arguments: list[str], database_url: str
) -> None:
    assert cli.main([*arguments, "--database-url", database_url]) == 2
    assert capsys.readouterr().err.startswith("invalid_input: ")


def test_options_of_a_bill(jobs: floorjobs.Client) -> None:
    options: Any = {"additions": [{"name": "Design", "percent": float("nan")}]}
    with pytest.raises(floorjobs.InvalidInputError):
        jobs.price(1, bom=options)
