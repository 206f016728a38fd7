"""Reporting on a cohort: what deliveries left is counted; a report is made only when due."""

import json
from collections.abc import Iterator

import polars as pl
import pytest

from analyses.cohort import build_cohort
from analyses.endpoints import add_endpoints
from analyses.report import render_index
from assets.analysing import index_reports
from assets.cohort_reporting import cohort_inputs, report_cohort
from assets.snapshot import candidate_id
from schemas.tables import TABLES
from tests.support.folders import set_cells
from tests.support.registry import Registry, fill
from warehouse import trends
from warehouse.store import Store

COHORT = "simulated"


def analysed(registry: Registry) -> Registry:
    """With the layers that a report reads."""
    store = registry.store
    tables = {table.name: store.read("core", table.name) for table in TABLES}
    cases = add_endpoints(build_cohort(tables))
    fill(store)
    store.replace("analysis", "cases", cases)
    norms = {"vert_level": [1], "level_name": ["C1"], "sex": ["all"], "mean": [11.4]}
    store.replace(
        "reference",
        "cord_norms",
        pl.DataFrame(norms).with_columns(measure=pl.lit("diameter_rl_mm")),
    )
    return registry


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A site whose first delivery misspells a histology and whose second does not say a sex.

    Deliveries take long: it is made once, and tests leave its store as they found it.
    """
    path = tmp_path_factory.mktemp("cohort")
    with Store.open(path / "warehouse.duckdb") as store:
        made = Registry(path, store)
        made.deliver("d1", lambda f: set_cells(f, "pathology", histology="spinal_ependymona"))
        made.deliver("d2", lambda f: set_cells(f, "patients", sex="unknown"))
        yield analysed(made)


def test_a_problem_is_counted_where_it_was_and_open_where_nothing_answered_it(
    registry: Registry,
) -> None:
    first, second = (registry.number(name) for name in ("d1", "d2"))
    counts = trends.problem_counts(registry.store).filter(pl.col("rule") == "R005")
    assert counts.select("sequence", "site", "column", "severity", "n", "open").rows() == [
        (first, "SITE_A", "histology", "error", 1, 0)
    ]
    assert second not in counts["sequence"]


def test_what_is_missing_is_that_of_the_site_as_it_stood_after_each_delivery(
    registry: Registry,
) -> None:
    found = trends.missing_after(registry.store, [("patients", "sex"), ("pathology", "histology")])
    rows = found.select("sequence", "column", "rows", "missing").rows()
    first, second = (registry.number(name) for name in ("d1", "d2"))
    assert rows == [
        (first, "histology", 1, 0),
        (first, "sex", 2, 0),
        (second, "histology", 2, 0),
        (second, "sex", 2, 1),
    ]


def test_a_case_is_new_in_the_delivery_that_first_brought_it(registry: Registry) -> None:
    first = registry.number("d1")
    assert trends.first_deliveries(registry.store).rows() == [("C1", first), ("C2", first)]


def test_a_delivery_that_does_not_say_whose_rows_it_holds_goes_with_its_site(
    registry: Registry,
) -> None:
    registry.store.con.execute(
        "insert into received.deliveries (delivery, site, name, status, received, accepted,"
        " quarantined) values (90, 'SITE_A', 'x', 'refused', 4, 0, 4),"
        " (91, 'NEW', 'x', 'refused', 4, 0, 4)"
    )
    rows = trends.deliveries(registry.store).select("site", "provenance").rows()
    registry.store.con.execute("delete from received.deliveries where delivery >= 90")
    assert rows[-2:] == [("SITE_A", rows[0][1]), ("NEW", "registry")]


def test_a_report_is_written_once_and_again_when_a_query_changes(registry: Registry) -> None:
    made = report_cohort(registry.line, COHORT)
    snapshot = candidate_id(registry.line)
    folder = f"cohort-{COHORT}-{snapshot}"
    assert made == {"cases": 2, "snapshot": snapshot, "was_made": 1}
    page = registry.home.reports / folder / "report.html"
    written = page.read_bytes()
    assert b"Simulated data" in written
    assert report_cohort(registry.line, COHORT)["was_made"] == 0
    severe = "update quarantine.problems set severity = '{}' where rule = 'R005'"
    registry.store.con.execute(severe.format("warning"))
    assert candidate_id(registry.line) == snapshot
    assert report_cohort(registry.line, COHORT)["was_made"] == 1
    assert page.read_bytes() != written
    registry.store.con.execute(severe.format("error"))


def test_a_document_that_was_cut_short_is_made_again(registry: Registry) -> None:
    report_cohort(registry.line, COHORT)
    path = next(registry.home.results.glob("cohort-*/cohort.json"))
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    index_reports(registry.home, candidate_id(registry.line))  # leaves it out, and does not break
    index = registry.home.reports / "index.html"
    assert "cohort-simulated" not in index.read_text()
    assert report_cohort(registry.line, COHORT)["was_made"] == 1
    assert path.read_bytes() == whole
    index_reports(registry.home, candidate_id(registry.line))
    assert f'href="{path.parent.name}/report.html"' in index.read_text()


def test_cohorts_are_not_mixed_and_one_that_nobody_delivered_has_no_report(
    registry: Registry,
) -> None:
    assert report_cohort(registry.line, "published") == {"cases": 0, "was_made": 0}
    assert cohort_inputs(registry.line, "published").problems.is_empty()
    assert not list(registry.home.reports.glob("cohort-published-*"))


def test_the_index_names_cohort_report_and_claims_in_their_cohort_with_the_pdf_that_is_there() -> (
    None
):
    snapshot = "0123456789abcdef"
    cohorts = [
        (f"cohort-published-{snapshot}", {"cohort": {"provenance": "published", "cases": 7}})
    ]
    claims = [
        (
            f"claims-simulated-{snapshot}",
            {"cohort": {"provenance": "simulated"}, "claims": [{"verdict": "as_published"}] * 2},
        ),
        ("claims-broken", json.loads("[]")),
    ]
    page = render_index([], cohorts=cohorts, claims=claims, pdfs=[cohorts[0][0]]).decode()
    published, simulated = page.split("<section")[1:]
    assert published.startswith(' class="published"')
    assert "7 cases" in published
    assert f'href="cohort-published-{snapshot}/report.pdf"' in published
    assert simulated.startswith(' class="simulated"')
    assert "2 as published" in simulated
    assert "report.pdf" not in simulated
    assert "No report yet" not in page
