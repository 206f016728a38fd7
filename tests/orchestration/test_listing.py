"""Problems in text: every kind is seen, however many rows have the one before it."""

import shutil
from pathlib import Path

from orchestration.listing import problem_lines
from schemas.problems import Problem
from tests.support.command import imsct
from tests.support.folders import set_cells
from tests.support.registry import Registry
from warehouse.reconciling import record_merge
from warehouse.store import Store


def orphan(line: int, column: str = "case_id") -> Problem:
    """A row whose parent is in a file that was refused."""
    return Problem(
        file="imaging_studies.csv",
        line=line,
        column=column,
        rule="R003",
        message="There is no row of cases with this case_id in the delivery.",
        suggestion="Deliver the row of cases, or correct the case_id.",
    )


def test_267_orphans_of_one_refused_file_do_not_bury_the_next_error() -> None:
    other = Problem(file="surgeries.csv", line=9, rule="R005", message="No code.", suggestion="Do.")
    lines = problem_lines([*(orphan(n) for n in range(2, 269)), other])
    assert sum("(R003)" in line for line in lines) == 6
    assert lines[10] == "imaging_studies.csv, column 'case_id' (R003): and 262 more rows like these"
    assert lines[-2] == "surgeries.csv, line 9 (R005): No code."
    assert len(lines) == 14


def test_a_few_of_a_kind_are_all_told_and_columns_are_kinds_of_their_own() -> None:
    lines = problem_lines(
        [*(orphan(n) for n in range(5)), *(orphan(n, "study_id") for n in (1, 2))]
    )
    assert len(lines) == 14
    assert not any("more row" in line for line in lines)


def test_a_flood_of_warnings_is_one_line_after_the_errors() -> None:
    warning = Problem(
        file="imaging_reads.csv",
        line=3,
        column="cap_sign",
        rule="R026",
        severity="warning",
        message="Absent on T2 alone.",
        suggestion="Nothing to correct.",
    )
    lines = problem_lines([warning] * 473 + [orphan(2)])
    assert lines[0].startswith("imaging_studies.csv, line 2")
    assert lines[2].startswith(
        "imaging_reads.csv, line 3, column 'cap_sign' (R026, warning, 473 rows"
    )
    assert len(lines) == 4


def test_the_list_and_the_page_are_written_by_one_command(tmp_path: Path) -> None:
    with Store.open(tmp_path / "warehouse.duckdb") as store:
        registry = Registry(tmp_path, store)
        registry.deliver("d1", lambda folder: set_cells(folder, "cases", age_years="470"))
        record_merge(store, registry.ledger)
    home = tmp_path / "home"
    shutil.move(tmp_path / "warehouse.duckdb", home / "warehouse.duckdb")
    csv, html = tmp_path / "a.csv", tmp_path / "b.html"
    ran = imsct("quarantine", "--home", home, "--csv", csv, "--html", html)
    assert ran.out.endswith(f"problems written to {csv} and {html}\n"), ran.err
    assert "R006" in csv.read_text()
    assert "R006" in html.read_text()
    html.unlink()
    shown = imsct("quarantine", "--home", home, "--html", html, "--json").out
    assert shown.startswith("{")
    assert html.exists()
