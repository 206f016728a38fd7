"""The dashboard in a browser: by mouse, by keyboard, without script, at every width, undisturbed.

Every test fails on a request to another host, an error on the console, or what the page's own
policy refuses.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.browser.looking import OUTSIDE, violations
from tests.support.published import HOSTILE, cases, publish_cases, published_home, write_report
from tests.support.served import Served, serving
from warehouse.home import Home

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WIDTHS = (1280, 375, 320)
SIMULATED = "/cohort?cohort=simulated"
STATES = {
    "overview": "/",
    "cohort": "/cohort",
    "simulated": SIMULATED,
    "chosen": "/cohort?cohort=simulated&histology=ependymoma,other&sex=female",
    "too small": "/cohort?cohort=simulated&region=holocord",
    "cord map": "/cord-map",
    "address": "/cohort?sex=robot",
    "nowhere": "/nowhere",
}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A published home that no test changes."""
    return published_home(tmp_path_factory.mktemp("dashboard") / "home")[0]


@pytest.fixture(scope="module")
def served(home: Home) -> Iterator[Served]:
    """A server over it."""
    with serving(home) as running:
        yield running


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Open pages that record what they should not do, and close them all."""
    contexts, troubles = [], []

    def watch(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            troubles.append(route.request.url)
            route.abort()

    def open_(url: str, *, width: int = 1280, expected: str = "", **settings: object) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            **settings,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.route("**/*", watch)
        page.on(
            "console",
            lambda m: None if expected and expected in m.text else troubles.append(m.text),
        )
        page.on("pageerror", lambda e: troubles.append(str(e)))
        page.goto(url)
        if settings.get("java_script_enabled", True):
            page.wait_for_selector("body[data-ready]")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


def selected(page: Page) -> str:
    """The line that says how many are selected."""
    return page.locator("#selected").inner_text()


def box(page: Page, name: str, value: str) -> str:
    """Selector of a value's tick box."""
    return f'input[name="{name}"][value="{value}"]'


def test_a_filter_by_mouse_leads_to_an_address_that_can_be_sent(
    served: Served, open_page: Open
) -> None:
    page = open_page(served.url + SIMULATED)
    before = selected(page)
    page.locator(box(page, "histology", "ependymoma")).click()
    page.wait_for_url("**/cohort?cohort=simulated&histology=ependymoma")
    page.locator(box(page, "sex", "female")).click()
    page.wait_for_url("**/cohort?cohort=simulated&histology=ependymoma&sex=female")
    chosen = selected(page)
    assert chosen != before
    assert "cases are selected" in chosen
    elsewhere = open_page(page.url)  # sent to somebody else
    assert selected(elsewhere) == chosen
    page.reload()
    assert selected(page) == chosen
    page.go_back()
    page.wait_for_url("**/cohort?cohort=simulated&histology=ependymoma")
    expect(page.locator(box(page, "sex", "female"))).not_to_be_checked()
    page.get_by_role("link", name="Remove all").click()
    page.wait_for_url("**/cohort?cohort=simulated")
    assert selected(page) == before


def test_the_same_by_keyboard_alone(served: Served, open_page: Open) -> None:
    page = open_page(served.url + SIMULATED)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "histology":
            break
    assert page.evaluate("document.activeElement.value") == "ependymoma"
    # the skip link fetched nothing: a late answer took the box away between key down and key up
    page.wait_for_timeout(500)
    assert page.evaluate("document.body.dataset.shown") is None
    page.keyboard.press("Space")
    page.wait_for_url("**/cohort?cohort=simulated&histology=ependymoma")
    page.wait_for_selector("body[data-shown]")
    # what was ticked still has the focus, and the next one is where it was
    assert page.evaluate("document.activeElement.value") == "ependymoma"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "astrocytic"
    assert "cases are selected" in selected(page)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_everything_is_there_without_script(served: Served, open_page: Open) -> None:
    page = open_page(served.url + SIMULATED, java_script_enabled=False)
    before = selected(page)
    page.locator(box(page, "histology", "ependymoma")).check()
    page.get_by_role("button", name="Apply").click()
    assert page.url.endswith("/cohort?cohort=simulated&histology=ependymoma")
    assert selected(page) != before


def test_with_and_without_script_show_the_same(served: Served, open_page: Open) -> None:
    path = "/cohort?cohort=simulated&histology=ependymoma"
    plain = open_page(served.url + path, java_script_enabled=False)
    other = open_page(served.url + SIMULATED)
    other.locator(box(other, "histology", "ependymoma")).click()
    other.wait_for_selector("body[data-shown]")
    assert other.locator("main").inner_text() == plain.locator("main").inner_text()


def test_an_older_answer_never_replaces_a_newer_one(served: Served, open_page: Open) -> None:
    page = open_page(served.url + SIMULATED)
    late: list[Route] = []

    def hold(route: Route) -> None:
        if "sex=female" in route.request.url and "region" not in route.request.url:
            late.append(route)  # answered only after the next one
        else:
            route.continue_()

    page.route("**/cohort?*", hold)
    page.locator(box(page, "sex", "female")).click()
    page.locator(box(page, "region", "cervical")).click()
    page.wait_for_url("**region=cervical&sex=female")
    for route in late:
        with contextlib.suppress(Error):  # an aborted request cannot be continued: as it should be
            route.continue_()
    page.wait_for_timeout(300)
    assert page.url.endswith("region=cervical&sex=female")
    expect(page.locator(box(page, "region", "cervical"))).to_be_checked()


def test_too_small_a_selection_can_be_left_again(served: Served, open_page: Open) -> None:
    page = open_page(served.url + SIMULATED)
    page.locator(box(page, "region", "holocord")).click()
    page.wait_for_url("**region=holocord")
    assert "Too few cases to show" in selected(page)
    assert page.locator("main svg").count() == 0
    assert page.locator("main .n").count() == 0
    page.locator(box(page, "region", "holocord")).click()
    page.wait_for_url("**/cohort?cohort=simulated")
    assert "nothing chosen" in selected(page)


def test_cohorts_are_one_click_apart(served: Served, open_page: Open) -> None:
    page = open_page(served.url + "/cohort")
    assert page.locator("main .band").inner_text().startswith("Published")
    page.get_by_role("link", name="Simulated registry").click()
    page.wait_for_url("**/cohort?cohort=simulated")
    assert "do not exist" in page.locator("main .band").inner_text()


def test_overview_leads_to_a_site_and_to_a_report(served: Served, open_page: Open) -> None:
    page = open_page(served.url)
    page.get_by_role("link", name="SIM_A", exact=True).click()
    page.wait_for_url("**/cohort?cohort=simulated&site=SIM_A")
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Histology <i>group</i>").click()
    assert "A report." in page.locator("body").inner_text()
    assert page.evaluate("getComputedStyle(document.querySelector('p')).color") == "rgb(27, 31, 36)"


def test_a_name_that_is_markup_is_text(served: Served, open_page: Open) -> None:
    page = open_page(served.url + SIMULATED)
    label = page.locator("fieldset", has_text="Site").locator(".what", has_text="NORTH")
    assert label.inner_text() == HOSTILE
    label.click()
    page.wait_for_url("**&site=*")
    assert HOSTILE in page.locator(".chips").inner_text() or "Too few" in selected(page)


def test_a_new_snapshot_reaches_the_open_page(tmp_path: Path, open_page: Open) -> None:
    home = published_home(tmp_path / "home")[0]
    with serving(home) as served:
        page = open_page(served.url + "/cohort?cohort=simulated&histology=ependymoma")
        page.locator(box(page, "sex", "male")).focus()
        before = selected(page)
        snapshot = publish_cases(home, cases(n=420, seed=6))
        write_report(home, snapshot, plan="newest")
        expect(page.locator("#news")).to_contain_text("New snapshot", timeout=15_000)
        assert selected(page) != before
        assert page.evaluate("document.body.dataset.snapshot") == snapshot.id
        assert snapshot.id in page.locator("footer").inner_text()
        # neither the selection nor the place on the page is lost
        assert page.url.endswith("histology=ependymoma")
        assert page.evaluate("document.activeElement.value") == "male"


def test_a_pinned_snapshot_stays(tmp_path: Path, open_page: Open) -> None:
    home, _, first, _ = published_home(tmp_path / "home")
    with serving(home) as served:
        page = open_page(f"{served.url}/cohort?snap={first.id}")
        newest = publish_cases(home, cases(n=420, seed=6))
        page.wait_for_timeout(3000)  # longer than the page waits between two looks
        assert first.id in page.locator("footer").inner_text()
        page.reload()
        page.get_by_role("link", name="A newer snapshot exists").click()
        assert newest.id in page.locator("footer").inner_text()


@pytest.mark.parametrize("state", STATES)
def test_pages_fit_every_width(served: Served, open_page: Open, state: str) -> None:
    expected = "status of 40" if state in ("address", "nowhere") else ""
    page = open_page(served.url + STATES[state], expected=expected)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert page.evaluate(OUTSIDE) == [], width
        small = page.evaluate("""() => [...document.querySelectorAll('main *')].filter(e =>
          e.children.length === 0 && e.textContent.trim()
          && parseFloat(getComputedStyle(e).fontSize) < 12).map(e => e.textContent)""")
        assert small == []


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_no_barrier(served: Served, open_page: Open, state: str, width: int) -> None:
    expected = "status of 40" if state in ("address", "nowhere") else ""
    page = open_page(served.url + STATES[state], width=width, expected=expected, bypass_csp=True)
    assert violations(page) == []


def test_axe_would_find_a_barrier(served: Served, open_page: Open) -> None:
    page = open_page(served.url, bypass_csp=True)
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/static/icon.svg\">'")
    assert any(found.startswith("image-alt") for found in violations(page))


def test_an_empty_home_is_no_barrier_and_fills_itself(tmp_path: Path, open_page: Open) -> None:
    home = Home(tmp_path / "home")
    home.create()
    with serving(home) as served:
        page = open_page(served.url, bypass_csp=True)
        assert "Nothing is published yet" in page.locator("main").inner_text()
        assert violations(page) == []

        def slowly(route: Route) -> None:
            """Longer than the page waits between two looks."""
            time.sleep(2.5)
            route.continue_()

        page.route(f"{served.url}/", slowly)
        publish_cases(home, cases(n=120))
        expect(page.locator("h2").first).to_have_text("No record is lost", timeout=15_000)


def test_titles_name_page_and_snapshot(served: Served, open_page: Open) -> None:
    for path, name in (("/", "Overview"), ("/cohort", "Cohort"), ("/cord-map", "Cord map")):
        title = open_page(served.url + path).title()
        assert re.fullmatch(rf"{name} \u2013 snapshot [0-9a-f]{{8}} \u2013 imsct", title)


def test_the_command_serves_on_loopback_and_ends_quietly(home: Home, open_page: Open) -> None:
    command = [sys.executable, "-c", "from orchestration.cli import main; main()", "dashboard"]
    with subprocess.Popen(
        [*command, "--home", str(home.path), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            url = process.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
            assert open_page(url).title().startswith("Overview")
            port = str(urlsplit(url).port)
            second = subprocess.run(
                [*command, "--home", str(home.path), "--port", port],
                capture_output=True,
                text=True,
                check=False,
            )
            assert second.returncode == 3
            assert f"Port {port} of this machine cannot be used" in second.stderr
            assert "Traceback" not in second.stderr
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
        assert process.returncode in (0, 3, -signal.SIGINT)
        assert "Traceback" not in process.stderr.read()
