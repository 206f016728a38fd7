"""The index of reports: every report once, cohorts apart, nothing that its report keeps back."""

import re
from pathlib import Path

from analyses.report import render_index
from analyses.results import to_json
from assets.analysing import index_reports
from tests.analyses.real_results import CASES, real
from warehouse.home import Home

FOLDERS = [(f"{case}-0123456789abcdef", case) for case in CASES]


def _index() -> str:
    return render_index([(folder, real(case)) for folder, case in FOLDERS]).decode()


def test_every_report_is_there_once_in_its_cohort() -> None:
    page = _index()
    for folder, case in FOLDERS:
        assert page.count(f'href="{folder}/report.html"') == 1
        section = next(s for s in page.split("<section")[1:] if folder in s)
        wanted = "registry" if case.endswith("registry") else "simulated"
        assert section.startswith(f' class="{wanted}"')


def test_order_of_the_reports_changes_no_byte() -> None:
    made = [(folder, real(case)) for folder, case in FOLDERS]
    assert render_index(made) == render_index(made[::-1])


def test_it_needs_nothing_from_elsewhere() -> None:
    page = _index()
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_confidential_counts_stay_hidden() -> None:
    raw = real("classes_registry")
    page = render_index([("a-registry-0123456789abcdef", raw)]).decode()
    merged = raw["outcome"]["merged"][0]["n"]
    assert 0 < merged < 5
    assert "Counts of 1 to 4 are hidden" in page
    assert "vascular" not in page


def test_without_a_report_it_says_what_to_do() -> None:
    assert "No report yet" in render_index([]).decode()


def test_a_report_made_by_hand_stands_in_it_at_once(tmp_path: Path) -> None:
    """It was there only after the next run, though the page is said to lead to every report."""
    home, snapshot = Home(tmp_path / "home"), "0123456789abcdef"
    home.create()
    for folder in (f"pfs-{snapshot}", "pfs-fedcba9876543210"):
        for place in (home.results, home.reports):
            (place / folder).mkdir(parents=True)
        (home.results / folder / "results.json").write_bytes(to_json(real(CASES[0])))
        (home.reports / folder / "report.html").touch()
    index_reports(home, snapshot)
    page = (home.reports / "index.html").read_text()
    assert f'href="pfs-{snapshot}/report.html"' in page
    assert "fedcba9876543210" not in page
