"""The page for people in headless Chromium: from an upload to the bill as a file."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask

import floorjobs
from browser import Site, chromium, site, visit
from floorjobs.flask import FloorJobs

from support import HOSTILE, PLAN, PLANS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, FileChooser, Page

PROMPT = "2 offices and a toilet"
# A plan with room for that on any of several arrangements.
ROOMY = PLANS / "d02_resplan_idx10_double_heavy_rsvg_rc4.pdf"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def worked(folder: Path, browser: Browser) -> Iterator[Site]:
    """The application with a worker, and with events."""
    url = f"sqlite:///{folder}/jobs.db"
    with site(folder, url, has_worker=True, FLOORJOBS_EVENTS="4") as made:
        yield made


@pytest.fixture(scope="module")
def designed(worked: Site, folder: Path) -> str:
    """The address of a plan that was read, laid out and priced."""
    with floorjobs.connect(f"sqlite:///{folder}/jobs.db") as jobs:
        plan = jobs.ingest(ROOMY)
        design = jobs.generate(floorplan_id=plan.floorplan_id, prompt=PROMPT)
        assert jobs.wait(design.id, timeout=90).bom_id is not None
    return f"#/plans/{plan.floorplan_id}/designs/{design.id}"


@pytest.fixture
def idle(tmp_path: Path, database_url: str, browser: Browser) -> Iterator[Site]:
    """The application without a worker."""
    with site(tmp_path, database_url, has_worker=False) as made:
        yield made


def contrast(page: Page, selector: str) -> float:
    """Return the contrast of a text against what is behind it, as WCAG 2 defines it."""
    ratio: float = page.evaluate(
        """(selector) => {
            const canvas = document.createElement("canvas").getContext("2d");
            const parts = (colour) => {
                canvas.clearRect(0, 0, 1, 1);
                canvas.fillStyle = colour;
                canvas.fillRect(0, 0, 1, 1);
                return [...canvas.getImageData(0, 0, 1, 1).data];
            };
            const light = (colour) => {
                const [r, g, b] = colour.map((part) => part / 255)
                    .map((part) => part <= 0.04045
                        ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const element = document.querySelector(selector);
            let behind = element;
            while (parts(getComputedStyle(behind).backgroundColor)[3] === 0) {
                behind = behind.parentElement;
            }
            const [one, other] = [
                light(parts(getComputedStyle(element).color).slice(0, 3)),
                light(parts(getComputedStyle(behind).backgroundColor).slice(0, 3)),
            ];
            return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        }""",
        selector,
    )
    return ratio


def test_from_an_upload_to_a_workbook(browser: Browser, worked: Site, folder: Path) -> None:
    with visit(browser, worked.url) as page:
        assert page.title() == "Upload a floor plan"
        with floorjobs.connect(f"sqlite:///{folder}/jobs.db") as jobs:
            # Or it may be read before the page comes to ask for it.
            jobs.pause("default")
            try:
                # It is followed by events, which this application allows.
                with page.expect_request(lambda request: request.url.endswith("/events")):
                    page.set_input_files("#file", ROOMY)
            finally:
                jobs.resume("default")
        page.wait_for_selector(".sheet img")
        assert page.title() == ROOMY.name
        with floorjobs.connect(f"sqlite:///{folder}/jobs.db") as jobs:
            number = int(re.findall(r"/plans/(\d+)", page.url)[0])
            plan = jobs.floorplan(number).plan or {}
        names = page.locator(".beside tbody th").all_inner_texts()
        assert names == [room["name"] for room in plan["rooms"]]
        assert len(page.locator(".over path").all()) == len(names)
        assert page.evaluate("document.querySelector('.sheet img').naturalWidth") > 0
        # A room of the table shows in the drawing, and the other way round.
        page.hover(f".beside tbody tr:has-text('{names[0]}')")
        assert page.locator(".over path.marked").count() == 1

        page.fill("#prompt", PROMPT)
        page.click("text=Lay it out")
        page.wait_for_selector(".result progress, .bill")
        page.wait_for_selector(".bill")
        with floorjobs.connect(f"sqlite:///{folder}/jobs.db") as jobs:
            newest = jobs.newest_bom(number) or {}
            bill = jobs.bom(newest["id"])
        rupees = page.inner_text(".total").split("₹")[1]
        assert re.sub(r"[\s,]", "", rupees) == bill.total_cost_inr
        sums = page.locator(".lines .group td.number").all_inner_texts()
        paise = [int(re.sub(r"[^\d]", "", text)) for text in sums]
        assert sum(paise) == int(bill.document["works_inr"].replace(".", ""))
        page.click("text=By room")
        by_room = page.locator(".lines .group td.number").all_inner_texts()
        assert sum(int(re.sub(r"[^\d]", "", text)) for text in by_room) == sum(paise)
        page.click(".toggle >> nth=0")
        assert page.locator(".toggle >> nth=0").get_attribute("aria-expanded") == "true"
        assert page.locator("#lines-0 tr").count() > 0

        # Nobody asked for areas: those that are usual are not told as asked for.
        told = page.locator(".designs .beside tbody td:nth-child(3)").all_inner_texts()
        assert any(text.startswith("usually ") for text in told)
        assert all(not text or text.startswith("usually ") for text in told)

        with page.expect_download() as download:
            page.click("text=Download XLSX")
        assert download.value.suggested_filename == f"bom-{bill.id}.xlsx"
        book = folder / "bill.xlsx"
        download.value.save_as(book)
        with zipfile.ZipFile(book) as parts:
            assert "xl/workbook.xml" in parts.namelist()

        # What does not fit is told with what would help, and the plan stays where it was.
        page.fill("#prompt", "30 operatories")
        page.press("#prompt", "Enter")
        page.wait_for_selector(".failure.mild li")
        assert "need" in page.inner_text(".failure")
        # It is proved, so a longer search is not offered; and it goes with the next request.
        assert page.get_by_role("button", name="Search thoroughly").count() == 0
        page.fill("#prompt", "asdf")
        page.press("#prompt", "Enter")
        page.wait_for_selector(".complaint:visible")
        assert page.locator(".failure").count() == 0
        page.fill("#prompt", PROMPT)
        page.select_option("#effort", "fast")
        page.click("text=Lay it out")
        page.wait_for_selector("text=Request 3")
        page.wait_for_selector(".bill")
        with floorjobs.connect(f"sqlite:///{folder}/jobs.db") as jobs:
            newest_job = jobs.list(kind="generate", limit=1)[0]
        assert newest_job.payload["request"]["solver"]["effort"] == "fast"
        assert page.input_value("#effort") == "fast"
        page.click("text=Request 1")
        page.wait_for_selector(".bill")
        assert page.input_value("#prompt") == PROMPT
        page.reload()
        page.wait_for_selector(".bill")


def test_with_the_keyboard_alone(browser: Browser, worked: Site) -> None:
    with visit(browser, worked.url) as page:
        page.wait_for_selector(".drop")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "file"
        chosen: list[FileChooser] = []
        page.on("filechooser", lambda chooser: chosen.append(chooser))
        # Chromium ignores keys that come before it has painted the page for the first time.
        for _ in range(20):
            page.keyboard.press("Enter")
            page.wait_for_timeout(500)
            if chosen:
                break
        chosen[0].set_files(PLAN)
        page.wait_for_selector(".sheet-view")
        # The drawing can be enlarged and moved about.
        page.focus(".sheet-view")
        page.keyboard.press("+")
        assert page.evaluate("document.querySelector('.paper').style.getPropertyValue('--zoom')")
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "prompt":
                break
        page.keyboard.type("30 operatories")
        page.keyboard.press("Enter")
        page.wait_for_selector(".failure.mild")
        # Each thing that has the focus shows it.
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_by_day_and_by_night(browser: Browser, idle: Site, scheme: str) -> None:
    with visit(browser, idle.url, color_scheme=scheme) as page:
        page.wait_for_selector(".drop")
        page.evaluate("document.querySelector('.complaint').hidden = false")
        for selector in ("h1", ".lead", ".drop .quiet", ".like-link", ".complaint", ".bar nav a"):
            assert contrast(page, selector) >= 4.5, selector
        light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (light == "rgb(246, 245, 242)") == (scheme == "light")


def test_jobs_are_listed_tried_again_and_cancelled(
    browser: Browser, idle: Site, jobs: floorjobs.Client
) -> None:
    failed = jobs.enqueue("thumbnail", {"page": 1})
    jobs.fail(jobs.hold(failed.id).id, "the disk is full", code="unavailable")
    with visit(browser, f"{idle.url}#/jobs?status=failed") as page:
        row = page.locator(f"[data-job='{failed.id}']")
        row.wait_for()
        assert "the disk is full" in row.inner_text()
        row.get_by_role("link", name="Thumbnail").click()
        page.wait_for_selector(".attempts")
        assert "The disk is full." in page.inner_text(".attempts")
        page.get_by_role("button", name="Retry").click()
        page.wait_for_selector(".state.queued")
        assert jobs.get(failed.id).status == "queued"
        page.wait_for_selector("text=no live worker serves")
        page.goto(f"{idle.url}#/jobs")
        page.locator(f"[data-job='{failed.id}'] button").click()
        page.wait_for_selector(f"[data-job='{failed.id}'] .state.cancelled")
        assert jobs.get(failed.id).status == "cancelled"
        # Another job appears by itself.
        other = jobs.enqueue("other")
        page.wait_for_selector(f"[data-job='{other.id}']")
        page.goto(f"{idle.url}#/jobs?status=running")
        page.wait_for_selector("text=No job is running")


def test_what_goes_wrong_is_said(browser: Browser, idle: Site, jobs: floorjobs.Client) -> None:
    with visit(browser, idle.url) as page:
        page.wait_for_selector(".drop")
        page.set_input_files("#file", {"name": "a.png", "mimeType": "image/png", "buffer": b"x"})
        assert page.inner_text(".complaint") == "a.png is not a PDF."
        page.set_input_files("#file", HOSTILE / "not_a_pdf.pdf")
        page.wait_for_selector("text=The file is not a PDF.")
        assert jobs.list() == []
        # A name that would run if it were taken for markup; the worker is missing.
        name = "<img src=x onerror=alert(1)>.pdf"
        pdf = {"name": name, "mimeType": "application/pdf", "buffer": PLAN.read_bytes()}
        page.set_input_files("#file", pdf)
        page.wait_for_selector("text=No worker is running.")
        assert page.inner_text("h1") == name
        assert page.locator("main img").count() == 0
        (job,) = jobs.list()
        jobs.fail(jobs.hold(job.id).id, "it opens only with a password", code="password_required")
        page.wait_for_selector(".failure")
        assert "Save a copy without one" in page.inner_text(".failure")
        # The same file would be refused again.
        assert page.get_by_role("button", name="Try again").count() == 0
        assert page.get_by_role("link", name="Upload another file").count() == 1
        jobs.retry(job.id)
        jobs.fail(jobs.hold(job.id).id, "the disk is away", code="unavailable")
        page.reload()
        page.get_by_role("button", name="Try again").click()
        page.wait_for_selector("text=No worker is running.")
        page.get_by_role("button", name="Cancel").click()
        page.wait_for_selector("h2:has-text('Cancelled')")
        page.goto(f"{idle.url}#/plans/99")
        page.wait_for_selector("text=It is not here")
        page.goto(f"{idle.url}#/nonsense")
        page.wait_for_selector("text=There is no such page")


def test_a_server_that_is_away_comes_back(browser: Browser, idle: Site) -> None:
    with visit(browser, f"{idle.url}#/jobs") as page:
        page.wait_for_selector("text=There are no jobs yet")
        assert page.locator("#connection").is_hidden()
        page.route("**/api/v1/**", lambda route: route.abort())
        page.wait_for_selector("text=The server cannot be reached.")
        page.unroute("**/api/v1/**")
        page.wait_for_selector("#connection", state="hidden")


def test_a_key_is_asked_for_until_it_is_right(
    browser: Browser, tmp_path: Path, database_url: str, jobs: floorjobs.Client
) -> None:
    jobs.enqueue("thumbnail")
    keyed = site(tmp_path, database_url, has_worker=False, API_AUTH_KEY="right")
    with keyed as made, visit(browser, f"{made.url}#/jobs") as page:
        for key, then in (("wrong", "text=That key is not known"), ("right", "table.jobs")):
            page.wait_for_selector("dialog[open]")
            page.fill("#key-value", key)
            page.keyboard.press("Enter")
            page.wait_for_selector(then)
        page.reload()
        page.wait_for_selector("table.jobs")
        assert page.locator("dialog[open]").count() == 0


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_is_wider_than_the_window(
    browser: Browser, worked: Site, designed: str, width: int
) -> None:
    with visit(browser, worked.url, viewport={"width": width, "height": 800}) as page:
        views = (
            ("", ".recent"),
            (designed, ".bill"),
            ("#/jobs", "table.jobs"),
        )
        for address, there in views:
            page.goto(worked.url + address)
            page.wait_for_selector(there)
            widths: Any = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert widths[0] <= widths[1], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_rules_of_accessible_pages_hold(
    browser: Browser, worked: Site, designed: str, folder: Path, scheme: str
) -> None:
    with floorjobs.connect(f"sqlite:///{folder}/jobs.db") as jobs:
        job = jobs.enqueue("other", queue="nowhere")
        jobs.fail(jobs.hold(job.id).id, "it failed")
    # What looks at the page is put into it, which its own policy would not allow.
    with visit(browser, worked.url, color_scheme=scheme, bypass_csp=True) as page:
        for address, there in (
            ("", ".recent"),
            (designed, ".bill"),
            ("#/plans/99", ".empty"),
            ("#/jobs", "table.jobs"),
            (f"#/jobs/{job.id}", ".attempts"),
        ):
            page.goto(worked.url + address)
            page.wait_for_selector(there)
            found = Axe().run(page).response["violations"]
            told = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
            assert told == [], address


def test_it_can_be_elsewhere_or_nowhere(database_url: str) -> None:
    def page_of(where: object, **more: str) -> int:
        app = Flask("host")
        app.config["FLOORJOBS_DATABASE_URL"] = database_url
        if where is not None:
            app.config["FLOORJOBS_PAGE"] = where
        FloorJobs(app, **more)
        path = more.get("page_prefix", where if isinstance(where, str) else "/floorjobs")
        return app.test_client().get(f"{path}/").status_code

    assert page_of(None) == 200
    assert page_of("/plans") == 200
    assert page_of(where=False) == 404
    assert page_of("off") == 404
    assert page_of(None, page_prefix="/other") == 200


def test_it_lets_nothing_in_and_names_files_that_are_there(app: Flask) -> None:
    http = app.test_client()
    answer = http.get("/floorjobs/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    files = re.findall(r'(?:href|src)="(/[^"]+)"', answer.text)
    assert len(files) >= 3
    for file in files:
        with http.get(file) as found:
            assert found.status_code == 200
    assert not re.search(r"https?://(?!www\.w3\.org)", answer.text)
