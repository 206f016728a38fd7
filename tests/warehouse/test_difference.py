"""The difference of two snapshots: keys and columns, and the cases that rows hang on."""

from pathlib import Path

import polars as pl
import pytest

from schemas.errors import IntegrityError, UsageError
from warehouse.difference import compare, difference_between
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.snapshots import publish

Frames = dict[tuple[str, str], pl.DataFrame]


def registry() -> Frames:
    """Three cases of two patients; a read and a measurement hang on the study of C1."""
    return {
        ("core", "patients"): pl.DataFrame({"patient_id": ["P1", "P2"], "sex": ["female", "male"]}),
        ("core", "cases"): pl.DataFrame(
            {
                "case_id": ["C1", "C2", "C3"],
                "patient_id": ["P1", "P1", "P2"],
                "age_years": [40.0, 41.0, None],
            }
        ),
        ("core", "imaging_studies"): pl.DataFrame({"study_id": ["S1"], "case_id": ["C1"]}),
        ("core", "imaging_measurements"): pl.DataFrame(
            {"measurement_id": ["M1"], "study_id": ["S1"], "read_id": [None], "value": [12.0]}
        ),
        ("received", "deliveries"): pl.DataFrame({"site": ["A"], "received": [7]}),
    }


def changed(table: str, **columns: list[object]) -> Frames:
    frames = registry()
    frames["core", table] = frames["core", table].with_columns(
        pl.Series(name, values) for name, values in columns.items()
    )
    return frames


def differ(old: Frames, new: Frames):  # type: ignore[no-untyped-def]
    return compare(old, new, before="a", after="b")


def test_equal_snapshots_differ_in_nothing_whatever_the_order_of_rows() -> None:
    other = {name: frame[::-1] for name, frame in registry().items()}
    found = differ(registry(), other)
    assert found.tables == ()
    assert found.cases_added + found.cases_corrected + found.cases_gone == ()


def test_a_null_that_becomes_a_value_has_moved() -> None:
    found = differ(registry(), changed("cases", age_years=[40.0, 41.0, 5.0]))
    (table,) = found.tables
    assert table.columns == {"age_years": 1}
    assert table.changed == {("C3",): ("age_years",)}
    assert found.cases_corrected == ("C3",)


@pytest.mark.parametrize(
    ("table", "columns", "cases"),
    [
        ("patients", {"sex": ["unknown", "male"]}, ("C1", "C2")),
        ("imaging_measurements", {"value": [13.0]}, ("C1",)),
        ("imaging_measurements", {"measurement_id": ["M2"]}, ("C1",)),
    ],
)
def test_a_case_is_corrected_by_what_hangs_on_it(
    table: str, columns: dict[str, list[object]], cases: tuple[str, ...]
) -> None:
    assert differ(registry(), changed(table, **columns)).cases_corrected == cases


def test_cases_come_and_go() -> None:
    fewer = registry()
    fewer["core", "cases"] = fewer["core", "cases"].filter(pl.col("case_id") != "C3")
    assert differ(registry(), fewer).cases_gone == ("C3",)
    assert differ(fewer, registry()).cases_added == ("C3",)


def test_a_new_column_is_named_and_moves_nothing() -> None:
    wider = registry()
    wider["core", "cases"] = wider["core", "cases"].with_columns(asa_grade=pl.lit(2))
    (table,) = differ(registry(), wider).tables
    assert (table.columns_added, table.changed) == (("asa_grade",), {})
    (table,) = differ(wider, registry()).tables
    assert (table.columns_gone, table.changed) == (("asa_grade",), {})


def test_snapshots_of_a_home_are_verified_before_they_are_compared(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    ledger = Ledger.open(home.ledger)
    one = publish(registry(), home=home, ledger=ledger)
    two = publish(changed("cases", age_years=[1.0, 41.0, None]), home=home, ledger=ledger)
    found = difference_between(home, one.id, two.id)
    assert (found.before, found.after, found.cases_corrected) == (one.id, two.id, ("C1",))
    with pytest.raises(UsageError, match="No snapshot has the id"):
        difference_between(home, one.id, "0" * 16)
    one.path.chmod(0o644)
    with one.path.open("r+b") as file:
        file.seek(9000)
        byte = file.read(1)
        file.seek(9000)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(IntegrityError, match="changed after publication"):
        difference_between(home, one.id, two.id)
