"""The page of queries in a browser: nothing reaches out of the window, on a phone as on a desk."""

from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser

from analyses.report.queries import render_queries
from tests.analyses.test_queries import COUNTS, held, problems
from tests.browser.looking import OUTSIDE, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

#: Words of commands, an option say, that stand on two lines.
BROKEN = """() => [...document.querySelectorAll('.command span')]
  .filter(e => e.getClientRects().length > 1 || e.scrollHeight > 1.6 * parseFloat(
    getComputedStyle(e).lineHeight)).map(e => e.textContent)"""


@pytest.mark.parametrize("width", [1280, 375, 320])
def test_page_of_queries_fits_and_can_be_used_by_everyone(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    path = tmp_path / "queries.html"
    path.write_bytes(render_queries(pl.concat([problems(), held()]), COUNTS, site="A"))
    page = browser.new_page(viewport={"width": width, "height": 800}, bypass_csp=True)
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(OUTSIDE) == []
    assert violations(page) == []
    assert page.evaluate(BROKEN) == []
    page.close()
