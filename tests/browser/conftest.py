"""Fixtures of the browser tests: Debian's chromium, driven by playwright; nothing is downloaded."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
    "--font-render-hinting=none",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium; without it the tests are skipped loudly, and fail where CI is set."""
    path = shutil.which("chromium")
    if path is None:
        said = "chromium is missing: no page was looked at (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(said)
        print(f"\n*** {said} ***")
        pytest.skip(said)
    root = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=FLAGS + root)
        yield opened
        opened.close()
