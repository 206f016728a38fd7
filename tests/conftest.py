"""Fixtures of every test: real stores in fresh files, a real browser, all closed for you."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from warehouse.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = [
    "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
    "--font-render-hinting=none",
]  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what their module makes once go to one worker, or each worker makes it."""
    for item in items:
        made = getattr(item, "_fixtureinfo", None)
        known = made.name2fixturedefs.values() if made else ()
        shares = any(each.scope == "module" for fixtures in known for each in fixtures)
        if shares and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.location[0]))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store in a file."""
    with Store.open(tmp_path / "warehouse.duckdb") as opened:
        yield opened


def _without(said: str) -> NoReturn:
    """Skip loudly what needs a program that is not here; CI must have it."""
    if os.environ.get("CI"):
        pytest.fail(said)
    print(f"\n*** {said} ***")
    pytest.skip(said)


@pytest.fixture(scope="session")
def html_checker() -> list[str]:
    """The command of html-validate, which `make html-checker` puts beside the packages."""
    program = Path(sys.prefix) / "html-validate/node_modules/html-validate/bin/html-validate.mjs"
    node = shutil.which("node")
    if node is None or not program.exists():
        _without("html-validate is missing: no page was checked (make html-checker; needs npm)")
    rules = Path(__file__).parent / "browser" / "html_validate" / ".htmlvalidate.json"
    return [node, str(program), "--config", str(rules), "--formatter", "json"]


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Debian's chromium; without it the tests are skipped loudly, and fail where CI is set.

    Not for the session: the driver keeps an event loop running in this thread, and Dagster, in the
    next test of the same process, cannot start its own beside it.
    """
    path = shutil.which("chromium")
    if path is None:
        _without("chromium is missing: no page was looked at (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    root = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=FLAGS + root)
        yield opened
        opened.close()
