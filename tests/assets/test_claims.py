"""Which ledger came before: that of the last snapshot that has one of the same cohort."""

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest

from analyses.results import to_json
from assets.claims import DOCUMENT, ledger_before, read_ledger
from orchestration.differing import difference_listing
from tests.analyses.claims_fixture import document
from tests.support.published import cases, publish_cases
from warehouse.home import Home
from warehouse.ledger import Ledger


def _write(home: Home, snapshot: str, made: dict[str, Any]) -> Path:
    """A ledger in the results of a home."""
    made = copy.deepcopy(made)
    made["provenance"]["snapshot"] = snapshot
    cohort = made["cohort"]["provenance"]
    path = home.results / f"claims-{cohort}-{snapshot}" / DOCUMENT
    path.parent.mkdir(parents=True)
    path.write_bytes(to_json(made))
    return path


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A home with three snapshots, each of other cases."""
    home = Home(tmp_path_factory.mktemp("claims") / "home")
    return home.path, [publish_cases(home, cases(n=40, seed=seed)).id for seed in (1, 2, 3)]


@pytest.fixture
def published(made_once: tuple[Path, list[str]], tmp_path: Path) -> tuple[Home, list[str]]:
    """A copy of it, to write into."""
    return Home(Path(shutil.copytree(made_once[0], tmp_path / "home"))), made_once[1]


def test_the_last_snapshot_with_a_ledger_of_the_cohort_comes_before(
    published: tuple[Home, list[str]],
) -> None:
    home, (first, second, third) = published
    assert ledger_before(home, Ledger.open(home.ledger), "simulated", third) is None
    _write(home, first, document())
    _write(home, second, document("published"))
    _write(home, third, document())
    found = ledger_before(home, Ledger.open(home.ledger), "simulated", third)
    assert found is not None
    assert found["provenance"]["snapshot"] == first
    assert ledger_before(home, Ledger.open(home.ledger), "simulated", first) is None


def test_a_snapshot_not_yet_published_comes_after_all(published: tuple[Home, list[str]]) -> None:
    home, (_, _, third) = published
    _write(home, third, document())
    found = ledger_before(home, Ledger.open(home.ledger), "simulated", "0" * 16)
    assert found is not None
    assert found["provenance"]["snapshot"] == third


def test_a_snapshot_published_again_comes_after_what_it_followed(
    published: tuple[Home, list[str]],
) -> None:
    home, (first, second, _) = published
    publish_cases(home, cases(n=40, seed=1))
    _write(home, second, document())
    found = ledger_before(home, Ledger.open(home.ledger), "simulated", first)
    assert found is not None
    assert found["provenance"]["snapshot"] == second


def test_a_ledger_cut_short_is_none(published: tuple[Home, list[str]]) -> None:
    home, (first, second, third) = published
    _write(home, first, document())
    path = _write(home, second, document())
    path.write_bytes(path.read_bytes()[:-40])
    assert read_ledger(home, "simulated", second) is None
    found = ledger_before(home, Ledger.open(home.ledger), "simulated", third)
    assert found is not None
    assert found["provenance"]["snapshot"] == first


def test_the_difference_of_two_snapshots_says_which_claims_moved(
    published: tuple[Home, list[str]],
) -> None:
    home, (first, second, _) = published
    then, now = document(), document()
    then["claims"][0]["verdict"] = "reproduced"
    then["claims"][9]["statistics"][0].update(estimate=1.1, interval=[0.6, 2.0])
    _write(home, first, then)
    _write(home, second, now)
    said = difference_listing(home, first, second, as_json=False, html_file=None)
    assert "2 claims moved" in said
    assert "claims, simulated: C01 reproduced -> not_reproduced" in said
    assert "claims, simulated: C10 reproduced as before, an estimate left its interval" in said
    page = home.path / "difference.html"
    difference_listing(home, first, second, as_json=False, html_file=page)
    assert "Claims that moved" in page.read_text()
    as_json = difference_listing(home, first, second, as_json=True, html_file=None)
    assert '"claim": "C01"' in as_json
