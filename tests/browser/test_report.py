"""The report in a browser: nothing clipped, overlapping or fetched, at every width."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, Route

from analyses.moved import Moved
from analyses.report import (
    TableCounts,
    render_counts,
    render_difference,
    render_index,
    render_report,
)
from analyses.report.queries import render_queries
from tests.analyses.real_results import CASES as REAL
from tests.analyses.real_results import real
from tests.analyses.report_fixture import hostile, results
from tests.analyses.test_queries import COUNTS, held, problems
from tests.analyses.test_report_counts import DELIVERIES, counts
from tests.browser.looking import OUTSIDE, html_errors, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CASES = ("simulated", "published", "registry", "describe_only", "hostile", "times", *REAL)
#: One of each kind of page.
ON_A_PHONE = ("published", "times", "index")
WIDTHS = (1280, 375, 320)

CLIPPED = """() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(t => {
    const box = t.getBoundingClientRect();
    return box.left < frame.left - 0.5 || box.right > frame.right + 0.5
        || box.top < frame.top - 0.5 || box.bottom > frame.bottom + 0.5;
  }).map(t => svg.id + ': ' + t.textContent.trim());
})"""
OVERLAPPING = """() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
  const all = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim());
  const boxes = all.map(t => t.getBoundingClientRect());
  const found = [];
  for (let i = 0; i < all.length; i++) for (let j = i + 1; j < all.length; j++) {
    const a = boxes[i], b = boxes[j];
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const least = 0.25 * Math.min(a.height, b.height);  // boxes of a line hold its empty leading
    if (across > 1 && down > least && all[i].closest('g[id]') !== all[j].closest('g[id]'))
      found.push(svg.id + ': ' + all[i].textContent + ' | ' + all[j].textContent);
  }
  return found;
})"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('figure svg text')].map(t => {
  const m = t.getScreenCTM();  // a turned text has its scale in b
  return parseFloat(getComputedStyle(t).fontSize) * Math.hypot(m.a, m.b);
}))"""


def _made(case: str) -> dict[str, Any]:
    """Results of one case, real or made up."""
    return real(case) if case in (*REAL, "times") else results(case)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of every case on disk."""
    folder = tmp_path_factory.mktemp("reports")
    for case in CASES:
        made = hostile() if case == "hostile" else _made(case)
        (folder / f"{case}.html").write_bytes(render_report(made))
    index = [(f"{case}-0123456789abcdef", real(case)) for case in REAL]
    (folder / "index.html").write_bytes(render_index(index))
    return {case: folder / f"{case}.html" for case in (*CASES, "index")}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that records every request that is not for a local file, and every error."""
    opened = browser.new_page()
    opened.troubles = []  # type: ignore[attr-defined]  # a place for the tests to look at

    def watch(route: Route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            opened.troubles.append(route.request.url)  # type: ignore[attr-defined]
            route.abort()

    opened.route("**/*", watch)
    opened.on("console", lambda m: opened.troubles.append(m.text))  # type: ignore[attr-defined]
    opened.on("pageerror", lambda e: opened.troubles.append(str(e)))  # type: ignore[attr-defined]
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("case", "width"), [*((c, 1280) for c in (*CASES, "index")), *((c, 375) for c in ON_A_PHONE)]
)
def test_axe_finds_no_barrier(page: Page, files: dict[str, Path], case: str, width: int):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(files[case].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert violations(page) == []


def test_html_has_no_error(html_checker: list[str], files: dict[str, Path], tmp_path: Path):
    others = {
        "counts": render_counts(counts(), DELIVERIES, snapshot="0123456789abcdef"),
        "queries": render_queries(pl.concat([problems(), held()]), COUNTS, site="A"),
        "difference": render_difference(
            before="a" * 16,
            after="b" * 16,
            cases={"added": 3},
            tables=[TableCounts("core.cases", 3, 0, 40, {"age_years": 38})],
            moved=[Moved("plan", "ridge", "nested_cv auc", 0.71, 0.8, (0.6, 0.75))],
        ),
    }
    for name, made in others.items():
        (tmp_path / f"{name}.html").write_bytes(made)
    assert html_errors(html_checker, [*files.values(), *sorted(tmp_path.iterdir())]) == []


def test_html_checker_finds_an_error(html_checker: list[str], tmp_path: Path):
    (tmp_path / "bad.html").write_text("<!DOCTYPE html><html><p><div></p></html>", "utf-8")
    assert html_errors(html_checker, tmp_path.iterdir())


@pytest.mark.parametrize("width", WIDTHS)
def test_index_fits_every_width(page: Page, files: dict[str, Path], width: int):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(files["index"].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OUTSIDE) == []
    assert page.troubles == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("case", CASES)
def test_page_fits_every_width(page: Page, files: dict[str, Path], case: str):
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(files[case].as_uri())
        for opened in (False, True):
            page.evaluate(
                "open => document.querySelectorAll('details').forEach(d => d.open = open)", opened
            )
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (width, page.evaluate(OUTSIDE))
            assert page.evaluate(OUTSIDE) == [], width
            assert page.evaluate(CLIPPED) == [], width
            assert page.evaluate(OVERLAPPING) == [], width
        assert page.evaluate(SMALLEST) >= (9 if width == 320 else 10), width
    assert page.troubles == []  # type: ignore[attr-defined]


def test_first_screen_of_published_patients_holds_the_verdict_and_what_data_cannot_bear(
    page: Page, files: dict[str, Path]
):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(files["published"].as_uri())
    for name in (".band", ".verdict", ".bear", ".tiles"):
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800, name


def test_skip_link_and_keyboard(page: Page, files: dict[str, Path]):
    page.goto(files["published"].as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.url.endswith("#summary")


#: A4 less margins of 1 cm, at 96 dpi.
PAPER = {"width": 718, "height": 1046}


@pytest.mark.parametrize("case", [c for c in CASES if c != "hostile"])
def test_summary_prints_on_one_page(page: Page, files: dict[str, Path], case: str):
    """The first page is the summary, whole, and nothing else."""
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]  # a literal of the right form
    page.goto(files[case].as_uri())
    page.emulate_media(media="print")
    box = page.locator(".front").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PAPER["height"]
    assert page.evaluate("getComputedStyle(document.querySelector('.front')).breakAfter") == "page"


def test_summary_is_a_screen_and_a_half_at_most(page: Page, files: dict[str, Path]):
    page.set_viewport_size({"width": 1280, "height": 800})
    for case in CASES:
        if case != "hostile":
            page.goto(files[case].as_uri())
            box = page.locator(".front").bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 1.5 * 800, case
