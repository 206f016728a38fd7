"""Fixtures of every test: real stores in fresh files, a real browser, all closed for you."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Debian's chromium; without it the tests are skipped loudly, and fail where CI is set.

    Not for the session: the driver keeps an event loop running in this thread, and Dagster, in the
    next test of the same process, cannot start its own beside it.
    """
    path = shutil.which("chromium")
    if path is None:
        said = "chromium is missing: no page was looked at (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(said)
        print(f"\n*** {said} ***")
        pytest.skip(said)
    from playwright.sync_api import sync_playwright

    root = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=FLAGS + root)
        yield opened
        opened.close()
