"""The index of reports: every report once, cohorts apart, nothing that its report keeps back."""

import re

from analyses.report import render_index
from tests.analyses.real_results import CASES, real

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
