"""The claim ledger in a browser: readable at every width, without a barrier."""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from analyses.report import render_claims
from tests.analyses.claims_fixture import BEFORE, document, few
from tests.browser.looking import OUTSIDE, violations
from tests.browser.test_report import CLIPPED, OVERLAPPING, SMALLEST, WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CASES = ("registry", "few")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A ledger that moved since the last snapshot, and one of too few cases."""
    folder = tmp_path_factory.mktemp("claims")
    now = document("registry", small=3)
    then = copy.deepcopy(now)
    then["provenance"].update(snapshot=BEFORE, rules="0" * 64)
    then["claims"][9]["verdict"] = "depends_on_definition_or_site"
    pages = {"registry": render_claims(now, before=then), "few": render_claims(few(7))}
    for case, html in pages.items():
        (folder / f"{case}.html").write_bytes(html)
    return {case: folder / f"{case}.html" for case in CASES}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.mark.parametrize("case", CASES)
def test_axe_finds_no_barrier(page: Page, files: dict[str, Path], case: str) -> None:
    page.goto(files[case].as_uri())
    for width in (1280, 375):  # on a phone the rows of the list are no table rows to the eye
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert violations(page) == []


@pytest.mark.parametrize("case", CASES)
def test_page_fits_every_width(page: Page, files: dict[str, Path], case: str) -> None:
    page.goto(files[case].as_uri())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert page.evaluate(OUTSIDE) == [], width
        assert page.evaluate(CLIPPED) == [], width
        assert page.evaluate(OVERLAPPING) == [], width
        if case == "registry":
            assert page.evaluate(SMALLEST) >= (9 if width == 320 else 10), width


def test_the_first_screen_holds_verdicts_and_counts(page: Page, files: dict[str, Path]) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(files["registry"].as_uri())
    for name in (".band", ".verdict", ".tiles", ".moves"):
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800, name
    assert page.locator("#verdicts tbody tr").count() == 24
