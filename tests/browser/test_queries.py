"""The page of queries in a browser: nothing reaches out of the window, on a phone as on a desk."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from analyses.report.queries import render_queries
from tests.analyses.test_queries import COUNTS, problems
from tests.browser.looking import OUTSIDE, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("width", [1280, 375, 320])
def test_page_of_queries_fits_and_can_be_used_by_everyone(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    path = tmp_path / "queries.html"
    path.write_bytes(render_queries(problems(), COUNTS, site="A"))
    page = browser.new_page(viewport={"width": width, "height": 800}, bypass_csp=True)
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(OUTSIDE) == []
    assert violations(page) == []
    page.close()
