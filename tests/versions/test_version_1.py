"""Deliveries of version 1 of the dictionary, as the program of that time wrote and judged them.

Belongs here: that what was delivered once is accepted for ever, and means what it meant.
The folder `1` holds a delivery of the simulated registry with planted faults, byte for byte as that
program handed it over.
"""

from pathlib import Path

import polars as pl
import pytest

from analyses.simulation import simulate_registry
from assets.checking import check_folder
from assets.readers.delimited import read_delimited
from assets.readers.mapping import map_records
from schemas.profile import own_layout
from schemas.tables import BY_NAME, TABLES
from schemas.versions import VERSIONS, columns_at, is_optional_at
from tests.support.folders import announce

DELIVERY = Path(__file__).parent / "1" / "SIM_D" / "demo-1"
#: Accepted and quarantined by the program of version 1.
THEN = (129, 33)


def test_a_delivery_of_version_1_is_judged_as_it_was_then() -> None:
    checked = check_folder(DELIVERY, profile=None)
    assert (checked.accepted, checked.quarantined) == THEN


def test_what_version_1_could_not_say_is_said_as_not_recorded() -> None:
    part = own_layout("1").file("imaging_studies.csv")
    assert part is not None
    data = (DELIVERY / "imaging_studies.csv").read_bytes()
    rows = map_records(read_delimited(data, part, None).frame, part).tables["imaging_studies"]
    was = pl.read_csv(data, infer_schema=False).fill_null("")
    same = [n for n in was.columns if not is_optional_at(BY_NAME["imaging_studies"][n], "1")]
    assert rows.select(same).equals(was.select(same))
    on_mr = rows["modality"] == "mr"
    assert set(rows.filter(on_mr)["has_axial_t2"]) == {"unknown"}
    assert set(rows.filter(~on_mr)["has_axial_t2"]) <= {""}
    assert set(rows["coverage"]) == {"unknown"}
    silent = rows.filter(on_mr & (rows["field_strength_t"] == ""))
    assert "" not in set(silent["field_strength_t_missing_reason"])


@pytest.mark.parametrize("site", ["SIM_A", "SIM_B"])
def test_rows_of_today_written_under_version_1_come_back_the_same(
    tmp_path: Path, site: str
) -> None:
    """Down and up again: the columns that version 1 has keep every value."""
    tables = simulate_registry(cases=40, sites=2, seed=3)[site]
    for name, frame in tables.items():
        was = [column.name for column in columns_at(BY_NAME[name], "1")]
        (tmp_path / f"{name}.csv").write_bytes(frame.select(was).write_csv().encode())
        part = own_layout("1").file(f"{name}.csv")
        assert part is not None
        data = (tmp_path / f"{name}.csv").read_bytes()
        again = map_records(read_delimited(data, part, None).frame, part).tables[name]
        kept = [n for n in was if not is_optional_at(BY_NAME[name][n], "1")]
        assert again.select(kept).equals(frame.select(kept)), name
    announce(tmp_path, site=site, schema_version="1")
    checked = check_folder(tmp_path, profile=None)
    assert not [p for p in checked.problems if p.severity == "error"]


def test_a_delivery_of_a_version_to_come_is_refused_with_what_to_do(tmp_path: Path) -> None:
    newer = str(int(VERSIONS[-1]) + 1)
    for path in DELIVERY.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    announce(tmp_path, site="SIM_D", schema_version=newer)
    checked = check_folder(tmp_path, profile=None)
    assert checked.accepted == 0
    assert {problem.rule for problem in checked.problems} == {"E_SCHEMA"}
    assert all(f"version {newer} " in problem.message for problem in checked.problems)
    assert all("update the program" in problem.suggestion for problem in checked.problems)


def test_every_column_belongs_to_a_version() -> None:
    for table in TABLES:
        for column in table.columns:
            assert column.since in VERSIONS
            assert not column.optional_before or column.optional_before in VERSIONS
        assert columns_at(table, VERSIONS[-1]) == table.columns
        assert set(table.key) <= {column.name for column in columns_at(table, "1")}
