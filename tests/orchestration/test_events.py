"""Dagster's events of a run: counts of what was broken, never a cell of it."""

import json

import dagster as dg
import pytest

from orchestration.run import materialize
from schemas.catalogue import rules_of
from schemas.tables import TABLES
from tests.support.folders import announce, clean, set_cells
from warehouse.handing_over import hand_over
from warehouse.home import Home

pytestmark = pytest.mark.xdist_group("line")
#: A code that is none, a misspelt one that messages show, a number out of range, one that is text.
CANARIES = {
    "pathology": {"histology": "zwitscherlingoma", "who_grade": "grade_canary"},
    "cases": {"index_event": "surgerx", "age_years": "471.25"},
    "imaging_reads": {"cap_sign": "presenz", "n_segments": "kanarius"},
    "imaging_measurements": {"value": "93171.5"},
}
#: All rules that a row can break, and the conditions that have a name of their own.
RULES = {rule for table in TABLES for rule in rules_of(table.name)}


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[dg.EventLogEntry]]:
    """A home in which rows with canaries were judged, and every entry of its event log."""
    path = tmp_path_factory.mktemp("events")
    folder, home = path / "delivery", Home(path / "home")
    folder.mkdir()
    clean(folder)
    for table, cells in CANARIES.items():
        set_cells(folder, table, **cells)
    announce(folder)
    home.create()
    hand_over(folder, home.landing)
    materialize(home, select='+key:"quarantine/problems"')
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        found = [e for run in instance.get_runs() for e in instance.all_logs(run.run_id)]
    return home, found


def test_no_event_and_no_file_of_dagster_holds_a_cell(
    entries: tuple[Home, list[dg.EventLogEntry]],
) -> None:
    home, found = entries
    cells = [cell for row in CANARIES.values() for cell in row.values()]
    texts = [(str(e.dagster_event_type), dg.serialize_value(e)) for e in found]
    assert {"ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION"} <= {
        e.dagster_event_type.value for e in found if e.dagster_event_type
    }
    assert [(kind, cell) for kind, text in texts for cell in cells if cell in text] == []
    files = [path for path in home.dagster.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    held = [(f.name, c) for f in files for c in cells if c.encode() in f.read_bytes()]
    assert held == []


def test_metadata_of_tables_and_checks_are_counts(
    entries: tuple[Home, list[dg.EventLogEntry]],
) -> None:
    _, found = entries
    broken: dict[str, int] = {}
    for entry in found:
        event = entry.dagster_event
        if event is None or event.asset_key is None:
            continue
        if event.event_type_value == "ASSET_MATERIALIZATION":
            metadata = event.step_materialization_data.materialization.metadata
        elif event.event_type_value == "ASSET_CHECK_EVALUATION":
            metadata = event.asset_check_evaluation_data.metadata
        else:
            continue
        for name, value in metadata.items():
            if name == "broken_by_rule":
                assert set(value.value) <= RULES
                assert all(isinstance(n, int) for n in value.value.values())
                for rule, n in value.value.items():
                    broken[rule] = broken.get(rule, 0) + n
            elif not name.startswith("dagster/"):
                assert isinstance(value.value, int), f"{event.asset_key}: {name}"
    assert {"R005", "R006", "R007"} <= set(broken), json.dumps(broken)
