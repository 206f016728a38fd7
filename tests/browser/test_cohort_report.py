"""The cohort report in a browser: no barrier, nothing clipped or outside, at every width."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from analyses.cohort_report import cohort_document, pictures, render_cohort
from tests.analyses.cohort_inputs import STAMP, inputs
from tests.browser.looking import OUTSIDE, violations
from tests.browser.test_report import CLIPPED, OVERLAPPING, WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that is closed again."""
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.mark.parametrize("provenance", ["simulated", "registry"])
def test_page_has_no_barrier_and_fits_every_width(page: Page, tmp_path: Path, provenance: str):
    given = inputs(60 if provenance == "simulated" else 150, provenance=provenance)
    document = cohort_document(given, STAMP)
    path = tmp_path / "report.html"
    path.write_bytes(render_cohort(document, pictures(document, given)))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OUTSIDE) == [], width
        assert page.evaluate(CLIPPED) == [], width
        assert page.evaluate(OVERLAPPING) == [], width
