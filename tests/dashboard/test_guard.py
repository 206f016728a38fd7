"""The guard and the shelf: hosts, methods, headers, snapshots that come, go and are damaged."""

import threading
from pathlib import Path

import pytest

from dashboard import shelf as module
from dashboard.shelf import Shelf
from schemas.errors import UsageError
from tests.dashboard.conftest import Published
from tests.support.published import cases, publish_cases, published_home, write_report
from tests.support.served import Served, serving
from warehouse.home import Home
from warehouse.queries import Facet, cohorts, count_by

PAGES = (
    "/",
    "/cohort",
    "/cord-map",
    "/nowhere",
    "/cord-map.svg",
    "/current",
    "/static/dashboard.css",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers(served: Served, path: str) -> None:
    headers = served.ask(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "", "localhost"])
def test_another_name_gets_no_answer(served: Served, host: str) -> None:
    answer = served.ask("/", Host=host)
    assert answer.status == 400
    assert "Overview" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_only_reading_is_possible(served: Served, method: str) -> None:
    assert served.ask("/cohort", method=method).status == 405


def test_no_page_has_a_script_or_style_of_its_own(served: Served) -> None:
    for path in PAGES[:4]:
        text = served.ask(path).text
        assert "style=" not in text
        assert "<style" not in text
        assert text.count("<script") == 1
        assert "onclick" not in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in text


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at CURRENT on every request."""
    monkeypatch.setattr(module, "LOOK_EVERY", 0.0)


@pytest.mark.usefixtures("quick")
def test_a_home_without_a_snapshot_says_what_to_do_and_follows_the_first(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    with serving(home) as served:
        for path in ("/", "/cohort"):
            answer = served.ask(path)
            assert answer.status == 200
            assert "Nothing is published yet" in answer.text
        assert '"snapshot":null' in served.ask("/current").text
        publish_cases(home, cases(n=120))
        assert "No record is lost" in served.ask("/").text


@pytest.mark.usefixtures("quick")
def test_a_new_snapshot_is_followed_without_a_restart(tmp_path: Path) -> None:
    home, _, first, _ = published_home(tmp_path / "home")
    with serving(home) as served:
        assert first.id in served.ask("/").text
        second = publish_cases(home, cases(n=320, seed=9))
        write_report(home, second, plan="newer")
        text = served.ask("/").text
        assert second.id in text
        assert f"newer-simulated-{second.id}" in text
        assert first.id not in text
        old = served.ask(f"/cohort?snap={first.id}").text
        assert first.id in old
        assert "A newer snapshot exists" in old


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("damage", ["bit", "cut", "manifest", "gone", "pointer"])
def test_a_damaged_new_snapshot_leaves_the_one_before(tmp_path: Path, damage: str) -> None:
    home, _, first, _ = published_home(tmp_path / "home")
    with serving(home) as served:
        assert first.id in served.ask("/").text
        second = publish_cases(home, cases(n=320, seed=9))
        _damage(second.path, damage, home)
        answer = served.ask("/")
        assert answer.status == 200
        assert first.id in answer.text
        assert "The newest snapshot cannot be read and is not shown" in answer.text
        assert str(home.path) not in answer.text


def _damage(path: Path, kind: str, home: Home) -> None:
    """Spoil a snapshot in one of the ways it can be."""
    path.chmod(0o600)
    if kind == "bit":
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data))
    elif kind == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    elif kind == "manifest":
        path.with_suffix(".json").chmod(0o600)
        path.with_suffix(".json").write_text("{}")
    elif kind == "gone":
        path.unlink()
    else:
        (home.published / "CURRENT").write_text("../../somewhere\n")


@pytest.mark.usefixtures("quick")
def test_a_snapshot_that_was_damaged_from_the_start_is_an_answer(tmp_path: Path) -> None:
    home, _, snapshot, _ = published_home(tmp_path / "home")
    _damage(snapshot.path, "bit", home)
    with serving(home) as served:
        answer = served.ask("/")
        assert answer.status == 200
        assert "cannot be read" in answer.text
        asked = served.ask(f"/cohort?snap={snapshot.id}")
        assert asked.status == 500
        assert "not as it was published" in asked.text
        assert str(home.path) not in asked.text


@pytest.mark.usefixtures("quick")
def test_no_read_fails_while_snapshots_are_published(tmp_path: Path) -> None:
    home, _, _, _ = published_home(tmp_path / "home")
    failed: list[int] = []
    done = threading.Event()

    def read(served: Served) -> None:
        while not done.is_set():
            for path in ("/", "/cohort?cohort=simulated"):
                status = served.ask(path).status
                if status != 200:
                    failed.append(status)

    with serving(home) as served:
        threads = [threading.Thread(target=read, args=(served,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for seed in range(6):
            newest = publish_cases(home, cases(n=100 + seed, seed=seed))
        done.set()
        for thread in threads:
            thread.join(timeout=60)
        assert failed == []
        assert newest.id in served.ask("/").text


def test_a_lent_snapshot_stays_open_until_it_is_given_back(tmp_path: Path) -> None:
    home, _, first, _ = published_home(tmp_path / "home")
    shelf = Shelf(home)
    with shelf.view() as view:
        assert view is not None
        for seed in range(8):  # more than are kept open
            publish_cases(home, cases(n=100 + seed, seed=seed))
            shelf._looked = float("-inf")
            with shelf.view() as other:
                assert other is not None
                assert other.snapshot.id != first.id
        counted = count_by(view.reader, Facet.SEX, cohort="published", chosen={})
        assert sum(counted.values()) == cohorts(view.reader)["published"]
    assert len(shelf._opened) <= module.KEPT_OPEN + 2
    shelf.close()


def test_an_unknown_snapshot_of_a_shelf_is_refused(published: Published) -> None:
    home, _, snapshot, _ = published
    shelf = Shelf(home)
    with shelf.view(snapshot.id) as view:
        assert view is not None
    with pytest.raises(UsageError), shelf.view("0123456789abcdef"):
        pass


def test_values_are_bound_and_never_text(published: Published) -> None:
    shelf = Shelf(published[0])
    with shelf.view() as view:
        assert view is not None
        hostile = "x') or 1=1 --"
        found = count_by(view.reader, Facet.SEX, cohort="simulated", chosen={Facet.SITE: [hostile]})
        assert found == {}
        assert count_by(view.reader, Facet.SEX, cohort=hostile, chosen={}) == {}
    shelf.close()
