"""`imsct trace`: a value back to file and line, forward to snapshots and reports."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analyses.cohort import availability_of_columns, build_cohort, sources_of_columns
from analyses.endpoints import add_endpoints
from assets.snapshot import snapshot_frames
from orchestration.tracing import trace_listing
from schemas.errors import UsageError
from schemas.tables import BY_NAME, TABLES
from tests.support.folders import set_cells
from tests.support.registry import Registry, fill
from warehouse.features import keep_set
from warehouse.publications import newest_events
from warehouse.snapshots import Snapshot, list_snapshots, publish
from warehouse.store import Store

KEYS = {("core", table.name): table.key for table in TABLES}


def _publish(registry: Registry) -> Snapshot:
    """Publish what is kept, with a real table of cases."""
    store = registry.store
    fill(store)
    tables = {table.name: store.read("core", table.name) for table in TABLES}
    store.replace("analysis", "cases", add_endpoints(build_cohort(tables)))
    frames = snapshot_frames(registry.line)
    return publish(frames, home=registry.home, ledger=registry.ledger, keys=KEYS)


def _older_and_spoilt(folder: Path) -> None:
    """Another age of C1, and a study that is refused."""
    set_cells(folder, "cases", age_years="52")
    set_cells(folder, "imaging_studies", modality="mrr")


def _only_the_patient(folder: Path) -> None:
    """A withdrawal names keys only."""
    for path in folder.iterdir():
        path.unlink()
    (folder / "patients.csv").write_text("patient_id\nP1\n")


def _registry(path: Path, store: Store) -> Registry:
    """A home with one delivery, published."""
    made = Registry(path, store)
    made.deliver("d1", lambda folder: None)
    _publish(made)
    return made


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Delivered, published, corrected, published again; nothing writes to it."""
    path = tmp_path_factory.mktemp("corrected")
    (path / "home").mkdir()
    with Store.open(path / "home" / "warehouse.duckdb") as store:
        made = _registry(path, store)
        made.deliver("d2", _older_and_spoilt, mode="correction", supersedes="d1")
        _publish(made)
        yield made


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Registry]:
    """Delivered and published."""
    (tmp_path / "home").mkdir()
    with Store.open(tmp_path / "home" / "warehouse.duckdb") as store:
        yield _registry(tmp_path, store)


def _write_report(registry: Registry, snapshot: str) -> str:
    """A report on a snapshot; returns the name of its folder."""
    name = f"gtr-simulated-{snapshot}"
    for folder in (registry.home.results, registry.home.reports):
        (folder / name).mkdir()
    results = {
        "plan": {
            "population": {"provenance": "simulated"},
            "outcome": {"column": "gross_total_resection"},
            "baseline": ["age_years"],
            "predictors": {"names": None},
        },
        "models": [{"predictors": ["age_years", "margin"]}],
    }
    (registry.home.results / name / "results.json").write_text(json.dumps(results))
    (registry.home.reports / name / "report.html").write_text("")
    return name


def _traced(registry: Registry, case: str, column: str | None = None) -> dict[str, Any]:
    """What `--json` prints."""
    return dict(json.loads(trace_listing(registry.home, case, column, as_json=True)))


def _said(registry: Registry, case: str, column: str | None = None) -> str:
    """What is printed for a person."""
    return trace_listing(registry.home, case, column, as_json=False)


def _ids(registry: Registry) -> list[str]:
    """Published snapshots, oldest first."""
    return [snapshot.id for snapshot in list_snapshots(registry.home)]


def test_a_corrected_value_leads_to_both_deliveries_and_to_the_snapshot_of_each(
    corrected: Registry,
) -> None:
    (row,) = _traced(corrected, "C1", "cases.age_years")["rows"]
    first, second = row["versions"]
    assert (row["table"], row["key"]) == ("cases", ["C1"])
    place = first["from"]
    assert (place["delivery"], place["file"], place["line"]) == ("d1", "cases.csv", 2)
    assert (first["ended_by"], first["ended"]["delivery"]) == ("corrected", "d2")
    assert (second["from"]["delivery"], second["values"]) == ("d2", {"age_years": 52.0})
    assert second["ended"] is None
    assert [first["snapshots"], second["snapshots"]] == [[one] for one in _ids(corrected)]
    kept = corrected.home.received / second["from"]["sha256"]
    header, line = kept.read_text(encoding="utf-8").splitlines()[:2]
    assert line.split(",")[header.split(",").index("age_years")] == "52"


def test_a_derived_value_leads_to_the_columns_it_rests_on(corrected: Registry) -> None:
    found = _traced(corrected, "C1", "gross_total_resection")
    assert "extent_of_resection" in found["rests_on"]["surgeries"]
    assert {row["table"] for row in found["rows"]} == {"cases", "surgeries", "pathology"}
    assert [s["id"] for s in found["snapshots"]] == _ids(corrected)
    assert found["snapshots"][0]["value"] in ("yes", "no")
    for column in ("tumour_length_mm", "adc_mean_1e6_mm2_s"):
        for row in _traced(corrected, "C1", column)["rows"]:
            measure = corrected.store.rows(
                "select measure from core.imaging_measurements where measurement_id = ?", row["key"]
            )
            assert measure == [(column,)]


def test_every_column_of_the_cohort_has_a_source_that_is_there() -> None:
    sources = sources_of_columns()
    assert set(sources) == set(availability_of_columns())
    for table, column in {place for drawn in sources.values() for place in drawn}:
        assert column in {c.name for c in BY_NAME[table].kept_columns}


def test_reports_say_whether_the_case_took_part_and_as_what(corrected: Registry) -> None:
    name = _write_report(corrected, _ids(corrected)[0])
    (use,) = _traced(corrected, "C1", "extent_of_resection")["used_by"]
    assert (use["took_part"], use["columns"]) == (True, {"gross_total_resection": "outcome"})
    assert use["report"] == f"reports/{name}/report.html"
    (use,) = _traced(corrected, "C1", "imaging_reads.margin")["used_by"]
    assert use["columns"] == {"margin": "predictor"}
    assert _traced(corrected, "C1", "asa_grade")["used_by"] == []
    assert f"{name}/report.html: took part" in _said(corrected, "C1")


def test_a_retired_and_a_lost_snapshot_are_reached_and_said_to_be_gone(
    published: Registry,
) -> None:
    published.deliver("d2", _older_and_spoilt, mode="correction", supersedes="d1")
    _publish(published)
    published.ledger.append(
        "features", feature_set="F1", file_sha256="0" * 64, site="SITE_A", delivery="d1"
    )
    table = pl.DataFrame({"study_id": ["S1", "S2"], "structure": "tumour", "a_mean": [1.0, 2.0]})
    keep_set(
        *(published.home, published.ledger, table),
        site="SITE_A",
        delivery="d1",
        feature_set="F2",
    )
    first, second = _ids(published)
    _write_report(published, first)
    (published.home.published / f"{second}.duckdb").unlink()
    (published.home.published / f"{first}.duckdb").unlink()
    told = newest_events(published.ledger)[first].payload
    published.ledger.append("retired", **told)
    found = _traced(published, "C1")
    assert {s["id"]: s["gone"] for s in found["snapshots"]} == {
        first: "retired",
        second: "missing",
    }
    (row,) = (row for row in found["rows"] if row["table"] == "cases")
    assert [v["snapshots"] for v in row["versions"]] == [[first], [second]]
    assert [use["took_part"] for use in found["used_by"]] == [None]
    assert {f["feature_set"]: f["studies"] for f in found["feature_sets"]} == {
        "F1": None,
        "F2": ["S1"],
    }
    said = _said(published, "C1")
    assert f"{first} (retired)" in said
    assert f"{second} (missing)" in said
    assert "whether it took part is not known: snapshot retired" in said
    assert "feature set F2 (d1), features/" in said
    assert "F1 (d1), features/0000000000000000...: lost or spoilt" in said


def test_what_is_withheld_is_shown_with_the_reason(corrected: Registry) -> None:
    (withheld,) = _traced(corrected, "C1", "modality")["withheld"]
    assert (withheld["table"], withheld["key"]) == ("imaging_studies", "S1")
    assert withheld["from"]["delivery"] == "d2"
    assert [why["rule"] for why in withheld["reasons"]] == ["R005"]
    assert "R005, column 'modality'" in _said(corrected, "C1", "modality")


def test_rows_of_another_case_are_not_shown(corrected: Registry) -> None:
    rows = _traced(corrected, "C2")["rows"]
    assert {row["key"][0] for row in rows} >= {"C2", "S2", "R2", "M2", "P2"}
    assert not {row["key"][0] for row in rows} & {"C1", "S1", "R1", "M1", "P1"}


def test_a_withdrawn_case_shows_its_tombstone_and_no_value(published: Registry) -> None:
    published.deliver("w1", _only_the_patient, mode="withdrawal")
    found = _traced(published, "C1")
    rows = {row["table"]: row for row in found["rows"]}
    assert found["is_withdrawn"]
    assert rows["patients"]["tombstone"]["delivery"] == "w1"
    assert all(v["values"] is None for t in rows if t != "sites" for v in rows[t]["versions"])
    assert rows["cases"]["versions"][0]["snapshots"] == _ids(published)
    assert "withdrawn, not shown" in _said(published, "C1", "age_years")


def test_a_case_of_a_withdrawn_delivery_leads_to_the_decision(published: Registry) -> None:
    published.withdraw("SITE_A/d1")
    found = _traced(published, "C1")
    assert {row["table"]: row["elsewhere"] for row in found["rows"]}["cases"] == _ids(published)
    assert [event["reason"] for event in found["decisions"]] == ["sent by mistake"]


@pytest.mark.parametrize(
    ("case", "column", "said"),
    [
        ("Smith", None, "no case has this id (text of 5 characters)"),
        ("C1", "age_yaers", "nearest is 'age_years'"),
        ("C1", "feature_sets.n_rows", "nothing that hangs on a case"),
    ],
)
def test_an_unknown_case_or_column_is_a_wrong_usage(
    corrected: Registry, case: str, column: str | None, said: str
) -> None:
    with pytest.raises(UsageError) as error:
        _said(corrected, case, column)
    assert said in str(error.value)
    assert "Smith" not in str(error.value)
