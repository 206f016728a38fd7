"""The page of official counts in a browser: it fits every width and can be used by everyone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from analyses.report import render_counts
from tests.analyses.test_report_counts import DELIVERIES, counts
from tests.browser.looking import OUTSIDE, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("width", [1280, 375, 320])
def test_page_of_counts_fits_and_can_be_used_by_everyone(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    path = tmp_path / "validation.html"
    path.write_bytes(render_counts(counts(), DELIVERIES, snapshot="0123456789abcdef"))
    page = browser.new_page(viewport={"width": width, "height": 800}, bypass_csp=True)
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(OUTSIDE) == []
    assert violations(page) == []
    page.close()
